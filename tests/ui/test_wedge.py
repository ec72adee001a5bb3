"""A scanner gun's code reaches the check and nothing else; a person's keys reach what has the focus."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import keys
from ui.wedge import GAP, SHORTEST, Burst, Wedge

CODE = "92231102MA1B4C4X2Y"


class Times:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST, max_size=200), st.data())
def test_a_burst_at_a_guns_pace_is_the_code(text: str, data: st.DataObject) -> None:
    burst, at = Burst(), 0.0
    for character in text:
        burst.add(character, at)
        at += data.draw(st.floats(0.0, GAP * 0.9))
    assert burst.end(at) == text
    assert burst.end(at) == ""


@given(st.text(min_size=1, max_size=60), st.integers(0, 59))
def test_one_pause_makes_a_person_of_it(text: str, where: int) -> None:
    burst, at = Burst(), 0.0
    for place, character in enumerate(text):
        at += GAP * 2 if place == where % len(text) else GAP / 10
        burst.add(character, at)
    after = text[where % len(text) :]
    assert burst.end(at + GAP * 2) == ""
    assert len(after) <= len(text)


def test_short_bursts_are_people_too() -> None:
    burst = Burst()
    for place, character in enumerate("1" * (SHORTEST - 1)):
        burst.add(character, place * 0.01)
    assert burst.end((SHORTEST - 1) * 0.01) == ""


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    layout = QVBoxLayout(widget)
    widget.line, widget.note = QLineEdit(), QPlainTextEdit()  # type: ignore[attr-defined]
    layout.addWidget(widget.line)  # type: ignore[attr-defined]
    layout.addWidget(widget.note)  # type: ignore[attr-defined]
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def wedge(qtbot: QtBot, times: Times) -> Iterator[Wedge]:
    app = QApplication.instance()
    assert app is not None
    watcher = Wedge(now=times)
    watcher.enabled = True
    app.installEventFilter(watcher)
    yield watcher
    app.removeEventFilter(watcher)
    watcher.flush()


def _shoot(qtbot: QtBot, times: Times, target: QWidget, code: str = CODE) -> None:
    for character in code:
        qtbot.keyClicks(target, character)
        times.now += 0.005
    qtbot.keyClick(target, Qt.Key.Key_Return)


def test_a_gun_answers_no_item_and_its_code_is_whole(qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times) -> None:
    answered: list[str] = []
    for key in (keys.CONFORMS, keys.VIOLATES, keys.NOT_APPLICABLE):
        keys.bind(key, page, lambda k=key: answered.append(k.words))
    page.setFocus()
    with qtbot.waitSignal(wedge.scanned) as scanned:
        _shoot(qtbot, times, page)
    assert scanned.args == [CODE]
    assert not answered
    assert not wedge.waiting


@pytest.mark.parametrize("name", ["line", "note"])
def test_a_gun_leaves_a_text_field_as_it_was(
    qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times, name: str
) -> None:
    field = getattr(page, name)
    field.setFocus()
    qtbot.keyClicks(field, "ab")
    times.now += 1
    with qtbot.waitSignal(wedge.scanned) as scanned:
        _shoot(qtbot, times, field, "https://x.cn/e/" + CODE)
    assert scanned.args == ["https://x.cn/e/" + CODE]
    assert (field.text() if name == "line" else field.toPlainText()) == "ab"


def test_a_persons_key_does_its_work_after_a_moment(qtbot: QtBot, page: QWidget, wedge: Wedge) -> None:
    answered: list[int] = []
    keys.bind(keys.CONFORMS, page, lambda: answered.append(1))
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_1)
    assert wedge.waiting
    assert not answered
    qtbot.waitUntil(lambda: answered == [1])
    assert not wedge.waiting


def test_a_person_types_into_a_field_without_any_wait(qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times) -> None:
    field = page.line  # type: ignore[attr-defined]
    field.setFocus()
    entered: list[str] = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    for character in CODE:
        qtbot.keyClicks(field, character)
        times.now += 0.1
    assert field.text() == CODE
    with qtbot.assertNotEmitted(wedge.scanned):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert entered == [CODE]


def test_enter_after_a_held_key_keeps_their_order(qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times) -> None:
    order: list[str] = []
    keys.bind(keys.LEAD, page, lambda: order.append("N"))
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_N)
    times.now += 0.01
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert order == ["N"]


def test_a_password_is_never_a_code(qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times) -> None:
    field = page.line  # type: ignore[attr-defined]
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setFocus()
    with qtbot.assertNotEmitted(wedge.scanned):
        _shoot(qtbot, times, field)
    assert field.text() == CODE


def test_nothing_is_watched_at_the_door(qtbot: QtBot, page: QWidget, wedge: Wedge, times: Times) -> None:
    wedge.enabled = False
    field = page.line  # type: ignore[attr-defined]
    field.setFocus()
    with qtbot.assertNotEmitted(wedge.scanned):
        _shoot(qtbot, times, field)
    assert field.text() == CODE
