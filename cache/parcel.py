"""Writes packages for the service to a medium: sealed, written, read back, and only then there."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

from cache import feed
from cache.durable import sync_folder
from cache.opened import Opened
from cache.outbox import Queued
from cache.session_types import Progress
from inspector import wire
from inspector.errors import Cancelled, StickUnusable
from inspector.stick import UP, Chunk, Kind, UpHead
from inspector.trust import package
from inspector.wire import CHUNK, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, BlobRef, EventBatch

STEP = 1 << 20
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written to a stick and read back."""

    path: Path
    entries: int
    blobs: int
    size: int


@contextmanager
def stick_is_told() -> Iterator[None]:
    """Whatever a stick does, the officer gets a sentence."""
    try:
        yield
    except OSError:
        raise StickUnusable from None


def ensure_room(folder: Path, entries: Sequence[Queued], blobs: Sequence[BlobRef]) -> None:
    """Raises StickUnusable when a package with these would not fit."""
    total = size_of(entries, blobs)
    if shutil.disk_usage(folder).free < total + total // 10 + STEP:
        raise StickUnusable("U 盘空间不足，没有复制。", f"需要约 {(total >> 20) + 1} MB；请换一个 U 盘或清理后再试。")


def size_of(entries: Sequence[Queued], blobs: Sequence[BlobRef]) -> int:
    """Bytes, but for what sealing adds."""
    return sum(q.size for q in entries) + sum(b.size for b in blobs)


def write(
    laptop: Opened, path: Path, entries: list[Queued], blobs: list[BlobRef], progress: Report, cancel: Flag
) -> Copied:
    """Write a package with these entries and attachments. Raises StickUnusable, Cancelled, VaultDamaged, OSError."""
    total = size_of(entries, blobs)
    part = path.with_name(f".{path.name}.part")
    try:
        written = _write(part, _sealed(laptop, entries, blobs, total, progress, cancel))
        if _digest(part, total, progress, cancel) != written:
            raise StickUnusable("写入的内容读回来不一样，没有复制。", "请换一个 U 盘再试；记录仍在本机。")
        os.replace(part, path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Copied(path, len(entries), len(blobs), path.stat().st_size)


def _sealed(
    laptop: Opened,
    entries: list[Queued],
    blobs: list[BlobRef],
    total: int,
    progress: Callable[[Progress], None],
    cancel: Flag,
) -> Iterator[bytes]:
    """The bytes of a package for the service."""

    def frames() -> Iterator[bytes]:
        done = 0
        identity = laptop.work.identity
        head = UpHead(identity.device_id, laptop.times.wall(), feed.cursor(laptop.work))
        yield Kind.HEAD + wire.encode(head)
        for group in _groups(entries):
            go_on(cancel)
            sent = laptop.outbox.outgoing([q.seq for q in group])
            yield Kind.EVENTS + wire.encode(EventBatch(tuple(out.sealed for out in sent)))
            done += sum(q.size for q in group)
            progress(Progress("复制记录", done, total))
        for blob in blobs:
            data = laptop.blobs.get(blob.sha256)
            for number, start in enumerate(range(0, len(data), CHUNK)):
                go_on(cancel)
                piece = data[start : start + CHUNK]
                yield Chunk(blob.sha256, number, piece).frame()
                done += len(piece)
                progress(Progress("复制照片", done, total))

    recipient = laptop.work.identity.enrolment.recovery_key
    return package.sealed(recipient, UP, frames(), secrets.token_bytes)


def _groups(entries: list[Queued]) -> Iterator[list[Queued]]:
    """As many as go into one batch; a large one alone."""
    group: list[Queued] = []
    for entry in entries:
        if group and (len(group) == MAX_BATCH_EVENTS or sum(q.size for q in group) + entry.size > MAX_BATCH_BYTES):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def go_on(cancel: Flag) -> None:
    if cancel.is_set():
        raise Cancelled


def _write(path: Path, pieces: Iterator[bytes]) -> bytes:
    """Write durably; the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.digest()


def _digest(path: Path, total: int, progress: Callable[[Progress], None], cancel: Flag) -> bytes:
    """The SHA-256 of what is on the stick, not of what the system remembers of it."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(STEP):
            go_on(cancel)
            digest.update(piece)
            done += len(piece)
            progress(Progress("读回核对", min(done, total), total))
    return digest.digest()
