"""Between the product and its disk: every operation of the encrypted store and of files is seen, and can be failed.

SQLCipher's own file layer is wrapped (``sqlite3_vfs`` and ``sqlite3_io_methods``, reached through the driver's
exported functions), so the real pragmas, pages and ciphers are at work. For other files ``os`` is: what was written
stands in the log as a whole when it is fsynced or renamed, which is all that ``cache/durable.py`` and
``central/files.py`` do.
"""

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

import sqlcipher3._sqlite3 as driver

FULL, IO_WRITE, CANNOT_OPEN = 13, 10 | 3 << 8, 14
"""SQLite's codes for a full disk, a failed write, a file that cannot be opened."""
OK = 0


@dataclass(frozen=True)
class Op:
    """One operation. ``what``: write, truncate, sync, sync-folder, create, rename, unlink, mkdir."""

    what: str
    path: str
    offset: int = 0
    data: bytes = b""
    target: str = ""


@dataclass
class Disk:
    """What happens below one folder; the n-th operation fails with an error number when told so."""

    folder: Path
    fail_at: int = 0
    error: int = errno.ENOSPC
    lasting: bool = False
    """Every operation from the n-th on fails, as on a disk that stays full."""
    log: list[Op] = field(default_factory=list)
    failed: int = 0

    def concerns(self, path: str) -> bool:
        return path.startswith(f"{self.folder}/") and not path.endswith("-shm")

    def note(self, *ops: Op) -> bool:
        """Log; False when the operation is to fail."""
        with _gate:
            number = len(self.log) + 1
            if self.fail_at and (number == self.fail_at or (self.lasting and number > self.fail_at)):
                self.log.append(Op("failed", ops[0].path))
                self.failed += 1
                return False
            self.log.extend(ops)
            return True


_gate = RLock()
_watching: Disk | None = None
_lib = ctypes.CDLL(driver.__file__)
_pointer = ctypes.c_void_p


class _Methods(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("calls", _pointer * 18)]


class _File(ctypes.Structure):
    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int), ("size", ctypes.c_int), ("longest", ctypes.c_int), ("next", _pointer),
        ("name", ctypes.c_char_p), ("data", _pointer), ("open", _pointer), ("delete", _pointer),
    ]  # fmt: skip


_lib.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
# SQLite keeps the pointer to a name that it opens: it is handed on as it came, never as a copy.
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _pointer, _pointer, ctypes.POINTER(_File), ctypes.c_int, _pointer)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, _pointer, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _pointer, _pointer, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _pointer, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _pointer, ctypes.c_int)
_WRITE_AT, _TRUNCATE_AT, _SYNC_AT = 2, 3, 4
"""Places of the calls in ``sqlite3_io_methods``."""
_names: dict[int, str] = {}
_wrapped: dict[int, Any] = {}
_kept: list[Any] = []
"""C code holds pointers to these."""


def _sqlite_code() -> int:
    assert _watching is not None
    return FULL if _watching.error == errno.ENOSPC else IO_WRITE


def _seen(*ops: Op) -> bool:
    """Whether the operation may go on."""
    return _watching is None or not _watching.concerns(ops[0].path) or _watching.note(*ops)


def _wrap(original: _Methods) -> Any:
    """A copy of a file's methods that tells first. One copy for each set of methods there is."""
    calls = [original.calls[n] for n in range(18)]
    write, cut, sync = _WRITE(calls[_WRITE_AT]), _TRUNCATE(calls[_TRUNCATE_AT]), _SYNC(calls[_SYNC_AT])

    def on_write(file: int, data: int, size: int, offset: int) -> int:
        op = Op("write", _names.get(file, ""), offset, ctypes.string_at(data, size))
        return int(write(file, data, size, offset)) if _seen(op) else _sqlite_code()

    def on_truncate(file: int, size: int) -> int:
        return int(cut(file, size)) if _seen(Op("truncate", _names.get(file, ""), size)) else _sqlite_code()

    def on_sync(file: int, flags: int) -> int:
        name = _names.get(file, "")
        ops = [Op("sync", name)]
        if name.endswith("-wal"):  # the first sync of a new log is one of its folder too
            ops.append(Op("sync-folder", os.path.dirname(name)))
        return int(sync(file, flags)) if _seen(*ops) else _sqlite_code()

    mine = (_WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync))
    copy = _Methods(original.version, original.calls)
    for place, call in zip((_WRITE_AT, _TRUNCATE_AT, _SYNC_AT), mine, strict=True):
        copy.calls[place] = ctypes.cast(call, _pointer).value
    _kept.extend((write, cut, sync, *mine, copy))
    return ctypes.pointer(copy)


