"""The sections of an inspection with how far each one is, and the way to every other place of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton

from ui import visitwords as words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.icon import Icon
from ui.widgets.text import Elided, text


@dataclass(frozen=True, slots=True)
class Place:
    """One line: ``done`` shows a tick in place of ``state``."""

    key: str
    title: str
    state: str
    done: bool
    current: bool


class _Line(QPushButton):
    """A button that looks like a line of a list."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.setObjectName("place")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title, self._state, self._tick = Elided("", "v"), text("", "k"), Icon("checkmark_circle_filled", "ok_ink")
        parts = self._title, self._state, self._tick
        row(*parts, gap=Gap.SMALL, margins=(Gap.MEDIUM, 0, Gap.MEDIUM, 0), owner=self).setStretch(0, 1)
        for part in parts:
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_place(self, place: Place) -> None:
        self._title.show_text(place.title)
        self._title.setProperty("role", "vb" if place.current else "v")
        self._state.setText(place.state)
        self._state.setVisible(not place.done)
        self._tick.setVisible(place.done)
        self.setProperty("current", place.current)
        self.setAccessibleName(f"{place.title}，{words.COMPLETE if place.done else place.state}")
        restyle(self, self._title)


class SectionList(Card):
    """Progress on top, one line a section below."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__(margins=(12, 12, 12, 12))
        self._count = text("", "vb")
        self.box.addLayout(row(text(words.PROGRESS, "h2"), None, self._count, margins=(Gap.SMALL, 0, Gap.SMALL, 0)))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(words.PROGRESS)
        self.box.addWidget(self._bar)
        self._column = column(gap=Gap.HAIR)
        self.box.addLayout(self._column)
        self.box.addStretch(1)
        self._saved = text("", "sub", wrap=True)
        self.box.addWidget(self._saved)
        self._lines: list[_Line] = []

    def line(self, key: str) -> QPushButton:
        return next(line for line in self._lines if line.key == key)

    def show_places(self, places: Sequence[Place], done: int, of: int) -> None:
        if [line.key for line in self._lines] != [place.key for place in places]:
            self._build(places)
        for line, place in zip(self._lines, places, strict=True):
            line.show_place(place)
        self._count.setText(f"{done} / {of}")
        self._bar.setMaximum(max(1, of))
        self._bar.setValue(done)

    @property
    def saved(self) -> str:
        """What is said about saving."""
        return self._saved.text()

    def show_saved(self, sentence: str, tone: str = "ok") -> None:
        """Say below the list whether everything is saved."""
        self._saved.setText(sentence)
        self._saved.setProperty("tone", tone)
        restyle(self._saved)

    def _build(self, places: Sequence[Place]) -> None:
        for line in self._lines:
            self._column.removeWidget(line)
            line.deleteLater()
        self._lines = [_Line(place.key) for place in places]
        for line in self._lines:
            line.clicked.connect(lambda _=False, key=line.key: self.picked.emit(key))
            self._column.addWidget(line)
