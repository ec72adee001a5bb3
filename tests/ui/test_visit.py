"""A whole visit by keyboard, from the arrival to the seal; the pads alone need a hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cache.session import RecordState
from inspector import inspection as rules
from inspector.inspection import BasisKind, Comparison, ItemFinding, SignerRole
from tests.ui.fake_session import MORNING, PASSWORD, WANG, found
from tests.ui.visit_stage import VisitStage


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[VisitStage]:
    with VisitStage(qtbot) as made:
        yield made


def test_from_arrival_to_seal_by_keyboard(stage: VisitStage) -> None:
    stage.go("start", checked=found())
    assert stage.start.basis.kind is BasisKind.PLAN
    stage.press("Ctrl+Return")
    assert stage.window.current == "notice"
    assert stage.visit.officers[1] == WANG
    assert stage.visit.basis.task_id == "t-1"

    assert not stage.notice.go.isEnabled()
    stage.press("Space")
    stage.tab_to(stage.notice.told)
    stage.press("Space")
    for segments in stage.notice.compared.values():
        stage.tab_to(segments.button(Comparison.SAME))
        stage.press("Space")
    stage.press("Ctrl+Return")
    assert stage.window.current == "inspect"
    assert stage.visit.notice.certificates_shown
    assert stage.visit.notice.rights_told
    assert stage.visit.comparisons.scope is Comparison.SAME

    items = rules.items_of(stage.visit, stage.desk.template)
    for item in items:
        assert stage.inspect.current == item.id
        stage.press("2" if item.id == "2.1" else "1")
        if item.id == "2.1":
            stage.press("T")
            stage.write("未能出示有效健康证明")
            stage.press("Esc")
        stage.press("Down")
    assert stage.inspect.current == "result"
    stage.tab_to(stage.inspect.outcomes.button("corrected"))
    stage.press("Space")
    stage.clock.at = stage.session.now = MORNING.replace(hour=11)
    stage.press("Ctrl+Return")
    assert stage.window.current == "sign"
    assert stage.visit.ended_at == stage.clock.at

    for role in (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B):
        stage.scribble(role)
    stage.press("Ctrl+Return")
    assert stage.window.current == "review"
    assert not stage.review.links
    assert stage.review.pages.count >= 1
    stage.write(PASSWORD)
    stage.press("Ctrl+Return")
    assert stage.desk.empty
    (summary,) = stage.session.records()
    assert summary.state is RecordState.SEALED
    assert rules.answer_to(stage.session.record(summary.event_id), "2.1").finding is ItemFinding.VIOLATES
    stage.press("Return")
    assert stage.window.current == "today"
    stage.press("F4")
    assert stage.window.current == "inspect"


def test_a_wrong_password_seals_nothing_and_says_how_many_tries_are_left(stage: VisitStage) -> None:
    stage.open(stage.ready())
    stage.go("review")
    assert not stage.review.links
    stage.write("不是这个")
    stage.press("Ctrl+Return")
    assert not stage.session.sealed
    assert "4" in stage.review.password.edit.accessibleDescription()
    assert stage.review.password.value == ""
    stage.write(PASSWORD)
    stage.press("Ctrl+Return")
    assert list(stage.session.sealed) == ["event-1"]


def test_what_is_missing_leads_to_where_it_is_mended(stage: VisitStage) -> None:
    visit = stage.ready()
    stage.open(replace(visit, notice=rules.Notice(), signatures=(), outcomes=(), answers=visit.answers[1:]))
    where = {
        "1.1 还没有结论": ("inspect", "1.1"),
        "请选择检查结果": ("inspect", "result"),
        "请确认已出示执法证件": ("notice", ""),
    }
    for sentence, (screen, item) in where.items():
        stage.go("review")
        link = next(link for link in stage.review.links if link.text() == sentence)
        stage.tab_to(link)
        stage.press("Space")
        assert stage.window.current == screen
        if item:
            assert stage.inspect.current == item
    stage.go("review")
    next(link for link in stage.review.links if "执法人员一" in link.text()).click()
    stage.settle()
    assert stage.window.current == "sign"
    assert stage.sign.boxes[SignerRole.OFFICER_A].pad.hasFocus()


def test_an_inspection_can_be_given_up_only_with_a_reason(stage: VisitStage) -> None:
    stage.open(stage.ready())
    stage.go("review")
    stage.review.abort.click()
    stage.review.abort.click()
    stage.settle()
    assert not stage.session.audits
    stage.review.reason.setFocus()
    stage.write("停电")
    stage.review.abort.click()
    stage.settle()
    assert ("discard", "停电") in stage.session.audits
    assert stage.desk.empty
    assert stage.window.current == "today"
