"""The demonstration's entities: the same every time, valid, and every verdict occurs among them."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from central.demo.entities import Maker
from central.demo.load import SEED
from inspector.entity import CreditKind, Entity, RegistrationState, SubjectKind
from inspector.freshness import CHINA, ClockTrust, is_current
from inspector.hosts import HostRules
from inspector.identifiers import is_code, is_organisation_code, is_permit_number, is_registration_number
from inspector.payload import parse
from inspector.verdict import Colour, Facts, Means, StoreHealth, Token, TokenState, decide

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=CHINA)


@pytest.fixture(scope="module")
def entities() -> list[Entity]:
    return list(Maker(SEED, TODAY).entities(20_000))


def test_twenty_thousand_valid_and_different(entities: list[Entity]) -> None:
    assert len({e.code for e in entities}) == 20_000
    for entity in entities:
        assert is_code(entity.code)
        assert is_organisation_code(entity.code[8:17])
        assert not entity.registration_number or is_registration_number(entity.registration_number)
        for permit in entity.permits:
            assert not permit.number.startswith("JY") or is_permit_number(permit.number)


def test_the_same_seed_and_day_give_the_same(entities: list[Entity]) -> None:
    assert list(Maker(SEED, TODAY).entities(500)) == entities[:500]
    assert list(Maker(SEED + 1, TODAY).entities(500)) != entities[:500]


def test_all_nine_areas_all_states_all_kinds_of_record(entities: list[Entity]) -> None:
    assert len({e.area for e in entities}) == 9
    assert {e.licence.state for e in entities} == set(RegistrationState)
    assert {e.subject for e in entities} >= set(SubjectKind) - {SubjectKind.OTHER}
    records = [r for e in entities for r in e.credit]
    assert {r.kind for r in records} >= set(CreditKind) - {CreditKind.JUDGMENT}
    assert any(r.repaired for r in records)
    assert any(not is_current(r, TODAY) for r in records)
    assert any("231121" in e.code for e in entities), "codes of the former county are still about"
    names = "".join(e.licence.name + e.licence.representative for e in entities)
    assert all(c in names for c in "垚喆犇昇玥㐱𠅤Я"[:7])
    assert "Амур" in names or "Сибирь" in names


def test_an_individual_is_marked_and_an_enterprise_listed(entities: list[Entity]) -> None:
    for entity in entities:
        for record in entity.credit:
            if record.kind is CreditKind.ABNORMAL:
                assert ("标记" in record.title) == (entity.subject is SubjectKind.INDIVIDUAL)


def test_every_verdict_occurs(entities: list[Entity]) -> None:
    seen: Counter[tuple[Colour, str]] = Counter()
    for entity in entities[:4000]:
        for state in (TokenState.GENUINE, TokenState.ABSENT):
            facts = Facts(
                parse(entity.code.encode(), HostRules()),
                Means.SCANNED,
                Token(state, entity.code, entity.licence.name if state is TokenState.GENUINE else ""),
                entity,
                StoreHealth.GOOD,
                NOW - timedelta(hours=5),
                NOW,
                ClockTrust.GOOD,
            )
            verdict = decide(facts)
            seen[verdict.colour, verdict.reasons[0].code] += 1
    assert {colour for colour, _ in seen} == set(Colour)
    reasons = {reason for _, reason in seen}
    assert reasons >= {
        "genuine", "unsigned", "serious", "permit-ending", "permit-ended", "abnormal", "correction", "suspended", "cap",
        "moved-out", "state-unknown", "state-revoked", "state-deregistered", "state-cancelled",
    }  # fmt: skip
    green = seen[Colour.PASS, "genuine"]
    assert green > 4000 * 0.5, "most shops are in order"
