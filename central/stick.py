"""Sticks at the centre: what laptops wrote is taken in as if it had come by the network, and answers go back.

``python -m central stick DIR``. The same ingest, the same dedupe, the same receipts: a record that came both ways is
one.
"""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import TypeVar

import msgspec

from central.api.blobs import state, take
from central.api.down import feed_for, keys_for
from central.api.problems import Refused
from central.files import sync_folder, write_whole
from central.ingest import ingest
from central.models import Device
from central.service import Service
from inspector import wire
from inspector.documents import is_document
from inspector.errors import PackageRefused, Problem, StickUnusable
from inspector.stick import DOWN, FOLDER, REPOSITORY, UP, Chunk, DownHead, Kind, UpHead, file_name, signed_text
from inspector.trust import device as keys
from inspector.trust import package
from inspector.wire import MAX_BATCH_EVENTS, BlobStates, EventAnswer, EventAnswers, EventBatch

T = TypeVar("T")
_UP = re.compile(r"([0-9A-Za-z_-]{1,64})-([0-9]{12})\." + UP)
MOST_FILES = 10_000
STEP = 1 << 20


@dataclass
class Came:
    """What one package brought."""

    name: str
    device_id: str = ""
    cursor: int = 0
    """After which item the laptop wants the feed."""
    entries: int = 0
    chunks: int = 0
    problem: Problem | None = None
    """Why it was not taken, or not to its end; what came before stays, and coming again does no harm."""
    answers: list[EventAnswer] = field(default_factory=list)
    blobs: dict[str, None] = field(default_factory=dict)
    """Digests, in the order of their coming."""


def exchange(service: Service, stick: Path, say: Callable[[Came], object]) -> list[Came]:
    """Take in every package on a stick and write the answers, feed and register for their laptops.

    Raises StickUnusable.
    """
    folder = stick / FOLDER
    try:
        came = []
        for path in _packages(folder):
            came.append(_take_in(service, path))
            say(came[-1])
        for device_id in dict.fromkeys(c.device_id for c in came if c.device_id):
            hand_out(service, stick, [c for c in came if c.device_id == device_id])
        return came
    except OSError:
        raise StickUnusable from None


def prepare(service: Service, stick: Path, device_id: str) -> Path:
    """Write feed, lists and register for a laptop that brought nothing. Raises PackageRefused, StickUnusable."""
    with service.sessions() as session:
        if session.get(Device, device_id) is None:
            raise PackageRefused("没有这台电脑。", "请核对电脑编号。")
    try:
        (stick / FOLDER).mkdir(exist_ok=True)
        return hand_out(service, stick, [Came("", device_id)])
    except OSError:
        raise StickUnusable from None


def _packages(folder: Path) -> list[Path]:
    found = []
    if folder.is_dir():
        with os.scandir(folder) as listed:
            for number, entry in enumerate(listed):
                if number >= MOST_FILES:
                    raise StickUnusable("U 盘上的文件过多，没有读取。", "请换一个干净的 U 盘。")
                if _UP.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    found.append(Path(entry.path))
    return sorted(found)


def _take_in(service: Service, path: Path) -> Came:
    """What was taken stays taken, wherever the package ends."""
    came = Came(path.name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            if not S_ISREG(os.fstat(file.fileno()).st_mode):
                raise PackageRefused
            frames = package.opened(service.keys.recovery, UP, file.read)
            _take_frames(service, frames, came)
    except (PackageRefused, Refused) as problem:
        came.problem = problem if isinstance(problem, Problem) else PackageRefused(problem.title, problem.detail)
    return came


def _take_frames(service: Service, frames: Iterator[bytes], came: Came) -> None:
    head = _read(next(frames, b"").removeprefix(Kind.HEAD), UpHead)
    with service.sessions() as session:
        if session.get(Device, head.device_id) is None:
            raise PackageRefused("这台电脑没有在中心登记，记录没有导入。", "请联系管理员；记录仍在原来的电脑上。")
    came.device_id = head.device_id
    came.cursor = head.feed_cursor
    for frame in frames:
        if frame[:1] == Kind.EVENTS:
            events = _read(frame[1:], EventBatch).events[:MAX_BATCH_EVENTS]
            came.answers += ingest(service, head.device_id, events)
            came.entries += len(events)
        elif frame[:1] == Kind.CHUNK:
            chunk = Chunk.read(frame[1:])
            try:
                take(service, chunk.sha256, chunk.number, chunk.data)
            except Refused:
                continue  # of an entry that was held: it is asked for again when the entry is registered
            came.chunks += 1
            came.blobs[chunk.sha256] = None


def _read(frame: bytes, kind: type[T]) -> T:
    try:
        return wire.decode(frame, kind)
    except msgspec.MsgspecError:
        raise PackageRefused from None


# -- what goes back
def hand_out(service: Service, stick: Path, came: list[Came]) -> Path:
    """Write the answers to what came from one laptop, its feed and its register. Raises OSError."""
    with service.sessions() as session:
        device = session.get_one(Device, came[0].device_id)
    folder = stick / FOLDER
    _copy_register(service, device, folder / REPOSITORY)
    pieces = package.sealed(device.box_key, DOWN, _frames_for(service, device, came), secrets.token_bytes)
    path = folder / file_name(device.device_id, int(service.now().timestamp()), DOWN)
    write_whole(path, b"".join(pieces))
    for old in folder.glob(f"{device.device_id}-*.{DOWN}"):
        if old.name < path.name:
            old.unlink()  # what it answered is answered in the new one: the packages are still there
    return path


def _frames_for(service: Service, device: Device, came: list[Came]) -> list[bytes]:
    cursor = min(c.cursor for c in came)
    frames = [Kind.HEAD + wire.encode(DownHead(device.device_id, service.now(), cursor))]
    answers = [answer for c in came for answer in c.answers]
    for start in range(0, len(answers), MAX_BATCH_EVENTS):
        frames.append(Kind.ANSWERS + wire.encode(EventAnswers(tuple(answers[start : start + MAX_BATCH_EVENTS]))))
    blobs = tuple(state(service, digest) for digest in dict.fromkeys(d for c in came for d in c.blobs))
    frames.append(Kind.BLOBS + wire.encode(BlobStates(blobs)))
    more = True
    while more:
        page = feed_for(service, device, cursor)
        frames.append(Kind.FEED + wire.encode(page))
        cursor, more = (page.items[-1].number if page.items else cursor), page.more
    frames.append(Kind.KEYS + wire.encode(keys_for(service, device)))
    return [*frames, Kind.SIGNATURE + keys.sign(service.keys.receipt, signed_text(frames))]


def _copy_register(service: Service, device: Device, folder: Path) -> None:
    """The signed repository with its documents and the register of one area. The newest word (timestamp) comes last."""
    base = service.repository_folder
    with service.publishing() as (repository, _):
        register = [target for target, _ in repository.register(device.register or device.area)]
        documents = [target for path, target in repository.targets().items() if is_document(path)]
        files = [repository.target_file(target) for target in (*register, *documents)]
        metadata = sorted((base / "metadata").glob("*.json"), key=lambda p: p.name == "timestamp.json")
    for source in (*files, *metadata):
        place = folder / source.relative_to(base)
        if source in files and place.exists() and place.stat().st_size == source.stat().st_size:
            continue  # its name is its hash, and the laptop checks it
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        with source.open("rb") as old, part.open("wb") as new:
            shutil.copyfileobj(old, new, STEP)
            new.flush()
            os.fsync(new.fileno())
        os.replace(part, place)
        sync_folder(place.parent)
