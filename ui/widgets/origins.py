"""Where an entity's data come from: by section and source, as of which day, and the newest record's own date."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from inspector.entity import CreditKind, Entity
from inspector.freshness import CHINA
from inspector.provenance import PERMIT, REGISTRATION, WholeLists, origins
from ui import cardwords as words
from ui.theme import Gap
from ui.widgets.text import text

Line = tuple[str, str, str, str]
_SECTIONS = {REGISTRATION: words.REGISTRATION, PERMIT: words.PERMITS, **{k.value: k.label for k in CreditKind}}


def origin_lines(entity: Entity, whole_lists: WholeLists, today: date) -> list[Line]:
    """Section, source, 数据截至 and newest own date; what is not there is empty.

    An older register tells no sources of permits, and the registration's as-of day is that of the whole entity.
    """
    lines = []
    days = (entity.licence.as_of, *(p.as_of for p in entity.permits), *(r.as_of for r in entity.credit))
    for origin in origins(entity, whole_lists, today):
        if origin.kind == PERMIT and not origin.source:
            continue
        as_of = span(origin.as_of)
        if origin.kind == REGISTRATION and not origin.source and entity.as_of and not any(days):
            as_of = f"{entity.as_of.astimezone(CHINA):%Y-%m-%d %H:%M}"
        newest = f"{origin.newest}" if origin.newest else ""
        lines.append((_SECTIONS[origin.kind], origin.source or words.UNKNOWN, as_of, newest))
    return lines


def span(days: tuple[date, date] | None) -> str:
    """One day, or the first and the last of several."""
    if days is None:
        return words.UNKNOWN
    first, last = days
    return f"{first}" if first == last else words.PERIOD.format(start=first, end=last)


def origins_grid(entity: Entity, whole_lists: WholeLists, today: date) -> QGridLayout:
    """The lines under their headings."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(Gap.MEDIUM)
    grid.setVerticalSpacing(Gap.SMALL)
    lines = [words.ORIGIN_HEADINGS, *origin_lines(entity, whole_lists, today)]
    for at, line in enumerate(lines):
        for place, words_ in enumerate(line):
            role = "v" if at and place else "k"
            grid.addWidget(text(words_, role, wrap=True), at, place, Qt.AlignmentFlag.AlignTop)
    for place, stretch in enumerate((4, 5, 5, 4)):
        grid.setColumnStretch(place, stretch)
    return grid
