"""A signed code copied to another wall: noticed by one laptop from its journal, and across laptops by the service."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import select

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Checked, Session
from central import issue
from central.copies import FLAG
from central.demo.load import AREA, UNIT, load_demo
from central.models import EntityRow, EventRow
from central.server import EmbeddedService
from inspector import wire
from inspector.entity import Entity
from inspector.errors import InputProblem
from inspector.verdict import Colour, Finding, Means, TokenState
from tests.cache.officers import PASSWORD, HeldClock, begun, finished, signed_by_all


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 300, areas=(AREA,))
        yield running


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, centre: EmbeddedService
) -> Iterator[tuple[tuple[Session, HeldClock], tuple[Session, HeldClock]]]:
    folder, laptops, made = tmp_path_factory.mktemp("laptops"), [], []
    for number in ("HH0001", "HH0002"):
        clock = HeldClock(SystemClock().now())
        laptops.append(Laptop(folder / number, clock))
        made.append((laptops[-1].enrol(centre.enrolment_link(AREA, UNIT), number, PASSWORD), clock))
        sync(made[-1][0])
    yield made[0], made[1]
    for laptop in laptops:
        laptop.close()


@pytest.fixture
def code(centre: EmbeddedService, pair: Any) -> bytes:
    """A fresh signed code of a shop that is in order, with its own serial, known to both laptops' lists."""
    shop = pair[0][0].tasks()[0].code
    with centre.service.sessions() as db:
        entity = wire.decode(db.get_one(EntityRow, shop).body, Entity)
    text = issue.issue(centre.service, entity)
    issue.publish_lists(centre.service)
    for session, _ in pair:
        sync(session)
    return text.encode()


def sync(session: Session) -> Any:
    return session.sync(lambda _: None, Flag())


def scan(session: Session, code: bytes) -> Checked:
    return session.check(code, Means.SCANNED)


def why(checked: Checked) -> list[str]:
    return [r.code for r in checked.verdict.reasons]


def visited(session: Session, clock: HeldClock, code: bytes, place: str) -> None:
    """A sealed inspection at a place where this code hung."""
    draft = finished(session, begun(session, code), clock, 0)
    assert draft.check.serial
    draft = replace(draft, place=place)
    draft = signed_by_all(draft, session.template(draft.template), clock.now())
    session.seal(draft, PASSWORD)


def test_the_answer_about_the_site_is_an_entry_and_a_copy_shows_at_the_next_scan(pair: Any, code: bytes) -> None:
    session, clock = pair[0]
    checked = scan(session, code)
    session.confirm_site(checked, True)
    assert scan(session, code).verdict.finding is not Finding.MISUSED
    clock.wait(3600)
    before = session._opened.work.head().seq
    session.confirm_site(scan(session, code), False)
    bodies = [wire.decode(e.event, wire.Event).body for e in session._opened.work.chain()][before:]
    assert {"serial": checked.token.serial, "code": checked.token.code, "place": "", "same": False} in bodies
    again = scan(session, code)
    assert (again.verdict.colour, again.verdict.finding) == (Colour.FAIL, Finding.MISUSED)
    assert why(again)[0] == "copied"


@pytest.mark.parametrize(("days", "copied"), [(30, True), (30, False)])
def test_an_inspection_at_another_address_counts_for_thirty_days(
    tmp_path: Path, centre: EmbeddedService, code: bytes, days: int, copied: bool
) -> None:
    clock = HeldClock(SystemClock().now())
    laptop = Laptop(tmp_path / "alone", clock)
    session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    sync(session)
    visited(session, clock, code, "黑河市爱辉区海兰街21号门市")
    clock.wall += timedelta(days=days, seconds=0 if copied else 1)
    checked = scan(session, code)
    assert checked.token.state is TokenState.STATUS_UNKNOWN, "bad news survives staleness"
    assert ("copied" in why(checked)) is copied
    if copied:
        assert "海兰街21号" in checked.verdict.reasons[0].text
    laptop.close()


def test_two_laptops_that_see_one_code_at_two_addresses_both_learn_it(
    pair: Any, code: bytes, centre: EmbeddedService
) -> None:
    (ours, clock), (theirs, _) = pair
    theirs.confirm_site(scan(theirs, code), True)
    sync(theirs)
    assert "copied" not in why(scan(ours, code))
    visited(ours, clock, code, "五大连池市青山街3号")
    sync(ours)
    assert "copied" not in why(scan(theirs, code)), "not told yet"
    sync(theirs)
    for session in (ours, theirs):
        checked = scan(session, code)
        assert (checked.verdict.finding, why(checked)[0]) == (Finding.MISUSED, "copied")
        assert "青山街3号" in checked.verdict.reasons[0].text
        assert [a for a in session.alarms() if "疑似冒用" in a and "青山街3号" in a]
    with centre.service.sessions() as db:
        assert FLAG in set(db.scalars(select(EventRow.flag)))
    assert sync(ours).proof.equal
    assert sync(theirs).proof.equal


def test_what_was_answered_about_an_unsigned_code_is_kept_without_a_serial(pair: Any) -> None:
    session, _ = pair[0]
    shop = session.tasks()[1].code.encode()
    session.confirm_site(session.check(shop, Means.SCANNED), False)
    assert session.check(shop, Means.SCANNED).verdict.finding is not Finding.MISUSED
    with pytest.raises(InputProblem):
        session.confirm_site(session.check(b"WIFI:S:x;;", Means.SCANNED), True)
