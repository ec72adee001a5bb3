"""A proxy on loopback that counts bytes and does harm at exactly one of them; and sessions of a laptop through it.

What passes is TLS between the real client and the real server, so every harm is what a network can do: the connection
ends, is reset, stalls, or a byte arrives changed; a piece arrives twice or two change places (which TCP hides from
honest networks and TLS from everybody: the laptop must come out of it all the same).
"""

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

PIECE = 65536


class Harm(Enum):
    END = "end"
    RESET = "reset"
    STALL = "stall"
    FLIP = "flip"
    TWICE = "twice"
    SWAP = "swap"


class Way(Enum):
    UP = "up"
    DOWN = "down"


@dataclass
class Plan:
    """Harm after byte ``at`` (counted over all connections of a session) in one direction; None: only count."""

    harm: Harm | None = None
    way: Way = Way.UP
    at: int = 0
    done: bool = False
    passed: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))


class _End(Exception):
    """This connection is over."""


class Proxy:
    """Listens on a free port of loopback and passes everything on to one other port. One plan at a time."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._server.getsockname()[1]
        self.plan = Plan()
        self._stopped = threading.Event()
        self._connections: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        for thread in self._connections:
            thread.join()
        self._server.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            client, _ = self._server.accept()
            self._connections = [t for t in self._connections if t.is_alive()]
            thread = threading.Thread(target=self._pass, args=(client, self.plan), daemon=True)
            self._connections.append(thread)
            thread.start()

    def _pass(self, client: socket.socket, plan: Plan) -> None:
        try:
            with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                ways = {client: (server, Way.UP), server: (client, Way.DOWN)}
                while not self._stopped.is_set():
                    readable, _, _ = select.select(list(ways), [], [], 0.2)
                    for source in readable:
                        target, way = ways[source]
                        data = source.recv(PIECE)
                        if not data:
                            return
                        self._forward(data, target, way, plan, client)
        except (OSError, _End):
            return

    def _forward(self, data: bytes, target: socket.socket, way: Way, plan: Plan, client: socket.socket) -> None:
        start = plan.passed[way]
        plan.passed[way] += len(data)
        here = plan.at - start
        if plan.harm is None or plan.done or way is not plan.way or not 0 <= here < len(data):
            target.sendall(data)
            return
        plan.done = True
        head, tail = data[:here], data[here:]
        match plan.harm:
            case Harm.FLIP:
                target.sendall(head + bytes([tail[0] ^ 1]) + tail[1:])
            case Harm.TWICE:
                target.sendall(head + tail + tail)
            case Harm.SWAP:
                target.sendall(tail + head)
            case Harm.STALL:
                target.sendall(head)
                # Nothing more comes on this connection, and it stays open until the laptop gives up.
                while not self._stopped.is_set():
                    if client in select.select([client], [], [], 0.2)[0] and not client.recv(PIECE):
                        break
                raise _End
            case Harm.RESET:
                target.sendall(head)
                for side in (target, client):
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _End
            case Harm.END:
                target.sendall(head)
                raise _End


@contextlib.contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
