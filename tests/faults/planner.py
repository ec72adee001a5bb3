"""Promises of the planner for any queue: simulated rounds against a service that refuses whatever it likes.

Beside ``tests/cache/test_plan.py`` (what one plan looks like) this is about time: what waits is tried within a minute
whatever the clocks did, and one bad item costs the others no more than a cycle.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cache.outbox import STUCK_AFTER_FAILURES, Queued
from cache.plan import LONGEST_WAIT, backoff, batches
from inspector.wire import MAX_BATCH_BYTES, MAX_BATCH_EVENTS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HALVINGS = MAX_BATCH_EVENTS.bit_length()
"""Rounds after which a batch of any size has halved to single entries."""


SIZES = (200, 5_000, MAX_BATCH_BYTES // 3, 2 * MAX_BATCH_BYTES)


def case_of(data: bytes) -> tuple[tuple[Queued, ...], frozenset[int], tuple[float, ...]]:
    """A queue, its bad ones and the luck of the draw, from bytes: cheap to make, and they shrink well.

    Waits were written under clocks that may have jumped since: two days either way.
    """
    luck = tuple(b / 255 for b in data[:2]) or (0.5,)
    queue, bad = [], set()
    for at in range(2, len(data) - 3, 4):
        seq, (kind, tries, high, low) = len(queue) + 1, data[at : at + 4]
        near, far = (high << 8 | low) % 700 - 350, ((high << 8 | low) - 32768) * 5
        wait = NOW + timedelta(seconds=near if kind & 8 else far)
        queue.append(Queued(seq, SIZES[kind & 3], tries % 31, None if kind & 4 else wait))
        if kind > 230:
            bad.add(seq)
    return tuple(queue), frozenset(bad), luck


def tried_within_a_minute(queue: tuple[Queued, ...]) -> None:
    """pending ∧ online ⇒ next try ≤ 1 min, for every wait that was ever written down."""
    soon = {seq for when in (NOW, NOW + LONGEST_WAIT) for batch in batches(queue, when) for seq in batch}
    assert soon == {q.seq for q in queue}


def batches_are_fair(queue: tuple[Queued, ...]) -> None:
    """Every due entry goes once, in order, in batches that the service takes."""
    sizes = {q.seq: q for q in queue}
    sent = list(batches(queue, NOW))
    flat = [seq for batch in sent for seq in batch]
    assert flat == sorted(set(flat))
    for batch in sent:
        assert len(batch) <= MAX_BATCH_EVENTS
        assert len(batch) == 1 or sum(sizes[s].size for s in batch) <= MAX_BATCH_BYTES


def bad_ones_delay_nobody(queue: tuple[Queued, ...], bad: frozenset[int], chances: tuple[float, ...]) -> None:
    """Whatever the bad ones do, every good one is through after one cycle of halvings, each wait ≤ a minute."""
    waiting = {q.seq: replace(q, next_try=None, tries=min(q.tries, 4)) for q in queue}
    alone = dict.fromkeys(bad, 0)
    now, rounds = NOW, 0
    while waiting.keys() - bad:
        rounds += 1
        assert rounds <= HALVINGS + 1, "a cycle of halvings is over"
        for batch in list(batches(sorted(waiting.values(), key=lambda q: q.seq), now)):
            if not bad & set(batch):
                for seq in batch:
                    del waiting[seq]
                continue
            most = max(waiting[seq].tries for seq in batch)
            wait = backoff(most + 1, chances[rounds % len(chances)])
            assert timedelta(0) <= wait <= LONGEST_WAIT
            for seq in batch:
                waiting[seq] = replace(waiting[seq], tries=waiting[seq].tries + 1, next_try=now + wait)
                if len(batch) == 1:
                    alone[seq] += 1
                    if alone[seq] >= STUCK_AFTER_FAILURES:
                        del waiting[seq]
        now += LONGEST_WAIT


def run(examples: int, number: int) -> int:
    """Try so many examples from a seed; how many were run."""
    ran = 0

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.binary(max_size=100))
    def every(data: bytes) -> None:
        nonlocal ran
        ran += 1
        queue, bad, chances = case_of(data)
        tried_within_a_minute(queue)
        batches_are_fair(queue)
        bad_ones_delay_nobody(queue, bad, chances)

    every()
    return ran
