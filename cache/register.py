"""The register in use on this laptop: looks entities up, knows whether its files may be believed.

An encrypted snapshot is in use, and encrypted layers on it. Which ones, their key and hashes stand in one row of the
work store, so switching is one commit and the key is never on the disk in clear (``cache.register_store``).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

from cache import search
from cache.register_layers import Layers
from cache.register_reader import Reader
from cache.session_types import Hit, RegisterState
from inspector.divisions import area_name
from inspector.entity import Entity
from inspector.errors import Cancelled, NoRegister, RegisterDamaged
from inspector.register_file import Digest, LayerManifest, Manifest, number_key
from inspector.verdict import StoreHealth
from inspector.wire import SnapshotManifest

STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class InstalledLayer:
    """A layer in use."""

    file: str
    sha256: str
    manifest: LayerManifest


@dataclass(frozen=True, slots=True)
class Installed:
    """The row: the snapshot in use, and the layers on it."""

    file: str
    key: bytes
    sha256: str
    manifest: SnapshotManifest
    layers: tuple[InstalledLayer, ...] = ()

    def __repr__(self) -> str:
        return f"Installed({self.file})"

    @property
    def newest(self) -> Manifest:
        """What describes the whole: the manifest of the highest layer, or of the snapshot."""
        return self.layers[-1].manifest if self.layers else self.manifest

    def hashes(self) -> dict[str, str]:
        """SHA-256 by the name of the file."""
        return {self.file: self.sha256, **{layer.file: layer.sha256 for layer in self.layers}}


def open_files(folder: Path, installed: Installed) -> "Reader | Layers":
    """A connection to all files in use. Raises RegisterDamaged."""
    readers = [Reader(folder / installed.file, installed.key, installed.manifest.format)]
    try:
        for layer in installed.layers:
            readers.append(Reader(folder / layer.file, installed.key, layer.manifest.format))
    except RegisterDamaged:
        for reader in readers:
            reader.close()
        raise
    return Layers(readers) if installed.layers else readers[0]


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

    def __init__(self, folder: Path, installed: Installed, *, proved: bool = False) -> None:
        """``proved``: every row is known to be right already. Raises RegisterDamaged."""
        self._folder = folder
        self._installed = installed
        self._lock = Lock()
        self._idle: list[Reader | Layers] = []
        self._closed = False
        self._health = StoreHealth.GOOD if proved else StoreHealth.UNCHECKED
        with self._reader() as reader:
            self._whole_lists = reader.whole_lists

    @contextmanager
    def _reader(self) -> Iterator[Reader | Layers]:
        with self._lock:
            if self._closed:
                raise NoRegister
            reader = self._idle.pop() if self._idle else None
        try:
            reader = reader or open_files(self._folder, self._installed)
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
        m = self._installed.newest
        return RegisterState(
            self._health,
            m.area,
            area_name(m.area),
            m.epoch,
            m.row_version,
            m.rows,
            m.made_at,
            self._whole_lists,
        )

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
        """Hash the whole files and count their rows and the digest: long, to be called off the screen's thread.

        Until this has passed, the state is UNCHECKED. Raises Cancelled, NoRegister when closed meanwhile.
        """
        manifest = self._installed.newest
        try:
            for name, sha256 in self._installed.hashes().items():
                if file_sha256(self._folder / name, cancel) != sha256:
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
