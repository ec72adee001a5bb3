"""Arriving and telling: a visit begins only on a lawful ground, and what is told is written down as it is told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cache.session import Checked
from inspector.inspection import BasisKind, Comparison, Seen
from tests.ui.fake_session import EXPIRED, SHOP, WANG, found, inspection
from tests.ui.visit_stage import VisitStage
from ui import visitwords as words
from ui.screens.start import MORE
from ui.widgets.options import Option


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[VisitStage]:
    with VisitStage(qtbot) as made:
        yield made


def begin(stage: VisitStage, checked: Checked | None = None, task: bool = False) -> None:
    if not task:
        stage.session.tasks = list  # type: ignore[method-assign]
    stage.go("start", checked=checked or found())


def test_a_task_fills_in_the_ground(stage: VisitStage) -> None:
    begin(stage, task=True)
    basis = stage.start.basis
    assert (basis.kind, basis.number) == (BasisKind.PLAN, "爱市监双随机〔2026〕18号")
    assert basis.task_id == "t-1"
    assert stage.start.checklists.value == "food-sale"
    assert stage.start.officers.value == WANG.number
    assert stage.start.go.isEnabled()


def test_the_scenarios_checklists_unfold_when_asked_for(stage: VisitStage) -> None:
    begin(stage, task=True)
    lists = stage.start.checklists
    shown = len(lists.findChildren(Option))
    lists.button(MORE).click()
    assert lists.value == "food-sale", "looking for more chooses nothing"
    assert len(lists.findChildren(Option)) > shown + 15
    lists.button("scenario-16").click()
    assert lists.value == "scenario-16"
    stage.press("Ctrl+Return")
    assert stage.visit.template.startswith("scenario-16@")


def test_without_a_ground_nothing_begins_and_it_says_why(stage: VisitStage) -> None:
    begin(stage)
    assert not stage.start.go.isEnabled()
    assert "编号" in stage.start.objections
    stage.start.kinds.button(BasisKind.COMPLAINT).click()
    stage.start.number.setFocus()
    stage.write("12315-0001")
    stage.start.no_notice.setFocus()
    stage.write("举报核查，经批准突击检查")
    assert stage.start.objections == ""
    stage.press("Ctrl+Return")
    assert stage.window.current == "notice"
    assert stage.visit.basis.kind is BasisKind.COMPLAINT
    assert stage.visit.basis.task_id == ""


def test_an_expired_certificate_cannot_be_chosen_and_says_why(stage: VisitStage) -> None:
    begin(stage)
    button = stage.start.officers.button(EXPIRED.number)
    assert not button.isEnabled()
    assert "2026-03-31" in button.accessibleName()


def test_an_emergency_may_begin_with_one_valid_certificate_and_a_reason(stage: VisitStage) -> None:
    begin(stage)
    stage.start.kinds.button(BasisKind.EMERGENCY).click()
    assert stage.start.number.isHidden()
    stage.start.officers.button(EXPIRED.number).click()
    stage.start.no_notice.edit.setText("应急")
    stage.start.emergency.setFocus()
    assert not stage.start.go.isEnabled()
    stage.write("群众食物中毒，先行到场")
    assert stage.start.go.isEnabled()
    stage.press("Ctrl+Return")
    assert stage.visit.officers[1] == EXPIRED
    assert stage.visit.basis.emergency_reason == "群众食物中毒，先行到场"


def test_over_the_yearly_cap_a_reason_is_asked(stage: VisitStage) -> None:
    begin(stage, found(replace(SHOP, inspections_this_year=2)), task=True)
    assert stage.start.cap.isVisible()
    assert "上限" in stage.start.objections
    assert not stage.start.go.isEnabled()
    stage.start.cap.setFocus()
    stage.write("上级部署的专项检查")
    assert stage.start.go.isEnabled()
    stage.press("Ctrl+Return")
    assert stage.visit.basis.cap_reason == "上级部署的专项检查"


def test_recusal_is_asked_and_its_ground_is_written_down(stage: VisitStage) -> None:
    stage.open(inspection())
    stage.go("notice")
    assert stage.notice.ground.isHidden()
    stage.notice.recusal.button(True).click()
    stage.notice.ground.setFocus()
    stage.write("与执法人员有亲属关系")
    assert stage.visit.notice.recusal
    assert stage.visit.notice.recusal_ground == "与执法人员有亲属关系"


def test_items_wait_until_certificates_were_shown_and_rights_told(stage: VisitStage) -> None:
    stage.open(inspection())
    stage.go("notice")
    stage.press("Ctrl+Return")
    assert stage.window.current == "notice"
    stage.notice.shown.click()
    stage.notice.told.click()
    stage.press("Ctrl+Return")
    assert stage.window.current == "inspect"


def test_a_difference_on_site_is_recorded_with_its_note(stage: VisitStage) -> None:
    stage.open(inspection())
    stage.go("notice")
    stage.notice.compared["name"].button(Comparison.DIFFERENT).click()
    stage.notice.note.setFocus()
    stage.write("招牌为“喆喆超市”")
    assert stage.visit.comparisons.name is Comparison.DIFFERENT
    assert stage.visit.comparisons.note == "招牌为“喆喆超市”"


def test_a_party_that_is_not_in_the_data_is_written_down_by_hand(stage: VisitStage) -> None:
    unknown = inspection()
    empty = replace(unknown.party, name="", premises="", representative="")
    stage.open(replace(unknown, party=empty, check=replace(unknown.check, seen=Seen())))
    stage.go("notice")
    assert not stage.notice.compared["name"].isVisible()
    for field, value in {"name": "无照摊点（韩某）", "premises": "兴安街路口", "contact": "韩某"}.items():
        stage.notice.party[field].setFocus()
        stage.write(value)
    assert stage.visit.party.name == "无照摊点（韩某）"
    assert stage.visit.party.premises == "兴安街路口"


def test_a_task_of_another_shop_fills_in_nothing(stage: VisitStage) -> None:
    begin(stage, found(None), task=True)
    stage.go("start", checked=replace(found(), entity=replace(SHOP, code="91231102MA1B4C4X2Y")))
    assert stage.start.basis.task_id == ""
    assert stage.start.objections
    assert words.FROM_TASK.split("“")[0] not in stage.start.objections
