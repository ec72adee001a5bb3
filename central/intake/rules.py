"""Kinds of deliveries, their columns, words and periods: read from the two TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a kind of delivery may say."""

    name: str
    label: str
    clean: str
    """Name of the cleaner in ``central.intake.clean``."""
    required: bool
    names: tuple[str, ...]
    """What sources call it, its label first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of delivery (归集类别)."""

    key: str
    label: str
    columns: tuple[Column, ...]
    authoritative: tuple[str, ...]

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)

    def rank(self, source: str) -> int:
        """1 for a source that has the last word on this kind, 0 for others."""
        return int(any(word in source for word in self.authoritative))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("central.intake").joinpath(f"data/{name}.toml").read_text(encoding="utf-8"))


def _column(name: str, told: dict[str, Any]) -> Column:
    names = (told["label"], *told["names"])
    return Column(name, told["label"], told["clean"], told.get("required", False), names)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by key, in the order in which they are delivered: registrations first."""
    data = _load("kinds")
    made = {}
    for key, told in data["kinds"].items():
        own = data["columns"] | told.get("own", {})
        columns = tuple(_column(name, own[name]) for name in told["columns"])
        made[key] = Kind(key, told["label"], columns, tuple(told.get("authoritative", ())))
    return made


@cache
def words() -> dict[str, Any]:
    """The words and periods of ``rules.toml``."""
    return _load("rules")
