"""PostgreSQL is killed while laptops deliver: every record is there once, with the receipt that was told."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event as Flag

from sqlalchemy import select

from central import desk
from central.demo.load import officers
from central.models import EventRow
from central.server import EmbeddedService
from inspector.errors import Problem
from inspector.wire import Answer, EventAnswer, SealedEvent
from tests.faults.test_kills import source_seed
from tests.laptops import Device, enrolled
from tests.postgres import PATIENCE, Cluster, killable

LAPTOPS, BATCHES, SIZE, KILLS = 3, 12, 10, 3


def deliver(laptop: Device, told: dict[str, bytes], ready: Flag) -> None:
    """Batches, each again and again until every receipt is there; each batch twice."""
    for _ in range(BATCHES):
        batch = [laptop.event() for _ in range(SIZE)]
        for _ in range(2):
            for answer in persist(laptop, batch):
                assert answer.answer is Answer.REGISTERED
                assert answer.receipt is not None
                assert told.setdefault(answer.content_hash, answer.receipt.payload) == answer.receipt.payload
        ready.set()


def persist(laptop: Device, batch: list[SealedEvent]) -> tuple[EventAnswer, ...]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(Problem):
            return laptop.remote.events(batch).answers
    raise TimeoutError


def test_killed_in_the_middle_of_deliveries(tmp_path: Path) -> None:
    draw = random.Random(source_seed())
    with killable() as database, EmbeddedService(tmp_path / "central", database.url) as running:
        desk.put_officers(running.service, officers(running.service))
        laptops = [enrolled(running) for _ in range(LAPTOPS)]
        told: list[dict[str, bytes]] = [{} for _ in laptops]
        ready = [Flag() for _ in laptops]
        with ThreadPoolExecutor(LAPTOPS) as pool:
            jobs = [pool.submit(deliver, *each) for each in zip(laptops, told, ready, strict=True)]
            for _ in range(KILLS):
                again(database, ready, draw)
            for job in jobs:
                job.result()
        for laptop in laptops:
            laptop.remote.close()
        with running.service.sessions() as session:
            rows = session.execute(select(EventRow.content_hash, EventRow.receipt, EventRow.ledger_number)).all()
    kept = {digest: receipt for digest, receipt, _ in rows}
    assert len(rows) == len(kept) == LAPTOPS * BATCHES * SIZE
    assert kept == {digest: receipt for one in told for digest, receipt in one.items()}
    assert len({number for *_, number in rows}) == len(rows)


def again(database: Cluster, ready: list[Flag], draw: random.Random) -> None:
    """Kill it while somebody is delivering, and start it anew."""
    watched = draw.choice(ready)
    watched.clear()
    watched.wait(10)
    database.kill()
    database.start()
