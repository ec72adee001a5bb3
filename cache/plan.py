"""What a sync does next, as a pure function: findings go before photos, and a bad item delays no other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cache.outbox import Queued
from inspector.wire import CHUNK, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, BlobRef

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)
LONGEST_ASKED = timedelta(minutes=5)
"""However long a busy service asks to be left alone."""
ASKED_AT_ONCE = 100
SMALL = 200 * 1024
"""Bytes: papers and signatures are smaller, photographs larger."""


def backoff(tries: int, chance: float) -> timedelta:
    """Full jitter: anywhere between nothing and the doubled wait, at most a minute. ``chance`` in 0–1."""
    return min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 16)), LONGEST_WAIT) * chance


def asked_wait(seconds: float, chance: float) -> timedelta:
    """What a busy service asked for, or up to a half less: those who were sent away do not come back together."""
    return min(timedelta(seconds=seconds), LONGEST_ASKED) * (1 + chance) / 2


def waits(next_try: datetime | None, now: datetime, longest: timedelta = LONGEST_WAIT) -> bool:
    """Whether a next try lies ahead; one further than the longest was written before the clock was set back."""
    return next_try is not None and now < next_try <= now + longest


def next_round(failed_until: datetime | None, pending: Sequence[Queued], now: datetime) -> datetime | None:
    """When the next round is worth while: after the wait of one that failed, or as soon as an entry may go again.

    None when nothing waits.
    """
    if failed_until is not None:
        return failed_until if waits(failed_until, now, LONGEST_ASKED) else now
    due = [q.next_try if q.next_try is not None and waits(q.next_try, now) else now for q in pending]
    return min(due, default=None)


@dataclass(frozen=True, slots=True)
class Shake:
    """Ask what the service holds of this laptop: shows that it is there, and its time."""


@dataclass(frozen=True, slots=True)
class SendEvents:
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskBlobs:
    """Ask which chunks of these blobs are there already."""

    blobs: tuple[BlobRef, ...]


@dataclass(frozen=True, slots=True)
class SendBlob:
    """Send the chunks of a blob that the service lacks."""

    blob: BlobRef
    chunks: tuple[int, ...]

    @property
    def bytes_left(self) -> int:
        return sum(min(CHUNK, self.blob.size - number * CHUNK) for number in self.chunks)


@dataclass(frozen=True, slots=True)
class SendBlobs:
    """Send several blobs, side by side."""

    jobs: tuple[SendBlob, ...]


@dataclass(frozen=True, slots=True)
class TakeFeed:
    pass


@dataclass(frozen=True, slots=True)
class TakeRegister:
    pass


@dataclass(frozen=True, slots=True)
class Prove:
    """Ask again and compare with the own chain: the day-end proof."""


Action = Shake | SendEvents | AskBlobs | SendBlobs | TakeFeed | TakeRegister | Prove


@dataclass(frozen=True, slots=True)
class State:
    """What one round knows. ``held`` are the chunks that the service has of a blob that was asked about."""

    pending: tuple[Queued, ...] = ()
    blobs: tuple[BlobRef, ...] = ()
    held: dict[str, frozenset[int]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    """Blobs that this round tried in vain, or of which the service knows no event yet."""
    shaken: bool = False
    feed_taken: bool = False
    register_taken: bool = False
    proved: bool = False
    photos: bool = True
    """Whether photographs go up too; without them only what is ``SMALL``."""


def plan(state: State, now: datetime) -> list[Action]:
    """The next actions, in order; empty when the round is over."""
    if not state.shaken:
        return [Shake()]
    if events := [SendEvents(seqs) for seqs in batches(state.pending, now)]:
        return list(events)
    wanted = [b for b in state.blobs if b.sha256 not in state.left_out and (state.photos or b.size <= SMALL)]
    if unknown := [b for b in wanted if b.sha256 not in state.held]:
        return [AskBlobs(tuple(unknown[:ASKED_AT_ONCE]))]
    if wanted:
        return [SendBlobs(tuple(SendBlob(b, missing_chunks(b.size, state.held[b.sha256])) for b in wanted))]
    if not state.feed_taken:
        return [TakeFeed()]
    if not state.register_taken:
        return [TakeRegister()]
    return [] if state.proved else [Prove()]


def batches(pending: Sequence[Queued], now: datetime) -> Iterator[tuple[int, ...]]:
    """Entries whose time has come, in order, in batches that halve with every failure until the bad one is alone."""
    batch: list[int] = []
    size, room = 0, MAX_BATCH_EVENTS
    for entry in pending:
        if waits(entry.next_try, now):
            continue
        limit = max(1, MAX_BATCH_EVENTS >> entry.tries)
        if batch and (len(batch) >= min(room, limit) or size + entry.size > MAX_BATCH_BYTES):
            yield tuple(batch)
            batch, size, room = [], 0, MAX_BATCH_EVENTS
        batch.append(entry.seq)
        size += entry.size
        room = min(room, limit)
    if batch:
        yield tuple(batch)


def missing_chunks(size: int, held: frozenset[int]) -> tuple[int, ...]:
    """Numbers of the chunks of a blob that are not there yet; all when all are there, but not the whole."""
    every = range(-(-size // CHUNK))
    return tuple(n for n in every if n not in held) or tuple(every)
