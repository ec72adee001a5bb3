"""解锁: an officer's number and password, offline, with the tries that are left."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from cache.session import Session
from inspector.errors import LaptopWiped, LockedOut, Problem, WrongPassword
from ui import keys, words
from ui.problem import in_words
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.door import door
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.options import Line, Options
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text
from ui.work import run

MANY = 4
"""More officers than this scroll."""


class Tries(Protocol):
    """What is left of an officer's tries."""

    @property
    def left(self) -> int: ...
    @property
    def locked_seconds(self) -> int: ...


class UnlockScreen(QWidget):
    """``unlocked`` with the session; ``forgot`` with the officer's number; ``wiped`` when there is nothing to open."""

    unlocked = Signal(object)
    forgot = Signal(str)
    wiped = Signal()

    def __init__(
        self,
        numbers: Sequence[str],
        tries: Callable[[str], Tries],
        unlock: Callable[[str, str], Session],
    ) -> None:
        super().__init__()
        self.setObjectName("screen")
        self._tries, self._unlock = tries, unlock
        self._locked = 0
        self._busy = False
        self.officers = Options()
        self.password = Field(words.PASSWORD, secret=True)
        self.left = text("", "k")
        self.go = KeyButton(words.UNLOCK, keys.UNLOCK, icon="lock_closed_filled", primary=True)
        card = Card(margins=(32, 26, 32, 26), gap=Gap.LARGE)
        card.box.addWidget(text(words.UNLOCK_TITLE, "h2"))
        card.box.addWidget(scrolled(self.officers) if len(numbers) > MANY else self.officers)
        card.box.addWidget(self.password)
        self.forgotten = KeyButton(words.FORGOT)
        card.box.addLayout(row(self.forgotten, self.left, None, self.go))
        card.box.addWidget(text(words.OFFLINE_OK, "sub", wrap=True))
        door(self, column(card, gap=0))
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self.officers.chosen.connect(self._chosen)
        self.go.clicked.connect(self.unlock)
        self.forgotten.clicked.connect(self._forgot)
        self.password.edit.textChanged.connect(lambda: self.password.complain(""))
        self.officers.show_lines([Line(number, number) for number in numbers], numbers[0] if numbers else None)
        self.setFocusProxy(self.password.edit)
        self._ask_tries()

    def unlock(self) -> None:
        """Try what stands in the field."""
        number, password = self.officers.value, self.password.value
        if self._busy or self._locked or number is None:
            return
        if not password:
            self.password.complain(words.FILL_IN)
            return
        self._show_busy(True)
        run(self._unlock, number, password, done=self._opened, failed=self._refused)

    def _forgot(self) -> None:
        if self.officers.value is not None:
            self.forgot.emit(self.officers.value)

    def _opened(self, session: Session) -> None:
        self._show_busy(False)
        self.password.edit.clear()
        self.unlocked.emit(session)

    def _refused(self, problem: Problem) -> None:
        self._show_busy(False)
        self.password.edit.clear()
        self.password.complain(in_words(problem))
        self.password.setFocus()
        if isinstance(problem, LaptopWiped):
            self.wiped.emit()
        if isinstance(problem, WrongPassword | LockedOut):
            self._ask_tries()

    def _chosen(self, _: object) -> None:
        self.password.complain("")
        self._ask_tries()
        self.password.setFocus()

    def _ask_tries(self) -> None:
        if self.officers.value is not None:
            run(self._tries, self.officers.value, done=self._show_tries)

    def _show_tries(self, tries: Tries) -> None:
        self._locked = tries.locked_seconds
        self.left.setText(words.TRIES_LEFT.format(left=tries.left) if not self._locked else "")
        if self._locked:
            self._second.start()
            self._show_lock()
        else:
            self._second.stop()
            self.go.setEnabled(not self._busy)

    def _tick(self) -> None:
        self._locked = max(0, self._locked - 1)
        if self._locked:
            self._show_lock()
        else:
            self._second.stop()
            self.password.complain("")
            self._ask_tries()

    def _show_lock(self) -> None:
        self.go.setEnabled(False)
        minutes, seconds = divmod(self._locked, 60)
        self.password.complain(words.LOCKED_FOR.format(minutes=minutes, seconds=seconds))

    def _show_busy(self, busy: bool) -> None:
        self._busy = busy
        self.go.setEnabled(not busy and not self._locked)
        self.go.show_words(words.UNLOCKING if busy else words.UNLOCK)

    def hideEvent(self, event: object) -> None:
        self._second.stop()
