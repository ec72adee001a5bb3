"""同步: what has arrived at the centre and what has not, record by record, with its reason and its next try."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from time import monotonic
from typing import Any

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from cache.session import (
    Copied,
    Progress,
    RecordState,
    RecordSummary,
    RegisterState,
    SecondCopy,
    Session,
    SyncStatus,
    Taken,
)
from inspector.errors import Cancelled, Problem
from inspector.freshness import CHINA, Unsent, unsent
from ui import keys, visitwords, words
from ui.pace import Pace
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.field import fact
from ui.widgets.keybutton import KeyButton
from ui.widgets.line import LineButton
from ui.widgets.saveto import SaveTo
from ui.widgets.scrolled import scrolled
from ui.widgets.stickpanel import StickPanel
from ui.widgets.text import text
from ui.work import run

STATE_TONES = {
    RecordState.SEALED: "unk",
    RecordState.REGISTERED: "brand",
    RecordState.COMPLETE: "ok",
    RecordState.HELD: "warn",
    RecordState.STUCK: "bad",
    RecordState.DRAFT: "unk",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the screen shows."""

    status: SyncStatus
    register: RegisterState
    alarms: tuple[str, ...]


def gather(session: Session) -> Shown:
    """Read it from the store; off the UI thread."""
    return Shown(session.sync_status(), session.register(), session.alarms())


