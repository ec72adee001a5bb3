"""The single way into the register's rows: whoever writes or removes an entity does it here, under a row version."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, func, or_, select, text
from sqlalchemy.orm import Session

from central import bulk
from central.models import EntityRow, GoneRow, ImportRun
from inspector import wire
from inspector.divisions import parts
from inspector.entity import Entity

WRITING = 2312
"""Number of PostgreSQL's advisory lock that writers of entities take until they commit."""


def next_version(session: Session) -> int:
    """The row version of this transaction's changes, with the lock that keeps versions in the order of commits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({WRITING})"))
    return watermark(session) + 1


def watermark(session: Session) -> int:
    """The highest row version that this transaction sees: all changes up to it are there, for writers come in turn."""
    columns = (EntityRow.row_version, GoneRow.row_version, ImportRun.row_version)
    return max(session.scalar(select(func.max(column))) or 0 for column in columns)


def inside(region: str) -> ColumnElement[bool]:
    """Whether an entity belongs to a region (``inspector.divisions.parts``)."""
    told = parts(region)
    return or_(EntityRow.area.in_(told.areas), *(EntityRow.area.startswith(prefix) for prefix in told.prefixes))


def write(session: Session, version: int, entities: Iterable[Entity]) -> None:
    """Put entities in place of what is known under their codes; of several with one code the last one counts."""
    rows = {e.code: (e.code, e.area, e.licence.name, wire.encode(e), version) for e in entities}
    bulk.put(session, EntityRow, list(rows.values()))


def remove(session: Session, version: int, codes: Sequence[str]) -> None:
    """Take entities out of the register, and remember it for those who have them."""
    session.execute(delete(EntityRow).where(EntityRow.code.in_(codes)))
    bulk.put(session, GoneRow, [(code, version) for code in codes])
