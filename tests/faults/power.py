"""Power loss: the files of a day's work as a disk may hold them when the power went, at any operation.

A day of the real store is recorded operation by operation (``tests/faults/disk.py``). For a cut, what was fsynced
before is there; of everything later a drawn part is there, in any order and torn at sectors; names too are only sure
once their folder was fsynced. What the officer had been told by then must be true of the result.
"""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.cache.officers import HeldClock
from tests.faults import day
from tests.faults.disk import Disk, Op, watched
from tests.faults.invariants import check
from tests.faults.kills import prepared
from tests.faults.places import scratch
from tests.faults.world import Centre, Station, Told, told_path

SECTOR = 512


@dataclass
class Node:
    """A file's bytes (or, with ``names``, a folder): what is sure, and what came since."""

    sure: bytearray = field(default_factory=bytearray)
    loose: list[Op] = field(default_factory=list)


def apply(data: bytearray, op: Op, start: int = 0, end: int | None = None) -> None:
    """One write or truncation; of a write maybe only the bytes from ``start`` to ``end``."""
    if op.what == "truncate":
        del data[op.offset :]
        data.extend(bytes(max(0, op.offset - len(data))))
        return
    piece = op.data[start:end]
    at = op.offset + start
    data.extend(bytes(max(0, at - len(data))))
    data[at : at + len(piece)] = piece


@dataclass(frozen=True)
class Change:
    """A change of names in a folder."""

    what: str
    path: str
    target: str
    node: Node

    def make(self, names: dict[str, Node]) -> None:
        if self.what != "create":
            names.pop(self.path, None)
        if self.what != "unlink":
            names[self.target] = self.node


class Platter:
    """The disk below one folder, as the operations up to a moment leave it."""

    def __init__(self, folder: Path) -> None:
        self.sure: dict[str, Node] = {}
        """Names that survive any cut."""
        self.now: dict[str, Node] = {}
        """Names as the running system sees them."""
        self.loose: dict[str, list[Change]] = {}
        """Changes in a folder since its last fsync."""
        self.loose_folders: set[str] = set()
        """Folders whose own name is not sure yet."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith("-shm"):
                self.sure[str(path)] = self.now[str(path)] = Node(bytearray(path.read_bytes()))

    def do(self, op: Op) -> None:
        match op.what:
            case "write" | "truncate":
                self._node(op.path).loose.append(op)
            case "sync":
                node = self._node(op.path)
                for late in node.loose:
                    apply(node.sure, late)
                node.loose.clear()
            case "sync-folder":
                for change in self.loose.pop(op.path, []):
                    change.make(self.sure)
                self.loose_folders -= {f for f in self.loose_folders if _above(f) == op.path}
            case "create":
                self._change(Change("create", op.path, op.path, Node()))
            case "rename":
                self._change(Change("rename", op.path, op.target, self._node(op.path)))
            case "unlink":
                self._change(Change("unlink", op.path, "", self._node(op.path)))
            case "mkdir":
                self.loose_folders.add(op.path)

    def _change(self, change: Change) -> None:
        self.loose.setdefault(_above(change.target or change.path), []).append(change)
        change.make(self.now)

    def _node(self, path: str) -> Node:
        if path not in self.now:
            self._change(Change("create", path, path, Node()))
        return self.now[path]

    def cut(self, draw: random.Random) -> dict[str, bytes]:
        """The files after the power went: what is sure, and of the rest what luck left."""
        mood = draw.random()
        share = 0.0 if mood < 0.3 else 1.0 if mood > 0.85 else draw.random()
        gone = [f"{f}/" for f in sorted(self.loose_folders) if draw.random() >= share]
        names = dict(self.sure)
        for changes in self.loose.values():
            # A folder's names change in order, however many of the changes made it.
            for change in changes[: sum(draw.random() < share for _ in changes)]:
                change.make(names)
        kept = {p: n for p, n in names.items() if not any(p.startswith(f) for f in gone)}
        return {path: self._content(node, share, draw) for path, node in kept.items()}

    @staticmethod
    def _content(node: Node, share: float, draw: random.Random) -> bytes:
        data = bytearray(node.sure)
        late = [op for op in node.loose if draw.random() < share]
        if draw.random() < 0.5:
            draw.shuffle(late)
        for op in late:
            sectors = len(op.data) // SECTOR
            if sectors > 1 and draw.random() < 0.3:
                first = draw.randint(0, sectors)
                apply(data, op, first * SECTOR, draw.randint(first, sectors) * SECTOR)
            else:
                apply(data, op)
        return bytes(data)


def _above(path: str) -> str:
    return path.rpartition("/")[0]


class Clocked(Told):
    """Notes with every word how many operations the disk had seen."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self._disk = disk
        self.words: list[tuple[int, tuple[object, ...]]] = []

    def say(self, *words: object) -> None:
        self.words.append((len(self._disk.log), words))


@dataclass
class Recording:
    """A day as its disk saw it."""

    before: Path
    ops: list[Op]
    words: list[tuple[int, tuple[object, ...]]]
    centre: Path
    """The service at the end of the day: it holds at least what any cut laptop was told it holds."""


def record(folder: Path) -> Recording:
    """Work through a day, with a pause in which the store is closed and opened."""
    base, place = prepared(folder), folder / "case"
    shutil.copytree(base, place)
    clock = HeldClock()
    centre = Centre(place / "centre", clock)
    with watched(Disk(place / "a")) as disk:
        station = Station(place / "a", clock, centre)
        told = station.told = Clocked(told_path(place / "a"), disk)
        day.whole(station)
        station.close()
        station.open()
        for number in range(20):
            station.lead(str(number))
        day.whole(station)
        station.close()
    centre.close()
    return Recording(base / "a", disk.log, told.words, place / "centre")


def cuts(count: int, number: int) -> Iterator[int]:
    """So many power cuts at drawn moments; yields the moment of each."""
    draw = random.Random(number)
    with scratch() as folder:
        recorded = record(folder)
        place = folder / "case" / "a"
        kept = folder / "centre"
        shutil.move(recorded.centre, kept)
        moments = sorted(draw.randint(0, len(recorded.ops)) for _ in range(count))
        shutil.rmtree(place)
        shutil.copytree(recorded.before, place)
        platter, at = Platter(place), 0
        for case, moment in enumerate(moments):
            for op in recorded.ops[at:moment]:
                platter.do(op)
            at = moment
            lay(place, platter.cut(draw), [w for n, w in recorded.words if n <= moment])
            yield moment
            survive(place, kept if case % 10 == 0 else None)


def lay(place: Path, files: dict[str, bytes], words: list[tuple[object, ...]]) -> None:
    """Put a cut's files down, and what had been told by then."""
    shutil.rmtree(place)
    for path, data in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)
    told_path(place).write_text("".join(json.dumps(w) + "\n" for w in words))


def survive(place: Path, centre_kept: Path | None) -> None:
    """Open what the cut left and insist on what was told; with a service, finish the day."""
    clock = HeldClock()
    centre = None
    if centre_kept is not None:
        shutil.rmtree(place.parent / "centre", ignore_errors=True)
        shutil.copytree(centre_kept, place.parent / "centre")
        centre = Centre(place.parent / "centre", clock)
    try:
        station = Station(place, clock, centre)
        try:
            check(centre, [station])
            if centre is not None:
                day.settle([station])
                check(centre, [station], settled=True)
        finally:
            station.close()
    finally:
        if centre is not None:
            centre.close()


def run(count: int, number: int) -> int:
    return sum(1 for _ in cuts(count, number))
