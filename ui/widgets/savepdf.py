"""Saving a paper as a file, without a dialog that stops the work: a path, proposed, and a button."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from cache.session import Session
from inspector.errors import InputProblem, Problem
from ui import keys
from ui import visitwords as words
from ui.widgets.boxes import column, row
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.work import run


class SavePdf(QWidget):
    """The button shows the path; saving writes the file and an entry of the audit trail. ``saved`` tells where."""

    saved = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._pdf = b""
        self._number = ""
        self.button = KeyButton(words.SAVE_PDF, keys.PRINT, icon="print")
        self.path = Field(words.PDF_PATH)
        self.write = KeyButton(words.SAVE)
        self._asked = QWidget()
        line = row(self.path, self.write, owner=self._asked)
        line.setStretch(0, 1)
        self._asked.hide()
        column(self._asked, self.button, owner=self)
        self.button.clicked.connect(self._ask)
        self.write.clicked.connect(self._save)
        self.path.edit.returnPressed.connect(self._save)
        self.show_paper(b"", "")

    def show_paper(self, pdf: bytes, number: str) -> None:
        """The paper to save; empty while there is none."""
        self._pdf, self._number = pdf, number
        self.button.setEnabled(bool(pdf))
        self._asked.hide()

    def _ask(self) -> None:
        if self._asked.isVisible():
            self._asked.hide()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.path.edit.setText(str(Path(folder) / f"{_plain(self._number)}.pdf"))
        self.path.complain("")
        self._asked.show()
        self.path.setFocus()

    def _save(self) -> None:
        path = Path(self.path.value.strip()).expanduser()
        run(_write, self._session, path, self._pdf, self._number, done=self._done, failed=self._failed)

    def _done(self, path: Path) -> None:
        self._asked.hide()
        self.saved.emit(words.PDF_SAVED.format(path=path))

    def _failed(self, problem: Problem) -> None:
        self.path.complain(problem.sentence)


def _plain(number: str) -> str:
    """A document number as a file name."""
    return "".join(c if c.isalnum() or c in "-_〔〕" else "_" for c in number)


def _write(session: Session, path: Path, pdf: bytes, number: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
    except OSError as error:
        raise InputProblem(words.PDF_NOT_SAVED.format(reason=error.strerror or "")) from error
    session.audit("export-paper", number)
    return path
