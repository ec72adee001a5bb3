"""Delivery by a stick on the sync screen: where the stick is, copy what waits, take the answers in. No dialog."""

from pathlib import Path

from PySide6.QtCore import QStorageInfo, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from ui import words
from ui.widgets.boxes import column, row
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.text import text

_MOUNTS = ("/media/", "/run/media/", "/Volumes/")


def plugged_in() -> list[Path]:
    """Folders of media that were put in, as far as the system tells."""
    system = QStorageInfo.root().rootPath()
    found = [v.rootPath() for v in QStorageInfo.mountedVolumes() if v.isReady() and v.rootPath() != system]
    # Windows gives each medium a letter; elsewhere media are mounted in known places.
    return [Path(p) for p in found if p.startswith(_MOUNTS) or (p[1:3] == ":/" and p[0] not in "Cc")]


class StickPanel(QWidget):
    """``copying`` and ``taking`` tell the folder of the stick."""

    copying = Signal(object)
    taking = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.path = Field(words.STICK_PATH, hint=words.STICK_PATH_HINT)
        self.copy, self.take = KeyButton(words.STICK_COPY), KeyButton(words.STICK_TAKE)
        line = row(self.path, self.copy, self.take)
        line.setStretch(0, 1)
        column(text(words.STICK_HINT, "sub", wrap=True), line, owner=self)
        self.copy.clicked.connect(lambda: self._ask(self.copying))
        self.take.clicked.connect(lambda: self._ask(self.taking))
        self.hide()

    def open(self) -> None:
        """Show it, with the stick that is there; asked again, close it."""
        if self.isVisible():
            self.hide()
            return
        there = plugged_in()
        if there and not self.path.value:
            self.path.edit.setText(str(there[0]))
        self.path.complain("")
        self.show()
        self.path.edit.setFocus()

    def show_running(self, running: bool) -> None:
        for button in (self.copy, self.take):
            button.setEnabled(not running)

    def _ask(self, signal: SignalInstance) -> None:
        place = Path(self.path.value.strip())
        if not self.path.value.strip() or not place.is_absolute():
            self.path.complain(words.STICK_WHERE)
            return
        self.path.complain("")
        signal.emit(place)
