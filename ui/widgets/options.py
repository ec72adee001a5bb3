"""One out of a list, each with a line that explains it: officers, checklists, grounds of a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from ui import visitwords as words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.icon import Icon
from ui.widgets.text import text


class Option(QPushButton):
    """A line that can be on or off, with a tick when it is on."""

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self.setObjectName("option")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name = f"{title}，{note}" if note else title
        self._tick = Icon("checkmark_circle_filled", "brand")
        policy = self._tick.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._tick.setSizePolicy(policy)
        lines = [text(title, "v", wrap=True)]
        if note:
            lines.append(text(note, "sub", wrap=True))
        column_ = column(*lines, gap=Gap.NONE)
        line = row(column_, self._tick, margins=(Gap.MEDIUM, Gap.SMALL, Gap.MEDIUM, Gap.SMALL), owner=self)
        line.setStretch(0, 1)
        for part in (*lines, self._tick):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_on(False)

    def show_on(self, on: bool) -> None:
        self._tick.setVisible(on)
        self.setProperty("on", on)
        self.setAccessibleName(f"{self._name}{words.CHOSEN if on else ''}")
        restyle(self)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        assert layout is not None
        return max(layout.heightForWidth(width), super().sizeHint().height())

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return QSize(layout.sizeHint().width(), self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())


@dataclass(frozen=True, slots=True)
class Line:
    """``refused``: it cannot be chosen, and its note says why."""

    value: Any
    title: str
    note: str = ""
    refused: bool = False


class Options(QWidget):
    """``chosen`` with the value when the officer chose; ``value`` is None until then."""

    chosen = Signal(object)

    def __init__(self, columns: int = 1) -> None:
        super().__init__()
        self.value: Any = None
        self._lines: dict[int, Line] = {}
        self._buttons: list[Option] = []
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Gap.SMALL)

    def show_lines(self, lines: Sequence[Line], value: object) -> None:
        """Offer these, with ``value`` chosen."""
        if list(self._lines.values()) != list(lines):
            self._lines = dict(enumerate(lines))
            empty(self._grid)
            self._buttons = [self._button(line) for line in lines]
            for place, button in enumerate(self._buttons):
                self._grid.addWidget(button, place // self._columns, place % self._columns)
        self.value = value
        for button, line in zip(self._buttons, lines, strict=True):
            button.show_on(line.value == value)

    def button(self, value: object) -> Option:
        return next(b for b, line in zip(self._buttons, self._lines.values(), strict=True) if line.value == value)

    def _button(self, line: Line) -> Option:
        button = Option(line.title, line.note)
        button.setEnabled(not line.refused)
        button.clicked.connect(lambda: self._choose(line.value))
        return button

    def _choose(self, value: object) -> None:
        self.show_lines(list(self._lines.values()), value)
        self.chosen.emit(value)
