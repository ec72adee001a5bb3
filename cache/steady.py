"""Downloads that trickle: an attacker (or a dead line) that sends a byte now and then must not hold a round for ever.

TUF calls it the slow retrieval attack.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from inspector.errors import ServiceDown

WINDOW = 60.0
"""Seconds over which the speed is judged: longer than a tunnel."""
LEAST = 64 * 60
"""Bytes in a window: 64 a second, far below what the weakest line carries."""


def steady(pieces: Iterable[bytes], clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
    """The pieces as they come. Raises ServiceDown when fewer than ``LEAST`` bytes came in a ``WINDOW``."""
    began, got = clock(), 0
    for piece in pieces:
        yield piece
        got += len(piece)
        now = clock()
        if now - began >= WINDOW:
            if got < LEAST:
                raise ServiceDown("线路太慢，已中断下载。", "已下载的部分保留在本机；信号好时会接着下载。")
            began, got = now, 0
