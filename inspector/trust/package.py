"""Packages that couriers carry: a stream of frames that only the recipient reads, whole or not at all.

``MAGIC``, then a box (``device.seal``) with a fresh AES-256 key, then frames: four bytes of length (big-endian) and
AES-256-GCM with a counter as nonce, whose last byte marks the end (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015, as in the age format): a frame that is changed, moved, doubled, left out or cut off is noticed.
"""

from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inspector.errors import PackageRefused
from inspector.trust import device

MAGIC = b"MSCPKG1\n"
MAX_FRAME = 16 * 1024 * 1024
TAG = 16
KEY = 32
BOX = KEY + device.BOX_OVERHEAD


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def sealed(recipient: bytes, purpose: str, frames: Iterable[bytes], fresh: Callable[[int], bytes]) -> Iterator[bytes]:
    """The bytes of a package for the holder of an X25519 key; ``fresh(n)`` gives n secret random bytes.

    Raises ValueError for a frame that is empty (that is the end) or of more than 16 MiB.
    """
    key = fresh(KEY)
    yield MAGIC + device.seal(recipient, key, purpose, fresh(32))
    cipher = AESGCM(key)
    number = 0
    for frame in frames:
        if not 0 < len(frame) <= MAX_FRAME:
            raise ValueError("a frame is empty or too large")
        yield (len(frame) + TAG).to_bytes(4, "big") + cipher.encrypt(_nonce(number, False), frame, MAGIC)
        number += 1
    yield TAG.to_bytes(4, "big") + cipher.encrypt(_nonce(number, True), b"", MAGIC)


def opened(private: bytes, purpose: str, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The frames of a package, read piece by piece; the last one has come when this ends.

    Raises PackageRefused at the first thing that is not as the sender wrote it: what came before is genuine, but
    perhaps not all.
    """
    head = read(len(MAGIC) + BOX)
    key = device.unseal(private, head[len(MAGIC) :], purpose) if head.startswith(MAGIC) else None
    if key is None or len(key) != KEY:
        raise PackageRefused("这个文件不是给这里的，或已损坏。")
    cipher = AESGCM(key)
    number, last = 0, False
    while not last:
        size = int.from_bytes(read(4), "big")
        if not TAG <= size <= MAX_FRAME + TAG:
            raise PackageRefused
        last = size == TAG
        try:
            frame = cipher.decrypt(_nonce(number, last), read(size), MAGIC)
        except InvalidTag:
            raise PackageRefused from None
        if not last:
            yield frame
        number += 1
    if read(1):
        raise PackageRefused
