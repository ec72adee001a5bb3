"""What attackers try with a code: each case is truly signed where that is possible, and refused all the same."""

from dataclasses import replace

import cbor2
import pytest

from inspector.trust import envelope
from inspector.trust.envelope import header, to_sign
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.signing import EDDSA, SM2
from inspector.verdict import TokenState
from tests.trust import fuzz
from tests.trust.test_signing import SMALL_ORDER
from tests.trust.tokens import CLAIMS, ED, ED_ID, SM, SM_ID, check, decode, encode, made, signed

GENUINE = decode(made())
HEADER, _, PAYLOAD, SIGNATURE = cbor2.loads(GENUINE).value
VALUES = cbor2.loads(PAYLOAD)
ORDER = (1 << 252) + 27742317777372353535851937790883648493
HEAD, TAIL = GENUINE[:2], b"\x58\x40"


def bstr(data: bytes) -> bytes:
    return cbor2.dumps(data)


def whole(protected: bytes, unprotected: bytes, payload: bytes, signature: bytes, head: bytes = HEAD) -> str:
    return encode(head + protected + unprotected + payload + signature)


P, U, L, S = bstr(HEADER), b"\xa0", bstr(PAYLOAD), bstr(SIGNATURE)
ENVELOPES = {
    "no tag": whole(P, U, L, S, b"\x84"),
    "another tag": whole(P, U, L, S, b"\xd1\x84"),
    "long tag": whole(P, U, L, S, b"\xd8\x12\x84"),
    "tags nested": whole(P, U, L, S, b"\xd2\xd2\x84"),
    "CWT tag around": whole(P, U, L, S, b"\xd8\x3d\xd2\x84"),
    "self-described": whole(P, U, L, S, b"\xd9\xd9\xf7\xd2\x84"),
    "a thousand tags": encode(b"\xd2" * 700),
    "a thousand arrays": encode(b"\x81" * 700),
    "array with a long head": whole(P, U, L, S, b"\xd2\x98\x04"),
    "array of three": whole(P, U, L, b"", b"\xd2\x83"),
    "array of five": whole(P, U, L, S + b"\x40", b"\xd2\x85"),
    "indefinite array": whole(P, U, L, S + b"\xff", b"\xd2\x9f"),
    "indefinite map": whole(P, b"\xbf\xff", L, S),
    "indefinite header": whole(b"\x5f" + P + b"\xff", U, L, S),
    "indefinite payload": whole(P, U, b"\x5f" + L + b"\xff", S),
    "indefinite signature": whole(P, U, L, b"\x5f" + S + b"\xff"),
    "header as a map": whole(HEADER, U, L, S),
    "header as text": whole(bytes([P[0] | 0x20]) + P[1:], U, L, S),
    "header with a long length": whole(b"\x58" + P, U, L, S),
    "payload with a long length": whole(P, U, b"\x59\x00" + L[1:], S),
    "payload with a longer length": whole(P, U, b"\x5a\x00\x00\x00" + L[1:], S),
    "signature with a long length": whole(P, U, L, b"\x59\x00\x40" + SIGNATURE),
    "huge length": whole(P, U, b"\x5b" + b"\xff" * 8, b""),
    "length beyond the end": whole(P, U, b"\x59\xff\xff" + PAYLOAD, S),
    "payload detached": whole(P, U, b"\xf6", S),
    "alg unprotected": whole(P, cbor2.dumps({1: EDDSA}), L, S),
    "kid unprotected": whole(P, cbor2.dumps({4: ED_ID}), L, S),
    "anything unprotected": whole(P, cbor2.dumps({-70000: 0}), L, S),
    "unprotected null": whole(P, b"\xf6", L, S),
    "no signature": whole(P, U, L, b"\x40"),
    "null signature": whole(P, U, L, b"\xf6"),
    "short signature": whole(P, U, L, bstr(SIGNATURE[:-1])),
    "zero signature": whole(P, U, L, TAIL + bytes(64)),
    "trailing zero": encode(GENUINE + b"\0"),
    "trailing message": encode(GENUINE + GENUINE),
    "leading zero": encode(b"\0" + GENUINE),
    "cut": encode(GENUINE[:-1]),
    "only the head": encode(HEAD),
    "one byte": encode(b"\xd2"),
    "S above the order": whole(
        P, U, L, bstr(SIGNATURE[:32] + (int.from_bytes(SIGNATURE[32:], "little") + ORDER).to_bytes(32, "little"))
    ),
    "standard alphabet": made().replace("-", "+").replace("_", "/") + "+/",
    "padding": made() + "=",
    "line break": made() + "\n",
    "full-width letter": "\uff21" + made()[1:],
}


