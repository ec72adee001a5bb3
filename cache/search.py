"""Understands what an officer typed and finds entities for it, best first.

A text is tried as what it can be (identifier, part of one, name, person, address, pinyin, initials);
each try asks the register for at most ``CANDIDATES`` ids, and the entities found are then ranked.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice, pairwise
from typing import Protocol

from cache import spelling
from cache.session_types import Hit
from inspector import divisions
from inspector.entity import Entity
from inspector.identifiers import misread_codes, misread_organisation_codes, slips
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
TOWN, PLACE, SCATTERED, RELAXED = 2, 3, 4, 5
"""Levels of hits whose town was typed before their name, of hits by address, of those that hold what was typed in
pieces, and of those that do not hold all of it."""
Fits = Callable[[Entity], bool]
Reading = tuple[int, list[int], Fits]
"""Level, ids, and what an entity must fulfil besides: a reading may have asked for less than was typed."""
SHORTEST_NUMBER, LONGEST_NUMBER = 13, 20
"""Characters of what may be a mistyped registration or permit number."""
DIGITS = "0123456789"


class Source(Protocol):
    """What searching needs of a register: see ``cache.register_reader.Reader``."""

    common: frozenset[str]
    syllables: frozenset[str]
    prefixes: tuple[str, ...]

    def entities(self, ids: Iterable[int]) -> Iterator[tuple[int, Entity]]: ...
    def codes_starting(self, text: str, limit: int) -> list[int]: ...
    def numbers_starting(self, text: str, limit: int) -> list[int]: ...
    def number(self, text: str) -> list[int]: ...
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
        self._spelling = spelling.letters(self._key)
        self._parts = [part for part in map(normal, text.split()) if len(part) > 1] or [self._key]
        self._pieces = [spelling.runs(spelling.letters(normal(part))) for part in text.split()]
        self._latin = self._spelling.isascii()
        self._town, self._rest = divisions.split_town(self._key)

    def tries(self) -> Iterator[Reading]:
        """What the text may be, the likeliest first; a lower level is a better match."""
        if len(self._key) < 2:
            return
        if self._latin:
            if not self._key.isdigit():
                yield from self._pinyin()
            yield from self._identifier()
        yield self._every(1, name_words, _names, self._parts)
        if not self._key.isdigit():
            yield self._every(2, person_words, lambda e: (e.licence.representative,), self._parts)
        if not self._latin:
            if self._town and len(self._rest) > 1:
                yield self._every(TOWN, name_words, _names, [self._rest])
            yield self._every(PLACE, place_words, lambda e: (e.licence.premises,), self._parts)
        yield from self._in_pieces()

    def _every(
        self,
        level: int,
        words: Callable[[str], set[str]],
        texts: Callable[[Entity], tuple[str, ...]],
        parts: Collection[str],
    ) -> Reading:
        """Entities that have every word of ``parts`` in ``texts``.

        The words that very many have are asked for only when the others leave too many: reading
        their long lists costs most of the time.
        """
        wanted: set[str] = set().union(*map(words, parts))
        rare = wanted - self._source.common
        ids = self._source.match(_all(rare), CANDIDATES) if rare and rare != wanted else None
        if ids is None or len(ids) == CANDIDATES:
            ids = self._match(_all(wanted))
        return level, ids, lambda entity: wanted <= set().union(*map(words, texts(entity)))

    def level(self, entity: Entity, level: int) -> int:
        """A whole name, identifier or person lifts a hit; each missing pair of characters lowers a relaxed one."""
        licence = entity.licence
        name, former_name = normal(licence.name), normal(licence.former_name)
        if self._key in (name, entity.code.lower()):
            return -1
        if self._key in (former_name, normal(licence.representative)):
            return 0
        if level == TOWN:
            if not divisions.lies_in(entity.area or entity.division or entity.code[2:8], self._town):
                return SCATTERED
            return 0 if self._rest in (name, former_name) else TOWN
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
        if not whole:
            yield 1, self._codes(misread_codes(text)), anything
            if SHORTEST_NUMBER <= len(text) <= LONGEST_NUMBER:
                yield 1, [number for other in _misread_numbers(text) for number in self._source.number(other)], anything
        if len(text) >= 3:
            yield 1, self._inside(text), lambda entity: text in entity.code
        if organisations := set(misread_organisation_codes(text)):
            near = self._match(_any(_all(code_words(other)) for other in sorted(organisations)))
            yield 2, near, lambda entity: entity.code[PREFIX:-1] in organisations

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
        readings = spelling.split(self._spelling, self._source.syllables)
        for syllables in readings:
            if syllables[0] in self._source.syllables:
                yield 1, self._match(self._spelled(syllables)), anything
        yield 2, self._match(_all(initial_words(self._spelling))), anything
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

    def _in_pieces(self) -> Iterator[Reading]:
        """Entities that have each piece of the query somewhere, hanzi and pinyin beside each other too.

        A single character has no word of its own: it begins one when more is typed behind it, and is looked for in
        what the others find.
        """
        pieces = [piece for part in self._pieces for piece in part]
        lone = {piece for piece in pieces if len(piece) == 1 and not ("a" <= piece <= "z")}
        asked = [_any(kinds) for piece in pieces if piece not in lone and (kinds := list(self._kinds(piece)))]
        asked += [f'"n{first}" *' for part in self._pieces for first, _ in pairwise(part) if first in lone]
        if len(pieces) > 1 and asked:
            several = " AND ".join(f"({expression})" for expression in asked)
            yield SCATTERED, self._match(several), lambda entity: lone <= _characters(entity)

    def _kinds(self, piece: str) -> Iterator[str]:
        """What a piece of a query may be."""
        if len(piece) > 1:
            yield from (_all(name_words(piece)), _all(place_words(piece)), _all(person_words(piece)))
        if not piece.isascii():
            return
        if not piece.isdigit():
            yield from map(self._spelled, spelling.split(piece, self._source.syllables))
            if len(piece) > 1:
                yield _all(initial_words(piece))
        if len(piece) > 2:
            yield _all(code_words(piece))

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


def _characters(entity: Entity) -> set[str]:
    licence = entity.licence
    return set().union(*map(normal, (*_names(entity), licence.premises, licence.representative)))


def _misread_numbers(text: str) -> Iterator[str]:
    """Numbers that ``text`` may stand for, whatever kinds there are: only those that exist are found."""
    for size in (len(text), len(text) - 1, len(text) + 1):
        yield from slips(text, size, DIGITS)
