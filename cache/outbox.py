"""The queue of what has to go up, kept in the store alone: receipts take entries out of it, nothing else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import sqlite_utils

from cache.session_types import RecordState, RecordSummary
from cache.work import Work
from inspector import wire
from inspector.trust import device
from inspector.wire import Answer, BlobRef, EventAnswer, Receipt, SealedEvent, Signed

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
STUCK_AFTER_RESENDS = 3
STUCK_AFTER_FAILURES = 8
_STUCK = "中心多次无法读取这条记录，请联系管理员。记录仍在本机。"


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry that waits for its receipt."""

    seq: int
    hash: str
    sealed: SealedEvent
    tries: int


def backoff(tries: int, chance: float) -> timedelta:
    """Full jitter: anywhere between nothing and the doubled wait, at most five minutes. ``chance`` in 0–1."""
    ceiling = min(FIRST_WAIT * (1 << min(tries, 16)), LONGEST_WAIT)
    return ceiling * chance


class Outbox:
    """Reads and writes of the queue."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._store = work.store

    def due(self, now: datetime, limit: int) -> list[Queued]:
        """Pending entries whose time has come, in the order of the journal."""
        rows = self._store.rows(
            "SELECT seq, hash, event, signature, tries FROM outbox JOIN journal USING (seq)"
            " WHERE state = 'pending' AND next_try <= ? ORDER BY seq LIMIT ?",
            now.isoformat(),
            limit,
        )
        return [Queued(r["seq"], r["hash"], SealedEvent(r["event"], r["signature"]), r["tries"]) for r in rows]

    def pending(self) -> int:
        return int(self._store.rows("SELECT count(*) AS n FROM outbox WHERE state = 'pending'")[0]["n"])

    def oldest(self) -> datetime | None:
        rows = self._store.rows(
            "SELECT min(sealed_at) AS t FROM outbox JOIN journal USING (seq) WHERE state = 'pending'"
        )
        return datetime.fromisoformat(rows[0]["t"]) if rows[0]["t"] else None

    def retry_now(self) -> None:
        """The officer pressed 立即同步: nothing waits for its back-off."""
        self._store.write(lambda db: db.execute("UPDATE outbox SET next_try = '' WHERE state = 'pending'"))

    def apply(self, sent: Sequence[Queued], answers: Sequence[EventAnswer], now: datetime, chance: float) -> int:
        """Take the service's answers in; returns how many receipts held. An answer without a valid receipt is none."""
        by_hash = {a.content_hash: a for a in answers}
        receipts = {q.seq: self._receipt(q, by_hash.get(q.hash)) for q in sent}

        def take(db: sqlite_utils.Database) -> int:
            for queued in sent:
                answer, receipt = by_hash.get(queued.hash), receipts[queued.seq]
                if receipt is not None and answer is not None and answer.receipt is not None:
                    _receive(db, queued.seq, answer.receipt, receipt)
                elif answer is not None and answer.answer is Answer.HELD:
                    _set(db, queued.seq, "held", queued.tries, "", answer.reason)
                else:
                    resend = answer is not None and answer.answer is Answer.RESEND
                    limit = STUCK_AFTER_RESENDS if resend else STUCK_AFTER_FAILURES
                    _failed(db, queued, limit, now, chance)
            return sum(r is not None for r in receipts.values())

        return self._store.write(take)

    def failed(self, sent: Sequence[Queued], now: datetime, chance: float) -> None:
        """Nothing certain came back: try again later. Only an entry that was alone can become stuck."""
        limit = STUCK_AFTER_FAILURES if len(sent) == 1 else 1 << 30

        def later(db: sqlite_utils.Database) -> None:
            for queued in sent:
                _failed(db, queued, limit, now, chance)

        self._store.write(later)

    def again(self, from_seq: int) -> int:
        """The service holds less than it once said (restored from a backup): those entries become pending again."""

        def reopen(db: sqlite_utils.Database) -> int:
            db.table("receipt").delete_where("seq >= ?", [from_seq])
            cursor = db.execute(
                "UPDATE outbox SET state = 'pending', next_try = '' WHERE seq >= ? AND state = 'done'", [from_seq]
            )
            db.execute("UPDATE blob SET delivered = 0")
            return int(cursor.rowcount)

        return self._store.write(reopen)

    def decide(self, content_hash: str, accepted: bool, reason: str) -> None:
        """A person at the centre decided about a held entry: send it again, or keep it aside for good."""
        state = "pending" if accepted else "held"

        def settle(db: sqlite_utils.Database) -> None:
            db.execute(
                "UPDATE outbox SET state = ?, problem = ?, tries = 0, next_try = '' WHERE state IN ('held', 'stuck')"
                " AND seq = (SELECT seq FROM journal WHERE hash = ?)",
                [state, "" if accepted else reason, content_hash],
            )

        self._store.write(settle)

    def _receipt(self, queued: Queued, answer: EventAnswer | None) -> Receipt | None:
        """The receipt in an answer, if it is signed by the service and is about exactly this entry."""
        if answer is None or answer.answer is not Answer.REGISTERED or answer.receipt is None:
            return None
        signed = answer.receipt
        if not device.verify(self._work.identity.enrolment.receipt_key, signed.payload, signed.signature):
            return None
        try:
            receipt = wire.decode(signed.payload, Receipt)
        except msgspec.MsgspecError:
            return None
        ours = (receipt.content_hash, receipt.device_id, receipt.device_seq)
        return receipt if ours == (queued.hash, self._work.identity.device_id, queued.seq) else None

    # -- blobs
    def undelivered(self, limit: int) -> list[BlobRef]:
        """Blobs of registered entries that the service does not hold whole: findings go before photos."""
        rows = self._store.rows(
            "SELECT DISTINCT blob.sha256, size, media_type, role FROM event_blob JOIN blob USING (sha256)"
            " JOIN outbox USING (seq) WHERE outbox.state = 'done' AND NOT delivered ORDER BY seq LIMIT ?",
            limit,
        )
        return [BlobRef(r["sha256"], r["size"], r["media_type"], r["role"]) for r in rows]

    def undelivered_count(self) -> int:
        sql = "SELECT count(DISTINCT sha256) AS n FROM event_blob JOIN blob USING (sha256) WHERE NOT delivered"
        return int(self._store.rows(sql)[0]["n"])

    def delivered(self, digest: str) -> None:
        self._store.write(lambda db: db.execute("UPDATE blob SET delivered = 1 WHERE sha256 = ?", [digest]))

    # -- what the screens list
    def summaries(self, query: str, limit: int, open_only: bool = False) -> list[RecordSummary]:
        """Records, newest first, whose name, code, number or day holds ``query``."""
        like = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._store.rows(
            "SELECT r.*, j.sealed_at, o.state, o.problem, o.next_try, c.ledger_number,"
            " (SELECT count(*) FROM event_blob e JOIN blob b USING (sha256)"
            "  WHERE e.seq = r.seq AND NOT b.delivered) AS blobs_left"
            " FROM record r JOIN journal j USING (seq) JOIN outbox o USING (seq) LEFT JOIN receipt c USING (seq)"
            " WHERE r.name LIKE ? ESCAPE '\\' OR r.code LIKE ? ESCAPE '\\' OR r.document_number LIKE ? ESCAPE '\\'"
            " OR j.sealed_at LIKE ? ESCAPE '\\' ORDER BY r.seq DESC LIMIT ?",
            like,
            like,
            like,
            like,
            limit,
        )
        found = [
            RecordSummary(
                r["event_id"],
                r["seq"],
                r["document_number"],
                r["name"],
                r["code"],
                datetime.fromisoformat(r["sealed_at"]),
                state_of(r["state"], r["blobs_left"]),
                r["problem"],
                r["ledger_number"] or 0,
                r["blobs_left"],
                datetime.fromisoformat(r["next_try"]) if r["next_try"] else None,
            )
            for r in rows
        ]
        return [s for s in found if s.state is not RecordState.COMPLETE] if open_only else found


