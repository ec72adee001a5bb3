"""The 30 application scenarios of 码上诚信 (黑市诚信办发〔2023〕4号), as data, and the checklist of those seen on site.

The code is voluntary: what a scenario asks about it is guidance or followed up; only items of law are violations.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec

from inspector import checklist
from inspector.checklist import Item, Section, Template
from inspector.terms import Term

SPOT, PERMITS = "1.1", "3.2"
"""Items of the checklist ``display`` that a scenario puts in its own words."""


class Mode(Term):
    """What is done with the code in a scenario."""

    DISPLAY = "display", "亮码展示"
    APPLY = "apply", "引导申请"
    INSPECT = "inspect", "执法检查"
    SELECT = "select", "择优选取"
    PROMOTION = "promotion", "宣传推广"
    VERDICT = "verdict", "资格核查"
    BENEFIT = "benefit", "便利服务"


class Rule(Term):
    """What is concluded from the credit data in a scenario."""

    NONE = "", "不作判断"
    V1 = "V1", "有码且无失信记录"
    V2 = "V2", "信用状况核查单"
    V3 = "V3", "择优"
    V4 = "V4", "有效资质清单"
    V5 = "V5", "以码代照"
    V6 = "V6", "是否有码"


PREFIX = "scenario-"
AT_A_DESK = frozenset((Mode.VERDICT, Mode.BENEFIT))
"""Modes that are decided at a desk: nobody visits, so there is no checklist."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """应用场景. ``id`` is its number in the circular."""

    id: int
    title: str
    mode: Mode
    units: tuple[str, ...]
    """牵头单位."""
    entities: str
    """Whom it is for, in the circular's words."""
    spot: str = ""
    """Where the code is displayed; empty when the circular names no place."""
    rule: Rule = Rule.NONE
    goal: str = ""
    """A number that the circular sets."""
    hint: str = ""
    """What the officer should know."""
    permits: tuple[str, ...] = ()
    """Kinds of permit that the trade needs."""
    items: tuple[Item, ...] = ()
    """What the trade's own law or the circular asks beside the common items."""

    @property
    def template_id(self) -> str:
        return f"{PREFIX}{self.id:02}"


@cache
def shipped() -> dict[int, Scenario]:
    """The scenarios that come with the program, by number."""
    text = files("inspector").joinpath("data/scenarios.toml").read_text(encoding="utf-8")
    found = msgspec.convert(tomllib.loads(text)["scenarios"], tuple[Scenario, ...])
    return {s.id: s for s in found}


@cache
def checklists() -> Mapping[str, Template]:
    """The checklists of all scenarios that are looked at on site, by id."""
    found = (template(s) for s in shipped().values() if s.mode not in AT_A_DESK)
    return MappingProxyType({t.id: t for t in found})


def template(scenario: Scenario) -> Template:
    """The checklist of one scenario: the common items in its words, then its own."""
    common = checklist.shipped()["display"]
    told = {SPOT: _spot(scenario)} | ({PERMITS: _permits(scenario)} if scenario.permits else {})
    sections = tuple(
        replace(s, items=tuple(replace(i, text=told.get(i.id, i.text)) for i in s.items)) for s in common.sections
    )
    if scenario.items:
        sections += (Section("本场景", scenario.items),)
    return Template(scenario.template_id, common.version, f"{scenario.title}（场景 {scenario.id}）", (), sections)


def _spot(scenario: Scenario) -> str:
    if not scenario.spot:
        return "展示“码上诚信”码（没有规定位置，未展示的选“不适用”）"
    return f"“码上诚信”码的展示位置：{scenario.spot}（拍照）"


def _permits(scenario: Scenario) -> str:
    return f"{'、'.join(scenario.permits)}在有效期内，范围与实际一致"
