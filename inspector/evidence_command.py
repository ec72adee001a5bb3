"""``verify-journal FILE…`` and ``verify-record FILE``: anybody may check what an officer handed out."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from inspector import evidence, wire
from inspector.evidence import Evidence, Extent, PublicKeys

HOLDS, WRONG, UNREADABLE = 0, 1, 2
"""Exit codes."""
STEP = 1 << 20
MOST_FILES = 2000
LARGEST_ATTACHMENT = 256 << 20


def verify(paths: Sequence[str], keys: str, extent: Extent, out: TextIO, err: TextIO) -> int:
    """Check files of one device against the service's public keys; attachments lie beside a record's file."""
    try:
        public = wire.decode(_whole(Path(keys)), PublicKeys)
        read = [evidence.read(_whole(Path(path))) for path in paths]
    except (OSError, msgspec.MsgspecError, ValueError) as problem:
        print(f"不能读取：{_one_line(problem)}。请核对文件是否完整、是否为本程序导出。", file=err)
        return UNREADABLE
    if any(one.extent is not extent for one in read):
        fitting = "verify-record" if extent is Extent.JOURNAL else "verify-journal"
        print(f"这个文件要用 {fitting} 核对。", file=err)
        return UNREADABLE
    results = [_told(path, one, public, out) for path, one in zip(paths, read, strict=True)]
    for other in read[1:]:
        if told := evidence.conflict(read[0], other):
            print(told, file=out)
            results.append(False)
    return HOLDS if all(results) else WRONG


def _told(path: str, one: Evidence, keys: PublicKeys, out: TextIO) -> bool:
    attached = _beside(Path(path)) if one.extent is Extent.RECORD else None
    found = evidence.check(one, keys, attached)
    print(_one_line(path), file=out)
    for line in evidence.described(found, one.extent):
        print(f"  {_one_line(line)}", file=out)
    return not found.wrong


def _whole(path: Path) -> bytes:
    if path.stat().st_size > evidence.LARGEST:
        raise ValueError(f"{path.name} 过大")
    return path.read_bytes()


def _beside(path: Path) -> dict[str, int]:
    """Hash and size of the plain files in the folder of a record."""
    found: dict[str, int] = {}
    for file in sorted(path.parent.iterdir())[:MOST_FILES]:
        if file != path and file.is_file() and not file.is_symlink() and file.stat().st_size <= LARGEST_ATTACHMENT:
            digest, size = hashlib.sha256(), 0
            with file.open("rb") as opened:
                while piece := opened.read(STEP):
                    digest.update(piece)
                    size += len(piece)
            found[digest.hexdigest()] = size
    return found


def _one_line(text: object) -> str:
    """What came from a file steers no terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))
