"""Understands what an officer typed and finds entities for it, best first.

A text is tried as what it can be (identifier, part of one, name, person, address, pinyin, initials);
each try asks the register for at most ``CANDIDATES`` ids, and the entities found are then ranked.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Protocol

from cache.session_types import Hit
from inspector.entity import Entity
from inspector.identifiers import ALPHABET, is_code, near
from inspector.register_file import (
    PREFIX,
    area_word,
    code_words,
    grams,
    in_force,
    initial_words,
    name_words,
    normal,
    pair_words,
    person_words,
    place_words,
    syllable_words,
)

CANDIDATES = 200
"""Entities looked at for one reading of a query: enough to rank, few enough for 50 ms."""
RECENT = 100
"""Recently seen entities, and those of open tasks, that are looked at before all others."""
LONGEST = 60
"""Characters of a query that are used; longer ones are no query but a paste."""
PLACE, SCATTERED, RELAXED = 3, 4, 5
"""Levels of hits by address, of hits that hold what was typed in pieces, and of those that do not hold all of it."""
Fits = Callable[[Entity], bool]
Reading = tuple[int, list[int], Fits]
"""Level, ids, and what an entity must fulfil besides: a reading may have asked for less than was typed."""
SPLITS = 4
"""Ways to cut pinyin into syllables that are tried."""


class Source(Protocol):
    """What searching needs of a register: see ``cache.register_reader.Reader``."""

    common: frozenset[str]
    syllables: frozenset[str]
    prefixes: tuple[str, ...]

    def entities(self, ids: Iterable[int]) -> Iterator[tuple[int, Entity]]: ...
    def codes_starting(self, text: str, limit: int) -> list[int]: ...
    def numbers_starting(self, text: str, limit: int) -> list[int]: ...
    def match(self, expression: str, limit: int) -> list[int]: ...


def anything(entity: Entity) -> bool:
    """For readings whose ids need no second look."""
    return True


def hit(entity: Entity) -> Hit:
    """The line of a result."""
    licence = entity.licence
    return Hit(entity.code, licence.name, licence.premises, licence.state.label, entity.subject.label)


def find(source: Source, text: str, limit: int, area: str = "", recent: Collection[str] = ()) -> list[Hit]:
    """At most ``limit`` entities for ``text``: best match first, then ``recent``, own ``area``, in force.

    ``recent`` are codes that the officer saw lately or has a task about.

    Any text is allowed; one that says nothing (a single character, only signs) finds nothing.
    """
    query = Query(source, unicodedata.normalize("NFKC", text)[:LONGEST], area)
    seen = [number for code in islice(recent, RECENT) for number in source.codes_starting(code, 1)]
    found: dict[int, tuple[tuple[object, ...], Entity]] = {}

    def take(level: int, ids: Iterable[int], fits: Fits = anything) -> bool:
        if fits is not anything:  # those seen recently may stand too far back among many that match
            ids = [*seen, *ids]
        fresh = [number for number in dict.fromkeys(ids) if number not in found]
        for number, entity in source.entities(fresh):
            if not fits(entity):
                continue
            place = (query.level(entity, level), entity.code not in recent, entity.area != area, not in_force(entity))
            found[number] = ((*place, len(entity.licence.name), number), entity)
        return len(found) >= limit

    if not any(take(*reading) for reading in query.tries()) and not found:
        any(take(RELAXED, ids) for ids in query.relaxed())
    return [hit(entity) for _, entity in sorted(found.values(), key=lambda pair: pair[0])[:limit]]


class Query:
    """One text and the readings it allows."""

    def __init__(self, source: Source, text: str, area: str) -> None:
        self._source = source
        self._area = area
        self._key = normal(text)
        self._parts = [part for part in map(normal, text.split()) if len(part) > 1] or [self._key]
        self._latin = self._key.isascii()

    def tries(self) -> Iterator[Reading]:
        """What the text may be, the likeliest first; a lower level is a better match."""
        if len(self._key) < 2:
            return
        if self._latin:
            if not self._key.isdigit():
                yield from self._pinyin()
            yield from self._identifier()
        yield self._every(1, name_words, _names)
        if not self._latin:
            yield self._every(2, person_words, lambda e: (e.licence.representative,))
            yield self._every(PLACE, place_words, lambda e: (e.licence.premises,))
        if len(self._parts) > 1:
            several = " AND ".join(f"({_any(_kinds(part))})" for part in self._parts)
            yield SCATTERED, self._match(several), anything

    def _every(
        self, level: int, words: Callable[[str], set[str]], texts: Callable[[Entity], tuple[str, ...]]
    ) -> Reading:
        """Entities that have every word of the query in ``texts``.

        The words that very many have are asked for only when the others leave too many: reading
        their long lists costs most of the time.
        """
        wanted: set[str] = set().union(*map(words, self._parts))
        rare = wanted - self._source.common
        ids = self._source.match(_all(rare), CANDIDATES) if rare and rare != wanted else None
        if ids is None or len(ids) == CANDIDATES:
            ids = self._match(_all(wanted))
        return level, ids, lambda entity: wanted <= set().union(*map(words, texts(entity)))

    def level(self, entity: Entity, level: int) -> int:
        """A whole name, identifier or person lifts a hit; each missing pair of characters lowers a relaxed one."""
        licence = entity.licence
        name = normal(licence.name)
        if self._key in (name, entity.code.lower()):
            return -1
        if self._key in (normal(licence.former_name), normal(licence.representative)):
            return 0
        if level == PLACE and self._key not in normal(licence.premises):
            return SCATTERED
        return level if level < RELAXED else level + sum(pair not in name for pair in grams(self._key, 2))

    def _match(self, expression: str) -> list[int]:
        """Ids in force first; when there are more than are looked at, those of the own area in their place."""
        found = self._source.match(expression, CANDIDATES)
        if self._area and len(found) == CANDIDATES:
            own = self._source.match(f"{_quoted(area_word(self._area))} AND ({expression})", CANDIDATES)
            found = [*own, *found][:CANDIDATES]
        return found

    def _identifier(self) -> Iterator[Reading]:
        text = self._key.upper()
        whole = self._source.codes_starting(text, CANDIDATES)
        yield 0, whole, anything
        yield 0, self._source.numbers_starting(text, CANDIDATES), anything
        if not whole and len(text) in (17, 18, 19):
            yield 1, self._codes(_misread(text)), anything
        if len(text) >= 3:
            yield 1, self._inside(text), lambda entity: text in entity.code

    def _codes(self, codes: Iterable[str]) -> list[int]:
        return [number for code in codes for number in self._source.codes_starting(code, 1)]

    def _inside(self, text: str) -> list[int]:
        """Codes that contain ``text``: reaching into the prefix by the code's own order, behind it by its words."""
        found: list[int] = []
        for prefix in self._source.prefixes:
            for start in range(1, PREFIX):
                head = prefix[start:]
                if text.startswith(head) or head.startswith(text):
                    found += self._source.codes_starting(prefix + text[len(head) :], CANDIDATES)
        return found[:CANDIDATES] + self._match(_all(code_words(text)))

    def _pinyin(self) -> Iterator[Reading]:
        readings = _split(self._key, self._source.syllables)
        for syllables in readings:
            if syllables[0] in self._source.syllables:
                yield 1, self._match(self._spelled(syllables)), anything
        yield 2, self._match(_all(initial_words(self._key))), anything
        for syllables in readings:
            if syllables[0] not in self._source.syllables:
                yield 3, self._match(self._spelled(syllables)), anything

    def _spelled(self, syllables: list[str]) -> str:
        """Names with these syllables, the last of which may have more letters to come."""
        *done, last = syllables
        endings = sorted(syllable for syllable in self._source.syllables if syllable.startswith(last))
        ends = pair_words if done else syllable_words
        last_words = {word for ending in endings for word in ends([*done[-1:], ending])}
        known = f"{_all(pair_words(done))} AND " if len(done) > 1 else ""
        return known + f"({_any(map(_quoted, sorted(last_words)))})"

    def relaxed(self) -> Iterator[list[int]]:
        """Names with something between the typed characters, or with one of them mistyped.

        Each try leaves out one or two neighbouring pairs of characters; words that very many names
        have (the town's) may be missing too.
        """
        pairs = ["n" + pair for pair in grams(self._key, 2)]
        for gap in (1, 2):
            for start in range(len(pairs) - gap + 1):
                kept = {*pairs[:start], *pairs[start + gap :]} - self._source.common
                if kept:
                    yield self._match(_all(kept))


