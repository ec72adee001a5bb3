"""All keys on one sheet over the window: ? shows and hides it, any other key works through it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui import keys, words
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.card import Card
from ui.widgets.keybutton import KeyCap
from ui.widgets.text import text

COLUMNS = 3


class KeySheet(Card):
    """Lies over the middle of its parent; never takes the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, margins=(28, 20, 28, 24), gap=Gap.LARGE)
        self.box.addLayout(row(text(words.KEYS, "h1"), None, KeyCap(keys.SHEET), text(words.KEYS_CLOSE, "sub")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Gap.LARGE)
        grid.setVerticalSpacing(Gap.SMALL)
        per_column = -(-len(keys.TABLE) // COLUMNS)
        for number, key in enumerate(keys.TABLE):
            line, place = number % per_column, 3 * (number // per_column)
            grid.addWidget(KeyCap(key), line, place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(text(key.words, "v"), line, place + 1)
            grid.addWidget(text("" if key.screen == keys.EVERYWHERE else key.screen, "sub"), line, place + 2)
        self.box.addLayout(grid)
        self.hide()

    def toggle(self) -> None:
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        parent = self.parentWidget()
        assert parent is not None
        self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
        self.raise_()
        self.show()
