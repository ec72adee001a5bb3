"""Syncs by itself in the background: soon after unlocking, every few minutes, after a seal, when the network is back.

One thread, born by ``start`` and joined by ``stop``. What goes wrong here is no news for the officer: the pill and the
sync screen tell it.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from cache.session import Session
from inspector.errors import Problem

log = logging.getLogger(__name__)

PAUSE = 300.0
"""Seconds between two rounds when nothing asks for one."""
SOON = 5.0
"""Seconds from unlocking to the first round, so that it never competes with the first screen."""


class Syncing(QObject):
    """Keeps a session in touch with the centre while it is unlocked."""

    progressed = Signal(object)
    """A ``Progress`` of the round that runs."""
    finished = Signal()
    """A round has ended, well or not: the pill should look again."""

    def __init__(
        self,
        now: Callable[[], datetime],
        metered: Callable[[], bool] = lambda: False,
        pause: float = PAUSE,
        soon: float = SOON,
    ) -> None:
        """``metered``: whether the network is paid by the byte; photographs then wait until the officer asks."""
        super().__init__()
        self._now, self._metered = now, metered
        self._pause, self._soon = pause, soon
        self._thread: threading.Thread | None = None
        self._asked = threading.Event()
        self._cancel = threading.Event()
        self._round = threading.Event()
        """Set to break off the round that runs."""

    def start(self, session: Session) -> None:
        """Begin; a session at a time."""
        self.stop()
        self._asked, self._cancel = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(session, self._asked, self._cancel), name="sync")
        self._thread.start()

    def ask(self) -> None:
        """Something is ready to go up: do not wait for the pause to end."""
        self._asked.set()

    def stop_round(self) -> None:
        """Break off what is running; the next round comes later."""
        self._round.set()

    def stop(self) -> None:
        """Break off what is running and join the thread. Harmless when done twice."""
        self._cancel.set()
        self._round.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, session: Session, asked: threading.Event, cancel: threading.Event) -> None:
        pause = self._soon
        while True:
            asked.wait(pause)
            asked.clear()
            this = self._round = threading.Event()
            if cancel.is_set():
                return
            try:
                session.copy_second(this)
                if session.setting("sync_automatic") == "on":
                    photos = session.setting("photos_automatic") == "on" and not self._metered()
                    session.sync(self.progressed.emit, this, photos)
            except Problem as problem:
                log.info("background sync: %s", problem.code)
            except Exception:
                log.exception("background sync failed")
            if not cancel.is_set():
                pause = self._until_next(session)
                self.finished.emit()

    def _until_next(self, session: Session) -> float:
        """Seconds to wait: what failed or waits says when it is to be tried again."""
        try:
            status = session.sync_status()
        except Problem:
            return self._pause
        if status.next_try is None or status.paused:
            return self._pause
        return min(self._pause, max(1.0, (status.next_try - self._now()).total_seconds()))
