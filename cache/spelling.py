"""Reads typed Latin letters as pinyin: with or without marks of tones, ü in each of its spellings."""

import re
import unicodedata
from collections.abc import Iterator, Set
from itertools import islice

SPLITS = 4
"""Ways to cut pinyin into syllables that are tried."""
_MARKED = re.compile("([a-z])([\u0300-\u036f]+)")
_AS_TYPED = {"lue": "lve", "nue": "nve"}
"""Syllables that input methods take without the dots of their ü."""
_RUN = re.compile("[a-z0-9]*[a-z][a-z0-9]*|(?:(?![0-9]*[a-z]).)+")


def letters(text: str) -> str:
    """A normal form with pinyin as the index spells it: no marks of tones, ü as v, but u behind j, q, x and y."""
    spread = unicodedata.normalize("NFD", text)
    plain = _MARKED.sub(lambda m: "v" if m[1] == "u" and "\u0308" in m[2] else m[1], spread)
    return re.sub("(?<=[jqxy])v", "u", unicodedata.normalize("NFC", plain))


def runs(text: str) -> list[str]:
    """``text`` (as ``letters`` gives it) cut where Latin letters and other characters meet: 花山 and xianguo."""
    return _RUN.findall(text)


def split(text: str, syllables: Set[str]) -> list[list[str]]:
    """Ways to read ``text`` as syllables, long ones first; the last may be unfinished."""
    known = syllables | {typed for typed, spelled in _AS_TYPED.items() if spelled in syllables}
    ends = {len(text)}
    """Positions from which the rest can be read."""
    steps: dict[int, list[int]] = {}
    for at in reversed(range(len(text))):
        steps[at] = [end for end in range(at + 6, at, -1) if end in ends and text[at:end] in known]
        if steps[at] or any(syllable.startswith(text[at:]) for syllable in known):
            ends.add(at)
            steps[at] = steps[at] or [len(text)]

    def readings(at: int) -> Iterator[list[str]]:
        if at == len(text):
            yield []
        for end in steps.get(at, ()):
            syllable = _AS_TYPED.get(text[at:end], text[at:end])
            yield from ([syllable, *rest] for rest in readings(end))

    return list(islice(readings(0), SPLITS))
