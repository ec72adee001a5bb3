"""Power loss at the centre: its photos and files as a disk may hold them, beside what its database had committed.

The database keeps its own promise (SQLite with ``synchronous=FULL``, PostgreSQL); what is tried is that the service
never commits a word about a file that a power cut may still take. Before each operation on a file the whole world is
copied as it stands; a cut is such a copy with the centre's files replaced by what is sure of them, and luck.
"""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.cache.officers import HeldClock
from tests.faults import day
from tests.faults.disk import Disk, Op, watched
from tests.faults.kills import finish, prepared
from tests.faults.places import scratch
from tests.faults.power import Platter
from tests.faults.world import Centre, Station

MEMORY_OF_SQLITE = shutil.ignore_patterns("*-shm")
"""Never on a disk: made anew from the log."""


@dataclass
class Shots(Disk):
    """A disk that copies the world before each of its operations."""

    world: Path = field(kw_only=True)
    shots: Path = field(kw_only=True)

    def note(self, *ops: Op) -> bool:
        self.shoot()
        return super().note(*ops)

    def shoot(self) -> None:
        shutil.copytree(self.world, self.shots / str(len(self.log)), ignore=MEMORY_OF_SQLITE)

    def shot(self, moment: int) -> Path:
        """The world after so many operations. Nothing is committed between those that are noted together."""
        return self.shots / str(max(int(p.name) for p in self.shots.iterdir() if int(p.name) <= moment))


def record(base: Path, world: Path, shots: Path) -> Shots:
    """Work through a day; a copy of the world for each moment between two operations of the centre's disk."""
    shutil.copytree(base, world)
    clock = HeldClock()
    with watched(Shots(world / "centre", world=world, shots=shots)) as disk:
        assert isinstance(disk, Shots)
        centre = Centre(world / "centre", clock)
        station = Station(world / "a", clock, centre)
        day.whole(station)
        day.settle([station])
        disk.shoot()
        station.close()
        centre.close()
    return disk


def is_database(path: Path) -> bool:
    return path.name.removesuffix("-wal").endswith(".db") and "tuf" not in path.parts


def cuts(times: int, number: int) -> Iterator[int]:
    """So many cuts at every moment; yields the moment of each."""
    draw = random.Random(number)
    with scratch() as folder:
        base, world, shots = prepared(folder), folder / "case", folder / "shots"
        disk = record(base, world, shots)
        shutil.rmtree(world)
        shutil.copytree(base, world)
        platter = Platter(world / "centre")
        for moment in range(len(disk.log) + 1):
            if moment:
                platter.do(disk.log[moment - 1])
            for _ in range(times):
                lay(world, disk.shot(moment), platter.cut(draw))
                yield moment
                finish(world)


def lay(world: Path, shot: Path, files: dict[str, bytes]) -> None:
    """The world of a moment, with the centre's files as the cut left them."""
    shutil.rmtree(world)
    shutil.copytree(shot, world)
    for path in (world / "centre").rglob("*"):
        if path.is_file() and not is_database(path):
            path.unlink()
    for name, data in files.items():
        if not is_database(Path(name)):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)


def run(times: int, number: int) -> int:
    return sum(1 for _ in cuts(times, number))
