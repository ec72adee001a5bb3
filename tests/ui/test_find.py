"""查找 while typing: only the newest text counts, the keyboard is enough, and the screen never waits."""

from collections.abc import Callable
from threading import Event
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cache.session import Hit
from inspector.errors import NoRegister
from inspector.verdict import Means
from tests.ui.shops import CODE, GOOD, CheckSession, ready
from tests.ui.test_scan import SECOND, Make, session, wait_for_verdict, words_on
from tests.ui.test_scan import make as make
from tests.ui.visit_stage import Today, VisitStage
from ui import words
from ui.latest import Latest
from ui.screens.scan import ScanScreen
from ui.sound import Sound
from ui.widgets.lookup import MOST, Lookup

OTHER = Hit(SECOND, "垚鑫超市", "兴安街9号", "存续", "个体工商户")
HIT = Hit(CODE, GOOD.licence.name, GOOD.licence.premises, "存续", "个体工商户")
MANY = [Hit(f"9223110200000{n:05d}", f"花山{n}号店", "黑河市爱辉区中央街", "存续", "企业") for n in range(MOST)]


class Slow:
    """Answers when it is let; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may = Event()

    def __call__(self, text: str) -> str:
        self.asked.append(text)
        assert self.may.wait(20)
        if text == "bad":
            raise NoRegister
        return text.upper()


@pytest.fixture
def lookup(qtbot: QtBot, worker: object) -> Lookup:
    made = Lookup()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.field.setFocus()
    return made


def enter(lookup: Lookup) -> None:
    QTest.keyClick(lookup.field, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_texts_that_were_overtaken_are_neither_searched_nor_shown(
    lookup: Lookup, qtbot: QtBot, settled: Callable[[], None]
) -> None:
    slow, told, failed = Slow(), [], []
    latest = Latest(slow, lambda *answer: told.append(answer), lambda *problem: failed.append(problem), lookup)
    for text in ("a", "ab", "abc", "bad", "abcd"):
        latest.ask(text)
    slow.may.set()
    settled()
    assert slow.asked == ["a", "abcd"]
    assert told == [("abcd", "ABCD")]
    latest.ask("bad")
    settled()
    assert [text for text, _ in failed] == ["bad"]
    slow.may.clear()
    latest.ask("e")
    latest.drop()
    slow.may.set()
    settled()
    assert told == [("abcd", "ABCD")]


def test_results_of_an_older_text_are_not_shown_nor_taken_by_enter(lookup: Lookup, qtbot: QtBot) -> None:
    taken, typed = [], []
    lookup.picked.connect(taken.append)
    lookup.entered.connect(taken.append)
    lookup.typed.connect(typed.append)
    lookup.field.setText("喆")
    lookup.show_hits("喆", [HIT])
    lookup.field.setText("垚")
    assert lookup._head.text() == words.SEARCHING
    enter(lookup)
    assert taken == []
    assert typed == ["垚"], "Enter asks at once"
    lookup.show_hits("喆", [HIT])
    assert taken == []
    lookup.show_hits("垚", [OTHER])
    assert taken == [OTHER.code]


def test_typing_on_after_enter_takes_it_back(lookup: Lookup, qtbot: QtBot) -> None:
    taken = []
    lookup.picked.connect(taken.append)
    lookup.field.setText("垚")
    enter(lookup)
    lookup.field.setText("垚鑫")
    lookup.show_hits("垚鑫", [OTHER])
    assert taken == []


def test_enter_on_several_results_goes_into_them_and_the_arrows_choose(lookup: Lookup, qtbot: QtBot) -> None:
    taken = []
    lookup.picked.connect(taken.append)
    lookup.field.setText("花山")
    lookup.show_hits("花山", MANY)
    enter(lookup)
    assert lookup.lines[0].hasFocus()
    qtbot.keyClick(lookup.lines[0], Qt.Key.Key_Down)
    assert lookup.lines[1].hasFocus()
    qtbot.keyClick(lookup.lines[1], Qt.Key.Key_Space)
    assert taken == [MANY[1].code]
    for _ in MANY:
        qtbot.keyClick(lookup.focusWidget(), Qt.Key.Key_Down)
    assert lookup.lines[-1].hasFocus()
    assert not lookup.lines[-1].visibleRegion().isEmpty(), "the list follows the keys"
    lookup.lines[1].setFocus()
    qtbot.keyClick(lookup.lines[1], Qt.Key.Key_Up)
    qtbot.keyClick(lookup.lines[0], Qt.Key.Key_Up)
    assert lookup.field.hasFocus()


def test_in_the_window_enter_goes_into_several_results_without_taking_the_first(qtbot: QtBot) -> None:
    with VisitStage(qtbot) as stage:
        scan = ScanScreen(CheckSession(GOOD), stage.camera, Sound())
        stage.window.admit(stage.session, ready(Today(), scan), 60)
        stage.go("scan", typing=True)
        scan.lookup.field.setText("花山")
        scan.lookup.show_hits("花山", MANY)
        stage.press("Return")
        assert scan.lookup.lines[0].hasFocus()
        assert session(scan).checked == []
        stage.press("Down", "Return")
        assert [data for data, _, _ in session(scan).checked] == [MANY[1].code.encode()]


def test_new_results_do_not_take_the_keys_away(lookup: Lookup, qtbot: QtBot) -> None:
    lookup.field.setText("花山")
    lookup.show_hits("花山", MANY)
    lookup.lines[3].setFocus()
    lookup.show_hits("花山", MANY[:2])
    assert lookup.lines[0].hasFocus()
    lookup.show_hits("花山", [])
    assert lookup.field.hasFocus()


def test_a_mistyped_code_is_never_taken_for_the_one_that_is_near(lookup: Lookup, qtbot: QtBot) -> None:
    taken, entered = [], []
    lookup.picked.connect(taken.append)
    lookup.entered.connect(entered.append)
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    lookup.field.setText(wrong)
    lookup.show_hits(wrong, [HIT])
    enter(lookup)
    assert (taken, entered) == ([], [wrong])


def test_the_same_text_again_is_not_searched_again(lookup: Lookup, qtbot: QtBot) -> None:
    typed = []
    lookup.typed.connect(typed.append)
    lookup.field.setText("花山")
    lookup.show_hits("花山", MANY)
    lookup.field.setText("花山 ")
    lookup._search()
    assert typed == []
    assert lookup._head.text() == words.FOUND


def test_without_a_register_enter_still_answers(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen = make(GOOD)
    screen.enter(typing=True)
    session(screen).fail["search"] = NoRegister()
    screen.lookup.field.insert("喆喆")
    with qtbot.waitSignal(screen.troubled):
        qtbot.keyClick(screen.lookup.field, Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked == [("喆喆".encode(), Means.TYPED, False)]


def test_a_fast_officer_types_and_presses_enter_at_once(qtbot: QtBot, make: Make, settled: Callable[[], None]) -> None:
    screen: ScanScreen = make(GOOD)
    screen.enter(typing=True)
    qtbot.keyClicks(screen.lookup.field, CODE[8:15])
    qtbot.keyClick(screen.lookup.field, Qt.Key.Key_Return)
    wait_for_verdict(qtbot, screen)
    assert session(screen).checked == [(CODE.encode(), Means.SEARCHED, False)]
    assert GOOD.licence.name in words_on(screen)


def test_showing_results_keeps_the_screen_for_less_than_50_ms(lookup: Lookup) -> None:
    lookup.field.setText("花山")
    lookup.show_hits("花山", MANY[:1])
    took = []
    for turn in range(5):
        start = thread_time()
        lookup.show_hits("花山", MANY[turn % 2 :])
        took.append(thread_time() - start)
    assert min(took) < 0.05
