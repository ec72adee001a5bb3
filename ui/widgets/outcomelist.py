"""检查结果 to choose from, the measures, and what does not go together yet."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QPushButton, QWidget

from inspector import outcomes
from ui import visitwords as words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column
from ui.widgets.icon import set_icon
from ui.widgets.text import text

COLUMNS = 2


class OutcomeList(QWidget):
    """``toggled`` with the key of an outcome, ``measured`` with the text of 后续处置措施."""

    toggled = Signal(str)
    measured = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setSpacing(Gap.SMALL)
        for place, outcome in enumerate(outcomes.shipped().values()):
            button = QPushButton(outcome.text)
            button.setObjectName("option")
            button.clicked.connect(lambda _=False, key=outcome.key: self.toggled.emit(key))
            grid.addWidget(button, place // COLUMNS, place % COLUMNS)
            self._buttons[outcome.key] = button
        self.measures = QPlainTextEdit()
        self.measures.setTabChangesFocus(True)
        self.measures.setAccessibleName(words.MEASURES)
        self.measures.setPlaceholderText(words.MEASURES_HINT)
        self.measures.textChanged.connect(lambda: self.measured.emit(self.measures.toPlainText()))
        self._objections = text("", "warning", wrap=True)
        column(
            text(words.OUTCOME, "h2"),
            grid,
            self._objections,
            text(words.MEASURES, "h2"),
            self.measures,
            margins=(Gap.MEDIUM, Gap.SMALL, Gap.MEDIUM, Gap.SMALL),
            owner=self,
        )

    def button(self, key: str) -> QPushButton:
        return self._buttons[key]

    @property
    def objections(self) -> str:
        return self._objections.text()

    def show_outcomes(self, chosen: tuple[str, ...], measures: str, objections: Sequence[str]) -> None:
        for key, button in self._buttons.items():
            on = key in chosen
            button.setProperty("on", on)
            set_icon(button, "checkmark_circle_filled" if on else "", "brand")
            button.setAccessibleName(f"{button.text()}{words.CHOSEN if on else ''}")
            restyle(button)
        if self.measures.toPlainText() != measures:
            with QSignalBlocker(self.measures):
                self.measures.setPlainText(measures)
        self._objections.setText("\n".join(objections))
        self._objections.setVisible(bool(objections))
