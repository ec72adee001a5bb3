"""Containers that let the card below them shine through: a page that scrolls, and pages of which one is shown."""

from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget


def scrolled(page: QWidget | None = None) -> QScrollArea:
    """A scroll area in which ``page`` takes the whole width."""
    area = QScrollArea()
    area.setProperty("plain", True)
    area.setWidgetResizable(True)
    if page is not None:
        area.setWidget(page)
    return area


def stacked(*pages: QWidget) -> QStackedWidget:
    """The pages, the first one shown."""
    stack = QStackedWidget()
    stack.setProperty("plain", True)
    for page in pages:
        stack.addWidget(page)
    return stack
