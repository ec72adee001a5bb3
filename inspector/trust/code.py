"""Signed codes: minted by the centre, proved by anybody who holds the signed key list, without a network.

A token is a COSE_Sign1 (RFC 9052, tag 18) over CWT claims (RFC 8392) in canonical CBOR, base64url in the fragment of
the code's address. The profile is strict: exactly one encoding of a token is valid, and anything else is forged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cbor2

from inspector.identifiers import ALPHABET, check_character, is_code, is_written_code
from inspector.trust import envelope, signing
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.status import State, StatusList
from inspector.verdict import Token, TokenState

_ISS, _EXP, _IAT, _STATUS, _CODE, _NAME, _LICENCE, _KIND, _PREMISES, _SERIAL = 1, 4, 6, 65535, -1, -2, -3, -4, -5, -6
_PAIRS = tuple(a + b for a in ALPHABET for b in ALPHABET)
_ORDER = (_ISS, _EXP, _IAT, _CODE, _NAME, _LICENCE, _KIND, _PREMISES, _SERIAL, _STATUS)


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
    for _ in range(9):
        value, pair = divmod(value, 961)
        first = _PAIRS[pair] + first
    if value or len(data) != 11 or first[0] != ALPHABET[0]:
        return ""
    code = first[1:] + check_character(first[1:])
    return code if is_written_code(code) or is_code(code) else ""


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def mint(claims: Claims, key_id: bytes, signer: signing.Signer) -> str:
    """A token in base64url. ``signer`` holds the key that ``key_id`` names."""
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
    protected = envelope.header(signer.algorithm, key_id)
    return envelope.wrap(protected, payload, signer.sign(envelope.to_sign(protected, payload)))


def address(host: str, code: str, token: str) -> str:
    """What stands in the QR code: any phone opens the public page; the fragment reaches no server."""
    return f"https://{host}/e/{code}#1{token}"


def _claims(payload: bytes) -> Claims:
    """Decode claims that have exactly one encoding: all of them, in canonical order, each in its shortest form."""
    try:
        value: dict[object, Any] = cbor2.loads(payload)
        # Written again in the order that was read: with the order itself checked, canonical for a third of the cost.
        if cbor2.dumps(value) != payload or tuple(value) != _ORDER:
            raise ValueError("not canonical")
        division, expires, issued, packed, name, licence, kind, premises, serial, (status_list, index) = value.values()
    except Exception as error:  # the decoder raises many kinds on hostile input
        raise ValueError("unknown claims") from error
    texts = (division, name, licence, kind, premises, serial, status_list)
    if {*map(type, texts)} == {str} and type(packed) is bytes and {type(issued), type(expires), type(index)} == {int}:
        code = unpack_code(packed)
        if code and 0 < issued < expires < 1 << 33 and index >= 0:
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
        message = envelope.read(token)
        key = ring.find(message.protected)
    except ValueError:
        return Token(TokenState.FORGED)
    if key is None:
        return Token(TokenState.KEY_UNKNOWN)
    if not signing.verify(key.algorithm, key.public, message.signed, message.signature):
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
