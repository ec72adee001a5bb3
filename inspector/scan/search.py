"""The search of one still picture: cheap stages until something is read, costly ones while nothing is, then the rest.

Once a code has been read, whatever looks like a finder pattern outside it tells that there is more. The symbols read
are painted over then, so that no decoder stumbles over them again, and the stages look at the remaining regions alone.
"""

from typing import Protocol

import numpy as np

from inspector.scan import stages, zxing
from inspector.scan.isolated import Answer
from inspector.scan.look import Look
from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid
from inspector.scan.qr.remains import masked, remaining
from inspector.scan.zxing import Seen

REST_SECONDS = 0.4
"""What may be spent on further codes when one has been read; a tenth of it more for each that was."""
JOB_SECONDS = 2.0
"""Seconds after which a job of the decoder process counts as hung."""
ISOLATED_PIXELS = 4_000_000
"""Larger pictures are halved for the decoder process."""
WORKING_SIDE = 2000
"""Pixels of the longer side at which remaining patterns are looked for."""
SMALLEST_SIDE = 20
MAX_REGIONS = 16
Region = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


class Asked(Protocol):
    """Who runs the stages that may crash or hang: the decoder process, or whoever is in it."""

    def ask(self, kind: str, image: Image, seconds: float) -> Answer: ...


class Search:
    """Runs the stages on one picture until its CPU seconds are spent."""

    def __init__(self, look: Look, worker: Asked, seconds: float) -> None:
        self._look = look
        self._worker = worker
        self._seconds = seconds

    def run(self) -> None:
        look = self._look
        look.add(stages.first_look(look.gray))
        if not look.readings:
            look.add(stages.second_look(look.gray))
        if not look.readings:
            self._find_one()
        if look.readings:
            self._find_the_rest()

    def _find_one(self) -> None:
        look = self._look
        for stage in stages.QUICK:
            if look.add(stage(look.gray)):
                return
        for further in (self._own_on_unread, self._costly, self._own_by_finders):
            if look.spent < self._seconds:
                further()
            if look.readings:
                return

    def _own_on_unread(self) -> None:
        look = self._look
        look.add(Seen(stages.own_readings(look.gray, look.glimpsed, look.readings, self._seconds - look.spent)))

    def _own_by_finders(self) -> None:
        look = self._look
        look.add(stages.finder_patterns(look.gray, look.readings, self._seconds - look.spent))

    def _costly(self) -> None:
        for stage in stages.COSTLY:
            if self._look.spent > self._seconds or self._look.add(self._seen(stage, self._look.gray)):
                return

    def _seen(self, stage: stages.Stage, gray: Image) -> Seen:
        if stage.__name__ not in stages.ISOLATED:
            return stage(gray)
        scale = 1.0
        while gray.size > ISOLATED_PIXELS:
            gray, scale = stages.resized(gray, 0.5), scale * 2
        answer = self._worker.ask(stage.__name__, gray, JOB_SECONDS)
        self._look.elsewhere += answer.cpu_ms / 1000
        return answer.seen if scale == 1 else zxing.scaled(answer.seen, scale)

    def _find_the_rest(self) -> None:
        look = self._look
        patterns = self._remaining(look.gray)
        if not look.glimpsed and not len(patterns):
            return
        until = min(self._seconds, look.spent + REST_SECONDS * (1 + len(look.readings) / 10))
        clean = self._clean()
        for whole in (stages.second_look, stages.plain):
            if look.add(whole(clean)):
                clean = self._clean()
        if look.add(Seen(stages.own_readings(look.gray, look.glimpsed, look.readings, until - look.spent))):
            clean = self._clean()
        regions = self._regions(self._remaining(clean))
        for stage in stages.REST:
            read = False
            for left, top, right, bottom in regions:
                if look.spent > until:
                    return
                part = np.ascontiguousarray(clean[top:bottom, left:right])
                seen = (
                    stages.finder_patterns(part, (), until - look.spent)
                    if stage is stages.finder_patterns
                    else self._seen(stage, part)
                )
                read = look.add(zxing.shifted(seen, left, top)) or read
            if read:
                clean = self._clean()
                regions = self._regions(self._remaining(clean))

    def _clean(self) -> Image:
        return masked(self._look.gray, [r.corners for r in self._look.readings])

    def _remaining(self, gray: Image) -> Grid:
        """Finder patterns that belong to no symbol read, n × 2 pixels."""
        scale = 1.0
        while max(gray.shape) * scale > WORKING_SIDE:
            scale /= 2
        small = gray if scale == 1 else stages.resized(gray, scale)
        seen = zxing.scaled(Seen((), tuple(r.corners for r in self._look.readings)), scale)
        return remaining(small, seen.unread) / scale

    def _regions(self, patterns: Grid) -> list[Region]:
        """Where the rest may be: around remaining patterns and glimpsed symbols."""
        look = self._look
        height, width = look.gray.shape
        sides = [max(np.ptp(np.array(r.corners), axis=0)) for r in look.readings]
        reach = 1.4 * float(max(sides))
        boxes = [(x - reach, y - reach, x + reach, y + reach) for x, y in patterns]
        for quad in look.glimpsed:
            xs, ys = [p[0] for p in quad], [p[1] for p in quad]
            margin = 0.3 * (max(xs) - min(xs))
            boxes.append((min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin))
        inside = [
            (max(0, int(a)), max(0, int(b)), min(width, int(c)), min(height, int(d))) for a, b, c, d in _merged(boxes)
        ]
        return [box for box in inside if min(box[2] - box[0], box[3] - box[1]) > SMALLEST_SIDE][:MAX_REGIONS]


def _merged(boxes: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Boxes that overlap become one."""
    out: list[tuple[float, float, float, float]] = []
    for box in boxes:
        while True:
            touching = [o for o in out if o[0] < box[2] and box[0] < o[2] and o[1] < box[3] and box[1] < o[3]]
            if not touching:
                break
            out = [o for o in out if o not in touching]
            a, b, c, d = zip(box, *touching, strict=True)
            box = (min(a), min(b), max(c), max(d))
        out.append(box)
    return out
