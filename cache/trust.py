"""The signed lists by which codes are proved offline: taken from the feed, never back to an older version."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlite_utils

from cache import trust_root
from cache.meta import put_meta, value_of
from cache.work import Work
from inspector import wire
from inspector.payload import Payload, PayloadKind
from inspector.trust import code, device
from inspector.trust.keys import KeyList, KeyRing, RootSigned
from inspector.trust.status import StatusList
from inspector.verdict import Token, TokenState
from inspector.wire import Enrolment, Signed

ROOT, KEYS, STATUSES = "trust/root", "trust/issuing", "trust/statuses"


@dataclass(frozen=True, slots=True)
class Lists:
    """Body of ``trust``: the key list under the root and ``StatusList`` values signed by the service."""

    keys: RootSigned
    statuses: tuple[Signed, ...] = ()


def take(db: sqlite_utils.Database, lists: Lists, enrolment: Enrolment) -> None:
    """Take newer lists in, inside a transaction.

    Raises ``msgspec.ValidationError`` when one is not the service's, or the keys are not the root's.
    """
    root = trust_root.follow(value_of(db, ROOT, bytes) or enrolment.tuf_root, lists.keys.roots)
    keys = trust_root.key_list(root, lists.keys)
    statuses = [msgspec.json.decode(proved(s, enrolment.receipt_key), type=StatusList) for s in lists.statuses]
    put_meta(db, ROOT, wire.encode(root))
    known = value_of(db, KEYS, KeyList)
    if known is None or keys.version > known.version:
        put_meta(db, KEYS, wire.encode(keys))
    held = {s.name: s for s in value_of(db, STATUSES, tuple[StatusList, ...]) or ()}
    for status in statuses:
        if status.name not in held or status.version > held[status.name].version:
            held[status.name] = status
    put_meta(db, STATUSES, wire.encode(tuple(held.values())))


def proved(signed: Signed, receipt_key: bytes) -> bytes:
    """What the service signed. Raises ``msgspec.ValidationError`` when it did not."""
    if not device.verify(receipt_key, signed.payload, signed.signature):
        raise msgspec.ValidationError("not signed by the service")
    return signed.payload


def prove(work: Work, payload: Payload, now: datetime) -> Token:
    """What the signature of a scanned code says; a code without one is ``ABSENT``."""
    if payload.kind is not PayloadKind.SIGNED:
        return Token(TokenState.ABSENT)
    keys = work.meta(KEYS, KeyList)
    if keys is None:
        return Token(TokenState.KEY_UNKNOWN)
    statuses = {s.name: s for s in work.meta(STATUSES, tuple[StatusList, ...]) or ()}
    return code.verify(payload.token, payload.code, KeyRing(keys.keys), statuses, now)
