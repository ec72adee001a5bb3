"""The shapes exchanged with the central service, version 1, and their one codec.

Both sides encode and decode with these functions: strict on types, tolerant of fields that a newer
side added. Bytes travel as base64. Sealed bytes are never decoded and encoded again: signatures are
over the bytes as they were made.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from inspector.inspection import Officer
from inspector.terms import Term

T = TypeVar("T")

PREFIX = "/v1"
CHUNK = 256 * 1024
"""Bytes of one chunk of a blob; the last may be shorter."""
MAX_BATCH_EVENTS = 200
MAX_BATCH_BYTES = 1024 * 1024


def encode(value: Any) -> bytes:
    """Canonical JSON: members sorted, no blanks, the same bytes for the same value."""
    return msgspec.json.encode(value, order="sorted")


def decode(data: bytes, kind: type[T]) -> T:
    """Decode and check; raises ``msgspec.ValidationError`` or ``msgspec.DecodeError``, both ``MsgspecError``."""
    try:
        return msgspec.json.decode(data, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("not UTF-8") from error
    except RecursionError:  # hostile: thousands of brackets in each other
        raise msgspec.DecodeError("nested too deep") from None


class EventKind(Term):
    """What an entry of the journal records. All kinds are in one chain and all go up."""

    INSPECTION = "inspection", "检查记录"
    AMENDMENT = "amendment", "更正"
    VOID = "void", "作废"
    LEAD = "lead", "线索"
    ALIAS = "alias", "码绑定"
    TASK = "task", "任务回执"
    AUDIT = "audit", "审计"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A photo, a signature image or a rendered paper that belongs to an event."""

    sha256: str
    size: int
    media_type: str
    role: str
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a device's journal. ``body`` is the kind's own shape (for an inspection: the ``Inspection``)."""

    event_id: str
    kind: EventKind
    schema: str
    """``name/version`` of the body."""
    device_id: str
    device_seq: int
    """1, 2, 3 … without gaps."""
    prev_hash: str
    """Hex SHA-256 of the previous entry's bytes; 64 zeros for the first."""
    officers: tuple[str, ...]
    captured_at: datetime
    clock: str
    body: dict[str, Any]
    template_hash: str = ""
    entity: str = ""
    """Unified social credit code, or empty."""
    refers_to: str = ""
    """The event that an amendment or void is about."""
    blobs: tuple[BlobRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """The bytes of an event as sealed, and the device's Ed25519 signature over them."""

    event: bytes
    signature: bytes


class Answer(Term):
    """The service's answer to one event."""

    REGISTERED = "registered", "已登记"
    HELD = "held", "暂存待人工处理"
    RESEND = "resend", "请重发"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Signed by the service: it holds exactly this event."""

    event_id: str
    device_id: str
    device_seq: int
    content_hash: str
    """Hex SHA-256 of the event's bytes."""
    ledger_number: int
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """Canonical bytes of some shape with a signature; ``key_id`` names the key in the trust list."""

    payload: bytes
    signature: bytes
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class EventAnswer:
    content_hash: str
    """Names the event that is answered, even when its id could not be read."""
    answer: Answer
    receipt: Signed | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EventBatch:
    events: tuple[SealedEvent, ...]


@dataclass(frozen=True, slots=True)
class EventAnswers:
    answers: tuple[EventAnswer, ...]


@dataclass(frozen=True, slots=True)
class BlobQuery:
    blobs: tuple[BlobRef, ...]


@dataclass(frozen=True, slots=True)
class BlobState:
    sha256: str
    complete: bool
    chunks: tuple[int, ...] = ()
    """Numbers of the chunks that the service holds, when not complete."""


@dataclass(frozen=True, slots=True)
class BlobStates:
    blobs: tuple[BlobState, ...]


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    code: str
    device_name: str
    signing_key: bytes
    """Ed25519 public key, 32 bytes."""
    box_key: bytes
    """X25519 public key, 32 bytes: register keys are sealed to it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers that an administrator may change."""

    max_data_age_days: int = 7
    permit_warning_days: int = 30
    lease_days: int = 45
    idle_lock_minutes: int = 10
    supplement_days: int = 10
    """Days within which an offline check-in must be supplied to the service."""


@dataclass(frozen=True, slots=True)
class DeviceCertificate:
    device_id: str
    device_name: str
    signing_key: bytes
    unit: str
    area: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The answer to an enrolment. ``certificate`` is a ``Signed`` ``DeviceCertificate``."""

    certificate: Signed
    receipt_key: bytes
    """Ed25519 public key that signs receipts, proofs, certificates."""
    recovery_key: bytes
    """X25519 public key: recovery slots and stick packages are sealed to it."""
    tuf_root: bytes
    area: str
    unit: str
    officers: tuple[Officer, ...]
    policy: Policy
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the service holds of this device. Travels as ``Signed``: this is the day-end proof."""

    device_id: str
    highest_seq: int
    count: int
    head: str
    """Hex hash of the entry ``highest_seq``; 64 zeros when none."""
    blobs_missing: int
    """Blobs named by registered events that are not complete yet."""
    server_time: datetime
    held: int = -1
    """Events kept aside that are not registered since; -1 from a service that does not tell."""


@dataclass(frozen=True, slots=True)
class Task:
    """检查任务, from a plan or an assignment."""

    task_id: str
    number: str
    title: str
    code: str
    name: str
    premises: str
    template: str
    """Checklist id that fits."""
    basis: str
    """A ``BasisKind`` value."""
    due: str
    """ISO date."""
    notice_number: str = ""
    officers: tuple[str, ...] = ()
    state: str = "open"
    """``open``, ``done`` or ``recalled``."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One instruction or piece of data from the service, in order of ``number``.

    Kinds in use: ``task`` (a Task), ``officers`` (list of Officer), ``policy`` (a Policy),
    ``template`` (a checklist), ``hosts`` (host rules), ``alias`` (a decided binding),
    ``decision`` (outcome of a held event), ``numbers`` (a block of document numbers).
    Unknown kinds are kept, not dropped.
    """

    number: int
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    items: tuple[FeedItem, ...]
    next: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class RegisterKey:
    """The key of a register snapshot, sealed to the device's box key."""

    target: str
    """TUF target path of the snapshot."""
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """What a register snapshot is; the ``custom`` part of its TUF target."""

    area: str
    epoch: int
    row_version: int
    rows: int
    digest: str
    """Order-free digest of the rows: see ``inspector.register_file``."""
    made_at: datetime
    format: str = "register/1"


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """RFC 9457 problem of the service."""

    type: str
    title: str
    status: int
    detail: str = ""
    code: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
