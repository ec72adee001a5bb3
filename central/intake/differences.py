"""What an import changes in an entity, in words: a dry run shows the first of them before anything is written."""

from typing import Any, NamedTuple

from central.intake.records import ON_ENTITY, ON_LICENCE
from central.intake.rules import Kind
from inspector.entity import Entity, Permit
from inspector.terms import Term

SHOWN = 20
"""Examples that are kept of each import."""


class Difference(NamedTuple):
    """One entity that an import changes."""

    code: str
    name: str
    what: str


def difference(kind: Kind, before: Entity, after: Entity) -> Difference:
    """What changes between two states of an entity that a row of this kind leads from one to the other."""
    told = []
    for names, was, now in ((ON_LICENCE, before.licence, after.licence), (ON_ENTITY, before, after)):
        for name, field in names.items():
            old, new = getattr(was, field), getattr(now, field)
            column = kind.column(name)
            if old != new and column:
                told.append(f"{column.label}：{_said(old)} → {_said(new)}")
    if before.licence.source != after.licence.source:
        told.append(f"来源：{_said(before.licence.source)} → {_said(after.licence.source)}")
    for records, others, sign in ((before, after, "去掉"), (after, before, "写入")):
        told += [f"{sign}许可 {p.kind} {p.number}（{_until(p)}）" for p in records.permits if p not in others.permits]
        told += [f"{sign}{r.kind.label} {r.title}" for r in records.credit if r not in others.credit]
    return Difference(after.code, after.licence.name, "；".join(told))


def _until(permit: Permit) -> str:
    return f"至 {permit.valid_to}" if permit.valid_to else "长期"


def _said(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case Term():
            return value.label
        case None | "":
            return "（空）"
        case _:
            return str(value)
