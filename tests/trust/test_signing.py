"""Every signer keeps one contract, whatever holds its key; SM2 is checked against the standard and its ranges."""

import gmalg
import pytest

from inspector.trust import signing, sm2
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.signing import EDDSA, SM2, Signer
from inspector.verdict import TokenState
from tests.trust.tokens import CLAIMS, ED, SIGNERS, SM, check, made

# GB/T 32918.5-2017, appendix A.2.
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
MESSAGE = b"message digest"
R, S = SIGNATURE[:32], SIGNATURE[32:]


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


@pytest.mark.parametrize(("key_id", "signer"), SIGNERS, ids=["Ed25519", "SM2"])
def test_the_contract_of_signers(key_id: bytes, signer: Signer) -> None:
    one = signer.sign(b"one")
    assert len(one) == signing.SIGNATURE
    assert signing.usable(signer.algorithm, signer.public)
    assert signing.verify(signer.algorithm, signer.public, b"one", one)
    assert not signing.verify(signer.algorithm, signer.public, b"two", one)
    assert check(made(key_id, signer)).state is TokenState.GENUINE
    assert not any(signing.verify(a, signer.public, b"one", one) for a in (EDDSA, SM2, -7, 0) if a != signer.algorithm)


def test_the_standards_own_signature() -> None:
    assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE)
    assert not sm2.verify(PUBLIC, MESSAGE + b"!", SIGNATURE)


def test_the_software_signer_makes_the_standards_own_signature() -> None:
    assert gmalg.SM2().generate_pk(PRIVATE)[1:] == PUBLIC
    signer = gmalg.SM2(PRIVATE, sm2.USER_ID, b"\x04" + PUBLIC, rnd_fn=lambda _: NONCE)
    assert b"".join(signer.sign(MESSAGE)) == SIGNATURE


def test_many_signatures_of_the_other_library() -> None:
    for turn in range(40):
        message = bytes([turn]) * turn
        signature = SM.sign(message)
        assert sm2.verify(SM.public, message, signature)
        assert not sm2.verify(SM.public, message + b"\0", signature)
        assert not sm2.verify(PUBLIC, message, signature)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        bytes(64),
        number(0) + S,
        R + number(0),
        number(sm2.N) + S,
        R + number(sm2.N),
        number(int.from_bytes(R, "big") + sm2.N & (1 << 256) - 1) + S,
        R + number(sm2.N - int.from_bytes(R, "big")),  # r + s = n
        R + number(sm2.N - int.from_bytes(S, "big")),
        S + R,
        b"\xff" * 64,
    ],
)
def test_signatures_out_of_range_are_refused(signature: bytes) -> None:
    assert not sm2.verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        bytes(64),
        b"\x04" + PUBLIC,
        PUBLIC[:-1],
        PUBLIC[:63] + bytes([PUBLIC[63] ^ 1]),
        number(int.from_bytes(PUBLIC[:32], "big") ^ 1) + PUBLIC[32:],
        number(sm2.P) + PUBLIC[32:],
        PUBLIC[32:] + PUBLIC[:32],
        b"\xff" * 64,
    ],
)
def test_points_off_the_curve_are_refused(public: bytes) -> None:
    assert not sm2.is_public(public)
    assert not sm2.verify(public, MESSAGE, SIGNATURE)
    with pytest.raises(ValueError, match="cannot be used"):
        KeyRing((IssuingKey(b"k", public, "231100", CLAIMS.issued, CLAIMS.expires, algorithm=SM2),))


SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "01" + "00" * 30 + "80",
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "ff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_keys_that_anybody_could_sign_for_are_refused(public: str) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        KeyRing((IssuingKey(b"k", bytes.fromhex(public), "231100", CLAIMS.issued, CLAIMS.expires),))


def test_keys_of_an_unknown_algorithm_refuse_the_list() -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        KeyRing((IssuingKey(b"k", ED.public, "231100", CLAIMS.issued, CLAIMS.expires, algorithm=-7),))
