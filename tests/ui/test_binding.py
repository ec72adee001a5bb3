"""An old code without an identifier: bound on screen to an entity that is found by search, amber at once."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.errors import NoRegister
from inspector.verdict import Colour
from tests.ui.shops import CODE, GOOD
from tests.ui.test_scan import Make, session, wait_for_verdict, words_on
from tests.ui.test_scan import make as make
from ui.screens.scan import ScanScreen

LINK = b"http://hl.gsxt.gov.cn/business/JCXX.jspx?id=AB12CD34EF56"


def opened(qtbot: QtBot, screen: ScanScreen, settled: Callable[[], None]) -> None:
    """The panel with what was found for a part of the name."""
    screen.enter(data=LINK)
    wait_for_verdict(qtbot, screen)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_B)
    panel = screen.binding.panel
    assert panel.isVisible()
    assert panel.field.hasFocus()
    panel.field.setText("便利店")
    qtbot.waitUntil(lambda: bool(panel.lines), timeout=20_000)


def test_a_link_is_bound_by_keyboard_and_amber_at_once(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    opened(qtbot, screen, settled)
    panel = screen.binding.panel
    assert GOOD.licence.name in panel.lines[0].accessibleName()
    with qtbot.waitSignal(screen.said) as said:
        panel.lines[0].click()
    settled()
    assert GOOD.licence.name in said.args[0]
    assert list(session(screen).bound.values()) == [CODE]
    assert not panel.isVisible()
    assert screen.checked is not None
    assert screen.checked.entity == GOOD
    assert screen.checked.verdict.colour is Colour.ATTENTION
    assert "待中心确认" in words_on(screen)


def test_a_refused_binding_is_told_and_can_be_repeated(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    opened(qtbot, screen, settled)
    session(screen).fail["bind"] = NoRegister()
    with qtbot.waitSignal(screen.troubled) as told:
        screen.binding.panel.lines[0].click()
    assert isinstance(told.args[0], NoRegister)
    assert session(screen).bound == {}
    assert screen.binding.panel.isVisible()


def test_only_a_code_that_may_be_bound_offers_it(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    for data in (CODE.encode(), b"WIFI:S:shop;P:12345678;;"):
        screen.enter(data=data)
        wait_for_verdict(qtbot, screen)
        settled()
        assert not screen.binding.button.isVisible()
        qtbot.keyClick(screen, Qt.Key.Key_B)
        assert not screen.binding.panel.isVisible()


def test_nothing_found_is_said_and_escape_is_a_button(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    opened(qtbot, screen, settled)
    panel = screen.binding.panel
    panel.field.setText("没有这样的店")
    qtbot.waitUntil(lambda: not panel.lines, timeout=20_000)
    assert "没有找到" in words_on(screen)
    panel.cancel.click()
    assert not panel.isVisible()
