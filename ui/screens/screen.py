"""What every screen is to the window: a page with a title that is entered and left."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget


class Screen(QWidget):
    """A page of the window. Screens ask for things by signals; the window does them."""

    name = ""
    """By which ``Window.go`` finds it."""
    title = ""

    going = Signal(str, dict)
    """Another screen is wanted: its name and the arguments of its ``enter``."""
    troubled = Signal(object)
    """A ``Problem`` for the strip."""
    said = Signal(str)
    """A sentence for the strip: something is done."""
    crumbed = Signal(str)
    """What stands beside the title."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("screen")

    def enter(self, **arguments: Any) -> None:
        """The officer comes here."""

    def leave(self) -> None:
        """The officer goes elsewhere, or the laptop is locked."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus: Qt does that only in dialogs."""
        focused = self.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        # Ctrl+Enter belongs to the primary button; when that is not ready it must not press another one.
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if enter and not held and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)
