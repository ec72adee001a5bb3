"""检查: the items of the checklist one after the other, each answered with one key and saved at once."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector import inspection as rules
from inspector import outcomes
from inspector.checklist import Item, Section, sections
from inspector.completeness import Missing, missing, outcome_objections
from inspector.errors import Problem
from inspector.inspection import Inspection, ItemFinding, Photo
from ui import keys
from ui import visitwords as words
from ui.desk import Desk
from ui.localtime import local
from ui.pictures import PictureBox
from ui.problem import in_words
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.itempanel import ItemPanel
from ui.widgets.itemrow import ItemRow
from ui.widgets.keybutton import KeyButton, KeyCap
from ui.widgets.outcomelist import OutcomeList
from ui.widgets.scrolled import scrolled, stacked
from ui.widgets.sectionlist import Place, SectionList
from ui.widgets.text import text

NOTICE, RESULT, SIGN = "notice", "result", "sign"
"""Places that are no sections of the checklist. ``RESULT``: what is written and decided after the last item."""
LEFT, MIDDLE, RIGHT = 18, 56, 26
"""Shares of the width."""


class InspectScreen(Screen):
    """Sections, items, evidence. Without an inspection on the desk it says where to start one."""

    name = "inspect"
    title = words.INSPECTING

    def __init__(self, desk: Desk, pictures: PictureBox) -> None:
        super().__init__()
        self.desk = desk
        self.current = ""
        self._event = ""
        self._sections: tuple[Section, ...] = ()
        self.rows: dict[str, ItemRow] = {}
        self._pictures = pictures
        self.places = SectionList()
        self.places.picked.connect(self.go_to_place)
        self.outcomes = OutcomeList()
        self.outcomes.toggled.connect(self._toggle_outcome)
        self.outcomes.measured.connect(lambda measures: self._type("measures", measures))
        self.panel = ItemPanel()
        self.panel.noted.connect(self._note)
        self.panel.kept.connect(lambda reason: self._type("lint_reason", reason))
        self.panel.photo.clicked.connect(lambda: self.going.emit("evidence", {"item": self.current}))
        page = QWidget()
        parts = row(self.places, self._middle(), self.panel, gap=Gap.LARGE, margins=(Gap.LARGE,) * 4, owner=page)
        for place, share in enumerate((LEFT, MIDDLE, RIGHT)):
            parts.setStretch(place, share)
        self._pages = stacked(EmptyState("clipboard_task", words.NO_INSPECTION, words.NO_INSPECTION_HINT), page)
        column(self._pages, owner=self)
        self._bind(page)
        desk.changed.connect(self.refresh)
        desk.saved.connect(self._show_saved)
        desk.failed.connect(self._show_unsaved)
        pictures.loaded.connect(self.refresh)

    def enter(self, item: str = "", event_id: str = "", **_: Any) -> None:
        """Come here: to an item, or to where the officer stood before a pause or a crash.

        ``event_id`` is a draft of the store to be put on the desk first.
        """
        if event_id and (self.desk.empty or self.desk.inspection.event_id != event_id):
            self.desk.resume(event_id, self.enter, self.troubled.emit)
            return
        self._pages.setCurrentIndex(0 if self.desk.empty else 1)
        if self.desk.empty:
            return
        visit = self.desk.inspection
        if self._event != visit.event_id:
            self._event, self.current, self.rows = visit.event_id, "", {}
            self._sections = sections(self.desk.template, visit.added)
        self.crumbed.emit(f"{visit.party.name} · {self.desk.template.title}")
        known = self._items()
        wanted = item or visit.current_item
        self.go_to(wanted if wanted == RESULT or wanted in known else next(iter(known)))
        self._scroll.setFocus()

    def leave(self) -> None:
        self.desk.flush()

    def go_to(self, item: str) -> None:
        """Stand at an item, or at ``RESULT``."""
        self.current = item
        self._build_rows()
        self.desk.move(replace(self.desk.inspection, current_item=item))
        self.refresh()
        if item in self.rows:
            self._scroll.ensureWidgetVisible(self.rows[item])

    def go_to_place(self, key: str) -> None:
        """Go to a line of the list on the left."""
        if key in (NOTICE, SIGN):
            self.going.emit(key, {})
        elif key == RESULT:
            self.go_to(RESULT)
        else:
            items = self._sections[int(key)].items
            self.go_to(next((i for i in items if not self._told(i)), items[0]).id)

    def step(self, by: int) -> None:
        """The next or previous item; after the last comes ``RESULT``, then the signatures."""
        order = [*self._items(), RESULT]
        place = order.index(self.current) + by
        if place < len(order):
            self.go_to(order[max(0, place)])
        else:
            self.going.emit(SIGN, {})

    def answer(self, item: str, finding: ItemFinding) -> None:
        """Answer an item; the same answer again takes it back to 未检查."""
        if item not in self._items():
            return
        if rules.answer_to(self.desk.inspection, item).finding is finding:
            finding = ItemFinding.NOT_CHECKED
        self.desk.change(rules.answer(self.desk.inspection, item, finding))
        if item != self.current:
            self.go_to(item)

    def undo(self) -> None:
        """Take the last step back and show where it was."""
        self.desk.undo()
        where = self.desk.inspection.current_item
        if where and where != self.current:
            self.go_to(where)

    def refresh(self) -> None:
        """Show the inspection as it stands."""
        if self.desk.empty or not self.current or self.desk.inspection.event_id != self._event:
            return
        visit = self.desk.inspection
        self._show_places(visit)
        for key, item_row in self.rows.items():
            item_row.show_answer(rules.answer_to(visit, key), key == self.current)
        self._undo.setEnabled(self.desk.can_undo)
        if self.current == RESULT:
            self.panel.show_situation(visit.situation, visit.lint_reason)
            self.outcomes.show_outcomes(visit.outcomes, visit.measures, outcome_objections(visit, self.desk.template))
        else:
            self._show_item(visit, self._items()[self.current])
        self._next.show_words(words.TO_SIGN if self.current == RESULT else words.NEXT_ITEM)

    def _show_saved(self, at: datetime) -> None:
        self.places.show_saved(words.AUTOSAVED.format(at=local(at)))

    def _show_unsaved(self, problem: Problem) -> None:
        self.places.show_saved(words.NOT_SAVED.format(problem=in_words(problem)), "bad")

    def _show_item(self, visit: Inspection, item: Item) -> None:
        answer = rules.answer_to(visit, item.id)
        self.panel.show_item(item, answer, visit.lint_reason)
        photos = {photo.sha256: photo for photo in visit.photos}
        shown = [photos[sha256] for sha256 in answer.photos if sha256 in photos]
        self.panel.show_pictures([self._picture(photo) for photo in shown])

    def _picture(self, photo: Photo) -> tuple[str, str, QImage | None]:
        at = local(photo.taken_at)
        name = words.PHOTO_NAME.format(at=at, mark=photo.sha256[:8])
        return name, f"{at:%H:%M:%S}", self._pictures.get(photo.sha256)

    def _answer_current(self, finding: ItemFinding) -> None:
        self.answer(self.current, finding)

    def _items(self) -> dict[str, Item]:
        return {item.id: item for section in self._sections for item in section.items}

    def _section(self) -> int:
        """Number of the section of the item at hand; -1 at ``RESULT``."""
        here = (n for n, s in enumerate(self._sections) if self.current in {i.id for i in s.items})
        return next(here, -1)

    def _told(self, item: Item) -> bool:
        return rules.answer_to(self.desk.inspection, item.id).finding is not ItemFinding.NOT_CHECKED

    def _missing(self, screen: str) -> list[Missing]:
        found = missing(self.desk.inspection, self.desk.template, self.desk.now)
        return [m for m in found if m.screen == screen]

    def _note(self, note: str) -> None:
        if self.current == RESULT:
            self._type("situation", note)
        else:
            self.desk.change(rules.note(self.desk.inspection, self.current, note), f"note {self.current}")

    def _type(self, field: str, value: str) -> None:
        changed: dict[str, Any] = {field: value}
        self.desk.change(replace(self.desk.inspection, **changed), field)

    def _toggle_outcome(self, key: str) -> None:
        visit = self.desk.inspection
        self.desk.change(replace(visit, outcomes=outcomes.toggle(visit.outcomes, key)))

    def _show_places(self, visit: Inspection) -> None:
        told = not self._missing("start")
        places = [Place(NOTICE, words.NOTICE_PLACE, words.OPEN, told, False)]
        for number, section in enumerate(self._sections):
            findings = [rules.answer_to(visit, item.id).finding for item in section.items]
            done = sum(finding is not ItemFinding.NOT_CHECKED for finding in findings)
            bare = all(finding is ItemFinding.NOT_APPLICABLE for finding in findings)
            state = ItemFinding.NOT_APPLICABLE.label if bare else f"{done} / {len(findings)}"
            title = f"{section.items[0].id.partition('.')[0]}　{section.title}"
            places.append(
                Place(str(number), title, state, done == len(findings) and not bare, number == self._section())
            )
        decided = not outcome_objections(visit, self.desk.template)
        places.append(Place(RESULT, words.RESULT_PLACE, words.OPEN, decided, self.current == RESULT))
        places.append(Place(SIGN, words.SIGN_PLACE, words.NOT_STARTED, False, False))
        self.places.show_places(places, *rules.progress(visit, self.desk.template))
        number = self._section()
        here = self._sections[number] if number >= 0 else None
        self._title.setText(f"{here.items[0].id.partition('.')[0]}　{here.title}" if here else words.RESULT_PLACE)
        bad = {item.id for item in rules.violations(visit, self.desk.template)} & set(self.rows)
        self._bad.show_text(words.BAD_ITEMS.format(count=len(bad)) if bad else "", "bad")

    def _build_rows(self) -> None:
        """Show the section of the item at hand; rows that are already there stay."""
        number = self._section()
        self._middle_pages.setCurrentIndex(0 if number >= 0 else 1)
        if number < 0 or self.current in self.rows:
            return
        rows = [ItemRow(item) for item in self._sections[number].items]
        for item_row in rows:
            item_row.picked.connect(self.go_to)
            item_row.answered.connect(self.answer)
        self.rows = {item_row.item.id: item_row for item_row in rows}
        page = QWidget()
        lines = column(*rows, gap=Gap.NONE, owner=page)
        for place in range(len(rows)):
            lines.setStretch(place, 1)
        self._scroll.setWidget(page)

    def _middle(self) -> QVBoxLayout:
        self._title, self._bad = text("", "h2"), Chip("", "bad")
        self._scroll = scrolled()
        self._middle_pages = stacked(self._scroll, scrolled(self.outcomes))
        card = Card(margins=(8, 10, 8, 6), gap=Gap.SMALL)
        hints = [part for key, finding in keys.ANSWERS.items() for part in (KeyCap(key), text(finding.label, "sub"))]
        head = row(self._title, self._bad, None, row(*hints, gap=Gap.SMALL), margins=(Gap.MEDIUM, 0, Gap.MEDIUM, 0))
        card.box.addLayout(head)
        card.box.addWidget(self._middle_pages, 1)
        self._undo = KeyButton(words.UNDO, keys.UNDO, icon="arrow_undo")
        self._back = KeyButton(words.PREVIOUS_ITEM, keys.PREVIOUS, icon="arrow_up_filled")
        self._next = KeyButton(words.NEXT_ITEM, keys.NEXT, icon="arrow_down_filled", primary=True)
        self._undo.clicked.connect(self.undo)
        self._back.clicked.connect(lambda: self.step(-1))
        self._next.clicked.connect(lambda: self.step(1))
        middle = column(card, row(self._undo, self._back, None, self._next))
        middle.setStretch(0, 1)
        return middle

    def _bind(self, page: QWidget) -> None:
        """Keys work while the page is shown, not while there is no inspection."""
        for key, finding in keys.ANSWERS.items():
            keys.bind(key, page, partial(self._answer_current, finding))
        keys.bind(keys.NOTE, page, self.panel.note.setFocus)
        keys.bind(keys.LEAVE_NOTE, page, self._scroll.setFocus)
        keys.bind(keys.TO_SIGN, page, lambda: self.going.emit(SIGN, {}))
