"""One sealed record in a list: whose it is, its number and time, its state, and why it is not through."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from cache.session import RecordState, RecordSummary
from ui import visitwords as words
from ui.localtime import local
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.chip import Chip
from ui.widgets.text import Elided

TONES = {
    RecordState.DRAFT: "unk",
    RecordState.SEALED: "brand",
    RecordState.REGISTERED: "ok",
    RecordState.COMPLETE: "ok",
    RecordState.HELD: "warn",
    RecordState.STUCK: "bad",
}


class RecordLine(QPushButton):
    """A button over the whole line."""

    def __init__(self, summary: RecordSummary) -> None:
        super().__init__()
        self.summary = summary
        self.setObjectName("line")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        under = words.RECORD_LINE.format(number=summary.document_number, at=local(summary.sealed_at))
        if summary.blobs_left:
            under += f" · {words.BLOBS_LEFT.format(count=summary.blobs_left)}"
        if summary.next_try:
            under += f" · {words.NEXT_TRY.format(at=local(summary.next_try))}"
        lines = [Elided(summary.name, "vb"), Elided(under, "sub")]
        if summary.problem:
            lines.append(Elided(summary.problem, "warning"))
        chip = Chip(summary.state.label, TONES[summary.state])
        line = row(
            column(*lines, gap=Gap.HAIR), chip, margins=(Gap.MEDIUM, Gap.SMALL, Gap.MEDIUM, Gap.SMALL), owner=self
        )
        line.setStretch(0, 1)
        for part in (*lines, chip):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(f"{summary.name}，{summary.state.label}，{under}，{summary.problem}")

    def show_current(self, current: bool) -> None:
        self.setProperty("current", current)
        restyle(self)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return QSize(layout.sizeHint().width(), max(layout.sizeHint().height(), super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
