"""The real service with faults in front of it: what the network does to a laptop, decided by the test."""

from collections.abc import Callable, Iterator
from typing import Any

from cache.clock import Clock
from cache.identity import Identity
from cache.laptop import Laptop
from cache.round import Service
from cache.session import Session
from cache.sync import Sync, connect

Fault = Callable[[str, tuple[Any, ...]], None]
"""Called before each request with its name and arguments; raising is what the network does."""


class Faulty:
    """Passes every request on to the real service unless the fault has its way. ``after`` also loses the answer."""

    def __init__(self, real: Service, before: Fault, after: Fault) -> None:
        self._real, self._before, self._after = real, before, after

    def _through(self, name: str, *args: Any) -> Any:
        self._before(name, args)
        answer = getattr(self._real, name)(*args)
        self._after(name, args)
        return answer

    def handshake(self) -> Any:
        return self._through("handshake")

    def events(self, batch: list[Any]) -> Any:
        return self._through("events", batch)

    def have(self, blobs: list[Any]) -> Any:
        return self._through("have", blobs)

    def put_chunk(self, sha256: str, number: int, data: bytes) -> Any:
        return self._through("put_chunk", sha256, number, data)

    def feed(self, after: int) -> Any:
        return self._through("feed", after)

    def register_keys(self) -> Any:
        return self._through("register_keys")

    def fetch(self, path: str, start: int) -> Iterator[bytes]:
        self._before("fetch", (path, start))
        yield from self._real.fetch(path, start)
        self._after("fetch", (path, start))

    def close(self) -> None:
        self._real.close()


def nothing(name: str, args: tuple[Any, ...]) -> None:
    """No fault."""


def through(laptop: Laptop, session: Session, before: Fault = nothing, after: Fault = nothing) -> None:
    """Let this session's next rounds meet faults. Back-off is drawn as zero, so nothing has to be waited for."""

    def faulty(identity: Identity, clock: Clock) -> Service:
        return Faulty(connect(identity, clock), before, after)

    session._sync = laptop._sync = Sync(session._opened, faulty, lambda: 0.0, lanes=1)
