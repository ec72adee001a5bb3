"""Fetches what a TUF repository offers, by network or from a folder on a stick: register snapshots and documents.

What comes in is believed only after the signatures, versions, expiry, length and hash have been
checked; a download that was cut goes on where it stopped.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import BinaryIO

from tuf.api import exceptions
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from cache.durable import full_disk_is_told, make_folder
from cache.steady import steady
from inspector.documents import LARGEST, is_document
from inspector.errors import Cancelled, NoRegister, RegisterRefused, ServiceDown, StoreFull
from inspector.register_file import TARGETS, Manifest, register_manifest, register_order

Fetch = Callable[[str, int], Iterator[bytes]]
"""``fetch(path, start)``: the bytes of ``path`` in the repository from offset ``start`` on.

Raises FileNotFoundError when the repository has no such path, SyncProblem leaves when it cannot be
reached. It may deliver less than all (the connection was cut): that is noticed here.
"""
RESERVE = 200 * 1024 * 1024
"""Bytes that stay free, so that a record can still be sealed."""
STEP = 1 << 20
_AREA = re.compile(r"[a-z0-9][a-z0-9_.-]{0,119}")
"""Areas become part of a file name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file as the signed metadata describe it."""

    path: str
    """TUF target path."""
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack(Target):
    """A file of a register: a snapshot or a layer."""

    manifest: Manifest


def folder_fetch(folder: Path) -> Fetch:
    """A repository that lies in a folder, on a stick for example."""
    base = folder.resolve()

    def fetch(path: str, start: int) -> Iterator[bytes]:
        place = (base / path).resolve()
        if not place.is_relative_to(base):
            raise FileNotFoundError(path)
        with place.open("rb") as file:
            file.seek(start)
            while piece := file.read(STEP):
                yield piece

    return fetch


class _Fetcher(FetcherInterface):
    """Lets the reference client fetch metadata through ``Fetch``."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._source, self._clock = fetch, clock

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            yield from steady(self._source(url, 0), self._clock)
        except FileNotFoundError as missing:
            raise exceptions.DownloadHTTPError(f"{url} is not there", 404) from missing


