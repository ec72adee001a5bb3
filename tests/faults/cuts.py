"""Cuts, resets, flips, doubled and swapped pieces at any byte of a round, over real TLS between real client and server.

One laptop works on against one service; each case has a fresh record, and every tenth a photo of two chunks. After the
harm every promise is checked, then a round without harm must bring everything over.
"""

import random
from collections.abc import Iterable, Iterator
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
BEHIND_THE_END = 20
"""So many bytes in a row that no round had: the next ones will not come either."""
LONGEST = 9_000
"""Bytes of a round with a finding, TLS included, each way."""


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
        if number % 10 == 0:
            day.record(self.station, event_id(number, "cuts"), number)

    def settle(self) -> None:
        self.station.opened.outbox.retry_now()
        for _ in range(ROUNDS):
            self.session(Plan())
            if not any(self.station.opened.outbox.counts()):
                return
        must(False, "convergence", f"{ROUNDS} rounds without harm left something waiting")


def drawn(count: int, number: int) -> Iterator[Plan]:
    """So many harms, spread evenly over the bytes of a round, both ways."""
    draw = random.Random(number)
    for case in range(count):
        way = draw.choice(tuple(Way))
        # A round with a photo has many more bytes than one without.
        longest = 700_000 if case % 10 == 0 and way is Way.UP else LONGEST
        yield Plan(draw.choice(HARMS), way, draw.randrange(longest))


def ordered(step: int, number: int) -> Iterator[Plan]:
    """The connection cut at every ``step``-th byte of a round with a finding, both ways; 1 is every byte."""
    for way in Way:
        missed = 0
        for at in range(number % step, LONGEST, step):
            plan = Plan(Harm.END if at % 2 else Harm.RESET, way, at)
            yield plan
            missed = 0 if plan.done else missed + 1
            if missed == BEHIND_THE_END:
                break


def cuts(plans: Iterable[Plan]) -> Iterator[bool]:
    """Each harm in a round of its own; yields whether it came to pass."""
    clock = HeldClock()
    with scratch() as folder:
        world.make(folder, ("a",))
        running = EmbeddedService(folder / "centre")
        # The laptop's clock is held: the service must live at the same hour.
        object.__setattr__(running.service, "now", clock.now)
        with running, proxied(running.service.settings.port) as proxy:
            line = Line(folder, proxy, running, clock)
            line.settle()
            for case, harm in enumerate(plans):
                line.work(case)
                plan = line.session(harm)
                check(line.centre, [line.station])
                line.settle()
                check(line.centre, [line.station], settled=True)
                yield plan.done
            line.station.close()


def run(count: int, number: int) -> tuple[int, int]:
    """Cases, and those in which the harm came to pass."""
    return _counted(cuts(drawn(count, number)))


def run_ordered(step: int, number: int) -> tuple[int, int]:
    """The same of the cuts in order."""
    return _counted(cuts(ordered(step, number)))


def _counted(cases: Iterator[bool]) -> tuple[int, int]:
    done = list(cases)
    return len(done), sum(done)