class SyncScreen(Screen):
    """``synced`` when a round has ended, so that the pills can be refreshed."""

    name = "sync"
    title = words.SYNC
    synced = Signal()
    resumed = Signal()
    """The officer lets it sync by itself again."""
    stopping = Signal()
    """The officer stops a round that runs by itself."""
    _progressed = Signal(object)

    def __init__(
        self, session: Session, now: Callable[[], datetime], metered: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__()
        self._session, self._now, self._metered = session, now, metered
        self._paused = False
        self._cancel: Flag | None = None
        self._by_itself = False
        """A round runs that nobody asked for here."""
        self._pace = Pace()
        self.go = KeyButton(words.SYNC_NOW, keys.SYNC_NOW, icon="arrow_sync_filled", primary=True)
        self.stop = KeyButton(words.STOP, keys.STOP, icon="dismiss")
        self.pause = KeyButton(words.PAUSE, keys.PAUSE, icon="cloud_off")
        self.usb = KeyButton(words.STICK, keys.STICK, icon="copy")
        self.stick = StickPanel()
        self.bar, self.what = QProgressBar(), text("", "k")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words.SYNCING)
        facts, self._proof = Card(margins=(20, 14, 20, 14), gap=Gap.LARGE), Card(margins=(20, 14, 20, 14))
        about = QWidget()
        self._facts = column(gap=Gap.LARGE, owner=about)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        facts.box.addWidget(scrolled(about), 1)
        self._proof_text = text(words.NO_PROOF, "v", wrap=True)
        self._proof_chip = Chip("", "ok")
        self._proof.box.addLayout(row(text(words.PROOF, "h2"), None, self._proof_chip))
        self._proof.box.addWidget(self._proof_text)
        button = KeyButton(words.HAND_OUT_JOURNAL, keys.JOURNAL, icon="shield_checkmark")
        self.hand_out = SaveTo(button, words.JOURNAL_HANDED_OUT)
        self.hand_out.offer(words.JOURNAL_NAME, session.hand_out_journal)
        self.hand_out.saved.connect(self.said)
        self._proof.box.addWidget(self.hand_out)
        queue = Card(margins=(14, 12, 10, 10), gap=Gap.SMALL)
        self._count = text("", "sub")
        queue.box.addLayout(row(text(words.QUEUE, "h2"), None, self._count, margins=(Gap.MEDIUM, 0, Gap.MEDIUM, 0)))
        page = QWidget()
        self._queue = column(gap=Gap.HAIR, owner=page)
        self._queue.setAlignment(Qt.AlignmentFlag.AlignTop)
        queue.box.addWidget(scrolled(page), 1)
        left = column(facts, self._proof)
        left.setStretch(0, 1)
        both = row(gap=Gap.MEDIUM)
        both.addLayout(left, 40)
        both.addWidget(queue, 60)
        box = column(both, gap=Gap.MEDIUM, margins=(Gap.LARGE, 12, Gap.LARGE, 12), owner=self)
        box.setStretch(0, 1)
        box.addWidget(self.stick)
        moving = column(self.what, self.bar, gap=Gap.HAIR)
        foot = row(gap=Gap.LARGE)
        foot.addLayout(moving, 1)
        foot.addWidget(self.stop)
        foot.addWidget(self.pause)
        foot.addWidget(self.usb)
        foot.addWidget(self.go)
        box.addLayout(foot)
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.go.clicked.connect(self.sync)
        self.stop.clicked.connect(self.cancel)
        self.usb.clicked.connect(self.stick.open)
        self.pause.clicked.connect(self._toggle_pause)
        self.stick.copying.connect(lambda place: self._begin(self._session.export_to_stick, place, done=self._copied))
        self.stick.taking.connect(lambda place: self._begin(self._session.take_from_stick, place, done=self._taken))
        self._show_running(False)

    @property
    def running(self) -> bool:
        return self._cancel is not None or self._by_itself

    def enter(self, **_: Any) -> None:
        self._refresh()

    def sync(self) -> None:
        """One round now."""
        self._begin(self._session.sync_now, done=self._synced)

    def _begin(self, work: Callable[..., Any], *first: Any, done: Callable[[Any], None]) -> None:
        if self.running:
            return
        self._cancel = Flag()
        self._show_running(True)
        run(work, *first, self._progressed.emit, self._cancel, done=done, failed=self._stopped)

    def cancel(self) -> None:
        """Stop the round; what is done stays done."""
        if self._cancel is not None:
            self._cancel.set()
        elif self._by_itself:
            self.stopping.emit()
            self._say_stopped(Cancelled())

    def show_background(self, progress: Progress) -> None:
        """A round that runs by itself shows itself as one that was asked for."""
        if self._cancel is None:
            if not self._by_itself:
                self._by_itself = True
                self._show_running(True)
                self._refresh()
            self._show_progress(progress)

    def end_background(self) -> None:
        """It has ended, well or not."""
        if self._cancel is None:
            self._by_itself = False
            self._show_running(False)
        if self.isVisible():
            self._refresh()

    def _toggle_pause(self) -> None:
        value = "on" if self._paused else "off"
        run(self._session.set_setting, "sync_automatic", value, done=self._toggled, failed=self.troubled.emit)

    def _toggled(self, _: object) -> None:
        self.said.emit(words.RESUMED_SAID if self._paused else words.PAUSED_SAID)
        if self._paused:
            self.resumed.emit()
        self._refresh()
        self.synced.emit()

    def _synced(self, _: SyncStatus) -> None:
        self._end()
        self.said.emit(words.SYNC_DONE)

    def _copied(self, copied: Copied | None) -> None:
        self._end()
        if copied is None:
            self.said.emit(words.STICK_NOTHING)
        else:
            self.said.emit(words.STICK_COPIED.format(entries=copied.entries, blobs=copied.blobs))

    def _taken(self, taken: Taken) -> None:
        self._end()
        told = words.STICK_TAKEN.format(receipts=taken.receipts, blobs=taken.blobs, feed=taken.feed)
        told += (words.STICK_REGISTER if taken.register else "") + "。"
        self.said.emit((told if taken.packages else words.STICK_EMPTY) + taken.trouble)

    def _stopped(self, problem: Problem) -> None:
        self._end()
        if isinstance(problem, Cancelled):
            self._say_stopped(problem)
        else:
            self.troubled.emit(problem)

    def _say_stopped(self, problem: Cancelled) -> None:
        self.said.emit(f"{problem.sentence}{problem.advice}")

    def _end(self) -> None:
        self._cancel = None
        self._show_running(False)
        self._refresh()
        self.synced.emit()

    def _refresh(self) -> None:
        run(gather, self._session, done=self._show, failed=self.troubled.emit)

    def _show_running(self, running: bool) -> None:
        self.go.setEnabled(not running)
        self.stick.show_running(running)
        self.go.show_words(words.SYNCING if running else words.SYNC_NOW)
        self.stop.setVisible(running)
        self.bar.setVisible(running)
        self.bar.setRange(0, 0)
        self.what.setText("")

    def _show_progress(self, progress: Progress) -> None:
        """Bytes may pass what a progress bar can count, so it counts thousandths."""
        if not self.running:
            return
        known = progress.total > 0
        self.bar.setRange(0, 1000 if known else 0)
        if known:
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))
        size = QLocale().formattedDataSize
        parts = [progress.what]
        if known:
            parts.append(words.BYTES.format(done=size(progress.done), total=size(progress.total)))
        if pace := self._pace.tell(progress, monotonic()):
            parts.append(words.SPEED.format(speed=size(int(pace[0])), left=words.duration(pace[1])))
        self.what.setText("　".join(parts))

    def _show(self, shown: Shown) -> None:
        status, register, now = shown.status, shown.register, self._now()
        empty(self._facts)
        pending = words.NOTHING_PENDING
        if status.pending_events or status.pending_blobs:
            pending = words.PENDING_LINE.format(events=status.pending_events, blobs=status.pending_blobs)
            if status.pending_blobs and status.photos_wait:
                pending += words.PHOTOS_WAIT
            elif status.pending_blobs and self._metered():
                pending += words.METERED
        waited = unsent(status.oldest_unsent, now)
        if waited and status.oldest_unsent:
            pending += "　" + words.UNSENT_FOR.format(age=words.span(now - status.oldest_unsent))
        self._paused = status.paused
        self.pause.show_words(words.RESUME if status.paused else words.PAUSE)
        coming = words.PAUSED if status.paused else ""
        if not status.paused and status.next_try and status.next_try > now and not self.running:
            coming = visitwords.NEXT_TRY.format(at=status.next_try.astimezone(CHINA))
        connection = "　".join(filter(None, (status.connection.label, coming)))
        last = status.last_success
        last_words = f"{last.astimezone(CHINA):%m-%d %H:%M}（{words.age(now - last)}）" if last else words.NEVER
        second = ((words.SECOND, _second_words(status.second, now)),) if status.second else ()
        for label, value in (
            (words.CONNECTION, connection),
            (words.TO_UPLOAD, pending),
            *second,
            (words.LAST_SUCCESS, last_words),
            (words.DATA, words.data_line(register, now)),
            (words.CLOCK, status.clock.label),
        ):
            self._facts.addWidget(fact(label, value, "vb", wrap=True))
        copy = (words.UNSENT_COPY.format(days=waited.value),) if waited >= Unsent.THREE_DAYS else ()
        for alarm in (*copy, *shown.alarms):
            self._facts.addWidget(text(alarm, "warning", wrap=True))
        if status.proof is not None:
            self._proof_text.setText(status.proof.text)
            self._proof_chip.show_text(*((words.SAME, "ok") if status.proof.equal else (words.DIFFERS, "bad")))
        self._show_queue(status.queue)

    def _show_queue(self, queue: tuple[RecordSummary, ...]) -> None:
        empty(self._queue)
        self._count.setText(words.ITEMS.format(count=len(queue)) if queue else "")
        for record in queue:
            self._queue.addWidget(self._line(record))
        if not queue:
            self._queue.addWidget(EmptyState("cloud_checkmark", words.QUEUE_EMPTY, words.QUEUE_EMPTY_HINT))

    def _line(self, record: RecordSummary) -> LineButton:
        number = record.document_number or record.event_id
        parts = [words.QUEUE_NOTE.format(number=number, at=record.sealed_at.astimezone(CHINA))]
        if record.problem:
            parts = [record.problem]
        elif record.blobs_left:
            parts.append(visitwords.BLOBS_LEFT.format(count=record.blobs_left))
        if record.next_try:
            parts.append(visitwords.NEXT_TRY.format(at=record.next_try.astimezone(CHINA)))
        chip = Chip(record.state.label, STATE_TONES[record.state])
        chip.setAccessibleName(record.state.label)
        line = LineButton(record.name or record.code, chip, " · ".join(parts))
        line.clicked.connect(lambda: self.going.emit("history", {"event_id": record.event_id}))
        return line


def _second_words(second: SecondCopy, now: datetime) -> str:
    """How old the second copy is, what it lacks, and what keeps it from that."""
    at = second.at
    told = words.SECOND_AT.format(at=at.astimezone(CHINA), age=words.age(now - at)) if at else words.SECOND_NONE
    told += words.SECOND_BEHIND.format(count=second.behind) if second.behind else ""
    return "。".join(filter(None, (told, second.trouble)))
