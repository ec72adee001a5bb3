"""A field with its label above and what is wrong with its content below."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ui import words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import column
from ui.widgets.text import text


class Field(QWidget):
    """``edit`` is the line; ``complain("")`` takes the complaint back."""

    def __init__(self, label: str, secret: bool = False, hint: str = "") -> None:
        super().__init__()
        self.label = label
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(label)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        caption = text(label, "k")
        caption.setBuddy(self.edit)
        column(caption, self.edit, self._wrong, gap=Gap.HAIR + 2, owner=self)
        self.setFocusProxy(self.edit)

    @property
    def value(self) -> str:
        return self.edit.text()

    def complain(self, sentence: str) -> None:
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.edit.setProperty("wrong", bool(sentence))
        self.edit.setAccessibleDescription(sentence)
        restyle(self.edit)


def filled_in(*fields: Field) -> bool:
    """Whether every field holds something; the first that does not says so and gets the cursor."""
    for field in fields:
        if not field.value.strip():
            return _blame(field, words.FILL_IN)
    return True


def repeated(password: Field, repeat: Field) -> bool:
    """Whether both hold the same; else the second says so."""
    return password.value == repeat.value or _blame(repeat, words.NOT_THE_SAME)


def _blame(field: Field, sentence: str) -> bool:
    field.complain(sentence)
    field.setFocus()
    return False


def fact(label: str, value: str, role: str = "v", wrap: bool = False) -> QWidget:
    """A fact to be read: its name small above it."""
    box = QWidget()
    column(text(label, "k"), text(value, role, wrap), gap=1, owner=box)
    box.setAccessibleName(f"{label}：{value}")
    return box
