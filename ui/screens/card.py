"""主体卡: everything that the register holds of one entity, by sections, each with its source and day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from cache.session import Checked, RecordSummary, Session
from inspector import divisions, freshness
from inspector.entity import CreditKind, CreditRecord, Entity, Permit
from inspector.freshness import china_day
from inspector.provenance import PERMIT, WholeLists, as_of
from ui import cardwords as words
from ui import keys
from ui.localtime import local
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import Part, column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.entitycard import STATE_TONES
from ui.widgets.facts import permit_chip
from ui.widgets.keybutton import KeyButton
from ui.widgets.line import LineButton
from ui.widgets.origins import origins_grid
from ui.widgets.recordline import TONES
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text
from ui.work import run

_SECTION_TONES = {CreditKind.SERIOUS: "bad", CreditKind.ABNORMAL: "warn", CreditKind.CORRECTION: "warn"}
"""Tone of a section's count when there is something in it; the others are facts without a colour."""
Fact = tuple[str, str]


class CardScreen(Screen):
    """Needs what was checked; goes back to where it came from, or to an earlier record."""

    name = "card"
    title = words.TITLE

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.checked: Checked | None = None
        self.records: list[LineButton] = []
        self._licence, self._sections = column(gap=Gap.MEDIUM), column(gap=Gap.MEDIUM)
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        sides: list[QWidget] = []
        for side in (self._licence, self._sections):
            page = QWidget()
            column(side, None, owner=page)
            sides.append(scrolled(page))
        both = row(*sides, gap=Gap.LARGE)
        both.setStretch(0, 42)
        both.setStretch(1, 58)
        whole = column(both, row(self.back, None), margins=(Gap.LARGE, 12, Gap.LARGE, 12), owner=self)
        whole.setStretch(0, 1)
        self.back.clicked.connect(lambda: self.going.emit("scan", {}))

    def enter(self, checked: Checked | None = None, **_: Any) -> None:
        """Show the entity of a check."""
        if checked is not None:
            self.checked = checked
            run(self._session.viewed, checked, failed=self.troubled.emit)
        self.setFocus()
        if self.checked is None or self.checked.entity is None:
            self.going.emit("scan", {})
            return
        entity, today = self.checked.entity, china_day(self.checked.verdict.checked_at)
        self.crumbed.emit(entity.licence.name)
        self._show_licence(entity, today, self.checked.whole_lists)
        self._show_sections(entity, today, self.checked.whole_lists)
        run(self._session.records, entity.code, done=self._show_records)

    def _show_licence(self, entity: Entity, today: date, whole_lists: WholeLists) -> None:
        empty(self._licence)
        licence = entity.licence
        card = Card()
        state = Chip(licence.state.label, STATE_TONES.get(licence.state, "bad"))
        card.box.addLayout(row(text(licence.name, "name", wrap=True), None))
        card.box.addLayout(row(Chip(entity.subject.label, "brand"), state, None))
        card.box.addLayout(_facts(licence_facts(entity)))
        self._licence.addWidget(card)
        self._licence.addWidget(_titled(words.SOURCES, "", origins_grid(entity, whole_lists, today)))
        if entity.risk:
            risk = _titled(words.RISK, entity.risk, text(words.RISK_NOTE, "sub", wrap=True))
            self._licence.addWidget(risk)

    def _show_sections(self, entity: Entity, today: date, whole_lists: WholeLists) -> None:
        empty(self._sections)
        permits = [_entry(p.kind, Chip(*permit_chip(p, today)), permit_facts(p, whole_lists)) for p in entity.permits]
        self._sections.addWidget(_titled(words.PERMITS, _count(permits), *(permits or [_none()])))
        for kind in CreditKind:
            records = current_records(entity, kind, today)
            entries = [_entry(r.title, None, record_facts(r, whole_lists), r.detail) for r in records]
            note = [text(words.DECLARED_NOTE, "sub", wrap=True)] if kind is CreditKind.SELF_DECLARED and entries else []
            tone = _SECTION_TONES.get(kind, "") if entries else ""
            section = _titled(kind.label, _count(entries), *note, *(entries or [_none()]), tone=tone)
            self._sections.addWidget(section)
        cap = words.NO_CAP if entity.inspection_cap is None else words.COUNT.format(count=entity.inspection_cap)
        visits = ((words.VISITS, words.COUNT.format(count=entity.inspections_this_year)), (words.CAP, cap))
        self._visits = column(gap=Gap.SMALL)
        self._sections.addWidget(_titled(words.INSPECTIONS, "", _facts(visits), self._visits))

    def _show_records(self, found: Sequence[RecordSummary]) -> None:
        empty(self._visits)
        self.records = []
        mine = [r for r in found if self.checked and self.checked.entity and r.code == self.checked.entity.code]
        for record in mine:
            line = LineButton(record.document_number, f"{local(record.sealed_at):%Y-%m-%d %H:%M}", record.state.label)
            line.setProperty("tone", TONES[record.state])
            line.clicked.connect(lambda _=False, at=record.event_id: self.going.emit("history", {"event_id": at}))
            self._visits.addWidget(line)
            self.records.append(line)
        if not mine:
            self._visits.addWidget(text(words.NO_RECORDS, "sub", wrap=True))


