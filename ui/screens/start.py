"""到场登记: on which ground, with whom, by which checklist; the inspection begins here."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from cache.session import Checked, Session
from inspector import checklist, visit
from inspector.checklist import Template
from inspector.errors import NotReady, Problem
from inspector.freshness import china_day
from inspector.inspection import Basis, BasisKind, Inspection, Officer
from inspector.scenarios import PREFIX
from inspector.wire import Task
from ui import keys
from ui import visitwords as words
from ui.desk import Desk
from ui.problem import in_words
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.options import Line, Options
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text
from ui.work import run

MORE = "more"
"""Value of the line that unfolds the checklists of the scenarios."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from for this visit."""

    roster: tuple[Officer, ...]
    templates: dict[str, Template]
    task: Task | None


def gather(session: Session, checked: Checked) -> Offer:
    """Read from the store what the screen offers; off the UI thread."""
    code = checked.entity.code if checked.entity else checked.payload.code
    fitting = (t for t in session.tasks() if code and t.code == code and t.state == "open")
    return Offer(session.roster(), session.templates(), next(fitting, None))


class StartScreen(Screen):
    """Needs what was checked; goes on to ``notice`` with the new inspection on the desk."""

    name = "start"
    title = words.ARRIVAL

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._fits = ""
        self._unfolded = False
        self._checked: Checked | None = None
        self._offer = Offer((), {}, None)
        self._beginning = False
        self.kinds, self.officers, self.checklists = Options(columns=2), Options(), Options()
        self.number, self.notice = Field(words.BASIS_NUMBER), Field(words.NOTICE_NUMBER)
        self.no_notice = Field(words.NO_NOTICE_REASON)
        self.emergency, self.cap = Field(words.EMERGENCY_REASON), Field(words.CAP_REASON)
        self._task, self._own = text("", "sub", wrap=True, tone="brand"), text("", "k", wrap=True)
        self._objections = text("", "warning", wrap=True)
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        self.go = KeyButton(words.ARRIVE, keys.ARRIVE, icon="clipboard_task_filled", primary=True)
        ground, people = Card(), Card()
        fields = (self.number, self.notice, self.no_notice, self.emergency, self.cap)
        ground.box.addLayout(column(text(words.BASIS_KIND, "h2"), self._task, self.kinds, *fields, None))
        people.box.addLayout(
            column(
                text(words.SECOND_OFFICER, "h2"), self._own, self.officers,
                text(words.CHECKLIST, "h2"), self.checklists, None,
            )
        )  # fmt: skip
        page = QWidget()
        cards = row(ground, people, gap=Gap.LARGE, owner=page)
        for place in range(2):
            cards.setStretch(place, 1)
        foot = row(self.back, self._objections, self.go)
        foot.setStretch(1, 1)
        column(scrolled(page), foot, margins=(Gap.LARGE,) * 4, owner=self)
        self.back.clicked.connect(lambda: self.going.emit("scan", {}))
        self.go.clicked.connect(self._begin)
        self.checklists.chosen.connect(self._checklist_chosen)
        for options in (self.kinds, self.officers):
            options.chosen.connect(self._refresh)
        for field in fields:
            field.edit.textEdited.connect(self._refresh)

    def enter(self, checked: Checked | None = None, **_: Any) -> None:
        """Start afresh for what was checked."""
        assert checked is not None, "an inspection starts from a check"
        self._checked = checked
        self.crumbed.emit(checked.entity.licence.name if checked.entity else checked.payload.code)
        for field in (self.number, self.notice, self.no_notice, self.emergency, self.cap):
            field.edit.clear()
        self.kinds.value = BasisKind.PLAN
        self.officers.value = self.checklists.value = None
        self._unfolded = False
        self.cap.hide()
        self._say(words.LOADING)
        self.go.setEnabled(False)
        run(gather, self._desk.session, checked, done=self._offered, failed=self._failed)

    @property
    def basis(self) -> Basis:
        """The ground of the visit as it stands in the fields."""
        kind = self.kinds.value
        task = self._offer.task
        return Basis(
            kind=kind,
            number=self.number.value.strip(),
            task_id=task.task_id if task and kind == task.basis else "",
            notice_number=self.notice.value.strip(),
            no_notice_reason=self.no_notice.value.strip(),
            cap_reason=self.cap.value.strip(),
            emergency_reason=self.emergency.value.strip(),
        )

    @property
    def objections(self) -> str:
        """Why the visit may not begin yet."""
        return self._objections.text()

    def _offered(self, offer: Offer) -> None:
        assert self._checked is not None
        self._offer = offer
        if task := offer.task:
            self.kinds.value = BasisKind(task.basis)
            self.number.edit.setText(task.number)
            self.notice.edit.setText(task.notice_number)
        fits = checklist.suggest(offer.templates, self._checked.entity)
        if offer.task and offer.task.template in offer.templates:
            fits = offer.task.template
        self.checklists.value = fits
        self._fits = fits
        valid = [o for o in self._others() if visit.certificate_holds(o, self._today)]
        self.officers.value = valid[0].number if len(valid) == 1 else None
        self._refresh()
        first = self.officers if self.number.value else self.number
        first.setFocus()

    @property
    def _today(self) -> date:
        return china_day(self._desk.now)

    def _others(self) -> list[Officer]:
        return [o for o in self._offer.roster if o.number != self._desk.session.officer.number]

    def _second(self) -> Officer | None:
        return next((o for o in self._others() if o.number == self.officers.value), None)

    def _refresh(self) -> None:
        basis = self.basis
        urgent = basis.kind is BasisKind.EMERGENCY
        self.kinds.show_lines([Line(kind, kind.label) for kind in BasisKind], basis.kind)
        self.number.setVisible(not urgent)
        self.no_notice.setVisible(not basis.notice_number)
        self.emergency.setVisible(urgent)
        self.officers.show_lines([self._officer_line(o, urgent) for o in self._others()], self.officers.value)
        self.checklists.show_lines(self._checklist_lines(), self.checklists.value)
        own = self._desk.session.officer
        self._own.setText(words.FIRST_OFFICER.format(name=own.name, certificate=own.certificate, until=own.valid_until))
        self._task.setText(words.FROM_TASK.format(title=self._offer.task.title) if self._offer.task else "")
        self._task.setVisible(self._offer.task is not None)
        entity = self._checked.entity if self._checked else None
        capped = visit.cap_objection(entity, basis, 0)
        if capped:
            self.cap.show()
        second = self._second()
        officers = (own, second) if second else (own,)
        objections = visit.objections(officers, basis, self._today) + ([capped] if capped else [])
        self._say("；".join(objections))
        self.go.setEnabled(not objections and second is not None and not self._beginning)

    def _officer_line(self, officer: Officer, urgent: bool) -> Line:
        holds = visit.certificate_holds(officer, self._today)
        facts = {"certificate": officer.certificate, "until": officer.valid_until}
        note = words.CERTIFICATE.format(**facts)
        if not holds:
            note = (words.CERTIFICATE_OVER if officer.certificate else words.CERTIFICATE_MISSING).format(**facts)
        return Line(officer.number, officer.name, note, refused=not holds and not urgent)

    def _checklist_lines(self) -> list[Line]:
        """Trades first; the scenarios of the circular are many and come when they are asked for."""
        folded = {
            t.id: t
            for t in self._offer.templates.values()
            if t.id.startswith(PREFIX) and t.id not in (self._fits, self.checklists.value) and not self._unfolded
        }
        lines = [self._checklist_line(t) for t in self._offer.templates.values() if t.id not in folded]
        if folded:
            lines.append(Line(MORE, words.MORE_CHECKLISTS, words.MORE_CHECKLISTS_NOTE.format(count=len(folded))))
        return lines

    def _checklist_chosen(self, chosen: str) -> None:
        if chosen == MORE:
            self._unfolded = True
            self.checklists.value = self._fits
        self._refresh()

    def _checklist_line(self, template: Template) -> Line:
        note = words.CHECKLIST_FITS if template.id == self._fits else words.CHECKLIST_ITEMS
        return Line(template.id, template.title, note.format(count=len(template.items())))

    def _begin(self) -> None:
        second = self._second()
        assert self._checked is not None
        assert second is not None
        self._beginning = True
        self.go.setEnabled(False)
        args = self._checked, self.checklists.value, self.basis, second
        run(_begin, self._desk.session, *args, done=self._begun, failed=self._failed)

    def _begun(self, result: tuple[Inspection, Template]) -> None:
        self._beginning = False
        self._desk.flush(partial(self._go_on, *result))

    def _go_on(self, begun: Inspection, template: Template) -> None:
        self._desk.open(begun, template)
        self.going.emit("notice", {})

    def _failed(self, problem: Problem) -> None:
        self._beginning = False
        if isinstance(problem, NotReady):
            self.cap.show()
        self.go.setEnabled(self._second() is not None)
        self._say(in_words(problem))

    def _say(self, sentence: str) -> None:
        self._objections.setText(sentence)


def _begin(
    session: Session, checked: Checked, template: str, basis: Basis, second: Officer
) -> tuple[Inspection, Template]:
    begun = session.begin(checked, template, basis, second)
    return begun, session.template(begun.template)
