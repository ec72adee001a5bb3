"""The register on this laptop: installs snapshots, looks entities up, knows whether the file may be believed.

One encrypted file at a time is in use. Which one, its key and its hash stand in one row of the work
store, so switching is one commit and the key is never on the disk in clear.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Protocol

from cache import search
from cache.db import PLAIN_HEADER
from cache.durable import full_disk_is_told, make_folder, sync_folder
from cache.register_reader import Reader
from cache.session_types import Hit, RegisterState
from inspector import wire
from inspector.divisions import area_name
from inspector.entity import Entity
from inspector.errors import Cancelled, NoRegister, RegisterDamaged, RegisterRefused
from inspector.register_file import Digest, number_key
from inspector.verdict import StoreHealth
from inspector.wire import SnapshotManifest

STEP = 1 << 20


class KeyKeeper(Protocol):
    """Where the work store keeps the one row about the register, encrypted and durable."""

    def get_register(self) -> bytes | None: ...
    def set_register(self, record: bytes) -> None:
        """Durable when it returns."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The row: the snapshot in use."""

    file: str
    key: bytes
    sha256: str
    manifest: SnapshotManifest

    def __repr__(self) -> str:
        return f"Installed({self.file})"


def file_sha256(path: Path, cancel: Event | None = None) -> str:
    """Hash of a whole file. Raises Cancelled."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(STEP):
            hasher.update(piece)
            if cancel is not None and cancel.is_set():
                raise Cancelled
    return hasher.hexdigest()


class Register:
    """One installed register, open for reading by any number of threads."""

    def __init__(self, folder: Path, installed: Installed) -> None:
        """Raises RegisterDamaged."""
        self._path = folder / installed.file
        self._installed = installed
        self._lock = Lock()
        self._idle: list[Reader] = []
        self._closed = False
        self._health = StoreHealth.UNCHECKED
        with self._reader():
            pass

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        with self._lock:
            if self._closed:
                raise NoRegister
            reader = self._idle.pop() if self._idle else None
        try:
            reader = reader or Reader(self._path, self._installed.key)
            yield reader
        except RegisterDamaged:
            self._health = StoreHealth.DAMAGED
            raise
        finally:
            with self._lock:
                if reader is not None and not self._closed:
                    self._idle.append(reader)
                elif reader is not None:
                    reader.close()

    def state(self) -> RegisterState:
        """What is installed; ``as_of`` is when the centre made it."""
        m = self._installed.manifest
        return RegisterState(self._health, m.area, area_name(m.area), m.epoch, m.row_version, m.rows, m.made_at)

    def entity(self, code: str) -> Entity | None:
        """The entity of an 18-character code in upper case; None for any other text. Raises RegisterDamaged."""
        if not code.isascii():  # some of those could not even be asked for
            return None
        with self._reader() as reader:
            return reader.entity(code)

    def by_registration_number(self, text: str) -> list[Entity]:
        """Entities with this 15-digit registration number."""
        wanted = number_key(text)
        return [e for e in self._by_number(wanted) if number_key(e.registration_number) == wanted]

    def by_permit(self, number: str) -> list[Entity]:
        """Entities that hold, or held, the permit with this number."""
        wanted = number_key(number)
        return [e for e in self._by_number(wanted) if wanted in (number_key(p.number) for p in e.permits)]

    def _by_number(self, wanted: str) -> list[Entity]:
        with self._reader() as reader:
            return [entity for _, entity in reader.entities(reader.number(wanted))]

    def search(self, text: str, limit: int = 20, *, area: str = "", recent: Collection[str] = ()) -> list[Hit]:
        """See ``cache.search.find``."""
        with self._reader() as reader:
            return search.find(reader, text, limit, area, recent)

    def exists(self, codes: Iterable[str]) -> list[Hit]:
        """Those of ``codes`` that are in the register, in the order given."""
        return [search.hit(entity) for code in codes if (entity := self.entity(code))]

    def check_file(self, cancel: Event | None = None) -> StoreHealth:
        """Hash the whole file and count its rows and their digest: long, to be called off the screen's thread.

        Until this has passed, the state is UNCHECKED. Raises Cancelled, NoRegister when closed meanwhile.
        """
        manifest = self._installed.manifest
        try:
            if file_sha256(self._path, cancel) != self._installed.sha256:
                raise RegisterDamaged
            digest, rows = Digest(), 0
            with self._reader() as reader:
                for plain in reader.plains():
                    digest.add(plain)
                    rows += 1
                    if cancel is not None and cancel.is_set():
                        raise Cancelled
            if (rows, digest.hex()) != (manifest.rows, manifest.digest):
                raise RegisterDamaged
            if self._health is StoreHealth.UNCHECKED:
                self._health = StoreHealth.GOOD
        except (OSError, RegisterDamaged):
            self._health = StoreHealth.DAMAGED
        return self._health

    def close(self) -> None:
        """Close every connection; those in use close when their call ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.close()


