"""Text on the screen. Always plain: names come from outside and may look like markup."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


def text(words: str, role: str = "v", wrap: bool = False, tone: str = "") -> QLabel:
    """A label in one of the style sheet's roles: ``h1 h2 name code k v vb sub crumb warning error grade figure``."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(words)
    label.setProperty("role", role)
    if tone:
        label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    return label


class Elided(QLabel):
    """One line that ends in … when there is no room; the whole text is its accessible name."""

    def __init__(self, words: str = "", role: str = "v") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""
        self.show_text(words)

    def show_text(self, words: str) -> None:
        self._whole = words
        self.setAccessibleName(words)
        self._fit()

    @property
    def whole(self) -> str:
        return self._whole

    def _fit(self) -> None:
        line = " ".join(self._whole.splitlines())
        self.setText(self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, max(0, self.width())))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def showEvent(self, event: object) -> None:
        self._fit()