@contextmanager
def _sqlite_watched() -> Iterator[None]:
    vfs = _lib.sqlite3_vfs_find(None).contents
    plain_open, plain_delete = vfs.open, vfs.delete
    really_open, really_delete = _OPEN(plain_open), _DELETE(plain_delete)

    def on_open(this: int, name: int | None, file: Any, flags: int, out: int) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        if path and not os.path.exists(path) and not _seen(Op("create", path)):
            return CANNOT_OPEN
        result = int(really_open(this, name, file, flags, out))
        if result == OK and file.contents.methods:
            _names[ctypes.addressof(file.contents)] = path
            original = ctypes.addressof(file.contents.methods.contents)
            if original not in _wrapped:
                _wrapped[original] = _wrap(file.contents.methods.contents)
            file.contents.methods = _wrapped[original]
        return result

    def on_delete(this: int, name: bytes, folder_too: int) -> int:
        path = name.decode()
        ops = [Op("unlink", path), *([Op("sync-folder", os.path.dirname(path))] if folder_too else [])]
        return int(really_delete(this, name, folder_too)) if _seen(*ops) else _sqlite_code()

    opening, deleting = _OPEN(on_open), _DELETE(on_delete)
    _kept.extend((opening, deleting, really_open, really_delete))
    vfs.open, vfs.delete = ctypes.cast(opening, _pointer).value, ctypes.cast(deleting, _pointer).value
    try:
        yield
    finally:
        vfs.open, vfs.delete = plain_open, plain_delete


def _may(*ops: Op) -> None:
    if not _seen(*ops):
        assert _watching is not None
        raise OSError(_watching.error, os.strerror(_watching.error), ops[0].path)


@contextmanager
def _files_watched() -> Iterator[None]:
    """``os`` for everything that is not the store."""
    plain: dict[str, Callable[..., Any]] = {n: getattr(os, n) for n in ("fsync", "replace", "mkdir", "unlink", "open")}
    noted: dict[str, bytes] = {}

    def content(path: str) -> list[Op]:
        """What stands in a file, as operations, when it changed since it was last noted."""
        data = Path(path).read_bytes()
        if noted.get(path) == data:
            return []
        noted[path] = data
        return [Op("truncate", path, 0), Op("write", path, 0, data)]

    def fsync(handle: int) -> None:
        path = os.readlink(f"/proc/self/fd/{handle}")
        if os.path.isdir(path):
            _may(Op("sync-folder", path))
        else:
            _may(*content(path), Op("sync", path))
        plain["fsync"](handle)

    def replace(source: Any, target: Any, **more: Any) -> None:
        first, second = os.fspath(source), os.fspath(target)
        unsynced = content(first) if os.path.isfile(first) else []
        _may(*unsynced, Op("rename", first, target=second))
        plain["replace"](source, target, **more)
        noted[second] = noted.pop(first, b"")

    def mkdir(path: Any, *more: Any, **named: Any) -> None:
        if not os.path.exists(path):
            _may(Op("mkdir", os.fspath(path)))
        plain["mkdir"](path, *more, **named)

    def unlink(path: Any, **more: Any) -> None:
        if os.path.exists(path):
            _may(Op("unlink", os.fspath(path)))
        plain["unlink"](path, **more)

    def opening(path: Any, flags: int, *more: Any, **named: Any) -> int:
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        if flags & os.O_CREAT and name and not os.path.exists(name):
            noted.pop(name, None)
            _may(Op("create", name))
        return int(plain["open"](path, flags, *more, **named))

    mine = {"fsync": fsync, "replace": replace, "mkdir": mkdir, "unlink": unlink, "open": opening}
    try:
        for name, call in mine.items():
            setattr(os, name, call)
        yield
    finally:
        for name, call in plain.items():
            setattr(os, name, call)


@contextmanager
def watched(disk: Disk) -> Iterator[Disk]:
    """Everything that opens files below ``disk.folder`` in here is seen."""
    global _watching
    with _gate:
        assert _watching is None, "one disk at a time"
        _watching = disk
    try:
        with _sqlite_watched(), _files_watched():
            yield disk
    finally:
        _watching = None
