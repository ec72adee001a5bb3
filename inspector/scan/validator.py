"""When a reading is believed: a signed code at once, anything else when two frames or two decoders agree.

QR's own error correction is strong enough for a payload that carries a signature, which decides in any case. An
unsigned payload decides by itself which entity is shown, so a rare false correction must not get through.
"""

from collections import deque
from collections.abc import Callable, Sequence

from inspector.scan.reading import Reading

MEMORY = 30
"""Frames that a single reading waits for its second: about a second."""


class Validator:
    """Collects readings frame by frame. Pure: no clock, no threads."""

    def __init__(self, is_signed: Callable[[bytes], bool]) -> None:
        """``is_signed`` tells by its form whether a payload is a signed code (its signature is checked elsewhere)."""
        self._is_signed = is_signed
        self._recent: deque[dict[bytes, frozenset[str]]] = deque(maxlen=MEMORY)

    def offer(self, readings: Sequence[Reading]) -> tuple[Reading, ...]:
        """The readings of one frame that are now believed, one for each payload."""
        here: dict[bytes, frozenset[str]] = {}
        for reading in readings:
            here[reading.data] = here.get(reading.data, frozenset()) | {reading.decoder}
        believed = {
            data
            for data, decoders in here.items()
            if self._is_signed(data) or len(decoders) > 1 or any(data in frame for frame in self._recent)
        }
        self._recent.append(here)
        first = {reading.data: reading for reading in reversed(readings)}
        return tuple(reading for data, reading in reversed(first.items()) if data in believed)

    def forget(self) -> None:
        """Start anew: another place, another code."""
        self._recent.clear()
