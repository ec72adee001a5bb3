"""The queue of what has to go up, kept in the store alone: receipts take entries out of it, nothing else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlite_utils

from cache.session_types import RecordState, RecordSummary
from cache.work import Work
from inspector import wire
from inspector.trust import device
from inspector.wire import Answer, BlobRef, EventAnswer, Receipt, SealedEvent, Signed

ALL = -1
"""As a limit."""
STUCK_AFTER_RESENDS = 3
STUCK_AFTER_FAILURES = 8
BLOB_REFUSED = "中心多次没有收下附件。按“立即同步”再试；仍不行请联系管理员。附件仍在本机。"
_UNREADABLE = "中心多次没有收下这条记录。按“立即同步”再试；仍不行请联系管理员。记录仍在本机。"
_RECORDS = """
    SELECT r.*, j.sealed_at, o.state, o.problem, o.next_try, c.ledger_number,
        (SELECT count(DISTINCT sha256) FROM event_blob e JOIN blob b USING (sha256)
         WHERE e.seq = r.seq AND NOT b.delivered) AS blobs_left,
        (SELECT max(b.problem) FROM event_blob e JOIN blob b USING (sha256) WHERE e.seq = r.seq) AS blob_problem
    FROM record r JOIN journal j USING (seq) JOIN outbox o USING (seq) LEFT JOIN receipt c USING (seq)
