"""Evidence that leaves the laptop: entries of its journal with signatures and receipts, checked by anybody.

Nothing secret is needed to check it: only the service's public keys. The entries are the very bytes that were sealed.
docs/journal.md describes the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from inspector import wire
from inspector.journal import Head, entry_hash, follows
from inspector.trust import device
from inspector.wire import DeviceCertificate, Event, EventKind, Handshake, Receipt, SealedEvent, Signed

FORMAT = "mashangcha-evidence/1"
LARGEST = 512 << 20
"""Bytes of a file that is looked at: a laptop's whole journal of years is smaller."""
EARLY = timedelta(minutes=10)
"""A laptop's clock may be so far ahead of the service's; the service refuses more."""


class Extent(StrEnum):
    """How much of a journal is in the file."""

    RECORD = "record"
    """One record, and the entries that refer to it."""
    JOURNAL = "journal"
    """Everything from the first entry on."""


@dataclass(frozen=True, slots=True)
class Proven:
    """One entry as sealed, and the service's receipt when the laptop had it."""

    entry: SealedEvent
    receipt: Signed | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The file."""

    format: str
    extent: Extent
    certificate: Signed
    """``DeviceCertificate``, signed by the service."""
    entries: tuple[Proven, ...]
    proof: Signed | None = None
    """The newest ``Handshake``: what the service said that it holds."""
    continued: tuple[Signed, ...] = ()
    """Each ``Handshake`` after which a laptop that had been restored went on: the service vouches for the gap."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a checker needs: ``python -m central keys public`` writes it, and it may be published."""

    receipt_keys: tuple[bytes, ...]
    """Ed25519 keys that sign certificates, receipts and proofs."""


@dataclass(slots=True)
class Findings:
    """What a check found. No ``wrong`` sentence: the evidence holds."""

    device: DeviceCertificate | None = None
    head: Head = field(default_factory=Head)
    entries: int = 0
    receipts: int = 0
    attachments: int = 0
    first: datetime | None = None
    last: datetime | None = None
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(data: bytes) -> Evidence:
    """The file's content. Raises ``msgspec.MsgspecError``."""
    evidence = wire.decode(data, Evidence)
    if evidence.format != FORMAT:
        raise msgspec.ValidationError(f"format {evidence.format[:40]!r}")
    return evidence


def check(evidence: Evidence, keys: PublicKeys, attached: Mapping[str, int] | None = None) -> Findings:
    """Check everything that can be checked. ``attached``: SHA-256 and size of the files that lie beside it."""
    found = Findings()
    found.device = certificate = _opened(evidence.certificate, keys, DeviceCertificate)
    if certificate is None:
        found.wrong.append("电脑的证书不是中心签发的，不能证明是哪台电脑的记录。")
        return found
    if not evidence.entries:
        found.wrong.append("文件里没有任何记录。")
        return found
    vouched = {Head(word.highest_seq, word.head) for word in _words(evidence, keys, certificate)}
    events = _chain(evidence, certificate, vouched, found)
    for event, proven in zip(events, evidence.entries, strict=False):
        _receipt(event, proven, keys, found)
        _times(event, found)
        _attachments(event, attached, found)
    if evidence.extent is Extent.RECORD:
        _one_record(events, found)
    _proof(evidence, keys, certificate, events, found)
    return found


def conflict(one: Evidence, other: Evidence) -> str:
    """What two journals of one device contradict each other in, or empty: a cloned laptop wrote two continuations."""
    first, second = ({_seq(p): p.entry.event for p in e.entries} for e in (one, other))
    for seq in sorted(first.keys() & second.keys()):
        if first[seq] != second[seq]:
            return f"第 {seq} 条在两份文件中不同：这台电脑的数据被复制过，或其中一份被改写。"
    return ""


def _opened(signed: Signed | None, keys: PublicKeys, kind: type[wire.T]) -> wire.T | None:
    if signed is None or not any(device.verify(k, signed.payload, signed.signature) for k in keys.receipt_keys):
        return None
    try:
        return wire.decode(signed.payload, kind)
    except msgspec.MsgspecError:
        return None


def _words(evidence: Evidence, keys: PublicKeys, certificate: DeviceCertificate) -> Iterable[Handshake]:
    """What the service said of this device; anything else vouches for nothing."""
    words = (_opened(signed, keys, Handshake) for signed in evidence.continued)
    return (word for word in words if word is not None and word.device_id == certificate.device_id)


def _seq(proven: Proven) -> int:
    try:
        return wire.decode(proven.entry.event, Event).device_seq
    except msgspec.MsgspecError:
        return 0


def _chain(
    evidence: Evidence, certificate: DeviceCertificate, vouched: AbstractSet[Head], found: Findings
) -> list[Event]:
    """Signatures of all entries; in a journal also that each follows the one before it. The events that hold."""
    events: list[Event] = []
    ids: set[str] = set()
    for number, proven in enumerate(evidence.entries, 1):
        wrong = _entry(evidence.extent, proven.entry, certificate, found.head, vouched)
        if wrong:
            found.wrong.append(f"第 {number} 条：{wrong}。此后的内容不能采信。")
            break
        event = wire.decode(proven.entry.event, Event)
        if event.event_id in ids:
            found.wrong.append(f"第 {number} 条：编号与前面的一条相同。")
            break
        ids.add(event.event_id)
        if evidence.extent is Extent.JOURNAL and event.prev_hash != found.head.hash:
            found.notes.append(_gap(found.head.seq + 1, event.device_seq - 1))
        found.head = Head(event.device_seq, entry_hash(proven.entry.event))
        events.append(event)
    found.entries = len(events)
    return events


