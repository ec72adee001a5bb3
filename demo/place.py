"""The demonstration's place: a service with invented data, and a laptop enrolled at it, both in one folder."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from types import TracebackType

from cache.clock import SystemClock
from cache.laptop import Laptop
from central.demo.load import AREA, ENTITIES, UNIT, load_demo
from central.demo.look import published_at
from central.server import EmbeddedService

OFFICER, SECOND = "HH0001", "HH0002"
PASSWORD = "heihe-snow-ferry-lamp"  # noqa: S105  of the demonstration, printed at its start
SECOND_PASSWORD = "birch-ice-border-lantern"  # noqa: S105
REFRESH = timedelta(days=1)
"""Invented data older than this are made anew, so that the demonstration never looks out of date."""


class SetClock(SystemClock):
    """The laptop's clock, set wrong as a person could set it."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


class Place:
    """Use as a context manager: the service runs inside it."""

    def __init__(self, folder: Path, say: Callable[[str], None], entities: int = ENTITIES) -> None:
        self.laptop_folder = folder / "laptop"
        self._say = say
        self._entities = entities
        folder.mkdir(parents=True, exist_ok=True)
        # A laptop remembers where its service is, so the port must stay the same from run to run.
        note = folder / "port"
        self.central = EmbeddedService(folder / "central", port=int(note.read_text()) if note.exists() else 0)
        note.write_text(str(self.central.service.settings.port))

    def __enter__(self) -> "Place":
        self.central.__enter__()
        try:
            self._load()
        except BaseException:
            self.central.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.central.__exit__(kind, error, at)

    def _load(self) -> None:
        service = self.central.service
        made = published_at(service, AREA)
        if made is None or service.now() - made > REFRESH:
            load_demo(service, self._entities, self._say)

    def link(self) -> str:
        """A one-time link for a laptop of the demonstration's unit."""
        return self.central.enrolment_link(AREA, UNIT)

    def enrol(self) -> None:
        """Enrol the laptop and fetch its data, if that has not been done."""
        laptop = Laptop(self.laptop_folder)
        try:
            if not laptop.enrolled:
                session = laptop.enrol(self.link(), OFFICER, PASSWORD, self._say)
                session.sync(lambda _: None, Event())
        finally:
            laptop.close()
