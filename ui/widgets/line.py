"""A line of a list that can be pressed: a sign, a name, and a short fact at the right."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.text import Elided, text


class LineButton(QPushButton):
    """``note`` stands small below the title; ``sign`` is a badge or an icon."""

    def __init__(self, title: str, side: str | QWidget = "", note: str = "", sign: QWidget | None = None) -> None:
        super().__init__()
        self.setObjectName("line")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        said = side if isinstance(side, str) else side.accessibleName()
        self.setAccessibleName("，".join(filter(None, (sign.accessibleName() if sign else "", title, note, said))))
        lines = [Elided(title, "v")]
        if note:
            lines.append(Elided(note, "sub"))
        middle = column(None, *lines, None, gap=0)
        box = row(gap=Gap.MEDIUM, margins=(Gap.MEDIUM, 3, Gap.MEDIUM, 3), owner=self)
        if sign:
            box.addWidget(sign)
        box.addLayout(middle, 1)
        box.addWidget(text(side, "k") if isinstance(side, str) else side)
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return QSize(layout.sizeHint().width(), max(layout.sizeHint().height(), super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
