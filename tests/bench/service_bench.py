"""Measures the service on PostgreSQL: ``make bench-service`` prints events taken in a second, and an evening's rush.

The service runs as a process of its own, as it is installed. The rush is 5,000 laptops that come one after the other,
several at once: handshake, three records, feed, handshake, each over a fresh TLS connection. Plain inserts of the same
rows in the same run are what the rate is compared with.
"""

import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData, Table, insert, select, text

from cache.clock import SystemClock
from cache.remote import Remote
from central import desk
from central.demo.load import AREA, UNIT, officers
from central.ingest import ingest
from central.models import Device, EventRow
from central.service import Service, open_service
from central.settings import Settings
from inspector import journal
from inspector.errors import Problem
from inspector.journal import Head
from inspector.trust import device as keys
from inspector.wire import Event, EventKind, SealedEvent
from tests.postgres import cluster

BATCH = 200
COURIERS = 4
SINGLE = 2000
BODY = {"text": "门前有未登记的摊点，已劝离。" * 40}
"""About what an inspection's record weighs: 2 to 4 KB."""


def chain(device_id: str, signing: bytes, count: int) -> list[SealedEvent]:
    head, made = Head(), []
    for number in range(1, count + 1):
        event = Event(
            secrets.token_hex(16), EventKind.LEAD, "lead/1", device_id, number, head.hash, ("HH0001",),
            datetime.now().astimezone(), "good", BODY,
        )  # fmt: skip
        sealed = journal.seal(event, signing)
        head = Head(number, journal.entry_hash(sealed.event))
        made.append(sealed)
    return made


def add_devices(service: Service, count: int, signing: bytes) -> list[str]:
    """Devices as enrolment leaves them; making keys for each is not what is measured."""
    names = [f"d{n:06d}{secrets.token_hex(4)}" for n in range(count)]
    public = keys.signing_public(signing)
    rows = [
        {
            "device_id": name, "name": name, "signing_key": public, "box_key": bytes(32), "unit": UNIT, "area": AREA,
            "enrolled_at": service.now(),
        }
        for name in names
    ]  # fmt: skip
    with service.sessions.begin() as session:
        session.execute(insert(Device), rows)
    return names


def plain(service: Service, rows: list[dict[str, object]]) -> tuple[float, float]:
    """Rows a second by single inserts and by batches into a table of the same form."""
    with service.engine.begin() as connection:
        connection.execute(text("CREATE TABLE twin (LIKE event INCLUDING ALL)"))
    table = Table("twin", MetaData(), autoload_with=service.engine)
    start = time.perf_counter()
    for row in rows[:SINGLE]:
        with service.engine.begin() as connection:
            connection.execute(insert(table), row)
    single = len(rows[:SINGLE]) / (time.perf_counter() - start)
    with service.engine.begin() as connection:
        connection.execute(text("DELETE FROM twin"))
    start = time.perf_counter()
    for at in range(0, len(rows), BATCH):
        with service.engine.begin() as connection:
            connection.execute(insert(table), rows[at : at + BATCH])
    return single, len(rows) / (time.perf_counter() - start)


def taking_in(service: Service, count: int) -> list[str]:
    """The lines of the table about one laptop's big delivery."""
    signing = secrets.token_bytes(32)
    (name,) = add_devices(service, 1, signing)
    events = chain(name, signing, count)
    start = time.perf_counter()
    for at in range(0, count, BATCH):
        ingest(service, name, tuple(events[at : at + BATCH]))
    rate = count / (time.perf_counter() - start)
    with service.sessions() as session:
        rows = [dict(r._mapping) for r in session.execute(select(*EventRow.__table__.columns))]
    single, batches = plain(service, rows)
    return [
        f"| events registered with signed receipts | {rate:,.0f} a second | ≥ 1,000 |",
        f"| beside plain single inserts ({single:,.0f} a second) | {rate / single:.2f} × | ≥ 0.4 × |",
        f"| beside plain inserts {BATCH} at a time ({batches:,.0f} a second) | {rate / batches:.2f} × |  |",
    ]


@contextmanager
def running(folder: Path, url: str, port: int) -> Iterator[int]:
    """The service as a process of its own; yields its process id."""
    environment = {
        **os.environ, "MASHANGCHA_FOLDER": str(folder), "MASHANGCHA_DATABASE_URL": url, "MASHANGCHA_PORT": str(port),
        "MASHANGCHA_PUBLIC_HOST": "127.0.0.1",
    }  # fmt: skip
    command = [sys.executable, "-m", "central", "serve"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


def rush(service: Service, folder: Path, url: str, laptops: int) -> list[str]:
    """The lines of the table about many laptops at the end of the day."""
    signing = secrets.token_bytes(32)
    names = add_devices(service, laptops, signing)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    authority = (service.key_folder / "authority.pem").read_text()
    taken: list[float] = []
    failed: list[Problem] = []
    memory: list[float] = []
    lock = threading.Lock()
    with running(folder, url, port) as pid:

        def evening(name: str) -> None:
            remote = Remote(f"https://127.0.0.1:{port}", authority, SystemClock(), name, signing)
            start = time.perf_counter()
            try:
                remote.handshake()
                remote.events(chain(name, signing, 3))
                remote.feed(0)
                remote.handshake()
            except Problem as problem:
                with lock:
                    failed.append(problem)
            finally:
                remote.close()
            with lock:
                taken.append(time.perf_counter() - start)
                if len(taken) % max(1, laptops // 10) == 0:
                    memory.append(resident_mb(pid))

        start = time.perf_counter()
        with ThreadPoolExecutor(COURIERS) as pool:
            list(pool.map(evening, names))
        whole = time.perf_counter() - start
    with service.sessions() as session:
        kept = session.execute(select(EventRow.device_id).where(EventRow.device_id.in_(names))).all()
    taken.sort()
    return [
        f"| {laptops:,} laptops with 3 records each | {whole:.0f} s, {laptops / whole:.0f} laptops a second | |",
        f"| one laptop's round, {COURIERS} at once | median {statistics.median(taken) * 1000:.0f} ms, "
        f"p95 {taken[int(len(taken) * 0.95)] * 1000:.0f} ms | |",
        f"| rounds that failed | {len(failed)} | 0 |",
        f"| records registered | {len(kept):,} of {3 * laptops:,} | all |",
        f"| resident memory of the service by tenths | {', '.join(f'{m:.0f}' for m in memory)} MB | flat |",
    ]


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    laptops = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    with cluster() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service = open_service(Settings(folder, url, "127.0.0.1", 0, "127.0.0.1"))
        try:
            desk.put_officers(service, officers(service))
            lines = [*taking_in(service, count), *rush(service, folder, url, laptops)]
        finally:
            service.close()
    print("| what | measured | goal |\n|---|---|---|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
