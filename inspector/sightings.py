"""Where signed codes were seen: one serial at two addresses within a month is a copy (疑似冒用).

A static code cannot prove that it hangs where it should; officers' answers and the places of inspections can tell.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from inspector.entries import INSPECTION, SIGHTING, Sighted
from inspector.inspection import Inspection
from inspector.wire import Event

WINDOW = timedelta(days=30)
SECOND_THOUGHT = timedelta(minutes=10)
"""Within this time the same officer's later answer about a code takes the place of the earlier one."""
LEAST = 4
"""Characters from which an address may be a part of a longer one."""
_REGION = re.compile(r"^(黑龙江省)?(黑河市)?")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A signed code on a wall, as an officer told it."""

    serial: str
    code: str
    place: str
    """Address where it hung; empty when it was not the one of the code and nobody wrote down which."""
    at: datetime
    officer: str = ""


def of(event: Event) -> Sighting | None:
    """What a journal entry says of a signed code's whereabouts, or None. Raises nothing: any body is taken."""
    try:
        if event.schema == SIGHTING:
            told = msgspec.convert(event.body, Sighted)
            serial, code, place = told.serial, told.code, told.place
        elif event.schema == INSPECTION:
            visit = msgspec.convert(event.body, Inspection)
            serial, code, place = visit.check.serial, visit.party.code, visit.place
        else:
            return None
    except msgspec.ValidationError:
        return None
    if not serial or (event.schema == INSPECTION and not place.strip()):
        return None
    return Sighting(serial, code, place, event.captured_at, event.officers[0] if event.officers else "")


def apart(one: str, other: str) -> bool:
    """Whether two addresses are of two places: neither is the other with more or less detail."""
    shorter, longer = sorted((_plain(one), _plain(other)), key=len)
    if not shorter or len(shorter) < LEAST:
        return shorter != longer
    return shorter not in longer


def elsewhere(seen: Sighting, known: Iterable[Sighting]) -> Sighting | None:
    """The newest sighting of the same code at another place within 30 days of ``seen``, or None."""
    near = [k for k in known if k.serial == seen.serial and abs(k.at - seen.at) <= WINDOW and k != seen]
    final = [k for k in near if not any(_takes_back(later, k) for later in (*near, seen))]
    other = [k for k in final if apart(k.place, seen.place)]
    return max(other, key=lambda k: k.at, default=None)


def _takes_back(later: Sighting, earlier: Sighting) -> bool:
    gap = later.at - earlier.at
    return bool(later.officer) and later.officer == earlier.officer and timedelta() < gap <= SECOND_THOUGHT


def _plain(place: str) -> str:
    text = "".join(c for c in unicodedata.normalize("NFKC", place).upper() if c.isalnum())
    return _REGION.sub("", text)
