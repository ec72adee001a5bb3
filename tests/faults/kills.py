"""Kills a laptop or its service at any line that it executes, opens both again, and checks every promise.

Run as a program: it forks one child a case from a process without threads. The child works through a day (saves,
photos, seals, rounds with the real service in the same process) and kills itself at the given line; the parent opens
what is left, checks, finishes the day on it, and checks again that everything arrived once.
"""

import faulthandler
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from tests.cache.officers import HeldClock
from tests.faults import day, world
from tests.faults.invariants import check
from tests.faults.places import scratch
from tests.faults.world import Centre, Station

ROOT = Path(__file__).parent.parent.parent
LAPTOP = tuple(str(p) for p in sorted((ROOT / "cache").glob("*.py")))
SERVICE = tuple(str(p) for place in ("central", "central/api") for p in sorted((ROOT / place).glob("*.py")))
SIDES = {"laptop": LAPTOP, "service": SERVICE}


PATIENCE = 120.0
"""Seconds after which a child hangs: it then tells where."""


class Killer:
    """A trace function that kills this process at the n-th line of one side; 0 only notes which lines there are."""

    def __init__(self, files: tuple[str, ...], at: int) -> None:
        self._files = frozenset(files)
        self._at = at
        self.lines: list[tuple[str, int]] = []

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._line if frame.f_code.co_filename in self._files else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            self.lines.append((frame.f_code.co_filename, frame.f_lineno))
            if len(self.lines) == self._at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line

    def start(self) -> None:
        threading.settrace(self)
        sys.settrace(self)


def opened(folder: Path) -> tuple[Centre, Station]:
    clock = HeldClock()
    centre = Centre(folder / "centre", clock)
    try:
        return centre, Station(folder / "a", clock, centre)
    except BaseException:
        centre.close()
        raise


def child(folder: Path, side: str, at: int) -> None:
    killer = Killer(SIDES[side], at)
    killer.start()
    centre, station = opened(folder)
    day.whole(station)
    station.close()
    centre.close()
    sys.settrace(None)
    if not at:
        (folder / "lines").write_text(json.dumps(killer.lines))


def alone() -> None:
    """Wait until this is the process's only thread.

    A worker that is ending may hold a lock of SQLCipher or OpenSSL; a child forked at that moment would wait for it for
    ever.
    """
    end = time.monotonic() + PATIENCE
    while len(os.listdir("/proc/self/task")) > 1:
        assert time.monotonic() < end, threading.enumerate()
        os.sched_yield()


def forked(folder: Path, side: str, at: int) -> bool:
    """A process that works and dies; whether it really died of the kill."""
    alone()
    pid = os.fork()
    if pid == 0:
        with (folder / "failed").open("w") as told:
            faulthandler.dump_traceback_later(PATIENCE, exit=True, file=told)
            try:
                child(folder, side, at)
            except BaseException as error:
                told.write(f"{type(error).__name__}: {error}")
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    failed = (folder / "failed").read_text()
    assert not failed, (side, at, failed)
    return os.WIFSIGNALED(status)


def finish(folder: Path) -> None:
    """Open what is left, check, finish the day on it, and check that everything arrived once."""
    centre, station = opened(folder)
    try:
        check(centre, [station])
        day.whole(station)
        day.settle([station])
        check(centre, [station], settled=True)
        sealed = station.opened.store.rows("SELECT count(*) AS n FROM journal WHERE kind = 'inspection'")
        assert sealed[0]["n"] == day.RECORDS, "the same record twice, or not at all"
    finally:
        station.close()
        centre.close()


def run_case(base: Path, folder: Path, kills: tuple[tuple[str, int], ...]) -> int:
    """One day with kills, one after the other; how many of them hit."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    hit = sum(forked(folder, side, at) for side, at in kills)
    finish(folder)
    return hit


def prepared(folder: Path) -> Path:
    """The world that every case starts from a copy of."""
    base = folder / "base"
    world.make(base, ("a",))
    centre = Centre(base / "centre", HeldClock())
    day.prepare(centre)
    centre.close()
    return base


def lines_of(base: Path, folder: Path, side: str) -> list[tuple[str, int]]:
    """Every line that one side executes in a day, in order."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    assert not forked(folder, side, 0)
    return [(name, line) for name, line in json.loads((folder / "lines").read_text())]


def once_each(lines: list[tuple[str, int]], draw: random.Random) -> list[int]:
    """For every line of the source one of the moments at which it runs."""
    moments: dict[tuple[str, int], list[int]] = {}
    for number, line in enumerate(lines, 1):
        moments.setdefault(line, []).append(number)
    return sorted(draw.choice(found) for found in moments.values())


Chosen = Callable[[list[tuple[str, int]], random.Random], list[int]]
"""The moments of a day at which to kill, by the lines that it executes."""


def every_moment(lines: list[tuple[str, int]], _: random.Random) -> list[int]:
    return list(range(1, len(lines) + 1))


def a_part(part: int, parts: int) -> Chosen:
    """Of every line of the source one moment at which it runs, in so many parts."""
    return lambda lines, draw: once_each(lines, draw)[part::parts]


def all_shuffled(lines: list[tuple[str, int]], draw: random.Random) -> list[int]:
    """Every line of the source in no order: what is wrong all over shows soon."""
    each = once_each(lines, draw)
    draw.shuffle(each)
    return each


def sweep(side: str, chosen: Chosen, number: int, doubles: int = 0) -> Iterator[int]:
    """Kills on one side, then so many days with two kills anywhere; yields how many of each case hit."""
    draw = random.Random(number)
    with scratch() as folder:
        base, place = prepared(folder), folder / "case"
        lines = {name: lines_of(base, place, name) for name in SIDES}
        for at in chosen(lines[side], draw):
            yield run_case(base, place, ((side, at),))
        for _ in range(doubles):
            sides = [draw.choice(tuple(SIDES)) for _ in range(2)]
            yield run_case(base, place, tuple((s, draw.randint(1, len(lines[s]))) for s in sides))


def main(side: str, part: int, parts: int, number: int, doubles: int) -> None:
    """Print what was done as JSON."""
    hits = list(sweep(side, a_part(part, parts), number, doubles))
    json.dump({"cases": len(hits), "killed": sum(h > 0 for h in hits), "kills": sum(hits)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]))
