"""签名: the record is read aloud, then those who were there sign it, or their refusal is noted."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from inspector import inspection as rules
from inspector import signature
from inspector.inspection import Signature, SignerRole
from inspector.papers import record
from ui import keys
from ui import visitwords as words
from ui.desk import Desk
from ui.localtime import local
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.scrolled import scrolled, stacked
from ui.widgets.signbox import SignBox
from ui.widgets.text import text


class SignScreen(Screen):
    """Four pads; the party's gives way to the refusal. Every signature names the words that it stands under."""

    name = "sign"
    title = words.SIGNING

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._here = False
        self.boxes = {role: SignBox(role, role.label) for role in SignerRole}
        self.aloud = QPlainTextEdit()
        self.aloud.setObjectName("aloud")
        self.aloud.setReadOnly(True)
        self.aloud.setAccessibleName(words.READ_ALOUD)
        self._void = text("", "warning", wrap=True)
        self.reason, self.witness = Field(words.REFUSAL_REASON), Field(words.REFUSAL_WITNESS)
        self.note = KeyButton(words.NOTE_REFUSAL)
        self.willing = KeyButton(words.UNDO_REFUSAL)
        self.read_on = KeyButton(words.READ_ON, keys.READ_ON, icon="arrow_down")
        self.again = KeyButton(words.SIGN_AGAIN, keys.CLEAR_SIGNATURE, icon="arrow_undo")
        self.refuse = KeyButton(words.REFUSE, keys.REFUSE, icon="dismiss_circle")
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        self.go = KeyButton(words.TO_REVIEW, keys.TO_REVIEW, icon="document_text_filled", primary=True)
        top = row(self._reading(), scrolled(self._signing()), gap=Gap.LARGE)
        top.setStretch(0, 42)
        top.setStretch(1, 58)
        foot = row(self.back, self.again, self.refuse, None, self.go)
        whole = column(top, foot, margins=(Gap.LARGE,) * 4, owner=self)
        whole.setStretch(0, 1)
        self._connect()

    def enter(self, item: str = "", **_: Any) -> None:
        visit = self._desk.inspection
        self.crumbed.emit(visit.party.name)
        self._here = True
        if not rules.standing(visit, self._hash):
            self._desk.move(rules.finish(visit, self._desk.now))
        self.refresh()
        party = self._party_pages.currentIndex() == 0
        wanted = SignerRole(item) if item in set(SignerRole) else SignerRole.PARTY if party else SignerRole.OFFICER_A
        (self.boxes[wanted].pad if item else self.aloud).setFocus()

    def leave(self) -> None:
        self._here = False
        self._desk.flush()

    def refresh(self) -> None:
        """Show the words and who stands under them."""
        if self._desk.empty or not self._here:
            return
        visit, mark = self._desk.inspection, self._hash
        aloud = record.read_aloud(self._words)
        if self.aloud.toPlainText() != aloud:
            self.aloud.setPlainText(aloud)
        standing = {s.role for s in rules.standing(visit, mark)}
        signed = {s.role: s for s in visit.signatures}
        for role, box in self.boxes.items():
            box.name(self._title(role))
            ink = signed.get(role)
            box.show_signature(ink, role in standing, signature.objection(ink.strokes) if ink else "")
        self._void.setText(words.SIGNATURES_VOID if set(signed) - standing else "")
        self._void.setVisible(bool(set(signed) - standing))
        refusal = visit.refusal
        if refusal is not None:
            self._refused.setText(words.REFUSED_AT.format(at=local(refusal.noted_at)))
        self._refused.setVisible(refusal is not None)
        self.willing.setVisible(refusal is not None)
        if refusal is not None:
            self._party_pages.setCurrentIndex(1)

    @property
    def void(self) -> str:
        """What is said about signatures that no longer stand."""
        return self._void.text()

    @property
    def _words(self) -> record.RecordWords:
        return record.words(self._desk.inspection, self._desk.template)

    @property
    def _hash(self) -> str:
        return record.text_hash(self._words)

    def _person(self, role: SignerRole) -> str:
        visit = self._desk.inspection
        if role is SignerRole.PARTY:
            return visit.party.contact or visit.party.representative
        officers = dict(zip((SignerRole.OFFICER_A, SignerRole.OFFICER_B), visit.officers, strict=False))
        return officers[role].name if role in officers else ""

    def _title(self, role: SignerRole) -> str:
        if role is SignerRole.WITNESS:
            return words.WITNESS_OPTIONAL
        name = self._person(role)
        return words.PERSON_ROLE.format(role=role.label, name=name) if name else role.label

    def _signed(self, role: SignerRole) -> None:
        strokes = self.boxes[role].pad.strokes
        ink = Signature(role, self._person(role), strokes, self._desk.now, self._hash)
        if role is SignerRole.PARTY and self._desk.inspection.refusal is not None:
            return
        self._desk.settle(rules.sign(self._desk.inspection, ink))

    def _clear(self, role: SignerRole) -> None:
        self.boxes[role].pad.clear()
        self._desk.settle(rules.unsign(self._desk.inspection, role))

    def _clear_focused(self) -> None:
        for role, box in self.boxes.items():
            if box.isAncestorOf(self.focusWidget() or self):
                self._clear(role)

    def _ask_refusal(self) -> None:
        showing = self._party_pages.currentIndex() == 1
        self._party_pages.setCurrentIndex(0 if showing and self._desk.inspection.refusal is None else 1)
        refusal = self._desk.inspection.refusal
        if refusal is not None:
            self.reason.edit.setText(refusal.reason)
            self.witness.edit.setText(refusal.witness)
        self.reason.complain("")
        (self.reason if self._party_pages.currentIndex() == 1 else self.boxes[SignerRole.PARTY].pad).setFocus()

    def _note_refusal(self) -> None:
        reason = self.reason.value.strip()
        self.reason.complain("" if reason else words.REFUSAL_REASON)
        if reason:
            visit = self._desk.inspection
            self._desk.settle(rules.refuse(visit, reason, self.witness.value.strip(), self._desk.now))
            self.boxes[SignerRole.OFFICER_A].pad.setFocus()

    def _is_willing(self) -> None:
        self._party_pages.setCurrentIndex(0)
        self._desk.settle(replace(self._desk.inspection, refusal=None))

    def _reading(self) -> Card:
        card = Card(margins=(16, 12, 16, 14))
        card.box.addLayout(row(text(words.READ_ALOUD, "h2"), None))
        card.box.addWidget(self.aloud, 1)
        card.box.addLayout(row(self.read_on, None))
        return card

    def _signing(self) -> QWidget:
        side = QWidget()
        refusal = Card(margins=(16, 12, 16, 12))
        self._refused = text("", "vb", tone="warn")
        note = text(words.REFUSAL_NOTE, "sub", wrap=True)
        refusal.box.addLayout(
            column(self._refused, self.reason, self.witness, note, row(self.note, self.willing), None)
        )
        self._party_pages = stacked(self.boxes[SignerRole.PARTY], refusal)
        grid = QGridLayout()
        grid.setSpacing(Gap.MEDIUM)
        grid.addWidget(self._party_pages, 0, 0, 1, 2)
        grid.addWidget(self.boxes[SignerRole.OFFICER_A], 1, 0)
        grid.addWidget(self.boxes[SignerRole.OFFICER_B], 1, 1)
        grid.addWidget(self.boxes[SignerRole.WITNESS], 2, 0, 1, 2)
        for line, share in enumerate((3, 3, 2)):
            grid.setRowStretch(line, share)
        whole = column(self._void, grid, owner=side)
        whole.setStretch(1, 1)
        return side

    def _connect(self) -> None:
        for box in self.boxes.values():
            box.signed.connect(self._signed)
            box.cleared.connect(self._clear)
        bar = self.aloud.verticalScrollBar()
        self.read_on.clicked.connect(lambda: bar.setValue(bar.value() + bar.pageStep()))
        self.again.clicked.connect(self._clear_focused)
        self.refuse.clicked.connect(self._ask_refusal)
        self.note.clicked.connect(self._note_refusal)
        self.willing.clicked.connect(self._is_willing)
        self.back.clicked.connect(lambda: self.going.emit("inspect", {}))
        self.go.clicked.connect(lambda: self.going.emit("review", {}))
        self._desk.changed.connect(self.refresh)
