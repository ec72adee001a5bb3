"""Checks SM2 signatures (GB/T 32918.2 with the curve of GB/T 32918.5 and SM3): the signing algorithm of 商用密码.

Only verification is here: it handles public values alone, so it need not run in constant time. Signing belongs in
the centre's hardware. The library below knows SM3 but not SM2; gmssl and the like do not check ranges.
"""

from functools import cache, lru_cache

from cryptography.hazmat.primitives.hashes import SM3, Hash

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER_ID = b"1234567812345678"
"""The identity of a signer when nothing else is agreed (GB/T 35276)."""
_WINDOW = 4
_STEPS = 256 // _WINDOW
Point = tuple[int, int, int]
"""Jacobian coordinates; Z = 0 is the point at infinity."""
_INFINITY: Point = (1, 1, 0)


def is_public(public: bytes) -> bool:
    """Whether ``public`` (x and y, 32 bytes each) is a point of the curve. Its order is prime: no small subgroups."""
    if len(public) != 64:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    return x < P and y < P and (y * y - (x * x + A) * x - B) % P == 0


def _double(point: Point) -> Point:
    x, y, z = point
    square = y * y % P
    across = 4 * x * square % P
    z2 = z * z % P
    slope = 3 * (x - z2) * (x + z2) % P  # a = -3
    new = (slope * slope - 2 * across) % P
    return new, (slope * (across - new) - 8 * square * square) % P, 2 * y * z % P


def _add(one: Point, other: Point) -> Point:
    if not one[2]:
        return other
    if not other[2]:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = other
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _double(one) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s1 * hhh) % P, h * z1 * z2 % P


def _multiples(x: int, y: int) -> tuple[Point, ...]:
    found: list[Point] = [_INFINITY, (x, y, 1)]
    for _ in range(2, 1 << _WINDOW):
        found.append(_add(found[-1], found[1]))
    return tuple(found)


@cache
def _of_generator() -> tuple[Point, ...]:
    return _multiples(*G)


def _sum(s: int, t: int, x: int, y: int) -> Point:
    """s·G + t·(x, y), both scalars read together from the top."""
    base, key = _of_generator(), _multiples(x, y)
    mask, total = (1 << _WINDOW) - 1, _INFINITY
    for step in range(_STEPS - 1, -1, -1):
        for _ in range(_WINDOW):
            total = _double(total)
        total = _add(total, base[s >> step * _WINDOW & mask])
        total = _add(total, key[t >> step * _WINDOW & mask])
    return total


def _sm3(*parts: bytes) -> bytes:
    hasher = Hash(SM3())
    for part in parts:
        hasher.update(part)
    return hasher.finalize()


@lru_cache(maxsize=64)
def _signer_digest(public: bytes) -> bytes:
    curve = b"".join(value.to_bytes(32, "big") for value in (A, B, *G))
    return _sm3((8 * len(USER_ID)).to_bytes(2, "big"), USER_ID, curve, public)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (r and s, 32 bytes each) is by ``public`` over ``message``.

    Keys off the curve and numbers outside 1…n−1 are just False (GB/T 32918.2, 7.1).
    """
    if len(signature) != 64 or not is_public(public):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    x, _, z = _sum(s, t, int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big"))
    if not z:
        return False
    digest = int.from_bytes(_sm3(_signer_digest(public), message), "big")
    return (digest + x * pow(z, -2, P) % P) % N == r
