"""The code field with what is found while one types; below it, when nothing is typed, what was checked before."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from cache.session import Hit, RecentCheck
from inspector.freshness import CHINA
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
        self.field.returnPressed.connect(self._entered)
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
        self.list.box.addWidget(scrolled(page), 1)
        self._shown: Sequence[object] | None = None
        column(top, self.list, gap=Gap.MEDIUM, owner=self).setStretch(1, 1)

    @property
    def text(self) -> str:
        return self.field.text().strip()

    @property
    def lines(self) -> list[LineButton]:
        return [b for b in self.list.findChildren(LineButton) if not b.isHidden()]

    def clear(self) -> None:
        self.field.clear()
        self._pause.stop()

    def show_recent(self, recent: Sequence[RecentCheck], today: int) -> None:
        """What was checked before; shown while nothing is typed."""
        if self.text:
            return
        self._head.setText(words.JUST_CHECKED)
        self._count.setText(words.TODAY_COUNT.format(count=today) if today else "")
        self._fill(recent, words.NO_CHECKS, words.NO_CHECKS_HINT)

    def show_hits(self, typed: str, hits: Sequence[Hit]) -> None:
        """What was found for a text, unless another text stands there by now."""
        if typed != self.text:
            return
        self._head.setText(words.FOUND)
        self._count.setText(words.FOUND_COUNT.format(count=len(hits)) if hits else "")
        self._fill(hits, words.NOTHING_LIKE_IT, words.NOTHING_LIKE_IT_HINT)

    def _fill(self, items: Sequence[RecentCheck] | Sequence[Hit], title: str, advice: str) -> None:
        if self._shown == (title, *items):
            return
        self._shown = (title, *items)
        empty(self._lines)
        for item in items:
            self._lines.addWidget(self._line(item))
        if not items:
            self._lines.addWidget(EmptyState("search", title, advice))

    def _line(self, item: RecentCheck | Hit) -> LineButton:
        if isinstance(item, Hit):
            line = LineButton(item.name, item.state, item.premises)
        else:
            at = item.at.astimezone(CHINA)
            line = LineButton(item.name or item.code, f"{at:%H:%M}", sign=Badge(Colour(item.colour)))
        line.clicked.connect(lambda: self.picked.emit(item.code))
        return line

    def _changed(self) -> None:
        self._pause.start()

    def _search(self) -> None:
        self.typed.emit(self.text)

    def _entered(self) -> None:
        """Enter: one hit is what was meant, else the text is checked as it stands."""
        self._pause.stop()
        if not self.text:
            return
        hits = self._shown[1:] if self._shown and self._shown[0] == words.NOTHING_LIKE_IT else ()
        only = hits[0] if len(hits) == 1 else None
        if isinstance(only, Hit):
            self.picked.emit(only.code)
        else:
            self.entered.emit(self.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk from the field through the lines and back."""
        places: list[QWidget] = [self.field, *self.lines]
        focused = self.focusWidget()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or focused not in places:
            event.ignore()
            return
        place = places.index(focused) + step
        if 0 <= place < len(places):
            places[place].setFocus(Qt.FocusReason.TabFocusReason)

    def hideEvent(self, event: object) -> None:
        self._pause.stop()
