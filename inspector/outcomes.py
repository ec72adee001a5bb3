"""检查结果: stable keys, their wording, and which go together (see inspector/data/outcomes.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

NO_PROBLEM = "no_problem"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result that may be published."""

    key: str
    text: str
    code: str
    """Code of a receiving system."""
    finding: bool = False
    """Needs at least one item 不符合."""
    photos: int = 0
    """Photographs that it needs as evidence."""
    measures: bool = False
    """Needs the measures to be written down."""
    correction: bool = False
    """责令改正: needs an item 不符合 that may be ordered to be corrected."""


@cache
def shipped() -> dict[str, Outcome]:
    """The outcomes that come with the program, by key, in their order."""
    text = files("inspector").joinpath("data/outcomes.toml").read_text(encoding="utf-8")
    found = msgspec.convert(tomllib.loads(text)["outcomes"], tuple[Outcome, ...])
    return {o.key: o for o in found}


def text_of(key: str) -> str:
    """Wording of an outcome; an unknown key (from a newer centre) is shown as it is, never dropped."""
    outcome = shipped().get(key)
    return outcome.text if outcome else key


def toggle(chosen: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Choose or unchoose: 未发现问题 excludes all others."""
    if key in chosen:
        return tuple(k for k in chosen if k != key)
    if key == NO_PROBLEM:
        return (key,)
    return (*(k for k in chosen if k != NO_PROBLEM), key)


def objections(
    chosen: tuple[str, ...], violations: int, photos: int, measures: str, correctable: int | None = None
) -> list[str]:
    """Why these outcomes cannot stand with this inspection.

    ``correctable`` are the violations that may be ordered to be corrected; all of them when not told.
    """
    if not chosen:
        return ["请选择检查结果"]
    known = [shipped()[k] for k in chosen if k in shipped()]
    found = []
    if NO_PROBLEM in chosen and len(chosen) > 1:
        found.append("“未发现问题”不能与其他结果同时选择")
    if NO_PROBLEM in chosen and violations:
        found.append(f"有 {violations} 项不符合，不能选“未发现问题”")
    if violations and not any(o.finding or o.photos for o in known):
        found.append(f"有 {violations} 项不符合，请选择相应的检查结果")
    for outcome in known:
        if outcome.finding and not violations:
            found.append(f"“{outcome.text}”需要至少一项不符合")
        elif outcome.correction and correctable == 0:
            found.append(f"不符合的只是待核实事项，不能责令改正，请不选“{outcome.text}”")
        if photos < outcome.photos:
            found.append(f"“{outcome.text}”需要至少 {outcome.photos} 张照片")
        if outcome.measures and not measures.strip():
            found.append(f"“{outcome.text}”需要写明后续处置措施")
    return found
