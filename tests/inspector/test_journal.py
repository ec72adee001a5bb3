"""The journal's chain: any change, gap, swap or foreign signature is found, at the entry where it begins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import journal, wire
from inspector.journal import START, Head, check_chain, entry_hash, event_id
from inspector.trust import device
from inspector.wire import Event, EventKind, SealedEvent

KEY = bytes(range(32))
PUBLIC = device.signing_public(KEY)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def chain(length: int, key: bytes = KEY) -> list[SealedEvent]:
    entries: list[SealedEvent] = []
    head = Head()
    for seq in range(1, length + 1):
        event = Event(
            f"e-{seq}", EventKind.AUDIT, "audit/1", "d-1", seq, head.hash, ("HH0001",), NOW, "good", {"n": seq}
        )
        entries.append(journal.seal(event, key))
        head = Head(seq, entry_hash(entries[-1].event))
    return entries


def test_a_whole_chain_holds() -> None:
    entries = chain(20)
    assert check_chain(entries, PUBLIC) == (Head(20, entry_hash(entries[-1].event)), "")
    assert check_chain([], PUBLIC) == (Head(0, START), "")


@pytest.mark.parametrize("at", [0, 7, 19])
def test_changes_are_found_where_they_begin(at: int) -> None:
    entries = chain(20)
    rewritten = journal.seal(replace(wire.decode(entries[at].event, Event), body={"n": 0}), KEY)
    cases = {
        "another body": [
            *entries[:at],
            replace(entries[at], event=entries[at].event.replace(b"audit/1", b"audit/2")),
            *entries[at + 1 :],
        ],
        "a foreign key": [*entries[:at], chain(20, bytes(32))[at], *entries[at + 1 :]],
        "no signature": [*entries[:at], replace(entries[at], signature=b""), *entries[at + 1 :]],
        "not an entry": [*entries[:at], SealedEvent(b"{}", device.sign(KEY, b"{}")), *entries[at + 1 :]],
    }
    for name, changed in cases.items():
        head, wrong = check_chain(changed, PUBLIC)
        assert (head.seq, bool(wrong)) == (at, True), name
    if at < 19:
        for shorter in ([*entries[:at], *entries[at + 1 :]], [*entries[:at], rewritten, *entries[at + 1 :]]):
            assert check_chain(shorter, PUBLIC)[1]


def test_an_inserted_and_a_swapped_entry_are_found() -> None:
    entries = chain(10)
    assert check_chain([*entries[:5], entries[4], *entries[5:]], PUBLIC)[0].seq == 5
    assert check_chain([*entries[:4], entries[5], entries[4], *entries[6:]], PUBLIC)[0].seq == 4


@settings(max_examples=200)
@given(st.data())
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    entries = chain(4)
    at = data.draw(st.integers(0, 3))
    whole = bytearray(entries[at].event + entries[at].signature)
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    entries[at] = SealedEvent(bytes(whole[:-64]), bytes(whole[-64:]))
    head, wrong = check_chain(entries, PUBLIC)
    assert wrong
    assert head.seq == at


@given(st.binary(min_size=10, max_size=10), st.integers(0, 10**9))
def test_ids_are_version_7_and_sort_by_time(random: bytes, seconds: int) -> None:
    one = event_id(NOW + timedelta(seconds=seconds), random)
    assert (len(one), one[14], one[19] in "89ab") == (36, "7", True)
    assert one < event_id(NOW + timedelta(seconds=seconds + 1), bytes(10))


def test_ids_differ_by_chance() -> None:
    assert len({event_id(NOW, n.to_bytes(10, "big")) for n in range(1000)}) == 1000
