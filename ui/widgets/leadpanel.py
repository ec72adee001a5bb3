"""登记线索: a note to the centre about what was seen, written without leaving the check."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from ui import words
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.card import Card
from ui.widgets.text import text


class LeadPanel(Card):
    """``written`` with the text; hidden until it is opened."""

    written = Signal(str)

    def __init__(self) -> None:
        super().__init__(margins=(18, 10, 18, 10), gap=Gap.SMALL)
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(words.LEAD_HINT)
        self.edit.setAccessibleName(words.LEAD)
        self.edit.setFixedHeight(84)
        self.save, self.cancel = QPushButton(words.LEAD_SAVE), QPushButton(words.CANCEL)
        self._wrong = text("", "error")
        self.box.addWidget(text(words.LEAD, "h2"))
        self.box.addWidget(self.edit)
        self.box.addLayout(row(self._wrong, None, self.cancel, self.save))
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def open(self) -> None:
        self.edit.clear()
        self._wrong.setText("")
        self.show()
        self.edit.setFocus()

    def _save(self) -> None:
        lead = self.edit.toPlainText().strip()
        self._wrong.setText("" if lead else words.LEAD_EMPTY)
        if lead:
            self.written.emit(lead)
