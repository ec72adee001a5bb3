"""数据截至 from a department's file to the laptop's card: intake, publication, sync, screen."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Flag

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Session
from central import desk
from central.demo.load import AREA, UNIT, officers
from central.intake import importing, mapping, undoing
from central.intake.importing import Order
from central.intake.readers import open_table
from central.intake.rules import kinds
from central.publishing import publish
from central.server import EmbeddedService
from inspector.freshness import china_day
from inspector.register_file import LayerManifest
from inspector.verdict import Means
from tests.cache.officers import PASSWORD, HeldClock
from tests.central.intake.conftest import OFFICE, REGISTRATIONS, SHOP
from ui.screens.card import CardScreen
from ui.work import Worker

BUREAU = "黑龙江省市场监督管理局"
TODAY = china_day(SystemClock().now())


def ago(days: int) -> date:
    return TODAY - timedelta(days)


PENALTY = (
    "统一社会信用代码,处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,处罚机关\n"
    f"{SHOP},黑市监罚1号,销售过期食品,罚款,{ago(60)},{OFFICE}\n"
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "central") as running:
        desk.put_officers(running.service, officers(running.service))
        yield running


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "data", HeldClock(SystemClock().now()))
    yield laptop
    laptop.close()


def take(centre: EmbeddedService, folder: Path, content: str, kind: str, source: str, as_of: date, whole: bool) -> int:
    path = folder / "delivered.csv"
    path.write_text(content, encoding="utf-8")
    table = open_table(path)
    columns = mapping.columns_of(mapping.guess(kinds()[kind], table.header, table.sample(200), TODAY))
    table.close()
    return importing.run(centre.service, path, Order(kind, source, as_of, columns, whole)).number


def shown(qtbot: QtBot, session: Session) -> list[str]:
    """What the card of the shop says of its sources, line by line, after a sync."""
    session.sync(lambda _: None, Flag())
    screen = CardScreen(session)
    qtbot.addWidget(screen)
    screen.enter(checked=session.check(SHOP.encode(), Means.TYPED))
    qtbot.waitUntil(lambda: "本机没有以前的检查记录。" in {label.text() for label in screen.findChildren(QLabel)})
    texts = [label.text() for label in screen.findChildren(QLabel)]
    start = texts.index("最近一条") + 1
    return [" ".join(texts[start : start + 4]).strip(), " ".join(texts[start + 4 : start + 8])]


def test_the_card_tells_as_of_which_day_each_source_speaks(
    qtbot: QtBot, worker: Worker, centre: EmbeddedService, laptop: Laptop, tmp_path: Path
) -> None:
    take(centre, tmp_path, REGISTRATIONS, "registration", OFFICE, ago(20), False)
    take(centre, tmp_path, PENALTY, "penalty", BUREAU, ago(19), False)
    publish(centre.service, AREA)
    session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    registration, penalty = f"登记信息 {OFFICE} {{}}", f"行政处罚 {BUREAU} {{}} {ago(60)}"
    assert shown(qtbot, session) == [registration.format(ago(20)), penalty.format(ago(19))]

    # A whole list that changes nothing: no row travels, the day does. That of the other source stays.
    whole = take(centre, tmp_path, REGISTRATIONS, "registration", OFFICE, ago(9), True)
    made = publish(centre.service, AREA)
    assert isinstance(made, LayerManifest)
    assert made.changes == 0
    assert shown(qtbot, session) == [registration.format(ago(9)), penalty.format(ago(19))]

    # Undone, it says nothing any more.
    undoing.undo(centre.service, whole)
    publish(centre.service, AREA)
    assert shown(qtbot, session)[0] == registration.format(ago(20))

    # A partial file tells nothing of what it does not change.
    take(centre, tmp_path, REGISTRATIONS, "registration", OFFICE, ago(5), False)
    take(centre, tmp_path, PENALTY.replace("过期", "变质"), "penalty", BUREAU, ago(4), False)
    publish(centre.service, AREA)
    assert shown(qtbot, session) == [registration.format(ago(20)), penalty.format(ago(4))]
