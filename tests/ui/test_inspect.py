"""The checklist: one key an answer, everything saved by itself, undone, and found again after a crash."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from inspector import inspection as rules
from inspector.errors import StoreFull
from inspector.inspection import ItemFinding
from tests.ui.fake_session import inspection
from tests.ui.visit_stage import VisitStage
from ui import visitwords as words
from ui.desk import COALESCE

HOUR = 3_600_000
TARGET = 44
"""Pixels: the smallest thing to hit with a glove."""


@pytest.fixture
def stage(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[VisitStage]:
    for pause in ("COALESCE", "RETRY"):  # the tests drive the timer, whatever the speed of the machine
        monkeypatch.setattr(f"ui.desk.{pause}", HOUR)
    with VisitStage(qtbot) as made:
        made.open(inspection())
        made.go("inspect")
        yield made


def finding(stage: VisitStage, item: str) -> ItemFinding:
    return rules.answer_to(stage.visit, item).finding


def test_without_an_inspection_it_says_how_to_begin(qtbot: QtBot) -> None:
    with VisitStage(qtbot) as stage:
        stage.press("F4", "1", "Down", "Ctrl+Z", "Ctrl+Return")
        assert stage.window.current == "inspect"
        assert stage.desk.empty


def test_keys_answer_and_walk(stage: VisitStage) -> None:
    stage.press("1", "Down", "2", "Down", "3", "Up")
    assert [finding(stage, i) for i in ("1.1", "1.2", "1.3")] == [
        ItemFinding.CONFORMS,
        ItemFinding.VIOLATES,
        ItemFinding.NOT_APPLICABLE,
    ]
    assert stage.inspect.current == "1.2"
    stage.press("2")
    assert finding(stage, "1.2") is ItemFinding.NOT_CHECKED


def test_a_burst_of_changes_is_one_save_within_a_second(stage: VisitStage) -> None:
    stage.save()
    before = stage.session.calls.count("save")
    stage.press("1", "Down", "1", "Down", "1")
    assert stage.desk.timer.isActive()
    assert COALESCE < 1000
    assert stage.desk.timer.interval() == HOUR
    assert stage.session.calls.count("save") == before
    stage.save()
    assert stage.session.calls.count("save") == before + 1
    assert stage.session.stored["event-1"] == stage.visit
    assert not stage.desk.unsaved


def test_leaving_saves_at_once(stage: VisitStage) -> None:
    stage.press("1")
    stage.go("sign")
    assert stage.session.stored["event-1"].answers == stage.visit.answers


def test_a_full_disk_is_said_and_tried_again(stage: VisitStage) -> None:
    stage.session.fail["save"] = StoreFull()
    stage.press("1")
    stage.save()
    assert stage.desk.unsaved
    assert StoreFull.sentence in stage.inspect.places.saved
    assert stage.desk.timer.isActive()
    stage.save()
    assert not stage.desk.unsaved
    assert stage.inspect.places.saved == words.AUTOSAVED.format(at=stage.session.now)


def test_undo_takes_back_and_shows_where(stage: VisitStage) -> None:
    stage.press("1", "Down", "2", "Down", "Ctrl+Z")
    assert finding(stage, "1.2") is ItemFinding.NOT_CHECKED
    stage.press("Ctrl+Z")
    assert finding(stage, "1.1") is ItemFinding.NOT_CHECKED
    assert stage.inspect.current == "1.1"


def test_a_note_is_typed_without_answering(stage: VisitStage) -> None:
    stage.press("T")
    QTest.keyClicks(stage.inspect.panel.note, "123 ")
    stage.write("张执照")
    stage.press("Esc", "1")
    assert rules.answer_to(stage.visit, "1.1").note == "123 张执照"
    assert finding(stage, "1.1") is ItemFinding.CONFORMS


def test_phrases_start_a_note(stage: VisitStage) -> None:
    stage.inspect.panel.insert("现场未见营业执照正本悬挂")
    stage.inspect.panel.insert("已当场悬挂")
    assert rules.answer_to(stage.visit, "1.1").note == "现场未见营业执照正本悬挂，已当场悬挂"


def test_conclusory_words_are_marked_and_kept_only_with_a_reason(stage: VisitStage) -> None:
    panel = stage.inspect.panel
    assert not panel.reason.isVisible()
    stage.press("T")
    stage.write("涉嫌无证经营")
    assert panel.reason.isVisible()
    assert "涉嫌" in panel.warning
    panel.reason.setFocus()
    stage.write("引用举报人原话")
    assert stage.visit.lint_reason == "引用举报人原话"


def test_after_a_crash_the_officer_stands_where_he_stood(stage: VisitStage, qtbot: QtBot) -> None:
    stage.press("Down", "Down", "1")
    stage.save()
    stored = stage.session.stored["event-1"]
    stage.desk.clear()
    stage.session.stored["event-1"] = stored
    stage.go("inspect", event_id="event-1")
    assert stage.inspect.current == "1.3"
    assert stage.visit == stored


def test_a_voluntary_item_looks_different_and_is_guidance(stage: VisitStage) -> None:
    stage.press("Down", "Down", "Down", "2")
    row = stage.inspect.rows["1.4"]
    assert row.property("guidance")
    assert row.segments.button(ItemFinding.VIOLATES).text() == words.GUIDED
    assert row.segments.button(ItemFinding.VIOLATES).property("tone") == "brand"
    assert rules.violations(stage.visit, stage.desk.template) == ()


def test_rows_and_places_answer_to_the_mouse(stage: VisitStage) -> None:
    row = stage.inspect.rows["1.3"]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(20, row.height() // 2))
    assert stage.inspect.current == "1.3"
    row.segments.button(ItemFinding.CONFORMS).click()
    assert finding(stage, "1.3") is ItemFinding.CONFORMS
    stage.inspect.places.line("1").click()
    assert stage.inspect.current == "2.1"
    stage.inspect.places.line("0").click()
    assert stage.inspect.current == "1.1"


def test_results_exclude_each_other_as_the_rules_say(stage: VisitStage) -> None:
    stage.press("Down", "2")
    stage.inspect.places.line("result").click()
    stage.inspect.outcomes.button("no_problem").click()
    assert "不能选" in stage.inspect.outcomes.objections
    stage.inspect.outcomes.button("corrected").click()
    assert stage.visit.outcomes == ("corrected",)
    assert stage.inspect.outcomes.objections == ""
    stage.inspect.outcomes.measures.setFocus()
    stage.write("当场改正")
    assert stage.visit.measures == "当场改正"


def test_there_is_no_button_that_passes_everything(stage: VisitStage) -> None:
    before = stage.visit.answers
    for button in stage.inspect.findChildren(QAbstractButton):
        assert "全部" not in button.text()
    assert stage.visit.answers == before


@pytest.mark.parametrize("screen", ["start", "notice", "inspect", "evidence", "sign", "review", "history"])
def test_every_target_is_large_enough_and_has_a_name(stage: VisitStage, screen: str) -> None:
    from tests.ui.fake_session import found

    stage.session.put_record(replace(stage.ready(), event_id="old"))
    stage.go(screen, **({"checked": found()} if screen == "start" else {}))
    page = stage.window.screen_named(screen)
    for target in (*page.findChildren(QAbstractButton), *page.findChildren(QLineEdit)):
        if target.isVisible():
            assert target.height() >= TARGET, (target.accessibleName(), target.height())
            assert target.accessibleName() or target.text(), target


def test_what_is_only_to_be_investigated_cannot_be_corrected_by_order(stage: VisitStage) -> None:
    template = stage.desk.template
    asked = tuple(replace(s, items=tuple(replace(i, investigate=True) for i in s.items)) for s in template.sections)
    stage.desk._template = replace(template, sections=asked)
    stage.press("Down", "2")
    stage.inspect.places.line("result").click()
    stage.inspect.outcomes.button("corrected").click()
    assert "只是待核实事项" in stage.inspect.outcomes.objections