def _gap(first: int, last: int) -> str:
    if first > last:
        return f"第 {last} 条在中心另有一份：这台电脑的数据被复制过。"
    return f"第 {first}…{last} 条只在中心，不在文件中：这台电脑从备份恢复过，其后的内容接在中心的记录之后。"


def _entry(
    extent: Extent, entry: SealedEvent, certificate: DeviceCertificate, head: Head, vouched: AbstractSet[Head]
) -> str:
    if extent is Extent.JOURNAL and (wrong := follows(head, entry, certificate.signing_key, vouched)):
        return wrong
    if not device.verify(certificate.signing_key, entry.event, entry.signature):
        return "签名不符"
    try:
        event = wire.decode(entry.event, Event)
    except msgspec.MsgspecError:
        return "内容不能读取"
    if event.device_id != certificate.device_id:
        return "是另一台电脑的记录"
    return "" if event.device_seq > head.seq else "顺序颠倒"


def _receipt(event: Event, proven: Proven, keys: PublicKeys, found: Findings) -> None:
    if proven.receipt is None:
        return
    receipt = _opened(proven.receipt, keys, Receipt)
    if receipt is None:
        found.wrong.append(f"第 {event.device_seq} 条：回执不是中心签发的。")
        return
    told = (receipt.event_id, receipt.device_id, receipt.device_seq, receipt.content_hash)
    if told != (event.event_id, event.device_id, event.device_seq, entry_hash(proven.entry.event)):
        found.wrong.append(f"第 {event.device_seq} 条：回执是另一条记录的。")
        return
    if event.captured_at > receipt.server_time + EARLY:
        found.wrong.append(f"第 {event.device_seq} 条：写明的时间晚于中心收到它的时间。")
    found.receipts += 1


def _times(event: Event, found: Findings) -> None:
    if found.last is not None and event.captured_at < found.last:
        found.notes.append(f"第 {event.device_seq} 条写明的时间早于它前面的一条（电脑的时钟：{event.clock}）。")
    found.first = found.first or event.captured_at
    found.last = max(found.last or event.captured_at, event.captured_at)


def _attachments(event: Event, attached: Mapping[str, int] | None, found: Findings) -> None:
    if attached is None:
        return
    for blob in event.blobs:
        if blob.sha256 not in attached:
            found.notes.append(f"第 {event.device_seq} 条：缺少附件 {blob.sha256[:8]}（{blob.media_type}）。")
        elif attached[blob.sha256] != blob.size:
            found.wrong.append(f"第 {event.device_seq} 条：附件 {blob.sha256[:8]} 的大小与记录不符。")
        else:
            found.attachments += 1


def _one_record(events: Sequence[Event], found: Findings) -> None:
    """A record comes with what refers to it, and with nothing else."""
    if not events:
        return
    base = events[0]
    if base.kind is EventKind.AMENDMENT:
        found.wrong.append("文件里只有更正，没有被更正的记录。")
    if any(e.refers_to != base.event_id for e in events[1:]):
        found.wrong.append("文件里有与这条记录无关的内容。")


def _proof(
    evidence: Evidence,
    keys: PublicKeys,
    certificate: DeviceCertificate,
    events: Sequence[Event],
    found: Findings,
) -> None:
    """What the service said that it holds: a journal that ends before it was cut."""
    if evidence.proof is None:
        return
    told = _opened(evidence.proof, keys, Handshake)
    if told is None or told.device_id != certificate.device_id:
        found.wrong.append("中心的证明不是中心签发的，或是另一台电脑的。")
        return
    if evidence.extent is not Extent.JOURNAL:
        return
    # Every place of the chain: the entries, and what they say that they follow.
    places = {event.device_seq - 1: {event.prev_hash} for event in events}
    for event, proven in zip(events, evidence.entries, strict=False):
        places.setdefault(event.device_seq, set()).add(entry_hash(proven.entry.event))
    if len(events) == len(evidence.entries) and told.highest_seq > found.head.seq:
        found.wrong.append(f"中心保有到第 {told.highest_seq} 条，文件只到第 {found.head.seq} 条：尾部被截去。")
    elif told.highest_seq and told.head not in places.get(told.highest_seq, {told.head}):
        found.wrong.append(f"第 {told.highest_seq} 条与中心保存的不同：被改写过。")


def described(found: Findings, whole: Extent) -> Iterable[str]:
    """The result in sentences, the verdict first."""
    yield "证明不成立：" if found.wrong else "证明成立。"
    yield from found.wrong
    if found.device is not None:
        yield f"电脑：{found.device.device_name}（{found.device.device_id}），{found.device.unit}"
    if found.entries:
        yield f"记录：{found.entries} 条，已回执 {found.receipts} 条"
        if found.receipts < found.entries:
            yield f"有 {found.entries - found.receipts} 条没有中心的回执：只能证明由这台电脑签名，不能证明何时。"
        yield f"校验码：{found.head.hash[:8]}（第 {found.head.seq} 条，全文 {found.head.hash}）"
    if found.attachments:
        yield f"附件：{found.attachments} 份与记录一致"
    if whole is Extent.JOURNAL and found.receipts == found.entries:
        yield "每一条都已由中心签收。"
    yield from found.notes
