"""Fifty couriers deliver the same records at the same moment, each in a batch of its own make, to real PostgreSQL."""

import random
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

from sqlalchemy import select

from central import desk
from central.demo.load import officers
from central.ingest import ingest
from central.models import EventRow
from central.service import Service, open_service
from central.settings import Settings
from inspector import wire
from inspector.wire import EventAnswer, SealedEvent
from tests.bench.service_bench import add_devices, chain
from tests.faults.invariants import ledger_is_whole, must
from tests.faults.places import scratch

COPIES = 50
PATIENCE = 300.0


@contextmanager
def opened(folder: Path, database: str) -> Iterator[Service]:
    service = open_service(Settings(folder, database))
    try:
        yield service
    finally:
        service.close()


def deliveries(events: list[SealedEvent], draw: random.Random) -> list[list[SealedEvent]]:
    """For each courier the records, or some of them, in its own order."""
    made = []
    for _ in range(COPIES):
        batch = list(events)
        draw.shuffle(batch)
        made.append(batch[: draw.randint(1, len(batch))] if draw.random() < 0.5 else batch)
    made[0] = list(events)
    return made


def at_once(service: Service, device: str, batches: list[list[SealedEvent]], pool: ThreadPoolExecutor) -> None:
    """Every batch at the same moment; the same record must get the same receipt from whatever batch."""
    gate = Barrier(len(batches))

    def courier(batch: list[SealedEvent]) -> tuple[EventAnswer, ...]:
        gate.wait(PATIENCE)
        return ingest(service, device, batch)

    told: dict[str, bytes] = {}
    for answers in pool.map(courier, batches):
        for answer in answers:
            must(answer.receipt is not None, "no receipt", answer.reason)
            said = wire.encode(answer)
            must(told.setdefault(answer.content_hash, said) == said, "two receipts", answer.content_hash)


def run(count: int, number: int, database: str) -> int:
    """So many records, a few at a time; how many were delivered by fifty at once. ``database``: an empty one."""
    draw = random.Random(number)
    signing = secrets.token_bytes(32)
    with scratch() as folder, opened(folder, database) as service, ThreadPoolExecutor(COPIES) as pool:
        desk.put_officers(service, officers(service))
        (device,) = add_devices(service, 1, signing)
        left = chain(device, signing, count)
        while left:
            some = draw.randint(1, 3)
            at_once(service, device, deliveries(left[:some], draw), pool)
            del left[:some]
        ledger_is_whole(service)
        with service.sessions() as session:
            kept = session.execute(select(EventRow.ledger_number, EventRow.device_seq)).all()
    must(sorted(seq for _, seq in kept) == list(range(1, count + 1)), "doubled or lost", len(kept))
    must(len({ledger for ledger, _ in kept}) == count, "one number twice")
    return count
