"""What the decoder process does: one stage, or, on a live frame in which a symbol was glimpsed, all that a still gets.

A glimpse is rare on frames without a code, so this may cost what the planner would never save up.
"""

import time

from inspector.scan import stages
from inspector.scan.isolated import Answer
from inspector.scan.look import Look
from inspector.scan.pictures import Image
from inspector.scan.search import Search
from inspector.scan.zxing import Seen

THOROUGH = "thorough"
SECONDS = 0.6
"""CPU seconds; half a second of a hand-held picture is worth them."""
FIRST, EVERY = 0.4, 1.0
"""Seconds until the first such look, since most codes are read before; and between two of them."""


class _Here:
    """In the decoder process there is nothing left to isolate from."""

    def ask(self, kind: str, image: Image, seconds: float) -> Answer:
        return Answer(stages.in_process(kind, image))


def work(name: str, gray: Image) -> Seen:
    """Do a job by its name."""
    if name != THOROUGH:
        return stages.in_process(name, gray)
    look = Look(gray, time.thread_time())
    Search(look, _Here(), SECONDS).run()
    return Seen(tuple(look.readings))
