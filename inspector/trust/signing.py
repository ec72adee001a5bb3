"""The algorithms that sign codes, and the port behind which the private key lies: in software, or in an HSM.

Numbers are those of COSE: Ed25519 is registered (RFC 9053); SM2 has none yet, so a private one stands for it.
"""

from typing import Protocol

from inspector.trust import device, sm2

EDDSA = -8
SM2 = -65537
"""SM2 with SM3 over the user identity of GB/T 35276; private use (RFC 9052, 11.4)."""
SIGNATURE = 64
"""Bytes of a signature in both: R and S, or r and s."""
_PRIME = (1 << 255) - 19
# y coordinates of the points of order 1, 2, 4, 8, and their unreduced forms (RFC 7748, 6; libsodium's list).
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL = {0, 1, _PRIME - 1, _PRIME, _PRIME + 1, _ORDER_8, _PRIME - _ORDER_8}


class Signer(Protocol):
    """Whoever holds a private key. An HSM's driver is one more of these; nothing else of the centre sees the key."""

    @property
    def algorithm(self) -> int:
        """``EDDSA`` or ``SM2``."""
        ...

    @property
    def public(self) -> bytes:
        """Ed25519: 32 bytes; SM2: x and y, 64 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes over ``message``."""
        ...


class Ed25519Signer:
    """A raw key in memory."""

    algorithm = EDDSA

    def __init__(self, private: bytes) -> None:
        self._private = private
        self.public = device.signing_public(private)

    def sign(self, message: bytes) -> bytes:
        return device.sign(self._private, message)


def usable(algorithm: int, public: bytes) -> bool:
    """Whether a public key may stand in a key list: of a known algorithm, and not one that anybody could sign for."""
    if algorithm == EDDSA:
        return len(public) == 32 and int.from_bytes(public, "little") & ~(1 << 255) not in _SMALL
    return algorithm == SM2 and sm2.is_public(public)


def verify(algorithm: int, public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is by ``public``; an unknown algorithm is just False."""
    if algorithm == EDDSA:
        return device.verify(public, message, signature)
    return algorithm == SM2 and sm2.verify(public, message, signature)
