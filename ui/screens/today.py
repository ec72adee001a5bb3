"""今日: what there is to do, unfinished inspections first; the day's figures; the way to the camera."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from cache.session import DraftSummary, Session
from inspector.freshness import CHINA, china_day
from inspector.wire import Task
from ui import keys, words
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.icon import Icon
from ui.widgets.keybutton import KeyButton
from ui.widgets.line import LineButton
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text
from ui.work import run

SOON_DAYS = 3
_RECENT = 200


@dataclass(frozen=True, slots=True)
class Day:
    """All that the screen shows."""

    drafts: tuple[DraftSummary, ...]
    tasks: tuple[Task, ...]
    checks: int
    pending: int


def gather(session: Session, today: date) -> Day:
    """Read the day from the store; off the UI thread."""
    tasks = sorted((t for t in session.tasks() if t.state == "open"), key=lambda t: (t.due or "9999", t.number))
    drafts = sorted(session.drafts(), key=lambda d: d.saved_at, reverse=True)
    checks = sum(1 for c in session.recent_checks(_RECENT) if china_day(c.at) == today)
    status = session.sync_status()
    return Day(tuple(drafts), tuple(tasks), checks, status.pending_events + status.pending_blobs)


def due_chip(due: str, today: date) -> tuple[str, str]:
    """What stands at the right of a task, and its tone."""
    if not due:
        return words.NO_DUE, "unk"
    days = (date.fromisoformat(due) - today).days
    if days < 0:
        return words.OVERDUE.format(days=-days), "bad"
    if days == 0:
        return words.DUE_TODAY, "warn"
    return words.DUE_IN.format(days=days), "warn" if days <= SOON_DAYS else "brand"


class TodayScreen(Screen):
    """Goes to ``inspect`` with a draft, to ``scan`` with a task's code or without."""

    name = "today"
    title = words.RAIL["today"]

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session, self._now = session, now
        self._figures = {
            name: text("0", "figure")
            for name in (words.COUNT_CHECKS, words.COUNT_DRAFTS, words.COUNT_TASKS, words.COUNT_PENDING)
        }
        self.scan = KeyButton(words.SCAN_NOW, keys.SCAN, icon="scan_dash_filled", primary=True, bound=False)
        self.scan.clicked.connect(lambda: self.going.emit("scan", {}))
        self.lines: list[LineButton] = []
        figures = row(*(_figure(name, value) for name, value in self._figures.items()), gap=Gap.MEDIUM)
        card = Card(margins=(14, 12, 10, 10), gap=Gap.SMALL)
        page = QWidget()
        self._list = column(gap=Gap.HAIR, owner=page)
        self._list.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.box.addWidget(scrolled(page), 1)
        box = column(figures, card, gap=Gap.MEDIUM, margins=(Gap.LARGE, 12, Gap.LARGE, 12), owner=self)
        box.setStretch(1, 1)
        box.addLayout(row(None, self.scan))
        keys.bind(keys.OPEN_TOP, self, self.open_top)

    def enter(self, **_: Any) -> None:
        today = china_day(self._now())
        self.crumbed.emit(f"{words.GOOD_DAY.format(name=self._session.officer.name)} · {today:%Y-%m-%d}")
        run(gather, self._session, today, done=self._show, failed=self.troubled.emit)

    def open_top(self) -> None:
        """Enter: the first thing to do, or the camera when there is nothing."""
        (self.lines[0] if self.lines else self.scan).click()

    def _show(self, day: Day) -> None:
        counts = (day.checks, len(day.drafts), len(day.tasks), day.pending)
        for value, count in zip(self._figures.values(), counts, strict=True):
            value.setText(str(count))
        empty(self._list)
        self.lines = []
        if day.drafts:
            self._head(words.DRAFTS)
        for draft in day.drafts:
            self._add(self._draft_line(draft))
        self._head(words.TASKS)
        for task in day.tasks:
            self._add(self._task_line(task))
        if not day.tasks:
            self._list.addWidget(EmptyState("calendar", words.NO_TASKS, words.TASKS_HINT))

    def _head(self, title: str) -> None:
        self._list.addLayout(row(text(title, "h2"), None, margins=(Gap.MEDIUM, 6, 0, 2)))

    def _add(self, line: LineButton) -> None:
        self.lines.append(line)
        self._list.addWidget(line)

    def _draft_line(self, draft: DraftSummary) -> LineButton:
        at = draft.saved_at.astimezone(CHINA)
        note = words.DRAFT_NOTE.format(answered=draft.answered, items=draft.items, at=at)
        chip = Chip(words.DRAFT_CHIP, "warn")
        chip.setAccessibleName(words.DRAFT_CHIP)
        line = LineButton(draft.name or draft.code, chip, note, Icon("edit_filled", "warn_ink", 24))
        line.clicked.connect(lambda: self.going.emit("inspect", {"event_id": draft.event_id}))
        return line

    def _task_line(self, task: Task) -> LineButton:
        says, tone = due_chip(task.due, china_day(self._now()))
        chip = Chip(says, tone)
        chip.setAccessibleName(says)
        note = words.TASK_NOTE.format(title=task.title, premises=task.premises)
        line = LineButton(task.name, chip, note, Icon("clipboard_task", "brand", 24))
        line.clicked.connect(lambda: self.going.emit("scan", {"code": task.code}))
        return line


def _figure(name: str, value: QWidget) -> QFrame:
    card = Card(margins=(20, 8, 20, 10), gap=Gap.NONE)
    card.box.addWidget(value)
    card.box.addWidget(text(name, "k"))
    return card
