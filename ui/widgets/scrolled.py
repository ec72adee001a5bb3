"""A page that scrolls when the screen is small or the text large, and is the background's colour."""

from PySide6.QtWidgets import QScrollArea, QWidget


def scrolled(page: QWidget) -> QScrollArea:
    """``page`` in a scroll area that follows its width."""
    area = QScrollArea()
    area.setProperty("plain", True)
    area.setWidgetResizable(True)
    area.setWidget(page)
    return area
