"""The right half of the check: the verdict with its grounds, or what to do while there is none."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from cache.session import Checked, Hit
from inspector.freshness import china_day
from ui import words
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.emptystate import EmptyState
from ui.widgets.entitycard import EntityCard
from ui.widgets.facts import CreditCard, PermitsCard
from ui.widgets.icon import Icon
from ui.widgets.line import LineButton
from ui.widgets.reasons import ReasonsCard
from ui.widgets.scrolled import scrolled
from ui.widgets.text import text
from ui.widgets.verdict import VerdictBanner

_FACTS_HEIGHT = 150
"""Pixels that permits and credit keep on a small screen; what is above them scrolls."""


class VerdictPage(QWidget):
    """Banner, what to do, who it is, permits and credit; for an unknown entity three steps in place of the last."""

    def __init__(self) -> None:
        super().__init__()
        self.banner, self.reasons, self.entity = VerdictBanner(), ReasonsCard(), EntityCard()
        self.permits, self.credit = PermitsCard(), CreditCard()
        self._known = QWidget()
        both = row(self.permits, self.credit, owner=self._known)
        both.setStretch(0, 56)
        both.setStretch(1, 44)
        self._known.setMinimumHeight(_FACTS_HEIGHT)
        self._steps = _next_steps()
        grounds = QWidget()
        box = column(self.reasons, self.entity, owner=grounds)
        box.addWidget(self._known, 1)
        box.addWidget(self._steps, 1)
        column(self.banner, scrolled(grounds), owner=self).setStretch(1, 1)

    def show_checked(self, checked: Checked, answered: bool | None) -> None:
        self.banner.show_verdict(checked.verdict)
        self.reasons.show_reasons(checked.verdict.reasons)
        self.entity.show_checked(checked, answered)
        entity = checked.entity
        if entity is not None:
            today = china_day(checked.verdict.checked_at)
            self.permits.show_permits(entity.permits, today)
            self.credit.show_credit(entity, today)
        self._known.setVisible(entity is not None)
        self._steps.setVisible(entity is None)


class ChoicePage(Card):
    """Several codes, or several entities: the officer picks. ``picked`` with the number of the line."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__(margins=(20, 16, 20, 16))
        self._title = text("", "h2", wrap=True)
        self.box.addWidget(self._title)
        self._lines = column(gap=Gap.SMALL)
        self.box.addLayout(self._lines)
        self.box.addStretch(1)
        self.buttons: list[LineButton] = []

    def show_choices(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """Each choice is what it is and a note."""
        self._title.setText(title)
        empty(self._lines)
        self.buttons = []
        for number, (what, note) in enumerate(choices):
            button = LineButton(what, "", note, Icon("chevron_right", "brand"))
            button.clicked.connect(lambda _=False, n=number: self.picked.emit(n))
            self._lines.addWidget(button)
            self.buttons.append(button)

    def show_hits(self, hits: Sequence[Hit], why: str = "") -> None:
        """``why``: what made the choice necessary, as a sentence."""
        self.show_choices(why + words.CHOOSE_ENTITY, [(h.name, f"{h.code}　{h.state}　{h.premises}") for h in hits])


class ResultPane(QStackedWidget):
    """One of: ready, checking, choice, verdict, light."""

    def __init__(self) -> None:
        super().__init__()
        self.ready, self.choice, self.verdict = Card(), ChoicePage(), VerdictPage()
        self._empty = EmptyState("scan_dash", words.READY_TO_SCAN, words.READY_TO_SCAN_HINT)
        self.ready.box.addWidget(self._empty)
        self.light = QFrame()
        self.light.setObjectName("light")
        hint = text(words.LIGHT_HINT, "k")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column(None, hint, owner=self.light, margins=(Gap.HUGE,) * 4)
        for page in (self.ready, self.choice, self.verdict, self.light):
            self.addWidget(page)

    def show_ready(self) -> None:
        self._empty.say(words.READY_TO_SCAN, words.READY_TO_SCAN_HINT)
        self.setCurrentWidget(self.ready)

    def show_checking(self) -> None:
        self._empty.say(words.CHECKING)
        self.setCurrentWidget(self.ready)

    def show_verdict(self, checked: Checked, answered: bool | None) -> None:
        self.verdict.show_checked(checked, answered)
        self.setCurrentWidget(self.verdict)

    def show_light(self, on: bool) -> None:
        self.setCurrentWidget(self.light if on else self.ready)


def _next_steps() -> Card:
    card = Card(margins=(20, 14, 20, 10), gap=Gap.SMALL)
    card.box.addWidget(text(words.NEXT_STEPS, "h2"))
    for number, (icon, title, advice) in enumerate(words.STEPS):
        frame = QFrame()
        frame.setObjectName("row")
        frame.setProperty("first", number == 0)
        both = column(None, text(title, "h2"), text(advice, "k"), None, gap=Gap.HAIR)
        row(Icon(icon, "brand", 34), both, None, gap=18, margins=(4, 4, 0, 4), owner=frame)
        card.box.addWidget(frame, 1)
    return card
