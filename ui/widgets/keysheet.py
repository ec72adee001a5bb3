"""The keys of the screen at hand on one sheet: ? shows and hides it, any other key works through it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui import keys, words
from ui.theme import Gap
from ui.widgets.boxes import empty, row
from ui.widgets.card import Card
from ui.widgets.keybutton import KeyCap
from ui.widgets.text import text

COLUMNS = 2


class KeySheet(Card):
    """Lies over the middle of its parent; never takes the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, margins=(28, 20, 28, 24), gap=Gap.LARGE)
        self.box.addLayout(row(text(words.KEYS, "h1"), None, KeyCap(keys.SHEET), text(words.KEYS_CLOSE, "sub")))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Gap.LARGE)
        self._grid.setVerticalSpacing(Gap.SMALL)
        self.box.addLayout(self._grid)
        self.hide()

    def toggle(self, screen: str) -> None:
        """Show the keys that work on the screen of this name, or hide the sheet."""
        if self.isVisible():
            self.hide()
            return
        empty(self._grid)
        shown = keys.of_screen(screen)
        per_column = -(-len(shown) // COLUMNS)
        for number, key in enumerate(shown):
            line, place = number % per_column, 2 * (number // per_column)
            self._grid.addWidget(KeyCap(key), line, place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(text(key.words, "v"), line, place + 1)
        self.ensurePolished()
        self.show()
        self.adjustSize()
        parent = self.parentWidget()
        assert parent is not None
        self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
        self.raise_()
