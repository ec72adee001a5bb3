"""One style sheet made from the tokens. The look hangs on the application, as Qt's palette does; when it changes,
every widget gets Qt's own ``StyleChange`` event and paints itself anew."""

from pathlib import Path
from string import Template
from typing import cast

from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import Look, colours

_PROPERTY = "look"
_SIZES = range(1, 161)

QSS = Template((Path(__file__).parent / "assets" / "house.qss").read_text(encoding="utf-8"))


def sheet(look: Look) -> str:
    """The style sheet of a look."""
    sizes = {f"s{size}": look.px(size) for size in _SIZES}
    chip = 0 if look.theme.border == 1 else look.theme.border
    current = look.theme.brand_soft if look.theme.border == 1 else look.theme.brand
    return QSS.substitute(colours(look.theme), border=look.theme.border, chip=chip, current=current, **sizes)


def application() -> QApplication:
    """The running application."""
    return cast(QApplication, QApplication.instance())


def look() -> Look:
    """The look of the running application."""
    return application().property(_PROPERTY) or Look()


def wear(new: Look) -> None:
    """Give the whole application a look."""
    app = application()
    if app.property(_PROPERTY) == new:
        return
    app.setProperty(_PROPERTY, new)
    app.setStyleSheet(sheet(new))


def restyle(*widgets: QWidget) -> None:
    """Let the style sheet look again at widgets whose dynamic properties have changed."""
    for widget in widgets:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
