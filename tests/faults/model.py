"""Three laptops and a service, and everything that can happen to them in any order; every promise after every step.

Hypothesis draws the story and shortens it when a promise breaks. The parts are the product's: encrypted stores, the
real client, the real application with its database; only sockets are left out (``tests/faults/air.py``), and a kill is
the files as they lie between two steps (inside of a step: ``tests/faults/kills.py``).
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import zstandard
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from cache.second import PLACE, ROOT, Second
from cache.stick import export, take
from central import desk
from central.models import HeldRow
from central.stick import exchange
from inspector import wire
from inspector.errors import AlreadySealed, Problem
from inspector.inspection import Inspection
from tests.cache.officers import HeldClock
from tests.faults import day, world
from tests.faults.air import FAULTS, Ask, Deliver, Fault, Late, Reply, fair
from tests.faults.invariants import check, must
from tests.faults.places import scratch
from tests.faults.planner import HALVINGS
from tests.faults.world import LAPTOPS, Centre, Station, event_id, told_path

laptops = st.sampled_from(LAPTOPS)
STICKS = ("usb", "usb2")


def at_request(number: int, fault: Fault) -> Fault:
    """Good weather, but the n-th request of a round meets the fault."""
    left = number

    def weather(deliver: Deliver, ask: Ask) -> Reply:
        nonlocal left
        left -= 1
        return (fault if left == 0 else fair)(deliver, ask)

    return weather


def poisoned(name: str) -> Fault:
    """The service breaks whenever a batch holds this event."""

    def weather(deliver: Deliver, ask: Ask) -> Reply:
        if ask.path.endswith("/events"):
            body = zstandard.ZstdDecompressor().decompressobj().decompress(ask.body)
            events = (wire.decode(e.event, wire.Event) for e in wire.decode(body, wire.EventBatch).events)
            if any(event.event_id == name for event in events):
                return Reply(500, (), b"")
        return deliver(ask)

    return weather


class World(RuleBasedStateMachine):
    """One story. ``base`` is the world that stories begin in."""

    base: Path
    place: Path

    def __init__(self) -> None:
        super().__init__()
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.base, self.place)
        self.clock = HeldClock()
        self.centre = Centre(self.place / "centre", self.clock)
        self.stations = {n: Station(self.place / n, HeldClock(), self.centre) for n in LAPTOPS}
        self.drafts: dict[str, list[Inspection]] = {n: [] for n in LAPTOPS}
        self.late = Late()
        self.count = 0
        self.centre_kept = False

    def checked(self, name: str) -> None:
        check(self.centre, [self.stations[name]])

    # -- work
    @rule(name=laptops, photos=st.integers(0, 2))
    def inspect(self, name: str, photos: int) -> None:
        """A whole inspection at once: stories get further."""
        self.create(name)
        for number in range(photos):
            self.photo(name, number == 1)
        self.seal(name)

    @rule(name=laptops)
    def create(self, name: str) -> None:
        self.count += 1
        self.drafts[name].append(self.stations[name].draft(event_id(self.count, name), "1"))
        self.checked(name)

    @rule(name=laptops)
    def save(self, name: str) -> None:
        if self.drafts[name]:
            draft = self.drafts[name][-1]
            draft = self.drafts[name][-1] = replace(draft, situation=str(int(draft.situation or 0) + 1))
            with suppress(AlreadySealed):
                self.stations[name].save(draft)
            self.checked(name)

    @rule(name=laptops, same=st.booleans())
    def photo(self, name: str, same: bool) -> None:
        """Often the same photo: two records may share one."""
        if self.drafts[name]:
            data = b"same" if same else f"{name}{self.count}{len(self.drafts[name][-1].photos)}".encode()
            draft = self.stations[name].photo(self.drafts[name][-1], data)
            known = {p.sha256: p for p in draft.photos}
            self.drafts[name][-1] = replace(draft, photos=tuple(known.values()))
            self.checked(name)

    @rule(name=laptops)
    def seal(self, name: str) -> None:
        if self.drafts[name]:
            with suppress(AlreadySealed):
                self.stations[name].seal(self.drafts[name].pop())
            self.checked(name)

    @rule(name=laptops, twin=st.booleans())
    def amend(self, name: str, twin: bool) -> None:
        found = self.stations[name].opened.store.rows("SELECT event_id FROM record ORDER BY seq")
        if found:
            self.stations[name].amend(found[0 if twin else -1]["event_id"], "更正")
            self.checked(name)

    @rule(name=laptops, schema=st.sampled_from(("lead/1", "lead/1", "from-the-future/9")))
    def lead(self, name: str, schema: str) -> None:
        self.stations[name].lead("线索", schema)
        self.checked(name)

    # -- rounds
    def round(self, name: str, fault: Fault) -> None:
        station = self.stations[name]
        station.fault = fault
        with suppress(Problem):
            station.sync()
        self.checked(name)

    @rule(name=laptops)
    def sync(self, name: str) -> None:
        self.round(name, fair)

    @rule(name=laptops, fault=st.sampled_from(sorted(FAULTS)), at=st.integers(1, 9))
    def sync_badly(self, name: str, fault: str, at: int) -> None:
        self.round(name, at_request(at, FAULTS[fault]))

    @rule(name=laptops, at=st.integers(1, 9))
    def sync_late(self, name: str, at: int) -> None:
        self.round(name, at_request(at, self.late))

    @rule()
    def late_arrives(self) -> None:
        self.late.arrive()
        check(self.centre, [])

    @rule(minutes=st.sampled_from((1, 5, 600)))
    def wait(self, minutes: int) -> None:
        self.clock.wait(minutes * 60)
        for station in self.stations.values():
            station.wait(minutes)

    @rule(name=laptops, chance=st.sampled_from((0.0, 0.5, 1.0)))
    def luck(self, name: str, chance: float) -> None:
        """How long its jitters are from now on."""
        self.stations[name].chance = chance

    # -- sticks, and the second copy
    @property
    def sticks(self) -> list[Path]:
        """Two sticks, and the cards of the three laptops: the centre takes from all of them."""
        return [self.place / stick for stick in STICKS] + [self.place / f"{n}.card" / ROOT for n in LAPTOPS]

    @rule(name=laptops, stick=st.sampled_from(STICKS))
    def stick_takes(self, name: str, stick: str) -> None:
        (self.place / stick).mkdir(exist_ok=True)
        with suppress(Problem):
            export(self.stations[name].opened, self.place / stick, lambda _: None, Flag())
        self.checked(name)

    @rule(name=laptops)
    def second_copy(self, name: str) -> None:
        station, card = self.stations[name], self.place / f"{name}.card"
        card.mkdir(exist_ok=True)
        station.opened.settings.put(PLACE, str(card))
        Second(station.opened, lambda a, b: False).copy(Flag())
        self.checked(name)

    @rule(at=st.integers(0, len(STICKS) + len(LAPTOPS) - 1))
    def stick_at_the_centre(self, at: int) -> None:
        with suppress(Problem):
            exchange(self.centre.service, self.sticks[at], lambda _: None)
        check(self.centre, [])

    @rule(name=laptops, at=st.integers(0, len(STICKS) + len(LAPTOPS) - 1))
    def stick_comes_back(self, name: str, at: int) -> None:
        """Perhaps to another laptop, perhaps an old one."""
        with suppress(Problem):
            take(self.stations[name].opened, self.sticks[at], lambda _: None, Flag())
        self.checked(name)

    @rule(at=st.integers(0, len(STICKS) + len(LAPTOPS) - 1), kept=st.booleans())
    def stick_is_lost_or_copied(self, at: int, kept: bool) -> None:
        """What lay on it comes back later, as it was."""
        stick, old = self.sticks[at], self.place / f"{at}.old"
        if not kept and stick.exists() and not old.exists():
            stick.parent.mkdir(exist_ok=True)
            stick.rename(old)
        elif kept and old.exists():
            shutil.rmtree(stick, ignore_errors=True)
            stick.parent.mkdir(exist_ok=True)
            old.rename(stick)

    # -- what happens to laptops
    @rule(name=laptops)
    def kill(self, name: str) -> None:
        self.stations[name].killed()
        self.checked(name)

    @rule(name=laptops, days=st.sampled_from((-400, -1, 1, 60)))
    def clock_jumps(self, name: str, days: int) -> None:
        self.stations[name].clock.jump(timedelta(days=days))
        self.checked(name)

    @rule(name=laptops)
    def back_up(self, name: str) -> None:
        station = self.stations[name]
        self.copy(station.folder, self.place / f"{name}.kept")

    @rule(name=laptops, source=laptops)
    def restore(self, name: str, source: str) -> None:
        """From the own backup; or the disk of another laptop's backup is put in: a clone that lives beside it."""
        kept = self.place / f"{source}.kept"
        if kept.exists():
            station = self.stations[name]
            station.close()
            self.copy(kept, station.folder)
            station.open()
            self.drafts[name] = []
            self.checked(name)

    @staticmethod
    def copy(source: Path, target: Path) -> None:
        """A folder with what its officer had been told by then."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        told_path(target).unlink(missing_ok=True)
        if told_path(source).exists():
            shutil.copy(told_path(source), told_path(target))

    @precondition(lambda self: self.count > 3)
    @rule(name=laptops)
    def revoke(self, name: str) -> None:
        desk.revoke(self.centre.service, self.stations[name].opened.work.identity.device_id)

    # -- what happens to the service
    @rule()
    def centre_restarts(self) -> None:
        self.reopen(lambda: None)

    @rule()
    def centre_backs_up(self) -> None:
        self.reopen(lambda: self.copy(self.place / "centre", self.place / "centre.kept"))
        self.centre_kept = True

    @precondition(lambda self: self.centre_kept)
    @rule()
    def centre_is_restored(self) -> None:
        self.reopen(lambda: self.copy(self.place / "centre.kept", self.place / "centre"))
        self.centre.restored = True
        self.late.waiting.clear()

    def reopen(self, change: Callable[[], None]) -> None:
        self.centre.close()
        change()
        self.centre = Centre(self.place / "centre", self.clock, restored=self.centre.restored)
        for station in self.stations.values():
            station.centre = self.centre
        check(self.centre, [])

    @rule(accepted=st.booleans())
    def decide(self, accepted: bool) -> None:
        with self.centre.service.sessions() as session:
            held = session.scalars(select(HeldRow.content_hash)).first()
        if held:
            desk.decide(self.centre.service, held, accepted, "" if accepted else "不予登记", who="管理员")

    @precondition(lambda self: not self.centre.restored)
    @rule(entities=st.integers(1, 3))
    def publish(self, entities: int) -> None:
        self.centre.publish(entities)

    # -- the end
    def teardown(self) -> None:
        try:
            self.the_bad_delays_nobody()
            self.late.arrive()
            day.settle(list(self.stations.values()))
            check(self.centre, self.stations.values(), settled=True)
        finally:
            for station in self.stations.values():
                station.close()
            self.centre.close()

    def the_bad_delays_nobody(self) -> None:
        """One entry is poison for the service: all others are through within a cycle of halvings."""
        station = self.stations["a"]
        pending = station.opened.outbox.pending(1000)
        if not pending:
            return
        bad = pending[len(pending) // 2].seq
        [row] = station.opened.store.rows("SELECT event_id FROM journal WHERE seq = ?", bad)
        station.fault = poisoned(row["event_id"])
        most = max(q.tries for q in pending)
        for _ in range(HALVINGS + 2):
            with suppress(Problem):
                station.sync()
            station.wait(5)
        left = {q.seq for q in station.opened.outbox.pending(1000)}
        must(left <= {bad}, "delayed by a bad item", (left, bad, most))


def run(stories: int, steps: int, number: int, shorten: bool = True) -> int:
    """Try so many stories; how many were told. ``shorten`` makes the story of a broken promise as short as it gets."""
    told = 0
    with scratch() as folder:
        world.make(folder / "base")

        class Story(World):
            base = folder / "base"
            place = folder / "story"

            def __init__(self) -> None:
                nonlocal told
                told += 1
                super().__init__()

        phases = (Phase.generate, Phase.shrink) if shorten else (Phase.generate,)
        limits = settings(
            max_examples=stories,
            stateful_step_count=steps,
            phases=phases,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        run_state_machine_as_test(seed(number)(Story), settings=limits)
    return told
