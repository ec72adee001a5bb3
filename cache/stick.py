"""Delivery by a stick: what waits is copied, sealed to the service; what the service answered is taken in.

Nothing counts as delivered because it was copied: only a receipt does that. Network and stick may both deliver the
same.
"""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from threading import Event as Flag
from typing import BinaryIO, TypeVar

import msgspec

from cache import feed
from cache.opened import Opened
from cache.outbox import ALL
from cache.packs import folder_fetch
from cache.parcel import Copied, ensure_room, go_on, stick_is_told, write
from cache.renewal import renew
from cache.session_types import Progress
from inspector import wire
from inspector.errors import PackageRefused, RegisterProblem, StickUnusable, StoreFull
from inspector.stick import DOWN, FOLDER, REPOSITORY, UP, DownHead, Kind, file_name, signed_text
from inspector.trust import device, package
from inspector.wire import (
    BlobStates,
    EventAnswers,
    Feed,
    RegisterKey,
)

T = TypeVar("T")
STEP = 1 << 20
MOST_FILES = 10_000
"""Names looked at on a stick."""
MOST_DOWN = 64 * 1024 * 1024
"""Bytes of answers and feed that are read from one package."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a stick brought."""

    packages: int
    receipts: int
    blobs: int
    feed: int
    register: bool
    trouble: str = ""
    """What was on the stick and could not be used."""


def export(laptop: Opened, stick: Path, progress: Callable[[Progress], None], cancel: Flag) -> Copied | None:
    """Copy everything without a receipt; None when there is nothing. Raises StickUnusable, Cancelled, VaultDamaged."""
    outbox, identity = laptop.outbox, laptop.work.identity
    entries, blobs = outbox.without_receipt(ALL), outbox.not_whole(ALL)
    if not entries and not blobs:
        return None
    with stick_is_told():
        folder = stick / FOLDER
        folder.mkdir(exist_ok=True)
        ensure_room(folder, entries, blobs)
        name = file_name(identity.device_id, laptop.work.head().seq, UP)
        return write(laptop, folder / name, entries, blobs, progress, cancel)


# -- what comes back
def take(laptop: Opened, stick: Path, progress: Callable[[Progress], None], cancel: Flag) -> Taken:
    """Take in every answer for this laptop, and a newer register. Taken twice is taken once.

    A package that cannot be used harms nothing and is told. Raises StickUnusable, Cancelled.
    """
    device_id = laptop.work.identity.device_id
    with stick_is_told():
        folder = stick / FOLDER
        found = packages(folder, device_id, DOWN) if folder.is_dir() else []
        receipts = blobs = items = good = 0
        trouble = ""
        keys: list[RegisterKey] = []
        for path in found:
            go_on(cancel)
            progress(Progress("读取回执", good, 0))
            try:
                frames = _frames(laptop, path)
            except PackageRefused as problem:
                trouble = problem.sentence
                continue
            good += 1
            got = _take_one(laptop, frames)
            receipts, blobs, items = receipts + got[0], blobs + got[1], items + got[2]
            keys = got[3] or keys
        register = False
        try:
            fetch = folder_fetch(folder / REPOSITORY)
            register = bool(good) and renew(laptop, keys, fetch, progress, cancel)
        except (RegisterProblem, StoreFull) as problem:
            trouble = problem.sentence
        _clean(laptop, folder)
        return Taken(good, receipts, blobs, items, register, trouble)


def packages(folder: Path, device_id: str, kind: str) -> list[Path]:
    """Own packages, the oldest first; nothing but plain files with exactly our names."""
    name = re.compile(re.escape(device_id) + r"-[0-9]{12}\." + kind)
    found = []
    with os.scandir(folder) as listed:
        for number, entry in enumerate(listed):
            if number >= MOST_FILES:
                raise StickUnusable("U 盘上的文件过多，没有读取。", "请换一个干净的 U 盘。")
            if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                found.append(Path(entry.path))
    return sorted(found)


def _reading(file: BinaryIO, limit: int) -> Callable[[int], bytes]:
    left = limit

    def read(size: int) -> bytes:
        nonlocal left
        left -= size
        if left < 0:
            raise PackageRefused("U 盘上的回执文件过大，没有使用。")
        return file.read(size)

    return read


def _frames(laptop: Opened, path: Path) -> list[bytes]:
    """The frames of one package of the service, all of them, signed by it for this laptop. Raises PackageRefused."""
    identity = laptop.work.identity
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise PackageRefused
        *frames, last = package.opened(identity.keys.box, DOWN, _reading(file, MOST_DOWN))
    signature = last.removeprefix(Kind.SIGNATURE)
    if not frames or not device.verify(identity.enrolment.receipt_key, signed_text(frames), signature):
        raise PackageRefused
    head = _read(frames[0].removeprefix(Kind.HEAD), DownHead)
    if head.device_id != identity.device_id:
        raise PackageRefused
    return frames


def _read(frame: bytes, kind: type[T]) -> T:
    try:
        return wire.decode(frame, kind)
    except msgspec.MsgspecError:
        raise PackageRefused("U 盘上的回执不能读取。", "请更新程序后再试；记录仍在本机。") from None


def _take_one(laptop: Opened, frames: list[bytes]) -> tuple[int, int, int, list[RegisterKey]]:
    """Receipts, whole blobs and items of the feed that were news, and keys of registers."""
    receipts = blobs = items = 0
    keys: list[RegisterKey] = []
    head = _read(frames[0].removeprefix(Kind.HEAD), DownHead)
    for frame in frames[1:]:
        kind, body = frame[:1], frame[1:]
        if kind == Kind.ANSWERS:
            receipts += laptop.outbox.answered_late(_read(body, EventAnswers).answers, laptop.times.wall())
        elif kind == Kind.BLOBS:
            whole = [b.sha256 for b in _read(body, BlobStates).blobs if b.complete]
            blobs += laptop.outbox.delivered_late(whole)
        elif kind == Kind.FEED and head.feed_after <= feed.cursor(laptop.work):
            items += feed.apply(laptop.work, _read(body, Feed), laptop.times.wall())
        elif kind == Kind.KEYS:
            keys = _read(body, list[RegisterKey])
    return receipts, blobs, items, keys


def _clean(laptop: Opened, folder: Path) -> None:
    """Own packages that the service has answered whole are taken off the stick; others stay."""
    waiting = laptop.outbox.oldest_unfinished()
    device_id = laptop.work.identity.device_id
    for path in packages(folder, device_id, UP) if folder.is_dir() else []:
        if waiting is None or int(path.stem.rpartition("-")[2]) < waiting:
            with suppress(OSError):
                path.unlink()
