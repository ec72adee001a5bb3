"""An unlocked laptop in the hands of one officer: the one door from the screens to the store and the network.

Every method may block on the disk (never on the network, but for ``sync``) and is called off the UI
thread. Methods are thread-safe. Each only delegates: the work is done in the module that it names.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event as Flag

from cache import evidence, wipe
from cache import stick as sticks
from cache.checks import Checks
from cache.drafts import Drafts
from cache.opened import Opened
from cache.parcel import Copied as Copied
from cache.sealing import Sealing
from cache.session_types import Checked as Checked
from cache.session_types import Connection as Connection
from cache.session_types import DraftSummary as DraftSummary
from cache.session_types import Hit as Hit
from cache.session_types import Paper as Paper
from cache.session_types import Progress as Progress
from cache.session_types import Proof as Proof
from cache.session_types import RecentCheck as RecentCheck
from cache.session_types import RecordState as RecordState
from cache.session_types import RecordSummary as RecordSummary
from cache.session_types import RegisterState as RegisterState
from cache.session_types import SecondCopy as SecondCopy
from cache.session_types import SyncStatus as SyncStatus
from cache.stick import Taken as Taken
from cache.sync import Sync
from inspector.checklist import Template
from inspector.entries import Amendment, Lead
from inspector.inspection import Basis, Inspection, Officer, Photo
from inspector.payload import Payload
from inspector.verdict import ClockTrust, Means
from inspector.wire import Policy, Task


class Session:
    """See the module. Raises ``Problem`` leaves as each method says."""

    officer: Officer

    def __init__(self, opened: Opened, officer: Officer, sync: Sync) -> None:
        self.officer = officer
        self._opened = opened
        self._checks = Checks(opened, officer.number)
        self._drafts = Drafts(opened, officer)
        self._sealing = Sealing(opened, officer)
        self._sync = sync

    def wipe_ordered(self) -> bool:
        """Whether the centre ordered this laptop to forget everything: see ``Laptop.wipe``."""
        return wipe.ordered(self._opened.work) is not None

    def lock(self) -> None:
        """Forget the keys. Drafts are already saved. Further calls raise VaultProblem."""
        self._opened.close()

    # -- people and policy
    def roster(self) -> tuple[Officer, ...]:
        """Officers of this unit, valid or not."""
        return self._opened.people.roster()

    def policy(self) -> Policy:
        return self._opened.people.policy()

    def templates(self) -> dict[str, Template]:
        """The newest version of every checklist, by id."""
        return self._opened.people.templates()

    def template(self, ref: str) -> Template:
        """The checklist ``id@version`` that an inspection names."""
        return self._opened.people.template(ref)

    def clock_trust(self) -> ClockTrust:
        return self._opened.times.judge(self.policy().lease_days)[1]

    def setting(self, name: str) -> str:
        """A setting of ``cache.settings`` as text."""
        return self._opened.settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        self._opened.settings.put(name, value)

    def alarms(self) -> tuple[str, ...]:
        """What a person should look at: lost files, a centre that holds less or more than this laptop."""
        return self._opened.work.alarms()

    def disk_low(self) -> bool:
        """Whether the officer should be told that the disk is getting full (less than 10 GB)."""
        return self._opened.blobs.low()

    def change_password(self, old: str, new: str) -> None:
        """Raises WrongPassword, LockedOut, WeakPassword."""
        keys = self._opened.confirm(self.officer.number, old)
        self._opened.vault.put(keys, self.officer.number, new)
        self.audit("password-changed", self.officer.number)

    # -- the register
    def register(self) -> RegisterState:
        return self._checks.state()

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        return self._checks.search(text, limit)

    def check(self, data: bytes, means: Means, on_site_differs: bool = False) -> Checked:
        """Judge what was scanned or typed, and write the view to the journal.

        ``on_site_differs``: the officer saw that name, address or signboard are not those of the code.
        """
        return self._checks.check(data, means, on_site_differs)

    def confirm_site(self, checked: Checked, same: bool) -> None:
        """现场核对: the officer's answer to whether name, address and signboard are those of the code, for the journal.

        Raises InputProblem when nothing was found that could be compared.
        """
        self._sealing.confirm_site(checked, same)

    def bind(self, payload: Payload, code: str) -> None:
        """绑定: a payload without a code of its own belongs to this entity; unconfirmed until the centre has spoken.

        Raises InputProblem (a payload that must not be bound, no such entity), NoRegister, RegisterDamaged.
        """
        self._sealing.bind(payload, code)

    def recent_checks(self, limit: int = 10) -> list[RecentCheck]:
        return self._opened.work.recent_checks(limit)

    # -- tasks, drafts
    def tasks(self) -> list[Task]:
        return self._opened.work.tasks()

    def drafts(self) -> list[DraftSummary]:
        return self._drafts.list()

    def begin(self, checked: Checked, template: str, basis: Basis, second: Officer) -> Inspection:
        """Start an inspection: id, document number, first save. Raises NotReady (certificates, basis)."""
        return self._drafts.begin(checked, template, basis, second)

    def draft(self, event_id: str) -> Inspection:
        return self._opened.work.draft(event_id)

    def save(self, inspection: Inspection) -> datetime:
        """Commit a draft durably; returns when. Raises AlreadySealed, StoreFull."""
        return self._drafts.save(inspection)

    def discard(self, event_id: str, reason: str) -> None:
        """Abort a draft (已中止): sealed as an aborted record with its reason, never deleted."""
        self._drafts.discard(event_id, reason)

    def add_photo(self, data: bytes, media_type: str, origin: str, shows: str) -> Photo:
        """Store a photo's original bytes, encrypted, durable. Raises StoreFull, UnreadablePicture."""
        return self._drafts.add_photo(data, media_type, origin, shows)

    def picture(self, sha256: str) -> bytes:
        return self._opened.blobs.get(sha256)

    # -- papers and the seal
    def paper(self, inspection: Inspection) -> Paper:
        """Set 现场检查笔录 exactly as it will be printed."""
        return self._sealing.paper(inspection)

    def seal(self, inspection: Inspection, password: str) -> RecordSummary:
        """Seal in one transaction. Raises NotReady, WrongPassword, LockedOut, StoreFull."""
        return self._sealing.seal(inspection, password)

    # -- records
    def records(self, query: str = "", limit: int = 200) -> list[RecordSummary]:
        return self._opened.outbox.summaries(query, limit)

    def record(self, event_id: str) -> Inspection:
        return self._sealing.record(event_id)

    def amend(self, event_id: str, reason: str, text: str) -> RecordSummary:
        """A dated correction of a sealed record, itself a sealed event."""
        return self._sealing.amend(event_id, reason, text)

    def amendments(self, event_id: str) -> tuple[tuple[datetime, Amendment], ...]:
        """The corrections of a sealed record with their time, oldest first."""
        return tuple((event.captured_at, body) for event, body in self._sealing.amendments(event_id))

    def lead(self, checked: Checked | None, text: str) -> None:
        """登记线索."""
        self._sealing.lead(_lead(checked, text))

    def audit(self, action: str, detail: str) -> None:
        """An entry of the audit trail: prints, exports, overrides."""
        self._opened.audit(self.officer.number, action, detail)

    def viewed(self, checked: Checked) -> None:
        """The officer looks at an entity's whole credit data: an entry of the audit trail."""
        if checked.entity is not None:
            self.audit("view-card", checked.entity.code)

    def hand_out_record(self, event_id: str, folder: Path) -> Path:
        """Write a sealed record with signatures, receipt and attachments for others to check; its path.

        Raises InspectionProblem, VaultDamaged, InputProblem (the folder cannot be written).
        """
        path = evidence.write_record(self._opened, event_id, folder)
        self.audit("export-record", event_id)
        return path

    def hand_out_journal(self, folder: Path) -> Path:
        """Write the whole journal and a printable proof for others to check; the journal's path.

        Raises InputProblem (the folder cannot be written), PaperProblem.
        """
        head = self._opened.work.head()
        path = evidence.write_journal(self._opened, folder)
        self.audit("export-journal", f"{head.seq} {head.hash}")
        return path

    # -- sync
    def sync_status(self) -> SyncStatus:
        return self._sync.status()

    def sync(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
        """One whole round with the service: events up, blobs up, feed down, register down, proof.

        Without ``photos`` photographs wait for a round with them; findings, papers and signatures do not. While another
        round runs, this one waits for its end. Raises ServiceDown, ServiceImpostor, ServiceRefused, Cancelled; what was
        done stays done.
        """
        return self._sync.round(progress, cancel, photos)

    def sync_now(self, progress: Callable[[Progress], None], cancel: Flag) -> SyncStatus:
        """立即同步: a round for which nothing waits until its next try, and which tries again what is stuck."""
        self._opened.outbox.retry_now()
        return self._sync.round(progress, cancel)

    def copy_second(self, cancel: Flag) -> None:
        """Bring the copy on the second medium up to date, if one is configured; the status tells how that went.

        Raises Cancelled.
        """
        self._sync.second.copy(cancel)

    def export_to_stick(self, stick: Path, progress: Callable[[Progress], None], cancel: Flag) -> Copied | None:
        """Copy everything without a receipt, sealed to the service, written and read back; None when nothing waits.

        Nothing counts as delivered by this. Raises StickUnusable, Cancelled, VaultDamaged.
        """
        copied = sticks.export(self._opened, stick, progress, cancel)
        if copied is not None:
            self.audit("stick-export", f"{copied.path.name} {copied.entries} {copied.blobs} {copied.size}")
        return copied

    def take_from_stick(self, stick: Path, progress: Callable[[Progress], None], cancel: Flag) -> Taken:
        """Take in receipts, feed and register that the centre wrote. Raises StickUnusable, Cancelled."""
        with self._sync.alone(cancel):
            return sticks.take(self._opened, stick, progress, cancel)

    def queue(self) -> Sequence[RecordSummary]:
        return self._opened.outbox.unfinished()


def _lead(checked: Checked | None, text: str) -> Lead:
    if checked is None:
        return Lead(text)
    name = checked.entity.licence.name if checked.entity else checked.token.name
    code = checked.entity.code if checked.entity else checked.payload.code
    return Lead(text, code, name, checked.payload.text, checked.verdict.finding.value)
