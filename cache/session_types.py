"""What the screens get from a session: values only."""

from dataclasses import dataclass, field
from datetime import datetime

from inspector.entity import Entity
from inspector.payload import Payload
from inspector.provenance import WholeLists
from inspector.terms import Term
from inspector.verdict import ClockTrust, Colour, Means, StoreHealth, Token, Verdict
from inspector.wire import Handshake


class RecordState(Term):
    """State of a record on screen; "sent" is not a state. Documented in docs/sync-states.md."""

    DRAFT = "draft", "草稿"
    SEALED = "sealed", "已封存"
    REGISTERED = "registered", "已登记"
    COMPLETE = "complete", "已完整"
    HELD = "held", "中心暂存"
    STUCK = "stuck", "需要处理"


class Connection(Term):
    """What the pill in the top bar says."""

    OFFLINE = "offline", "离线"
    SYNCING = "syncing", "正在同步"
    ONLINE = "online", "已连接"
    REFUSED = "refused", "证书不符"


@dataclass(frozen=True, slots=True)
class RegisterState:
    """The installed register. ``as_of`` is a signed time, never a file's."""

    health: StoreHealth
    area: str
    area_name: str
    epoch: int
    row_version: int
    rows: int
    as_of: datetime | None
    whole_lists: WholeLists = field(default_factory=dict)
    """What its entities are as of, beyond what each tells itself (``inspector.provenance``)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search result."""

    code: str
    name: str
    premises: str
    state: str
    subject: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A code taken apart, looked up and judged."""

    payload: Payload
    means: Means
    token: Token
    entity: Entity | None
    verdict: Verdict
    candidates: tuple[Hit, ...] = ()
    """Several codes in the text, or existing codes near a mistyped one: the officer picks."""
    whole_lists: WholeLists = field(default_factory=dict)
    """Of the register that the entity was found in."""


@dataclass(frozen=True, slots=True)
class RecentCheck:
    code: str
    name: str
    colour: Colour
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftSummary:
    event_id: str
    name: str
    code: str
    answered: int
    items: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class RecordSummary:
    event_id: str
    seq: int
    document_number: str
    name: str
    code: str
    sealed_at: datetime
    state: RecordState
    problem: str = ""
    """Why it is held or stuck, in the user's language."""
    ledger_number: int = 0
    blobs_left: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """The record as printed: PDF/A-2b, and its pages as PNG."""

    pdf: bytes
    pages: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a running sync is doing."""

    what: str
    done: int
    total: int
    """Bytes; 0 when not known."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The day-end proof: the service's signed word, compared with this laptop's chain."""

    equal: bool
    text: str
    handshake: Handshake
    local_seq: int
    local_head: str


@dataclass(frozen=True, slots=True)
class SecondCopy:
    """The copy on a second medium."""

    place: str
    at: datetime | None
    """When it was last complete."""
    behind: int
    """Entries without a receipt that it lacks."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    connection: Connection
    pending_events: int
    pending_blobs: int
    queue: tuple[RecordSummary, ...]
    """Every sealed record that is not complete."""
    last_success: datetime | None
    oldest_unsent: datetime | None
    proof: Proof | None
    clock: ClockTrust
    next_try: datetime | None = None
    """When the next round is worth while: something failed, or waits; None when all is done."""
    photos_wait: bool = False
    """The officer wants photographs sent only when asked for (a metered or weak network)."""
    paused: bool = False
    """The officer wants no round that was not asked for."""
    second: SecondCopy | None = None
    """None when no second medium is configured."""
