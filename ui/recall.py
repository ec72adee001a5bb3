"""What the list beside the viewfinder shows: the last checks, or what is found while the officer types."""

from PySide6.QtCore import QObject, Signal

from cache.session import RecentCheck, Session
from inspector.errors import Problem
from inspector.freshness import china_day
from ui.latest import Latest
from ui.widgets.lookup import MOST, Lookup
from ui.work import run

RECENT = 50


class Recall(QObject):
    """Between the list and the register; off the UI thread."""

    troubled = Signal(object)

    def __init__(self, session: Session, lookup: Lookup) -> None:
        super().__init__(lookup)
        self._session, self._lookup = session, lookup
        self._latest = Latest(lambda typed: session.search(typed, MOST), lookup.show_hits, self._not_found, self)
        lookup.typed.connect(self._search)

    def refresh(self) -> None:
        """Show the last checks anew."""
        run(self._session.recent_checks, RECENT, done=self._show_recent)

    def _show_recent(self, recent: list[RecentCheck]) -> None:
        newest = recent[0].at if recent else None
        today = sum(1 for r in recent if newest and china_day(r.at) == china_day(newest))
        self._lookup.show_recent(recent, today)

    def _search(self, typed: str) -> None:
        if typed:
            self._latest.ask(typed)
        else:
            self._latest.drop()
            self.refresh()

    def _not_found(self, typed: str, problem: Problem) -> None:
        self._lookup.show_hits(typed, ())
        self.troubled.emit(problem)
