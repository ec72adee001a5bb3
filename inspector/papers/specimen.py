"""Specimens for the demonstration, the tests and the tour: a licence and a 码上诚信 sticker, both marked 样例.

They hold every field of a real one and a code that really scans, but no emblem and no seal.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.entity import Entity, SubjectKind
from inspector.freshness import CHINA
from inspector.papers import press
from inspector.papers.phrases import day

MODULE = 0.7
"""Millimetres a module of the printed code; cameras of field laptops need at least 0.6."""
SMALLEST = 24.0
"""Least width of the code in millimetres: that on real licences."""
_AT = datetime(2022, 3, 1, tzinfo=CHINA)
"""Day from which licences of this form are issued (市场主体登记管理条例实施细则)."""


def licence_png(entity: Entity, payload: bytes | str, ppi: float = 150, fonts_dir: Path | None = None) -> bytes:
    """A specimen of the licence (A4, landscape) of this entity, carrying ``payload``. Raises PaperProblem."""
    data = {"fields": _fields(entity), "code": entity.code, "issuer": entity.licence.authority, **_code(payload)}
    data["issued"] = _date(entity)
    return press.pictures("licence.typ", data, _AT, ppi, fonts_dir)[0]


def sticker_png(entity: Entity, payload: bytes | str, ppi: float = 150, fonts_dir: Path | None = None) -> bytes:
    """A specimen of the 码上诚信 sticker on the door (100 mm wide), carrying ``payload``. Raises PaperProblem."""
    data = {"name": entity.licence.name, "code": entity.code, **_code(payload)}
    return press.pictures("sticker.typ", data, _AT, ppi, fonts_dir)[0]


def _code(payload: bytes | str) -> dict[str, Any]:
    svg = press.qr(payload)
    return {"qr": svg, "qr_mm": max(SMALLEST, press.modules(svg) * MODULE)}


def _date(entity: Entity) -> str:
    born = entity.licence.established
    return day(datetime(born.year, born.month, born.day, tzinfo=CHINA)) if born else ""


def _fields(entity: Entity) -> list[tuple[str, str]]:
    """Fields of the licence in its order (细则 art. 23); an individual's has no capital but a 组成形式."""
    licence = entity.licence
    person = entity.subject is SubjectKind.INDIVIDUAL
    capital = ("组成形式", licence.composition or "个人经营") if person else ("注册资本", licence.capital)
    return [
        ("名　　称", licence.name),
        ("类　　型", licence.kind),
        ("经 营 者" if person else "法定代表人", licence.representative),
        capital,
        ("成立日期", _date(entity)),
        ("经营场所" if person else "住　　所", licence.premises),
        ("经营范围", licence.scope),
    ]
