"""The code field with what is found while one types; below it, when nothing is typed, what was checked before."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from cache.session import Hit, RecentCheck
from inspector.freshness import CHINA
from inspector.identifiers import is_meant_whole
from inspector.verdict import Colour
from ui import keys, words
from ui.theme import Gap
from ui.widgets.badge import Badge
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.emptystate import EmptyState
from ui.widgets.keybutton import KeyCap
from ui.widgets.line import LineButton
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text

PAUSE = 120
"""Milliseconds without a key before a search: a name is not searched at its first letter."""
MOST = 20
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class _Line(LineButton):
    """``stepped`` is an arrow: else the button would follow the order of tabs, or the list would scroll."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if step := _STEPS.get(Qt.Key(event.key())):
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)


class Lookup(QWidget):
    """``typed`` asks for a search, ``entered`` for a check of the text, ``picked`` for a check of a line's code."""

    typed = Signal(str)
    entered = Signal(str)
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText(words.TYPE_HINT)
        self.field.setAccessibleName(words.TYPE_HINT)
        self.field.textChanged.connect(self._changed)
        # Queued: the same key goes on to the window, which would press the line that has just been given the keys.
        self.field.returnPressed.connect(self._entered, Qt.ConnectionType.QueuedConnection)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._search)
        top = Card(margins=(14, 8, 14, 12), gap=Gap.SMALL)
        top.box.addLayout(row(text(words.TYPE_INSTEAD, "h2"), None, KeyCap(keys.TYPE_CODE)))
        top.box.addWidget(self.field)
        self.list = Card(margins=(8, 8, 8, 6), gap=Gap.NONE)
        self._head, self._count = text("", "h2"), text("", "sub")
        self.list.box.addLayout(row(self._head, None, self._count, margins=(8, 0, 8, 2)))
        page = QWidget()
        self._lines = column(gap=Gap.NONE, owner=page)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area = scrolled(page)
        self.list.box.addWidget(self._area, 1)
        self.lines: list[_Line] = []
        self._shown: Sequence[object] | None = None
        self._found: tuple[str, Sequence[Hit]] | None = None
        self._waiting = False
        column(top, self.list, gap=Gap.MEDIUM, owner=self).setStretch(1, 1)

    @property
    def text(self) -> str:
        return self.field.text().strip()

    def clear(self) -> None:
        self.field.clear()
        self._pause.stop()
        self._waiting = False

    def show_recent(self, recent: Sequence[RecentCheck], today: int) -> None:
        """What was checked before; shown while nothing is typed."""
        if self.text:
            return
        self._found = None
        self._head.setText(words.JUST_CHECKED)
        self._count.setText(words.TODAY_COUNT.format(count=today) if today else "")
        self._fill(recent, words.NO_CHECKS, words.NO_CHECKS_HINT)

    def show_hits(self, typed: str, hits: Sequence[Hit]) -> None:
        """What was found for a text, unless another text stands there by now."""
        if typed != self.text:
            return
        self._found = (typed, hits)
        self._head.setText(words.FOUND)
        self._count.setText(words.FOUND_COUNT.format(count=len(hits)) if hits else "")
        self._fill(hits, words.NOTHING_LIKE_IT, words.NOTHING_LIKE_IT_HINT)
        if self._waiting:
            self._answer(hits)

    def _fill(self, items: Sequence[RecentCheck] | Sequence[Hit], title: str, advice: str) -> None:
        if self._shown == (title, *items):
            return
        self._shown = (title, *items)
        walking = any(line.hasFocus() for line in self.lines)
        empty(self._lines)
        self.lines = [self._line(item) for item in items]
        for line in self.lines:
            self._lines.addWidget(line)
            line.show()  # now, not when the layout comes to it: it may be given the keys at once
        if not items:
            self._lines.addWidget(EmptyState("search", title, advice))
        if walking:  # the line that had the keys is gone
            self._walk_to(0)

    def _line(self, item: RecentCheck | Hit) -> _Line:
        if isinstance(item, Hit):
            line = _Line(item.name, item.state, item.premises)
        else:
            at = item.at.astimezone(CHINA)
            line = _Line(item.name or item.code, f"{at:%H:%M}", sign=Badge(Colour(item.colour)))
        line.clicked.connect(lambda: self.picked.emit(item.code))
        line.stepped.connect(lambda step: self._walk_to(self.lines.index(line) + step))
        return line

    def _changed(self) -> None:
        self._waiting = False
        if self.text:  # what stands below is of an older text
            self._head.setText(words.SEARCHING)
            self._count.setText("")
        self._pause.start()

    def _search(self) -> None:
        if self.text and self._found and self._found[0] == self.text:
            self.show_hits(*self._found)
        else:
            self.typed.emit(self.text)

    def _entered(self) -> None:
        """Enter: a whole number is checked as it stands; all else waits for what is found for it."""
        if not self.text:
            return
        self._waiting = True
        self._pause.stop()
        if is_meant_whole(self.text):
            self._answer(())
        else:
            self._search()

    def _answer(self, hits: Sequence[Hit]) -> None:
        """One hit is what was meant, among several the arrows choose; without any the text is checked as it stands."""
        self._waiting = False
        if len(hits) == 1:
            self.picked.emit(hits[0].code)
        elif hits:
            self._walk_to(0)
        else:
            self.entered.emit(self.text)

    def _walk_to(self, line: int) -> None:
        """Give the keys to a line, or to the field above the first one."""
        if line < 0 or not self.lines:
            self.field.setFocus(Qt.FocusReason.TabFocusReason)
        elif line < len(self.lines):
            self.lines[line].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.lines[line])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The field leaves its arrows to the lines."""
        if self.field.hasFocus() and event.key() == Qt.Key.Key_Down:
            self._walk_to(0)
        else:
            event.ignore()

    def hideEvent(self, event: object) -> None:
        self._pause.stop()
        self._waiting = False
