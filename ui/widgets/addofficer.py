"""Lets another officer of the unit unlock this laptop: a number and a password of their own."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from inspector.errors import Problem
from ui import words
from ui.problem import in_words
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.text import text
from ui.work import run

Add = Callable[[str, str], None]


class AddOfficer(Card):
    """``added`` with a sentence when the officer can unlock from now on."""

    added = Signal(str)

    def __init__(self, add: Add) -> None:
        super().__init__(margins=(20, 14, 20, 16))
        self._add = add
        self.number = Field(words.OFFICER_NUMBER)
        self.password = Field(words.NEW_PASSWORD, secret=True, hint=words.NEW_PASSWORD_HINT)
        self.repeat = Field(words.REPEAT_PASSWORD, secret=True)
        self.go = QPushButton(words.ADD_OFFICER)
        self.box.addWidget(text(words.ADD_OFFICER, "h2"))
        self.box.addWidget(text(words.ADD_OFFICER_HINT, "k", wrap=True))
        self.box.addWidget(self.number)
        self.box.addLayout(row(self.password, self.repeat, gap=Gap.MEDIUM))
        self.box.addLayout(row(None, self.go))
        self.go.clicked.connect(self._ask)

    def clear(self) -> None:
        """Nothing that was typed stays behind."""
        for field in (self.number, self.password, self.repeat):
            field.edit.clear()
            field.complain("")

    def _ask(self) -> None:
        for field in (self.number, self.password):
            field.complain("" if field.value.strip() else words.FILL_IN)
        if not self.number.value.strip() or not self.password.value:
            return
        same = self.password.value == self.repeat.value
        self.repeat.complain("" if same else words.NOT_THE_SAME)
        if same:
            self.go.setEnabled(False)
            run(self._add, self.number.value, self.password.value, done=self._done, failed=self._refused)

    def _done(self, _: None) -> None:
        sentence = words.OFFICER_ADDED.format(number=self.number.value.strip().upper())
        self.go.setEnabled(True)
        self.clear()
        self.added.emit(sentence)

    def _refused(self, problem: Problem) -> None:
        self.go.setEnabled(True)
        self.number.complain(in_words(problem))
