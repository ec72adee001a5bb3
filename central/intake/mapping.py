"""Which column of a file says what: guessed from names and contents, corrected by a person, kept as a profile."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import msgspec

from central.intake.clean import Unclean, cleaner, normal_header, text, tidy_cell, without_personal
from central.intake.problems import UnclearColumns
from central.intake.readers import Numbered
from central.intake.rules import Column, Kind, kinds, words

SAMPLE_ROWS = 200
_TELLING = {"code", "date", "past", "ending", "state", "division", "risk", "count"}
"""Cleaners that most texts do not pass: what passes says something about the column."""
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column of a file may be."""

    header: str
    name: str
    """Name of the column of the kind, or empty: not collected."""
    share: float
    """Share of the sampled values that its cleaner takes; empty ones count when they are allowed."""
    samples: tuple[str, ...]
    personal: bool = False
    """The name says personal data: never collected."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A mapping under a name, with what goes with it (归集方案)."""

    name: str
    kind: str
    source: str
    columns: Mapping[str, str]
    """From the column of the kind to the header in the file."""
    whole: bool = False
    """Whether the source sends its whole list each time: what is missing is gone."""

    def encoded(self) -> bytes:
        return msgspec.json.encode(self, order="sorted")


def is_personal(header: str) -> bool:
    """Whether a column's name says that it holds personal data that is never collected."""
    return any(word in header for word in words()["personal"])


def guess(kind: Kind, header: Sequence[str], rows: Sequence[Numbered], today: date) -> list[Guess]:
    """One guess for every column of the file; no two are the same."""
    values = [[tidy_cell(cells[at]) for _, cells in rows if at < len(cells)] for at in range(len(header))]
    scored = []
    for at, name in enumerate(header):
        if is_personal(name):
            continue
        for order, column in enumerate(kind.columns):
            likely = _name_score(name, column) + _content_score(values[at], column, today)
            if likely >= ENOUGH:
                scored.append((-likely, order, at, column))
    found: dict[int, Column] = {}
    for _, _, at, column in sorted(scored, key=lambda one: one[:3]):
        if at not in found and column not in found.values():
            found[at] = column
    return [
        Guess(
            name,
            found[at].name if at in found else "",
            _share(values[at], found[at], today) if at in found else 0.0,
            () if is_personal(name) else _samples(values[at]),
            is_personal(name),
        )
        for at, name in enumerate(header)
    ]


def _samples(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(without_personal(value)[0][:60] for value in values if value))[:3]


def _name_score(header: str, column: Column) -> float:
    told = normal_header(header)
    names = [normal_header(name) for name in column.names]
    if told in names:
        return 2.0 if told == names[0] else 1.8
    # A short name stands in too many longer ones to say much.
    near = [len(name) / max(len(told), len(name)) for name in names if len(name) > 2 and (name in told or told in name)]
    return max(near, default=0.0) * 0.9 if len(told) > 2 else 0.0


def _content_score(values: Sequence[str], column: Column, today: date) -> float:
    """Contents bear a name out or speak against it; a code alone is told by its contents."""
    if column.clean not in _TELLING:
        return 0.0
    share = _share([v for v in values if text(v[:100])], column, today)
    if column.clean == "code":
        return 1.2 * share
    return 0.3 * share - (0.6 if share < 0.2 and any(values) else 0.0)


def _share(values: Sequence[str], column: Column, today: date) -> float:
    if not values:
        return 0.0
    clean = cleaner(column.clean, today)
    good = 0
    for value in values:
        with suppress(Unclean):
            good += clean(value) not in (None, "") or not column.required
    return good / len(values)


def likely_kind(header: Sequence[str], rows: Sequence[Numbered], today: date) -> Kind:
    """The kind whose columns the header names best."""

    def score(kind: Kind) -> float:
        found = {g.name for g in guess(kind, header, rows, today)} - {""}
        needed = [c.name for c in kind.columns if c.required]
        return sum(name in found for name in needed) / len(needed) * 10 + len(found)

    return max(kinds().values(), key=score)


def columns_of(guesses: Sequence[Guess]) -> dict[str, str]:
    return {g.name: g.header for g in guesses if g.name}


def check(kind: Kind, columns: Mapping[str, str], header: Sequence[str]) -> None:
    """Raises UnclearColumns when a column is unknown, missing, used twice, or personal."""
    labels = {c.name: c.label for c in kind.columns}
    if unknown := sorted(set(columns) - set(labels)):
        raise UnclearColumns(f"“{kind.label}”没有“{unknown[0]}”这一项。")
    missing = [c.label for c in kind.columns if c.required and c.name not in columns]
    if missing:
        raise UnclearColumns(f"缺少必需的列：{'、'.join(missing)}。")
    if absent := sorted(set(columns.values()) - set(header)):
        raise UnclearColumns(f"文件里没有“{absent[0]}”这一列。")
    used = list(columns.values())
    if twice := [name for name in used if used.count(name) > 1]:
        raise UnclearColumns(f"“{twice[0]}”这一列用了不止一次。")
    if personal := [name for name in used if is_personal(name)]:
        raise UnclearColumns(f"“{personal[0]}”是个人信息，不归集。")


def header_unit(header: str) -> str:
    """The unit of money that a header gives in brackets, e.g. 注册资本（万元）."""
    found = re.search(r"[(（]\s*([十百千万亿]*元[^)）]*)[)）]", header)
    return found[1].strip() if found else ""
