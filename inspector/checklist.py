"""Checklists: templates as data, the items that an entity's own data adds, and what an answer means."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files

import msgspec

from inspector import freshness
from inspector.entity import CreditKind, Entity, RegistrationState, abnormal_basis

ADDED = "核验提示"
"""Title of the section that an entity's data adds."""
_GONE = frozenset(
    (
        RegistrationState.REVOKED,
        RegistrationState.REVOKED_DEREGISTERED,
        RegistrationState.DEREGISTERED,
        RegistrationState.CANCELLED,
    )
)


@dataclass(frozen=True, slots=True)
class Item:
    """检查项. ``guidance`` items are voluntary (码上诚信): never a violation, only 引导.

    An ``investigate`` item found 不符合 is followed up (a code of somebody else), never a 责令改正 by itself.
    """

    id: str
    text: str
    basis: str
    key: bool = False
    """重点项."""
    guidance: bool = False
    phrases: tuple[str, ...] = ()
    """常用语: facts to start a note with."""
    investigate: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """检查表. ``permits`` are the kinds of permit that suggest it."""

    id: str
    version: int
    title: str
    permits: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical form: says exactly which questions were asked."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)


def read(text: str) -> Template:
    """A template from TOML; raises ``msgspec.ValidationError`` when it is not one."""
    return msgspec.convert(tomllib.loads(text), Template, strict=False)


@cache
def shipped() -> dict[str, Template]:
    """The templates that come with the program, by id."""
    folder = files("inspector").joinpath("data/checklists")
    found = [read(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".toml")]
    return {t.id: t for t in sorted(found, key=lambda t: t.id)}


def suggest(templates: dict[str, Template], entity: Entity | None) -> str:
    """Id of the template whose permits fit the entity best; the general one when none does."""
    kinds = {p.kind for p in entity.permits} if entity else set()
    scope = entity.licence.scope if entity else ""
    ranked = sorted(templates.values(), key=lambda t: -len(kinds & set(t.permits)))
    best = ranked[0]
    if not kinds & set(best.permits) and "registration" in templates:
        return "registration"
    if {"catering", "food-sale"} <= templates.keys() and best.id in ("catering", "food-sale"):
        # The same permit covers both trades.
        return "catering" if "餐饮" in scope else "food-sale"
    return best.id


def added_items(entity: Entity | None, today: date, warning_days: int) -> tuple[Item, ...]:
    """The items that an entity's data adds in front: open corrections first, then state, lists, permits."""
    if entity is None:
        return ()
    items: list[Item] = []
    current = [r for r in entity.credit if freshness.is_current(r, today)]
    for record in current:
        if record.kind is CreditKind.CORRECTION:
            due = f"（期限 {record.due:%Y-%m-%d}）" if record.due else ""
            items.append(
                Item(f"0.{len(items) + 1}", f"复查：{record.title}{due}", record.number or "责令改正通知书", True)
            )
    if entity.licence.state in _GONE:
        text = f"登记状态为“{entity.licence.state.label}”，是否仍在经营（已停止经营为符合）"
        items.append(Item(f"0.{len(items) + 1}", text, "《市场主体登记管理条例》第三条、第四十三条", True))
    for record in current:
        if record.kind is CreditKind.ABNORMAL:
            text = f"经营异常原因是否已消除：{record.title}"
            items.append(Item(f"0.{len(items) + 1}", text, abnormal_basis(entity.subject), True))
    for permit in entity.permits:
        left = freshness.days_left(permit, today)
        if left is not None and left <= warning_days:
            state = f"还有 {left} 天到期" if left >= 0 else "已到期"
            text = f"{permit.kind}（{permit.number}）{state}，是否已办理延续"
            items.append(Item(f"0.{len(items) + 1}", text, "《行政许可法》第五十条", True))
    return tuple(items)


def sections(template: Template, added: tuple[Item, ...]) -> tuple[Section, ...]:
    """All sections to answer, the added one first."""
    return ((Section(ADDED, added),) if added else ()) + template.sections
