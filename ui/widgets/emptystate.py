"""What a list says while there is nothing in it: what will appear here, and how."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.icon import Icon
from ui.widgets.text import text


class EmptyState(QWidget):
    def __init__(self, icon: str, title: str, advice: str = "") -> None:
        super().__init__()
        self._title, self._advice = text(title, "vb"), text(advice, "k", wrap=True)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        if not advice:
            self._advice.hide()
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        picture = row(None, Icon(icon, "ink2", 40), None)
        column(None, picture, self._title, self._advice, None, gap=Gap.SMALL, margins=(20, 10, 20, 10), owner=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def title(self) -> str:
        return self._title.text()

    def say(self, title: str, advice: str = "") -> None:
        self._title.setText(title)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
