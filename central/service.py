"""The running service: its settings, database, keys and repository in one place that every route gets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from central import identity
from central.database import Sessions, open_engine, reading, upgrade
from central.files import make_folder
from central.issuing import Issuing, sign
from central.models import Publication
from central.publish.repository import KeyFolder, Repository
from central.publish.root import root_chain
from central.settings import Settings
from inspector import wire
from inspector.wire import Signed

DIVISION = "231100"
"""黑河市: the authority that issues first; keys of counties come beside it."""
PUBLISHING = 2311
"""Number of PostgreSQL's advisory lock that writers of the repository take."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """Everything that outlives a request."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    keys: identity.ServiceKeys
    now: Callable[[], datetime] = utc_now

    @property
    def key_folder(self) -> Path:
        return self.settings.folder / "keys"

    @property
    def issuing(self) -> Issuing:
        return Issuing(self.key_folder / "issuing")

    @property
    def repository_folder(self) -> Path:
        """The signed repository: public data, served as it is."""
        return self.settings.folder / "tuf"

    @cached_property
    def reading(self) -> Sessions:
        """Sessions that see one unchanging state and wait for no writer."""
        return sessionmaker(reading(self.engine))

    @contextmanager
    def publishing(self) -> Iterator[tuple[Repository, Session]]:
        """The repository as it stands now, for one writer at a time among all threads and processes.

        A writer that kept its own picture of it would sign an older state over a newer one. What a killed writer has
        brought into the database but not offered yet is offered first.
        """
        with self.sessions.begin() as session:
            # On SQLite the transaction itself is the lock: it begins as a writer.
            postgres = self.engine.dialect.name == "postgresql"
            session.execute(text(f"SELECT pg_advisory_xact_lock({PUBLISHING})" if postgres else "SELECT 1"))
            rows = session.scalars(select(Publication))
            published = {row.area: (row.epoch, row.row_version) for row in rows}
            repository = Repository(self.repository_folder, KeyFolder(self.key_folder / "tuf"), published)
            if repository.behind:
                repository.publish(self.now())
            yield repository, session

    def catch_up(self) -> None:
        """Offer what a killed writer has brought into the database but not offered."""
        with self.publishing():
            pass

    def renew_signatures(self) -> None:
        """Sign the repository's short-lived roles anew."""
        with self.publishing() as (repository, _):
            repository.publish(self.now())

    def sign(self, value: Any) -> Signed:
        """Sign a shape as the service."""
        payload = wire.encode(value)
        return Signed(payload, self._receipt_key.sign(payload), "receipt")

    @cached_property
    def _receipt_key(self) -> Ed25519PrivateKey:
        """Making the key anew for every receipt costs as much as signing one."""
        return Ed25519PrivateKey.from_private_bytes(self.keys.receipt)

    def close(self) -> None:
        self.engine.dispose()


def open_service(settings: Settings, now: Callable[[], datetime] = utc_now) -> Service:
    """Open the service's data, making what a first start needs: folders, keys, certificates, database, repository."""
    keys = settings.folder / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    keys.chmod(0o700)
    (settings.folder / "blobs").mkdir(exist_ok=True)
    identity.certificates(keys, settings.public_host)
    engine = open_engine(settings.database)
    upgrade(engine)
    if not (settings.folder / "tuf" / "metadata" / "timestamp.json").exists():
        Repository.create(settings.folder / "tuf", KeyFolder(keys / "tuf"), now())
    _first_list(settings.folder / "tuf", keys, now())
    made = sessionmaker(engine, expire_on_commit=False)
    return Service(settings, engine, made, identity.service_keys(keys), now)


def _first_list(repository: Path, keys: Path, now: datetime) -> None:
    """A service that has just been founded can issue: its root, not yet taken off the machine, signs a first key."""
    issuing = Issuing(keys / "issuing")
    make_folder(keys / "issuing")
    if issuing.published() is None:
        issuing.propose(DIVISION, now)
        for signer in KeyFolder(keys / "tuf").roots():
            sign(issuing.proposal, signer)
        issuing.publish(*root_chain(repository))
