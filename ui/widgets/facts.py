"""Permits with the days they have left, and the credit record by sections, beside each other."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from inspector import freshness
from inspector.entity import CreditKind, CreditRecord, Entity, Permit
from inspector.freshness import CHINA
from ui import words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.scrolled import scrolled
from ui.widgets.text import Elided, text

WARNING_DAYS = 30
_RISK_TONES = {"A": "ok", "B": "ok", "C": "warn", "D": "bad"}
_LISTS = {CreditKind.ABNORMAL: "warn", CreditKind.SERIOUS: "bad"}
"""Sections that say since when one is listed; the others say how many records there are."""
_COUNTED = {CreditKind.PENALTY: "warn", CreditKind.CORRECTION: "warn"}
_PLAIN = (CreditKind.JUDGMENT, CreditKind.COMMITMENT, CreditKind.EVALUATION, CreditKind.HONOUR)


def permit_chip(permit: Permit, today: date) -> tuple[str, str]:
    """What stands at the right of a permit, and its tone."""
    left = freshness.days_left(permit, today)
    if left is not None and left < 0:
        return words.DAYS_OVER.format(days=-left), "bad"
    if not freshness.holds(permit, today):
        return permit.state, "bad"
    if left is None:
        return words.NO_END, "ok"
    if left == 0:
        return words.LAST_DAY, "warn"
    return words.DAYS_LEFT.format(days=left), "warn" if left <= WARNING_DAYS else "ok"


def credit_lines(entity: Entity, today: date) -> list[tuple[str, str, str]]:
    """Section, what it says, tone: the lists and penalties always, the others when there is something."""
    current = [r for r in entity.credit if freshness.is_current(r, today)]

    def of(kind: CreditKind) -> list[CreditRecord]:
        return sorted((r for r in current if r.kind is kind), key=lambda r: r.source_date, reverse=True)

    lines = []
    for kind, tone in _LISTS.items():
        found = of(kind)
        words_ = words.LISTED.format(at=found[0].source_date) if found else words.NOT_LISTED
        lines.append((kind.label, words_, tone if found else ""))
    for kind, tone in _COUNTED.items():
        found = of(kind)
        lines.append((kind.label, _count(found) if found else words.NONE_RECORDED, tone if found else ""))
    lines += [(kind.label, _count(of(kind)), "") for kind in _PLAIN if of(kind)]
    if declared := of(CreditKind.SELF_DECLARED):
        lines.append((CreditKind.SELF_DECLARED.label, words.SELF_DECLARED.format(count=len(declared)), "unk"))
    cap = entity.inspection_cap
    form = words.VISITS_COUNT if cap is None else words.VISITS_CAP
    reached = cap is not None and entity.inspections_this_year >= cap
    lines.append((words.VISITS, form.format(count=entity.inspections_this_year, cap=cap), "warn" if reached else ""))
    return lines


def _count(records: Sequence[CreditRecord]) -> str:
    return words.COUNT.format(count=len(records))


ROOM = 3
"""Permits that the card has room for without scrolling: fewer leave the rest empty."""


class PermitsCard(Card):
    def __init__(self) -> None:
        super().__init__(margins=(20, 10, 20, 4), gap=Gap.NONE)
        self._count = text("", "sub")
        self.box.addLayout(row(text(words.PERMITS, "h2"), None, self._count))
        page = QWidget()
        self._rows = column(gap=Gap.NONE, owner=page)
        self.box.addWidget(scrolled(page), 1)

    def show_permits(self, permits: Sequence[Permit], today: date) -> None:
        empty(self._rows)
        self._count.setText(words.ITEMS.format(count=len(permits)) if permits else "")
        for number, permit in enumerate(permits):
            until = f"{permit.valid_to:%Y-%m-%d}" if freshness.days_left(permit, today) is not None else words.NO_END
            names = column(
                None,
                Elided(permit.kind, "vb"),
                Elided(words.PERMIT_LINE.format(number=permit.number, until=until), "sub"),
                None,
                gap=1,
            )
            self._rows.addWidget(_row(number == 0, names, Chip(*permit_chip(permit, today))), 1)
        if 0 < len(permits) < ROOM:
            self._rows.addStretch(ROOM - len(permits))
        if not permits:
            self._rows.addWidget(EmptyState("document_text", words.NO_PERMITS, words.NO_PERMITS_HINT))


class CreditCard(Card):
    """The risk class is for officers; it stands only here."""

    def __init__(self) -> None:
        super().__init__(margins=(20, 8, 20, 4), gap=Gap.NONE)
        self._title, self._hint, self._grade = text("", "h2"), text("", "sub"), text("", "grade")
        titles = column(self._title, self._hint, gap=0)
        self.box.addLayout(row(titles, None, self._grade))
        page = QWidget()
        self._rows = column(gap=Gap.NONE, owner=page)
        self.box.addWidget(scrolled(page), 1)

    def show_credit(self, entity: Entity, today: date) -> None:
        graded = entity.risk in _RISK_TONES
        self._title.setText(words.RISK if graded else words.CREDIT)
        as_of = words.CREDIT_AS_OF.format(at=entity.as_of.astimezone(CHINA)) if entity.as_of else ""
        self._hint.setText(words.RISK_HINT if graded else as_of)
        self._grade.setVisible(graded)
        self._grade.setText(entity.risk)
        self._grade.setProperty("tone", _RISK_TONES.get(entity.risk, ""))
        restyle(self._grade)
        self._grade.setAccessibleName(f"{words.RISK} {entity.risk}")
        empty(self._rows)
        for number, (section, says, tone) in enumerate(credit_lines(entity, today)):
            value = text(says, "vb", tone=tone)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._rows.addWidget(_row(number == 0 and not graded, Elided(section, "k"), value), 1)


def _row(first: bool, left: QWidget | object, right: QWidget) -> QFrame:
    frame = QFrame()
    frame.setObjectName("row")
    frame.setProperty("first", first)
    box = row(left, right, margins=(0, 4, 0, 4), owner=frame)  # type: ignore[arg-type]
    box.setStretch(0, 1)
    return frame
