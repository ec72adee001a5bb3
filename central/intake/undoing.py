"""Undoing an import, and purging what may no longer be shown (信用修复, end of publication)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, func, insert, not_, select, tuple_, union
from sqlalchemy.orm import Session

from central import bulk, entities
from central.intake import store
from central.intake.problems import NoSuchImport, UndoRefused
from central.intake.records import credit_key
from central.models import EntityRow, FormerEntity, FormerRecord, ImportRun, SourceRecord
from central.service import Service
from inspector import wire
from inspector.entity import Entity
from inspector.freshness import china_day, is_current

FINAL = timedelta(days=7)
"""After this long what was repaired is forgotten, and an import that took it out can no longer be undone."""
COUNTS = ("rows", "new", "changed", "unchanged", "bad", "gone", "hidden")


def undo(service: Service, number: int) -> int:
    """Restore what stood before an import, in one transaction; the number under which that is recorded.

    Raises NoSuchImport, or UndoRefused when later imports or purges touched the same entities.
    """
    with service.sessions.begin() as session:
        version = entities.next_version(session)
        made = session.get(ImportRun, number)
        if made is None:
            raise NoSuchImport
        if made.mode not in ("part", "whole"):
            raise UndoRefused("只有归集可以撤销。", "请重新导入正确的文件。没有改动任何数据。")
        if made.undone_by is not None:
            raise UndoRefused("这次归集已经撤销过了。", "不需要再做什么。没有改动任何数据。")
        _refuse_when_touched(session, number)
        _refuse_when_forgotten(session, made, service.now())
        record = _record(session, service, "undo", version, made)
        record.gone = _remove_new(session, version, number)
        for batch in store.formers(session, number):
            entities.write(session, version, (wire.decode(body, Entity) for body in _different(session, batch)))
            record.changed += len(batch)
        _restore_records(session, number)
        made.undone_by = record.number
        return record.number


def _refuse_when_touched(session: Session, number: int) -> None:
    tables = (SourceRecord, FormerEntity, FormerRecord)
    stated_since = select(FormerRecord.code).where(FormerRecord.former == number)
    mine = union(*(select(t.code).where(t.number == number) for t in tables), stated_since)
    later = union(*(select(t.code, t.number).where(t.number > number) for t in tables)).subquery()
    count, first = session.execute(
        select(func.count(func.distinct(later.c.code)), func.min(later.c.number)).where(later.c.code.in_(mine))
    ).one()
    if count:
        raise UndoRefused(f"之后的第 {first} 次归集动过其中 {count} 户的数据，这次归集不能直接撤销。")


def _refuse_when_forgotten(session: Session, made: ImportRun, now: datetime) -> None:
    barred = exists().where(SourceRecord.number == made.number, SourceRecord.barred)
    if made.at < now - FINAL and session.scalar(select(barred)):
        raise UndoRefused(
            f"其中有信用修复或公示期满的记录，超过 {FINAL.days} 天不能撤销。",
            "请重新导入正确的文件。没有改动任何数据。",
        )


def _remove_new(session: Session, version: int, number: int) -> int:
    """Take out the entities that an import brought in: it stated them, and nothing stood before."""
    stated = SourceRecord
    known = [
        exists().where(FormerEntity.number == number, FormerEntity.code == stated.code),
        exists().where(
            FormerRecord.number == number, FormerRecord.code == stated.code, FormerRecord.kind == stated.kind
        ),
    ]
    mine = (stated.number == number, stated.kind == "registration", *(not_(one) for one in known))
    removed, last = 0, ""
    while codes := session.scalars(
        select(stated.code).where(*mine, stated.code > last).order_by(stated.code).limit(store.BATCH)
    ).all():
        entities.remove(session, version, codes)
        removed, last = removed + len(codes), codes[-1]
    return removed


def _different(session: Session, batch: dict[str, bytes]) -> list[bytes]:
    """Bodies to restore: only what differs gets a new row version, laptops need not hear of the rest."""
    rows = session.execute(select(EntityRow.code, EntityRow.body).where(EntityRow.code.in_(batch)))
    now = {code: body for code, body in rows}
    return [body for code, body in batch.items() if body != now.get(code)]


def _restore_records(session: Session, number: int) -> None:
    session.execute(delete(SourceRecord).where(SourceRecord.number == number))
    former = FormerRecord
    names = ["code", "kind", "key", "number", "source_date", "barred"]
    columns = (former.code, former.kind, former.key, former.former, former.source_date, former.barred)
    session.execute(insert(SourceRecord).from_select(names, select(*columns).where(former.number == number)))
    for table in (FormerEntity, FormerRecord):
        session.execute(delete(table).where(table.number == number))


def _record(session: Session, service: Service, mode: str, version: int, of: ImportRun | None) -> ImportRun:
    made = ImportRun(
        mode=mode,
        kind=of.kind if of else "",
        source=of.source if of else "",
        as_of=of.as_of if of else china_day(service.now()).isoformat(),
        file=of.file if of else "",
        sha256=of.sha256 if of else "",
        profile="",
        at=service.now(),
        row_version=version,
        **dict.fromkeys(COUNTS, 0),
    )
    session.add(made)
    session.flush()
    return made


def purge(service: Service, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Take records that were repaired, closed or are no longer published out of every entity; how many went.

    They also go from what was kept for undoing, so that nothing brings them back; what an import took out as repaired,
    when that import can no longer be undone. Recorded when anything went.
    """
    today = china_day(service.now())
    gone, read, last = 0, 0, ""
    with service.sessions.begin() as session:
        version = entities.next_version(session)
        record: ImportRun | None = None
        while rows := session.execute(
            select(EntityRow.code, EntityRow.body)
            .where(EntityRow.code > last)
            .order_by(EntityRow.code)
            .limit(store.BATCH)
        ).all():
            last, read = rows[-1].code, read + len(rows)
            kept = list(filter(None, (_purged(body, today) for _, body in rows if _may_end(body))))
            if kept:
                record = record or _record(session, service, "purge", version, None)
                gone += _write_purged(session, version, record.number, kept)
            progress(read)
        if record:
            record.gone = gone
        _forget(session, service.now())
    return gone


