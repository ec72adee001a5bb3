"""绑定到主体: a code on the wall that holds no identifier is given to an entity found by search."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton

from cache.session import Hit
from ui import words
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.line import LineButton
from ui.widgets.lookup import PAUSE
from ui.widgets.text import text

SHOWN = 5


class BindPanel(Card):
    """``typed`` asks for a search, ``picked`` with the entity chosen; hidden until it is opened."""

    typed = Signal(str)
    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__(margins=(18, 10, 18, 10), gap=Gap.SMALL)
        self.field = QLineEdit()
        self.field.setPlaceholderText(words.BIND_HINT)
        self.field.setAccessibleName(words.BIND_TITLE)
        self.cancel = QPushButton(words.CANCEL)
        self._none = text("", "sub")
        self._lines = column(gap=Gap.NONE)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._search)
        self.lines: list[LineButton] = []
        self.box.addLayout(row(text(words.BIND_TITLE, "h2"), None, self.cancel))
        self.box.addWidget(self.field)
        self.box.addLayout(self._lines)
        self.box.addWidget(self._none)
        self.box.addWidget(text(words.BIND_NOTE, "sub", wrap=True))
        self.field.textChanged.connect(lambda: self._pause.start())
        self.field.returnPressed.connect(self._search)
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def open(self) -> None:
        self.field.clear()
        self.show_hits("", ())
        self.show()
        self.field.setFocus()

    def show_hits(self, typed: str, hits: Sequence[Hit]) -> None:
        """What was found for a text, unless another text stands there by now."""
        if typed != self.field.text().strip():
            return
        empty(self._lines)
        self.lines = []
        for hit in hits[:SHOWN]:
            line = LineButton(hit.name, hit.state, f"{hit.code}　{hit.premises}")
            line.setAccessibleName(words.BIND_CHOICE.format(name=hit.name))
            line.clicked.connect(lambda _=False, chosen=hit: self.picked.emit(chosen))
            self._lines.addWidget(line)
            self.lines.append(line)
        self._none.setText(words.NOTHING_LIKE_IT if typed and not hits else "")
        self._none.setVisible(bool(self._none.text()))

    def _search(self) -> None:
        self._pause.stop()
        if wanted := self.field.text().strip():
            self.typed.emit(wanted)

    def hideEvent(self, event: object) -> None:
        self._pause.stop()
