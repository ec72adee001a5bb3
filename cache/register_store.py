"""Installs registers on this laptop: snapshots, and layers that lead from what is there to something newer."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from cache.db import PLAIN_HEADER
from cache.durable import full_disk_is_told, make_folder, sync_folder
from cache.register import Installed, InstalledLayer, Register, file_sha256
from cache.register_layers import Layers
from cache.register_reader import Reader
from inspector import wire
from inspector.errors import NoRegister, RegisterDamaged, RegisterRefused
from inspector.register_file import Digest, LayerManifest, Manifest, target_path
from inspector.wire import SnapshotManifest

Step = Callable[[str], None]


class KeyKeeper(Protocol):
    """Where the work store keeps the one row about the register, encrypted and durable."""

    def get_register(self) -> bytes | None: ...
    def set_register(self, record: bytes) -> None:
        """Durable when it returns."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A checked download: it lies in the file system of the data folder, and is gone once installed."""

    path: Path
    sha256: str
    manifest: Manifest


class RegisterStore:
    """The register files of a data folder and the row that says which are in use."""

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
        if not all((self._folder / name).exists() for name in installed.hashes()):
            raise RegisterDamaged
        return Register(self._folder, installed)

    def install(
        self, snapshot: Fetched, key: bytes, layers: Sequence[Fetched] = (), step: Step = lambda _: None
    ) -> Register:
        """Check a snapshot and the layers on it, move them in and switch to them in one commit; the register, open.

        The files in use stay until the new ones have passed, so a failure at any point changes nothing. Raises
        RegisterRefused (older, other content, wrong key, not encrypted, layers that do not fit), StoreFull.
        """
        current = self.installed()
        newest = (layers[-1] if layers else snapshot).manifest
        if current and _older(newest, current.newest):
            raise RegisterRefused("收到的主体数据比本机的旧，已拒绝。")
        assert isinstance(snapshot.manifest, SnapshotManifest)
        base = Installed(self._free_name(snapshot.manifest), key, snapshot.sha256, snapshot.manifest)
        return self._switch(base, {base.file: snapshot}, layers, step)

    def extend(self, layers: Sequence[Fetched], *, proved: bool = False, step: Step = lambda _: None) -> Register:
        """Lay newer layers on what is in use, in place of those from where the first begins.

        ``proved``: every row in use is known to be right; then every row of the outcome is too, for its digest is
        reckoned from theirs. Raises NoRegister, RegisterDamaged, and as ``install``.
        """
        current = self.installed()
        if current is None:
            raise NoRegister
        first = layers[0].manifest
        assert isinstance(first, LayerManifest)
        kept = tuple(
            layer for layer in current.layers if layer.manifest.since < first.since >= layer.manifest.row_version
        )
        if _older(layers[-1].manifest, current.newest):
            raise RegisterRefused("收到的主体数据比本机的旧，已拒绝。")
        return self._switch(replace(current, layers=kept), {}, layers, step, proved)

    def _switch(
        self, below: Installed, moved: dict[str, Fetched], layers: Sequence[Fetched], step: Step, proved: bool = False
    ) -> Register:
        for layer in layers:
            assert isinstance(layer.manifest, LayerManifest)
            name = self._free_name(layer.manifest)
            below = replace(below, layers=(*below.layers, InstalledLayer(name, layer.sha256, layer.manifest)))
            moved = {**moved, name: layer}
        step("hash")
        for file in moved.values():
            _check_bytes(file)
        step("open")
        self._examine(below, {name: file.path for name, file in moved.items()})
        step("move")
        with full_disk_is_told():
            for name, file in moved.items():
                os.replace(file.path, self._folder / name)
            sync_folder(self._folder)
        step("switch")
        self._keep.set_register(wire.encode(below))
        step("sweep")
        self.sweep()
        return Register(self._folder, below, proved=proved)

    def sweep(self) -> None:
        """Remove register files that are not in use (left by a crash, or could not go the last time)."""
        installed = self.installed()
        used = installed.hashes() if installed else {}
        for path in self._folder.glob("register-*.db"):
            if path.name not in used:
                with suppress(OSError):
                    path.unlink()

    def _examine(self, wanted: Installed, new: dict[str, Path]) -> None:
        """Whether the files are what their signed manifests say and fit on each other."""
        with ExitStack() as stack:

            def reader(name: str, manifest: Manifest) -> Reader:
                path = new.get(name, self._folder / name)
                return stack.enter_context(closing(Reader(path, wanted.key, manifest.format)))

            try:
                files = [reader(wanted.file, wanted.manifest)]
                files += [reader(layer.file, layer.manifest) for layer in wanted.layers]
            except RegisterDamaged:
                raise RegisterRefused("收到的主体数据用本机的密钥打不开，已拒绝。") from None
            try:
                if files[0].manifest != wanted.manifest or files[0].count() != wanted.manifest.rows:
                    raise RegisterRefused("收到的主体数据与它的清单不一致，已拒绝。")
                for at, layer in enumerate(wanted.layers, 1):
                    if files[at].manifest != layer.manifest:
                        raise RegisterRefused("收到的主体数据与它的清单不一致，已拒绝。")
                    if layer.file in new:
                        _check_fit(files[:at], files[at], layer.manifest)
            except RegisterDamaged:
                raise RegisterRefused from None

    def _free_name(self, manifest: Manifest) -> str:
        stem = Path(target_path(manifest)).stem
        names = (f"register-{stem}-{n}.db" for n in range(1, 1000))
        return next(name for name in names if not (self._folder / name).exists())


def _older(new: Manifest, now: Manifest) -> bool:
    return new.area == now.area and (new.epoch, new.row_version) < (now.epoch, now.row_version)


def _check_bytes(file: Fetched) -> None:
    with full_disk_is_told(), file.path.open("rb+") as opened:
        if opened.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
            raise RegisterRefused("收到的主体数据没有加密，已拒绝。")
        os.fsync(opened.fileno())
    if file_sha256(file.path) != file.sha256:
        raise RegisterRefused("收到的主体数据与签名清单不一致，已拒绝。")


def _check_fit(below: Sequence[Reader], layer: Reader, manifest: LayerManifest) -> None:
    """Whether a layer begins where the files below end, and leads to the rows that its manifest names."""
    base = below[-1].manifest
    if (base.area, base.epoch, base.row_version) != (manifest.area, manifest.epoch, manifest.since):
        raise RegisterRefused("收到的数据变化不是接着本机数据的，已拒绝。")
    stack, digest = Layers(below), Digest(base.digest)
    gone_before = below[0].gone
    for number in layer.takes_out:
        plain = None if number in gone_before else stack.plain(number)
        if plain is None:
            raise RegisterRefused("收到的数据变化与本机数据对不上，已拒绝。")
        digest.remove(plain)
    for plain in layer.plains():
        digest.add(plain)
    rows = base.rows - len(layer.takes_out) + layer.count()
    if (rows, digest.hex()) != (manifest.rows, manifest.digest):
        raise RegisterRefused("收到的数据变化与本机数据对不上，已拒绝。")
