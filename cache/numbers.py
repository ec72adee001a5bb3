"""Numbers of documents: unique without a network, and none is ever given twice."""

import secrets
from dataclasses import dataclass, replace

import sqlite_utils

from cache.meta import put_meta, value_of
from cache.work import Work
from inspector import wire
from inspector.identifiers import ALPHABET

BLOCKS = "numbers"
MARK = "numbers/mark"
"""After a restore: part of the numbers that this laptop gives by itself, drawn anew each time."""
DOUBTFUL = "numbers/doubtful"
"""Whether blocks that the centre sent before a restore may still come again."""
MARK_LENGTH = 4


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
        blocks = [] if value_of(db, DOUBTFUL, bool) else value_of(db, BLOCKS, list[Numbers]) or []
        for at, block in enumerate(blocks):
            if block.year == year and block.first <= block.last:
                blocks[at] = replace(block, first=block.first + 1)
                put_meta(db, BLOCKS, wire.encode(blocks))
                return f"{block.prefix}{block.first:04d}号"
        own = f"number/{year}"
        number = 1 + (value_of(db, own, int) or 0)
        put_meta(db, own, wire.encode(number))
        device = work.identity.device_id.removeprefix("d-")[:8].upper() + (value_of(db, MARK, str) or "")
        return f"现检〔{year}〕{device}-{number:04d}号"

    return work.store.write(take)


def doubt(db: sqlite_utils.Database) -> None:
    """Part of a transaction: this laptop was restored, and what it would number next may be numbered already."""
    mark = "".join(secrets.choice(ALPHABET) for _ in range(MARK_LENGTH))
    put_meta(db, MARK, wire.encode(f"-{mark}"))
    put_meta(db, DOUBTFUL, wire.encode(True))


def start_anew(work: Work) -> None:
    """The feed was read to its end: only blocks that come from now on cannot have been used before a restore."""

    def drop(db: sqlite_utils.Database) -> None:
        put_meta(db, BLOCKS, wire.encode([]))
        put_meta(db, DOUBTFUL, wire.encode(False))

    if work.meta(DOUBTFUL, bool):
        work.store.write(drop)
