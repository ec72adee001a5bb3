"""Hands out evidence: a record with its attachments, or the whole journal, for anybody to check without this laptop.

What is written leaves the encrypted store: the officer asks for it, and it is noted in the journal.
"""

import mimetypes
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cache.continuing import words
from cache.durable import sync_folder
from cache.meta import read_meta
from cache.opened import Opened
from cache.round import PROOF, StoredProof
from inspector import wire
from inspector.errors import InputProblem, InspectionProblem
from inspector.evidence import FORMAT, Evidence, Extent, Proven, PublicKeys
from inspector.papers import proof
from inspector.wire import Event, SealedEvent, Signed

RECORD, JOURNAL, PAGE = "证据.json", "台账.json", "台账证明.pdf"
_SELECT = "SELECT event, j.signature, c.payload, c.signature AS told FROM journal j LEFT JOIN receipt c USING (seq)"


def journal(opened: Opened) -> Evidence:
    """Every entry with its receipt, and the centre's last word on what it holds."""
    return _evidence(opened, Extent.JOURNAL, _proven(opened, "ORDER BY seq"))


def record(opened: Opened, event_id: str) -> Evidence:
    """One record and what refers to it. Raises InspectionProblem."""
    entries = _proven(opened, "WHERE event_id = ?1 OR refers_to = ?1 ORDER BY seq", event_id)
    if not entries:
        raise InspectionProblem("本机没有这条记录。", "请在“记录”页按名称或编号查找。")
    return _evidence(opened, Extent.RECORD, entries)


def write_record(opened: Opened, event_id: str, folder: Path) -> Path:
    """Write a record and its attachments into ``folder``; the path of the evidence file, written last.

    Raises InspectionProblem, VaultDamaged, InputProblem (the folder cannot be written).
    """
    evidence = record(opened, event_id)
    with _told():
        folder.mkdir(parents=True, exist_ok=True)
        for name, digest in _attachments(evidence):
            _write(folder / name, opened.blobs.get(digest))
        return _write(folder / RECORD, wire.encode(evidence))


def write_journal(opened: Opened, folder: Path) -> Path:
    """Write the whole journal and a page about it into ``folder``; the path of the journal's file, written last.

    Raises InputProblem (the folder cannot be written), PaperProblem.
    """
    whole = journal(opened)
    keys = PublicKeys((opened.work.identity.enrolment.receipt_key,))
    page = proof.pdf(whole, keys, opened.times.wall())
    with _told():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / PAGE, page)
        return _write(folder / JOURNAL, wire.encode(whole))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputProblem(f"没有写入：{error.strerror or ''}。", "请换一个文件夹，或检查磁盘空间。") from error


def _evidence(opened: Opened, extent: Extent, entries: tuple[Proven, ...]) -> Evidence:
    kept = read_meta(opened.store, PROOF, StoredProof)
    certificate = opened.work.identity.enrolment.certificate
    continued = words(opened.store) if extent is Extent.JOURNAL else ()
    return Evidence(FORMAT, extent, certificate, entries, kept.signed if kept else None, continued)


def _proven(opened: Opened, which: str, *args: str) -> tuple[Proven, ...]:
    rows = opened.store.rows(f"{_SELECT} {which}", *args)
    return tuple(
        Proven(SealedEvent(r["event"], r["signature"]), Signed(r["payload"], r["told"]) if r["payload"] else None)
        for r in rows
    )


def _attachments(evidence: Evidence) -> Iterable[tuple[str, str]]:
    """File name and hash; names are made here, never taken from a record."""
    number = 0
    for proven in evidence.entries:
        for blob in wire.decode(proven.entry.event, Event).blobs:
            number += 1
            yield f"附件{number:02}-{blob.sha256[:8]}{mimetypes.guess_extension(blob.media_type) or ''}", blob.sha256


def _write(path: Path, data: bytes) -> Path:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    sync_folder(path.parent)
    return path
