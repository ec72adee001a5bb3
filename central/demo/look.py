"""Looks into a service from the outside: what a demonstration or a test compares the laptop's answers with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from central.models import BlobRow, Device, EntityRow, EventRow, IssuedCode, Publication
from central.service import Service
from inspector import wire
from inspector.entity import Entity


@dataclass(frozen=True, slots=True)
class Specimen:
    """An entity and the text of its signed code."""

    entity: Entity
    code_text: str


def published_at(service: Service, area: str) -> datetime | None:
    """When the register of an area was last published."""
    with service.sessions() as session:
        offered = session.get(Publication, area)
    return offered.made_at if offered else None


def entity(service: Service, code: str) -> Entity | None:
    with service.sessions() as session:
        row = session.get(EntityRow, code)
    return wire.decode(row.body, Entity) if row else None


def find(service: Service, area: str, fits: Callable[[Entity], bool]) -> Entity:
    """The first entity of an area that fits. Raises StopIteration when none does."""
    with service.sessions() as session:
        mine = select(EntityRow.body).where(EntityRow.area == area).order_by(EntityRow.code)
        bodies = session.scalars(mine).all()
    return next(e for e in (wire.decode(body, Entity) for body in bodies) if fits(e))


def specimens(service: Service) -> list[Specimen]:
    """The entities that have a signed code, in the order of issue."""
    with service.sessions() as session:
        issued = session.scalars(select(IssuedCode).order_by(IssuedCode.number)).all()
    found = ((entity(service, row.code), row.address) for row in issued)
    return [Specimen(who, address) for who, address in found if who]


def issued_number(service: Service, address: str) -> int:
    """The number under which a signed code was issued. Raises NoResultFound."""
    with service.sessions() as session:
        return session.scalars(select(IssuedCode.number).where(IssuedCode.address == address)).one()


def ledger(service: Service) -> list[EventRow]:
    """What the service has registered, oldest first."""
    with service.sessions() as session:
        return list(session.scalars(select(EventRow).order_by(EventRow.ledger_number)))


def incomplete_blobs(service: Service) -> int:
    """Blobs that the service knows of and does not hold whole."""
    with service.sessions() as session:
        return len(session.scalars(select(BlobRow.sha256).where(BlobRow.complete_at.is_(None))).all())


def newest_device(service: Service) -> str:
    """The laptop that was enrolled last."""
    with service.sessions() as session:
        return session.scalars(select(Device.device_id).order_by(Device.enrolled_at.desc())).first() or ""
