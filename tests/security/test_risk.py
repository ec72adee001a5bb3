"""信用风险分类 is for officers: nothing that a party, another office or the public gets depends on it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from threading import Event as Flag
from typing import Any, get_args, get_type_hints

import pytest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Session
from cache.session_types import Hit, RecentCheck, RecordSummary
from central.demo.load import AREA, UNIT, load_demo
from central.server import EmbeddedService
from inspector import checklist
from inspector.entity import Entity
from inspector.inspection import Basis, BasisKind, Inspection
from inspector.papers import record, specimen
from inspector.verdict import Means, decide
from tests.cache.officers import PASSWORD, HeldClock, second
from tests.inspector.test_verdict import TODAY, facts
from tests.ui.shops import GOOD, REVOKED, WARNED
from tests.ui.visit_stage import VisitStage

ROOT = Path(__file__).parent.parent.parent
CLASSES = ("", "A", "B", "C", "D")
READ_BY = {
    "cache/checks.py",  # takes it out when the register is locked
    "cache/drafts.py",  # takes it out of what is hashed
    "central/intake/records.py",
    "inspector/entity.py",
    "ui/screens/card.py",
    "ui/widgets/facts.py",
}
GIVEN_OUT = ("inspector/papers", "inspector/evidence.py", "cache/evidence.py", "central/web")
"""What makes papers, exports and public pages: not even the word stands there."""


def types_in(kind: Any, found: set[Any]) -> set[Any]:
    """All shapes that a value of a type may hold."""
    if kind in found:
        return found
    found.add(kind)
    for inner in get_args(kind):
        types_in(inner, found)
    if is_dataclass(kind):
        for inner in get_type_hints(kind).values():
            types_in(inner, found)
    return found


@pytest.mark.parametrize("kind", [Inspection, Hit, RecentCheck, RecordSummary])
def test_no_record_nor_line_of_a_list_can_hold_it(kind: type) -> None:
    shapes = types_in(kind, set())
    assert Entity not in shapes
    assert not [s for s in shapes if is_dataclass(s) and "risk" in {f.name for f in fields(s)}]


def test_only_the_officers_screens_read_it() -> None:
    sources = [p for room in ("inspector", "cache", "ui", "central") for p in (ROOT / room).rglob("*.py")]
    reading = {p.relative_to(ROOT).as_posix() for p in sources if re.search(r"\brisk\b", _code(p))}
    assert reading - {"central/intake/clean.py", "central/intake/mapping.py"} == READ_BY
    for place in GIVEN_OUT:
        files = [ROOT / place] if place.endswith(".py") else [p for p in (ROOT / place).rglob("*") if p.is_file()]
        for path in files:
            if path.suffix in (".py", ".typ", ".html"):
                assert "风险" not in path.read_text(encoding="utf-8"), path


def _code(path: Path) -> str:
    return re.sub(r'""".*?"""|#[^\n]*', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("entity", [GOOD, WARNED, REVOKED])
def test_no_sentence_list_nor_picture_depends_on_it(entity: Entity) -> None:
    told = set()
    for risk in CLASSES:
        one = replace(entity, risk=risk)
        verdict = decide(facts(known=one))
        assert not [r for r in verdict.reasons if "风险" in r.text + r.advice]
        items = checklist.added_items(one, TODAY, 30)
        told.add((verdict.reasons, verdict.colour, items, tuple(specimen._fields(one))))
    assert len(told) == 1


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with EmbeddedService(tmp_path / "central") as centre:
        load_demo(centre.service, 30, areas=(AREA,))
        made = Laptop(tmp_path / "laptop", HeldClock(SystemClock().now()))
        officer = made.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
        officer.sync(lambda _: None, Flag())
        yield officer
        made.close()


def test_a_record_is_the_same_whatever_the_class(session: Session) -> None:
    """What is sealed, sent, printed and handed out is made of this; a digest would tell the class as well."""
    checked = session.check(session.search("92231102")[0].code.encode(), Means.TYPED)
    assert checked.entity is not None
    basis = Basis(BasisKind.PLAN, "某号", notice_number="某号")
    begun = []
    for risk in CLASSES:
        told = replace(checked, entity=replace(checked.entity, risk=risk))
        visit = session.begin(told, "food-sale", basis, second(session))
        begun.append(replace(visit, event_id="", document_number=""))
    assert all(visit == begun[0] for visit in begun)
    assert begun[0].check.seen.digest
    words = record.read_aloud(record.words(begun[0], session.template("food-sale")))
    assert "风险" not in words


@pytest.mark.parametrize("screen", ["notice", "inspect", "sign", "review"])
def test_screens_that_the_party_sees_do_not_speak_of_it(qtbot: QtBot, screen: str) -> None:
    with VisitStage(qtbot) as stage:
        stage.open(replace(stage.ready(), signatures=(), ended_at=None))
        stage.go(screen)
        shown = [label.text() for label in stage.window.findChildren(QLabel)]
        shown += [edit.toPlainText() for edit in stage.window.findChildren(QPlainTextEdit)]
        assert any(shown)
        assert not [text for text in shown if "风险" in text]
