"""Measures the service on PostgreSQL: ``make bench-service`` prints events taken in a second, and an evening's rush.

The service runs as a process of its own, as it is installed. The rush is 5,000 laptops that come one after the other,
many at once: handshake, three records, feed, handshake, each over a fresh TLS connection. Who is told that the service
is busy comes again with the same records.

    python -m tests.bench.service_bench [EVENTS [LAPTOPS [AT_ONCE]]]
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
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from cache.clock import SystemClock
from cache.remote import Remote
from central import desk
from central.demo.load import officers
from central.models import EventRow
from central.service import Service, open_service
from central.settings import Settings
from inspector.errors import Problem, ServiceBusy
from inspector.journal import entry_hash
from tests.bench.service_data import add_devices, chain
from tests.bench.service_rate import taking_in
from tests.postgres import cluster

AGAIN = 1.0
"""Seconds until a laptop that was sent away comes again; a real one stays away for as long as it was asked to."""
PATIENCE = 600
"""Seconds after which a laptop that is always sent away counts as failed."""


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


class Rush:
    """Laptops that come at the end of the day, and what became of them."""

    def __init__(self, service: Service, port: int, pid: int, laptops: int) -> None:
        self._base, self._pid = f"https://127.0.0.1:{port}", pid
        self._authority = (service.key_folder / "authority.pem").read_text()
        self._signing = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self.names = add_devices(service, laptops, self._signing)
        self.sent: list[str] = []
        self.taken: list[float] = []
        self.sent_away = 0
        self.failed = 0
        self.memory: list[float] = []

    def evening(self, name: str) -> None:
        """All that one laptop does."""
        records = chain(name, self._signing, 3)
        remote = Remote(self._base, self._authority, SystemClock(), name, self._signing)
        start = time.perf_counter()
        try:
            self._persist(remote.handshake)
            self._persist(lambda: remote.events(records))
            self._persist(lambda: remote.feed(0))
            self._persist(remote.handshake)
        except Problem:
            with self._lock:
                self.failed += 1
        finally:
            remote.close()
        with self._lock:
            self.sent += [entry_hash(record.event) for record in records]
            self.taken.append(time.perf_counter() - start)
            if len(self.taken) % max(1, len(self.names) // 10) == 0:
                self.memory.append(resident_mb(self._pid))

    def _persist(self, step: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                step()
            except ServiceBusy:
                if time.monotonic() > end:
                    raise
                with self._lock:
                    self.sent_away += 1
                time.sleep(AGAIN)
            else:
                return


def rush(service: Service, folder: Path, url: str, laptops: int, at_once: int) -> list[str]:
    """The lines of the table about many laptops at the end of the day."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(folder, url, port) as pid:
        came = Rush(service, port, pid, laptops)
        start = time.perf_counter()
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(came.evening, came.names))
        whole = time.perf_counter() - start
    with service.sessions() as session:
        kept = Counter(session.scalars(select(EventRow.content_hash).where(EventRow.device_id.in_(came.names))))
    once = sum(kept[digest] == 1 for digest in came.sent)
    taken = sorted(came.taken)
    return [
        f"| {laptops:,} laptops with 3 records each | {whole:.0f} s, {laptops / whole:.0f} laptops a second | |",
        f"| one laptop's round, {at_once} at once | median {statistics.median(taken) * 1000:.0f} ms, "
        f"p95 {taken[int(len(taken) * 0.95)] * 1000:.0f} ms | |",
        f"| requests that were asked to come again | {came.sent_away:,} | |",
        f"| rounds that failed | {came.failed} | 0 |",
        f"| records registered exactly once | {once:,} of {len(came.sent):,} ({kept.total():,} in all) | all |",
        f"| resident memory of the service by tenths | {', '.join(f'{m:.0f}' for m in came.memory)} MB | flat |",
        f"| the last of them beside the first | {came.memory[-1] / came.memory[0]:.2f} × | ≤ 1.1 × |",
    ]


def main() -> int:
    numbers = [int(argument) for argument in sys.argv[1:]]
    count, laptops, at_once = numbers + [10_000, 5_000, 32][len(numbers) :]
    with cluster() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service = open_service(Settings(folder, url, "127.0.0.1", 0, "127.0.0.1"))
        try:
            desk.put_officers(service, officers(service))
            lines = [*taking_in(service, count), *rush(service, folder, url, laptops, at_once)]
        finally:
            service.close()
    print("| what | measured | goal |\n|---|---|---|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
