"""The window: where the keys lead, what the bars tell, how it locks, and that it leaves nothing behind."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cache.session import Connection, RegisterState, SyncStatus
from inspector.errors import ServiceDown
from inspector.verdict import ClockTrust, StoreHealth
from tests.ui.fake_session import MORNING
from tests.ui.shops import GOOD, CheckSession, ready
from ui import keys
from ui.screens.screen import Screen
from ui.sound import Sound
from ui.style import look, wear
from ui.theme import DAY, NIGHT, SUN, Look
from ui.widgets.rail import PLACES
from ui.widgets.topbar import TopBar
from ui.window import Window

NAMES = ("today", "scan", "inspect", "history", "sync", "settings")


class Recorder(Screen):
    """A screen that remembers how it was entered."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = self.title = name
        self.entered: list[dict[str, Any]] = []
        self.left = 0

    def enter(self, **arguments: Any) -> None:
        self.entered.append(arguments)

    def leave(self) -> None:
        self.left += 1


@pytest.fixture
def window(qtbot: QtBot, worker: object, settled: Callable[[], None]) -> Iterator[Window]:
    made = Window(Sound(), lambda: MORNING)
    qtbot.addWidget(made)
    made.resize(1366, 697)
    made.admit(CheckSession(GOOD), ready(*(Recorder(name) for name in NAMES)), 10)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    settled()
    yield made
    made.close()
    settled()
    wear(Look())


def recorder(window: Window, name: str) -> Recorder:
    screen = window.screen_named(name)
    assert isinstance(screen, Recorder)
    return screen


def press(qtbot: QtBot, window: Window, key: keys.Key) -> None:
    from PySide6.QtGui import QKeySequence

    combination = QKeySequence(key.sequence)[0]
    qtbot.keyClick(window.focusWidget() or window, combination.key(), combination.keyboardModifiers())


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (keys.SCAN, "scan"),
        (keys.INSPECT, "inspect"),
        (keys.HISTORY, "history"),
        (keys.SYNC, "sync"),
        (keys.SETTINGS, "settings"),
        (keys.TODAY, "today"),
        (keys.TYPE_CODE, "scan"),
    ],
)
def test_a_key_leads_to_its_screen(qtbot: QtBot, window: Window, key: keys.Key, name: str) -> None:
    press(qtbot, window, key)
    assert window.current == name
    assert window.stack.currentWidget() is window.screen_named(name)
    assert window.rail.button(name).isChecked()
    assert recorder(window, name).entered[-1] == ({"typing": True} if key is keys.TYPE_CODE else {})


def test_the_rail_leads_there_too_and_marks_only_where_one_is(qtbot: QtBot, window: Window) -> None:
    for name, *_ in PLACES:
        window.rail.button(name).click()
        assert [n for n, *_ in PLACES if window.rail.button(n).isChecked()] == [name]
    assert recorder(window, "today").left == 1


def test_a_screen_asks_for_another_with_what_it_needs(window: Window) -> None:
    recorder(window, "today").going.emit("scan", {"code": "x"})
    assert recorder(window, "scan").entered == [{"code": "x"}]


def test_troubles_are_told_in_the_strip_and_do_not_stop_the_work(qtbot: QtBot, window: Window) -> None:
    recorder(window, "today").troubled.emit(ServiceDown())
    assert "连不上中心服务" in window.strip.words
    press(qtbot, window, keys.SCAN)
    assert window.current == "scan"
    recorder(window, "scan").said.emit("好了。")
    assert window.strip.words == "好了。"
    window.strip.dismiss()


def test_f9_wears_the_high_contrast_theme_and_gives_the_old_one_back(qtbot: QtBot, window: Window) -> None:
    window.dress(Look(NIGHT))
    press(qtbot, window, keys.BRIGHT)
    assert look().theme is SUN
    assert window.rail.button("bright").isChecked()
    press(qtbot, window, keys.BRIGHT)
    assert look().theme is NIGHT
    window.rail.button("bright").click()
    assert look().theme is SUN
    window.dress(Look(DAY))


def test_f8_mutes_and_says_so(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, keys.MUTE)
    assert not window.sound.on
    assert window.top.muted.isVisible()
    press(qtbot, window, keys.MUTE)
    assert window.sound.on
    assert not window.top.muted.isVisible()
    window.strip.dismiss()


def test_f11_fills_the_screen_and_gives_it_back(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, keys.FULL_SCREEN)
    assert window.isFullScreen()
    press(qtbot, window, keys.FULL_SCREEN)
    assert not window.isFullScreen()


def test_f12_and_idleness_lock(qtbot: QtBot, window: Window) -> None:
    with qtbot.waitSignal(window.locking):
        press(qtbot, window, keys.LOCK)
    assert window.idle.timer.interval() == 600_000
    with qtbot.waitSignal(window.locking):
        window.idle.timer.timeout.emit()


