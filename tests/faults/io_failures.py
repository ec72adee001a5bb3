"""The n-th write, fsync, rename or creation on one side's disk fails, once or for good; then the disk is well again.

A full disk (ENOSPC) or a failing one (EIO): each step of the day is done whole or not at all, the officer is told in a
sentence (a Problem, never anything else), and what was told to be done is true afterwards.
"""

import errno
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from inspector.errors import Problem
from tests.cache.officers import HeldClock
from tests.faults import day
from tests.faults.disk import Disk, watched
from tests.faults.invariants import must
from tests.faults.kills import finish, prepared
from tests.faults.places import scratch
from tests.faults.world import Centre, Station

ERRORS = (errno.ENOSPC, errno.EIO)
SIDES = {"laptop": "a", "service": "centre"}


def work(folder: Path, disk: Disk) -> None:
    """A day on this disk, as far as it gets."""
    clock = HeldClock()
    with watched(disk), ExitStack() as closing:
        closing.enter_context(suppress(Problem))
        centre = Centre(folder / "centre", clock)
        closing.callback(centre.close)
        station = Station(folder / "a", clock, centre)
        closing.callback(station.close)
        day.whole(station)


def run_case(base: Path, folder: Path, side: str, at: int, error: int, lasting: bool) -> int:
    """One failure; how many operations failed of it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    disk = Disk(folder / SIDES[side], at, error, lasting)
    work(folder, disk)
    finish(folder)
    return disk.failed


def operations(base: Path, folder: Path, side: str) -> int:
    """How many operations a day without any failure takes."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    disk = Disk(folder / SIDES[side])
    work(folder, disk)
    must(disk.log, "no operation was seen")
    return len(disk.log)


Case = tuple[int, int, bool]
"""Which operation fails, with which error, and whether all after it do."""
Chosen = Callable[[range, random.Random], list[Case]]


def every_way(operations: range, _: random.Random) -> list[Case]:
    """Every operation, each error, once and for good."""
    return [(at, error, lasting) for at in operations for error in ERRORS for lasting in (False, True)]


def a_part(part: int, parts: int) -> Chosen:
    """Every operation in one drawn way, in so many parts."""
    return lambda operations, draw: [(at, draw.choice(ERRORS), draw.random() < 0.5) for at in operations[part::parts]]


def some(cases: int) -> Chosen:
    return lambda operations, draw: draw.sample(every_way(operations, draw), cases)


def failures(side: str, chosen: Chosen, number: int) -> Iterator[int]:
    """Failures on one side; yields how many operations failed in each case."""
    draw = random.Random(number)
    with scratch() as folder:
        base, place = prepared(folder), folder / "case"
        every = range(1, operations(base, place, side) + 1)
        for at, error, lasting in chosen(every, draw):
            yield run_case(base, place, side, at, error, lasting)