@pytest.mark.parametrize("token", ENVELOPES.values(), ids=ENVELOPES)
def test_every_other_envelope_is_forged(token: str) -> None:
    assert check(made()).state is TokenState.GENUINE
    assert check(token).state is TokenState.FORGED


def test_base64_has_one_form() -> None:
    """The bits that the last character does not need must be zero."""
    token = next(t for serial in "123" if len(t := made(serial="S" * int(serial))) % 4)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert decode(twin) == decode(token)
    assert check(twin).state is TokenState.FORGED


HEADERS = {
    "empty": b"",
    "empty map": b"\xa0",
    "no alg": cbor2.dumps({4: ED_ID}),
    "no kid": cbor2.dumps({1: EDDSA}),
    "alg as text": cbor2.dumps({1: "EdDSA", 4: ED_ID}),
    "alg true": cbor2.dumps({1: True, 4: ED_ID}),
    "alg as float": cbor2.dumps({1: -8.0, 4: ED_ID}),
    "alg none": cbor2.dumps({1: 0, 4: ED_ID}),
    "alg null": cbor2.dumps({1: None, 4: ED_ID}),
    "ES256": cbor2.dumps({1: -7, 4: ED_ID}),
    "HMAC with the public key": cbor2.dumps({1: 5, 4: ED_ID}),
    "SM2 over an Ed25519 key": header(SM2, ED_ID),
    "Ed25519 over an SM2 key": header(EDDSA, SM_ID),
    "kid as text": cbor2.dumps({1: EDDSA, 4: ED_ID.decode()}),
    "kid as a list": cbor2.dumps({1: EDDSA, 4: [ED_ID]}),
    "crit": cbor2.dumps({1: EDDSA, 2: [1], 4: ED_ID}),
    "content type": cbor2.dumps({1: EDDSA, 3: 0, 4: ED_ID}),
    "key inside": cbor2.dumps({1: EDDSA, 4: ED_ID, -1: ED.public}),
    "other order": b"\xa2\x04" + bstr(ED_ID) + b"\x01\x27",
    "duplicate alg": b"\xa3\x01\x27\x01\x27\x04" + bstr(ED_ID),
    "duplicate kid": b"\xa3\x01\x27\x04" + bstr(b"x") + b"\x04" + bstr(ED_ID),
    "long number": b"\xa2\x01\x38\x07\x04" + bstr(ED_ID),
    "long key": b"\xa2\x18\x01\x27\x04" + bstr(ED_ID),
    "indefinite": b"\xbf\x01\x27\x04" + bstr(ED_ID) + b"\xff",
    "indefinite kid": b"\xa2\x01\x27\x04\x5f" + bstr(ED_ID) + b"\xff",
    "trailing": HEADER + b"\0",
    "bignum": b"\xa2\x01\xc3\x41\x07\x04" + bstr(ED_ID),
    "wrapped": cbor2.dumps(HEADER),
    "endless nesting": b"\x81" * 200,
    "a reference": b"\xd8\x1c\x81\xd8\x1d\x00",
}


