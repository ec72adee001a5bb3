"""A short day of a laptop with its service: every step may already be done, so it goes on after any kind of end."""

from dataclasses import replace
from threading import Event as Flag

from cache.second import PLACE, Second
from cache.stick import export, take
from cache.work import Entry, Listing
from central import desk
from central.demo.load import UNIT
from central.stick import exchange
from inspector.errors import AlreadySealed, Problem
from inspector.wire import CHUNK, EventKind, Task
from tests.faults import world
from tests.faults.invariants import must
from tests.faults.world import Centre, Station, blank, event_id

CONVERGENCE = 60.0
"""Seconds of virtual time in which everything arrives after the faults have stopped."""
LONGEST = 1.0
"""The draw of every jitter that makes it longest."""
SAVES = 3
RECORDS = 2
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * (CHUNK // 256)
"""A photo of two chunks, the second one short."""


def prepare(centre: Centre) -> None:
    """What the centre sends down in this day."""
    for number in range(3):
        task = Task(f"t-{number}", str(number), "", "", "", "", "food-sale", "plan", "2026-12-01")
        desk.tell(centre.service, UNIT, "task", task)


def work(station: Station) -> None:
    """Records with saves, photos, seals, corrections, views; the first goes by stick, the others in a round."""
    for number in range(1, RECORDS + 1):
        record(station, event_id(number, station.folder.name), number)
        if number == 1:
            by_stick(station)
    station.sync()
    for row in station.opened.store.rows("SELECT hash FROM receipt JOIN journal USING (seq)"):
        station.told.say("receipt", row["hash"])


def record(station: Station, name: str, number: int) -> None:
    laptop = station.opened
    draft = blank(name, laptop)
    try:
        for save in range(1, SAVES + 1):
            draft = replace(draft, situation=str(save))
            station.save(draft)
        photo = station.drafts.add_photo(PHOTO + name.encode() * number, "image/jpeg", "camera", "")
        station.told.say("photo", photo.sha256)
        station.seal(replace(draft, photos=(photo,)))
    except AlreadySealed:
        pass
    if not laptop.work.referring(name):
        station.amend(name, "更正")
    laptop.audit("HH0001", "print", name)


def by_stick(station: Station) -> None:
    """A second copy on a card; a stick with what waits goes to the centre and comes back."""
    laptop = station.opened
    card, stick = (station.folder.parent / f"{station.folder.name}.{what}" for what in ("card", "usb"))
    for place in (card, stick):
        place.mkdir(exist_ok=True)
    laptop.settings.put(PLACE, str(card))
    Second(laptop, lambda a, b: False).copy(Flag())
    assert station.centre is not None
    if export(laptop, stick, lambda _: None, Flag()):
        exchange(station.centre.service, stick, lambda _: None)
        take(laptop, stick, lambda _: None, Flag())


def refused(station: Station) -> None:
    """An entry that this service does not know yet: it keeps it aside."""
    if not station.opened.store.rows("SELECT 1 AS x FROM journal WHERE kind = 'alias'"):
        wall = station.opened.times.wall()
        entry = Entry(EventKind.ALIAS, "from-the-future/9", {"n": 1}, ("HH0001",), wall, "fair")
        station.opened.work.append(entry, Listing("将来", "", ""))


def settle(stations: list[Station]) -> None:
    """The faults are over: everything arrives by itself, and at last what waits for a person who presses 立即同步."""
    for station in stations:
        station.fault, station.chance = world.fair, LONGEST
        by_itself(station)
        station.opened.outbox.retry_now()
        by_itself(station)


def by_itself(station: Station) -> None:
    """Rounds as they come in the background, the first when the wait of the last one is over, until all went that can.

    Attachments of records that the centre keeps aside wait for its decision.
    """
    outbox, waited = station.opened.outbox, 0.0
    while True:
        due = station.syncing.status().next_try
        now = station.opened.times.wall()
        pause = max(1.0, (due - now).total_seconds()) if due else 1.0
        station.clock.wait(pause)
        waited += pause
        try:
            station.sync()
        except Problem as problem:
            station.trouble = problem
        if not outbox.counts()[0] and not outbox.undelivered(1):
            return
        must(waited <= CONVERGENCE, "convergence", (waited, outbox.counts(), station.trouble))


def whole(station: Station) -> None:
    """One try at the day from wherever it stands."""
    refused(station)
    work(station)