class Counting:
    """A timer that counts how often it is started."""

    def __init__(self) -> None:
        self.started = 0

    def isActive(self) -> bool:
        return self.started > 0

    def start(self, *_: int) -> None:
        self.started += 1

    def stop(self) -> None:
        self.started = 0


def test_a_touch_starts_the_idle_time_anew(qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    timer = Counting()
    monkeypatch.setattr(window.idle, "timer", timer)
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    assert timer.started == 0, "a stopped timer stays stopped"
    window.idle.start(1)
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton)
    assert timer.started >= 3


def test_the_key_sheet_comes_and_goes(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, keys.SCAN)
    window.sheet.toggle(window.current)
    assert window.sheet.isVisible()
    said = {label.text() for label in window.sheet.findChildren(QLabel)}
    assert {key.words for key in keys.TABLE if key.screen in ("核验", keys.EVERYWHERE)} <= said
    press(qtbot, window, keys.HISTORY)
    assert not window.sheet.isVisible()
    qtbot.keyClick(window, "?", Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(window.sheet.isVisible)


def test_a_scanner_gun_leads_to_the_check_from_anywhere(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, keys.HISTORY)
    with qtbot.waitSignal(window.wedge.scanned):
        qtbot.keyClicks(window, GOOD.code)
        qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.current == "scan"
    assert recorder(window, "scan").entered[-1] == {"data": GOOD.code.encode()}


def test_behind_the_door_nothing_is_left_of_the_session(
    qtbot: QtBot, window: Window, settled: Callable[[], None]
) -> None:
    door = QWidget()
    window.go("scan")
    scan = recorder(window, "scan")
    window.show_door(door)
    assert scan.left == 1
    assert window.current == ""
    assert not window.rail.isVisible()
    assert not window.top.isVisible()
    assert not window.idle.timer.isActive()
    assert window.stack.count() == 1
    with qtbot.assertNotEmitted(window.locking):
        press(qtbot, window, keys.LOCK)
    press(qtbot, window, keys.SCAN)
    assert window.current == ""
    with qtbot.assertNotEmitted(window.wedge.scanned):
        qtbot.keyClicks(window, GOOD.code)
        qtbot.keyClick(window, Qt.Key.Key_Return)


def test_the_officers_look_and_sound_are_worn_after_unlocking(
    qtbot: QtBot, window: Window, settled: Callable[[], None]
) -> None:
    session = CheckSession(GOOD)
    session.settings = {"theme": "night", "size": "huge", "sound": "off"}
    window.admit(session, ready(Recorder("today")), 10)
    settled()
    assert (look().theme, look().scale.value, window.sound.on) == (NIGHT, "huge", False)


def test_the_pills_tell_the_age_of_the_data_and_the_connection(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    state = RegisterState(StoreHealth.GOOD, "231102", "爱辉区", 1, 1, 9, MORNING - timedelta(hours=4))
    bar.show_register(state, MORNING)
    assert bar.data.accessibleName() == "数据 06:42 · 4 小时前"
    bar.show_register(replace(state, as_of=MORNING - timedelta(days=4)), MORNING)
    assert (bar.data.accessibleName(), bar.data.property("tone")) == ("数据 11-19 10:42 · 4 天前", "warn")
    bar.show_register(replace(state, health=StoreHealth.MISSING, as_of=None), MORNING)
    assert bar.data.accessibleName() == "数据未下载"
    for health in (StoreHealth.UNCHECKED, StoreHealth.LOCKED, StoreHealth.DAMAGED):
        bar.show_register(replace(state, health=health), MORNING)
        assert bar.data.accessibleName() == f"数据{health.label} · 4 小时前", "the age is always there"
        assert bar.data.property("tone") == "warn"
    status = SyncStatus(Connection.OFFLINE, 3, 9, (), None, None, None, ClockTrust.GOOD)
    bar.show_sync(status, MORNING)
    assert bar.connection.accessibleName() == "离线　12 项待上传"
    bar.show_sync(replace(status, connection=Connection.REFUSED, pending_events=0, pending_blobs=0), MORNING)
    assert (bar.connection.accessibleName(), bar.connection.property("tone")) == ("证书不符", "bad")
    bar.show_sync(replace(status, clock=ClockTrust.SET_BACK), MORNING)
    assert "时钟被调回" in bar.connection.accessibleName()
    for waited, words, tone in (
        (timedelta(hours=23), "离线　12 项待上传", "warn"),
        (timedelta(hours=25), "离线　12 项待上传　最早一条已等 25 小时", "warn"),
        (timedelta(days=7), "离线　12 项待上传　最早一条已等 7 天", "bad"),
    ):
        bar.show_sync(replace(status, oldest_unsent=MORNING - waited), MORNING)
        assert (bar.connection.accessibleName(), bar.connection.property("tone")) == (words, tone)
    bar.show_sync(replace(status, connection=Connection.ONLINE, paused=True), MORNING)
    assert bar.connection.accessibleName() == "已连接　12 项待上传　自动同步已暂停"
