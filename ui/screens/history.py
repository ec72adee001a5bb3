"""记录: every sealed record with its state; find it, look at its pages, print it, correct it."""

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cache.session import Paper, RecordSummary, Session
from inspector.errors import Problem
from ui import keys
from ui import visitwords as words
from ui.localtime import local
from ui.problem import in_words
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.pages import Pages, decode_pages
from ui.widgets.recordline import TONES, RecordLine
from ui.widgets.savepdf import SavePdf
from ui.widgets.saveto import SaveTo
from ui.widgets.scrolled import scrolled, stacked
from ui.widgets.text import text
from ui.work import run

TYPING = 150
"""Milliseconds without a key until the search starts."""


class HistoryScreen(Screen):
    """List on the left, the chosen record on the right."""

    name = "history"
    title = words.RECORDS

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.chosen: RecordSummary | None = None
        self.lines: list[RecordLine] = []
        self.query = Field(words.FIND_RECORD)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING)
        self._timer.timeout.connect(self.search)
        self.pages = Pages()
        self.save_pdf = SavePdf(session)
        self.hand_out = SaveTo(KeyButton(words.HAND_OUT, keys.HAND_OUT, icon="shield_checkmark"), words.HANDED_OUT)
        self.amend = KeyButton(words.AMEND, keys.AMEND, icon="edit")
        self.reason = Field(words.AMEND_REASON)
        self.correction = QPlainTextEdit()
        self.seal = KeyButton(words.AMEND_SEAL, primary=True)
        whole = row(self._list(), self._record(), gap=Gap.LARGE, margins=(Gap.LARGE,) * 4, owner=self)
        whole.setStretch(0, 40)
        whole.setStretch(1, 60)
        self._connect()

    def enter(self, event_id: str = "", **_: Any) -> None:
        self._wanted = event_id
        self.search()
        self.setFocus()

    @property
    def nothing(self) -> str:
        """What is said in place of an empty list; empty when there are records."""
        return "" if self.lines else self._none.title

    @property
    def corrections(self) -> str:
        return self._corrections.text()

    def leave(self) -> None:
        self._timer.stop()

    def search(self) -> None:
        """Fetch the list for what stands in the field."""
        query = self.query.value.strip()
        run(_find, self._session, query, done=self._show_list, failed=self.troubled.emit)

    def open(self, summary: RecordSummary) -> None:
        """Show the pages of a record."""
        self.chosen = summary
        self._right.setCurrentIndex(1)
        self._show_amending(False)
        self._mark()
        self._title.setText(summary.name)
        self._state.show_text(summary.state.label, TONES[summary.state])
        self._problem.setText(summary.problem)
        self._problem.setVisible(bool(summary.problem))
        self.save_pdf.show_paper(b"", "")
        name = words.HAND_OUT_NAME.format(number=summary.document_number)
        self.hand_out.offer(name, partial(self._session.hand_out_record, summary.event_id))
        self.pages.show_pages(())
        run(_open, self._session, summary.event_id, done=self._show_record, failed=self.troubled.emit)

    def _show_list(self, found: tuple[str, list[RecordSummary]]) -> None:
        query, summaries = found
        if query != self.query.value.strip():
            return
        empty(self._column)
        self.lines = [RecordLine(summary) for summary in summaries]
        for line in self.lines:
            line.clicked.connect(lambda _=False, summary=line.summary: self.open(summary))
            self._column.addWidget(line)
        self._left.setCurrentIndex(1 if summaries else 0)
        if query:
            self._none.say(words.NOTHING_FOUND.format(query=query), words.NOTHING_FOUND_HINT)
        else:
            self._none.say(words.NO_RECORDS, words.NO_RECORDS_HINT)
        wanted = next((s for s in summaries if s.event_id == self._wanted), None)
        self._wanted = ""
        if wanted is not None:
            self.open(wanted)
        self._mark()

    def _mark(self) -> None:
        for line in self.lines:
            line.show_current(self.chosen is not None and line.summary.event_id == self.chosen.event_id)

    def _show_record(self, result: tuple[str, Paper, tuple[QImage, ...], str]) -> None:
        event_id, paper, images, corrections = result
        if self.chosen is None or event_id != self.chosen.event_id:
            return
        self.pages.show_pages(images)
        self._corrections.setText(corrections)
        self._corrections.setVisible(bool(corrections))
        self.save_pdf.show_paper(paper.pdf, self.chosen.document_number)

    def _step(self, by: int) -> None:
        """Move through the list with the arrow keys."""
        if self.lines:
            here = next((n for n, line in enumerate(self.lines) if line.hasFocus()), -1 if by > 0 else 0)
            self.lines[max(0, min(len(self.lines) - 1, here + by))].setFocus()

    def _open_focused(self) -> None:
        line = next((line for line in self.lines if line.hasFocus()), self.lines[0] if self.lines else None)
        if line is not None:
            self.open(line.summary)

    def _ask_amendment(self) -> None:
        self.reason.complain("")
        self._show_amending(self._amending.isHidden())
        if self._amending.isVisible():
            self.reason.setFocus()

    def _show_amending(self, on: bool) -> None:
        self._amending.setVisible(on)
        self.seal.setVisible(on)
        for saving in (self.hand_out, self.save_pdf):
            saving.setVisible(not on)
            saving.panel.hide()

    def _seal(self) -> None:
        assert self.chosen is not None
        self.seal.setEnabled(False)
        args = self.chosen.event_id, self.reason.value.strip(), self.correction.toPlainText().strip()
        run(self._session.amend, *args, done=self._amended, failed=self._not_amended)

    def _amended(self, summary: RecordSummary) -> None:
        self.seal.setEnabled(True)
        self.reason.edit.clear()
        self.correction.clear()
        self._show_amending(False)
        self.said.emit(words.AMENDED)
        self._wanted = summary.event_id
        self.search()

    def _not_amended(self, problem: Problem) -> None:
        self.seal.setEnabled(True)
        self.reason.complain(in_words(problem))

    def _list(self) -> Card:
        card = Card(margins=(14, 12, 14, 12))
        page = QWidget()
        self._column = column(gap=Gap.HAIR)
        column(self._column, None, owner=page)
        self._none = EmptyState("history", words.NO_RECORDS, words.NO_RECORDS_HINT)
        self._left = stacked(self._none, scrolled(page))
        card.box.addWidget(self.query)
        card.box.addWidget(self._left, 1)
        return card

    def _record(self) -> QWidget:
        card = Card(margins=(16, 12, 16, 14))
        self._title, self._state = text("", "h2", wrap=True), Chip("", "unk")
        self._problem, self._corrections = text("", "warning", wrap=True), text("", "v", wrap=True)
        self.correction.setAccessibleName(words.AMEND_TEXT)
        self.correction.setTabChangesFocus(True)
        asked = QWidget()
        column(self.reason, text(words.AMEND_TEXT, "k"), self.correction, owner=asked)
        self._amending = scrolled(asked)
        self._amending.hide()
        card.box.addLayout(row(self._title, None, self._state))
        card.box.addLayout(column(self._problem, self._corrections))
        card.box.addWidget(self.pages, 1)
        card.box.addWidget(self._amending, 1)
        self.seal.hide()
        for saving in (self.hand_out, self.save_pdf):
            card.box.addWidget(saving.panel)
        card.box.addLayout(row(self.amend, None, self.seal, self.hand_out, self.save_pdf))
        self._right = stacked(EmptyState("document_text", words.PICK_RECORD, words.PICK_RECORD_HINT), card)
        return self._right

    def _connect(self) -> None:
        self._wanted = ""
        self.query.edit.textEdited.connect(self._timer.start)
        self.query.edit.returnPressed.connect(self._open_focused)
        self.amend.clicked.connect(self._ask_amendment)
        self.seal.clicked.connect(self._seal)
        self.save_pdf.saved.connect(self.said)
        self.hand_out.saved.connect(self.said)
        keys.bind(keys.FIND, self, self.query.setFocus)
        keys.bind(keys.OPEN_RECORD, self, self._open_focused)
        keys.bind(keys.NEXT_RECORD, self, lambda: self._step(1))
        keys.bind(keys.PREVIOUS_RECORD, self, lambda: self._step(-1))


def _find(session: Session, query: str) -> tuple[str, list[RecordSummary]]:
    return query, session.records(query)


def _open(session: Session, event_id: str) -> tuple[str, Paper, tuple[QImage, ...], str]:
    """The paper of a record with its corrections as sentences; off the UI thread."""
    inspection = session.record(event_id)
    paper = session.paper(inspection)
    corrections = "\n".join(
        words.CORRECTIONS.format(at=local(at), text=made.text, reason=made.reason)
        for at, made in session.amendments(inspection.event_id)
    )
    return event_id, paper, decode_pages(paper.pages), corrections
