"""Numbers of documents: unique without a network, and none is ever given twice."""

from dataclasses import dataclass, replace

import sqlite_utils

from cache.meta import put_meta, value_of
from cache.work import Work
from inspector import wire

BLOCKS = "numbers"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A block of numbers from the centre: ``first`` to ``last``, both ours; ``first`` moves on with use."""

    year: int
    prefix: str
    first: int
    last: int


def next_number(work: Work, year: int) -> str:
    """The next number of a year; used once, also when the draft that it was for is aborted.

    From the centre's blocks; when they are used up, from the device's own name, which no other laptop has.
    """

    def take(db: sqlite_utils.Database) -> str:
        blocks = value_of(db, BLOCKS, list[Numbers]) or []
        for at, block in enumerate(blocks):
            if block.year == year and block.first <= block.last:
                blocks[at] = replace(block, first=block.first + 1)
                put_meta(db, BLOCKS, wire.encode(blocks))
                return f"{block.prefix}{block.first:04d}号"
        own = f"number/{year}"
        number = 1 + (value_of(db, own, int) or 0)
        put_meta(db, own, wire.encode(number))
        device = work.identity.device_id.removeprefix("d-")[:8].upper()
        return f"现检〔{year}〕{device}-{number:04d}号"

    return work.store.write(take)
