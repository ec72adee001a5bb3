"""The COSE_Sign1 envelope of a token (RFC 9052, tag 18) under a strict profile: exactly one encoding is valid.

The envelope is read by its bytes, not by a decoder: what the profile allows has one form, so anything else shows at
the first byte that differs. Work and memory are bounded by the token's length.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import cbor2

from inspector.trust.signing import SIGNATURE

MAX_TOKEN = 1024
"""Characters of a token: a QR code that holds more could not be read from a wall."""
_TEXT = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = b"\xd2\x84"
"""Tag 18 over an array of four."""
_EMPTY_MAP = 0xA0
_SIGNATURE_HEAD = b"\x58" + bytes([SIGNATURE])
_CONTEXT = b"\x84\x6aSignature1"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of a token; nothing in it has been believed yet."""

    protected: bytes
    payload: bytes
    signature: bytes
    signed: bytes
    """What the signature is over (Sig_structure)."""


def header(algorithm: int, key_id: bytes) -> bytes:
    """The protected header: algorithm and key, nothing else."""
    return cbor2.dumps({1: algorithm, 4: key_id}, canonical=True)


def to_sign(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def wrap(protected: bytes, payload: bytes, signature: bytes) -> str:
    """The token in base64url."""
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def _string_end(data: bytes, at: int) -> tuple[int, int]:
    """Where the byte string whose head stands at ``at`` begins and ends; lengths in their shortest form only."""
    first = data[at]
    if 0x40 <= first <= 0x57:
        start, length = at + 1, first - 0x40
    elif first == 0x58 and data[at + 1] >= 24:
        start, length = at + 2, data[at + 1]
    elif first == 0x59 and data[at + 1]:
        start, length = at + 3, data[at + 1] << 8 | data[at + 2]
    else:
        raise ValueError("not a byte string")
    return start, start + length


def read(token: str) -> Envelope:
    """Take a token apart. Raises ValueError for anything that is not the one encoding of a COSE_Sign1."""
    if not 0 < len(token) <= MAX_TOKEN or not _TEXT.fullmatch(token):
        raise ValueError("not a token")
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=") != token.encode():
        raise ValueError("not the one encoding")
    try:
        first, first_end = _string_end(data, 2)
        second, second_end = _string_end(data, first_end + 1)
    except IndexError:
        raise ValueError("cut") from None
    if data[:2] != _HEAD or data[first_end] != _EMPTY_MAP:
        raise ValueError("not a COSE_Sign1")
    signature = second_end + len(_SIGNATURE_HEAD)
    if data[second_end:signature] != _SIGNATURE_HEAD or len(data) != signature + SIGNATURE:
        raise ValueError("not one signature at the end")
    signed = _CONTEXT + data[2:first_end] + b"\x40" + data[first_end + 1 : second_end]
    return Envelope(data[first:first_end], data[second:second_end], data[signature:], signed)


def key_id(protected: bytes) -> bytes:
    """The key that a header names. Raises ValueError when it is no header of the profile."""
    try:
        value: Any = cbor2.loads(protected)
    except Exception as error:  # the decoder raises many kinds on hostile input
        raise ValueError("not CBOR") from error
    match value:
        case {1: int() as algorithm, 4: bytes() as found} if header(algorithm, found) == protected:
            return found
    raise ValueError("unknown header")
