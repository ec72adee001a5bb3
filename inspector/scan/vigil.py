"""Notices a camera that sends pictures without anything in them: black, or the same picture over and over.

Drivers do so after a laptop's sleep, or when another program let the camera go; opening it anew helps. A lens behind
its shutter looks the same, so it is done once until the picture lives again.
"""

import cv2

from inspector.scan.pictures import Image

DEAD_SECONDS = 4.0
"""Longer than any sensor takes to find its exposure."""
BLACK = 16
"""Gray below which everything is black; a sensor in a dark room still shows noise above it here and there."""
SAMPLED = (96, 54)


class Vigil:
    """Over the pictures of one camera."""

    def __init__(self) -> None:
        self._last: Image | None = None
        self._since: float | None = None
        self._tried = False

    def given_up(self, image: Image, at: float) -> bool:
        """Whether the camera should be opened anew now. ``at`` in seconds on a steady clock."""
        sample = cv2.resize(image, SAMPLED, interpolation=cv2.INTER_NEAREST)
        last, self._last = self._last, sample
        alike = last is not None and last.shape == sample.shape and not cv2.absdiff(last, sample).any()
        if not alike and int(sample.max()) >= BLACK:
            self._since, self._tried = None, False
            return False
        if self._since is None:
            self._since = at
        if self._tried or at - self._since < DEAD_SECONDS:
            return False
        self._tried = True
        return True
