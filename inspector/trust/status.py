"""Which codes are revoked or suspended: two bits a code, compressed; a lost or old list never means "good"."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property

MAX_BYTES = 16 * 1024 * 1024
"""What a list may inflate to: 64 million codes."""
MAX_AGE = timedelta(days=7)


class State(IntEnum):
    """The two bits of a code."""

    GOOD = 0
    REVOKED = 1
    SUSPENDED = 2


@dataclass(frozen=True)
class StatusList:
    """One list; ``bits`` are zlib-compressed, code ``i`` in bits 2·(i mod 4) of byte i // 4."""

    name: str
    version: int
    issued_at: datetime
    size: int
    """Number of codes in the list."""
    bits: bytes

    @cached_property
    def _plain(self) -> bytes:
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(self.bits, MAX_BYTES)
        except zlib.error:
            return b""
        return b"" if inflater.unconsumed_tail or not inflater.eof else plain

    def look_up(self, index: int, now: datetime) -> State | None:
        """State of a code; None when the list is too old, dated in the future, damaged, or does not reach so far."""
        if not -timedelta(days=1) <= now - self.issued_at <= MAX_AGE:
            # Bad news survives staleness.
            return State.REVOKED if self._bits(index) == State.REVOKED else None
        found = self._bits(index)
        return State(found) if found in (0, 1, 2) else None

    def _bits(self, index: int) -> int | None:
        if not 0 <= index < self.size or index // 4 >= len(self._plain):
            return None
        return self._plain[index // 4] >> 2 * (index % 4) & 3


def make(name: str, version: int, issued_at: datetime, states: list[State]) -> StatusList:
    """Build a list from the state of every code, in order of their index."""
    plain = bytearray(-(-len(states) // 4))
    for index, state in enumerate(states):
        plain[index // 4] |= state << 2 * (index % 4)
    return StatusList(name, version, issued_at, len(states), zlib.compress(bytes(plain), 9))
