"""Where what stands in an entity comes from: for each record its source, its own date, and as of when it was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.intake.records import credit_key, number_key
from central.intake.rules import kinds
from central.models import EntityRow, ImportRun, SourceRecord
from central.service import Service
from inspector import wire
from inspector.entity import CreditKind, Entity
from inspector.provenance import WholeLists


@dataclass(frozen=True, slots=True)
class Told:
    """One record of an entity, or one that was taken out and may not come back."""

    kind: str
    what: str
    """Empty for one that was taken out: nothing of it is kept."""
    source: str
    source_date: str
    as_of: str
    """Empty when no import stated it."""
    number: int | None
    """The import that stated it last."""
    barred: bool = False


def of(service: Service, code: str) -> tuple[str, tuple[Told, ...]] | None:
    """Name of an entity and where each of its records comes from; None when the register does not hold it."""
    with service.sessions() as session:
        row = session.get(EntityRow, code)
        if row is None:
            return None
        stated = session.execute(
            select(SourceRecord, ImportRun)
            .join(ImportRun, ImportRun.number == SourceRecord.number)
            .where(SourceRecord.code == code)
            .order_by(SourceRecord.kind, SourceRecord.key)
        ).all()
    # What no import stated (loaded before there were any) tells its own source, and no day as of which.
    by_name = {(record.kind, record.key): (record, run) for record, run in stated}
    told: list[Told] = []
    for kind, key, what, source, day in _held(wire.decode(row.body, Entity)):
        found = by_name.pop((kind, key), None)
        if found:
            record, run = found
            source, day = run.source, record.source_date
        told.append(Told(_label(kind), what, source, day, *((run.as_of, run.number) if found else ("", None))))
    barred = [(record, run) for record, run in by_name.values() if record.barred]
    told += [Told(_label(r.kind), "", run.source, r.source_date, run.as_of, run.number, True) for r, run in barred]
    return row.name, tuple(told)


def whole_lists(session: Session) -> WholeLists:
    """As-of days of the newest whole lists that stand; an undone one says nothing."""
    run = ImportRun
    newest = (
        select(run.kind, run.source, func.max(run.as_of))
        .where(run.mode == "whole", run.undone_by.is_(None))
        .group_by(run.kind, run.source)
    )
    return {(kind, source): date.fromisoformat(day) for kind, source, day in session.execute(newest)}


def _label(kind: str) -> str:
    return kinds()[kind].label if kind in kinds() else CreditKind(kind).label


def _held(entity: Entity) -> Iterator[tuple[str, str, str, str, str]]:
    """Kind, key, contents, source and date of each record, as the entity itself tells them."""
    yield "registration", "", f"{entity.licence.name}（{entity.licence.state.label}）", entity.licence.authority, ""
    for p in entity.permits:
        yield (
            "permit",
            number_key(p.number),
            f"{p.kind} {p.number}",
            p.authority,
            p.issued.isoformat() if p.issued else "",
        )
    for r in entity.credit:
        yield r.kind.value, credit_key(r), r.title, r.source, r.source_date.isoformat()
