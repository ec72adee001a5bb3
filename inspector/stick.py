"""What stands in the packages on a stick: the same events, chunks, answers and feed as on the network.

A frame is one byte for its kind and what the wire says. What goes up proves itself (events and blobs by signature and
hash). What comes down ends with the service's signature over everything before it, because the feed has none of its
own.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

FOLDER = "mashangcha"
"""On the stick: packages, and the signed repository with the register beside them."""
REPOSITORY = "register"
UP, DOWN = "up", "down"
"""Ends of file names, and what the boxes are bound to."""
_HEX = 64


@dataclass(frozen=True, slots=True)
class UpHead:
    """First frame of what a laptop wrote."""

    device_id: str
    written_at: datetime
    feed_cursor: int
    """After which item the laptop wants the feed."""


@dataclass(frozen=True, slots=True)
class DownHead:
    """First frame of what the service wrote."""

    device_id: str
    written_at: datetime
    feed_after: int


class Kind:
    """First byte of a frame."""

    HEAD = b"H"
    EVENTS = b"E"
    CHUNK = b"C"
    ANSWERS = b"A"
    BLOBS = b"B"
    FEED = b"F"
    KEYS = b"K"
    SIGNATURE = b"S"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a photo or paper."""

    sha256: str
    number: int
    data: bytes

    def frame(self) -> bytes:
        return Kind.CHUNK + self.sha256.encode() + self.number.to_bytes(4, "big") + self.data

    @classmethod
    def read(cls, frame: bytes) -> "Chunk":
        """From a frame without its first byte; a short one becomes a chunk that nobody knows."""
        digest = frame[:_HEX].decode("ascii", "replace")
        return cls(digest, int.from_bytes(frame[_HEX : _HEX + 4], "big"), frame[_HEX + 4 :])


def signed_text(frames: list[bytes]) -> bytes:
    """What the service signs: every frame before the signature, in order."""
    digest = sha256(b"mashangcha/stick/1\0")
    for frame in frames:
        digest.update(len(frame).to_bytes(8, "big") + frame)
    return digest.digest()


def file_name(device_id: str, number: int, kind: str) -> str:
    """``number`` grows with each package of a device."""
    return f"{device_id}-{number:012d}.{kind}"