def licence_facts(entity: Entity) -> list[Fact]:
    """The licence's own fields (市场主体登记管理条例实施细则 art. 23), and where the entity belongs."""
    licence = entity.licence
    state = licence.state.label + (f"（{licence.state_since:%Y-%m-%d}）" if licence.state_since else "")
    facts = [
        (words.CODE, entity.code),
        (words.REGISTRATION_NUMBER, entity.registration_number),
        (words.REPRESENTATIVE, licence.representative),
        (words.KIND, "　".join(filter(None, (licence.kind, licence.composition)))),
        (words.CAPITAL, licence.capital),
        (words.ESTABLISHED, _day(licence.established)),
        (words.STATE, state),
        (words.SUSPENDED, _day(licence.suspended_until)),
        (words.PREMISES, licence.premises),
        (words.SCOPE, licence.scope),
        (words.AUTHORITY, licence.authority),
        (words.FORMER_NAME, licence.former_name),
        (words.DIVISION, divisions.division_name(entity.division) if entity.division else ""),
        (words.OFFICE, "　".join(filter(None, (divisions.area_name(entity.area), entity.office, entity.grid)))),
        (words.INTEGRITY_CODE, words.HAS_CODE if entity.has_integrity_code else words.NO_CODE),
    ]
    return [(label, value) for label, value in facts if value]


def current_records(entity: Entity, kind: CreditKind, today: date) -> list[CreditRecord]:
    """What may be shown of one section, the newest first."""
    found = [r for r in entity.credit if r.kind is kind and freshness.is_current(r, today)]
    return sorted(found, key=lambda r: r.source_date, reverse=True)


def permit_facts(permit: Permit, whole_lists: WholeLists) -> list[Fact]:
    ends = permit.valid_to is None or permit.valid_to >= freshness.NO_END
    until = words.NO_END if ends else _day(permit.valid_to)
    period = words.PERIOD.format(start=_day(permit.valid_from), end=until) if permit.valid_from else until
    facts = [
        (words.NUMBER, permit.number),
        (words.PERIOD_LABEL, period),
        (words.PERMIT_STATE, permit.state),
        (words.ISSUED_BY, permit.authority),
        (words.ISSUED, _day(permit.issued)),
        (words.PERMITTED, permit.scope),
        (words.SOURCE, _source(permit.source, as_of(PERMIT, permit, whole_lists))),
    ]
    return [(label, value) for label, value in facts if value]


def record_facts(record: CreditRecord, whole_lists: WholeLists) -> list[Fact]:
    facts = [
        (words.NUMBER, record.number),
        (words.DECIDED_BY, record.authority),
        (words.DECIDED, _day(record.source_date)),
        (words.DUE, _day(record.due)),
        (words.SHOWN_UNTIL, _day(record.publish_until)),
        (words.SOURCE, _source(record.source, as_of(record.kind.value, record, whole_lists))),
    ]
    return [(label, value) for label, value in facts if value]


def _source(source: str, day: date | None) -> str:
    return words.SOURCE_AS_OF.format(source=source, day=day) if day else source


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _count(entries: Sequence[object]) -> str:
    return words.COUNT.format(count=len(entries)) if entries else ""


def _none() -> QWidget:
    return text(words.NONE, "sub")


def _facts(facts: Iterable[Fact]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(Gap.LARGE)
    grid.setVerticalSpacing(Gap.HAIR)
    for line, (label, value) in enumerate(facts):
        grid.addWidget(text(label, "k"), line, 0)
        grid.addWidget(text(value, "v", wrap=True), line, 1)
    grid.setColumnStretch(1, 1)
    return grid


def _entry(title: str, chip: QWidget | None, facts: Iterable[Fact], detail: str = "") -> QWidget:
    entry = QWidget()
    head = row(text(title, "vb", wrap=True), chip) if chip else row(text(title, "vb", wrap=True))
    head.setStretch(0, 1)
    parts: list[Part] = [head]
    if detail:
        parts.append(text(detail, "v", wrap=True))
    column(*parts, _facts(facts), gap=Gap.HAIR, margins=(0, Gap.SMALL, 0, Gap.SMALL), owner=entry)
    return entry


def _titled(title: str, count: str, *parts: Part, tone: str = "") -> Card:
    card = Card(gap=Gap.SMALL)
    head = row(text(title, "h2"), None)
    if count:
        head.addWidget(Chip(count, tone or "unk"))
    card.box.addLayout(head)
    card.box.addLayout(column(*parts, gap=Gap.SMALL))
    return card
