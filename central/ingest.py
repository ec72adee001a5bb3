"""Takes events in: each exactly once, with a receipt that stays the same; what cannot be taken is held, not lost.

A batch costs a fixed number of statements however many events are in it: what is known about them is read first, then
each is judged in memory, in order, and PostgreSQL writes it while the next one is judged. All is one transaction.
"""

import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from central import aliases, bulk, copies
from central.api.problems import Refused
from central.bulk import Row, among
from central.models import BlobRow, Device, EventBlob, EventRow, HeldRow, OfficerRow
from central.service import Service
from inspector import wire
from inspector.trust import device as keys
from inspector.wire import Answer, Event, EventAnswer, Receipt, SealedEvent, Signed

SCHEMAS = frozenset(
    ("inspection/1", "amendment/1", "void/1", "lead/1", "alias/1", "task/1", "audit/1", "aborted/1", "sighting/1")
)
"""Bodies that this service knows; others are held until it does."""
ATTEMPTS = 3
_SHA256 = re.compile(r"[0-9a-f]{64}")


def ingest(service: Service, device_id: str, events: Sequence[SealedEvent]) -> tuple[EventAnswer, ...]:
    """Take a batch in one transaction. Of two couriers with one event, the second sees the receipt of the first."""
    arrivals = [_Arrival(e) for e in events]
    for _ in range(ATTEMPTS):
        try:
            with service.sessions.begin() as session:
                # One batch of a device at a time: its chain is judged in order.
                device = session.get(Device, device_id, with_for_update=True)
                assert device is not None
                return _Batch(service, session, device, arrivals).take()
        except IntegrityError:
            continue
    # Not "busy": a laptop must try these entries one by one, so that a bad one stops no other.
    raise Refused(500, "not-taken", "中心服务没能登记这批记录。", "记录仍在本机，会逐条再传。")


class _Arrival:
    """One event as it came in: ``event`` is None when its bytes cannot be read; ``fits``: a database can take it."""

    def __init__(self, sealed: SealedEvent) -> None:
        self.sealed = sealed
        self.digest = sha256(sealed.event).hexdigest()
        try:
            self.event: Event | None = wire.decode(sealed.event, Event)
        except msgspec.MsgspecError:
            self.event = None
        self.fits = self.event is not None and _fits(self.event)


@dataclass
class _Chain:
    """The registered numbers of a device from the batch's first on, each with the hash that came first under it."""

    numbers: list[int] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, digest: str) -> None:
        if number not in self.hashes:
            insort(self.numbers, number)
            self.hashes[number] = digest

    def flag(self, event: Event) -> str:
        """What a person should look at: a cloned or restored laptop, a gap. It never keeps an event out."""
        at = bisect_right(self.numbers, event.device_seq)
        before = self.numbers[at - 1] if at else 0
        if before and before == event.device_seq:
            return "同一序号有两份记录（电脑可能被复制或恢复过）"
        if before != event.device_seq - 1:
            return "前面的记录还没有收到"
        if before and self.hashes[before] != event.prev_hash:
            return "与前一条记录不相连"
        return ""


