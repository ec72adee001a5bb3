"""Handwriting on a pad: is it a signature at all, where is its ink, and how is it drawn on paper.

A picture of a signature, not an electronic signature in the sense of 电子签名法 art. 13.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from inspector.inspection import Stroke

MIN_POINTS = 8
"""Fewer points are a slip of the hand."""
MIN_LENGTH = 0.15
"""Shortest ink of a signature, in widths of the pad: one short character is longer."""
MIN_EXTENT = 0.05
"""Least extent of the ink in its longer direction, in widths of the pad: a blot is smaller."""
THIN, THICK = 0.0045, 0.0135
"""Width of the line at no and full pressure, in widths of the pad."""
FAST = 1.5
"""Pad widths a second at which a line without pressure is thinnest."""
SCALE = 1000
"""Units of the picture in one width of the pad."""


@dataclass(frozen=True, slots=True)
class Box:
    """Extent of the ink, in widths of the pad; y runs down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def bounds(strokes: Sequence[Stroke]) -> Box | None:
    """Smallest box around all points; None when there are none."""
    points = [p for s in strokes for p in s.points]
    if not points:
        return None
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def length(strokes: Sequence[Stroke]) -> float:
    """Length of the ink, in widths of the pad."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for s in strokes for a, b in pairwise(s.points))


def objection(strokes: Sequence[Stroke]) -> str:
    """Why this is no signature yet, as a sentence for the one who signs; empty when it is one."""
    box = bounds(strokes)
    if box is None:
        return "请在框内签名。"
    if sum(len(s.points) for s in strokes) < MIN_POINTS or length(strokes) < MIN_LENGTH:
        return "笔迹太短，请重新完整签名。"
    if max(box.width, box.height) < MIN_EXTENT:
        return "字迹太小，请在框内写大一些。"
    return ""


def svg(strokes: Sequence[Stroke], colour: str = "#1a2340") -> str:
    """The ink as an SVG picture cut to its box; the line is wider where the pen pressed more or moved slower.

    Only numbers made here get into the text, so that nothing can be smuggled through it. Empty ink gives "".
    """
    box = bounds(strokes)
    if box is None:
        return ""
    margin = THICK
    left, top = box.left - margin, box.top - margin
    width, height = box.width + 2 * margin, box.height + 2 * margin
    parts = [_stroke(stroke, left, top) for stroke in strokes]
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    pen = f'fill="none" stroke="{colour}" stroke-linecap="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><g {pen}>{"".join(parts)}</g></svg>'


def _stroke(stroke: Stroke, left: float, top: float) -> str:
    """Segments of one stroke, each with its own width, that turn smoothly: the points steer, their middles join."""
    points = [(p[0] - left, p[1] - top) for p in stroke.points]
    widths = _widths(stroke)
    if not points:
        return ""
    if len(points) == 1:
        (x, y), width = points[0], widths[0]
        return f'<path stroke-width="{_n(width)}" d="M{_n(x)} {_n(y)}h0.1"/>'
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]
    first, last = points[0], points[-1]
    ways = [f"M{_at(first)}L{_at(middles[0])}"]
    ways += [f"M{_at(a)}Q{_at(p)} {_at(b)}" for (a, b), p in zip(pairwise(middles), points[1:-1], strict=True)]
    ways.append(f"M{_at(middles[-1])}L{_at(last)}")
    return "".join(f'<path stroke-width="{_n(w)}" d="{way}"/>' for way, w in zip(ways, widths, strict=True))


def _widths(stroke: Stroke) -> list[float]:
    """Width at each point from pressure and speed, smoothed so that the line swells instead of jumping."""
    widths: list[float] = []
    before = None
    for point in stroke.points:
        x, y, pressure, at = point
        speed = 0.0
        if before is not None:
            seconds = max(1, at - before[3]) / 1000
            speed = hypot(x - before[0], y - before[1]) / seconds
        force = min(1.0, max(0.0, pressure)) * (1 - 0.5 * min(1.0, speed / FAST))
        width = THIN + (THICK - THIN) * force
        widths.append(width if not widths else 0.6 * widths[-1] + 0.4 * width)
        before = point
    return widths


def _at(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(value: float) -> str:
    return f"{value * SCALE:.1f}"
