"""The demonstration's place: a service with invented data, and a laptop enrolled at it, both in one folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import TracebackType

from sqlalchemy import select

from cache.laptop import Laptop
from central.demo.load import AREA, ENTITIES, UNIT, load_demo
from central.models import EntityRow, EventRow, IssuedCode, Publication
from central.server import EmbeddedService
from inspector import wire
from inspector.entity import Entity

OFFICER, SECOND = "HH0001", "HH0002"
PASSWORD = "heihe-snow-ferry-lamp"  # noqa: S105  of the demonstration, printed at its start
REFRESH = timedelta(days=1)
"""Invented data older than this are made anew, so that the demonstration never looks out of date."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """An entity of the demonstration and the text of its signed code."""

    entity: Entity
    code_text: str


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
        with service.sessions() as session:
            offered = session.get(Publication, AREA)
        if offered is None or service.now() - offered.made_at > REFRESH:
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

    def entity(self, code: str) -> Entity:
        """What the service holds under a code: the truth that the laptop's answer is compared with."""
        with self.central.service.sessions() as session:
            row = session.get(EntityRow, code)
        assert row is not None
        return wire.decode(row.body, Entity)

    def find(self, fits: Callable[[Entity], bool]) -> Entity:
        """The first entity of the demonstration's area that fits."""
        with self.central.service.sessions() as session:
            bodies = session.scalars(
                select(EntityRow.body).where(EntityRow.area == AREA).order_by(EntityRow.code)
            ).all()
        return next(e for e in (wire.decode(body, Entity) for body in bodies) if fits(e))

    def specimens(self) -> list[Specimen]:
        """The entities that have a signed code."""
        with self.central.service.sessions() as session:
            issued = session.scalars(select(IssuedCode).order_by(IssuedCode.number)).all()
        return [Specimen(self.entity(row.code), row.address) for row in issued]

    def ledger(self) -> list[EventRow]:
        """What the service has registered, oldest first."""
        with self.central.service.sessions() as session:
            return list(session.scalars(select(EventRow).order_by(EventRow.ledger_number)))
