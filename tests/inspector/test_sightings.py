"""One signed code at two addresses within 30 days: what counts as another address, and where the month ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import wire
from inspector.entries import SIGHTING, Sighted
from inspector.sightings import WINDOW, Sighting, apart, elsewhere, of
from inspector.wire import Event, EventKind

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HERE = Sighting("12", "92231102MA1Y000189", "黑河市爱辉区兴安街8号", NOW, "HH0001")
THERE = replace(HERE, place="爱辉区海兰街21号", officer="HH0002")


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        ("黑河市爱辉区兴安街8号", "爱辉区兴安街8号底商105", False),
        ("黑龙江省黑河市爱辉区兴安街８号", "爱辉区 兴安街8号", False),
        ("爱辉区兴安街8号底商105", "爱辉区兴安街8号底商106", True),
        ("爱辉区兴安街8号", "爱辉区兴安街88号", True),
        ("爱辉区兴安街8号", "", True),
        ("", "", False),
        ("8号", "爱辉区兴安街8号", True),
    ],
)
def test_addresses_of_two_places(one: str, other: str, two: bool) -> None:
    assert apart(one, other) is apart(other, one) is two


@pytest.mark.parametrize(
    ("gap", "found"),
    [(WINDOW, True), (WINDOW + timedelta(seconds=1), False), (-WINDOW, True), (timedelta(), True)],
)
def test_the_month_ends_after_its_thirtieth_day(gap: timedelta, found: bool) -> None:
    assert (elsewhere(HERE, [replace(THERE, at=NOW - gap)]) is not None) is found


def test_another_code_or_the_same_place_says_nothing() -> None:
    assert elsewhere(HERE, [replace(THERE, serial="13"), replace(HERE, officer="HH0002"), HERE]) is None


def test_the_newest_is_told() -> None:
    older = replace(THERE, at=NOW - timedelta(days=9))
    newer = replace(THERE, place="嫩江市墨尔根路5号", at=NOW - timedelta(days=2))
    assert elsewhere(HERE, [newer, older]) == newer


def test_a_slip_of_the_finger_is_taken_back_by_the_next_answer_of_the_same_officer() -> None:
    slip = replace(HERE, place="", at=NOW - timedelta(minutes=3))
    assert elsewhere(HERE, [slip]) is None
    assert elsewhere(HERE, [replace(slip, officer="HH0002")]) is not None
    assert elsewhere(HERE, [replace(slip, at=NOW - timedelta(minutes=11))]) is not None


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_address_is_apart_from_itself_and_the_order_does_not_matter(one: str, other: str) -> None:
    assert not apart(one, one)
    assert apart(one, other) == apart(other, one)


def event(body: object, schema: str = SIGHTING) -> Event:
    told = wire.decode(wire.encode(body), dict)
    return Event("e1", EventKind.AUDIT, schema, "d-1", 1, "0" * 64, ("HH0001",), NOW, "good", told)


def test_only_entries_that_tell_where_a_signed_code_was_are_sightings() -> None:
    assert of(event(Sighted("12", HERE.code, HERE.place, True))) == HERE
    assert of(event(Sighted("", HERE.code, HERE.place, True))) is None
    assert of(event({"serial": 12})) is None
    assert of(event({"action": "check", "detail": ""}, "audit/1")) is None
    assert of(event({"anything": []}, "inspection/1")) is None