"""


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry that waits for its receipt, as the planner sees it."""

    seq: int
    size: int
    tries: int
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An entry to send: its hash names it in the answer."""

    seq: int
    hash: str
    sealed: SealedEvent


class Outbox:
    """Reads and writes of the queue."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._store = work.store

    # -- entries
    def pending(self, limit: int) -> list[Queued]:
        """Entries without receipt that may be sent, in the order of the journal."""
        rows = self._store.rows(
            "SELECT seq, length(event) AS size, tries, next_try FROM outbox JOIN journal USING (seq)"
            " WHERE state = 'pending' ORDER BY seq LIMIT ?",
            limit,
        )
        return [Queued(r["seq"], r["size"], r["tries"], _moment(r["next_try"])) for r in rows]

    def without_receipt(self, limit: int) -> list[Queued]:
        """Every entry that the service has not confirmed, whatever keeps it, in the order of the journal."""
        rows = self._store.rows(
            "SELECT seq, length(event) AS size FROM outbox JOIN journal USING (seq) WHERE state <> 'done'"
            " ORDER BY seq LIMIT ?",
            limit,
        )
        return [Queued(r["seq"], r["size"], 0, None) for r in rows]

    def after(self, seq: int) -> list[Queued]:
        """Every entry behind this one, whatever has become of it."""
        rows = self._store.rows(
            "SELECT seq, length(event) AS size FROM outbox JOIN journal USING (seq) WHERE seq > ? ORDER BY seq", seq
        )
        return [Queued(r["seq"], r["size"], 0, None) for r in rows]

    def oldest_unfinished(self) -> int | None:
        """The first entry without a receipt or with an attachment that the service lacks."""
        rows = self._store.rows(
            "SELECT min(seq) AS seq FROM outbox LEFT JOIN event_blob USING (seq) LEFT JOIN blob USING (sha256)"
            " WHERE state <> 'done' OR delivered = 0"
        )
        return None if rows[0]["seq"] is None else int(rows[0]["seq"])

    def outgoing(self, seqs: Sequence[int]) -> list[Outgoing]:
        """The sealed bytes of these entries, verbatim."""
        marks = ",".join("?" * len(seqs))
        sql = f"SELECT seq, hash, event, signature FROM journal WHERE seq IN ({marks}) ORDER BY seq"  # noqa: S608
        rows = self._store.rows(sql, *seqs)
        return [Outgoing(r["seq"], r["hash"], SealedEvent(r["event"], r["signature"])) for r in rows]

    def counts(self) -> tuple[int, int]:
        """Entries without receipt that are not set aside, and blobs of entries that the centre lacks."""
        events = self._store.rows("SELECT count(*) AS n FROM outbox WHERE state = 'pending'")
        blobs = self._store.rows(
            "SELECT count(DISTINCT sha256) AS n FROM event_blob JOIN blob USING (sha256) WHERE NOT delivered"
        )
        return int(events[0]["n"]), int(blobs[0]["n"])

    def oldest(self) -> datetime | None:
        """When the oldest entry without receipt was sealed."""
        rows = self._store.rows("SELECT min(sealed_at) AS t FROM outbox JOIN journal USING (seq) WHERE state <> 'done'")
        return _moment(rows[0]["t"] or "")

    def retry_now(self) -> None:
        """The officer pressed 立即同步: nothing waits for its back-off, and what is stuck is tried again."""

        def retry(db: sqlite_utils.Database) -> None:
            db.execute(
                "UPDATE outbox SET next_try = '', state = 'pending', problem = '',"
                " alone = CASE state WHEN 'stuck' THEN 0 ELSE alone END,"
                " resends = CASE state WHEN 'stuck' THEN 0 ELSE resends END WHERE state IN ('pending', 'stuck')"
            )
            db.execute("UPDATE blob SET problem = '' WHERE problem <> '' AND NOT delivered")

        self._store.write(retry)

    def answered(self, sent: Sequence[Outgoing], answers: Sequence[EventAnswer], next_try: datetime) -> list[Receipt]:
        """Take the service's answers in; the receipts that hold. An answer without a valid receipt is none."""
        by_hash = {a.content_hash: a for a in answers}
        receipts = {out.seq: self._receipt(out, by_hash.get(out.hash)) for out in sent}

        def take(db: sqlite_utils.Database) -> None:
            for out in sent:
                answer, receipt = by_hash.get(out.hash), receipts[out.seq]
                if receipt is not None and answer is not None and answer.receipt is not None:
                    _receive(db, out.seq, answer.receipt, receipt)
                elif answer is not None and answer.answer is Answer.HELD:
                    changes = {"state": "held", "next_try": "", "problem": answer.reason[:400]}
                    db.table("outbox").update(out.seq, changes)
                else:
                    _failed(db, out.seq, "resends", STUCK_AFTER_RESENDS, next_try)

        self._store.write(take)
        return [r for r in receipts.values() if r is not None]

    def answered_late(self, answers: Sequence[EventAnswer], now: datetime) -> int:
        """Take in answers that came by another way than they were asked; how many receipts were news.

        Only what is about an entry that still waits counts; an answer that does not hold leaves everything as it is.
        """
        by_hash = {a.content_hash: a for a in answers}
        waiting = self._store.rows("SELECT seq, hash FROM outbox JOIN journal USING (seq) WHERE state <> 'done'")
        found = self.outgoing([r["seq"] for r in waiting if r["hash"] in by_hash])
        good = [
            out for out in found if by_hash[out.hash].answer is Answer.HELD or self._receipt(out, by_hash[out.hash])
        ]
        return len(self.answered(good, answers, now))

    def failed(self, sent: Sequence[Outgoing], next_try: datetime) -> None:
        """The service is there but did not take these entries. Only one that was alone comes nearer to stuck."""
        column, limit = ("alone", STUCK_AFTER_FAILURES) if len(sent) == 1 else ("tries", 1 << 30)

        def later(db: sqlite_utils.Database) -> None:
            for out in sent:
                _failed(db, out.seq, column, limit, next_try)

        self._store.write(later)

    def again(self, after_seq: int) -> int:
        """The service holds no more than ``after_seq`` (restored from a backup): later entries are pending again."""

        def reopen(db: sqlite_utils.Database) -> int:
            db.table("receipt").delete_where("seq > ?", [after_seq])
            db.execute("UPDATE continued SET count = 0")  # what only the service had, nobody can send again
            cursor = db.execute(
                "UPDATE outbox SET state = 'pending', next_try = '' WHERE seq > ? AND state = 'done'", [after_seq]
            )
            db.execute(
                "UPDATE blob SET delivered = 0 WHERE sha256 IN (SELECT sha256 FROM event_blob WHERE seq > ?)",
                [after_seq],
            )
            return int(cursor.rowcount)

        return self._store.write(reopen)

    def ask_again(self, missing: int) -> None:
        """The service lacks ``missing`` attachments of registered entries: if it once confirmed some, ask about all."""
        waiting = "SELECT count(DISTINCT sha256) FROM event_blob JOIN blob USING (sha256) JOIN outbox USING (seq)"
        self._store.write(
            lambda db: db.execute(
                f"UPDATE blob SET delivered = 0 WHERE delivered AND ? > ({waiting}"  # noqa: S608
                " WHERE state = 'done' AND NOT delivered)",
                [missing],
            )
        )

    def offer_again(self, held: int) -> None:
        """The service keeps ``held`` events aside: if it once kept more, all of them are sent again."""
        self._store.write(
            lambda db: db.execute(
                "UPDATE outbox SET state = 'pending', next_try = '', problem = ''"
                " WHERE state = 'held' AND ? < (SELECT count(*) FROM outbox WHERE state = 'held')",
                [held],
            )
        )

    def registered(self, up_to: int) -> int:
        """Numbers up to this one that the service must hold: it signed so, by a receipt or when this laptop went on."""
        rows = self._store.rows(
            "SELECT max(n) AS n FROM (SELECT count(*) AS n FROM receipt WHERE seq <= ?1 UNION ALL"
            " SELECT count + (SELECT count(*) FROM receipt WHERE seq > c.seq AND seq <= ?1)"
            " FROM continued c WHERE c.seq <= ?1)",
            up_to,
        )
        return int(rows[0]["n"])

    def newest_registered(self) -> int:
        """The highest number that has a receipt; 0 when none."""
        return int(self._store.rows("SELECT coalesce(max(seq), 0) AS n FROM receipt")[0]["n"])

    def _receipt(self, out: Outgoing, answer: EventAnswer | None) -> Receipt | None:
        """The receipt in an answer, if it is signed by the service and is about exactly this entry."""
        if answer is None or answer.answer is not Answer.REGISTERED or answer.receipt is None:
            return None
        signed, identity = answer.receipt, self._work.identity
        if not device.verify(identity.enrolment.receipt_key, signed.payload, signed.signature):
            return None
        try:
            receipt = wire.decode(signed.payload, Receipt)
        except msgspec.MsgspecError:
            return None
        told = (receipt.content_hash, receipt.device_id, receipt.device_seq)
        return receipt if told == (out.hash, identity.device_id, out.seq) else None

    # -- blobs
    def undelivered(self, limit: int) -> list[BlobRef]:
        """Blobs of registered entries that the service does not hold whole, oldest entry first."""
        return self._blobs("outbox.state = 'done' AND NOT delivered AND blob.problem = ''", limit)

    def _blobs(self, where: str, limit: int, *values: object) -> list[BlobRef]:
        sql = "SELECT blob.sha256, size, media_type, min(role) AS role FROM event_blob JOIN blob USING (sha256)"
        sql += " JOIN outbox USING (seq) WHERE " + where + " GROUP BY blob.sha256 ORDER BY min(seq) LIMIT ?"
        rows = self._store.rows(sql, *values, limit)
        return [BlobRef(r["sha256"], r["size"], r["media_type"], r["role"]) for r in rows]

    def delivered(self, digests: Sequence[str]) -> None:
        """The service holds these blobs whole."""

        def mark(db: sqlite_utils.Database) -> None:
            for digest in digests:
                db.table("blob").update(digest, {"delivered": 1, "problem": ""})

        self._store.write(mark)

    def not_whole(self, limit: int) -> list[BlobRef]:
        """Every attachment of a sealed entry that the service does not hold whole, oldest entry first."""
        return self._blobs("NOT delivered AND blob.problem = ''", limit)

    def blobs_after(self, seq: int) -> list[BlobRef]:
        """Every attachment of the entries behind this one."""
        return self._blobs("seq > ? AND blob.problem = ''", ALL, seq)

    def delivered_late(self, digests: Sequence[str]) -> int:
        """The service holds these blobs whole; how many of them were still waited for."""
        waiting = {b.sha256 for b in self.not_whole(ALL)}
        fresh = [d for d in digests if d in waiting]
        self.delivered(fresh)
        return len(fresh)

    def blob_broken(self, digest: str, problem: str) -> None:
        """A blob that cannot be sent: its record says so, all others go on."""
        self._store.write(lambda db: db.table("blob").update(digest, {"problem": problem}))

    # -- what the screens list
    def summaries(self, query: str, limit: int) -> list[RecordSummary]:
        """Records, newest first, whose name, code, number or day holds ``query``."""
        like = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        where = " OR ".join(f"r.{column} LIKE ? ESCAPE '\\'" for column in ("name", "code", "document_number", "day"))
        return self._summaries(f"WHERE {where} ORDER BY r.seq DESC LIMIT ?", like, like, like, like, limit)

    def unfinished(self) -> list[RecordSummary]:
        """Every record that is not complete, oldest first."""
        found = self._summaries("WHERE o.state <> 'done' OR blobs_left > 0 ORDER BY r.seq")
        return [s for s in found if s.state is not RecordState.COMPLETE]

    def summary(self, event_id: str) -> RecordSummary:
        return self._summaries("WHERE r.event_id = ?", event_id)[0]

    def summary_at(self, seq: int) -> RecordSummary:
        return self._summaries("WHERE r.seq = ?", seq)[0]

    def _summaries(self, where: str, *values: object) -> list[RecordSummary]:
        return [
            RecordSummary(
                r["event_id"],
                r["seq"],
                r["document_number"],
                r["name"],
                r["code"],
                datetime.fromisoformat(r["sealed_at"]),
                state_of(r["state"], r["blobs_left"], bool(r["blob_problem"])),
                r["problem"] or r["blob_problem"] or r["note"],
                r["ledger_number"] or 0,
                r["blobs_left"],
                _moment(r["next_try"]),
            )
            for r in self._store.rows(_RECORDS + where, *values)
        ]


