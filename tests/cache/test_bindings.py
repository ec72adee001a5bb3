"""Codes without a code of their own: bound on one laptop, confirmed by the real service, known to all of the area."""

from collections.abc import Iterator
from threading import Event as Flag
from typing import Any

import pytest

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Checked, Session
from central import aliases
from central.demo.load import AREA, UNIT, load_demo
from central.server import EmbeddedService
from inspector import wire
from inspector.entity import Entity
from inspector.errors import InputProblem
from inspector.verdict import Colour, Finding, Means
from inspector.wire import Event, EventKind
from tests.cache.officers import PASSWORD, HeldClock

LINK = b"http://hl.gsxt.gov.cn/business/JCXX.jspx?id=%d"
LOCAL = b"https://shian.example.com/t/%d"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 300, areas=(AREA,))
        yield running


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, centre: EmbeddedService) -> Iterator[tuple[Session, Session]]:
    """Two laptops of one area, each in the hands of another officer, both synced."""
    tmp_path = tmp_path_factory.mktemp("laptops")
    laptops, sessions = [], []
    for number in ("HH0001", "HH0002"):
        laptops.append(Laptop(tmp_path / number, HeldClock(SystemClock().now())))
        sessions.append(laptops[-1].enrol(centre.enrolment_link(AREA, UNIT), number, PASSWORD))
        sync(sessions[-1])
    yield sessions[0], sessions[1]
    for laptop in laptops:
        laptop.close()


def sync(session: Session) -> Any:
    return session.sync(lambda _: None, Flag())


def scan(session: Session, data: bytes) -> Checked:
    return session.check(data, Means.SCANNED)


def shops(session: Session) -> tuple[str, str]:
    first, second = session.tasks()[:2]
    return first.code, second.code


def entity(checked: Checked) -> Entity:
    assert checked.entity is not None
    return checked.entity


def reasons(checked: Checked) -> set[str]:
    return {r.code for r in checked.verdict.reasons}


@pytest.mark.parametrize("link", [LINK % 1, LOCAL % 1])
def test_a_binding_is_yellow_until_the_centre_confirms_and_then_known_to_all(
    pair: tuple[Session, Session], link: bytes
) -> None:
    ours, theirs = pair
    shop, _ = shops(ours)
    before = scan(ours, link)
    assert (before.entity, before.verdict.colour) == (None, Colour.UNKNOWN)
    assert "绑定" in before.verdict.reasons[0].advice
    ours.bind(before.payload, shop)
    bound = scan(ours, link)
    assert entity(bound).code == shop
    assert (bound.verdict.colour, bound.verdict.finding) == (Colour.ATTENTION, Finding.UNSIGNED)
    assert bound.verdict.reasons[0].text == "旧码/绑定：待中心确认。"
    assert scan(theirs, link).entity is None, "not known elsewhere before the centre has spoken"
    sync(ours)
    sync(theirs)
    for session in pair:
        known = scan(session, link)
        assert entity(known).code == shop
        assert known.verdict.colour is Colour.ATTENTION, "never green"
        assert "alias" not in reasons(known)
        assert "unsigned" in reasons(known)


def test_two_officers_who_differ_are_a_conflict_until_a_person_decides(
    pair: tuple[Session, Session], centre: EmbeddedService
) -> None:
    ours, theirs = pair
    first, second = shops(ours)
    link = LINK % 2
    ours.bind(scan(ours, link).payload, first)
    theirs.bind(scan(theirs, link).payload, second)
    for session in (ours, theirs, ours):
        sync(session)
    for session in pair:
        torn = scan(session, link)
        assert (torn.entity, torn.verdict.colour) == (None, Colour.UNKNOWN)
        assert reasons(torn) == {"alias-conflict"}
        assert [h.code for h in torn.candidates] == sorted((first, second)), "the officer picks"
    standing = next(s for s in aliases.waiting(centre.service) if s.payload.encode() == link)
    assert standing.state == "conflict"
    assert standing.said == (("HH0001", first), ("HH0002", second))
    assert aliases.decide(centre.service, standing.key, second)
    for session in pair:
        sync(session)
        assert entity(scan(session, link)).code == second
        assert "alias" not in reasons(scan(session, link))
    assert aliases.decide(centre.service, standing.key, "")
    sync(ours)
    assert scan(ours, link).entity is None, "a rejected binding is gone"


def test_an_officer_corrects_the_own_binding_without_a_conflict(pair: tuple[Session, Session]) -> None:
    ours, theirs = pair
    first, second = shops(ours)
    link = LINK % 3
    ours.bind(scan(ours, link).payload, first)
    sync(ours)
    ours.bind(scan(ours, link).payload, second)
    assert "alias" in reasons(scan(ours, link)), "unconfirmed again"
    sync(ours)
    sync(theirs)
    assert entity(scan(theirs, link)).code == second
    assert "alias" not in reasons(scan(theirs, link))


def test_a_binding_is_an_entry_of_the_journal(pair: tuple[Session, Session]) -> None:
    session, _ = pair
    shop, _ = shops(session)
    before = session._opened.work.head().seq
    session.bind(session.check(LINK % 4, Means.SCANNED).payload, shop)
    events = [wire.decode(e.event, Event) for e in session._opened.work.chain()][before:]
    bound = next(e for e in events if e.kind is EventKind.ALIAS)
    assert (bound.schema, bound.entity, bound.officers) == ("alias/1", shop, ("HH0001",))
    assert bound.body["payload"].encode() == LINK % 4
    assert sync(session).proof.equal


@pytest.mark.parametrize(
    "data",
    [
        b"WIFI:S:shop;P:12345678;;",
        b"https://qr.alipay.com/fkx123456789012345678",
        b"http://www.gsxt.gov.cn/%7BVGf3Z1bUoQ-1512345678901%7D",
        b"https://gsxt-gov.cn/x",
        b"11010519491231002X",
        "今天休息".encode(),
    ],
)
def test_what_belongs_to_a_person_or_changes_by_itself_is_never_bound(
    pair: tuple[Session, Session], data: bytes
) -> None:
    session, _ = pair
    with pytest.raises(InputProblem):
        session.bind(scan(session, data).payload, shops(session)[0])


def test_only_an_entity_of_the_register_can_be_bound(pair: tuple[Session, Session]) -> None:
    session, _ = pair
    with pytest.raises(InputProblem):
        session.bind(scan(session, LINK % 5).payload, "92231102MA1Y000189")
    assert scan(session, LINK % 5).entity is None
