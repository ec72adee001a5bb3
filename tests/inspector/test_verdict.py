"""The verdict: the whole table enumerated against rules written from the design, and single cases by name."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.freshness import CHINA, ClockTrust, clock_floor, is_current, judge_clock
from inspector.hosts import HostRules
from inspector.payload import Found, HostClass, Payload, PayloadKind, parse
from inspector.verdict import (
    PROVED,
    Bound,
    Colour,
    Facts,
    Finding,
    Means,
    StoreHealth,
    Token,
    TokenState,
    Verdict,
    decide,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
TODAY = NOW.date()
CODE = "92231102MA1Y000189"
ENDED_STATES = {
    RegistrationState.REVOKED,
    RegistrationState.REVOKED_DEREGISTERED,
    RegistrationState.DEREGISTERED,
    RegistrationState.CANCELLED,
}
TRUSTED = {ClockTrust.GOOD, ClockTrust.FAIR}
BELIEVED = {StoreHealth.GOOD, StoreHealth.UNCHECKED}


def record(kind: CreditKind, **more: date) -> CreditRecord:
    return CreditRecord(kind, "示例事由", "", "示例机关", "示例来源", TODAY - timedelta(100), **more)


def permit(days: int, kind: str = "食品经营许可证", state: str = "有效") -> Permit:
    start = TODAY - timedelta(900)
    return Permit(kind, "JY12311020000017", "示例局", "", start, start, TODAY + timedelta(days), state)


CREDIT = {
    "none": (),
    "serious": (record(CreditKind.SERIOUS),),
    "repaired": (record(CreditKind.SERIOUS, repaired=TODAY),),
    "unpublished": (record(CreditKind.SERIOUS, publish_until=TODAY - timedelta(1)),),
    "abnormal": (record(CreditKind.ABNORMAL),),
    "penalty": (record(CreditKind.PENALTY),),
}
PERMITS = {"none": (), "good": (permit(400),), "ending": (permit(30),), "ended": (permit(-1),)}


def entity(state: RegistrationState, credit: str, permits: str) -> Entity:
    licence = Licence("示例店", "个体工商户", "周垚鑫", "兴安街8号", "食品销售", "示例局", None, state)
    return Entity(CODE, SubjectKind.INDIVIDUAL, licence, PERMITS[permits], CREDIT[credit])


def facts(
    token: TokenState = TokenState.GENUINE,
    host: HostClass = HostClass.OWN,
    known: Entity | None = None,
    store: StoreHealth = StoreHealth.GOOD,
    age: float | None = 0.5,
    clock: ClockTrust = ClockTrust.GOOD,
    differs: bool = False,
    bound: Bound = Bound.NONE,
    copied: bool = False,
    means: Means = Means.SCANNED,
) -> Facts:
    kind = PayloadKind.CODE if token is TokenState.ABSENT else PayloadKind.SIGNED
    payload = Payload(kind, "x", host, "h", (Found("uscc", CODE, 100),))
    as_of = None if age is None else NOW - timedelta(days=age)
    told = Token(token, CODE, "示例店" if token is TokenState.GENUINE else "")
    return Facts(
        payload, means, told, known, store, as_of, NOW, clock, bound, differs, "11月3日在别处" if copied else ""
    )


GOOD = entity(RegistrationState.ACTIVE, "none", "good")


def rules(f: Facts, v: Verdict, credit: str, permits: str) -> None:
    """What must hold of every verdict, whatever the code of ``decide`` looks like."""
    state = f.entity.licence.state if f.entity else None
    fresh = f.data_as_of is not None and timedelta(0) <= f.now - f.data_as_of <= timedelta(days=f.max_age_days)
    forged = f.token.state in {TokenState.FORGED, TokenState.MISMATCH} or f.payload.host_class is HostClass.SUSPICIOUS
    proven = (
        f.token.state is TokenState.GENUINE
        and state is RegistrationState.ACTIVE
        and fresh
        and f.clock in TRUSTED
        and f.store is StoreHealth.GOOD
        and f.payload.host_class is not HostClass.SUSPICIOUS
        and not f.on_site_differs
        and not f.seen_elsewhere
        and f.bound in {Bound.NONE, Bound.CONFIRMED}
        and credit in {"none", "repaired", "unpublished", "penalty"}
        and permits in {"none", "good"}
    )
    young = f.data_as_of is not None and f.now - f.data_as_of <= timedelta(days=f.attention_age_days)
    assert (v.colour is Colour.PASS) == (proven and young), "green exactly when everything is proven"
    bad_news = f.entity is not None and f.store in BELIEVED and (state in ENDED_STATES or credit == "serious")
    dead_code = f.token.state in {TokenState.REVOKED, TokenState.SUSPENDED}
    expired = f.token.state is TokenState.EXPIRED and f.clock in TRUSTED
    elsewhere = f.on_site_differs and (f.token.state is not TokenState.ABSENT or (f.entity and f.store in BELIEVED))
    copied = bool(f.seen_elsewhere) and f.token.state in PROVED
    red = forged or bad_news or dead_code or expired or bool(elsewhere) or copied
    assert (v.colour is Colour.FAIL) == red, "red exactly on bad news, whatever its age"
    if not red and (not fresh or f.clock not in TRUSTED or f.store is not StoreHealth.GOOD or f.entity is None):
        assert v.colour is Colour.UNKNOWN, "without a basis nothing can be said"
    if v.colour is Colour.FAIL:
        assert v.finding in {Finding.FORGED, Finding.NOT_IN_FORCE, Finding.MISUSED}
    assert (v.finding is Finding.FORGED) == forged
    if v.finding in {Finding.GENUINE, Finding.GENUINE_ATTENTION}:
        assert f.token.state is TokenState.GENUINE
    if f.token.state is TokenState.ABSENT:
        assert v.colour is not Colour.PASS, "an unsigned code is never more than consistent"
    assert v.reasons
    assert all(r.text.endswith("。") and r.code for r in v.reasons)


WALLS = (
    (HostClass.OWN, False, False),
    (HostClass.OWN, True, False),
    (HostClass.OWN, False, True),
    (HostClass.SUSPICIOUS, False, False),
)
"""Host, what the officer saw on site, whether the same serial was seen elsewhere."""


def test_the_whole_table() -> None:
    known: list[tuple[Entity | None, str, str]] = [(None, "none", "none")]
    known += [(entity(*c), c[1], c[2]) for c in product(RegistrationState, CREDIT, PERMITS)]
    ages = (None, 0.5, 5.0, 8.0)
    cases = 0
    for (who, credit, permits), token, store, age, clock in product(known, TokenState, StoreHealth, ages, ClockTrust):
        for host, differs, copied in WALLS:
            if (differs or copied or host is HostClass.SUSPICIOUS) and permits != "good" and who is not None:
                continue
            f = facts(token, host, who, store, age, clock, differs, copied=copied)
            rules(f, decide(f), credit, permits)
            cases += 1
    assert cases >= 50_000


def test_means_hosts_and_bindings_with_everything_else() -> None:
    """129,600 cases."""
    states = (
        (RegistrationState.ACTIVE, "none"),
        (RegistrationState.REVOKED, "none"),
        (RegistrationState.ACTIVE, "serious"),
    )
    states += ((RegistrationState.ACTIVE, "abnormal"),)
    known = [(None, "none"), *((entity(state, credit, "good"), credit) for state, credit in states)]
    ages, clocks = (0.5, 8.0), (ClockTrust.FAIR, ClockTrust.SET_BACK)
    axes = TokenState, HostClass, known, StoreHealth, ages, clocks, (False, True), Bound, Means
    for token, host, (who, credit), store, age, clock, differs, bound, means in product(*axes):
        f = facts(token, host, who, store, age, clock, differs, bound, means)
        rules(f, decide(f), credit, "good")


@pytest.mark.parametrize("kind", [k for k in PayloadKind if k not in {PayloadKind.SIGNED, PayloadKind.CODE}])
@pytest.mark.parametrize("store", StoreHealth)
def test_what_is_no_code_of_an_entity_is_never_red_or_green(kind: PayloadKind, store: StoreHealth) -> None:
    f = replace(
        facts(TokenState.ABSENT, store=store),
        payload=Payload(kind, "", HostClass.SUSPICIOUS),
        token=Token(TokenState.ABSENT),
    )
    assert decide(f).colour is Colour.UNKNOWN


def test_a_genuine_code_of_an_unknown_entity_is_not_green() -> None:
    verdict = decide(facts(known=None))
    assert (verdict.colour, verdict.finding) == (Colour.UNKNOWN, Finding.NO_BASIS)
    assert verdict.reasons[0].code == "genuine-not-in-register"


@pytest.mark.parametrize(
    ("days", "colour"),
    [(0, Colour.PASS), (3, Colour.PASS), (3.5, Colour.ATTENTION), (7, Colour.ATTENTION), (7.1, Colour.UNKNOWN)],
)
def test_age_of_the_data(days: float, colour: Colour) -> None:
    assert decide(facts(known=GOOD, age=days)).colour is colour


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "permit-ended"), (0, "permit-ending"), (30, "permit-ending"), (31, "genuine")]
)
def test_a_permit_counts_to_its_last_day(days: int, code: str) -> None:
    assert decide(facts(known=replace(GOOD, permits=(permit(days),)))).reasons[0].code == code


def test_a_permit_that_ended_is_amber_with_its_grounds() -> None:
    for ended in (permit(-1), permit(-900), permit(700, state="注销")):
        verdict = decide(facts(known=replace(GOOD, permits=(ended,))))
        (reason,) = verdict.reasons
        assert verdict.colour is reason.colour is Colour.ATTENTION
        assert reason.basis == "行政许可法第五十条、第七十条"
        assert "延续" in reason.advice


def test_a_renewed_permit_covers_the_old_one() -> None:
    assert decide(facts(known=replace(GOOD, permits=(permit(-5), permit(700))))).colour is Colour.PASS
    assert decide(facts(known=replace(GOOD, permits=(permit(700, state="吊销"),)))).reasons[0].code == "permit-ended"


def test_an_unsigned_code_says_that_it_was_not_proven() -> None:
    verdict = decide(facts(TokenState.ABSENT, known=GOOD))
    assert (verdict.colour, verdict.finding) == (Colour.ATTENTION, Finding.UNSIGNED)
    assert "未验真" in verdict.reasons[0].text
    assert decide(facts(known=GOOD, bound=Bound.PENDING)).reasons[0].code == "alias"


def test_a_full_cap_and_a_changed_name_are_told() -> None:
    full = replace(GOOD, inspections_this_year=4, inspection_cap=4)
    assert decide(facts(known=full)).reasons[0].code == "cap"
    renamed = replace(facts(known=GOOD), token=Token(TokenState.GENUINE, CODE, "旧名店"))
    assert decide(renamed).reasons[0].code == "renamed"
    moved = replace(renamed, token=Token(TokenState.GENUINE, CODE, "示例店", "兴安街 9 号"))
    assert decide(moved).reasons[0].code == "moved"
    same = replace(renamed, token=Token(TokenState.GENUINE, CODE, "示例店", "兴安街 8 号"))
    assert decide(same).colour is Colour.PASS


def test_data_of_another_entity_prove_nothing() -> None:
    other = replace(GOOD, code="93231183MA1AB2C34A")
    verdict = decide(facts(known=other))
    assert (verdict.colour, verdict.reasons[0].code) == (Colour.UNKNOWN, "other-entity")


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("92231102MA1Y000188", "mistyped", "校验位"),
        ("92231102MAIY000189", "mistyped", "不含字母"),
        ("440301103097412", "mistyped", "注册号"),
        ("71774346-9", "mistyped", "组织机构代码"),
        ("喆喆便利店", "foreign", "不是代码"),
    ],
)
def test_what_was_typed_wrongly_is_explained(typed: str, code: str, words: str) -> None:
    told = replace(facts(TokenState.ABSENT), payload=parse(typed.encode(), HostRules()), means=Means.TYPED)
    verdict = decide(replace(told, token=Token(TokenState.ABSENT)))
    assert verdict.finding is Finding.NOT_ENTITY
    assert verdict.reasons[0].code == code
    assert words in verdict.reasons[0].text


def test_a_suspicious_address_without_a_code_is_not_called_a_licence() -> None:
    payload = parse(b"https://msc.heihe.gov.cn.evil.cn/pay", HostRules())
    verdict = decide(replace(facts(TokenState.ABSENT), payload=payload, token=Token(TokenState.ABSENT)))
    assert (verdict.colour, verdict.reasons[0].code) == (Colour.UNKNOWN, "suspicious")


def test_a_repaired_record_is_gone_even_before_its_day_has_come_here() -> None:
    assert not is_current(record(CreditKind.SERIOUS, repaired=TODAY + timedelta(days=3)), TODAY)
    assert is_current(record(CreditKind.SERIOUS, closed=TODAY + timedelta(days=1)), TODAY)
    assert not is_current(record(CreditKind.SERIOUS, closed=TODAY), TODAY)
    assert is_current(record(CreditKind.SERIOUS, publish_until=TODAY), TODAY)


def test_an_individual_is_marked_by_rules_of_its_own() -> None:
    listed = replace(GOOD, credit=CREDIT["abnormal"])
    assert "个体工商户" in decide(facts(known=listed)).reasons[0].basis
    assert "企业" in decide(facts(known=replace(listed, subject=SubjectKind.ENTERPRISE))).reasons[0].basis


def test_the_clock() -> None:
    signed = NOW - timedelta(hours=2)
    assert judge_clock(NOW, signed, signed, timedelta(hours=2), 45) == (NOW, ClockTrust.GOOD)
    assert judge_clock(NOW, signed, signed, None, 45) == (NOW, ClockTrust.FAIR)
    assert judge_clock(NOW, None, None, None, 45) == (NOW, ClockTrust.UNKNOWN)
    back = signed - timedelta(minutes=6)
    assert judge_clock(back, signed, signed, None, 45) == (signed, ClockTrust.SET_BACK)
    assert judge_clock(signed - timedelta(minutes=4), signed, signed, None, 45)[1] is ClockTrust.FAIR
    ahead = NOW + timedelta(days=300)
    assert judge_clock(ahead, signed, signed, timedelta(hours=2), 45)[1] is ClockTrust.UNKNOWN
    assert judge_clock(ahead, signed, signed, None, 45)[1] is ClockTrust.UNKNOWN
    assert judge_clock(signed + timedelta(days=46), signed, signed, None, 45)[1] is ClockTrust.FAIR
    assert clock_floor(signed, ahead, 45) == signed + timedelta(days=46)
    assert clock_floor(signed, signed - timedelta(1), 45) == signed
    assert clock_floor(None, None, 45) is None


@pytest.mark.parametrize("state", [s for s in TokenState if s is not TokenState.ABSENT])
def test_only_a_code_without_signature_is_called_an_old_one(state: TokenState) -> None:
    codes = [r.code for r in decide(facts(state, known=GOOD)).reasons]
    assert "unsigned" not in codes


def test_a_cause_stands_before_what_follows_from_it() -> None:
    """Eight days offline make the status list old as well; the banner says what the officer can change."""
    old = decide(facts(TokenState.STATUS_UNKNOWN, known=GOOD, age=8))
    assert [r.code for r in old.reasons][:2] == ["too-old", "status-unknown"]
    back = decide(facts(TokenState.STATUS_UNKNOWN, known=GOOD, clock=ClockTrust.SET_BACK))
    assert back.reasons[0].code == "clock-set-back"
