"""The single way into the register's rows: whoever writes or removes an entity does it here, under a row version."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from central import bulk
from central.models import EntityRow, ImportRun
from inspector import wire
from inspector.entity import Entity

WRITING = 2312
"""Number of PostgreSQL's advisory lock that writers of entities take until they commit."""


def next_version(session: Session) -> int:
    """The row version of this transaction's changes, with the lock that keeps versions in the order of commits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({WRITING})"))
    used = [session.scalar(select(func.max(column))) or 0 for column in (EntityRow.row_version, ImportRun.row_version)]
    return max(used) + 1


def write(session: Session, version: int, entities: Iterable[Entity]) -> None:
    """Put entities in place of what is known under their codes; of several with one code the last one counts."""
    rows = {e.code: (e.code, e.area, e.licence.name, wire.encode(e), version) for e in entities}
    bulk.put(session, EntityRow, list(rows.values()))


def remove(session: Session, version: int, codes: Sequence[str]) -> None:
    """Take entities out of the register."""
    session.execute(delete(EntityRow).where(EntityRow.code.in_(codes)))
