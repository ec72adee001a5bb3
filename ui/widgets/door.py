"""The frame of what is shown before anybody is unlocked: the name of the program, and a card in the middle."""

from PySide6.QtWidgets import QLayout, QWidget

from ui import words
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.icon import Icon
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text

WIDTH = 520
"""Pixels of the card: as wide as a password and its complaint need."""


def door(owner: QWidget, card: QLayout) -> None:
    """Lay out ``owner`` around ``card``; on a small screen it scrolls."""
    name = row(None, Icon("scan_dash_filled", "brand", 44), text(words.APP, "figure"), None, gap=Gap.LARGE)
    tagline = row(None, text(words.TAGLINE, "k"), None)
    middle = QWidget()
    middle.setMinimumWidth(WIDTH)
    middle.setMaximumWidth(round(WIDTH * 1.3))
    column(None, name, tagline, card, None, gap=Gap.LARGE, margins=(0, Gap.LARGE, 0, Gap.LARGE), owner=middle)
    page = QWidget()
    line = row(owner=page)
    line.addStretch(1)
    line.addWidget(middle, 2)
    line.addStretch(1)
    column(scrolled(page), owner=owner)
