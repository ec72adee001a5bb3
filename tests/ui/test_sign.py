"""Signing: the words first, ink under exactly these words, refusal with its reason, and what a later change does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector import inspection as rules
from inspector.inspection import SignerRole
from inspector.papers import record
from tests.ui.visit_stage import VisitStage
from ui import visitwords as words
from ui.widgets.signaturepad import SignaturePad

PARTY, OFFICER, SECOND, WITNESS = SignerRole


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[VisitStage]:
    with VisitStage(qtbot) as made:
        made.open(replace(made.ready(), signatures=(), ended_at=None))
        made.go("sign")
        yield made


def standing(stage: VisitStage) -> set[SignerRole]:
    mark = record.text_hash(record.words(stage.visit, stage.desk.template))
    return {s.role for s in rules.standing(stage.visit, mark)}


def test_the_end_is_noted_and_the_whole_text_can_be_read_aloud(stage: VisitStage) -> None:
    assert stage.visit.ended_at == stage.clock.at
    paper = record.words(stage.visit, stage.desk.template)
    assert stage.sign.aloud.toPlainText() == record.read_aloud(paper)
    bar = stage.sign.aloud.verticalScrollBar()
    stage.press("PgDown")
    assert bar.value() > 0


def test_ink_becomes_a_signature_under_these_words(stage: VisitStage) -> None:
    stage.scribble(PARTY)
    (signed,) = stage.visit.signatures
    assert signed.role is PARTY
    assert len(signed.strokes) == 3
    assert standing(stage) == {PARTY}
    assert not stage.desk.can_undo
    stage.scribble(OFFICER)
    assert next(s for s in stage.visit.signatures if s.role is OFFICER).name == stage.visit.officers[0].name


def test_a_slip_of_the_pen_is_no_signature_and_says_so(stage: VisitStage) -> None:
    pad = stage.sign.boxes[PARTY].pad
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton)
    assert stage.sign.boxes[PARTY].advice
    stage.scribble(PARTY)
    assert not stage.sign.boxes[PARTY].advice


def test_ctrl_backspace_signs_again(stage: VisitStage) -> None:
    stage.scribble(PARTY)
    stage.press("Ctrl+Backspace")
    assert stage.visit.signatures == ()
    assert stage.sign.boxes[PARTY].pad.strokes == ()


def test_a_change_after_signing_undoes_the_signatures_and_says_so(stage: VisitStage) -> None:
    stage.scribble(PARTY)
    stage.scribble(OFFICER)
    stage.go("inspect", item="1.1")
    stage.press("T")
    stage.write("补充")
    stage.clock.at += timedelta(minutes=3)
    stage.go("sign")
    assert standing(stage) == set()
    assert stage.sign.void == words.SIGNATURES_VOID
    assert stage.visit.ended_at == stage.clock.at
    stage.scribble(PARTY, strokes=2)
    assert standing(stage) == {PARTY}
    assert len(next(s for s in stage.visit.signatures if s.role is PARTY).strokes) == 2


def test_coming_back_without_a_change_keeps_the_signatures(stage: VisitStage) -> None:
    stage.scribble(PARTY)
    ended = stage.visit.ended_at
    stage.clock.at += timedelta(minutes=3)
    stage.go("inspect")
    stage.go("sign")
    assert standing(stage) == {PARTY}
    assert stage.visit.ended_at == ended
    assert stage.sign.void == ""


def test_refusal_needs_a_reason_and_can_name_a_witness(stage: VisitStage) -> None:
    stage.scribble(PARTY)
    stage.press("R")
    assert stage.sign.reason.edit.hasFocus()
    stage.tab_to(stage.sign.note)
    stage.press("Space")
    assert stage.visit.refusal is None
    stage.sign.reason.setFocus()
    stage.write("认为检查频次过高")
    stage.sign.witness.setFocus()
    stage.write("居委会 王某")
    stage.tab_to(stage.sign.note)
    stage.press("Space")
    refusal = stage.visit.refusal
    assert refusal is not None
    assert (refusal.reason, refusal.witness) == ("认为检查频次过高", "居委会 王某")
    assert stage.visit.signatures == ()
    assert stage.sign.boxes[OFFICER].pad.hasFocus()
    for role in (OFFICER, SECOND, WITNESS):
        stage.scribble(role)
    assert standing(stage) == {OFFICER, SECOND, WITNESS}
    stage.go("review")
    assert not stage.review.links


def test_a_party_that_is_willing_after_all_signs(stage: VisitStage) -> None:
    stage.press("R")
    stage.write("没看清")
    stage.sign.note.click()
    stage.settle()
    stage.go("inspect")
    stage.go("sign")
    stage.sign.willing.click()
    assert stage.visit.refusal is None
    stage.scribble(PARTY)
    assert standing(stage) == {PARTY}


def test_a_stylus_brings_its_pressure(qtbot: QtBot) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen, QInputDevice.Capability.All, 1, 1
    )
    finished = []
    pad.signed.connect(lambda: finished.append(pad.strokes))
    steps = (
        (QEvent.Type.TabletPress, 40, 0.2),
        (QEvent.Type.TabletMove, 200, 0.9),
        (QEvent.Type.TabletRelease, 200, 0.0),
    )
    for kind, x, pressure in steps:
        at = QPointF(x, 50)
        button = Qt.MouseButton.LeftButton
        event = QTabletEvent(
            kind, device, at, at, pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, button, button
        )
        QApplication.sendEvent(pad, event)
        assert event.isAccepted()
    ((stroke,),) = finished
    assert [point[2] for point in stroke.points] == [0.2, 0.9]
    assert [point[0] for point in stroke.points] == [0.1, 0.5]


def test_a_finger_writes_too(qtbot: QtBot) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    pad.show()
    screen = QTest.createTouchDevice()
    touch = QTest.touchEvent(pad, screen)
    touch.press(0, pad.rect().center(), pad).commit()
    touch.move(0, pad.rect().topRight() / 2, pad).commit()
    touch.release(0, pad.rect().topRight() / 2, pad).commit()
    assert len(pad.strokes) == 1
    assert len(pad.strokes[0].points) >= 2
    pad.close()
