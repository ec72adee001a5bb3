"""An inspection's steps and what stops its seal, rule by rule."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import checklist, outcomes, visit
from inspector import inspection as steps
from inspector.completeness import COMPARED, Missing, missing, outcome_objections
from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.freshness import CHINA
from inspector.inspection import (
    Basis,
    BasisKind,
    Check,
    Comparison,
    Comparisons,
    Inspection,
    ItemFinding,
    Notice,
    Officer,
    Party,
    Photo,
    Seen,
    Signature,
    SignerRole,
)
from inspector.verdict import ClockTrust, Colour, Finding, Means

START = datetime(2026, 11, 23, 10, 42, tzinfo=CHINA)
TODAY = START.date()
TEMPLATE = checklist.shipped()["food-sale"]
ZHANG = Officer("HH0001", "张建国", "23110000327", "2027-06-30", "爱辉区市场监督管理局")
WANG = Officer("HH0002", "王芳", "23110000419", TODAY.isoformat(), "爱辉区市场监督管理局")
LATE = Officer("HH0003", "李昇", "23110000502", (TODAY - timedelta(1)).isoformat(), "爱辉区市场监督管理局")
BASIS = Basis(BasisKind.COMPLAINT, "12315-0001", notice_number="爱市监检〔2026〕8号")
WORDS = "a" * 64


def fresh(**more: object) -> Inspection:
    check = Check(
        Means.SCANNED, "x", Colour.ATTENTION, Finding.UNSIGNED, "", START, ClockTrust.GOOD, Seen(digest="d" * 64)
    )
    party = Party("喆喆便利店", "92231102MA1Y000189", "周垚鑫", "兴安街8号")
    number = "爱市监检笔〔2026〕1号"
    officers = (ZHANG, WANG)
    base = Inspection(
        "0193", number, BASIS, officers, party, check, TEMPLATE.ref, TEMPLATE.hash, START, ClockTrust.GOOD, "兴安街8号"
    )
    return replace(base, **more)  # type: ignore[arg-type]


def signature(role: SignerRole, words: str = WORDS) -> Signature:
    return Signature(role, "某人", (), START + timedelta(minutes=30), words)


def complete() -> Inspection:
    done = fresh(notice=Notice(True, True), comparisons=Comparisons(**dict.fromkeys(COMPARED, Comparison.SAME)))
    for item in TEMPLATE.items():
        done = steps.answer(done, item.id, ItemFinding.CONFORMS)
    done = replace(done, outcomes=("no_problem",), ended_at=START + timedelta(minutes=40))
    for role in (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B):
        done = steps.sign(done, signature(role))
    return done


def codes(inspection: Inspection, words: str = WORDS) -> list[str]:
    return [m.code for m in missing(inspection, TEMPLATE, START + timedelta(hours=1), words)]


def test_a_complete_inspection_lacks_nothing_and_an_empty_one_lacks_all() -> None:
    assert codes(complete()) == []
    assert {"certificates", "rights", "compare", "item-open", "outcome", "signature"} <= set(codes(fresh()))


def test_a_certificate_holds_to_its_last_day() -> None:
    assert visit.certificate_holds(WANG, TODAY)
    assert not visit.certificate_holds(LATE, TODAY)
    assert not visit.certificate_holds(replace(ZHANG, valid_until="随便"), TODAY)


def test_two_different_officers_with_valid_certificates() -> None:
    assert visit.objections((ZHANG, WANG), BASIS, TODAY) == []
    assert visit.objections((ZHANG,), BASIS, TODAY)
    assert visit.objections((ZHANG, ZHANG), BASIS, TODAY)
    assert any("到期" in o for o in visit.objections((ZHANG, LATE), BASIS, TODAY))
    emergency = Basis(BasisKind.EMERGENCY, notice_number="x")
    assert visit.objections((ZHANG,), emergency, TODAY)
    assert not visit.objections((ZHANG,), replace(emergency, emergency_reason="燃气泄漏"), TODAY)
    assert visit.objections((LATE,), replace(emergency, emergency_reason="燃气泄漏"), TODAY)


def test_one_certificate_is_not_two_officers() -> None:
    twin = replace(ZHANG, number="HH0009", name="张建军")
    assert any("证号相同" in o for o in visit.objections((ZHANG, twin), BASIS, TODAY))


def test_no_visit_without_basis_and_notice() -> None:
    assert visit.objections((ZHANG, WANG), replace(BASIS, number=" "), TODAY)
    bare = replace(BASIS, notice_number="")
    assert visit.objections((ZHANG, WANG), bare, TODAY)
    assert not visit.objections((ZHANG, WANG), replace(bare, no_notice_reason="突击检查，已批准"), TODAY)


def entity(**more: object) -> Entity:
    licence = Licence("某店", "个体工商户", "周", "街", "食品销售", "局", None, RegistrationState.ACTIVE)
    return replace(Entity("92231102MA1Y000189", SubjectKind.INDIVIDUAL, licence), **more)  # type: ignore[arg-type]


def test_the_frequency_cap_stops_planned_visits_only() -> None:
    full = entity(inspections_this_year=1, inspection_cap=2)
    plan = replace(BASIS, kind=BasisKind.PLAN)
    assert not visit.cap_objection(full, plan, 0)
    assert visit.cap_objection(full, plan, 1)
    assert not visit.cap_objection(full, replace(plan, cap_reason="上级交办复查"), 1)
    assert not visit.cap_objection(full, BASIS, 5)
    assert not visit.cap_objection(None, plan, 5)


def test_ten_days_to_supply_cross_midnight_in_china() -> None:
    late_evening = datetime(2026, 11, 23, 23, 30, tzinfo=CHINA)
    assert visit.supplement_days_left(late_evening, late_evening + timedelta(hours=1), 10) == 9
    assert visit.supplement_days_left(late_evening, late_evening + timedelta(days=10), 10) == 0
    assert visit.supplement_days_left(late_evening, late_evening + timedelta(days=11), 10) == -1


def test_a_violation_needs_facts_and_forbids_no_problem() -> None:
    bad = steps.answer(complete(), "2.1", ItemFinding.VIOLATES)
    assert {"item-facts", "outcome"} <= set(codes(bad))
    told = replace(steps.note(bad, "2.1", "收银员未能出示健康证明"), outcomes=("corrected",))
    assert codes(told) == []


def test_the_voluntary_code_is_guidance_and_never_a_violation() -> None:
    guided = steps.answer(complete(), "1.4", ItemFinding.VIOLATES)
    assert steps.violations(guided, TEMPLATE) == ()
    assert codes(guided) == []
    licence = steps.note(steps.answer(guided, "1.1", ItemFinding.VIOLATES), "1.1", "现场未见营业执照正本悬挂")
    assert [i.id for i in steps.violations(licence, TEMPLATE)] == ["1.1"]


def test_a_code_of_somebody_else_is_followed_up_and_not_ordered_to_be_corrected() -> None:
    template = checklist.shipped()["display"]
    found = steps.note(steps.answer(fresh(), "2.2", ItemFinding.VIOLATES), "2.2", "扫码结果为隔壁商户")
    assert [i.id for i in steps.violations(found, template)] == ["2.2"]
    assert any("不能责令改正" in o for o in outcome_objections(replace(found, outcomes=("corrected",)), template))
    assert outcome_objections(replace(found, outcomes=("pending",)), template) == []
    both = steps.answer(found, "3.3", ItemFinding.VIOLATES)
    assert outcome_objections(replace(both, outcomes=("corrected", "pending")), template) == []
    missing_code = steps.answer(fresh(), "1.1", ItemFinding.VIOLATES)
    assert outcome_objections(replace(missing_code, outcomes=("corrected",)), template)


def test_an_item_left_unchecked_needs_a_reason() -> None:
    skipped = steps.answer(complete(), "3.2", ItemFinding.NOT_CHECKED)
    assert "item-open" in codes(skipped)
    assert codes(steps.note(skipped, "3.2", "现场无在用计量器具")) == []


def test_conclusory_words_are_changed_or_kept_with_a_reason() -> None:
    judged = replace(complete(), situation="当事人涉嫌擅自经营")
    assert steps.linted(judged) == ("擅自", "涉嫌")
    assert "lint" in codes(judged)
    assert "lint" not in codes(replace(judged, lint_reason="引用举报人原话"))
    noted = steps.note(complete(), "2.4", "有假冒商品")
    where = [m.item for m in missing(noted, TEMPLATE, START + timedelta(hours=1)) if m.code == "lint"]
    assert where == ["2.4"]
    assert [m.item for m in missing(judged, TEMPLATE, START + timedelta(hours=1)) if m.code == "lint"] == ["result"]


def test_outcomes_that_go_together() -> None:
    assert outcomes.toggle(("corrected",), "no_problem") == ("no_problem",)
    assert outcomes.toggle(("no_problem",), "pending") == ("pending",)
    assert outcomes.toggle(("pending",), "pending") == ()
    assert outcomes.objections(("unreachable",), 0, 1, "")
    assert not outcomes.objections(("unreachable",), 0, 2, "")
    assert outcomes.objections(("obstructed",), 0, 1, " ")
    assert outcomes.objections(("corrected",), 0, 0, "")
    assert outcomes.text_of("from-a-newer-centre") == "from-a-newer-centre"


def test_a_change_after_signing_undoes_the_signatures() -> None:
    done = complete()
    assert codes(done, "b" * 64) == ["signature-stale"] * 3
    assert steps.standing(done, "b" * 64) == ()


def test_refusal_takes_the_place_of_the_partys_signature_and_needs_a_reason() -> None:
    refused = steps.refuse(complete(), "称须与家人商量", "", START)
    assert codes(refused) == []
    assert codes(steps.refuse(complete(), " ", "", START)) == ["refusal-reason"]
    again = steps.sign(refused, signature(SignerRole.PARTY))
    assert again.refusal is None
    assert codes(steps.unsign(complete(), SignerRole.OFFICER_B)) == ["signature"]


def test_the_end_lies_after_the_start() -> None:
    assert codes(steps.finish(complete(), START)) == ["time"]


def test_photos_are_attached_once_and_detached_everywhere() -> None:
    photo = Photo("c" * 64, 100, "image/jpeg", START, "camera")
    with_photo = steps.attach(steps.attach(complete(), photo, "2.1"), photo, "2.1")
    assert len(with_photo.photos) == 1
    assert steps.answer_to(with_photo, "2.1").photos == (photo.sha256,)
    without = steps.detach(with_photo, photo.sha256)
    assert without.photos == ()
    assert steps.answer_to(without, "2.1").photos == ()


def test_an_entitys_data_adds_items_in_front() -> None:
    start = TODAY - timedelta(900)
    who = entity(
        licence=replace(entity().licence, state=RegistrationState.REVOKED),
        permits=(Permit("食品经营许可证", "JY1", "局", "", start, start, TODAY + timedelta(12)),),
        credit=(
            CreditRecord(CreditKind.ABNORMAL, "未按期年报", "", "局", "源", TODAY - timedelta(50)),
            CreditRecord(CreditKind.CORRECTION, "补办健康证明", "", "局", "源", TODAY - timedelta(9), due=TODAY),
            CreditRecord(CreditKind.CORRECTION, "已修复", "", "局", "源", TODAY - timedelta(9), repaired=TODAY),
        ),
    )
    added = checklist.added_items(who, TODAY, 30)
    assert [i.text[:2] for i in added] == ["复查", "登记", "经营", "食品"]
    inspection = fresh(added=added)
    assert [i.id for i in steps.items_of(inspection, TEMPLATE)][:4] == ["0.1", "0.2", "0.3", "0.4"]
    assert checklist.added_items(None, TODAY, 30) == ()
    assert steps.progress(inspection, TEMPLATE) == (0, 4 + len(TEMPLATE.items()))


@pytest.mark.parametrize("template", checklist.shipped().values(), ids=lambda t: t.id)
def test_shipped_templates_are_sound(template: checklist.Template) -> None:
    items = template.items()
    assert len({i.id for i in items}) == len(items) >= 6
    assert all(i.text and i.basis for i in items)
    assert any(i.guidance for i in items), "the voluntary code stands in every checklist"
    assert not any(steps.lint(p) for i in items for p in i.phrases), "canned phrases state facts"
    changed = replace(template, version=template.version + 1)
    assert changed.hash != template.hash


def test_the_permits_suggest_the_checklist() -> None:
    shipped = checklist.shipped()
    food = Permit("食品经营许可证", "JY1", "局", "", None, None, None)
    assert checklist.suggest(shipped, entity(permits=(food,))) == "food-sale"
    eatery = entity(permits=(food,), licence=replace(entity().licence, scope="餐饮服务"))
    assert checklist.suggest(shipped, eatery) == "catering"
    assert checklist.suggest(shipped, None) == "registration"


@given(st.permutations([i.id for i in TEMPLATE.items()]), st.data())
def test_the_order_of_answering_does_not_matter(order: list[str], data: st.DataObject) -> None:
    findings = {i: data.draw(st.sampled_from(ItemFinding)) for i in order}
    forward, backward = fresh(), fresh()
    for item in order:
        forward = steps.answer(forward, item, findings[item])
    for item in reversed(order):
        backward = steps.answer(backward, item, findings[item])

    def what(found: list[Missing]) -> list[tuple[str, str]]:
        return [(m.code, m.item) for m in found]

    assert what(missing(forward, TEMPLATE, START + timedelta(1))) == what(
        missing(backward, TEMPLATE, START + timedelta(1))
    )
