"""The verdict, said five ways: colour, silhouette, texture, words, and to the screen reader."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from inspector.freshness import CHINA
from inspector.terms import Term
from inspector.verdict import Colour, Verdict
from ui import words
from ui.style import look, restyle
from ui.theme import Gap
from ui.widgets.badge import TONES, draw_badge
from ui.widgets.boxes import column, row
from ui.widgets.text import text

_BADGE = 60
_RADIUS = 14
_BANDS = {Colour.PASS: 14, Colour.ATTENTION: 14, Colour.FAIL: 26, Colour.UNKNOWN: 14}


class _Silhouette(QWidget):
    """The big sign in the banner."""

    def __init__(self, banner: "VerdictBanner") -> None:
        super().__init__(banner)
        self._banner = banner
        self.resize_to_look()

    def resize_to_look(self) -> None:
        self.setFixedSize(look().px(_BADGE), look().px(_BADGE))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.resize_to_look()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = TONES[self._banner.colour]
        ink, paper = QColor(look().colour(f"on_{tone}")), QColor(look().colour(tone))
        draw_badge(QPainter(self), QRectF(self.rect()), self._banner.colour, ink, paper)


class VerdictBanner(QWidget):
    """Shows a ``Verdict`` with its basis: time of the check, age of the data, signature."""

    def __init__(self, verdict: Verdict | None = None) -> None:
        super().__init__()
        self.colour = Colour.UNKNOWN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._title, self._why = text("", "verdict"), text("", "why", wrap=True)
        self._basis = {key: text("", "basisvalue") for key in (words.CHECKED_AT, words.BASIS_DATA, words.SIGNATURE)}
        side = QGridLayout()
        side.setVerticalSpacing(Gap.HAIR)
        side.setHorizontalSpacing(Gap.MEDIUM)
        for line, (key, value) in enumerate(self._basis.items()):
            side.addWidget(text(key, "basis"), line, 0)
            side.addWidget(value, line, 1, Qt.AlignmentFlag.AlignRight)
        middle = column(None, self._title, self._why, None, gap=Gap.NONE)
        box = row(_Silhouette(self), gap=Gap.HUGE, margins=(42, 8, 24, 8), owner=self)
        box.addLayout(middle, 1)
        box.addLayout(column(None, side, None, gap=Gap.NONE))
        if verdict is not None:
            self.show_verdict(verdict)

    def show_verdict(self, verdict: Verdict) -> None:
        self.colour = verdict.colour
        why = verdict.reasons[0].text if verdict.reasons else verdict.finding.label
        self._title.setText(verdict.colour.label)
        self._why.setText(why)
        self._basis[words.CHECKED_AT].setText(f"{verdict.checked_at.astimezone(CHINA):%H:%M:%S}")
        as_of = verdict.data_as_of
        known = words.OFFLINE_DATA.format(at=as_of.astimezone(CHINA)) if as_of else words.NO_DATA
        self._basis[words.BASIS_DATA].setText(known)
        self._basis[words.SIGNATURE].setText(_short(verdict.token))
        self.setProperty("tone", TONES[verdict.colour])
        self.setAccessibleName(f"{verdict.colour.label}。{why}")
        restyle(self, *self.findChildren(QWidget))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(area, _RADIUS, _RADIUS)
        painter.setClipPath(outline)
        tone = TONES[self.colour]
        painter.fillRect(area, QColor(look().colour(tone)))
        band = QRectF(0, 0, _BANDS[self.colour], area.height())
        painter.setClipRect(band, Qt.ClipOperation.IntersectClip)
        _TEXTURES[self.colour](painter, band, QColor(look().colour(f"on_{tone}")))


def _short(token: Term) -> str:
    return token.label.removeprefix(words.SIGNATURE)


def _solid(painter: QPainter, band: QRectF, ink: QColor) -> None:
    ink.setAlphaF(0.18)
    painter.fillRect(band, ink)


def _stripes(painter: QPainter, band: QRectF, ink: QColor) -> None:
    painter.setPen(QPen(ink, 5))
    for y in range(-36, int(band.height()) + 36, 15):
        painter.drawLine(QPointF(-4, y + 18), QPointF(32, y - 18))


def _hatch(painter: QPainter, band: QRectF, ink: QColor) -> None:
    ink.setAlphaF(0.55)
    painter.setPen(QPen(ink, 2.4))
    for y in range(-36, int(band.height()) + 36, 9):
        painter.drawLine(QPointF(-4, y + 18), QPointF(32, y - 18))
        painter.drawLine(QPointF(-4, y - 18), QPointF(32, y + 18))


def _dots(painter: QPainter, band: QRectF, ink: QColor) -> None:
    ink.setAlphaF(0.8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for number, y in enumerate(range(9, int(band.height()), 11)):
        painter.drawEllipse(QPointF(5 if number % 2 else 10, y), 2.2, 2.2)


_TEXTURES = {Colour.PASS: _solid, Colour.ATTENTION: _stripes, Colour.FAIL: _hatch, Colour.UNKNOWN: _dots}
