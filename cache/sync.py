"""Sync as the officer sees it: one round at a time, what the pill says, what waits, and the last proof."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Event as Flag
from threading import Lock

from cache.clock import Clock
from cache.identity import Identity
from cache.lanes import Lanes
from cache.opened import Opened
from cache.outbox import BLOB_REFUSED, STUCK_AFTER_FAILURES
from cache.plan import LONGEST_ASKED, asked_wait, backoff, next_round
from cache.remote import Remote
from cache.round import LOOKED_AT, PROOF, Round, Service, StoredProof
from cache.second import Second
from cache.session_types import Connection, Progress, SyncStatus
from inspector.errors import Cancelled, Problem, ServiceBusy, ServiceDown, ServiceImpostor

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
        self._failed_until: datetime | None = None
        self._stayed: Counter[str] = Counter()
        """How often in a row the service took nothing of a blob."""

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
            next_round(self._failed_until, laptop.outbox.pending(LOOKED_AT), laptop.times.wall()),
            laptop.settings.get("photos_automatic") == "off",
            laptop.settings.get("sync_automatic") == "off",
            self.second.status(),
        )

    def round(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
        """See ``Session.sync``."""
        with self.alone(cancel):
            self._round(progress, cancel, photos)
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
        except ServiceDown as problem:
            self._connection = Connection.OFFLINE
            self._wait(problem.seconds if isinstance(problem, ServiceBusy) else 0.0)
            raise
        except BaseException as error:
            self._connection = Connection.ONLINE if current.reached else before
            if isinstance(error, Cancelled):
                # A person stopped it: it must not begin again by itself a second later.
                self._failed_until = laptop.times.wall() + LONGEST_ASKED
            elif isinstance(error, Problem):
                self._wait()
            raise
        finally:
            current.close()
        self._connection = Connection.ONLINE
        if current.stayed:
            self._wait()
        else:
            self._failures, self._failed_until = 0, None
        self._give_up(current.stayed)
        if current.trouble is not None:
            raise current.trouble
        laptop.work.set_meta(LAST_SUCCESS, laptop.times.wall())

    def _wait(self, asked: float = 0.0) -> None:
        self._failures += 1
        wait = max(backoff(self._failures, self._chance()), asked_wait(asked, self._chance()))
        self._failed_until = self._laptop.times.wall() + wait

    def _give_up(self, stayed: Sequence[str]) -> None:
        """A person has to look at blobs of which the service would take nothing for many rounds."""
        self._stayed = Counter({digest: self._stayed[digest] + 1 for digest in stayed})
        for digest, times in self._stayed.items():
            if times >= STUCK_AFTER_FAILURES:
                self._laptop.outbox.blob_broken(digest, BLOB_REFUSED)
