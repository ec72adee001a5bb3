"""今日, 同步 and 设置: what they show, where they lead, and that the keyboard is enough."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cache.session import DraftSummary, Progress, RecordState, RecordSummary, SyncStatus
from inspector.errors import Cancelled, InputProblem, ServiceImpostor, WrongPassword
from inspector.wire import Task
from tests.ui.fake_session import MORNING, PASSWORD
from tests.ui.shops import EARLIER, GOOD, CheckSession
from ui.screens.preferences import PreferencesScreen
from ui.screens.screen import Screen
from ui.screens.sync import SyncScreen
from ui.screens.today import TodayScreen, due_chip
from ui.sound import Sound
from ui.style import wear
from ui.theme import SUN, Look, Scale


class Session(CheckSession):
    """With tasks, drafts, a queue, and a sync that can be held and refused."""

    def __init__(self) -> None:
        super().__init__(GOOD)
        self.recent = list(EARLIER)
        self.task_list: list[Task] = []
        self.draft_list: list[DraftSummary] = []
        self.going_on = Event()
        self.go_on = Event()
        self.passwords: list[tuple[str, str]] = []

    def tasks(self) -> list[Task]:
        return self.task_list

    def drafts(self) -> list[DraftSummary]:
        return self.draft_list

    def alarms(self) -> tuple[str, ...]:
        return ("中心比本机多 1 条记录。",)

    def sync(self, progress: Callable[[Progress], None], cancel: Event, photos: bool = True) -> SyncStatus:
        self._called("sync")
        progress(Progress("上传附件", 512, 2048))
        self.going_on.set()
        self.go_on.wait(20)
        if cancel.is_set():
            raise Cancelled
        return super().sync(lambda _: None, cancel)

    def add_officer(self, number: str, password: str) -> None:
        self._called("add_officer")
        self.passwords.append((number, password))

    def change_password(self, old: str, new: str) -> None:
        self._called("change_password")
        self.passwords.append((old, new))


def task(name: str, due: str, **more: str) -> Task:
    return Task(name, "号", "双随机检查", GOOD.code, name, "兴安街8号", "food", "plan", due, **more)


@pytest.fixture
def session(worker: object) -> Iterator[Session]:
    made = Session()
    yield made
    made.go_on.set()
    wear(Look())


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Screen], None]:
    def enter(screen: Screen) -> None:
        qtbot.addWidget(screen)
        screen.resize(1278, 640)
        with qtbot.waitActive(screen):
            screen.show()
            screen.activateWindow()
        screen.setFocus()
        screen.enter()

    return enter


def says(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def now():  # type: ignore[no-untyped-def]
    return MORNING


def test_unfinished_inspections_come_first_then_what_is_due(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    session.task_list = [
        task("第三家", ""),
        task("第二家", "2026-11-30"),
        task("第一家", "2026-11-20"),
        task("收回", "2026-11-01", state="recalled"),
    ]
    session.draft_list = [DraftSummary("e-1", "没做完的店", GOOD.code, 11, 26, MORNING)]
    screen = TodayScreen(session, now)
    show(screen)
    settled()
    names = [line.accessibleName().split("，")[0] for line in screen.lines]
    assert names == ["没做完的店", "第一家", "第二家", "第三家"]
    assert {"超期 3 天", "还有 7 天", "未定期限", "继续", "没做完的检查", "检查任务"} <= set(says(screen).split("\n"))
    with qtbot.waitSignal(screen.going) as going:
        qtbot.keyClick(screen, Qt.Key.Key_Return)
    assert going.args == ["inspect", {"event_id": "e-1"}]
    screen.lines[1].setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(screen.going) as going:
        qtbot.keyClick(screen.lines[1], Qt.Key.Key_Return)
    assert going.args == ["scan", {"code": GOOD.code}]


def test_an_empty_day_says_how_it_fills_and_enter_opens_the_camera(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = TodayScreen(session, now)
    show(screen)
    settled()
    assert "今天没有待办任务" in says(screen)
    assert [value.text() for value in screen._figures.values()] == ["4", "0", "0", "0"]
    with qtbot.waitSignal(screen.going) as going:
        qtbot.keyClick(screen, Qt.Key.Key_Return)
    assert going.args == ["scan", {}]


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [
        ("2026-11-22", "超期 1 天", "bad"),
        ("2026-11-23", "今天到期", "warn"),
        ("2026-11-26", "还有 3 天", "warn"),
        ("2026-11-27", "还有 4 天", "brand"),
        ("", "未定期限", "unk"),
    ],
)
def test_how_near_a_task_is(due: str, words: str, tone: str) -> None:
    assert due_chip(due, MORNING.date()) == (words, tone)


def record(number: int, state: RecordState, **more: object) -> RecordSummary:
    base = RecordSummary(f"e{number}", number, f"号{number}", f"店{number}", GOOD.code, MORNING, state)
    return replace(base, **more)  # type: ignore[arg-type]


def test_the_queue_names_reason_and_next_try(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    late = MORNING + timedelta(minutes=4)
    session.summaries = {
        "1": record(1, RecordState.SEALED, problem="连不上中心服务。", next_try=late),
        "2": record(2, RecordState.REGISTERED, blobs_left=3),
        "3": record(3, RecordState.HELD, problem="等待人工处理。"),
        "4": record(4, RecordState.STUCK, problem="格式不被接受。"),
        "5": record(5, RecordState.COMPLETE),
    }
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    said = says(screen)
    for words in ("连不上中心服务。 · 下次重试 10:46", "还有 3 个附件待上传", "等待人工处理。", "需要处理", "中心暂存"):
        assert words in said, words
    assert "店5" not in said
    assert "本机与中心一致。" in said
    assert "中心比本机多 1 条记录。" in said
    assert "爱辉区 · 20000 户 · 截至 11-23 06:42（4 小时前）" in said


def test_it_says_when_the_next_round_comes(
    session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    plain = session.sync_status()
    for at, paused, told in (
        (MORNING + timedelta(seconds=40), False, "离线　下次重试 10:42:48"),
        (MORNING + timedelta(seconds=40), True, "离线　自动同步已暂停"),
        (MORNING, False, "离线"),
        (None, False, "离线"),
    ):
        status = replace(plain, next_try=at, paused=paused)
        session.sync_status = lambda status=status: status
        screen = SyncScreen(session, now)
        show(screen)
        settled()
        assert told in [label.text() for label in screen.findChildren(QLabel)]


def test_f5_syncs_with_progress_and_ends_well(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    session.summaries = {"1": record(1, RecordState.SEALED)}
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "上传附件" in screen.what.text())
    assert screen.running
    assert (screen.bar.value(), screen.bar.maximum()) == (250, 1000)
    assert not screen.go.isEnabled()
    with qtbot.waitSignals([screen.synced, screen.said]):
        session.go_on.set()
    settled()
    assert "全部送达，中心已登记" in says(screen)
    assert screen.go.isEnabled()


def test_what_waits_too_long_asks_for_a_stick(
    session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    plain = session.sync_status()
    for days, asked in ((1, False), (3, True), (30, True)):
        told = replace(plain, pending_events=2, pending_blobs=1, oldest_unsent=MORNING - timedelta(days=days, hours=1))
        session.sync_status = lambda told=told: told
        screen = SyncScreen(session, now, lambda: True)
        show(screen)
        settled()
        said = says(screen)
        assert f"最早一条已等 {days * 24 + 1} 小时" in said or f"最早一条已等 {days} 天" in said
        assert ("请用 U 盘复制一份" in said) is asked
        assert "网络按流量计费" in said


def test_p_pauses_and_resumes_what_runs_by_itself(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    assert "自动同步已暂停" not in says(screen)
    qtbot.keyClick(screen, Qt.Key.Key_P)
    settled()
    assert session.setting("sync_automatic") == "off"
    assert "自动同步已暂停" in says(screen)
    with qtbot.waitSignal(screen.resumed):
        qtbot.keyClick(screen, Qt.Key.Key_P)
    settled()
    assert session.setting("sync_automatic") == "on"
    assert "自动同步已暂停" not in says(screen)


def test_j_hands_the_journal_out(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None], tmp_path: Path
) -> None:
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_J)
    screen.hand_out.path.edit.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(screen.said) as said:
        screen.hand_out.write.click()
    assert "台账证明" in said.args[0]
    assert (tmp_path / "out" / "台账.json").exists()


def test_escape_stops_a_sync_and_says_that_nothing_is_lost(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    screen.sync()
    qtbot.waitUntil(session.going_on.is_set)
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    with qtbot.waitSignal(screen.said) as said:
        session.go_on.set()
    assert "没有完成的部分下次会接着做" in said.args[0]


def test_a_round_that_runs_by_itself_is_shown_and_can_be_stopped(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    screen.show_background(Progress("上传照片", 1 << 20, 4 << 20))
    settled()
    assert "上传照片" in screen.what.text()
    assert screen.bar.value() == 250
    assert not screen.go.isEnabled()
    qtbot.keyClick(screen, Qt.Key.Key_F5)
    assert not session.going_on.is_set(), "one round at a time"
    with qtbot.waitSignals([screen.stopping, screen.said]):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)
    screen.end_background()
    settled()
    assert screen.go.isEnabled()
    assert not screen.running
    qtbot.keyClick(screen, Qt.Key.Key_F5)
    screen.show_background(Progress("上传照片", 1, 2))
    screen.end_background()
    assert screen.running, "what was asked for here is not ended by what ran by itself"
    with qtbot.waitSignal(screen.synced):
        session.go_on.set()
    settled()


def test_a_sync_that_fails_is_a_problem_on_the_strip(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    session.fail["sync"] = ServiceImpostor()
    screen = SyncScreen(session, now)
    show(screen)
    settled()
    with qtbot.waitSignal(screen.troubled) as told:
        screen.go.click()
    assert told.args[0].code == "service-impostor"
    settled()
    assert not screen.running


def test_each_preference_works_at_once_and_is_kept(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    sound = Sound()
    screen = PreferencesScreen(session, sound, now, session.add_officer)
    screen.dressed.connect(wear)
    show(screen)
    settled()
    with qtbot.waitSignal(screen.dressed) as dressed:
        screen.text_size.button(Scale.HUGE.value).click()
    assert dressed.args[0].scale is Scale.HUGE
    with qtbot.waitSignal(screen.dressed) as dressed:
        screen.theme.button("sun").click()
    assert dressed.args[0] == Look(SUN, Scale.HUGE)
    screen.sound.button("off").click()
    screen.automatic.button("off").click()
    screen.photos.button("off").click()
    settled()
    assert not sound.on
    kept = {"size": "huge", "theme": "sun", "sound": "off", "sync_automatic": "off", "photos_automatic": "off"}
    assert session.settings == kept
    with qtbot.waitSignal(screen.going):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)


def test_cameras_are_looked_for_only_when_asked(
    qtbot: QtBot,
    session: Session,
    show: Callable[[Screen], None],
    settled: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inspector.scan import cameras, frames

    monkeypatch.setattr(frames, "list_cameras", lambda: [cameras.CameraInfo("/dev/video2", "USB 摄像头")])
    screen = PreferencesScreen(session, Sound(), now, session.add_officer)
    show(screen)
    settled()
    assert "USB 摄像头" not in says(screen)
    screen.look_for.click()
    settled()
    screen.cameras.button("/dev/video2").click()
    settled()
    assert session.settings["camera"] == "/dev/video2"


def test_the_password_is_changed_or_the_reason_told(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = PreferencesScreen(session, Sound(), now, session.add_officer)
    show(screen)
    settled()
    screen.old.edit.setText("alt")
    screen.new.edit.setText(PASSWORD)
    screen.repeat.edit.setText("anders")
    screen.change.click()
    assert "两次输入的密码不一样。" in says(screen)
    screen.repeat.edit.setText(PASSWORD)
    session.fail["change_password"] = WrongPassword(4)
    screen.change.click()
    settled()
    assert "工号或密码不正确。" in says(screen)
    with qtbot.waitSignal(screen.said):
        screen.change.click()
    assert session.passwords == [("alt", PASSWORD)]
    assert screen.new.value == ""


def test_another_officer_is_let_in_or_the_reason_told(
    qtbot: QtBot, session: Session, show: Callable[[Screen], None], settled: Callable[[], None]
) -> None:
    screen = PreferencesScreen(session, Sound(), now, session.add_officer)
    show(screen)
    settled()
    card = screen.officer
    card.go.click()
    assert session.passwords == []
    card.number.edit.setText("hh0002")
    card.password.edit.setText(PASSWORD)
    card.repeat.edit.setText("anders")
    card.go.click()
    assert "两次输入的密码不一样。" in says(screen)
    card.repeat.edit.setText(PASSWORD)
    session.fail["add_officer"] = InputProblem("中心的人员名单里没有这个工号。")
    card.go.click()
    settled()
    assert "中心的人员名单里没有这个工号。" in says(screen)
    with qtbot.waitSignal(screen.said) as said:
        card.go.click()
    assert "HH0002" in said.args[0]
    assert session.passwords == [("hh0002", PASSWORD)]
    assert card.password.value == ""
