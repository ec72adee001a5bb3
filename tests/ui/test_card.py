"""The entity's card: every section of what the register holds, and nothing that may not be shown any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cache.session import RecordState
from inspector.entity import CreditKind, CreditRecord, Entity
from inspector.freshness import china_day
from inspector.provenance import NO_WHOLE_LISTS, WholeLists
from tests.ui.fake_session import MORNING
from tests.ui.shops import GOOD, MARKUP, CheckSession, judged
from tests.ui.test_day import record
from ui.screens.card import CardScreen
from ui.widgets.origins import origin_lines
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


def shown(qtbot: QtBot, session: CheckSession, entity: Entity, whole_lists: WholeLists = NO_WHOLE_LISTS) -> CardScreen:
    screen = CardScreen(session)  # type: ignore[arg-type]
    qtbot.addWidget(screen)
    screen.resize(1278, 640)
    screen.show()
    screen.enter(checked=replace(judged(entity), whole_lists=whole_lists))
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


def stated(entity: Entity, source: str, day: date, *credit: CreditRecord) -> Entity:
    """An entity whose licence and permits one source stated as of a day."""
    return replace(
        entity,
        licence=replace(entity.licence, source=source, as_of=day),
        permits=tuple(replace(p, source=source, as_of=day) for p in entity.permits),
        credit=credit,
    )


def test_each_source_tells_its_day_beside_the_newest_record_of_its_own() -> None:
    office, day = "黑河市市场监督管理局", date(2026, 11, 1)
    penalties = [entry(CreditKind.PENALTY, f"处罚{n}", as_of=day + timedelta(n)) for n in range(3)]
    shop = stated(GOOD, office, day, *penalties)
    issued = f"{max(p.issued for p in GOOD.permits if p.issued)}"
    whole_lists = {("registration", office): date(2026, 11, 20), ("penalty", office): date(2026, 11, 20)}
    assert origin_lines(shop, whole_lists, TODAY) == [
        ("登记信息", office, "2026-11-20", ""),
        ("许可与证照", office, "2026-11-01", issued),
        ("行政处罚", "公示系统", "2026-11-01 至 2026-11-03", "2026-05-01"),
    ]


def test_an_older_register_shows_what_it_knows() -> None:
    assert origin_lines(FULL, {("registration", ""): TODAY, ("penalty", "公示系统"): TODAY}, TODAY) == [
        ("登记信息", "不明", "2026-11-23 06:42", ""),
        *((kind.label, "公示系统", "不明", "2026-05-01") for kind in CreditKind),
    ]


def test_a_registration_of_unknown_day_does_not_borrow_anothers() -> None:
    """The entity's own time is then that of what was said about it last, not of its registration."""
    shop = replace(GOOD, credit=(entry(CreditKind.PENALTY, "处罚", as_of=TODAY),))
    assert origin_lines(shop, {}, TODAY)[0] == ("登记信息", "不明", "不明", "")
    gone = replace(GOOD, licence=replace(GOOD.licence, source="黑河市市场监督管理局"))
    assert origin_lines(gone, {}, TODAY)[0] == ("登记信息", "黑河市市场监督管理局", "不明", "")


def test_the_card_lifts_days_by_the_whole_lists_of_its_register(qtbot: QtBot, session: CheckSession) -> None:
    penalty = entry(CreditKind.PENALTY, "处罚", as_of=date(2026, 11, 2))
    shop = stated(GOOD, "市局", date(2026, 11, 1), penalty)
    whole_lists = {("permit", "市局"): date(2026, 11, 19), ("penalty", "公示系统"): date(2026, 11, 18)}
    words = said(shown(qtbot, session, shop, whole_lists)).splitlines()
    assert words.count("市局（截至 2026-11-19）") == len(GOOD.permits)
    assert "公示系统（截至 2026-11-18）" in words
    assert {"2026-11-01", "2026-11-19", "2026-11-18"} <= set(words)


def test_what_was_repaired_or_is_no_longer_published_is_not_shown(qtbot: QtBot, session: CheckSession) -> None:
    told = said(shown(qtbot, session, FULL))
    assert "已修复的处罚" not in told
    alone = replace(GOOD, credit=tuple(r for r in FULL.credit if r.title in ("已修复的处罚", "公示期满的处罚")))
    assert "公示系统" not in said(shown(qtbot, session, alone)), "not even where it came from"
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
