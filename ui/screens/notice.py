"""告知与核对: certificates shown, rights told, recusal asked; then the register's five fields against the place."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.completeness import COMPARED, missing
from inspector.inspection import Comparison, Notice
from inspector.papers import record
from ui import keys
from ui import visitwords as words
from ui.desk import Desk
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.options import Option
from ui.widgets.scrolled import scrolled
from ui.widgets.segmented import Choice, Segmented
from ui.widgets.text import text

COMPARISONS = (
    Choice(Comparison.SAME, Comparison.SAME.label, "ok", "checkmark"),
    Choice(Comparison.DIFFERENT, Comparison.DIFFERENT.label, "bad", "dismiss"),
)
RECUSALS = (Choice(False, words.NO_RECUSAL, "ok"), Choice(True, words.ASKS_RECUSAL, "warn"))
PARTY = {
    "name": words.PARTY_NAME,
    "premises": words.PARTY_PREMISES,
    "representative": words.PARTY_PERSON,
    "contact": words.PARTY_CONTACT,
    "phone": words.PARTY_PHONE,
}
"""What can be written about the party, by field; the first three come from the register when it knows them."""
FIRST = frozenset({"certificates", "rights", "recusal"})
"""What must be told before items are recorded (行政处罚法 art. 43, 55)."""


class NoticeScreen(Screen):
    """Writes into the inspection on the desk; goes on to ``inspect``."""

    name = "notice"
    title = words.NOTICE_PLACE

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.shown, self.told = Option(words.SHOWN), Option(words.TOLD)
        self.recusal = Segmented(RECUSALS, words.RECUSAL)
        self.ground = Field(words.RECUSAL_GROUND)
        self.answer = Field(words.NOTICE_ANSWER, hint=words.NOTICE_ANSWER_HINT)
        self.compared = {field: Segmented(COMPARISONS, label) for field, label in COMPARED.items()}
        self._values = {field: text("", "v", wrap=True) for field in COMPARED}
        self.note, self.place = Field(words.COMPARE_NOTE), Field(words.PLACE)
        self.party = {field: Field(label) for field, label in PARTY.items()}
        self._read = text("", "v", wrap=True)
        self._missing = text("", "warning", wrap=True)
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        self.go = KeyButton(words.TO_ITEMS, keys.TO_ITEMS, icon="clipboard_task_filled", primary=True)
        page = QWidget()
        cards = row(self._telling(), self._comparing(), gap=Gap.LARGE, owner=page)
        cards.setStretch(0, 4)
        cards.setStretch(1, 6)
        foot = row(self.back, self._missing, self.go)
        foot.setStretch(1, 1)
        column(scrolled(page), foot, margins=(Gap.LARGE,) * 4, owner=self)
        self._connect()

    def enter(self, item: str = "", **_: Any) -> None:
        visit = self._desk.inspection
        self.crumbed.emit(visit.party.name or visit.party.code)
        notice, party = visit.notice, visit.party
        self.ground.edit.setText(notice.recusal_ground)
        self.answer.edit.setText(notice.answer)
        self.note.edit.setText(visit.comparisons.note)
        self.place.edit.setText(visit.place)
        for field, line in self.party.items():
            line.edit.setText(getattr(party, field))
        self.refresh()
        self.shown.setFocus()

    def leave(self) -> None:
        self._desk.flush()

    def refresh(self) -> None:
        """Show the inspection as it stands."""
        if self._desk.empty:
            return
        visit = self._desk.inspection
        notice = visit.notice
        told = replace(visit, notice=replace(notice, certificates_shown=True, rights_told=True))
        self._read.setText(record.words(told, self._desk.template).notice[0].text)
        self.shown.show_on(notice.certificates_shown)
        self.told.show_on(notice.rights_told)
        self.recusal.show_value(notice.recusal)
        self.ground.setVisible(notice.recusal)
        for field, segments in self.compared.items():
            self._values[field].setText(getattr(visit.party, field) or words.EMPTY_VALUE)
            segments.show_value(getattr(visit.comparisons, field))
        known = bool(visit.check.seen.digest)
        self._known.setVisible(known)
        self._unknown.setVisible(not known)
        for field in ("name", "premises", "representative"):
            self.party[field].setVisible(not known)
        self._show_missing()

    def _show_missing(self) -> None:
        found = missing(self._desk.inspection, self._desk.template, self._desk.now)
        here = [m for m in found if m.screen == "start"]
        self._missing.setText("；".join(m.text for m in here))
        self.go.setEnabled(not any(m.code in FIRST for m in here))

    def _telling(self) -> Card:
        card = Card()
        box = QWidget()
        box.setObjectName("quote")
        column(self._read, margins=(Gap.LARGE,) * 4, owner=box)
        card.box.addLayout(
            column(
                text(words.NOTICE_TITLE, "h2"), text(words.NOTICE_READ, "k"), box, self.shown, self.told,
                row(text(words.RECUSAL, "v"), None, self.recusal), self.ground, self.answer, None,
            )
        )  # fmt: skip
        return card

    def _comparing(self) -> Card:
        card = Card()
        self._known, self._unknown = QWidget(), text(words.NO_DATA_PARTY, "warning", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Gap.LARGE)
        grid.setVerticalSpacing(Gap.SMALL)
        grid.setColumnStretch(1, 1)
        for line, (field, label) in enumerate(COMPARED.items()):
            grid.addWidget(text(label, "k"), line, 0)
            grid.addWidget(self._values[field], line, 1)
            grid.addWidget(self.compared[field], line, 2)
        column(text(words.COMPARE_HINT, "k", wrap=True), grid, self.note, owner=self._known)
        people = row(self.party["contact"], self.party["phone"])
        asked = (self.party["name"], self.party["premises"], self.party["representative"])
        title = text(words.COMPARE_TITLE, "h2")
        card.box.addLayout(column(title, self._known, self._unknown, *asked, people, self.place, None))
        return card

    def _connect(self) -> None:
        self.shown.clicked.connect(lambda: self._tell(certificates_shown=not self._notice.certificates_shown))
        self.told.clicked.connect(lambda: self._tell(rights_told=not self._notice.rights_told))
        self.recusal.chosen.connect(lambda asked: self._tell(recusal=asked))
        self.ground.edit.textEdited.connect(lambda words_: self._tell("ground", recusal_ground=words_))
        self.answer.edit.textEdited.connect(lambda words_: self._tell("answer", answer=words_))
        for field, segments in self.compared.items():
            segments.chosen.connect(partial(self._compare_field, field))
        self.note.edit.textEdited.connect(lambda words_: self._compare("compare", note=words_))
        self.place.edit.textEdited.connect(lambda words_: self._change("place", place=words_))
        for field, line in self.party.items():
            line.edit.textEdited.connect(partial(self._describe, field))
        self.back.clicked.connect(lambda: self.going.emit("today", {}))
        self.go.clicked.connect(lambda: self.going.emit("inspect", {}))
        self._desk.changed.connect(self.refresh)

    @property
    def _notice(self) -> Notice:
        return self._desk.inspection.notice

    def _tell(self, typing: str = "", **changes: Any) -> None:
        self._change(typing, notice=replace(self._notice, **changes))

    def _compare_field(self, field: str, value: Comparison) -> None:
        self._compare("", **{field: value})

    def _compare(self, typing: str, **changes: Any) -> None:
        self._change(typing, comparisons=replace(self._desk.inspection.comparisons, **changes))

    def _describe(self, field: str, value: str) -> None:
        changed: dict[str, Any] = {field: value}
        self._change(field, party=replace(self._desk.inspection.party, **changed))

    def _change(self, typing: str, **changes: Any) -> None:
        self._desk.change(replace(self._desk.inspection, **changes), typing)
