"""Several connections side by side, for work whose order does not matter.

Between two chunks a connection waits for the answer: on a line with delay one alone stands idle a third of the time.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closes)
J = TypeVar("J")


class Lanes(Generic[C]):
    """The connections of one round: one at first, further ones when there is work for them."""

    def __init__(self, connect: Callable[[], C], count: int) -> None:
        self.first = connect()
        self._made = [self.first]
        self._connect, self._count = connect, count

    def each(self, jobs: Iterable[J], do: Callable[[C, J], None]) -> None:
        """Do every job on one of the connections; after a failure no further one is begun, and the failure raised."""
        waiting = list(jobs)
        while len(self._made) < min(self._count, len(waiting)):
            self._made.append(self._connect())
        source, failed = _Shared(waiting), Flag()

        def lane(connection: C) -> None:
            try:
                for job in source:
                    if failed.is_set():
                        return
                    do(connection, job)
            except BaseException:
                failed.set()
                raise

        if len(self._made) == 1:
            lane(self._made[0])
            return
        with ThreadPoolExecutor(len(self._made), thread_name_prefix="lane") as pool:
            lanes = [pool.submit(lane, connection) for connection in self._made]
        for done in lanes:
            done.result()

    def close(self) -> None:
        for connection in self._made:
            connection.close()


class _Shared(Generic[J]):
    """An iterator that several threads may ask."""

    def __init__(self, jobs: Iterable[J]) -> None:
        self._jobs, self._lock = iter(jobs), Lock()

    def __iter__(self) -> Iterator[J]:
        return self

    def __next__(self) -> J:
        with self._lock:
            return next(self._jobs)
