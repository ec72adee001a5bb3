"""核验 from every way in to every way out, by keyboard, with the real rules."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cache.session import Checked
from inspector.entity import Entity
from inspector.errors import CameraLost, NoCamera, StoreFull
from inspector.inspection import Officer
from inspector.scan.pictures import encode_jpeg
from inspector.verdict import Colour, Finding, Means, Token, TokenState
from tests.ui.shops import CODE, EARLIER, GOOD, MARKUP, MORNING, REVOKED, WARNED, CheckSession, judged
from tests.ui.test_camera import Script, qr
from ui.camera import Camera
from ui.screens.scan import ScanScreen
from ui.sound import Sound
from ui.widgets.entitycard import EntityCard
from ui.widgets.facts import credit_lines, permit_chip
from ui.widgets.line import LineButton

SECOND = "92231102MA1Y000189"
Make = Callable[..., ScanScreen]


class Silent(Sound):
    """Remembers what it would have played."""

    def __init__(self) -> None:
        super().__init__()
        self.played: list[Colour] = []

    def play(self, colour: Colour) -> None:
        self.played.append(colour)


@pytest.fixture
def make(qtbot: QtBot, worker: object, settled: Callable[[], None]) -> Iterator[Make]:
    cameras: list[Camera] = []

    def build(*entities: Entity, script: Script | None = None) -> ScanScreen:
        source = script or Script(qr("nothing here"), fails_to_open=[NoCamera() for _ in range(10_000)])
        cameras.append(Camera(lambda _: source, pace=0.005, retry=0.02))
        screen = ScanScreen(CheckSession(*entities), cameras[-1], Silent())
        qtbot.addWidget(screen)
        screen.resize(1278, 640)
        with qtbot.waitActive(screen):
            screen.show()
            screen.activateWindow()
        return screen

    yield build
    for camera in cameras:
        camera.close()


def session(screen: ScanScreen) -> CheckSession:
    found = screen._session
    assert isinstance(found, CheckSession)
    return found


def words_on(screen: ScanScreen) -> str:
    return "\n".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def wait_for_verdict(qtbot: QtBot, screen: ScanScreen) -> None:
    banner = screen.result.verdict
    qtbot.waitUntil(lambda: screen.checked is not None and banner.isVisible(), timeout=30_000)


def test_a_code_before_the_camera_becomes_a_verdict(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD, script=Script(qr(CODE)))
    screen.enter()
    wait_for_verdict(qtbot, screen)
    assert screen.checked is not None
    assert screen.checked.verdict.colour is Colour.PASS
    assert session(screen).checked[0] == (CODE.encode(), Means.SCANNED, False)
    qtbot.waitUntil(lambda: not screen.scanning)
    assert len(screen.finder.outlines) == 1
    assert screen._sound.played == [Colour.PASS]  # type: ignore[attr-defined]
    for said in ("核验通过", "爱辉区喆喆便利店", "周垚鑫", "92 231102 MA1B4C4X2 Y", "剩 842 天", "长期"):
        assert said in words_on(screen), said


def test_space_scans_anew_and_enter_starts_the_inspection(
    qtbot: QtBot, make: Make, settled: Callable[[], None]
) -> None:
    screen = make(GOOD, script=Script(qr(CODE)))
    screen.enter()
    wait_for_verdict(qtbot, screen)
    assert screen.start.hasFocus()
    with qtbot.waitSignal(screen.going) as going:
        qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    assert going.args[0] == "start"
    assert going.args[1]["checked"] is screen.checked
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Space)
    assert screen.checked is None
    assert not screen.start.isEnabled()
    wait_for_verdict(qtbot, screen)


@pytest.mark.parametrize(
    ("entity", "colour", "said"),
    [
        (WARNED, Colour.ATTENTION, ("需要关注", "剩 23 天", "2026-09-02 列入", "1 件")),
        (REVOKED, Colour.FAIL, ("核验不通过", "吊销", "过期 24 天", "请查明是否仍在经营并取证。")),
        (None, Colour.UNKNOWN, ("无法判定", "拍下营业执照和许可证", "照常开始检查", "联网后自动复核", "爱辉区")),
    ],
)
def test_each_colour_is_said_in_words_and_gives_its_grounds(
    qtbot: QtBot, make: Make, entity: Entity | None, colour: Colour, said: tuple[str, ...]
) -> None:
    screen = make(*([entity] if entity else []))
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    assert screen.checked is not None
    assert screen.checked.verdict.colour is colour
    assert screen.result.verdict.banner.accessibleName().startswith(colour.label)
    for words in said:
        assert words in words_on(screen), words
    assert screen.start.isEnabled()


def test_names_that_look_like_markup_are_shown_as_they_are(qtbot: QtBot, make: Make) -> None:
    screen = make(MARKUP)
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    labels = [label for label in screen.findChildren(QLabel) if label.text()]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert MARKUP.licence.name in words_on(screen)


def test_typing_a_name_finds_it_and_enter_takes_the_only_one(
    qtbot: QtBot, make: Make, settled: Callable[[], None]
) -> None:
    screen = make(GOOD)
    screen.enter(typing=True)
    field = screen.lookup.field
    assert field.hasFocus()
    field.insert("喆喆")
    qtbot.waitUntil(lambda: len(screen.lookup.lines) == 1)
    assert screen.lookup.lines[0].accessibleName() == "爱辉区喆喆便利店，黑河市爱辉区兴安街8号底商105，存续"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked == [(CODE.encode(), Means.SEARCHED, False)]


def test_a_typed_code_is_checked_as_typed(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(typing=True)
    screen.lookup.field.setText(CODE)
    qtbot.keyClick(screen.lookup.field, Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked == [(CODE.encode(), Means.TYPED, False)]
    assert screen.checked is not None
    assert screen.checked.verdict.colour is Colour.ATTENTION


def test_nothing_found_says_what_to_do(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(typing=True)
    screen.lookup.field.insert("没有这家")
    qtbot.waitUntil(lambda: "请换几个字" in words_on(screen))


def test_recent_checks_are_listed_and_checked_again_from_the_keyboard(
    qtbot: QtBot, make: Make, settled: Callable[[], None]
) -> None:
    screen = make(GOOD)
    session(screen).recent = list(EARLIER)
    screen.enter(typing=True)
    qtbot.waitUntil(lambda: len(screen.lookup.lines) == len(EARLIER))
    assert [line.accessibleName().split("，")[0] for line in screen.lookup.lines] == [r.colour.label for r in EARLIER]
    qtbot.keyClick(screen.lookup.field, Qt.Key.Key_Down)
    line = screen.lookup.lines[0]
    assert line.hasFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked[0][1] is Means.SEARCHED


def test_two_codes_in_one_picture_are_offered(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    import numpy as np

    both = np.hstack([qr(CODE), qr(SECOND)])
    screen = make(GOOD)
    screen.enter()
    screen._start_still()
    screen._camera.read_picture(encode_jpeg(both))
    choice = screen.result.choice
    qtbot.waitUntil(lambda: len(choice.buttons) == 2 and choice.isVisible(), timeout=30_000)
    assert len(screen.finder.outlines) == 2
    assert choice.buttons[0].hasFocus()
    wanted = next(n for n, b in enumerate(choice.buttons) if CODE in b.accessibleName())
    choice.buttons[wanted].setFocus()
    qtbot.keyClick(choice.buttons[wanted], Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert screen.checked is not None
    assert screen.checked.payload.code == CODE


def test_two_entities_in_one_code_are_offered(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    from dataclasses import replace

    screen = make(GOOD, replace(GOOD, code=SECOND, licence=replace(GOOD.licence, name="垚鑫超市")))
    screen.enter(data=f"{CODE} {SECOND}".encode())
    choice = screen.result.choice
    qtbot.waitUntil(lambda: choice.isVisible() and len(choice.buttons) == 2)
    choice.buttons[1].click()
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked[-1] == (SECOND.encode(), Means.SEARCHED, False)


def test_a_difference_on_site_is_a_misused_code(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    screen.result.verdict.entity.different.click()
    qtbot.waitUntil(lambda: screen.checked is not None and screen.checked.verdict.finding is Finding.MISUSED)
    settled()
    assert screen.result.verdict.entity.different.property("tone") == "bad"
    assert "核验不通过" in words_on(screen)


def test_the_same_on_site_stays_as_it_was(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    screen.result.verdict.entity.same.click()
    settled()
    assert screen.result.verdict.entity.same.property("tone") == "ok"
    assert len(session(screen).checked) == 1


def test_a_lead_is_written_without_leaving(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_N)
    panel = screen.lead_panel
    assert panel.edit.hasFocus()
    panel.save.click()
    assert "请写下线索的内容。" in words_on(screen)
    panel.edit.setPlainText("隔壁挂着同一张执照")
    with qtbot.waitSignal(screen.said):
        panel.save.click()
    assert session(screen).leads == ["隔壁挂着同一张执照"]
    assert panel.isHidden()


def test_without_a_camera_the_field_takes_the_pane(qtbot: QtBot, make: Make) -> None:
    screen = make(GOOD)
    with qtbot.waitSignal(screen.troubled, timeout=30_000) as told:
        screen.enter()
    assert isinstance(told.args[0], NoCamera)
    assert screen.finder.isHidden()
    assert screen.lookup.field.hasFocus()


def test_a_camera_lost_in_the_middle_is_told_and_comes_back(qtbot: QtBot, make: Make) -> None:
    blank = qr("x") * 0 + 120
    screen = make(GOOD, script=Script(blank, CameraLost(), blank, fails_to_open=[]))
    with qtbot.waitSignal(screen.troubled, timeout=30_000) as told:
        screen.enter()
    assert isinstance(told.args[0], CameraLost)
    qtbot.waitUntil(lambda: not screen.finder.isHidden())


def test_leaving_switches_the_camera_off(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    script = Script(qr("x") * 0 + 120)
    screen = make(GOOD, script=script)
    screen.enter()
    qtbot.waitUntil(lambda: script.opened == 1, timeout=30_000)
    screen.leave()
    qtbot.waitUntil(lambda: script.closed == 1)


def test_a_picture_file_and_one_that_is_none(
    qtbot: QtBot, make: Make, tmp_path: Path, settled: Callable[[], None]
) -> None:
    screen = make(GOOD)
    screen.enter()
    good, bad = tmp_path / "licence.jpg", tmp_path / "letter.jpg"
    good.write_bytes(encode_jpeg(qr(CODE)))
    bad.write_bytes(b"dear sir")
    told: list[str] = []
    screen.troubled.connect(lambda problem: told.append(problem.code))
    for path in (bad, tmp_path / "missing.png"):
        told.clear()
        screen.stills.read_file(str(path))
        qtbot.waitUntil(lambda: "unreadable-picture" in told, timeout=30_000)
    screen.stills.read_file(str(good))
    wait_for_verdict(qtbot, screen)


def test_a_picture_from_the_clipboard(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    page = qr(CODE)
    image = QImage(page.data, 640, 480, 640 * 3, QImage.Format.Format_BGR888).copy()
    QApplication.clipboard().setImage(image)
    screen = make(GOOD)
    screen.enter()
    screen.stills.paste()
    wait_for_verdict(qtbot, screen)
    QApplication.clipboard().setText(CODE)
    screen.scan()
    screen.stills.paste()
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked[-1][1] is Means.TYPED
    QApplication.clipboard().clear()
    with qtbot.waitSignal(screen.troubled):
        screen.stills.paste()


def test_a_check_that_fails_is_told_and_can_be_repeated(qtbot: QtBot, make: Make) -> None:
    screen = make(GOOD)
    session(screen).fail["check"] = StoreFull()
    with qtbot.waitSignal(screen.troubled) as told:
        screen.enter(data=CODE.encode())
    assert told.args[0].code in {"store-full", "no-camera"}
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)


def test_mirror_and_turn_are_remembered(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD, script=Script(qr("x") * 0 + 120))
    screen.enter()
    settled()
    screen.finder.lens("mirror").click()
    screen.finder.lens("turn").click()
    settled()
    assert session(screen).settings == {"camera_mirror": "on", "camera_turns": "1"}


def test_the_screen_lights_up_while_there_is_no_verdict(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD, script=Script(qr("x") * 0 + 120))
    screen.enter()
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_L)
    assert screen.result.light.isVisible()
    qtbot.keyClick(screen, Qt.Key.Key_L)
    assert screen.result.ready.isVisible()


def test_risk_is_shown_to_officers_and_nothing_repaired_is() -> None:
    today = judged(GOOD).verdict.checked_at.date()
    says = {section: words for section, words, _ in credit_lines(GOOD, today)}
    assert says["自愿申报"] == "1 项（自报，未核实）"
    assert says["经营异常名录（状态）"] == "未列入"
    from dataclasses import replace

    repaired = replace(WARNED, credit=tuple(replace(r, repaired=today) for r in WARNED.credit))
    assert {w for s, w, _ in credit_lines(repaired, today) if s != "本年检查"} == {"未列入", "无"}


def test_a_permit_on_its_last_day_still_holds() -> None:
    from dataclasses import replace

    today = judged(GOOD).verdict.checked_at.date()
    last = replace(GOOD.permits[0], valid_to=today)
    assert permit_chip(last, today) == ("今天到期", "warn")
    assert permit_chip(last, today + timedelta(1))[1] == "bad", "its line is red, the verdict amber"
    assert permit_chip(replace(last, state="吊销"), today) == ("吊销", "bad")


def test_every_button_is_large_enough_and_named(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    from PySide6.QtWidgets import QAbstractButton

    screen = make(GOOD)
    session(screen).recent = list(EARLIER)
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    settled()
    for button in screen.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName() or button.text(), button
            assert min(button.width(), button.height()) >= 44, (button.accessibleName(), button.size())


def test_the_officer_is_nobody_special_here() -> None:
    assert isinstance(CheckSession().officer, Officer)
    assert LineButton("a", "b").accessibleName() == "a，b"


def test_a_late_answer_does_not_take_the_place_of_a_newer_one(
    qtbot: QtBot, make: Make, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = make(GOOD)
    real, gate = session(screen).check, threading.Event()

    def slow_for_the_first(data: bytes, means: Means, differs: bool = False) -> Checked:
        if SECOND.encode() in data:
            gate.wait(20)
        return real(data, means, differs)

    monkeypatch.setattr(session(screen), "check", slow_for_the_first)
    screen.enter(data=SECOND.encode())
    screen.enter(data=CODE.encode())
    wait_for_verdict(qtbot, screen)
    gate.set()
    settled()
    assert screen.checked is not None
    assert screen.checked.payload.code == CODE


def test_a_genuine_code_without_data_shows_what_its_signature_proves(qtbot: QtBot) -> None:
    proved = Token(TokenState.GENUINE, CODE, "孙吴县白桦幼儿园", "孙吴县中央街1号", "00000007", "231100", MORNING)
    card = EntityCard()
    qtbot.addWidget(card)
    card.show_checked(judged(None, proved=proved), None)
    said = "\n".join(label.text() for label in card.findChildren(QLabel))
    for words in ("孙吴县白桦幼儿园", "孙吴县中央街1号", "00000007", "黑河市", "由发码机关证明"):
        assert words in said, words
    with qtbot.waitSignal(card.differs) as answer:
        card.different.click()
    assert answer.args == [True]


def test_drawing_around_a_code_brings_it_near(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    script = Script(np.full((480, 640, 3), 128, np.uint8))
    screen = make(GOOD, script=script)
    screen.enter()
    qtbot.waitUntil(lambda: screen.finder.image.size().toTuple() == (640, 480), timeout=60_000)
    finder = screen.finder
    qtbot.mousePress(finder, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    qtbot.mouseMove(finder, QPoint(120, 90))
    qtbot.mouseRelease(finder, Qt.MouseButton.LeftButton, pos=QPoint(200, 140))
    assert screen._camera.zoomed
    assert finder.lens("zoom").isChecked()
    qtbot.waitUntil(lambda: finder.image.size().toTuple() != (640, 480), timeout=60_000)
    qtbot.mouseDClick(finder, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert not screen._camera.zoomed
    assert not finder.lens("zoom").isChecked()


def test_z_zooms_and_a_new_scan_shows_the_whole(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD, script=Script(np.full((480, 640, 3), 128, np.uint8)))
    screen.enter()
    qtbot.waitUntil(lambda: screen.scanning, timeout=60_000)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_Z)
    assert screen._camera.zoomed
    qtbot.keyClick(screen, Qt.Key.Key_Z)
    assert not screen._camera.zoomed
    qtbot.keyClick(screen, Qt.Key.Key_Z)
    screen.scan()
    qtbot.waitUntil(lambda: not screen._camera.zoomed, timeout=60_000)
    assert not screen.finder.lens("zoom").isChecked()


def test_a_click_is_not_a_stroke_and_the_wheel_zooms(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD, script=Script(np.full((480, 640, 3), 128, np.uint8)))
    screen.enter()
    qtbot.waitUntil(lambda: not screen.finder.image.isNull(), timeout=60_000)
    settled()
    qtbot.mouseClick(screen.finder, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert not screen._camera.zoomed
    for turned, zoomed in ((120, True), (-120, False)):
        at = QPointF(150, 80)
        buttons, keys_, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        wheel = QWheelEvent(at, at, QPoint(), QPoint(0, turned), buttons, keys_, phase, False)
        QApplication.sendEvent(screen.finder, wheel)
        assert screen._camera.zoomed is zoomed


def test_a_lamp_of_the_camera_takes_over_from_the_white_screen(
    qtbot: QtBot, make: Make, settled: Callable[[], None]
) -> None:
    script = Script(np.full((480, 640, 3), 60, np.uint8))
    script.has_lamp = True
    screen = make(GOOD, script=script)
    screen.enter()
    qtbot.waitUntil(lambda: not screen.finder.image.isNull(), timeout=60_000)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: script.lamp == [True] and not screen.result.light.isVisible(), timeout=60_000)
    screen.leave()
    assert not screen._camera.on
    assert not screen.finder.lens("light").isChecked()
