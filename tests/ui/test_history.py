"""Sealed records: found, shown as printed, saved as a file, corrected; each with its state."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cache.session import RecordState
from inspector.errors import InputProblem
from tests.ui.visit_stage import PATIENCE, VisitStage
from ui import visitwords as words


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[VisitStage]:
    with VisitStage(qtbot) as made:
        base = made.ready()
        states = (RecordState.COMPLETE, RecordState.HELD, RecordState.STUCK)
        for number, (name, state) in enumerate(zip(("喆喆便利店", "老韩烧烤", "垚鑫药店"), states, strict=True), 1):
            one = replace(base, event_id=f"e{number}", party=replace(base.party, name=name))
            why = "" if state is RecordState.COMPLETE else "证号与名册不一致，等待核对"
            made.session.put_record(one, state, why)
        made.press("F6")
        yield made


def names(stage: VisitStage) -> list[str]:
    return [line.summary.name for line in stage.history.lines]


def search(stage: VisitStage, text: str) -> None:
    stage.press("/")
    stage.history.query.edit.clear()
    stage.write(text)
    stage.history.search()
    stage.settle()


def test_every_record_is_listed_with_its_state_and_reason(stage: VisitStage) -> None:
    assert names(stage) == ["垚鑫药店", "老韩烧烤", "喆喆便利店"]
    assert [line.accessibleName().split("，")[1] for line in stage.history.lines] == ["需要处理", "中心暂存", "已完整"]
    assert "等待核对" in stage.history.lines[0].accessibleName()


def test_slash_searches_by_name_code_and_date(stage: VisitStage) -> None:
    search(stage, "老韩")
    assert names(stage) == ["老韩烧烤"]
    search(stage, "92231102ma1")
    assert len(names(stage)) == 3
    search(stage, "2025-01-01")
    assert names(stage) == []
    assert stage.history.nothing == words.NOTHING_FOUND.format(query="2025-01-01")


def test_typing_searches_by_itself(stage: VisitStage) -> None:
    stage.press("/")
    stage.write("药店")
    stage.qtbot.waitUntil(lambda: names(stage) == ["垚鑫药店"], timeout=PATIENCE)


def test_arrows_and_enter_open_a_record_as_printed(stage: VisitStage) -> None:
    stage.press("Down", "Down", "Return")
    assert stage.history.chosen is not None
    assert stage.history.chosen.name == "老韩烧烤"
    assert stage.history.pages.count >= 1


def test_the_paper_is_saved_where_the_officer_says_and_noted(stage: VisitStage, tmp_path: Path) -> None:
    stage.press("Return", "Ctrl+P")
    path = tmp_path / "新建" / "笔录.pdf"
    stage.history.save_pdf.path.edit.setText(str(path))
    stage.press("Return")
    assert path.read_bytes().startswith(b"%PDF")
    assert [action for action, _ in stage.session.audits] == ["export-paper"]
    assert str(path) in stage.window.strip.words


def test_a_folder_that_cannot_be_written_is_said(stage: VisitStage, tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x")
    stage.press("Return", "Ctrl+P")
    stage.history.save_pdf.path.edit.setText(str(tmp_path / "文件" / "a.pdf"))
    stage.press("Return")
    assert stage.history.save_pdf.path.edit.accessibleDescription()
    assert stage.session.audits == []


def test_evidence_is_written_where_the_officer_says_or_the_reason_told(stage: VisitStage, tmp_path: Path) -> None:
    stage.press("Return", "X")
    stage.session.fail["hand_out_record"] = InputProblem("没有写入。", "请换一个文件夹。")
    stage.history.hand_out.path.edit.setText(str(tmp_path / "证据"))
    stage.press("Return")
    assert stage.history.hand_out.path.edit.accessibleDescription() == "没有写入。"
    stage.press("Return")
    assert (tmp_path / "证据" / "证据.json").exists()
    assert "公钥核对" in stage.window.strip.words
    assert stage.history.chosen is not None
    assert stage.session.audits == [("export-record", stage.history.chosen.event_id)]


def test_a_correction_is_a_record_of_its_own(stage: VisitStage) -> None:
    stage.press("Return", "E")
    assert stage.history.reason.edit.hasFocus()
    stage.write("笔误")
    stage.history.correction.setFocus()
    stage.write("当事人电话应为 138****0000")
    before = stage.session.record("e3")
    stage.history.seal.click()
    stage.settle()
    assert len(names(stage)) == 4
    assert stage.session.record("e3") == before
    assert "笔误" in stage.history.corrections
    assert stage.window.strip.words == words.AMENDED


def test_a_refused_correction_keeps_what_was_written(stage: VisitStage) -> None:
    stage.session.fail["amend"] = InputProblem("请写明更正的原因和内容。")
    stage.press("Return", "E")
    stage.history.correction.setPlainText("内容")
    stage.history.seal.click()
    stage.settle()
    assert "原因" in stage.history.reason.edit.accessibleDescription()
    assert stage.history.correction.toPlainText() == "内容"
    assert stage.history.seal.isEnabled()


def test_without_records_it_says_what_will_appear(qtbot: QtBot) -> None:
    with VisitStage(qtbot) as stage:
        stage.go("history")
        assert stage.history.nothing == words.NO_RECORDS
