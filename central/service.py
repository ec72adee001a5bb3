"""The running service: its settings, database, keys and repository in one place that every route gets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from central import identity
from central.database import Sessions, open_engine, upgrade
from central.publish.repository import KeyFolder, Repository
from central.settings import Settings
from inspector import wire
from inspector.trust import device
from inspector.wire import Signed


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """Everything that outlives a request."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    keys: identity.ServiceKeys
    repository: Repository
    now: Callable[[], datetime] = utc_now

    @property
    def key_folder(self) -> Path:
        return self.settings.folder / "keys"

    def sign(self, value: Any) -> Signed:
        """Sign a shape as the service."""
        payload = wire.encode(value)
        return Signed(payload, device.sign(self.keys.receipt, payload), "receipt")

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
    folder, signers = settings.folder / "tuf", KeyFolder(keys / "tuf")
    if (folder / "metadata" / "timestamp.json").exists():
        repository = Repository(folder, signers)
        repository.publish(now())
    else:
        repository = Repository.create(folder, signers, now())
    made = sessionmaker(engine, expire_on_commit=False)
    return Service(settings, engine, made, identity.service_keys(keys), repository, now)
