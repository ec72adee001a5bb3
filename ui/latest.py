"""Questions of which only the newest matters: one is asked at a time, and those that a newer one overtook never are."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from inspector.errors import Problem
from ui.work import run


class Latest(QObject):
    """Asks ``answer(question)`` off the UI thread; tells ``done(question, result)`` or ``failed(question, problem)``.

    However fast one types, the pool holds one search and the disk reads for one. An answer that a newer question has
    overtaken is told to nobody.
    """

    def __init__(
        self,
        answer: Callable[[str], Any],
        done: Callable[[str, Any], object],
        failed: Callable[[str, Problem], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._answer, self._done, self._failed = answer, done, failed
        self._asked: str | None = None
        self._wanted: str | None = None

    def ask(self, question: str) -> None:
        """The newest question; nothing is asked for what is being answered already."""
        self._wanted = question
        if self._asked is None:
            self._next()

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        self._wanted = None

    def _next(self) -> None:
        self._asked = self._wanted
        if self._asked is not None:
            run(
                self._answer,
                self._asked,
                done=partial(self._told, self._done),
                failed=partial(self._told, self._failed),
            )

    def _told(self, tell: Callable[[str, Any], object], result: Any) -> None:
        asked, self._asked = self._asked, None
        if asked == self._wanted and asked is not None:
            self._wanted = None
            tell(asked, result)
        else:
            self._next()
