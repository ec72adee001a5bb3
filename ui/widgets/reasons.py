"""What the banner has no room for: what to do about its reason, and the other reasons."""

from collections.abc import Sequence

from inspector.verdict import Colour, Reason
from ui import words
from ui.theme import Gap
from ui.widgets.badge import Badge
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.icon import Icon
from ui.widgets.text import Elided, text

MOST = 3


class ReasonsCard(Card):
    """Hidden while there is nothing to add."""

    def __init__(self) -> None:
        super().__init__(margins=(20, 6, 20, 6), gap=Gap.NONE)
        self._lines = column(gap=Gap.HAIR)
        self.box.addLayout(self._lines)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        empty(self._lines)
        advice = reasons[0].advice if reasons else ""
        others = [r for r in reasons[1:] if r.colour is not Colour.PASS]
        if advice:
            line = row(Icon("arrow_right", "brand", 20), Elided(advice, "vb"), gap=Gap.MEDIUM)
            line.setStretch(1, 1)
            self._lines.addLayout(line)
        for reason in others[:MOST]:
            line = row(Badge(reason.colour, 20), Elided(f"{reason.text}{reason.advice}"), gap=Gap.MEDIUM)
            line.setStretch(1, 1)
            self._lines.addLayout(line)
        if len(others) > MOST:
            self._lines.addWidget(text(words.MORE_REASONS.format(count=len(others) - MOST), "sub"))
        self.setVisible(bool(advice or others))
