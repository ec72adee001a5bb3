"""What a lost laptop shows after the centre had it forget everything."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui import words
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.door import door
from ui.widgets.keybutton import KeyButton
from ui.widgets.text import text


class WipedScreen(QWidget):
    """``anew`` to enrol it again, when it has come back."""

    anew = Signal()

    def __init__(self, package: str) -> None:
        """``package``: where the sealed records lie; empty when nothing was unsent."""
        super().__init__()
        self.setObjectName("screen")
        self.enrol = KeyButton(words.WIPED_ENROL, icon="shield_checkmark")
        card = Card(margins=(32, 26, 32, 26), gap=Gap.LARGE)
        card.box.addWidget(text(words.WIPED, "h2", wrap=True))
        card.box.addWidget(
            text(words.WIPED_PACKAGE.format(path=package) if package else words.WIPED_ALL, "v", wrap=True)
        )
        card.box.addLayout(row(None, self.enrol))
        door(self, column(card, gap=0))
        self.enrol.clicked.connect(self.anew)
        self.setFocusProxy(self.enrol)
