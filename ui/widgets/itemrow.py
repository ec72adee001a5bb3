"""One item of a checklist: its question, what was answered, and how many photos show it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame

from inspector.checklist import Item
from inspector.inspection import Answer, ItemFinding
from ui import visitwords as words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.icon import Icon
from ui.widgets.segmented import Choice, Segmented
from ui.widgets.text import text

FINDINGS = (
    Choice(ItemFinding.CONFORMS, ItemFinding.CONFORMS.label, "ok", "checkmark"),
    Choice(ItemFinding.VIOLATES, ItemFinding.VIOLATES.label, "bad", "dismiss"),
    Choice(ItemFinding.NOT_APPLICABLE, ItemFinding.NOT_APPLICABLE.label, "unk", "subtract"),
)
GUIDED = (FINDINGS[0], Choice(ItemFinding.VIOLATES, words.GUIDED, "brand", "info"), FINDINGS[2])
"""A voluntary item is met, or guided; it is never a violation."""


class ItemRow(QFrame):
    """Emits ``picked`` when the officer turns to it and ``answered`` with a finding."""

    picked = Signal(str)
    answered = Signal(str, object)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.setObjectName("item")
        self.setProperty("guidance", item.guidance)
        self._question = text(item.text, "v", wrap=True)
        lines = [self._question]
        if item.guidance:
            lines.append(text(words.VOLUNTARY, "sub", tone="brand"))
        elif item.key:
            lines.append(text(words.KEY_ITEM, "sub"))
        self._picture, self._count = Icon("image"), text("", "k")
        self.segments = Segmented(GUIDED if item.guidance else FINDINGS, f"{item.id} {item.text}")
        self.segments.chosen.connect(lambda finding: self.answered.emit(item.id, finding))
        line = row(
            text(item.id, "k"),
            column(None, *lines, None, gap=Gap.HAIR),
            self._picture,
            self._count,
            self.segments,
            margins=(Gap.MEDIUM, Gap.SMALL, Gap.SMALL, Gap.SMALL),
            owner=self,
        )
        line.setStretch(1, 1)

    def show_answer(self, answer: Answer, current: bool) -> None:
        self.segments.show_value(answer.finding)
        self._picture.setVisible(bool(answer.photos))
        self._count.setText(str(len(answer.photos)) if answer.photos else "")
        self._question.setProperty("role", "vb" if current else "v")
        self.setProperty("current", current)
        state = "" if answer.finding is ItemFinding.NOT_CHECKED else answer.finding.label
        self.setAccessibleName(f"{self.item.id} {self.item.text} {state}")
        restyle(self, self._question)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.item.id)
        event.accept()
