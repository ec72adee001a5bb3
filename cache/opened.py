"""An open laptop: its store, keys and register in one place, shared by everything behind a session."""

from pathlib import Path

from cache.blobs import Blobs
from cache.clock import Clock
from cache.db import Store
from cache.founding import IDENTITY
from cache.holding import Holding
from cache.identity import Identity
from cache.meta import read_meta
from cache.outbox import Outbox
from cache.people import People
from cache.schema import migrate
from cache.settings import Settings
from cache.times import Times
from cache.vault import Keys, Vault
from cache.work import Entry, Work
from inspector.entries import AUDIT, Audit
from inspector.errors import VaultDamaged
from inspector.wire import EventKind


class Opened:
    """Closed once, at lock: the keys are gone then, and every later use raises Locked."""

    def __init__(self, folder: Path, keys: Keys, vault: Vault, clock: Clock) -> None:
        """Raises VaultDamaged, StoreFull, CipherMissing."""
        self.folder = folder
        self.vault = vault
        self.clock = clock
        self.keys: Keys | None = keys
        self.store = Store(folder / "work.db", keys.database, migrate)
        try:
            identity = read_meta(self.store, IDENTITY, Identity)
            if identity is None:
                raise VaultDamaged
            self.work = Work(self.store, identity)
            self.outbox = Outbox(self.work)
            self.times = Times(self.work, clock)
            self.people = People(self.work)
            self.settings = Settings(self.store)
            self.blobs = Blobs(folder / "blobs", keys.blobs)
            for digest in self.blobs.reconcile(self.work.blob_hashes()):
                self.work.alarm(f"一份附件的文件已丢失（{digest[:8]}），请联系管理员。", self.times.wall())
            self.holding = Holding(folder / "register", self.work)
        except BaseException:
            self.store.close()
            raise

    def audit(self, officer: str, action: str, detail: str) -> None:
        """Write an entry of the audit trail."""
        _, trust = self.times.judge(self.people.policy().lease_days)
        body = Audit(action, detail)
        self.work.append(Entry(EventKind.AUDIT, AUDIT, body, (officer,), self.times.wall(), trust.value))

    def confirm(self, number: str, password: str) -> Keys:
        """Ask an officer's password. Raises WrongPassword, LockedOut; a wrong try is in the journal at once."""
        try:
            return self.vault.open(number, password)
        finally:
            self.tell_failures(number)

    def tell_failures(self, officer: str) -> None:
        """Write wrong tries to the journal, those from before the unlock as well."""
        failures = self.vault.failures()
        for failure in failures:
            self.audit(officer, "wrong-password", f"{failure.number} {failure.at.isoformat()}")
        if failures:
            self.vault.forget_failures(len(failures))

    def close(self) -> None:
        """Twice is once."""
        self.keys = None
        self.holding.close()
        self.store.close()
