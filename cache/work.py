"""The day's work in ``work.db``: drafts, the journal that they are sealed into, and what the screens list of them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import sqlite_utils

from cache.db import Store
from cache.identity import Identity
from cache.meta import put_meta, read_meta, write_meta
from cache.session_types import DraftSummary, RecentCheck
from inspector import freshness, journal, sightings, wire
from inspector.errors import AlreadySealed, InspectionProblem
from inspector.inspection import Inspection
from inspector.journal import Head
from inspector.sightings import Sighting
from inspector.verdict import Bound, Colour
from inspector.wire import BlobRef, Event, EventKind, SealedEvent, Task

T = TypeVar("T")

NEWEST = """
    SELECT seq, hash FROM (
        SELECT * FROM (SELECT seq, hash, 0 AS word FROM journal ORDER BY seq DESC LIMIT 1)
        UNION ALL SELECT * FROM (SELECT seq, hash, id FROM continued ORDER BY seq DESC, id DESC LIMIT 1)
    ) ORDER BY seq DESC, word DESC LIMIT 1
"""
"""The head of the chain; of one number, the centre's word goes before the own entry that it contradicts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a new journal entry says; the journal adds number, chain and signature."""

    kind: EventKind
    schema: str
    body: Any
    officers: tuple[str, ...]
    captured_at: datetime
    clock: str
    event_id: str = ""
    template_hash: str = ""
    entity: str = ""
    refers_to: str = ""
    blobs: tuple[BlobRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What a record is listed under."""

    document_number: str
    name: str
    code: str
    note: str = ""


class HeadMoved(Exception):
    """Another entry was appended meanwhile."""


class Work:
    """Reads and writes of one laptop's work; every write is durable when its method returns."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self.store = store
        self.identity = identity

    # -- small values
    def meta(self, name: str, kind: type[T]) -> T | None:
        return read_meta(self.store, name, kind)

    def set_meta(self, name: str, value: Any) -> None:
        write_meta(self.store, name, value)

    def get_register(self) -> bytes | None:
        """For ``cache.register``: the row that says which register is in use."""
        rows = self.store.rows("SELECT value FROM meta WHERE name = 'register'")
        return bytes(rows[0]["value"]) if rows else None

    def set_register(self, record: bytes) -> None:
        self.store.write(lambda db: put_meta(db, "register", record))

    # -- drafts
    def save_draft(self, inspection: Inspection, answered: int, items: int, now: datetime) -> None:
        """Replace a draft. Raises AlreadySealed."""
        row = {
            "event_id": inspection.event_id,
            "name": inspection.party.name,
            "code": inspection.party.code,
            "answered": answered,
            "items": items,
            "body": wire.encode(inspection),
            "saved_at": now.isoformat(),
        }

        def save(db: sqlite_utils.Database) -> None:
            if _sealed(db, inspection.event_id):
                raise AlreadySealed
            db.table("draft").upsert(row, pk="event_id")

        self.store.write(save)

    def drafts(self) -> list[DraftSummary]:
        rows = self.store.rows("SELECT * FROM draft ORDER BY saved_at DESC")
        return [
            DraftSummary(r["event_id"], r["name"], r["code"], r["answered"], r["items"], _time(r["saved_at"]))
            for r in rows
        ]

    def draft(self, event_id: str) -> Inspection:
        rows = self.store.rows("SELECT body FROM draft WHERE event_id = ?", event_id)
        if not rows:
            raise InspectionProblem("这份草稿不在本机。", "请在“记录”页查看是否已封存。")
        return wire.decode(rows[0]["body"], Inspection)

    # -- the journal
    def append(self, entry: Entry, listing: Listing | None = None) -> Head:
        """Seal one entry: number, chain, signature, queue and listing in one transaction."""
        return self.store.write(lambda db: self._append(db, entry, listing))

    def seal_draft(self, entry: Entry, listing: Listing, task_id: str = "", after: Head | None = None) -> Head:
        """Seal an inspection, close its draft and its task, in one transaction.

        Raises AlreadySealed, and HeadMoved when the newest entry is not ``after`` any more.
        """

        def seal(db: sqlite_utils.Database) -> Head:
            if _sealed(db, entry.event_id):
                raise AlreadySealed
            if after is not None and newest(db) != after:
                raise HeadMoved
            head = self._append(db, entry, listing)
            db.table("draft").delete_where("event_id = ?", [entry.event_id])
            if task_id:
                db.execute("UPDATE task SET state = 'done' WHERE task_id = ?", [task_id])
            return head

        return self.store.write(seal)

    def _append(self, db: sqlite_utils.Database, entry: Entry, listing: Listing | None) -> Head:
        head = newest(db)
        event = Event(
            entry.event_id or journal.event_id(entry.captured_at, secrets.token_bytes(10)),
            entry.kind,
            entry.schema,
            self.identity.device_id,
            head.seq + 1,
            head.hash,
            entry.officers,
            entry.captured_at,
            entry.clock,
            msgspec.to_builtins(entry.body),
            entry.template_hash,
            entry.entity,
            entry.refers_to,
            entry.blobs,
        )
        sealed = journal.seal(event, self.identity.keys.signing)
        new = Head(head.seq + 1, journal.entry_hash(sealed.event))
        db.table("journal").insert(
            {
                "seq": new.seq,
                "event_id": event.event_id,
                "kind": event.kind.value,
                "refers_to": event.refers_to,
                "hash": new.hash,
                "event": sealed.event,
                "signature": sealed.signature,
                "sealed_at": entry.captured_at.isoformat(),
            }
        )
        db.table("outbox").insert({"seq": new.seq})
        if (sighting := sightings.of(event)) is not None:
            put_sighting(db, sighting)
        for blob in entry.blobs:
            db.table("event_blob").insert({"seq": new.seq, "sha256": blob.sha256, "role": blob.role}, ignore=True)
        if listing is not None:
            db.table("record").insert(
                {
                    "event_id": event.event_id,
                    "seq": new.seq,
                    "document_number": listing.document_number,
                    "name": listing.name,
                    "code": listing.code,
                    "day": freshness.china_day(entry.captured_at).isoformat(),
                    "note": listing.note,
                }
            )
        return new

    def head(self) -> Head:
        """What the next entry follows: the newest one, or where the centre stood when this laptop went on after it."""
        rows = self.store.rows(NEWEST)
        return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head()

    def event(self, event_id: str) -> Event | None:
        rows = self.store.rows("SELECT event FROM journal WHERE event_id = ?", event_id)
        return wire.decode(rows[0]["event"], Event) if rows else None

    def referring(self, event_id: str) -> list[Event]:
        """Entries about another one, oldest first."""
        rows = self.store.rows("SELECT event FROM journal WHERE refers_to = ? ORDER BY seq", event_id)
        return [wire.decode(r["event"], Event) for r in rows]

    def chain(self) -> Iterable[SealedEvent]:
        """Every entry, oldest first."""
        rows = self.store.rows("SELECT event, signature FROM journal ORDER BY seq")
        return (SealedEvent(r["event"], r["signature"]) for r in rows)

    def newest_time(self) -> datetime | None:
        """Newest time in the journal: part of the clock's floor."""
        rows = self.store.rows("SELECT max(sealed_at) AS newest FROM journal")
        return _time(rows[0]["newest"]) if rows[0]["newest"] else None

    def inspected_since(self, code: str, moment: datetime | None) -> int:
        """Inspections of an entity sealed here this year that the register, made at ``moment``, cannot count yet."""
        rows = self.store.rows(
            "SELECT count(*) AS n FROM record JOIN journal USING (seq) WHERE record.code = ? AND kind = ?"
            " AND sealed_at > ?",
            code,
            EventKind.INSPECTION.value,
            moment.astimezone(UTC).isoformat() if moment else "",
        )
        return int(rows[0]["n"])

    # -- recent checks
    def remember_check(self, code: str, name: str, colour: Colour, at: datetime) -> None:
        row = {"code": code, "name": name, "colour": colour.value, "at": at.isoformat()}
        self.store.write(lambda db: db.table("recent_check").insert(row))

    def recent_checks(self, limit: int) -> list[RecentCheck]:
        rows = self.store.rows("SELECT * FROM recent_check ORDER BY id DESC LIMIT ?", limit)
        return [RecentCheck(r["code"], r["name"], Colour(r["colour"]), _time(r["at"])) for r in rows]

    def note_blob(self, digest: str, size: int, media_type: str, now: datetime) -> None:
        """The row of a stored blob: only after its file is durable."""
        row = {"sha256": digest, "size": size, "media_type": media_type, "stored_at": now.isoformat()}
        self.store.write(lambda db: db.table("blob").insert(row, pk="sha256", ignore=True))

    def blob_hashes(self) -> list[str]:
        return [r["sha256"] for r in self.store.rows("SELECT sha256 FROM blob")]

    def alarm(self, what: str, now: datetime) -> None:
        """Keep something that a person should look at. The same sentence is kept once."""
        row = {"what": what, "at": now.isoformat()}
        self.store.write(lambda db: db.table("alarm").insert(row, pk="what", ignore=True))

    def alarms(self) -> tuple[str, ...]:
        return tuple(r["what"] for r in self.store.rows("SELECT what FROM alarm ORDER BY at"))

    # -- what the feed brought
    def tasks(self) -> list[Task]:
        """Open tasks, the nearest first."""
        rows = self.store.rows("SELECT body FROM task WHERE state = 'open' ORDER BY due, task_id")
        return [wire.decode(r["body"], Task) for r in rows]

    def alias(self, key: str) -> tuple[Bound, tuple[str, ...]]:
        """What a payload without a code of its own is bound to: one code, or in a conflict all that were named."""
        rows = self.store.rows("SELECT * FROM alias WHERE key = ?", key) if key else []
        if not rows:
            return Bound.NONE, ()
        if rows[0]["conflict"]:
            return Bound.CONFLICT, tuple(rows[0]["conflict"].split())
        return Bound.CONFIRMED if rows[0]["confirmed"] else Bound.PENDING, (rows[0]["code"],)

    def sightings(self, serial: str) -> list[Sighting]:
        """Where a signed code was seen, as far as this laptop knows."""
        rows = self.store.rows("SELECT * FROM sighting WHERE serial = ?", serial) if serial else []
        return [Sighting(r["serial"], r["code"], r["place"], _time(r["at"]), r["officer"]) for r in rows]

    def bind(self, entry: Entry, key: str, code: str) -> None:
        """Seal an officer's binding and use it from now on, in one transaction."""

        def seal(db: sqlite_utils.Database) -> None:
            self._append(db, entry, None)
            db.table("alias").upsert({"key": key, "code": code, "confirmed": 0, "conflict": ""}, pk="key")

        self.store.write(seal)


def put_sighting(db: sqlite_utils.Database, seen: Sighting) -> None:
    """Keep where a code was seen, inside a transaction; twice is once."""
    row = {"serial": seen.serial, "code": seen.code, "place": seen.place, "officer": seen.officer}
    db.table("sighting").insert({**row, "at": seen.at.isoformat()}, ignore=True)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _sealed(db: sqlite_utils.Database, event_id: str) -> bool:
    return bool(list(db.query("SELECT 1 FROM journal WHERE event_id = ?", [event_id])))


def newest(db: sqlite_utils.Database) -> Head:
    """``Work.head`` inside a transaction."""
    rows = list(db.query(NEWEST))
    return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head()
