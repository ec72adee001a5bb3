"""Reed-Solomon over GF(256) with errors and erasures, and a limit on how lucky a correction may be.

An erasure (a codeword known to be doubtful) costs one check symbol, an error two: that is why a picture whose burnt-out
or dirty places are known can be read beyond what decoders without erasures reach.
"""

import math
from functools import cache

_EXP = [1] * 512
_LOG = [0] * 256
for _i in range(1, 512):
    _EXP[_i] = (_EXP[_i - 1] << 1) ^ (0x11D if _EXP[_i - 1] & 0x80 else 0)
for _i in range(255):
    _LOG[_EXP[_i]] = _i

MARGIN = 2.5
"""Check symbols that must be left over as proof: noise is taken for a block with probability 256 ** -2.5 (1e-6)."""


def correct(word: list[int], checks: int, erased: list[int]) -> list[int] | None:
    """The corrected block, or None. ``erased`` are doubtful places; ``checks`` the number of check symbols."""
    syndromes = _syndromes(word, checks)
    if not any(syndromes):
        return word
    length = len(word)
    erasure_locator = [1]
    for place in erased:
        erasure_locator = _times(erasure_locator, [1, _EXP[length - 1 - place]])
    forney = _times(syndromes, erasure_locator)[len(erased) : checks]
    error_locator = _berlekamp_massey(forney)
    errors = len(error_locator) - 1
    if 2 * errors > len(forney) or checks - len(erased) - errors - _luck(length - len(erased), errors) < MARGIN:
        return None
    locator = _times(erasure_locator, error_locator)
    roots = [i for i in range(length) if _at(locator, _EXP[255 - i]) == 0]
    if len(roots) != len(locator) - 1:
        return None
    omega = _times(syndromes, locator)[:checks]
    derivative = [c if k % 2 == 0 else 0 for k, c in enumerate(locator[1:])]
    fixed = list(word)
    for i in roots:
        inverse = _EXP[255 - i]
        below = _at(derivative, inverse)
        above = _at(omega, inverse)
        if below == 0:
            return None
        if above:
            fixed[length - 1 - i] ^= _EXP[(_LOG[above] + i + 255 - _LOG[below]) % 255]
    return None if any(_syndromes(fixed, checks)) else fixed


@cache
def _luck(length: int, errors: int) -> float:
    """How many check symbols the free choice of the places of ``errors`` is worth."""
    return math.log(max(1, math.comb(length, errors)), 256)


def _syndromes(word: list[int], checks: int) -> list[int]:
    out = []
    for j in range(checks):
        total = 0
        for symbol in word:
            total = (_EXP[_LOG[total] + j] if total else 0) ^ symbol
        out.append(total)
    return out


def _times(a: list[int], b: list[int]) -> list[int]:
    """Product of polynomials, lowest power first."""
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        if x:
            log = _LOG[x]
            for j, y in enumerate(b):
                if y:
                    out[i + j] ^= _EXP[log + _LOG[y]]
    return out


def _at(polynomial: list[int], x: int) -> int:
    total, log = 0, _LOG[x]
    for c in reversed(polynomial):
        total = (_EXP[_LOG[total] + log] if total else 0) ^ c
    return total


def _berlekamp_massey(sequence: list[int]) -> list[int]:
    current, before = [1], [1]
    length, gap, last = 0, 1, 1
    for n, symbol in enumerate(sequence):
        delta = symbol
        for i in range(1, min(length, len(current) - 1) + 1):
            if current[i] and sequence[n - i]:
                delta ^= _EXP[_LOG[current[i]] + _LOG[sequence[n - i]]]
        if delta == 0:
            gap += 1
            continue
        factor = (_LOG[delta] + 255 - _LOG[last]) % 255
        shifted = [0] * gap + [_EXP[_LOG[c] + factor] if c else 0 for c in before]
        width = max(len(current), len(shifted))
        updated = [
            (current[i] if i < len(current) else 0) ^ (shifted[i] if i < len(shifted) else 0) for i in range(width)
        ]
        if 2 * length <= n:
            before, length, last, gap = current, n + 1 - length, delta, 1
        else:
            gap += 1
        current = updated
    while len(current) > 1 and current[-1] == 0:
        current.pop()
    return current if len(current) - 1 == length else [*current, *([0] * (length + 1 - len(current)))]
