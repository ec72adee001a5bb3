"""Measures a day's delivery over a poor line: ``make bench-sync``, beside a plain upload of the same bytes.

The line is a proxy that lets through so many bits a second each way, delays every piece, and in its worst form cuts all
connections every 30 seconds; two pieces in a hundred come late by 200 ms, which is what TCP shows of a lost packet. The
laptop, its store, the client, TLS and the service are the real ones. The plain upload posts the same photos and records
one after the other over TLS to a server that throws them away, and starts a file anew when it was cut.
"""

import argparse
import asyncio
import os
import random
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event as Flag

import requests
import urllib3

from cache.remote import Remote
from cache.sync import Sync
from central import identity
from central.server import EmbeddedService
from inspector.errors import Problem
from tests.cache.officers import HeldClock
from tests.faults import world
from tests.faults.places import scratch
from tests.faults.world import Station, event_id

PHOTO = 400_000
PIECE = 1460
DELAY, LATE = 0.02, 0.2
INSPECTIONS, PHOTOS = 412, 1500


@dataclass
class Line:
    """A proxy on loopback with a speed, a loss and a cut every so many seconds."""

    target: int
    bits: float
    loss: float = 0.0
    cut_seconds: float = 0.0
    port: int = 0
    passed: int = 0
    _free: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0})
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _draw: random.Random = field(default_factory=lambda: random.Random(1))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: bool) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while data := await reader.read(16 * PIECE):
                self.passed += len(data)
                start = max(loop.time(), self._free[up])
                self._free[up] = start + 8 * len(data) / self.bits
                lost = sum(self._draw.random() < self.loss for _ in range(0, len(data), PIECE))
                await asyncio.sleep(self._free[up] - loop.time() + (LATE if lost else 0.0))
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(DELAY)
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, back}
        with suppress(asyncio.CancelledError):  # the measurement is over
            await asyncio.gather(self._pump(reader, back, True), self._pump(there, writer, False))
        self._writers -= {writer, back}

    async def _cut(self) -> None:
        while self.cut_seconds:
            await asyncio.sleep(self.cut_seconds)
            for writer in list(self._writers):
                writer.transport.abort()

    async def run(self, ready: Flag, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        cutting = asyncio.create_task(self._cut())
        ready.set()
        await stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in (cutting, *others):
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def line(target: int, bits: float, loss: float, cut_seconds: float) -> Iterator[Line]:
    made, ready, loop = Line(target, bits, loss, cut_seconds), Flag(), asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(made.run(ready, stop)))
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


class Sink(BaseHTTPRequestHandler):
    """Takes anything and throws it away."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left and (data := self.rfile.read(min(left, 65536))):
            left -= len(data)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    certificate, key = identity.certificates(folder, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign,misc]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(port: int, files: list[bytes]) -> float:
    """Seconds that it takes to post every file; one that was cut is posted anew."""
    began = time.monotonic()
    with requests.Session() as session:
        session.verify, session.trust_env = False, False
        for data in files:
            while True:
                with suppress(requests.RequestException):
                    session.post(f"https://127.0.0.1:{port}/", data, timeout=60)
                    break
    return time.monotonic() - began


def prepared(station: Station, inspections: int, photos: int) -> list[bytes]:
    """A day's records in the queue; the same bytes as files."""
    files: list[bytes] = []
    for number in range(inspections):
        share = photos * (number + 1) // inspections - photos * number // inspections
        draft = station.draft(event_id(number, "bench"), "现场检查情况正常。" * 60)
        for _ in range(share):
            data = os.urandom(PHOTO)
            draft = station.photo(draft, data)
            files.append(world.PHOTO + data)
        station.seal(draft)
    return [bytes(r["event"]) for r in station.opened.store.rows("SELECT event FROM journal")] + files


def delivered(station: Station, made: Line) -> tuple[float, float]:
    """Seconds until every record has its receipt, and until every photo is there."""

    def connect(who, clock):  # type: ignore[no-untyped-def]
        return Remote(f"https://127.0.0.1:{made.port}", who.ca, clock, who.device_id, who.keys.signing)

    sync = Sync(station.opened, connect, lambda: 0.0)
    began, records = time.monotonic(), 0.0

    def watch(_: object) -> None:
        nonlocal records
        if not records and not station.opened.outbox.counts()[0]:
            records = time.monotonic() - began

    while any(station.opened.outbox.counts()):
        station.opened.outbox.retry_now()
        with suppress(Problem):
            sync.round(watch, Flag())
    return records or time.monotonic() - began, time.monotonic() - began


def one(name: str, share: float, bits: float, loss: float, cut_seconds: float) -> None:
    clock = HeldClock()
    inspections, photos = max(1, round(INSPECTIONS * share)), round(PHOTOS * share)
    with scratch() as folder:
        world.make(folder, ("a",))
        running = EmbeddedService(folder / "centre")
        object.__setattr__(running.service, "now", clock.now)
        with running, sink(folder / "centre" / "keys") as bare:
            station = Station(folder / "a", clock, None)
            files = prepared(station, inspections, photos)
            size = sum(map(len, files))
            with line(bare, bits, loss, cut_seconds) as made:
                by_hand, sent_by_hand = plain(made.port, files), made.passed
            with line(running.service.settings.port, bits, loss, cut_seconds) as made:
                records, whole = delivered(station, made)
            station.close()
    told = (
        name, f"{inspections} + {photos}, {size / 1e6:.0f} MB",
        f"{records:.1f} s", f"{whole:.0f} s", f"{by_hand:.0f} s",
        f"{whole / by_hand:.2f} ×", f"{made.passed / size:.2f} ×", f"{sent_by_hand / size:.2f} ×",
    )  # fmt: skip
    print("| " + " | ".join(told) + " |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-sync")
    parser.add_argument("share", nargs="?", type=float, default=0.1, help="part of 412 inspections and 1,500 photos")
    share = parser.parse_args().share
    urllib3.disable_warnings()
    print(
        "| line | what | records registered | all there | plain upload | ratio | bytes passed | by the plain upload |"
    )
    print("|---|---|---|---|---|---|---|---|")
    one("10 Mbit/s", share, 10e6, 0.0, 0.0)
    one("1 Mbit/s, 2 % late, cut every 30 s", share / 5, 1e6, 0.02, 30.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