def state_of(queue_state: str, blobs_left: int, blob_problem: bool = False) -> RecordState:
    """The state on screen: a function of the queue and of the blobs that are still to be delivered."""
    if queue_state == "done" and blobs_left:
        return RecordState.STUCK if blob_problem else RecordState.REGISTERED
    states = {"done": RecordState.COMPLETE, "held": RecordState.HELD, "stuck": RecordState.STUCK}
    return states.get(queue_state, RecordState.SEALED)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _receive(db: sqlite_utils.Database, seq: int, signed: Signed, receipt: Receipt) -> None:
    row = {
        "seq": seq,
        "payload": signed.payload,
        "signature": signed.signature,
        "ledger_number": receipt.ledger_number,
    }
    db.table("receipt").upsert(row, pk="seq")
    db.table("outbox").update(seq, {"state": "done", "next_try": "", "problem": ""})


def _failed(db: sqlite_utils.Database, seq: int, column: str, limit: int, next_try: datetime) -> None:
    row = next(iter(db.query("SELECT tries, alone, resends FROM outbox WHERE seq = ?", [seq])))
    count = row[column] + 1
    changes = {column: count, "tries": row["tries"] + 1}
    if count >= limit:
        changes |= {"state": "stuck", "next_try": "", "problem": _UNREADABLE}
    else:
        changes |= {"next_try": next_try.isoformat()}
    db.table("outbox").update(seq, changes)
