"""A short fact in a coloured lozenge: 存续, 剩 23 天, 不符合."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui.style import restyle


class Chip(QLabel):
    """``tone`` is ``ok``, ``warn``, ``bad``, ``unk`` or ``brand``. The words say it too, so colour is never alone."""

    def __init__(self, words: str, tone: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.show_text(words, tone)

    def show_text(self, words: str, tone: str) -> None:
        self.setText(words)
        if self.parent() is not None:  # a widget without a parent would become a window
            self.setVisible(bool(words))
        self.setProperty("chip", tone)
        restyle(self)
