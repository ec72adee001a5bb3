"""One answer out of a few, side by side: 符合 / 不符合 / 不适用, 一致 / 不一致."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.icon import set_icon


@dataclass(frozen=True, slots=True)
class Choice:
    """One segment. ``tone`` (``ok``, ``bad``, ``unk``, ``brand``) colours it when chosen; ``icon`` says so too."""

    value: Any
    label: str
    tone: str
    icon: str = ""


class Segmented(QWidget):
    """Shows one value, or none; ``chosen`` only when the officer chose. It never decides by itself."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[Choice], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        line = row(gap=Gap.NONE, owner=self)
        self._name = name
        self._choices = tuple(choices)
        self._buttons: list[QPushButton] = []
        for place, choice in enumerate(choices):
            button = QPushButton(choice.label)
            button.setObjectName("segment")
            button.setProperty("place", "first" if place == 0 else "last" if place == len(choices) - 1 else "middle")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, value=choice.value: self.chosen.emit(value))
            line.addWidget(button)
            self._buttons.append(button)
        self.show_value(None)

    def button(self, value: object) -> QPushButton:
        """The segment of a value."""
        return next(b for b, c in zip(self._buttons, self._choices, strict=True) if c.value == value)

    def show_value(self, value: object) -> None:
        """Mark this value as the answer; one that is no choice marks none."""
        for button, choice in zip(self._buttons, self._choices, strict=True):
            on = choice.value == value
            button.setProperty("tone", choice.tone if on else "none")
            set_icon(button, choice.icon if on else "", f"on_{choice.tone}", 16)
            button.setAccessibleName(f"{self._name}：{choice.label}{'，已选' if on else ''}")
            restyle(button)
