"""What an import reads and writes in the database, in batches: entities, who stated what, what stood before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from central import bulk, entities
from central.models import EntityRow, FormerEntity, FormerRecord, ImportRun, SourceRecord
from inspector import wire
from inspector.entity import Entity

BATCH = 2000
Key = tuple[str, str, str]
"""Code, kind, key of a record."""


class Stand(NamedTuple):
    """Which import stated a record last, the record's own date, and whether it may never come back."""

    number: int
    source_date: str
    barred: bool = False


@dataclass
class Batch:
    """The state of some codes: as it was, and as it becomes."""

    bodies: dict[str, bytes]
    stands: dict[Key, Stand]
    changed: dict[str, Entity] = field(default_factory=dict)
    stated: dict[Key, Stand] = field(default_factory=dict)
    dropped: set[Key] = field(default_factory=set)

    def entity(self, code: str) -> Entity | None:
        """An entity as it is now, with what this batch changed already."""
        found = self.changed.get(code)
        if found is None and code in self.bodies:
            return wire.decode(self.bodies[code], Entity)
        return found

    def stand(self, key: Key) -> Stand | None:
        return self.stated.get(key) or self.stands.get(key)

    def barred(self, code: str, kind: str) -> set[str]:
        """Keys of the records of a kind that may not come back."""
        now = self.stands | self.stated
        return {key for (c, k, key), stand in now.items() if c == code and k == kind and stand.barred}

    def write(self, session: Session, number: int, version: int) -> None:
        """Write what changed under an import's number, noting first what stood before.

        Of what this import itself wrote before, nothing is noted: the first note counts.
        """
        # An entity that an import states and that nobody had stated before is told from a new one by its note.
        first = {
            code for (code, kind, _) in self.stated if kind == "registration" and (code, kind, _) not in self.stands
        }
        known = [(number, code, self.bodies[code]) for code in self.changed.keys() | first if code in self.bodies]
        bulk.put(session, FormerEntity, known, keep=True)
        touched = self.dropped | self.stated.keys()
        former = [(number, *key, *self.stands[key]) for key in touched if key in self.stands]
        bulk.put(session, FormerRecord, [row for row in former if row[4] != number], keep=True)
        entities.write(session, version, self.changed.values())
        bulk.put(session, SourceRecord, [(*key, *stand) for key, stand in self.stated.items()])
        drop_stands(session, list(self.dropped))


def load(session: Session, codes: Sequence[str]) -> Batch:
    """What is known about some codes, in two statements."""
    bodies = session.execute(select(EntityRow.code, EntityRow.body).where(bulk.among(session, EntityRow.code, codes)))
    table = SourceRecord
    columns = (table.code, table.kind, table.key, table.number, table.source_date, table.barred)
    stands = session.execute(select(*columns).where(bulk.among(session, table.code, codes)))
    return Batch(
        {code: body for code, body in bodies},
        {(code, kind, key): Stand(number, day, barred) for code, kind, key, number, day, barred in stands},
    )


def drop_stands(session: Session, keys: Sequence[Key]) -> None:
    for at in range(0, len(keys), BATCH):
        columns = tuple_(SourceRecord.code, SourceRecord.kind, SourceRecord.key)
        session.execute(delete(SourceRecord).where(columns.in_(keys[at : at + BATCH])))


def formers(session: Session, number: int) -> Iterator[dict[str, bytes]]:
    """The entities that an import changed, as they were, in batches by code."""
    last = ""
    while rows := (
        session.execute(
            select(FormerEntity.code, FormerEntity.body)
            .where(FormerEntity.number == number, FormerEntity.code > last)
            .order_by(FormerEntity.code)
            .limit(BATCH)
        ).all()
    ):
        yield {code: body for code, body in rows}
        last = rows[-1][0]


def earlier_numbers(session: Session, kind: str, source: str, number: int, as_of: date) -> list[int]:
    """The imports of a kind from a source before one of them; what is of a later day than ``as_of`` is not earlier."""
    mine = (
        ImportRun.kind == kind,
        ImportRun.source == source,
        ImportRun.number < number,
        ImportRun.as_of <= as_of.isoformat(),
    )
    return list(session.scalars(select(ImportRun.number).where(*mine)))
