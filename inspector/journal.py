"""The device's journal: a hash chain of signed entries, and how it is checked by anybody with the public key."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from inspector import wire
from inspector.trust import device
from inspector.wire import Event, SealedEvent

START = "0" * 64
"""Previous hash of the first entry."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: sequence number and hash of its newest entry."""

    seq: int = 0
    hash: str = START


def entry_hash(event: bytes) -> str:
    """Hex SHA-256 of an entry's bytes."""
    return sha256(event).hexdigest()


def seal(event: Event, private: bytes) -> SealedEvent:
    """Make the bytes of an entry, once and for all, and sign them."""
    data = wire.encode(event)
    return SealedEvent(data, device.sign(private, data))


def follows(head: Head, entry: SealedEvent, public: bytes, vouched: Collection[Head] = ()) -> str:
    """Why an entry does not follow ``head``, or empty when it does.

    ``vouched``: where the chain stood at the centre when a laptop that had been restored went on after it.
    """
    if not device.verify(public, entry.event, entry.signature):
        return "签名不符"
    try:
        event = wire.decode(entry.event, Event)
    except msgspec.MsgspecError:
        return "内容不能读取"
    before = Head(event.device_seq - 1, event.prev_hash)
    if before.seq >= head.seq and before in vouched:
        return ""
    if before.seq != head.seq:
        return f"序号应为 {head.seq + 1}，实为 {event.device_seq}"
    return "" if before == head else "与前一条不相连"


def check_chain(entries: Iterable[SealedEvent], public: bytes, vouched: Collection[Head] = ()) -> tuple[Head, str]:
    """Check a whole chain. The head reached, and what is wrong at the entry after it, or empty."""
    head = Head()
    for entry in entries:
        wrong = follows(head, entry, public, vouched)
        if wrong:
            return head, f"第 {head.seq + 1} 条：{wrong}"
        head = Head(wire.decode(entry.event, Event).device_seq, entry_hash(entry.event))
    return head, ""


def event_id(now: datetime, random: bytes) -> str:
    """A UUIDv7 (RFC 9562) from the time and ten random bytes: sorts by time, never twice."""
    milliseconds = int(now.timestamp() * 1000) & (2**48 - 1)
    tail = int.from_bytes(random[:10], "big")
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | tail & (2**62 - 1)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
