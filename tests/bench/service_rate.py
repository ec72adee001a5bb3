"""How fast events are taken in, beside plain inserts of the same rows and beside the cryptography alone.

All of them take turns in one run, so that whatever else the machine does slows each of them.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import MetaData, Table, insert, select, text

from central.ingest import ingest
from central.models import EventRow
from central.service import Service
from tests.bench.service_data import add_devices, chain

BATCH = 200
TURN = 1000
SINGLES = 200
"""Rows of a turn that are inserted one by one too: all of them would take longer than the rest of the measurement."""


class Pace:
    """How many were done in how many seconds, over all turns."""

    def __init__(self) -> None:
        self._done, self._seconds = 0, 0.0

    def run(self, what: Callable[[Any], object], things: Sequence[Any], size: int) -> None:
        start = time.perf_counter()
        for at in range(0, len(things), size):
            what(things[at : at + size])
        self._seconds += time.perf_counter() - start
        self._done += len(things)

    @property
    def rate(self) -> float:
        return self._done / self._seconds


def plain(service: Service, name: str) -> Callable[[list[dict[str, object]]], object]:
    """Inserts rows in one transaction, into a table with the same columns, indexes and foreign key as the events'."""
    with service.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {name} (LIKE event INCLUDING ALL)"))
        connection.execute(text(f"ALTER TABLE {name} ADD FOREIGN KEY (device_id) REFERENCES device"))
    table = Table(name, MetaData(), autoload_with=service.engine)

    def write(rows: list[dict[str, object]]) -> None:
        with service.engine.begin() as connection:
            connection.execute(insert(table), rows)

    return write


def newest(service: Service, count: int) -> list[dict[str, object]]:
    found = select(*EventRow.__table__.columns).order_by(EventRow.ledger_number.desc()).limit(count)
    with service.sessions() as session:
        return [dict(row._mapping) for row in session.execute(found)]


def taking_in(service: Service, count: int) -> list[str]:
    """The lines of the table about one laptop's big delivery."""
    key = Ed25519PrivateKey.generate()
    (name,) = add_devices(service, 1, key.private_bytes_raw())
    events = chain(name, key.private_bytes_raw(), count)
    one, many = plain(service, "plain_one"), plain(service, "plain_many")

    def prove(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            key.public_key().verify(row["signature"], row["event"])
            key.sign(row["receipt"])

    taken, singles, batches, proven = Pace(), Pace(), Pace(), Pace()
    for at in range(0, count, TURN):
        turn = events[at : at + TURN]
        taken.run(lambda part: ingest(service, name, part), turn, BATCH)
        rows = newest(service, len(turn))
        singles.run(one, rows[:SINGLES], 1)
        batches.run(many, rows, BATCH)
        proven.run(prove, rows, BATCH)
    rate = taken.rate
    return [
        f"| events registered with signed receipts, {BATCH} a batch | {rate:,.0f} a second | ≥ 1,000 |",
        f"| beside plain inserts one by one, each with its commit ({singles.rate:,.0f} a second) "
        f"| {rate / singles.rate:.2f} × | ≥ 0.4 × |",
        f"| beside plain inserts {BATCH} at a time, each {BATCH} with a commit ({batches.rate:,.0f} a second) "
        f"| {rate / batches.rate:.2f} × | ≥ 0.4 × |",
        f"| beside the signatures alone, one checked and one made an event ({proven.rate:,.0f} a second) "
        f"| {rate / proven.rate:.2f} × | |",
    ]
