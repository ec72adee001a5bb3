"""The TUF repository of the centre: signs what laptops may install (register snapshots, lists, keys, checklists).

Roles root, targets, snapshot and timestamp as in the TUF specification, consistent snapshots, Ed25519.
The folder holds public data only and can be served as it is; the private keys lie elsewhere.
"""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from central.files import write_whole
from inspector.register_file import (
    TARGETS,
    LayerManifest,
    Manifest,
    register_manifest,
    register_order,
    target_path,
)
from inspector.wire import SnapshotManifest

LIFETIME = {
    "root": timedelta(days=365),
    "targets": timedelta(days=90),
    "snapshot": timedelta(days=30),
    "timestamp": timedelta(days=7),
}
"""How long each role's word holds; the centre signs again with every ``publish``."""
ONLINE = ("targets", "snapshot", "timestamp")
STEP = 1 << 20
Published = Mapping[str, tuple[int, int]]
"""Epoch and row version of the newest register file of each area."""


class KeyFolder:
    """Private keys as PEM files, readable by the service's account only.

    ``root-1.pem`` … are needed to sign a new root only and belong off the machine afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, name: str) -> CryptoSigner:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        signer = CryptoSigner.generate_ed25519()
        write_whole(self._folder / f"{name}.pem", signer.private_bytes, 0o600)
        return signer

    def roots(self) -> list[CryptoSigner]:
        """The root keys that still lie here."""
        return [self.load(path.stem) for path in sorted(self._folder.glob("root-*.pem"))]

    def drop_roots(self) -> None:
        """Forget the root keys: others have taken over."""
        for path in self._folder.glob("root-*.pem"):
            path.unlink()

    def load(self, name: str) -> CryptoSigner:
        key = load_pem_private_key((self._folder / f"{name}.pem").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return CryptoSigner(key)


class Repository:
    """One repository; a single process writes it. Files appear whole, ``timestamp.json`` last."""

    def __init__(self, folder: Path, keys: KeyFolder, published: Published | None = None) -> None:
        """Open the repository that ``create`` made, as laptops see it.

        A writer that was killed may have left newer targets signed that are not offered. They are gone on with when
        their registers are those that the database says are ``published``: then its keys are theirs. Else they are
        forgotten.
        """
        self.folder = folder
        self.keys = keys
        self._metadata = folder / "metadata"
        offered = self._offered()
        signed = range(max(self._versions("targets")), offered, -1)
        found = (self._targets_of(version) for version in signed)
        agreed = next((t for t in found if published is not None and _newest_of(t.signed) == published), None)
        self.behind = agreed is not None
        """Whether what stands in this repository is not offered yet: ``publish`` does that."""
        self._targets = agreed or self._targets_of(offered)
        self._dirty = False

    @classmethod
    def create(
        cls, folder: Path, keys: KeyFolder, now: datetime, *, root_keys: int = 1, threshold: int = 1
    ) -> "Repository":
        """Make keys and an empty repository. ``root_keys=3, threshold=2`` gives the 2-of-3 root."""
        metadata = folder / "metadata"
        metadata.mkdir(parents=True, exist_ok=True)
        (folder / "targets").mkdir(exist_ok=True)
        root = Root(expires=_expiry("root", now), consistent_snapshot=True)
        roots = [keys.make(f"root-{n + 1}") for n in range(root_keys)]
        for signer in roots:
            root.add_key(signer.public_key, "root")
        root.roles["root"].threshold = threshold
        for role in ONLINE:
            root.add_key(keys.make(role).public_key, role)
        signed = Metadata(root)
        for signer in roots:
            signed.sign(signer, append=True)
        write_whole(metadata / "1.root.json", signed.to_bytes(JSONSerializer()))
        write_whole(metadata / "1.targets.json", Metadata(Targets()).to_bytes(JSONSerializer()))
        write_whole(metadata / "1.snapshot.json", Metadata(Snapshot()).to_bytes(JSONSerializer()))
        timestamp = Metadata(Timestamp(snapshot_meta=MetaFile(1)))
        write_whole(metadata / "timestamp.json", timestamp.to_bytes(JSONSerializer()))
        repository = cls(folder, keys)
        repository._dirty = True
        repository.publish(now)
        return repository

    def root_bytes(self) -> bytes:
        """The first root: what laptops get at enrolment and trust from then on (later roots chain from it)."""
        return (self._metadata / "1.root.json").read_bytes()

    def targets(self) -> Mapping[str, TargetFile]:
        """All targets by path, with length, hashes and custom part."""
        return self._targets.signed.targets

    def add_target(self, path: str, source: Path, custom: dict[str, Any]) -> TargetFile:
        """Move the file ``source`` into the repository as target ``path``; offered after ``publish``.

        ``path`` is relative with forward slashes and says nothing secret. Replaces an older target
        of the same path.
        """
        hasher, length = hashlib.sha256(), 0
        with source.open("rb") as file:
            while piece := file.read(STEP):
                hasher.update(piece)
                length += len(piece)
        target = TargetFile(length, {"sha256": hasher.hexdigest()}, path, {"custom": custom})
        place = self.target_file(target)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, place)
        self._targets.signed.targets[path] = target
        self._dirty = True
        return target

    def put_document(self, path: str, data: bytes) -> None:
        """Offer a small document in place of the older one of the same path, from the next ``publish`` on."""
        source = self.folder / f".{hashlib.sha256(path.encode()).hexdigest()}.part"
        write_whole(source, data)
        self.add_target(path, source, {})

    def add_register(self, source: Path, manifest: Manifest) -> str:
        """Move a register snapshot or layer in; its target path.

        A snapshot takes the place of everything of its area, a layer that of all that begins where it begins or later.
        """
        path = target_path(manifest)
        for old, known in self.register(manifest.area):
            if isinstance(manifest, SnapshotManifest) or (
                isinstance(known, LayerManifest) and known.since >= manifest.since
            ):
                self.remove_target(old.path)
        self.add_target(path, source, msgspec.to_builtins(manifest))
        return path

    def register(self, area: str) -> list[tuple[TargetFile, Manifest]]:
        """What is offered of an area: the snapshot, then the layers as they lie on each other."""
        return [(target, manifest) for target, manifest in _registers(self._targets.signed) if manifest.area == area]

    def remove_target(self, path: str) -> None:
        """Offer ``path`` no longer from the next ``publish`` on; its file goes one ``publish`` later."""
        del self._targets.signed.targets[path]
        self._dirty = True

    def target_file(self, target: TargetFile) -> Path:
        """Where a target's file lies: its name starts with its hash (consistent snapshots)."""
        head, _, name = target.path.rpartition("/")
        return self.folder / "targets" / head / f"{target.hashes['sha256']}.{name}"

    def prepare(self, now: datetime) -> None:
        """Sign the present targets; they are offered by ``publish``, here or by whoever goes on after a crash."""
        if self._dirty or self._targets.signed.expires - now < LIFETIME["targets"] / 2:
            previous = self._targets_of(self._targets.signed.version)
            self._bump("targets", self._targets, now)
            self._prune(previous.signed)
        self._dirty = False

    def publish(self, now: datetime) -> None:
        """Sign the present targets, snapshot and timestamp; laptops see all of it or nothing.

        Also to be called without new targets, well within the lifetime of the timestamp.
        """
        self.prepare(now)
        snapshot: Metadata[Snapshot] = self._read(f"{max(self._versions('snapshot'))}.snapshot.json")
        snapshot.signed.meta["targets.json"] = MetaFile(self._targets.signed.version)
        self._bump("snapshot", snapshot, now)
        timestamp = Metadata(Timestamp(version=snapshot.signed.version, expires=_expiry("timestamp", now)))
        timestamp.signed.snapshot_meta = MetaFile(snapshot.signed.version)
        self._write("timestamp", "timestamp.json", timestamp)
        self.behind = False

    def _bump(self, role: str, metadata: Metadata[Any], now: datetime) -> None:
        # Above all that was ever signed: a version means one content, whether it was offered or not.
        metadata.signed.version = max(self._versions(role)) + 1
        metadata.signed.expires = _expiry(role, now)
        self._write(role, f"{metadata.signed.version}.{role}.json", metadata)

    def _write(self, role: str, name: str, metadata: Metadata[Any]) -> None:
        metadata.sign(self.keys.load(role))
        write_whole(self._metadata / name, metadata.to_bytes(JSONSerializer()))

    def _versions(self, role: str) -> list[int]:
        return [int(path.name.partition(".")[0]) for path in self._metadata.glob(f"*.{role}.json")]

    def _read(self, name: str) -> Metadata[Any]:
        return Metadata.from_file(str(self._metadata / name))

    def _targets_of(self, version: int) -> Metadata[Targets]:
        return self._read(f"{version}.targets.json")

    def _offered(self) -> int:
        """The version of the targets that laptops see."""
        snapshot = self._read("timestamp.json").signed.snapshot_meta.version
        return int(self._read(f"{snapshot}.snapshot.json").signed.meta["targets.json"].version)

    def _prune(self, previous: Targets) -> None:
        """Delete target files that neither the new nor the ``previous`` targets name: laptops may still fetch those."""
        kept = {self.target_file(t) for t in (*previous.targets.values(), *self.targets().values())}
        for path in (self.folder / "targets").rglob("*"):
            if path.is_file() and path not in kept:
                path.unlink()


def _registers(targets: Targets) -> list[tuple[TargetFile, Manifest]]:
    """The register files among targets, those of an area as they lie on each other."""
    found = [(t, register_manifest(t.custom)) for p, t in targets.targets.items() if p.startswith(f"{TARGETS}/")]
    return sorted(((t, m) for t, m in found if m), key=lambda pair: register_order(pair[1]))


def _newest_of(targets: Targets) -> Published:
    return {manifest.area: (manifest.epoch, manifest.row_version) for _, manifest in _registers(targets)}


def _expiry(role: str, now: datetime) -> datetime:
    return (now + LIFETIME[role]).replace(microsecond=0)
