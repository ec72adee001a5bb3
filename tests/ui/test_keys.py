"""The table of keys is what is bound, what is printed, and what the manual says."""

import re
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import keys
from ui.widgets.keybutton import KeyButton

MANUAL = Path(__file__).parent.parent.parent / "docs" / "keys.md"


def test_the_manual_lists_exactly_the_table() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", MANUAL.read_text(encoding="utf-8"), re.M)
    assert sorted(rows) == sorted((k.label, k.words, k.screen) for k in keys.TABLE)


def test_qt_knows_every_sequence() -> None:
    for key in keys.TABLE:
        assert not QKeySequence(key.sequence).isEmpty(), key


def test_a_key_does_one_thing_on_a_screen() -> None:
    everywhere = {k.sequence for k in keys.TABLE if k.screen == keys.EVERYWHERE}
    used: Counter[tuple[str, str]] = Counter()
    for key in keys.TABLE:
        assert key.screen == keys.EVERYWHERE or key.sequence not in everywhere, key
        used.update((place, key.sequence) for place in key.screen.split("、"))
    assert max(used.values()) == 1, used.most_common(3)


def test_every_key_is_on_the_sheet_of_its_screen() -> None:
    shown = {key for name in keys.SCREENS for key in keys.of_screen(name)}
    assert shown == {key for key in keys.TABLE if key.screen != "解锁"}
    assert {place for key in keys.TABLE for place in key.screen.split("、")} == {
        *keys.SCREENS.values(),
        keys.EVERYWHERE,
        "解锁",
    }


def _page(qtbot: QtBot, *parts: QWidget) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    for part in parts:
        layout.addWidget(part)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


def test_a_key_button_is_pressed_by_the_key_that_it_prints(qtbot: QtBot) -> None:
    button = KeyButton("登记线索", keys.LEAD)
    page = _page(qtbot, button)
    page.setFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(page, Qt.Key.Key_N)
    assert keys.LEAD.label in [label.text() for label in button.findChildren(QLabel)]
    assert keys.LEAD.label in button.accessibleName()


def test_letters_belong_to_the_text_field_that_has_the_focus(qtbot: QtBot) -> None:
    button, field = KeyButton("登记线索", keys.LEAD), QLineEdit()
    page = _page(qtbot, button, field)
    field.setFocus()
    assert page.focusWidget() is field
    with qtbot.assertNotEmitted(button.clicked):
        qtbot.keyClick(field, Qt.Key.Key_N)
    assert field.text() == "n"


def test_space_and_return_press_a_button_reached_with_tab_and_else_do_their_own(qtbot: QtBot) -> None:
    go, other = KeyButton("开始", keys.START, primary=True), QPushButton("另一个")
    page = _page(qtbot, go, other)
    other.setFocus()
    with qtbot.waitSignal(other.clicked), qtbot.assertNotEmitted(go.clicked):
        qtbot.keyClick(other, Qt.Key.Key_Return)
    go.setFocus()
    with qtbot.waitSignal(go.clicked):
        qtbot.keyClick(go, Qt.Key.Key_Return)
    page.setFocus()
    with qtbot.waitSignal(go.clicked):
        qtbot.keyClick(page, Qt.Key.Key_Return)


def test_a_disabled_button_does_not_answer_its_key(qtbot: QtBot) -> None:
    go = KeyButton("开始", keys.START, primary=True)
    page = _page(qtbot, go)
    go.setEnabled(False)
    page.setFocus()
    with qtbot.assertNotEmitted(go.clicked):
        qtbot.keyClick(page, Qt.Key.Key_Return)
