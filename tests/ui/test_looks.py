"""On a small screen and on a large one, in every theme and size: nothing is cut off, the primary button is there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from cache.session import DraftSummary, RecordState
from inspector.entity import CreditKind, Entity
from inspector.errors import NoCamera, ServiceDown
from tests.ui.fake_session import MORNING
from tests.ui.shops import CODE, EARLIER, GOOD, REVOKED, WARNED, judged, ready
from tests.ui.test_camera import Script, qr
from tests.ui.test_day import Session, record, task
from tests.ui.test_doors import Lock
from ui.camera import Camera
from ui.screens.card import CardScreen
from ui.screens.enrol import EnrolScreen
from ui.screens.preferences import PreferencesScreen
from ui.screens.scan import ScanScreen
from ui.screens.sync import SyncScreen
from ui.screens.today import TodayScreen
from ui.screens.unlock import UnlockScreen
from ui.sound import Sound
from ui.style import wear
from ui.theme import THEMES, Look, Scale
from ui.widgets.text import Elided
from ui.window import Window

SIZES = ((1366, 697), (1920, 1080))
LOOKS = [Look(theme, scale) for theme in THEMES.values() for scale in Scale]
Open = Callable[[Look, tuple[int, int]], Window]


def now():  # type: ignore[no-untyped-def]
    return MORNING


@pytest.fixture
def open_window(qtbot: QtBot, worker: object) -> Iterator[Open]:
    made: list[Window] = []

    def build(look: Look, size: tuple[int, int]) -> Window:
        wear(look)
        window = Window(Sound(on=False), now)
        qtbot.addWidget(window)
        window.resize(*size)
        made.append(window)
        return window

    yield build
    for window in made:
        window.close()
    wear(Look())


def _scrolls(widget: QWidget, window: Window) -> bool:
    """Whether it lies in something that scrolls: then it may be below the edge."""
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def check(window: Window, size: tuple[int, int]) -> None:
    """What must hold of every window on the screen."""
    assert (window.width(), window.height()) == size, "the screen is too small for it"
    whole = QRect(0, 0, *size)
    buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisible()]
    for button in buttons:
        place = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
        assert min(button.width(), button.height()) >= 44, (button.accessibleName(), button.size())
        assert button.accessibleName() or button.text(), button
        if not _scrolls(button, window):
            assert whole.contains(place), (button.accessibleName(), place)
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.text() and not label.wordWrap() and not isinstance(label, Elided):
            needed = label.fontMetrics().horizontalAdvance(label.text())
            assert needed <= label.contentsRect().width() + 1, (label.text(), needed, label.width())
        if label.isVisible() and label.text() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()
    assert not window.grab().isNull()


@pytest.mark.parametrize(
    ("look", "size"), [*((look, SIZES[0]) for look in LOOKS), *((Look(theme), SIZES[1]) for theme in THEMES.values())]
)
def test_the_days_screens(
    qtbot: QtBot, open_window: Open, settled: Callable[[], None], look: Look, size: tuple[int, int]
) -> None:
    session = Session()
    session.settings = {"theme": look.theme.name, "size": look.scale.value}
    session.task_list = [task("垚鑫水果超市", "2026-11-20"), task("一家名称特别长的有限责任公司" * 4, "")]
    session.draft_list = [DraftSummary("e", "老韩炭火烤串（东三区店）", CODE, 11, 26, MORNING)]
    session.summaries = {"1": record(1, RecordState.SEALED, problem="连不上中心服务。记录在本机。" * 3)}
    window = open_window(look, size)
    settings = PreferencesScreen(session, Sound(), now, session.add_officer)
    screens = [TodayScreen(session, now), SyncScreen(session, now), settings]
    window.admit(session, ready(*screens), 10)
    window.show()
    for screen in screens:
        window.go(screen.name)
        settled()
        qtbot.wait(20)
        check(window, size)
    window.trouble(ServiceDown())
    qtbot.wait(20)
    check(window, size)
    window.sheet.toggle("inspect")
    assert window.rect().contains(window.sheet.geometry())


@pytest.mark.parametrize(
    ("entity", "look", "size"),
    [
        *((WARNED, look, SIZES[0]) for look in LOOKS),
        *((entity, Look(theme), SIZES[1]) for theme in THEMES.values() for entity in (GOOD, REVOKED, None)),
        (REVOKED, LOOKS[-1], SIZES[0]),
        (None, LOOKS[-1], SIZES[0]),
    ],
)
def test_the_check_screen(
    qtbot: QtBot,
    open_window: Open,
    settled: Callable[[], None],
    entity: Entity | None,
    look: Look,
    size: tuple[int, int],
) -> None:
    session = Session()
    session.settings = {"theme": look.theme.name, "size": look.scale.value}
    session.entities = {CODE: entity} if entity else {}
    session.recent = list(EARLIER)
    script = Script(qr("x"), fails_to_open=[NoCamera() for _ in range(9999)])
    camera = Camera(lambda _: script, retry=60)
    try:
        window = open_window(look, size)
        scan = ScanScreen(session, camera, Sound(on=False))
        window.admit(session, ready(scan), 10)
        window.show()
        window.go("scan", data=CODE.encode())
        qtbot.waitUntil(lambda: scan.checked is not None)
        settled()
        qtbot.wait(20)
        check(window, size)
        assert scan.start.isVisible()
    finally:
        camera.close()


@pytest.mark.parametrize(
    ("look", "size"), [*((look, SIZES[0]) for look in LOOKS), *((Look(theme), SIZES[1]) for theme in THEMES.values())]
)
def test_the_card(
    qtbot: QtBot, open_window: Open, settled: Callable[[], None], look: Look, size: tuple[int, int]
) -> None:
    """Sources with long names, and days that lie apart."""
    session = Session()
    session.settings = {"theme": look.theme.name, "size": look.scale.value}
    days = [MORNING.date() - timedelta(n) for n in range(len(REVOKED.credit))]
    credit = [replace(r, kind=CreditKind.PENALTY, as_of=day) for r, day in zip(REVOKED.credit, days, strict=True)]
    licence = replace(REVOKED.licence, source="黑龙江省黑河市市场监督管理局" * 2, as_of=days[0])
    window = open_window(look, size)
    card = CardScreen(session)
    window.admit(session, ready(card), 10)
    window.show()
    window.go("card", checked=judged(replace(REVOKED, licence=licence, credit=tuple(credit))))
    settled()
    qtbot.wait(20)
    check(window, size)
    assert f"{days[-1]} 至 {days[0]}" in {label.text() for label in card.findChildren(QLabel)}


@pytest.mark.parametrize("look", LOOKS, ids=lambda k: f"{k.theme.name}-{k.scale.value}")
def test_the_doors(qtbot: QtBot, open_window: Open, settled: Callable[[], None], look: Look) -> None:
    lock = Lock()
    window = open_window(look, SIZES[0])
    enrol = EnrolScreen(lambda *_: Session())
    window.show_door(enrol)
    window.show()
    qtbot.wait(20)
    check(window, SIZES[0])
    bottom = enrol.go.mapTo(window, QPoint(0, enrol.go.height())).y()
    assert bottom <= SIZES[0][1], "the primary button is below the edge"
    window.show_door(UnlockScreen(["HH0001", "HH0002", "HH0003"], lock.tries, lock.unlock))
    settled()
    qtbot.wait(20)
    check(window, SIZES[0])
