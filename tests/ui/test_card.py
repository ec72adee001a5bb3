"""The entity's card: every section of what the register holds, and nothing that may not be shown any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cache.session import RecordState
from inspector.entity import CreditKind, CreditRecord, Entity
from inspector.freshness import china_day
from tests.ui.fake_session import MORNING
from tests.ui.shops import GOOD, MARKUP, CheckSession, judged
from tests.ui.test_day import record
from ui.screens.card import CardScreen
from ui.work import Worker

TODAY = china_day(MORNING)


def entry(kind: CreditKind, title: str, **more: object) -> CreditRecord:
    return CreditRecord(kind, title, "事实与内容", "爱辉区市场监督管理局", "公示系统", date(2026, 5, 1), **more)  # type: ignore[arg-type]


FULL = replace(
    GOOD,
    credit=(
        *(entry(kind, f"记录-{kind.value}", number="〔2026〕7号") for kind in CreditKind),
        entry(CreditKind.PENALTY, "已修复的处罚", repaired=TODAY),
        entry(CreditKind.PENALTY, "公示期满的处罚", publish_until=TODAY - timedelta(1)),
    ),
    risk="C",
)


@pytest.fixture
def session(worker: Worker) -> CheckSession:
    return CheckSession(FULL)


def shown(qtbot: QtBot, session: CheckSession, entity: Entity) -> CardScreen:
    screen = CardScreen(session)  # type: ignore[arg-type]
    qtbot.addWidget(screen)
    screen.resize(1278, 640)
    screen.show()
    screen.enter(checked=judged(entity))
    qtbot.waitUntil(lambda: bool(screen.records) or "没有以前的检查记录" in said(screen))
    return screen


def said(screen: CardScreen) -> str:
    return "\n".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def test_every_section_is_there_with_its_count_source_and_day(qtbot: QtBot, session: CheckSession) -> None:
    told = said(shown(qtbot, session, FULL))
    for kind in CreditKind:
        assert kind.label in told
        assert f"记录-{kind.value}" in told
    for word in (
        "公示系统",
        "2026-05-01",
        "事实与内容",
        "〔2026〕7号",
        "自愿申报，未经核实",
        "仅供执法人员",
        "登记信息",
    ):
        assert word in told, word
    for permit in FULL.permits:
        assert permit.number in told
        assert permit.authority in told


def test_what_was_repaired_or_is_no_longer_published_is_not_shown(qtbot: QtBot, session: CheckSession) -> None:
    told = said(shown(qtbot, session, FULL))
    assert "已修复的处罚" not in told
    assert "公示期满的处罚" not in told


def test_markup_stays_text(qtbot: QtBot, session: CheckSession) -> None:
    assert MARKUP.licence.name in said(shown(qtbot, session, MARKUP))


def test_an_earlier_record_on_this_laptop_is_one_click_away(qtbot: QtBot, session: CheckSession) -> None:
    other = record(2, RecordState.SEALED, code="91231100MA19ABCD3X", name=FULL.code)
    session.summaries = {"1": record(1, RecordState.COMPLETE), "2": other}
    screen = shown(qtbot, session, FULL)
    qtbot.waitUntil(lambda: len(screen.records) == 1)
    with qtbot.waitSignal(screen.going) as going:
        screen.records[0].click()
    assert going.args[0] == "history"


def test_without_an_entity_it_goes_back(qtbot: QtBot, session: CheckSession) -> None:
    screen = CardScreen(session)  # type: ignore[arg-type]
    qtbot.addWidget(screen)
    with qtbot.waitSignal(screen.going) as going:
        screen.enter(checked=judged(None))
    assert going.args == ["scan", {}]
