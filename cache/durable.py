"""Writing files so that after a power cut there is the old one or the new one, never half of either."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector.errors import StoreFull

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
UNWRITABLE = ("磁盘写入失败，刚才的内容没有写入。", "请检查磁盘是否只读或损坏，并联系管理员；已保存的内容不受影响。")
"""Sentence and advice when the disk has room but does not write."""


@contextmanager
def full_disk_is_told() -> Iterator[None]:
    """Turn a write that failed into the problem that the user sees: no space left, or a disk that does not take it."""
    try:
        yield
    except OSError as error:
        raise StoreFull if error.errno in _FULL else StoreFull(*UNWRITABLE) from None


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable (Windows does so by itself and cannot open folders)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that a power cut cannot take it with what was made durable inside.

    Raises StoreFull.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with full_disk_is_told():
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step: ``.part`` → fsync → rename → fsync of the folder. Raises StoreFull."""
    part = path.with_name(path.name + ".part")
    with full_disk_is_told():
        try:
            with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
