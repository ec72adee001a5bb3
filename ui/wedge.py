"""USB scanner guns type like a keyboard, only much faster, and end with Enter. Whatever has the focus, what they type
must reach the check and nothing else: a code that begins with 2311… must not answer three items of a checklist.

``Burst`` tells a gun from a person; ``Wedge`` keeps its keys from everybody else. A single key outside a text field
waits ``GAP`` for the next one and is then delivered; in a text field keys are shown at once, and taken back if they
turn out to be a gun's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

GAP = 0.05
"""Seconds between keys at most; guns need 1 to 30 ms, practised typists 80 and more."""
SHORTEST = 8
"""Characters of the shortest code (EAN-8). Typing this many at a gun's pace is beyond hands."""


@dataclass
class Burst:
    """Characters that came at a gun's pace. Pure: times come in as arguments."""

    text: str = ""
    last: float = field(default=float("-inf"))

    def add(self, character: str, at: float) -> bool:
        """Take a character; True when it began a new burst."""
        new = at - self.last > GAP
        self.text = character if new else self.text + character
        self.last = at
        return new

    def end(self, at: float) -> str:
        """Enter was pressed: the code, or empty when this was a person."""
        text = self.text if at - self.last <= GAP and len(self.text) >= SHORTEST else ""
        self.text, self.last = "", float("-inf")
        return text


class Wedge(QObject):
    """Watches all keys of the application while ``enabled``."""

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.enabled = False
        self._now = now
        self._burst = Burst()
        self._held: list[QKeyEvent] = []
        self._replaying = False
        self._before: tuple[QWidget, str] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(GAP * 1000))
        self._timer.timeout.connect(self.flush)

    @property
    def waiting(self) -> bool:
        """Whether keys are held back just now."""
        return bool(self._held)

    def flush(self) -> None:
        """Deliver the keys that are held back: they were a person's."""
        self._timer.stop()
        held, self._held = self._held, []
        self._replaying = True
        try:
            for event in held:
                _deliver(event)
        finally:
            self._replaying = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Windows get each key too, before the widget: once is enough.
        if not self.enabled or self._replaying or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if _secret_focus():  # a password that a password manager types at a gun's pace is still a password
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            return self._override(event)
        if event.type() == QEvent.Type.KeyPress:
            return self._press(event)
        return False

    def _override(self, event: QKeyEvent) -> bool:
        """Comes before shortcuts: claim what may be a gun's, so that it arrives as a key press."""
        mine = _character(event) and _text_focus() is None
        if mine or (_is_enter(event) and self._may_end()):
            event.accept()
            return True
        return False

    def _may_end(self) -> bool:
        return len(self._burst.text) >= SHORTEST and self._now() - self._burst.last <= GAP

    def _press(self, event: QKeyEvent) -> bool:
        at = self._now()
        if _is_enter(event):
            code = self._burst.end(at)
            if code:
                self._timer.stop()
                self._held.clear()
                self._restore()
                self.scanned.emit(code)
                return True
            self.flush()
            return False
        if not _character(event):
            self.flush()
            return False
        target = _text_focus()
        if self._burst.add(event.text(), at):
            self._before = (target, _content(target)) if target is not None else None
        if target is not None:
            return False
        self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
        self._timer.start()
        return True

    def _restore(self) -> None:
        """Take back what the gun typed into a text field."""
        if self._before is not None:
            target, content = self._before
            if isinstance(target, QLineEdit):
                target.setText(content)
            elif isinstance(target, QPlainTextEdit):
                target.setPlainText(content)
            self._before = None


def _character(event: QKeyEvent) -> bool:
    """A key that prints something, neither held down nor with Ctrl or Alt. A gun's code does not begin with a blank."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    text = event.text()
    plain = modifiers == Qt.KeyboardModifier.NoModifier and not event.isAutoRepeat()
    return plain and len(text) == 1 and text.isprintable() and not text.isspace()


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
        event.modifiers() & Qt.KeyboardModifier.ControlModifier
    )


def _text_focus() -> QWidget | None:
    focused = QApplication.focusWidget()
    return focused if isinstance(focused, QLineEdit | QPlainTextEdit) else None


def _secret_focus() -> bool:
    focused = QApplication.focusWidget()
    return isinstance(focused, QLineEdit) and focused.echoMode() is not QLineEdit.EchoMode.Normal


def _content(target: QWidget) -> str:
    return target.text() if isinstance(target, QLineEdit) else target.toPlainText()  # type: ignore[attr-defined]


def _deliver(event: QKeyEvent) -> None:
    """What would have happened to a key had it not been held back: its shortcut, else the widget with the focus."""
    window = QApplication.activeWindow()
    for shortcut in window.findChildren(QShortcut) if window else ():
        owner = shortcut.parent()
        usable = isinstance(owner, QWidget) and owner.isVisible() and owner.isEnabled() and shortcut.isEnabled()
        if usable and shortcut.key().toString() == event.text().upper():
            shortcut.activated.emit()
            return
    target = QApplication.focusWidget() or window
    if target is not None:
        QApplication.sendEvent(target, event)
