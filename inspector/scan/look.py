"""One picture under way: what has been read in it, what was glimpsed, what it cost so far."""

import time
from collections.abc import Sequence

from inspector.scan import stages
from inspector.scan.pictures import Image
from inspector.scan.reading import Reading
from inspector.scan.zxing import Quad, Seen


class Look:
    """Collects what stages see. ``elsewhere`` are CPU seconds of the decoder process for it."""

    def __init__(self, gray: Image, began: float) -> None:
        """``began``: this thread's CPU clock when the picture was taken up."""
        self.gray = gray
        self.readings: list[Reading] = []
        self.unread: list[Quad] = []
        self.elsewhere = 0.0
        self._began = began

    @property
    def spent(self) -> float:
        """CPU seconds so far."""
        return time.thread_time() - self._began + self.elsewhere

    def add(self, seen: Seen) -> bool:
        """Whether it brought a code that had not been read."""
        before = len(self.readings)
        for reading in seen.readings:
            if not any(r.data == reading.data and stages.covered(reading.corners, (r,)) for r in self.readings):
                self.readings.append(reading)
        self.unread.extend(quad for quad in seen.unread if not _near(quad, self.unread))
        return len(self.readings) > before

    @property
    def glimpsed(self) -> list[Quad]:
        """Symbols that were found, not read, and are none of those that were read."""
        return [quad for quad in self.unread if not stages.covered(quad, self.readings)]


def _near(quad: Quad, others: Sequence[Quad]) -> bool:
    """Whether two decoders found the same symbol."""
    side = abs(quad[0][0] - quad[2][0]) + abs(quad[0][1] - quad[2][1])
    return any(
        all(abs(p[0] - q[0]) + abs(p[1] - q[1]) < side / 8 for p, q in zip(quad, other, strict=True))
        for other in others
    )
