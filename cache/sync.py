"""Sync as the officer sees it: one round at a time, what the pill says, what waits, and the last proof."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event as Flag
from threading import Lock

from cache.clock import Clock
from cache.identity import Identity
from cache.lanes import Lanes
from cache.opened import Opened
from cache.plan import backoff
from cache.remote import Remote
from cache.round import PROOF, Round, Service, StoredProof
from cache.second import Second
from cache.session_types import Connection, Progress, SyncStatus
from inspector.errors import Cancelled, Problem, ServiceDown, ServiceImpostor

LAST_SUCCESS = "sync/last"
POLL_SECONDS = 0.2
LANES = 3


def connect(identity: Identity, clock: Clock) -> Service:
    """The real service, over HTTPS."""
    return Remote(identity.base_url, identity.ca, clock, identity.device_id, identity.keys.signing)


def chance() -> float:
    """A fresh number in 0–1 that nobody can guess: laptops that failed together do not come back together."""
    return secrets.randbelow(1 << 20) / (1 << 20)


class Sync:
    """Thread-safe; lives as long as the laptop is open."""

    def __init__(
        self,
        laptop: Opened,
        connect: Callable[[Identity, Clock], Service] = connect,
        chance: Callable[[], float] = chance,
        lanes: int = LANES,
    ) -> None:
        """``lanes``: how many photographs go up at once."""
        self._laptop = laptop
        self._connect = connect
        self._chance = chance
        self._lanes = lanes
        self.second = Second(laptop)
        self._single = Lock()
        self._connection = Connection.OFFLINE
        self._failures = 0
        self._next_try: datetime | None = None

    def status(self) -> SyncStatus:
        """What the sync screen shows."""
        laptop = self._laptop
        events, blobs = laptop.outbox.counts()
        stored = laptop.work.meta(PROOF, StoredProof)
        return SyncStatus(
            self._connection,
            events,
            blobs,
            tuple(laptop.outbox.unfinished()),
            laptop.work.meta(LAST_SUCCESS, datetime),
            laptop.outbox.oldest(),
            stored.proof if stored else None,
            laptop.times.judge(laptop.people.policy().lease_days)[1],
            self._next_try,
            laptop.settings.get("photos_automatic") == "off",
            laptop.settings.get("sync_automatic") == "off",
            self.second.status(),
        )

    def round(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
        """See ``Session.sync``. While another round runs, only its status is returned."""
        if not self._single.acquire(blocking=False):
            return self.status()
        try:
            self._round(progress, cancel, photos)
        finally:
            self._single.release()
        return self.status()

    @contextmanager
    def alone(self, cancel: Flag) -> Iterator[None]:
        """While no round runs; waits for the one that does. Raises Cancelled."""
        while not self._single.acquire(timeout=POLL_SECONDS):
            if cancel.is_set():
                raise Cancelled
        try:
            yield
        finally:
            self._single.release()

    def _round(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool) -> None:
        laptop = self._laptop
        before, self._connection = self._connection, Connection.SYNCING
        lanes = Lanes(lambda: self._connect(laptop.work.identity, laptop.clock), self._lanes)
        current = Round(laptop, lanes, self._chance, progress, cancel, photos)
        try:
            current.run()
        except ServiceImpostor:
            self._connection = Connection.REFUSED
            self._wait()
            raise
        except ServiceDown:
            self._connection = Connection.OFFLINE
            self._wait()
            raise
        except BaseException as error:
            self._connection = Connection.ONLINE if current.reached else before
            if isinstance(error, Problem):
                self._wait()
            raise
        finally:
            current.close()
        self._connection, self._failures, self._next_try = Connection.ONLINE, 0, None
        if current.trouble is not None:
            raise current.trouble
        laptop.work.set_meta(LAST_SUCCESS, laptop.times.wall())

    def _wait(self) -> None:
        self._failures += 1
        self._next_try = self._laptop.times.wall() + backoff(self._failures, self._chance())
