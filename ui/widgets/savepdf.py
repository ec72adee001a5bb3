"""Saving a paper as a PDF file."""

from functools import partial
from pathlib import Path

from cache.session import Session
from inspector.errors import InputProblem
from ui import keys
from ui import visitwords as words
from ui.widgets.keybutton import KeyButton
from ui.widgets.saveto import SaveTo


class SavePdf(SaveTo):
    """Saving writes the file and an entry of the audit trail."""

    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__(KeyButton(words.SAVE_PDF, keys.PRINT, icon="print"), words.PDF_SAVED)

    def show_paper(self, pdf: bytes, number: str) -> None:
        """The paper to save; empty while there is none."""
        self.offer(f"{number}.pdf", partial(_write, self._session, pdf, number) if pdf else None)


def _write(session: Session, pdf: bytes, number: str, path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
    except OSError as error:
        raise InputProblem(words.PDF_NOT_SAVED.format(reason=error.strerror or "")) from error
    session.audit("export-paper", number)
    return path
