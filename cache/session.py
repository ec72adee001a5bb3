"""An unlocked laptop in the hands of one officer: the one door from the screens to the store and the network.

Every method may block on the disk (never on the network, but for ``sync``) and is called off the UI
thread. Methods are thread-safe.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag

from inspector.entity import Entity
from inspector.inspection import Basis, Inspection, Officer, Photo
from inspector.payload import Payload
from inspector.terms import Term
from inspector.verdict import ClockTrust, Colour, Means, StoreHealth, Token, Verdict
from inspector.wire import Handshake, Policy, Task


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


class Session:
    """See the module. Raises ``Problem`` leaves as each method says."""

    officer: Officer

    def lock(self) -> None:
        """Forget the keys. Drafts are already saved. Further calls raise VaultProblem."""
        raise NotImplementedError

    # -- people and policy
    def roster(self) -> tuple[Officer, ...]:
        """Officers of this unit, valid or not."""
        raise NotImplementedError

    def policy(self) -> Policy:
        raise NotImplementedError

    def clock_trust(self) -> ClockTrust:
        raise NotImplementedError

    def setting(self, name: str) -> str:
        """A setting of ``cache.settings`` as text."""
        raise NotImplementedError

    def set_setting(self, name: str, value: str) -> None:
        raise NotImplementedError

    # -- the register
    def register(self) -> RegisterState:
        raise NotImplementedError

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        raise NotImplementedError

    def check(self, data: bytes, means: Means) -> Checked:
        """Judge what was scanned or typed, and write the view to the journal."""
        raise NotImplementedError

    def recent_checks(self, limit: int = 10) -> list[RecentCheck]:
        raise NotImplementedError

    # -- tasks, drafts
    def tasks(self) -> list[Task]:
        raise NotImplementedError

    def drafts(self) -> list[DraftSummary]:
        raise NotImplementedError

    def begin(self, checked: Checked, template: str, basis: Basis, second: Officer) -> Inspection:
        """Start an inspection: id, document number, first save. Raises NotReady (certificates, basis)."""
        raise NotImplementedError

    def draft(self, event_id: str) -> Inspection:
        raise NotImplementedError

    def save(self, inspection: Inspection) -> datetime:
        """Commit a draft durably; returns when. Raises AlreadySealed, StoreFull."""
        raise NotImplementedError

    def discard(self, event_id: str, reason: str) -> None:
        """Abort a draft (已中止): sealed as an aborted record with its reason, never deleted."""
        raise NotImplementedError

    def add_photo(self, data: bytes, media_type: str, origin: str, shows: str) -> Photo:
        """Store a photo's original bytes, encrypted, durable. Raises StoreFull, UnreadablePicture."""
        raise NotImplementedError

    def picture(self, sha256: str) -> bytes:
        raise NotImplementedError

    # -- papers and the seal
    def paper(self, inspection: Inspection) -> Paper:
        """Set 现场检查笔录 exactly as it will be printed."""
        raise NotImplementedError

    def seal(self, inspection: Inspection, password: str) -> RecordSummary:
        """Seal in one transaction. Raises NotReady, WrongPassword, LockedOut, StoreFull."""
        raise NotImplementedError

    # -- records
    def records(self, query: str = "", limit: int = 200) -> list[RecordSummary]:
        raise NotImplementedError

    def record(self, event_id: str) -> Inspection:
        raise NotImplementedError

    def amend(self, event_id: str, reason: str, text: str) -> RecordSummary:
        """A dated correction of a sealed record, itself a sealed event."""
        raise NotImplementedError

    def lead(self, checked: Checked | None, text: str) -> None:
        """登记线索."""
        raise NotImplementedError

    def audit(self, action: str, detail: str) -> None:
        """An entry of the audit trail: prints, exports, overrides."""
        raise NotImplementedError

    # -- sync
    def sync_status(self) -> SyncStatus:
        raise NotImplementedError

    def sync(self, progress: Callable[[Progress], None], cancel: Flag) -> SyncStatus:
        """One whole round with the service: events up, blobs up, feed down, register down, proof.

        Raises ServiceDown, ServiceImpostor, ServiceRefused, Cancelled; what was done stays done.
        """
        raise NotImplementedError

    def queue(self) -> Sequence[RecordSummary]:
        raise NotImplementedError