@pytest.mark.parametrize("protected", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("signer", [ED, SM], ids=["Ed25519", "SM2"])
def test_every_other_header_is_forged_though_signed(protected: bytes, signer: object) -> None:
    token = signed(protected, PAYLOAD, signer)  # type: ignore[arg-type]
    assert check(token).state is TokenState.FORGED


def test_a_key_signs_for_itself_alone() -> None:
    """Signatures of one known key under the name of the other, in both directions and under both algorithms."""
    for algorithm in (EDDSA, SM2):
        assert check(signed(header(algorithm, ED_ID), PAYLOAD, SM)).state is TokenState.FORGED
        assert check(signed(header(algorithm, SM_ID), PAYLOAD, ED)).state is TokenState.FORGED
    assert check(signed(header(EDDSA, ED_ID), PAYLOAD)).state is TokenState.GENUINE
    assert check(signed(header(SM2, SM_ID), PAYLOAD, SM)).state is TokenState.GENUINE
    for other in (b"", ED_ID + b"\0", ED_ID[:-1], ED_ID.upper() + b" ", b"231100/../2311-26"):
        assert check(signed(header(EDDSA, other), PAYLOAD)).state is TokenState.KEY_UNKNOWN


def test_the_signature_is_over_this_structure_only() -> None:
    for message in (PAYLOAD, HEADER + PAYLOAD, to_sign(b"", PAYLOAD), to_sign(HEADER, PAYLOAD).replace(b"1", b"2", 1)):
        assert check(envelope.wrap(HEADER, PAYLOAD, ED.sign(message))).state is TokenState.FORGED


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_signatures_of_small_order_are_refused(point: str) -> None:
    for scalar in (0, 1, 8, ORDER):
        signature = bytes.fromhex(point) + scalar.to_bytes(32, "little")
        assert check(envelope.wrap(HEADER, PAYLOAD, signature)).state is TokenState.FORGED


def changed(**more: object) -> bytes:
    return cbor2.dumps({**VALUES, **{int(k[1:]) * (-1 if k[0] == "n" else 1): v for k, v in more.items()}})


def raw(key: int, encoded: bytes) -> bytes:
    """The payload with one value written as these bytes."""
    body = b"".join(cbor2.dumps(k) + (encoded if k == key else cbor2.dumps(v)) for k, v in VALUES.items())
    return bytes([0xA0 | len(VALUES)]) + body


PAYLOADS: dict[str, bytes] = {
    "empty": b"",
    "empty map": b"\xa0",
    "a list": cbor2.dumps(list(VALUES.values())),
    "no end": cbor2.dumps({k: v for k, v in VALUES.items() if k != 4}),
    "no begin": cbor2.dumps({k: v for k, v in VALUES.items() if k != 6}),
    "no status": cbor2.dumps({k: v for k, v in VALUES.items() if k != 65535}),
    "one more": cbor2.dumps({**VALUES, 5: 0}, canonical=True),
    "another order": cbor2.dumps(dict(reversed(VALUES.items()))),
    "duplicate": bytes([0xAB]) + PAYLOAD[1:] + b"\x01\x66231100",
    "end as float": changed(p4=float(VALUES[4])),
    "end not a number": changed(p4=float("nan")),
    "end infinite": changed(p4=float("inf")),
    "end true": changed(p4=True, p6=True),
    "end beyond all time": changed(p4=1 << 63),
    "end as bignum": changed(p4=1 << 80),
    "end before begin": changed(p4=VALUES[6]),
    "begin negative": changed(p6=-1),
    "begin true": changed(p6=True),
    "a date": changed(p4=cbor2.CBORTag(1, VALUES[4])),
    "index negative": changed(p65535=["a", -1]),
    "index true": changed(p65535=["a", True]),
    "index as text": changed(p65535=["a", "5"]),
    "status of three": changed(p65535=["a", 5, 0]),
    "status as map": changed(p65535={"a": 5}),
    "code as text": changed(n1=CLAIMS.code),
    "code short": changed(n1=VALUES[-1][1:]),
    "code zero": changed(n1=bytes(11)),
    "code beyond": changed(n1=b"\xff" * 11),
    "name as bytes": changed(n2=CLAIMS.name.encode()),
    "name null": changed(n2=None),
    "name not UTF-8": raw(-2, b"\x62\xc3\x28"),
    "name a surrogate": raw(-2, b"\x63\xed\xa0\x80"),
    "name indefinite": raw(-2, b"\x7f\x61a\x61b\xff"),
    "name with a long length": raw(-2, b"\x78\x01a"),
    "name of huge length": raw(-2, b"\x7b\x7f" + b"\xff" * 7),
    "map indefinite": b"\xbf" + PAYLOAD[1:] + b"\xff",
    "list indefinite": raw(65535, b"\x9f\x61a\x05\xff"),
    "number with a long length": raw(4, b"\x1b" + VALUES[4].to_bytes(8, "big")),
    "list of huge length": raw(65535, b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff"),
    "trailing": PAYLOAD + b"\0",
    "key a list": b"\xa1\x80\x00",
    "deep": b"\x81" * 600,
    "simple value": raw(-6, b"\xf8\x20"),
    "undefined": raw(-6, b"\xf7"),
    "regular expression": raw(-6, b"\xd8\x23\x62(("),
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_every_other_payload_is_forged_though_signed(payload: bytes) -> None:
    assert check(signed(HEADER, payload)).state is TokenState.FORGED


def test_keys_with_one_id_under_two_algorithms_refuse_the_list() -> None:
    ours = IssuingKey(b"k", ED.public, "231100", CLAIMS.issued, CLAIMS.expires)
    with pytest.raises(ValueError, match="one id"):
        KeyRing((ours, replace(ours, public=SM.public, algorithm=SM2)))


@pytest.mark.parametrize("seed", range(4))
def test_sixty_thousand_mutants_and_none_is_accepted(seed: int) -> None:
    told = fuzz.run(15_000, seed)
    assert not told["accepted"]
    assert not told["crashed"]
    assert told["FORGED"] > 10_000