class RegisterStore:
    """The register files of a data folder and the row that says which one is in use."""

    def __init__(self, folder: Path, keep: KeyKeeper) -> None:
        self._folder = folder
        self._keep = keep
        make_folder(folder)

    def installed(self) -> Installed | None:
        record = self._keep.get_register()
        return wire.decode(record, Installed) if record else None

    def open(self) -> Register:
        """Raises NoRegister, RegisterDamaged."""
        installed = self.installed()
        if installed is None:
            raise NoRegister
        if not (self._folder / installed.file).exists():
            raise RegisterDamaged
        return Register(self._folder, installed)

    def install(
        self,
        source: Path,
        key: bytes,
        manifest: SnapshotManifest,
        sha256: str,
        step: Callable[[str], None] = lambda _: None,
    ) -> Register:
        """Check a fetched snapshot, move it in and switch to it in one commit; the new register, open.

        The file in use stays until the new one has passed, so a failure at any point changes
        nothing. ``source`` lies in the same file system and is gone afterwards. Raises
        RegisterRefused (older, other content, wrong key, not encrypted), StoreFull.
        """
        current = self.installed()
        version = (manifest.epoch, manifest.row_version)
        if current and current.manifest.area == manifest.area:
            now = current.manifest
            if version < (now.epoch, now.row_version):
                raise RegisterRefused("收到的主体数据比本机的旧，已拒绝。")
        with full_disk_is_told(), source.open("rb+") as file:
            if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
                raise RegisterRefused("收到的主体数据没有加密，已拒绝。")
            os.fsync(file.fileno())
        step("hash")
        if file_sha256(source) != sha256:
            raise RegisterRefused("收到的主体数据与签名清单不一致，已拒绝。")
        step("open")
        self._examine(source, key, manifest)
        installed = Installed(self._free_name(manifest), key, sha256, manifest)
        step("move")
        with full_disk_is_told():
            os.replace(source, self._folder / installed.file)
            sync_folder(self._folder)
        step("switch")
        self._keep.set_register(wire.encode(installed))
        step("sweep")
        self.sweep()
        return Register(self._folder, installed)

    def sweep(self) -> None:
        """Remove register files that are not in use (left by a crash, or could not go the last time)."""
        installed = self.installed()
        for path in self._folder.glob("register-*.db"):
            if installed is None or path.name != installed.file:
                with suppress(OSError):
                    path.unlink()

    def _examine(self, source: Path, key: bytes, manifest: SnapshotManifest) -> None:
        try:
            reader = Reader(source, key)
        except RegisterDamaged:
            raise RegisterRefused("收到的主体数据用本机的密钥打不开，已拒绝。") from None
        try:
            if reader.manifest != manifest or reader.count() != manifest.rows:
                raise RegisterRefused("收到的主体数据与它的清单不一致，已拒绝。")
        except RegisterDamaged:
            raise RegisterRefused from None
        finally:
            reader.close()

    def _free_name(self, manifest: SnapshotManifest) -> str:
        stem = f"register-{manifest.area}-{manifest.epoch}-{manifest.row_version}"
        names = (f"{stem}-{n}.db" for n in range(1, 1000))
        return next(name for name in names if not (self._folder / name).exists())
