"""The draft on the officer's desk: the one inspection that the screens share, saved by itself within a second."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from cache.clock import Clock, SystemClock
from cache.session import Session
from inspector.checklist import Template
from inspector.errors import Problem
from inspector.inspection import Inspection
from ui.draft import Draft
from ui.work import run

COALESCE = 300
"""Milliseconds from the first unsaved change to the save: a burst of typing is one write, and it is under a second."""
RETRY = 2000
"""Milliseconds until a save that failed (a full disk) is tried again."""


class Desk(QObject):
    """Takes each change, saves it off the UI thread, and tells every screen."""

    changed = Signal()
    """The inspection has a new value."""
    saved = Signal(object)
    """Everything is durable since this ``datetime``."""
    failed = Signal(object)
    """The ``Problem`` that kept a save from happening; it is tried again."""

    def __init__(self, session: Session, clock: Clock | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._clock = clock or SystemClock()
        self._draft: Draft | None = None
        self._writing: Draft | None = None
        self._template: Template | None = None
        self._waiting: list[Callable[[], None]] = []
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._write)

    @property
    def now(self) -> datetime:
        return self._clock.now()

    @property
    def empty(self) -> bool:
        return self._draft is None

    @property
    def inspection(self) -> Inspection:
        """The inspection being written; there must be one."""
        return self._open.inspection

    @property
    def template(self) -> Template:
        """The checklist that the inspection names."""
        assert self._template is not None, "no inspection on the desk"
        return self._template

    @property
    def can_undo(self) -> bool:
        return self._draft is not None and self._draft.can_undo

    @property
    def unsaved(self) -> bool:
        return self._draft is not None and self._draft.unsaved

    def open(self, inspection: Inspection, template: Template) -> None:
        """Put an inspection, as the store holds it, on the desk."""
        assert not self.unsaved, "flush first"
        self._draft, self._template = Draft(inspection), template
        self.changed.emit()

    def resume(self, event_id: str, then: Callable[[], None], failed: Callable[[Problem], None]) -> None:
        """Fetch a draft from the store onto the desk, then call ``then``."""

        def opened(found: tuple[Inspection, Template]) -> None:
            self.open(*found)
            then()

        self.flush(lambda: run(_fetch, self.session, event_id, done=opened, failed=failed))

    def clear(self) -> None:
        """Take the sealed or aborted inspection off the desk."""
        self.timer.stop()
        self._draft = self._template = None

    def change(self, inspection: Inspection, typing: str = "") -> None:
        """The officer changed something; undoable. ``typing`` names the field that is being typed into."""
        self._took(self._open.change(inspection, typing))

    def move(self, inspection: Inspection) -> None:
        """The officer went somewhere else; saved, not undone."""
        self._took(self._open.move(inspection))

    def settle(self, inspection: Inspection) -> None:
        """Something happened that cannot be undone: a signature, a refusal."""
        self._open.settle(inspection)
        self._took(True)

    def undo(self) -> None:
        self._took(self._open.undo())

    def flush(self, then: Callable[[], None] = lambda: None) -> None:
        """Save what is unsaved now, and call ``then`` when all of it is durable."""
        self._waiting.append(then)
        self.timer.stop()
        self._write()

    @property
    def _open(self) -> Draft:
        assert self._draft is not None, "no inspection on the desk"
        return self._draft

    def _took(self, new: bool) -> None:
        if new:
            if not self.timer.isActive():
                self.timer.start(COALESCE)
            self.changed.emit()

    def _write(self) -> None:
        draft = self._draft
        if draft is not None and (value := draft.take()) is not None:
            self._writing = draft
            run(self.session.save, value, done=self._written, failed=self._kept)
        elif not self.unsaved:
            waiting, self._waiting = self._waiting, []
            for then in waiting:
                then()

    def _written(self, at: datetime) -> None:
        assert self._writing is not None
        self._writing.saved(at)
        if not self.unsaved:
            self.saved.emit(at)
            self._write()
        elif self._waiting:
            self._write()
        elif not self.timer.isActive():
            self.timer.start(COALESCE)

    def _kept(self, problem: Problem) -> None:
        assert self._writing is not None
        self._writing.failed()
        self.timer.start(RETRY)
        self.failed.emit(problem)


def _fetch(session: Session, event_id: str) -> tuple[Inspection, Template]:
    draft = session.draft(event_id)
    return draft, session.template(draft.template)
