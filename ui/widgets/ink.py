"""Ink as it comes from a pen, a finger or a mouse, turned into ``Stroke``s that know nothing of pixels."""

from inspector.inspection import Stroke

MOUSE_PRESSURE = 0.5
"""A mouse knows no pressure: the middle of the scale."""


class Ink:
    """Strokes being drawn on a pad ``width`` pixels wide; positions in, fractions of the width out.

    Times are those of the input events, in milliseconds, counted from the first point of all.
    """

    def __init__(self) -> None:
        self.strokes: tuple[Stroke, ...] = ()
        self._line: list[tuple[float, float, float, int]] = []
        self._began: int | None = None

    @property
    def drawing(self) -> bool:
        return bool(self._line)

    @property
    def all(self) -> tuple[Stroke, ...]:
        """Finished strokes and the one under the pen."""
        return (*self.strokes, Stroke(tuple(self._line))) if self._line else self.strokes

    def press(self, x: float, y: float, pressure: float, at: int, width: float) -> None:
        """The pen touches the paper."""
        self.lift()
        if self._began is None:
            self._began = at
        self._add(x, y, pressure, at, width)

    def drag(self, x: float, y: float, pressure: float, at: int, width: float) -> None:
        """The pen moves while it touches."""
        if self._line:
            self._add(x, y, pressure, at, width)

    def lift(self) -> bool:
        """The pen leaves the paper; True when that ended a stroke."""
        if not self._line:
            return False
        self.strokes = (*self.strokes, Stroke(tuple(self._line)))
        self._line = []
        return True

    def clear(self) -> None:
        self.strokes, self._line, self._began = (), [], None

    def _add(self, x: float, y: float, pressure: float, at: int, width: float) -> None:
        def share(value: float) -> float:
            return round(min(1.0, max(0.0, value / width)), 4)

        began = self._began or 0
        point = (share(x), share(y), round(min(1.0, max(0.0, pressure)), 3), max(0, at - began))
        if not self._line or point[:2] != self._line[-1][:2]:
            self._line.append(point)
