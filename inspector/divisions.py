"""Divisions (行政区划, GB/T 2260) and Heihe's nine area units (属地).

A code's division is where it was *first registered* and stays for life, so an unknown or foreign one is told, never an
alarm. Areas are who supervises today; the two zones are no divisions of GB/T 2260.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Area:
    """One of the nine area units; ``divisions`` are those whose entities it supervises unless told otherwise."""

    key: str
    name: str
    divisions: tuple[str, ...]


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("inspector").joinpath("data/divisions.json").read_text(encoding="utf-8"))
    return data


AREAS = tuple(Area(a["key"], a["name"], tuple(a["divisions"])) for a in _data()["areas"])


def area_name(key: str) -> str:
    """Name of an area unit, or its key when it is not known here."""
    return next((a.name for a in AREAS if a.key == key), key)


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
