"""The planner's promises for any state: findings first, nothing starved, the bad one alone, a minute at most."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cache.outbox import Queued
from cache.plan import (
    ASKED_AT_ONCE,
    LONGEST_ASKED,
    LONGEST_WAIT,
    SMALL,
    AskBlobs,
    Prove,
    SendBlobs,
    SendEvents,
    Shake,
    State,
    TakeFeed,
    TakeRegister,
    asked_wait,
    backoff,
    batches,
    missing_chunks,
    next_round,
    plan,
)
from inspector.wire import CHUNK, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, BlobRef

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

queued = st.builds(
    Queued,
    st.integers(1, 10**6),
    st.integers(1, 2 * MAX_BATCH_BYTES),
    st.integers(0, 30),
    st.one_of(st.none(), st.timedeltas(-LONGEST_WAIT, LONGEST_WAIT).map(lambda d: NOW + d)),
)
pendings = st.lists(queued, max_size=300, unique_by=lambda q: q.seq).map(
    lambda found: tuple(sorted(found, key=lambda q: q.seq))
)
blobs = st.lists(
    st.builds(
        BlobRef,
        st.text("0123456789abcdef", min_size=4, max_size=4),
        st.integers(1, 5 * CHUNK),
        st.just("m"),
        st.just("r"),
    ),
    max_size=20,
    unique_by=lambda b: b.sha256,
).map(tuple)


@st.composite
def states(draw: st.DrawFn) -> State:
    found = draw(blobs)
    names = [b.sha256 for b in found]
    some = st.sets(st.sampled_from(names)) if names else st.just(set())
    held = {name: draw(st.frozensets(st.integers(0, 6))) for name in draw(some)}
    flags = [draw(st.booleans()) for _ in range(5)]
    return State(draw(pendings), found, held, frozenset(draw(some)), *flags)


def due(state: State) -> set[int]:
    waits = {q.seq for q in state.pending if q.next_try and NOW < q.next_try <= NOW + LONGEST_WAIT}
    return {q.seq for q in state.pending} - waits


@settings(max_examples=300)
@given(states())
def test_order_of_work(state: State) -> None:
    actions = plan(state, NOW)
    wanted = {b.sha256 for b in state.blobs if state.photos or b.size <= SMALL} - state.left_out
    if not state.shaken:
        assert actions == [Shake()]
    elif due(state):
        assert all(isinstance(a, SendEvents) for a in actions), "findings go before photos"
        assert sorted(s for a in actions if isinstance(a, SendEvents) for s in a.seqs) == sorted(due(state))
    elif wanted - state.held.keys():
        assert len(actions) == 1
        assert isinstance(actions[0], AskBlobs)
        assert 0 < len(actions[0].blobs) <= ASKED_AT_ONCE
    elif wanted:
        assert len(actions) == 1
        assert isinstance(actions[0], SendBlobs)
        assert {job.blob.sha256 for job in actions[0].jobs} == wanted
        for job in actions[0].jobs:
            assert 0 < job.bytes_left <= job.blob.size
            assert job.chunks
    else:
        expected = [TakeFeed()] if not state.feed_taken else [TakeRegister()] if not state.register_taken else [Prove()]
        assert actions == ([] if state.feed_taken and state.register_taken and state.proved else expected)


@settings(max_examples=300)
@given(states())
def test_a_round_ends(state: State) -> None:
    """When every action does what it says, a round is over after finitely many looks."""
    for _ in range(200):
        actions = plan(state, NOW)
        if not actions:
            return
        for action in actions:
            match action:
                case Shake():
                    state = replace(state, shaken=True)
                case SendEvents(seqs):
                    state = replace(state, pending=tuple(q for q in state.pending if q.seq not in seqs))
                case AskBlobs(asked):
                    state = replace(state, held=state.held | {b.sha256: frozenset() for b in asked})
                case SendBlobs(jobs):
                    state = replace(state, left_out=state.left_out | {job.blob.sha256 for job in jobs})
                case TakeFeed():
                    state = replace(state, feed_taken=True)
                case TakeRegister():
                    state = replace(state, register_taken=True)
                case Prove():
                    state = replace(state, proved=True)
    raise AssertionError("the round does not end")


@settings(max_examples=300)
@given(pendings)
def test_batches_fit_the_service_and_halve(pending: tuple[Queued, ...]) -> None:
    by_seq = {q.seq: q for q in pending}
    for batch in batches(pending, NOW):
        assert len(batch) <= MAX_BATCH_EVENTS
        assert len(batch) == 1 or sum(by_seq[s].size for s in batch) <= MAX_BATCH_BYTES
        assert list(batch) == sorted(batch)
        for seq in batch:
            assert len(batch) <= max(1, MAX_BATCH_EVENTS >> by_seq[seq].tries)


def test_the_bad_one_is_alone_after_eight_failures() -> None:
    """The service fails whatever batch holds number 137: all others get through, 137 ends up alone."""
    pending = {n: Queued(n, 100, 0, None) for n in range(1, 413)}
    alone = 0
    for _ in range(20):
        for batch in list(batches(sorted(pending.values(), key=lambda q: q.seq), NOW)):
            if 137 in batch:
                alone += len(batch) == 1
                for n in batch:
                    pending[n] = replace(pending[n], tries=pending[n].tries + 1)
            else:
                for n in batch:
                    del pending[n]
    assert set(pending) == {137}
    assert alone >= 8


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_backoff_is_full_jitter_up_to_a_minute(tries: int, chance: float) -> None:
    wait = backoff(tries, chance)
    assert timedelta(0) <= wait <= LONGEST_WAIT
    assert backoff(tries, 0) == timedelta(0)
    assert backoff(tries + 1, 1) >= backoff(tries, 1)


def test_backoff_begins_at_a_second() -> None:
    assert [backoff(n, 1).total_seconds() for n in (1, 2, 3, 6, 7, 99)] == [1, 2, 4, 32, 60, 60]


@given(st.floats(0, 10**9), st.floats(0, 1))
def test_a_busy_service_is_left_alone_for_what_it_asks(seconds: float, chance: float) -> None:
    wait = asked_wait(seconds, chance)
    wanted = min(timedelta(seconds=seconds), LONGEST_ASKED)
    assert wanted / 2 <= wait <= wanted


@given(pendings, st.none() | st.timedeltas(-LONGEST_ASKED, 2 * LONGEST_ASKED))
def test_the_next_round_comes_when_something_can_be_done(pending: tuple[Queued, ...], failed: timedelta | None) -> None:
    """After a failed round its wait counts; otherwise the first entry that may go. Never later than five minutes."""
    at = next_round(None if failed is None else NOW + failed, pending, NOW)
    if failed is None and not pending:
        assert at is None
        return
    assert at is not None
    assert at <= NOW + LONGEST_ASKED
    if failed is not None:
        assert at == (NOW + failed if timedelta(0) < failed <= LONGEST_ASKED else NOW)
    else:
        assert list(batches(pending, max(at, NOW))), "a round that has nothing to send is no use"
        assert at <= NOW or not list(batches(pending, at - timedelta(microseconds=1)))


@given(st.integers(1, 5 * CHUNK), st.frozensets(st.integers(0, 6)))
def test_chunks_cover_the_blob(size: int, held: frozenset[int]) -> None:
    every = set(range((size + CHUNK - 1) // CHUNK))
    assert set(missing_chunks(size, held)) == (every - held or every)
