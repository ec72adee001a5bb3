"""Saving something outside, without a dialog that stops the work: a path, proposed, and a button."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from inspector.errors import Problem
from ui import visitwords as words
from ui.widgets.boxes import column, row
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.work import run

Write = Callable[[Path], Path]
"""Writes to the path chosen, off the UI thread; what was written. Raises Problem."""


class SaveTo(QWidget):
    """The button shows the path; ``saved`` tells in a sentence where it was written."""

    saved = Signal(str)

    def __init__(self, button: KeyButton, said: str) -> None:
        """``said``: the sentence, with ``{path}``."""
        super().__init__()
        self.button, self._said = button, said
        self._name = ""
        self._write: Write | None = None
        self.path = Field(words.PDF_PATH)
        self.write = KeyButton(words.SAVE)
        self.panel = QWidget()
        """Asks for the path; above the button, until a screen gives it more room elsewhere."""
        line = row(self.path, self.write, owner=self.panel)
        line.setStretch(0, 1)
        self.panel.hide()
        column(self.panel, self.button, owner=self)
        self.button.clicked.connect(self._ask)
        self.write.clicked.connect(self._save)
        self.path.edit.returnPressed.connect(self._save)
        self.offer("", None)

    def offer(self, name: str, write: Write | None) -> None:
        """What would be written, under which name; None while there is nothing."""
        self._name, self._write = name, write
        self.button.setEnabled(write is not None)
        self.panel.hide()

    def _ask(self) -> None:
        if self.panel.isVisible():
            self.panel.hide()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.path.edit.setText(str(Path(folder) / plain(self._name)))
        self.path.complain("")
        self.panel.show()
        self.path.setFocus()

    def _save(self) -> None:
        path = Path(self.path.value.strip()).expanduser()
        if self._write is not None:
            run(self._write, path, done=self._done, failed=self._failed)

    def _done(self, path: Path) -> None:
        self.panel.hide()
        self.saved.emit(self._said.format(path=path))

    def _failed(self, problem: Problem) -> None:
        self.path.complain(problem.sentence)


def plain(name: str) -> str:
    """A document number or name as a file name."""
    return "".join(c if c.isalnum() or c in "-_.〔〕" else "_" for c in name)
