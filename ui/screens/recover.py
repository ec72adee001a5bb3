"""忘记密码: a request for the administrator goes out as a file, the grant comes back as a file, then a new password."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from cache.session import Session
from inspector import wire
from inspector.errors import InputProblem, Problem, WeakPassword
from inspector.orders import RecoveryRequest
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

LARGEST = 64 * 1024
Ask = Callable[[str], RecoveryRequest]
Recover = Callable[[bytes, str], Session]


class RecoverScreen(QWidget):
    """``recovered`` with the session; ``back`` to the lock."""

    recovered = Signal(object)
    back = Signal()

    def __init__(self, number: str, ask: Ask, recover: Recover) -> None:
        super().__init__()
        self.setObjectName("screen")
        self._number, self._ask, self._recover = number, ask, recover
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        self.to = Field(words.RECOVER_TO)
        self.to.edit.setText(str(folder / words.RECOVER_REQUEST.format(number=number)))
        self.make = KeyButton(words.RECOVER_ASK, icon="document_text")
        self.mark = text("", "h2")
        self.grant = Field(words.RECOVER_GRANT, hint=words.RECOVER_GRANT_HINT)
        self.password = Field(words.NEW_PASSWORD, secret=True, hint=words.NEW_PASSWORD_HINT)
        self.repeat = Field(words.REPEAT_PASSWORD, secret=True)
        self.leave = KeyButton(words.RECOVER_BACK, keys.BACK, icon="arrow_left")
        self.go = KeyButton(words.RECOVER_GO, keys.UNLOCK, icon="lock_closed_filled", primary=True)
        card = Card(margins=(32, 22, 32, 22), gap=Gap.MEDIUM)
        card.box.addWidget(text(words.RECOVER_TITLE.format(number=number), "h2"))
        card.box.addWidget(text(words.RECOVER_HINT, "k", wrap=True))
        asking = row(self.to, self.make)
        asking.setStretch(0, 1)
        card.box.addLayout(asking)
        card.box.addWidget(self.mark)
        card.box.addWidget(self.grant)
        card.box.addLayout(row(self.password, self.repeat, gap=Gap.LARGE))
        card.box.addLayout(row(self.leave, None, self.go))
        door(self, column(card, gap=0))
        for field in (self.to, self.grant, self.password, self.repeat):
            field.edit.textChanged.connect(lambda _, f=field: f.complain(""))
        self.make.clicked.connect(self.ask)
        self.go.clicked.connect(self.recover)
        self.leave.clicked.connect(self.back)
        self.setFocusProxy(self.to.edit)

    def ask(self) -> None:
        """Write the request's file and show what to compare on the telephone."""
        path = Path(self.to.value.strip()).expanduser()
        run(_write, self._ask, self._number, path, done=self._asked, failed=lambda p: self._blame(self.to, p))

    def recover(self) -> None:
        """Read the grant's file and set the new password."""
        if not filled_in(self.grant, self.password, self.repeat) or not repeated(self.password, self.repeat):
            return
        self.go.setEnabled(False)
        path = Path(self.grant.value.strip().strip('"')).expanduser()
        run(_use, self._recover, path, self.password.value, done=self._recovered, failed=self._refused)

    def _asked(self, request: RecoveryRequest) -> None:
        self.mark.setText(words.RECOVER_MARK.format(mark=request.mark))
        self.grant.setFocus()

    def _recovered(self, session: Session) -> None:
        for field in (self.password, self.repeat):
            field.edit.clear()
        self.recovered.emit(session)

    def _refused(self, problem: Problem) -> None:
        self.go.setEnabled(True)
        self._blame(self.password if isinstance(problem, WeakPassword) else self.grant, problem)

    def _blame(self, field: Field, problem: Problem) -> None:
        field.complain(in_words(problem))
        field.setFocus()


def _write(ask: Ask, number: str, path: Path) -> RecoveryRequest:
    request = ask(number)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wire.encode(request))
    except OSError as error:
        raise InputProblem(words.RECOVER_NOT_WRITTEN.format(reason=error.strerror or "")) from error
    return request


def _use(recover: Recover, path: Path, password: str) -> Session:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
    except OSError as error:
        raise InputProblem(words.RECOVER_NOT_READ.format(reason=error.strerror or "")) from error
    return recover(data, password)
