"""A white panel with rounded corners; most things on a screen lie in one."""

from PySide6.QtWidgets import QFrame, QWidget

from ui.theme import Gap
from ui.widgets.boxes import Margins, column


class Card(QFrame):
    """``box`` is its column."""

    def __init__(
        self, parent: QWidget | None = None, *, margins: Margins = (18, 12, 18, 12), gap: int = Gap.MEDIUM
    ) -> None:
        super().__init__(parent)
        self.box = column(gap=gap, margins=margins, owner=self)