def _names(entity: Entity) -> tuple[str, ...]:
    return entity.licence.name, entity.licence.former_name


def _all(words: Collection[str]) -> str:
    return " AND ".join(map(_quoted, sorted(words)))


def _quoted(word: str) -> str:
    return f'"{word}"'


def _any(expressions: Iterable[str]) -> str:
    return " OR ".join(f"({expression})" for expression in expressions)


def _kinds(part: str) -> tuple[str, ...]:
    return _all(name_words(part)), _all(place_words(part)), _all(person_words(part))


def _misread(text: str) -> Iterator[str]:
    """Valid codes that ``text`` may stand for: one character wrong, swapped, missing or too many."""
    if len(text) == 18:
        yield from near(text)
    elif len(text) == 17:
        yield from filter(is_code, (text[:at] + c + text[at:] for at in range(18) for c in ALPHABET))
    else:
        yield from filter(is_code, (text[:at] + text[at + 1 :] for at in range(19)))


def _split(letters: str, syllables: frozenset[str]) -> list[list[str]]:
    """Ways to read ``letters`` as syllables, long ones first; the last may be unfinished."""
    ends = {len(letters)}
    """Positions from which the rest can be read."""
    steps: dict[int, list[int]] = {}
    for at in reversed(range(len(letters))):
        steps[at] = [end for end in range(at + 6, at, -1) if end in ends and letters[at:end] in syllables]
        if steps[at] or any(syllable.startswith(letters[at:]) for syllable in syllables):
            ends.add(at)
            steps[at] = steps[at] or [len(letters)]

    def readings(at: int) -> Iterator[list[str]]:
        if at == len(letters):
            yield []
        for end in steps.get(at, ()):
            yield from ([letters[at:end], *rest] for rest in readings(end))

    return list(islice(readings(0), SPLITS))
