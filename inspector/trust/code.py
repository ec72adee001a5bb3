"""Signed codes: minted by the centre, proved by anybody who holds the signed key list, without a network.

A token is a COSE_Sign1 (RFC 9052, tag 18) over CWT claims (RFC 8392) in canonical CBOR, base64url in the fragment of
the code's address. The profile is strict: exactly one encoding of a token is valid, and anything else is forged.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cbor2

from inspector.identifiers import ALPHABET, check_character, is_code
from inspector.trust import device
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.status import State, StatusList
from inspector.verdict import Token, TokenState

EDDSA = -8
"""COSE algorithm number of Ed25519 as used here."""
TAG = 18
MAX_TOKEN = 1024
"""Characters of a token: a QR code that holds more could not be read from a wall."""
_TEXT = re.compile(r"[A-Za-z0-9_-]+")
_ISS, _EXP, _IAT, _STATUS, _CODE, _NAME, _LICENCE, _KIND, _PREMISES, _SERIAL = 1, 4, 6, 65535, -1, -2, -3, -4, -5, -6


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signed code says: only what the licence on the wall shows anyway."""

    code: str
    name: str
    premises: str
    licence: str
    """Licence number, or empty."""
    kind: str
    """Kind of licence."""
    serial: str
    division: str
    """Division of the issuing authority."""
    issued: datetime
    expires: datetime
    status_list: str
    status_index: int


def pack_code(code: str) -> bytes:
    """A unified social credit code in 11 bytes: its first 17 characters as a number to base 31."""
    value = 0
    for character in code[:17]:
        value = value * 31 + ALPHABET.index(character)
    return value.to_bytes(11, "big")


def unpack_code(data: bytes) -> str:
    """The code of ``pack_code``, its check character computed anew; empty when it is none."""
    value, first = int.from_bytes(data, "big"), ""
    for _ in range(17):
        value, digit = divmod(value, 31)
        first = ALPHABET[digit] + first
    code = first + check_character(first)
    return code if not value and len(data) == 11 and is_code(code) else ""


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def mint(claims: Claims, key_id: bytes, private: bytes) -> str:
    """A token in base64url. ``private`` is the raw Ed25519 key that ``key_id`` names."""
    payload = cbor2.dumps(
        {
            _ISS: claims.division,
            _EXP: _seconds(claims.expires),
            _IAT: _seconds(claims.issued),
            _STATUS: [claims.status_list, claims.status_index],
            _CODE: pack_code(claims.code),
            _NAME: claims.name,
            _LICENCE: claims.licence,
            _KIND: claims.kind,
            _PREMISES: claims.premises,
            _SERIAL: claims.serial,
        },
        canonical=True,
    )
    protected = cbor2.dumps({1: EDDSA, 4: key_id}, canonical=True)
    signature = device.sign(private, _to_sign(protected, payload))
    message = cbor2.dumps(cbor2.CBORTag(TAG, [protected, {}, payload, signature]), canonical=True)
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def address(host: str, code: str, token: str) -> str:
    """What stands in the QR code: any phone opens the public page; the fragment reaches no server."""
    return f"https://{host}/e/{code}#1{token}"


def _canonical(data: bytes) -> Any:
    """Decode CBOR that has exactly one encoding; ValueError for anything else."""
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value, canonical=True)
    except Exception as error:  # the decoder raises many kinds on hostile input
        raise ValueError("not CBOR") from error
    if again != data:
        raise ValueError("not canonical")
    return value


@dataclass(frozen=True, slots=True)
class _Message:
    algorithm: int
    key_id: bytes
    signed: bytes
    payload: bytes
    signature: bytes


def _open(token: str) -> _Message:
    if not 0 < len(token) <= MAX_TOKEN or not _TEXT.fullmatch(token):
        raise ValueError("not a token")
    try:
        data = base64.b64decode(token.replace("-", "+").replace("_", "/") + "=" * (-len(token) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != token:
        raise ValueError("not the one encoding")
    tagged = _canonical(data)
    if not isinstance(tagged, cbor2.CBORTag) or tagged.tag != TAG:
        raise ValueError("not a COSE_Sign1")
    match tagged.value:
        case [bytes() as protected, Mapping() as unprotected, bytes() as payload, bytes() as signature] if (
            not unprotected
        ):
            pass
        case _:
            raise ValueError("not a COSE_Sign1")
    match _canonical(protected):
        case {1: int() as algorithm, 4: bytes() as key_id, **rest} if not rest and len(signature) == 64:
            return _Message(algorithm, key_id, _to_sign(protected, payload), payload, signature)
    raise ValueError("unknown header")


def _claims(payload: bytes) -> Claims:
    match _canonical(payload):
        case {
            1: str() as division,
            4: int() as expires,
            6: int() as issued,
            65535: [str() as status_list, int() as index],
            -1: bytes() as packed,
            -2: str() as name,
            -3: str() as licence,
            -4: str() as kind,
            -5: str() as premises,
            -6: str() as serial,
            **rest,
        } if not rest and 0 < issued < expires < 1 << 33 and index >= 0:
            code = unpack_code(packed)
            if code:
                moments = (datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires, UTC))
                return Claims(code, name, premises, licence, kind, serial, division, *moments, status_list, index)
    raise ValueError("unknown claims")


def _covers(key: IssuingKey, claims: Claims) -> bool:
    return key.division == claims.division and key.not_before <= claims.issued <= key.not_after


def verify(token: str, printed_code: str, ring: KeyRing, statuses: dict[str, StatusList], now: datetime) -> Token:
    """Prove a token. Total: any text gives a state. ``printed_code`` is the code in the path of the address.

    The key comes from the signed list alone; nothing in the token chooses how it is checked.
    """
    try:
        message = _open(token)
    except ValueError:
        return Token(TokenState.FORGED)
    key = ring.find(message.key_id)
    if key is None:
        return Token(TokenState.KEY_UNKNOWN)
    if message.algorithm != EDDSA or not device.verify(key.public, message.signed, message.signature):
        return Token(TokenState.FORGED)
    try:
        claims = _claims(message.payload)
    except ValueError:
        return Token(TokenState.FORGED)
    if not _covers(key, claims):
        return Token(TokenState.FORGED)
    if claims.code != printed_code:
        return Token(TokenState.MISMATCH)
    state = _state(claims, key, statuses.get(claims.status_list), now)
    return Token(state, claims.code, claims.name, claims.premises, claims.serial, claims.division, claims.expires)


def _state(claims: Claims, key: IssuingKey, status: StatusList | None, now: datetime) -> TokenState:
    if key.revoked_from is not None and claims.issued >= key.revoked_from:
        return TokenState.REVOKED
    found = status.look_up(claims.status_index, now) if status else None
    if found is State.REVOKED:
        return TokenState.REVOKED
    if now > claims.expires:
        return TokenState.EXPIRED
    if found is State.SUSPENDED:
        return TokenState.SUSPENDED
    return TokenState.GENUINE if found is State.GOOD else TokenState.STATUS_UNKNOWN
