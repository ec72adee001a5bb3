"""Divisions (行政区划, GB/T 2260) and Heihe's nine area units (属地).

A code's division is where it was *first registered* and stays for life, so an unknown or foreign one is told, never an
alarm. Areas are who supervises today; the two zones are no divisions of GB/T 2260.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_DIGITS = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Area:
    """One of the nine area units; ``divisions`` are those whose entities it supervises unless told otherwise."""

    key: str
    name: str
    divisions: tuple[str, ...]
    within: str
    """The division that it lies in, or its beginning."""


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("inspector").joinpath("data/divisions.json").read_text(encoding="utf-8"))
    return data


AREAS = tuple(Area(a["key"], a["name"], tuple(a["divisions"]), a.get("within", a["key"])) for a in _data()["areas"])


def area_name(key: str) -> str:
    """Name of an area unit or a region (see ``parts``), or the key when it is not known here."""
    return "、".join(map(_part_name, key.split(".")))


def _part_name(key: str) -> str:
    known = next((a.name for a in AREAS if a.key == key), "")
    if known or not _DIGITS.fullmatch(key):
        return known or key
    return str(_data()["provinces"].get(key, key)) if len(key) == 2 else division_name(key.ljust(6, "0"))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a region holds: areas by their whole key, and all that begin with a prefix."""

    areas: tuple[str, ...]
    prefixes: tuple[str, ...]


def parts(region: str) -> Parts:
    """What a region holds: area units and divisions, or beginnings of them, joined by dots.

    ``231102`` is an area unit, ``2311`` a prefecture with its zones, ``23`` a province, ``231102.231181`` two units.
    Raises ValueError when a part is none of these.
    """
    areas: list[str] = []
    prefixes: list[str] = []
    for part in region.split("."):
        if _DIGITS.fullmatch(part) and len(part) < 6 and is_known_province(part):
            prefixes.append(part)
            areas += [a.key for a in AREAS if a.within.startswith(part)]
        elif any(a.key == part for a in AREAS) or (_DIGITS.fullmatch(part) and is_known_province(part)):
            areas.append(part)
        else:
            raise ValueError(part)
    return Parts(tuple(areas), tuple(prefixes))


def is_known_province(code: str) -> bool:
    """Whether the first two digits are a province, or the state authority itself."""
    return code[:2] in _data()["provinces"]


def division_name(code: str) -> str:
    """Name of a division, present or former; the province with “区划码未收录” when only that is known."""
    names = [d["name"] for d in _data()["divisions"] if d["code"] == code]
    if names:
        return str(names[0])
    province = _data()["provinces"].get(code[:2])
    return f"{province}（区划码 {code} 未收录）" if province else f"区划码 {code} 未收录"


@cache
def _towns() -> tuple[tuple[str, str], ...]:
    """Names as they are said (黑河市, 黑河) and the beginning of the codes that lie there, long names first."""
    found = {area.name: area.key for area in AREAS if not area.divisions}
    for division in _data()["divisions"]:
        if division["until"] is None and division["name"] != "市辖区":
            within = re.sub("(00)+$", "", division["code"])
            found |= {division["name"]: within, division["name"][:-1]: within}
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def split_town(text: str) -> tuple[str, str]:
    """Names of divisions in front of a text: the code, or beginning of codes, of the last one, and what follows.

    黑河市爱辉区某店 gives 231102 and 某店; a text without such a name gives an empty code and itself.
    """
    town = ""
    while found := next(((n, c) for n, c in _towns() if text.startswith(n) and c.startswith(town)), None):
        town, text = found[1], text.removeprefix(found[0])
    return town, text


def lies_in(division: str, town: str) -> bool:
    """Whether a division or area unit is the town, or a part of it."""
    within = next((a.within for a in AREAS if a.key == division), division)
    return division.startswith(town) or within.startswith(town)
