"""疑似冒用 across laptops: one signed code that officers saw at two addresses within 30 days is told to their areas."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import EventRow, FeedRow, SightingRow
from inspector import sightings, wire
from inspector.sightings import Sighting
from inspector.wire import Event

FLAG = "同一张码在不同地址出现（疑似冒用）"


def take(session: Session, area: str, registered: Iterable[tuple[int, Event]]) -> None:
    """Keep what registered events tell of signed codes, in their transaction, and tell the laptops of copies."""
    for number, event in registered:
        seen = sightings.of(event)
        if seen is None or not _fits(seen):
            continue
        known = list(session.scalars(select(SightingRow).where(SightingRow.serial == seen.serial)))
        session.add(
            SightingRow(
                ledger_number=number,
                serial=seen.serial,
                code=seen.code,
                place=seen.place,
                at=seen.at,
                officer=seen.officer,
                area=area,
            )
        )
        session.flush()
        other = sightings.elsewhere(seen, map(_sighting, known))
        if other is not None:
            _tell(session, number, seen, other, {area, *(row.area for row in known)})


def _tell(session: Session, number: int, seen: Sighting, other: Sighting, areas: set[str]) -> None:
    event = session.get_one(EventRow, number)
    event.flag = "；".join(filter(None, (event.flag, FLAG)))
    for area in sorted(areas):
        session.add(FeedRow(scope=area, kind="copies", body=wire.encode({"seen": [other, seen]})))


def _sighting(row: SightingRow) -> Sighting:
    return Sighting(row.serial, row.code, row.place, row.at, row.officer)


def _fits(seen: Sighting) -> bool:
    """Whether the database can take it: a device may send anything."""
    texts = (seen.serial, seen.code, seen.place)
    return len(seen.serial) <= 64 and len(seen.code) <= 18 and not any("\0" in text for text in texts)
