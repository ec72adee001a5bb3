"""Signed codes: a genuine one is proved, everything else is not, whatever is changed."""

import base64
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.hosts import HostRules
from inspector.payload import PayloadKind, parse
from inspector.trust import code, device, status
from inspector.trust.code import Claims, mint, pack_code, unpack_code, verify
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.signing import Ed25519Signer
from inspector.trust.status import State, StatusList
from inspector.verdict import Token, TokenState

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PRIVATE = bytes(range(32))
SIGNER = Ed25519Signer(PRIVATE)
KEY = IssuingKey(b"2311-26", device.signing_public(PRIVATE), "231100", NOW - timedelta(300), NOW + timedelta(300))
SHOP = "92231102MA1Y000189"
OTHER = "93231183MA1AB2C34A"
ISSUED, EXPIRES = NOW - timedelta(9), NOW + timedelta(90)
CLAIMS = Claims(SHOP, "爱辉区喆喆便利店", "兴安街8号", "", "个体工商户", "S1", "231100", ISSUED, EXPIRES, "a", 5)
GOOD = status.make("a", 1, NOW - timedelta(hours=3), [State.GOOD] * 9)


def check(token: str, printed: str = SHOP, key: IssuingKey = KEY, listed: StatusList | None = GOOD) -> Token:
    return verify(token, printed, KeyRing((key,)), {"a": listed} if listed else {}, NOW)


def made(**more: object) -> str:
    return mint(replace(CLAIMS, **more), KEY.key_id, SIGNER)  # type: ignore[arg-type]


def encode(message: bytes) -> str:
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def test_a_genuine_code_is_proved_and_says_what_is_on_the_wall() -> None:
    token = check(made())
    assert token.state is TokenState.GENUINE
    assert (token.code, token.name, token.premises) == (SHOP, CLAIMS.name, CLAIMS.premises)


def test_the_code_fits_a_qr_that_can_be_read_from_a_wall() -> None:
    text = code.address("msc.heihe.gov.cn", SHOP, made())
    assert len(text) <= 400
    payload = parse(text.encode(), HostRules())
    assert payload.kind is PayloadKind.SIGNED
    assert check(payload.token, payload.code).state is TokenState.GENUINE


@pytest.mark.parametrize(
    ("token", "state"),
    [
        (made(code=OTHER), TokenState.MISMATCH),
        (made(division="231182"), TokenState.FORGED),
        (made(issued=NOW - timedelta(301)), TokenState.FORGED),
        (made(expires=NOW - timedelta(1)), TokenState.EXPIRED),
        (made(status_index=99), TokenState.STATUS_UNKNOWN),
        (made(status_list="b"), TokenState.STATUS_UNKNOWN),
        (mint(CLAIMS, b"other", SIGNER), TokenState.KEY_UNKNOWN),
        (mint(CLAIMS, KEY.key_id, Ed25519Signer(bytes(32))), TokenState.FORGED),
        ("", TokenState.FORGED),
        ("A" * 2000, TokenState.FORGED),
        (made() + "=", TokenState.FORGED),
    ],
)
def test_everything_else_is_told_apart(token: str, state: TokenState) -> None:
    assert check(token).state is state


def test_a_revoked_key_kills_later_codes_only_and_for_ever() -> None:
    late = replace(KEY, revoked_from=NOW - timedelta(10))
    assert check(made(), key=late).state is TokenState.REVOKED
    assert check(made(issued=NOW - timedelta(11)), key=late).state is TokenState.GENUINE


@pytest.mark.parametrize(
    ("state", "age", "expected"),
    [
        (State.GOOD, timedelta(days=7), TokenState.GENUINE),
        (State.GOOD, timedelta(days=7, seconds=1), TokenState.STATUS_UNKNOWN),
        (State.GOOD, -timedelta(days=2), TokenState.STATUS_UNKNOWN),
        (State.REVOKED, timedelta(hours=1), TokenState.REVOKED),
        (State.REVOKED, timedelta(days=300), TokenState.REVOKED),
        (State.SUSPENDED, timedelta(hours=1), TokenState.SUSPENDED),
    ],
)
def test_status_lists(state: State, age: timedelta, expected: TokenState) -> None:
    listed = status.make("a", 2, NOW - age, [State.GOOD] * 5 + [state])
    assert check(made(), listed=listed).state is expected
    assert check(made(), listed=None).state is TokenState.STATUS_UNKNOWN


@pytest.mark.parametrize(
    "bits", [b"", b"broken", zlib.compress(bytes(status.MAX_BYTES + 1)), zlib.compress(b"\xff" * 9)]
)
def test_a_damaged_list_never_means_good(bits: bytes) -> None:
    assert check(made(), listed=replace(GOOD, bits=bits)).state is TokenState.STATUS_UNKNOWN


def test_two_keys_with_one_id_refuse_the_list() -> None:
    with pytest.raises(ValueError, match="one id"):
        KeyRing((KEY, KEY))
    with pytest.raises(ValueError, match="cannot be used"):
        KeyRing((replace(KEY, public=b"short"),))


@given(st.text(max_size=1100))
def test_any_text_gives_a_state(text: str) -> None:
    assert check(text).state in {TokenState.FORGED, TokenState.KEY_UNKNOWN}


@given(st.binary(max_size=16))
def test_packed_codes(data: bytes) -> None:
    found = unpack_code(data)
    assert not found or pack_code(found) == data
    assert unpack_code(pack_code(SHOP)) == SHOP
