"""The viewfinder with its buttons: light, turn, mirror, zoom, open a picture, freeze."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from ui import words
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.icon import set_icon
from ui.widgets.lasso import Lasso
from ui.widgets.viewfinder import Viewfinder

_LENSES = (
    ("light", words.LENS_LIGHT, "flash_filled", True),
    ("turn", words.LENS_TURN, "arrow_rotate_clockwise", False),
    ("mirror", words.LENS_MIRROR, "flip_horizontal", True),
    ("zoom", words.LENS_ZOOM, "search", True),
    ("picture", words.LENS_PICTURE, "image_add", False),
    ("freeze", words.LENS_FREEZE, "pause", True),
)


class Finder(Viewfinder):
    """``pressed`` is the name of a button and whether it is on now; ``zoomed`` what was drawn around (``Lasso``)."""

    pressed = Signal(str, bool)
    zoomed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words.SCANNING)
        Lasso(self).chosen.connect(self.zoomed)
        self._lenses: dict[str, QToolButton] = {}
        for name, label, icon, checkable in _LENSES:
            button = QToolButton()
            button.setObjectName("lens")
            button.setCheckable(checkable)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(label)
            set_icon(button, icon, "on_scrim", 24)
            button.toggled.connect(lambda on, b=button, i=icon: set_icon(b, i, "on_warn" if on else "on_scrim", 24))
            button.clicked.connect(lambda on, n=name: self.pressed.emit(n, on))
            self._lenses[name] = button
        buttons: list[QWidget] = list(self._lenses.values())
        column(None, row(None, *buttons, None, gap=Gap.SMALL), margins=(0, 12, 0, 12), owner=self)

    def lens(self, name: str) -> QToolButton:
        return self._lenses[name]

    def set_lens(self, name: str, on: bool) -> None:
        """Show a switch as it is, without pressing it."""
        self._lenses[name].setChecked(on)
