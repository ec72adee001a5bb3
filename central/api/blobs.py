"""Takes photos and papers in by chunks, in any order and any number of times; whole only when the whole hash fits."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from central.api.problems import Refused
from central.api.requests import authenticate, decode, read_body, reply, service_of
from central.files import make_folder, sync_folder, write_whole
from central.models import BlobRow
from central.service import Service
from inspector.wire import CHUNK, BlobQuery, BlobState, BlobStates

router = APIRouter()
MAX_BLOB = 64 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


@router.post("/blobs/have")
async def have(request: Request) -> Response:
    service = service_of(request)
    body = await read_body(request)

    def answer() -> BlobStates:
        query = decode(authenticate(service, request, body).body, BlobQuery)
        return BlobStates(tuple(states(service, [blob.sha256 for blob in query.blobs])))

    return reply(await run_in_threadpool(answer))


@router.put("/blobs/{digest}/chunks/{number}")
async def put_chunk(request: Request, digest: str, number: int) -> Response:
    service = service_of(request)
    body = await read_body(request, CHUNK)

    def answer() -> BlobState:
        data = authenticate(service, request, body).body
        if sha256(data).hexdigest() != request.headers.get("x-chunk-sha256", ""):
            raise Refused(400, "chunk-damaged", "分块在传输中损坏。", "程序会重发。")
        return take(service, digest, number, data)

    return reply(await run_in_threadpool(answer))


def _row(service: Service, digest: str) -> BlobRow:
    with service.sessions() as session:
        row = session.get(BlobRow, digest) if _SHA256.fullmatch(digest) else None
    if row is None or not 0 < row.size <= MAX_BLOB:
        raise Refused(404, "unknown-blob", "中心没有登记这份附件。", "请先同步记录。")
    return row


def blob_path(service: Service, digest: str) -> Path:
    """Where a whole blob lies."""
    return service.settings.folder / "blobs" / digest[:2] / digest


def _parts(service: Service, digest: str) -> Path:
    return blob_path(service, digest).with_name(f"{digest}.parts")


def _count(size: int) -> int:
    return -(-size // CHUNK)


def state(service: Service, digest: str) -> BlobState:
    """Whether a blob is whole here, and if not, which chunks are."""
    row = _row(service, digest)
    if row.complete_at is not None:
        return BlobState(digest, True)
    folder = _parts(service, digest)
    held = sorted(int(p.name) for p in folder.iterdir() if p.name.isdigit()) if folder.exists() else []
    return BlobState(digest, False, tuple(held))


def states(service: Service, digests: Iterable[str]) -> Iterator[BlobState]:
    """Of each blob; one that no registered event names is left out, and does not keep the others from an answer."""
    for digest in digests:
        with suppress(Refused):
            yield state(service, digest)


def take(service: Service, digest: str, number: int, data: bytes) -> BlobState:
    """Store one chunk durably; the last one that was missing makes the blob whole."""
    row = _row(service, digest)
    if row.complete_at is not None:
        return BlobState(digest, True)
    last = _count(row.size) - 1
    expected = CHUNK if number < last else row.size - last * CHUNK
    if not 0 <= number <= last or len(data) != expected:
        raise Refused(400, "chunk-damaged", "分块的编号或长度不对。", "程序会重发。")
    folder = _parts(service, digest)
    make_folder(folder)
    write_whole(folder / str(number), data)
    held = state(service, digest)
    return _assemble(service, row, folder) if len(held.chunks) == last + 1 else held


def _assemble(service: Service, row: BlobRow, folder: Path) -> BlobState:
    """Put the chunks together and believe only the whole hash; wrong chunks are dropped and asked for again."""
    hasher = sha256()
    path = blob_path(service, row.sha256)
    part = path.with_name(f"{row.sha256}.{os.urandom(6).hex()}.part")
    with part.open("wb") as file:
        for number in range(_count(row.size)):
            piece = (folder / str(number)).read_bytes()
            hasher.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if hasher.hexdigest() != row.sha256:
        part.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        return BlobState(row.sha256, False)
    os.replace(part, path)
    sync_folder(path.parent)
    with service.sessions.begin() as session:
        stored = session.get(BlobRow, row.sha256)
        assert stored is not None
        stored.complete_at = stored.complete_at or service.now()
    shutil.rmtree(folder, ignore_errors=True)
    return BlobState(row.sha256, True)