class Packs:
    """The TUF client of one laptop. ``folder`` keeps the signed metadata and half-fetched files: public data."""

    def __init__(self, folder: Path, root: bytes, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, by which a trickling download is told."""
        self._metadata = folder / "tuf"
        self._parts = folder / "parts"
        for place in (self._metadata, self._parts):
            make_folder(place)
        self._root = root
        self._fetch, self._clock = fetch, clock
        self._offered: list[TargetFile] = []

    def refresh(self, now: datetime) -> list[Pack]:
        """Fetch and check the newest signed metadata; the register files offered, each before those on it.

        ``now`` is the guarded time that expiry is judged by. Raises RegisterRefused (not signed,
        older than known, expired, mixed), SyncProblem leaves from the fetcher, ServiceDown.
        """
        try:
            with full_disk_is_told():
                fetcher = _Fetcher(self._fetch, self._clock)
                updater = Updater(str(self._metadata), "metadata/", fetcher=fetcher, bootstrap=self._root)
                # The client has no other door for the time; a laptop's wall clock may be set back.
                updater._trusted_set.reference_time = now
                updater.refresh()
            newest: Metadata[Targets] = Metadata.from_file(str(self._metadata / "targets.json"))
            offered = [updater.get_targetinfo(path) for path in newest.signed.targets]
            self._offered = [target for target in offered if target is not None]
        except exceptions.ExpiredMetadataError:
            raise RegisterRefused(
                "中心的数据清单已过期，没有安装。", "请核对本机日期；日期正确时请联系管理员。"
            ) from None
        except exceptions.BadVersionNumberError:
            raise RegisterRefused("收到的数据清单比本机已知的旧，已拒绝。") from None
        except exceptions.DownloadLengthMismatchError:
            raise RegisterRefused("收到的数据清单长度异常，已中断并拒绝。") from None
        except exceptions.RepositoryError:
            raise RegisterRefused("收到的数据清单签名或内容不符，已拒绝。") from None
        except exceptions.DownloadError:
            raise ServiceDown("中心没有提供完整的数据清单。", "正在使用的数据不受影响；请稍后再同步。") from None
        packs = [pack for target in self._offered if (pack := _pack(target))]
        return sorted(packs, key=lambda p: register_order(p.manifest))

    def documents(self) -> list[Target]:
        """The small documents that the last ``refresh`` offers, by path."""
        found = [t for t in self._offered if is_document(t.path) and "sha256" in t.hashes]
        return sorted((Target(t.path, t.length, t.hashes["sha256"]) for t in found), key=lambda t: t.path)

    def read(self, document: Target) -> bytes:
        """A small document, whole and checked. Raises RegisterRefused and what the fetcher raises."""
        if document.length > LARGEST:
            raise RegisterRefused("中心的文件过大，已拒绝。")
        data = bytearray()
        try:
            for piece in steady(self._fetch(_place(document), 0), self._clock):
                data += piece
                if len(data) > document.length:
                    break
        except FileNotFoundError:
            raise RegisterRefused("中心缺少签名清单中的文件。", "请再同步一次。") from None
        if len(data) != document.length or hashlib.sha256(data).hexdigest() != document.sha256:
            raise RegisterRefused("收到的文件与签名清单不一致，已拒绝。")
        return bytes(data)

    def ensure_room(self, wanted: Sequence[Pack]) -> None:
        """Raises StoreFull, before anything is fetched, unless all of them fit on the disk and the reserve stays."""
        have = [part.stat().st_size if (part := self._part(pack)).exists() else 0 for pack in wanted]
        need = sum(max(0, pack.length - size) for pack, size in zip(wanted, have, strict=True)) + RESERVE
        if (free := shutil.disk_usage(self._parts).free) < need:
            raise StoreFull(
                f"磁盘空间不足：下载主体数据需要 {need >> 20} MB 可用空间，现在有 {free >> 20} MB。",
                "请清理磁盘后再同步；正在使用的数据不受影响。",
            )

    def _part(self, pack: Pack) -> Path:
        return self._parts / f"{pack.sha256}.part"

    def download(
        self, pack: Pack, progress: Callable[[int, int], None] = lambda done, total: None, cancel: Event | None = None
    ) -> Path:
        """Fetch a register file, going on where an earlier try was cut; the path of the whole, checked file.

        Raises RegisterRefused, StoreFull, Cancelled, and what the fetcher raises.
        """
        part = self._part(pack)
        self.ensure_room([pack])
        with full_disk_is_told():
            part.touch()
        hasher = hashlib.sha256()
        with full_disk_is_told(), part.open("rb+") as file:
            while piece := file.read(STEP):
                hasher.update(piece)
            try:
                self._receive(file, hasher, pack, progress, cancel or Event())
            except FileNotFoundError:
                raise NoRegister("中心已不再提供这份主体数据。", "请再同步一次，程序会下载新的一份。") from None
            finally:
                os.fsync(file.fileno())
        if hasher.hexdigest() != pack.sha256:
            part.unlink()
            raise RegisterRefused("下载的主体数据与签名清单不一致，已删除。")
        return part

    def _receive(
        self, file: BinaryIO, hasher: "hashlib._Hash", pack: Pack, progress: Callable[[int, int], None], cancel: Event
    ) -> None:
        have = file.tell()
        where = _place(pack)
        while have < pack.length:
            before = have
            for piece in steady(self._fetch(where, have), self._clock):
                if cancel.is_set():
                    raise Cancelled
                have += len(piece)
                if have > pack.length:
                    break
                file.write(piece)
                hasher.update(piece)
                progress(have, pack.length)
            if have == before:
                raise ServiceDown("下载中断，中心没有再发送数据。", "已下载的部分保留在本机，下次会接着下载。")
        if have > pack.length:
            file.truncate(0)
            raise RegisterRefused("收到的主体数据比签名清单写明的长，已中断并删除。")

    def clean(self) -> None:
        """Remove half-fetched files: nothing is being fetched and what was fetched is installed."""
        for part in self._parts.iterdir():
            part.unlink()


def _place(target: Target) -> str:
    """Where a target lies in the repository: its name starts with its hash (consistent snapshots)."""
    head, _, name = target.path.rpartition("/")
    return f"targets/{head}/{target.sha256}.{name}"


def _pack(target: TargetFile) -> Pack | None:
    """None for targets that are no register files of a format that this program reads."""
    manifest = register_manifest(target.custom) if target.path.startswith(f"{TARGETS}/") else None
    if manifest is None or not _AREA.fullmatch(manifest.area) or "sha256" not in target.hashes:
        return None
    return Pack(target.path, target.length, target.hashes["sha256"], manifest)
