"""What the centre sends down: taken in order, each item once, kept even when this program does not know its kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlite_utils

from cache import trust
from cache.documents import put_template
from cache.meta import put_meta, value_of
from cache.numbers import BLOCKS, Numbers
from cache.people import HOST_RULES
from cache.work import Work, put_sighting
from inspector import wire
from inspector.checklist import Template
from inspector.hosts import HostRules
from inspector.inspection import Officer
from inspector.orders import ORDER, WIPE, WipeOrder
from inspector.sightings import Sighting
from inspector.wire import Feed, FeedItem, Policy, Signed, Task

CURSOR = "feed/next"


@dataclass(frozen=True, slots=True)
class Officers:
    """Body of ``officers``: the whole roster."""

    officers: tuple[Officer, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Body of ``alias``: the centre's word on what a payload without identifier is bound to."""

    key: str
    code: str
    """Empty: the centre rejected the binding."""
    confirmed: bool = True
    conflict: tuple[str, ...] = ()
    """Codes that different officers bound it to, while the centre has not decided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Body of ``decision``: a person decided about a held event."""

    content_hash: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Copies:
    """Body of ``copies``: one signed code was seen at two addresses, by this laptop or by others."""

    seen: tuple[Sighting, ...]


def cursor(work: Work) -> int:
    """Number after which the feed goes on."""
    return work.meta(CURSOR, int) or 0


def apply(work: Work, feed: Feed, now: datetime) -> int:
    """Take one page in, in one transaction; how many items were new. Taken twice is taken once."""

    def take(db: sqlite_utils.Database) -> int:
        after = value_of(db, CURSOR, int) or 0
        fresh = sorted((i for i in feed.items if i.number > after), key=lambda i: i.number)
        for item in fresh:
            row: dict[str, Any] = {"number": item.number, "kind": item.kind, "body": wire.encode(item.body)}
            db.table("feed").insert(row)
            try:
                if item.kind == "trust":
                    lists = msgspec.convert(item.body, trust.Lists)
                    trust.take(db, lists, work.identity.enrolment)
                elif item.kind == WIPE:
                    _wipe(db, msgspec.convert(item.body, Signed), work)
                else:
                    _take(db, item, now)
            except msgspec.ValidationError:
                what = f"中心的第 {item.number} 号通知（{item.kind[:20]}）本程序不能读取，请更新程序。"
                db.table("alarm").insert({"what": what, "at": now.isoformat()}, pk="what", ignore=True)
        put_meta(db, CURSOR, wire.encode(max(after, feed.next)))
        return len(fresh)

    return work.store.write(take)


def _take(db: sqlite_utils.Database, item: FeedItem, now: datetime) -> None:
    if item.kind == "task":
        task = msgspec.convert(item.body, Task)
        row = {"task_id": task.task_id, "body": wire.encode(task), "state": task.state, "due": task.due}
        db.table("task").upsert(row, pk="task_id")
    elif item.kind == "officers":
        put_meta(db, "officers", wire.encode(msgspec.convert(item.body, Officers).officers))
    elif item.kind == "policy":
        put_meta(db, "policy", wire.encode(msgspec.convert(item.body, Policy)))
    elif item.kind == "hosts":
        put_meta(db, HOST_RULES, wire.encode(msgspec.convert(item.body, HostRules)))
    elif item.kind == "template":
        put_template(db, msgspec.convert(item.body, Template))
    elif item.kind == "numbers":
        _append(db, BLOCKS, msgspec.convert(item.body, Numbers))
    elif item.kind == "alias":
        _bind(db, msgspec.convert(item.body, Alias))
    elif item.kind == "copies":
        _copied(db, msgspec.convert(item.body, Copies), now)
    elif item.kind == "decision":
        _decide(db, msgspec.convert(item.body, Decision))


def _wipe(db: sqlite_utils.Database, signed: Signed, work: Work) -> None:
    """Keep an order to forget everything: only the centre's, and only for this laptop."""
    order = msgspec.json.decode(trust.proved(signed, work.identity.enrolment.receipt_key), type=WipeOrder)
    if order.device_id != work.identity.device_id:
        raise msgspec.ValidationError("not for this laptop")
    put_meta(db, ORDER, wire.encode(order))


def _bind(db: sqlite_utils.Database, alias: Alias) -> None:
    if not alias.code and not alias.conflict:
        db.table("alias").delete_where("key = ?", [alias.key])
        return
    bound: dict[str, Any] = {"key": alias.key, "code": alias.code, "confirmed": int(alias.confirmed)}
    db.table("alias").upsert({**bound, "conflict": " ".join(alias.conflict)}, pk="key")


def _copied(db: sqlite_utils.Database, copies: Copies, now: datetime) -> None:
    for seen in copies.seen:
        put_sighting(db, seen)
    places = "、".join(f"“{s.place or '未写明的地址'}”" for s in copies.seen)
    what = f"编号 {copies.seen[0].serial} 的码在不同地址出现，疑似冒用：{places}。" if copies.seen else ""
    if what:
        db.table("alarm").insert({"what": what, "at": now.isoformat()}, pk="what", ignore=True)


def _append(db: sqlite_utils.Database, name: str, value: Any) -> None:
    put_meta(db, name, wire.encode([*(value_of(db, name, list[Any]) or []), value]))


def _decide(db: sqlite_utils.Database, decision: Decision) -> None:
    """An accepted event is sent again, to fetch its receipt; a refused one stays held with the reason."""
    state, problem = ("pending", "") if decision.accepted else ("held", decision.reason)
    db.execute(
        "UPDATE outbox SET state = ?, problem = ?, tries = 0, alone = 0, resends = 0, next_try = ''"
        " WHERE state IN ('held', 'stuck') AND seq = (SELECT seq FROM journal WHERE hash = ?)",
        [state, problem, decision.content_hash],
    )
