"""A laptop that was restored from a backup, or whose disk was copied, goes on after what the centre holds of it.

Its chain stays one chain at the centre. What it does not have itself it calls held centrally; the centre's signed word
vouches for the gap, here and in the evidence that others check.
"""

from datetime import datetime

import sqlite_utils

from cache import numbers
from cache.db import Store
from cache.work import Work, newest
from inspector.journal import Head
from inspector.wire import Handshake, Signed


def words(store: Store) -> tuple[Signed, ...]:
    """The centre's words after which this laptop went on, oldest first."""
    return tuple(
        Signed(r["payload"], r["signature"]) for r in store.rows("SELECT payload, signature FROM continued ORDER BY id")
    )


def vouched(store: Store) -> frozenset[Head]:
    """Where the chain stood at the centre each time."""
    return frozenset(Head(r["seq"], r["hash"]) for r in store.rows("SELECT seq, hash FROM continued"))


def knows(store: Store, head: Head) -> bool:
    """Whether this is a place of the own chain: an entry of this laptop, or one that it went on after."""
    return bool(store.rows(_KNOWN, head.seq, head.hash)) or head == Head()


def elsewhere(work: Work) -> int:
    """Numbers of the own chain that only the centre holds."""
    [row] = work.store.rows("SELECT count(*) AS n FROM journal")
    return work.head().seq - int(row["n"])


def go_on(work: Work, signed: Signed, told: Handshake, now: datetime) -> bool:
    """Go on after the centre when it holds what this laptop does not know and has nothing newer to put behind it.

    One transaction: an entry that is sealed meanwhile comes before or after it, never beside it.
    """
    theirs = Head(told.highest_seq, told.head)

    def adopt(db: sqlite_utils.Database) -> bool:
        own = newest(db)
        if theirs.seq < max(own.seq, 1) or list(db.query(_KNOWN, [theirs.seq, theirs.hash])):
            return False
        row = {"seq": theirs.seq, "hash": theirs.hash, "count": told.count}
        db.table("continued").insert({**row, "payload": signed.payload, "signature": signed.signature})
        numbers.doubt(db)
        what = _lost(own.seq + 1, theirs.seq) if theirs.seq > own.seq else _copied(theirs.seq)
        db.table("alarm").insert({"what": what, "at": now.isoformat()}, pk="what", ignore=True)
        return True

    return work.store.write(adopt)


_KNOWN = """
    SELECT 1 FROM journal WHERE seq = ?1 AND hash = ?2 UNION ALL SELECT 1 FROM continued WHERE seq = ?1 AND hash = ?2
"""


def _lost(first: int, last: int) -> str:
    return f"中心保有本机没有的第 {first}…{last} 条：本机可能从备份恢复过。新的记录接在其后，请告知管理员。"


def _copied(seq: int) -> str:
    return f"第 {seq} 条与中心保存的不同：本机的数据可能被复制过，两份都已保留，请联系管理员。"
