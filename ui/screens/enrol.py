"""First start: the one-time enrolment string, the officer's number, a new password twice, and what is going on."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from cache.session import Session
from inspector.errors import EnrolmentRefused, Problem, WeakPassword
from ui import keys, words
from ui.problem import in_words
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.door import door
from ui.widgets.field import Field, filled_in, repeated
from ui.widgets.keybutton import KeyButton
from ui.widgets.text import text
from ui.work import run

Enrol = Callable[[str, str, str, Callable[[str], None]], Session]


class EnrolScreen(QWidget):
    """``enrolled`` with the first session of this laptop."""

    enrolled = Signal(object)
    _stepped = Signal(str)

    def __init__(self, enrol: Enrol, link: str = "") -> None:
        super().__init__()
        self.setObjectName("screen")
        self._enrol = enrol
        self.link = Field(words.ENROL_LINK, hint=words.ENROL_LINK_HINT)
        self.link.edit.setText(link)
        self.number = Field(words.OFFICER_NUMBER)
        self.password = Field(words.NEW_PASSWORD, secret=True, hint=words.NEW_PASSWORD_HINT)
        self.repeat = Field(words.REPEAT_PASSWORD, secret=True)
        self.step = text("", "k")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self._wrong = text("", "error", wrap=True)
        self.go = KeyButton(words.ENROL, keys.UNLOCK, icon="shield_checkmark_filled", primary=True)
        card = Card(margins=(32, 22, 32, 22), gap=Gap.MEDIUM)
        card.box.addWidget(text(words.ENROL, "h2"))
        card.box.addWidget(text(words.ENROL_HINT, "k", wrap=True))
        for part in (self.link, self.number, row(self.password, self.repeat, gap=Gap.LARGE)):
            card.box.addWidget(part) if isinstance(part, QWidget) else card.box.addLayout(part)
        for field in self._fields:
            field.edit.textChanged.connect(lambda _, f=field: f.complain(""))
        card.box.addWidget(self._wrong)
        card.box.addWidget(self.bar)
        card.box.addLayout(row(self.step, None, self.go))
        door(self, column(card, gap=0))
        self._wrong.hide()
        self._stepped.connect(self.step.setText, Qt.ConnectionType.QueuedConnection)
        self.go.clicked.connect(self.enrol)
        self.setFocusProxy(self.number.edit if link else self.link.edit)

    @property
    def _fields(self) -> tuple[Field, ...]:
        return self.link, self.number, self.password, self.repeat

    def enrol(self) -> None:
        """Check the fields, then ask the centre."""
        if not filled_in(*self._fields) or not repeated(self.password, self.repeat):
            return
        self._show_busy(True)
        link, number = self.link.value.strip(), self.number.value.strip()
        # The steps are told on the worker's thread; the signal brings them over.
        run(self._enrol, link, number, self.password.value, self._stepped.emit, done=self._done, failed=self._refused)

    def _done(self, session: Session) -> None:
        self._show_busy(False)
        for field in self._fields:
            field.edit.clear()
        self.enrolled.emit(session)

    def _refused(self, problem: Problem) -> None:
        self._show_busy(False)
        self.step.setText("")
        if isinstance(problem, WeakPassword):
            self._blame(self.password, problem)
        elif isinstance(problem, EnrolmentRefused):
            self._blame(self.link, problem)
        else:
            self._wrong.setText(in_words(problem))
            self._wrong.show()

    def _blame(self, field: Field, problem: Problem) -> None:
        field.complain(in_words(problem))
        field.setFocus()

    def _show_busy(self, busy: bool) -> None:
        if busy:
            self._wrong.hide()
        self.bar.setVisible(busy)
        self.go.setEnabled(not busy)
        for field in self._fields:
            field.setEnabled(not busy)
