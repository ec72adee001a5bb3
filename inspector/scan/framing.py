"""Which part of the camera's frame is looked at, and how it is turned. Cutting is lossless: small codes come near.

OpenCV is imported where it is needed: the window knows this module before its camera thread loads OpenCV.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.scan.frame import Frame
    from inspector.scan.pictures import Image

Part = tuple[float, float, float, float]
"""Left, top, width, height, each a share of the picture."""
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
MIDDLE: Part = (0.25, 0.25, 0.5, 0.5)
SMALLEST = 0.1
"""Of the frame's width and height: below, there are no pixels left to read."""
ENLARGED_BELOW = 800
"""Pixels of the longer side: a smaller part is doubled, since the first looks reduce what they are given."""


@dataclass(frozen=True, slots=True)
class Framing:
    """``turns`` are quarters to the left; ``part`` is of the turned frame."""

    turns: int = 0
    part: Part = WHOLE

    def turned(self, turns: int) -> "Framing":
        """A part of the frame means something else after a turn: the whole is shown."""
        return Framing(turns % 4)

    def within(self, part: Part) -> "Framing":
        """A part of what is shown now."""
        left, top, width, height = self.part
        x, y, w, h = part
        w, h = max(SMALLEST, width * w), max(SMALLEST, height * h)
        x, y = (min(max(0.0, at), 1.0 - size) for at, size in ((left + width * x, w), (top + height * y, h)))
        return replace(self, part=(x, y, w, h))

    def of(self, image: "Image") -> "Image":
        """The picture to show and to read."""
        import cv2
        import numpy as np

        if self.turns:
            image = np.ascontiguousarray(np.rot90(image, self.turns))
        if self.part == WHOLE:
            return image
        height, width = image.shape[:2]
        x, y, w, h = self.part
        left, top = int(x * width), int(y * height)
        cut = image[top : top + max(1, round(h * height)), left : left + max(1, round(w * width))]
        if max(cut.shape[:2]) < ENLARGED_BELOW:
            return cv2.resize(cut, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        return np.ascontiguousarray(cut)

    def frame(self, frame: "Frame") -> "Frame":
        return replace(frame, image=self.of(frame.image))


FULL = Framing()
"""The whole frame, upright."""
