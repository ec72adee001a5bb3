"""Cuts, resets, flips, doubled and swapped pieces at any byte of a round, over real TLS between real client and server.

One laptop works on against one service; each case has a fresh record, and every tenth a photo of two chunks. After the
harm every promise is checked, then a round without harm must bring everything over.
"""

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event as Flag

from cache.clock import Clock
from cache.identity import Identity
from cache.remote import Remote
from cache.round import Service as ServicePort
from cache.sync import Sync
from central.server import EmbeddedService
from inspector.errors import Problem
from tests.cache.officers import HeldClock
from tests.faults import day, world
from tests.faults.invariants import check, must
from tests.faults.places import scratch
from tests.faults.proxy import Harm, Plan, Proxy, Way, proxied
from tests.faults.world import Centre, Station, event_id

HARMS = (Harm.END, Harm.RESET, Harm.FLIP, Harm.TWICE, Harm.SWAP)
"""A stall takes a minute of real time to be given up: the model has it, in virtual time."""
ROUNDS = 20
A_DAY = 30
"""Cases on one laptop."""
PHOTO_EVERY = 10
"""Every so many rounds have a photo of two chunks beside the finding."""


class Line:
    """A laptop and a service with the proxy between them."""

    def __init__(self, folder: Path, proxy: Proxy, running: EmbeddedService, clock: HeldClock) -> None:
        self.proxy = proxy
        self.centre = Centre.__new__(Centre)
        self.centre.restored, self.centre.service = False, running.service
        self.station = Station(folder / "a", clock, None)
        self.station.syncing = Sync(self.station.opened, self._connect, lambda: 0.0, lanes=1)

    def _connect(self, who: Identity, clock: Clock) -> ServicePort:
        place = f"https://127.0.0.1:{self.proxy.port}"
        return Remote(place, who.ca, clock, who.device_id, who.keys.signing)

    def session(self, plan: Plan) -> Plan:
        """One round with a harm; what the officer is told is a Problem, or nothing."""
        self.proxy.plan = plan
        try:
            self.station.syncing.round(lambda _: None, Flag())
        except Problem as problem:
            self.station.trouble = problem
        return plan

    def work(self, number: int) -> None:
        self.station.lead(str(number))
        if number % PHOTO_EVERY == 0:
            day.record(self.station, event_id(number, "cuts"), 1)

    def measured(self, number: int) -> dict[Way, int]:
        """The bytes of a round's work that nothing harms."""
        self.work(number)
        return self.session(Plan()).passed

    def settle(self) -> None:
        self.station.opened.outbox.retry_now()
        for _ in range(ROUNDS):
            self.session(Plan())
            if not any(self.station.opened.outbox.counts()):
                return
        must(False, "convergence", f"{ROUNDS} rounds without harm left something waiting")


Lengths = Callable[[int, Way], int]
"""Bytes that a round with this number had on one way when nothing harmed it, TLS included."""


def drawn(count: int, seed: int, lengths: Lengths) -> Iterator[Plan]:
    """So many harms, spread evenly over the bytes of a round, both ways."""
    draw = random.Random(seed)
    for number in range(2, 2 + count):
        way = draw.choice(tuple(Way))
        yield Plan(draw.choice(HARMS), way, draw.randrange(lengths(number, way)))


def ordered(count: int, seed: int, lengths: Lengths) -> Iterator[Plan]:
    """The connection cut at ``count`` bytes in order of a round with a finding, or at every one if it has fewer."""
    step = max(1, sum(lengths(1, way) for way in Way) // count)
    for way in Way:
        for at in range(seed % step, lengths(1, way), step):
            yield Plan(Harm.END if at % 2 else Harm.RESET, way, at)


def cuts(plans: Callable[[Lengths], Iterable[Plan]]) -> Iterator[bool]:
    """Each harm in a round of its own; yields whether it came to pass."""
    with scratch() as folder:
        world.make(folder / "base", ("a",))
        with _line(folder) as line:
            whole = [line.measured(number) for number in range(2)]
        numbered = enumerate(plans(lambda number, way: whole[bool(number % PHOTO_EVERY)][way]), 2)
        while part := tuple(islice(numbered, A_DAY)):
            # What is checked after each case grows with what was done before: a new day now and then.
            with _line(folder) as line:
                for number, harm in part:
                    yield _case(line, number, harm)


@contextmanager
def _line(folder: Path) -> Iterator[Line]:
    """A laptop and a service as they were founded."""
    place = folder / "day"
    shutil.copytree(folder / "base", place)
    clock = HeldClock()
    running = EmbeddedService(place / "centre")
    # The laptop's clock is held: the service must live at the same hour.
    object.__setattr__(running.service, "now", clock.now)
    with running, proxied(running.service.settings.port) as proxy:
        line = Line(place, proxy, running, clock)
        line.settle()
        yield line
        line.station.close()
    shutil.rmtree(place)


def _case(line: Line, number: int, harm: Plan) -> bool:
    line.work(number)
    plan = line.session(harm)
    check(line.centre, [line.station])
    line.settle()
    check(line.centre, [line.station], settled=True)
    return plan.done


def run(count: int, seed: int) -> tuple[int, int]:
    """Cases, and those in which the harm came to pass."""
    return _counted(cuts(lambda lengths: drawn(count, seed, lengths)))


def run_ordered(count: int, seed: int) -> tuple[int, int]:
    """The same of the cuts in order."""
    return _counted(cuts(lambda lengths: ordered(count, seed, lengths)))


def _counted(cases: Iterator[bool]) -> tuple[int, int]:
    done = list(cases)
    return len(done), sum(done)
