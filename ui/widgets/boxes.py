"""Rows and columns with the house's distances, so that no screen names one."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.theme import Gap

Part = QWidget | QLayout | None
"""Something to put into a box; None is a stretch."""
Margins = tuple[int, int, int, int]
_NO_MARGINS: Margins = (0, 0, 0, 0)


def _fill(box: QHBoxLayout | QVBoxLayout, parts: tuple[Part, ...], gap: int, margins: Margins) -> None:
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)


def row(
    *parts: Part, gap: int = Gap.MEDIUM, margins: Margins = _NO_MARGINS, owner: QWidget | None = None
) -> QHBoxLayout:
    """Side by side. With ``owner`` it becomes that widget's layout."""
    box = QHBoxLayout(owner) if owner else QHBoxLayout()
    _fill(box, parts, gap, margins)
    return box


def column(
    *parts: Part, gap: int = Gap.MEDIUM, margins: Margins = _NO_MARGINS, owner: QWidget | None = None
) -> QVBoxLayout:
    """One above the other. With ``owner`` it becomes that widget's layout."""
    box = QVBoxLayout(owner) if owner else QVBoxLayout()
    _fill(box, parts, gap, margins)
    return box


def empty(layout: QLayout) -> None:
    """Take everything out of a layout; its widgets are deleted."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty(inner)
