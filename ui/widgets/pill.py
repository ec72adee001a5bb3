"""A state in the top bar that leads to where it is explained: age of the data, connection."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.icon import Icon
from ui.widgets.text import text


class Pill(QPushButton):
    """``tone`` is empty for plain facts."""

    def __init__(self, icon: str = "info") -> None:
        super().__init__()
        self.setObjectName("pill")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icon, self._words = Icon(icon, "ink2", 20), text("", "pill")
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row(self._icon, self._words, gap=8, margins=(Gap.LARGE, 0, 16, 0), owner=self)

    def show_state(self, words: str, tone: str = "", icon: str = "info") -> None:
        self._words.setText(words)
        self._icon.show_icon(icon, f"{tone}_ink" if tone else "ink2")
        self.setAccessibleName(words)
        self.setProperty("tone", tone)
        restyle(self, self._words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return QSize(layout.sizeHint().width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