def state_of(queue_state: str, blobs_left: int) -> RecordState:
    """The state on screen: a function of the queue and of the blobs that are still to be delivered."""
    if queue_state == "done":
        return RecordState.REGISTERED if blobs_left else RecordState.COMPLETE
    return {"held": RecordState.HELD, "stuck": RecordState.STUCK}.get(queue_state, RecordState.SEALED)


def _receive(db: sqlite_utils.Database, seq: int, signed: Signed, receipt: Receipt) -> None:
    row = {
        "seq": seq,
        "payload": signed.payload,
        "signature": signed.signature,
        "ledger_number": receipt.ledger_number,
    }
    db.table("receipt").upsert(row, pk="seq")
    _set(db, seq, "done", 0, "", "")


def _failed(db: sqlite_utils.Database, queued: Queued, limit: int, now: datetime, chance: float) -> None:
    tries = queued.tries + 1
    if tries >= limit:
        _set(db, queued.seq, "stuck", tries, "", _STUCK)
    else:
        _set(db, queued.seq, "pending", tries, (now + backoff(tries, chance)).isoformat(), "")


def _set(db: sqlite_utils.Database, seq: int, state: str, tries: int, next_try: str, problem: str) -> None:
    db.table("outbox").update(seq, {"state": state, "tries": tries, "next_try": next_try, "problem": problem})