def _forget(session: Session, now: datetime) -> None:
    """Remove what was kept for undoing of entities with finally barred records, up to the import that barred them."""
    barring = select(ImportRun.number).where(ImportRun.at < now - FINAL)
    final = exists().where(
        SourceRecord.code == FormerEntity.code,
        SourceRecord.barred,
        SourceRecord.number.in_(barring),
        SourceRecord.number >= FormerEntity.number,
    )
    session.execute(delete(FormerEntity).where(final).execution_options(synchronize_session=False))


def _may_end(body: bytes) -> bool:
    return any(f'"{name}":"'.encode() in body for name in ("repaired", "publish_until", "closed"))


def _purged(body: bytes, today: date) -> tuple[Entity, Entity] | None:
    before = wire.decode(body, Entity)
    current = tuple(r for r in before.credit if is_current(r, today))
    return (before, replace(before, credit=current)) if current != before.credit else None


def _write_purged(session: Session, version: int, number: int, kept: list[tuple[Entity, Entity]]) -> int:
    codes = [before.code for before, _ in kept]
    entities.write(session, version, (after for _, after in kept))
    gone = [(before.code, r) for before, after in kept for r in before.credit if r not in after.credit]
    names = {(code, r.kind.value, credit_key(r)): r.source_date.isoformat() for code, r in gone}
    columns = (SourceRecord.code, SourceRecord.kind, SourceRecord.key)
    values = (*columns, SourceRecord.number, SourceRecord.source_date, SourceRecord.barred)
    former = session.execute(select(*values).where(tuple_(*columns).in_(list(names)))).all()
    bulk.put(session, FormerRecord, [(number, *row) for row in former])
    bulk.put(session, SourceRecord, [(*name, number, day, True) for name, day in names.items()])
    # What was kept for undoing goes too: nothing may bring these records back.
    session.execute(delete(FormerEntity).where(FormerEntity.code.in_(codes)))
    return len(gone)
