"""结论: the pages exactly as printed, what is missing as links to where it is mended, and the seal."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QWidget

from cache.session import Paper, RecordSummary, Session
from inspector import inspection as rules
from inspector import outcomes
from inspector.completeness import Missing, missing
from inspector.errors import Problem
from inspector.inspection import Inspection
from inspector.papers import record
from ui import keys
from ui import visitwords as words
from ui.desk import Desk
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
from ui.widgets.savepdf import SavePdf
from ui.widgets.scrolled import scrolled, stacked
from ui.widgets.text import text
from ui.work import run

SCREENS = {"start": "notice", "review": "inspect"}
"""Where a missing thing is mended, when that is not the screen of the same name: results are signed, so they
are chosen before the signatures."""


class ReviewScreen(Screen):
    """Shows the paper of the inspection on the desk and seals it."""

    name = "review"
    title = words.REVIEW

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._set: Inspection | None = None
        self._sealing = False
        self.links: list[QPushButton] = []
        self.pages = Pages()
        self._left = stacked(EmptyState("document_text", words.SETTING_PAPER), self.pages)
        self.password = Field(words.PASSWORD_AGAIN, secret=True)
        self.save_pdf = SavePdf(desk.session)
        self.seal = KeyButton(words.SEAL, keys.SEAL, icon="shield_checkmark_filled", primary=True)
        self.reason, self.abort = Field(words.ABORT_REASON), KeyButton(words.ABORT)
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        self.today = KeyButton(words.TO_TODAY, keys.OPEN_TOP, icon="home_filled", primary=True)
        self._right = stacked(self._before(), self._after())
        whole = row(self._left, self._right, gap=Gap.LARGE, margins=(Gap.LARGE,) * 4, owner=self)
        whole.setStretch(0, 60)
        whole.setStretch(1, 40)
        self.back.clicked.connect(lambda: self.going.emit("sign", {}))
        self.today.clicked.connect(lambda: self.going.emit("today", {}))
        self.seal.clicked.connect(self._seal)
        self.abort.clicked.connect(self._abort)
        self.save_pdf.saved.connect(self.said)

    def enter(self, item: str = "", **_: Any) -> None:
        visit = self._desk.inspection
        self.crumbed.emit(visit.party.name)
        self._right.setCurrentIndex(0)
        self.password.edit.clear()
        self.password.complain("")
        self.reason.edit.clear()
        self.reason.hide()
        found = missing(visit, self._desk.template, self._desk.now, self._hash(visit))
        self._show_missing(found)
        if visit != self._set:
            self._left.setCurrentIndex(0)
            self.save_pdf.show_paper(b"", "")
            run(_paper, self._desk.session, visit, done=self._show_paper, failed=self._no_paper)
        (self.links[0] if self.links else self.password).setFocus()

    def leave(self) -> None:
        self.password.edit.clear()
        self._desk.flush()

    def _hash(self, visit: Inspection) -> str:
        return record.text_hash(record.words(visit, self._desk.template))

    def _show_missing(self, found: list[Missing]) -> None:
        empty(self._links)
        self.links = [self._link(m) for m in found]
        for link in self.links:
            self._links.addWidget(link)
        self._verdict.show_text(words.STILL_MISSING if found else words.READY, "warn" if found else "ok")
        self._hint.setVisible(not found)
        self._facts.setText(self._summary())
        self.password.setVisible(not found)
        self.seal.setEnabled(not found)

    def _summary(self) -> str:
        visit = self._desk.inspection
        bad = len(rules.violations(visit, self._desk.template))
        done, items = rules.progress(visit, self._desk.template)
        signed = [s.role.label for s in rules.standing(visit, self._hash(visit))]
        refused = [words.PARTY_REFUSED] if visit.refusal else []
        return words.SUMMARY.format(
            number=visit.document_number,
            done=done,
            items=items,
            bad=bad,
            photos=len(visit.photos),
            outcomes="；".join(outcomes.text_of(key) for key in visit.outcomes) or words.NONE_YET,
            signed="、".join([*signed, *refused]) or words.NONE_YET,
        )

    def _link(self, lacking: Missing) -> QPushButton:
        link = QPushButton(lacking.text)
        link.setObjectName("link")
        where = SCREENS.get(lacking.screen, lacking.screen)
        item = lacking.item or ("result" if lacking.screen == "review" else "")
        link.clicked.connect(lambda: self.going.emit(where, {"item": item}))
        return link

    def _show_paper(self, result: tuple[Inspection, Paper, tuple[QImage, ...]]) -> None:
        self._set, paper, images = result
        self.pages.show_pages(images)
        self._left.setCurrentIndex(1)
        self.save_pdf.show_paper(paper.pdf, self._set.document_number)

    def _no_paper(self, problem: Problem) -> None:
        self.troubled.emit(problem)

    def _seal(self) -> None:
        if not self.password.value or self._sealing:
            self.password.setFocus()
            return
        self._sealing = True
        self.seal.setEnabled(False)
        self.seal.show_words(words.SEALING)
        self._desk.flush(self._seal_saved)

    def _seal_saved(self) -> None:
        password = self.password.value
        self.password.edit.clear()
        run(self._desk.session.seal, self._desk.inspection, password, done=self._sealed, failed=self._not_sealed)

    def _sealed(self, summary: RecordSummary) -> None:
        self._settle()
        self._desk.clear()
        self._number.setText(words.SEALED_NUMBER.format(number=summary.document_number))
        self._state.show_text(summary.state.label, "ok")
        self._right.setCurrentIndex(1)
        self.today.setFocus()

    def _not_sealed(self, problem: Problem) -> None:
        self._settle()
        self.seal.setEnabled(True)
        self.password.complain(in_words(problem))
        self.password.setFocus()

    def _abort(self) -> None:
        """The first press asks for the reason, the second one ends the inspection with it."""
        reason = self.reason.value.strip()
        if self.reason.isHidden() or not reason:
            self.reason.complain("" if self.reason.isHidden() else words.ABORT_REASON)
            self.reason.show()
            self.reason.setFocus()
            return
        self._desk.flush(partial(self._abort_saved, reason))

    def _abort_saved(self, reason: str) -> None:
        event_id = self._desk.inspection.event_id
        run(self._desk.session.discard, event_id, reason, done=self._aborted, failed=self.troubled.emit)

    def _aborted(self, _: None) -> None:
        self._desk.clear()
        self.said.emit(words.ABORTED)
        self.going.emit("today", {})

    def _settle(self) -> None:
        self._sealing = False
        self.seal.show_words(words.SEAL)

    def _before(self) -> QWidget:
        card = Card(margins=(18, 14, 18, 14))
        self._verdict, self._hint = Chip("", "ok"), text(words.READY_HINT, "k", wrap=True)
        page = QWidget()
        self._links, self._facts = column(gap=Gap.HAIR), text("", "v", wrap=True)
        column(self._facts, self._links, None, owner=page)
        card.box.addLayout(row(self._verdict, None))
        card.box.addWidget(scrolled(page), 1)
        others = row(self.save_pdf, self.abort)
        others.setAlignment(self.abort, Qt.AlignmentFlag.AlignBottom)
        card.box.addLayout(column(self._hint, self.password, self.reason, others, row(self.back, None, self.seal)))
        return card

    def _after(self) -> QWidget:
        card = Card(margins=(18, 14, 18, 14))
        self._state, self._number = Chip(words.SEALED, "ok"), text("", "name", wrap=True)
        next_step = text(words.SEALED_NEXT, "v", wrap=True)
        card.box.addLayout(column(row(self._state, None), self._number, next_step, None, row(None, self.today)))
        return card


def _paper(session: Session, visit: Inspection) -> tuple[Inspection, Paper, tuple[QImage, ...]]:
    """Set and decode the pages; off the UI thread."""
    paper = session.paper(visit)
    return visit, paper, decode_pages(paper.pages)