class _Batch:
    def __init__(self, service: Service, session: Session, device: Device, arrivals: list[_Arrival]) -> None:
        self._service, self._session, self._device, self._arrivals = service, session, device, arrivals
        self._now: datetime = service.now()
        events = [a.event for a in arrivals if a.event is not None and a.fits]
        self._receipts = self._known_receipts()
        self._ids = self._known(EventRow.event_id, {e.event_id for e in events})
        self._officers = self._known(OfficerRow.number, {number for e in events for number in e.officers})
        self._chain = self._known_chain([e.device_seq for e in events])
        self._blobs: dict[str, Row] = {}
        self._links: set[Row] = set()
        self._held: dict[str, HeldRow] = {}
        self._registered: list[tuple[int, Event]] = []

    def _known(self, column: InstrumentedAttribute[str], values: set[str]) -> set[str]:
        return set(self._session.scalars(select(column).where(among(self._session, column, values))))

    def _known_receipts(self) -> dict[str, Signed]:
        found = self._session.execute(
            select(EventRow.content_hash, EventRow.receipt, EventRow.receipt_signature).where(
                among(self._session, EventRow.content_hash, {a.digest for a in self._arrivals})
            )
        )
        return {digest: Signed(receipt, signature, "receipt") for digest, receipt, signature in found}

    def _known_chain(self, numbers: Iterable[int]) -> _Chain:
        chain, first = _Chain(), min(numbers, default=0)
        mine = EventRow.device_id == self._device.device_id
        before = select(func.max(EventRow.device_seq)).where(mine, EventRow.device_seq <= first).scalar_subquery()
        rows = self._session.execute(
            select(EventRow.device_seq, EventRow.content_hash)
            .where(mine, EventRow.device_seq >= func.coalesce(before, first))
            .order_by(EventRow.device_seq, EventRow.ledger_number)
        )
        for number, digest in rows:
            chain.add(number, digest)
        return chain

    def take(self) -> tuple[EventAnswer, ...]:
        """Judge every event in order and register it at once, then write what goes with the registered ones."""
        new = sum(a.digest not in self._receipts for a in self._arrivals)
        numbers = iter(_ledger_numbers(self._session, new) if new else ())
        with bulk.adding(self._session, EventRow) as add:
            answers = tuple(self._answer(arrival, numbers, add) for arrival in self._arrivals)
        self._keep_held()
        self._write()
        return answers

    def _answer(self, arrival: _Arrival, numbers: Iterator[int], add: Callable[[Row], object]) -> EventAnswer:
        digest = arrival.digest
        known = self._receipts.get(digest)
        if known is not None:
            return EventAnswer(digest, Answer.REGISTERED, known)
        if not keys.verify(self._device.signing_key, arrival.sealed.event, arrival.sealed.signature):
            return EventAnswer(digest, Answer.RESEND, reason="签名与内容不符，请重发。")
        if arrival.event is None:
            return self._hold(arrival, "中心不能读取这条记录，请更新中心服务。")
        reason = self._objection(arrival.event, arrival.fits)
        if reason:
            return self._hold(arrival, reason)
        return EventAnswer(digest, Answer.REGISTERED, self._register(arrival, arrival.event, next(numbers), add))

    def _objection(self, event: Event, fits: bool) -> str:
        if event.device_id != self._device.device_id:
            return "记录属于另一台电脑。"
        if not fits:
            return "记录的编号或附件不合规格，已原样保存，由管理员处理。"
        if self._device.revoked_at is not None:
            return "这台电脑已被停用，记录已原样保存，由管理员处理。"
        if event.schema not in SCHEMAS:
            return f"中心还不认识这种记录（{event.schema}），升级后会自动处理。"
        if event.event_id in self._ids:
            return "同一编号已有另一份内容，两份都已保存，由管理员处理。"
        if unreadable := aliases.objection(event):
            return unreadable
        strangers = [number for number in event.officers if number not in self._officers]
        return f"中心没有这些人员：{'、'.join(strangers)}。" if strangers else ""

    def _hold(self, arrival: _Arrival, reason: str) -> EventAnswer:
        row = HeldRow(
            content_hash=arrival.digest,
            device_id=self._device.device_id,
            event=arrival.sealed.event,
            signature=arrival.sealed.signature,
            reason=reason,
            held_at=self._now,
            decision="",
        )
        self._held.setdefault(arrival.digest, row)
        return EventAnswer(arrival.digest, Answer.HELD, reason=reason)

    def _keep_held(self) -> None:
        for digest, row in self._held.items():
            known = self._session.get(HeldRow, digest)
            if known is None:
                self._session.add(row)
            elif known.decision == "accepted":
                # Sent again on a person's word, and still it cannot be registered: that person must see it again.
                known.decision, known.reason = "", row.reason

    def _register(self, arrival: _Arrival, event: Event, number: int, add: Callable[[Row], object]) -> Signed:
        digest = arrival.digest
        receipt = self._service.sign(
            Receipt(event.event_id, event.device_id, event.device_seq, digest, number, self._now)
        )
        add(
            (
                number,
                digest,
                event.event_id,
                event.device_id,
                event.device_seq,
                event.kind.value,
                event.entity,
                arrival.sealed.event,
                arrival.sealed.signature,
                receipt.payload,
                receipt.signature,
                self._now,
                self._chain.flag(event),
            )
        )
        self._registered.append((number, event))
        self._receipts[digest] = receipt
        self._ids.add(event.event_id)
        self._chain.add(event.device_seq, digest)
        for blob in event.blobs:
            self._blobs.setdefault(blob.sha256, (blob.sha256, blob.size, blob.media_type, None))
            self._links.add((number, blob.sha256, blob.role[:32]))
        return receipt

    def _write(self) -> None:
        bulk.put(self._session, BlobRow, list(self._blobs.values()), keep=True)
        if self._links:
            with bulk.adding(self._session, EventBlob) as add:
                for link in sorted(self._links):
                    add(link)
        for part in (aliases, copies):
            part.take(self._session, self._device.area, self._registered)


def _fits(event: Event) -> bool:
    """Whether the database can take what the event says of itself: a device may send anything."""
    told = (t for b in event.blobs for t in (b.media_type, b.role))
    texts = (event.event_id, event.entity, event.schema, *event.officers, *told)
    return (
        0 < event.device_seq < 1 << 62
        and len(event.event_id) <= 64
        and len(event.entity) <= 18
        and all("\0" not in text for text in texts)
        and all(_SHA256.fullmatch(b.sha256) and 0 <= b.size < 1 << 62 for b in event.blobs)
    )


def _ledger_numbers(session: Session, count: int) -> list[int]:
    """Numbers of the ledger for a batch, before its rows are written: a receipt states its number.

    SQLite's transaction is the only writer; PostgreSQL's sequence gives every number once.
    """
    if session.get_bind().dialect.name == "postgresql":
        # The sequence is looked up once: doing it for every number takes longer than drawing it.
        drawn = text(
            "SELECT nextval(sequence) FROM generate_series(1, :count),"
            " CAST(pg_get_serial_sequence('event', 'ledger_number') AS regclass) AS sequence"
        )
        return list(session.scalars(drawn, {"count": count}))
    highest = session.scalar(select(func.max(EventRow.ledger_number))) or 0
    return list(range(highest + 1, highest + count + 1))
