"""An independent COSE/CWT library reads our codes, and ours reads what it writes: the format is the standards' own."""

import sys
import types

import cbor2
import pytest

from inspector.trust import envelope
from inspector.trust.signing import EDDSA
from inspector.verdict import TokenState
from tests.trust.tokens import ED, ED_ID, check, decode, encode, made

PRIVATE = bytes(range(32))


@pytest.fixture(scope="module")
def cwt() -> types.ModuleType:
    """The library; for X.509 chains, unused here, it wants certvalidator, whose oscrypto cannot read the version
    of a current OpenSSL and fails at import. A module of that name stands in."""
    stand_in = types.ModuleType("certvalidator")
    stand_in.CertificateValidator = stand_in.ValidationContext = object  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "certvalidator", stand_in)
        import cwt as library
    assert isinstance(library, types.ModuleType)
    return library


def their_key(cwt: types.ModuleType, private: bool) -> object:
    parts = {1: 1, 2: ED_ID, 3: EDDSA, -1: 6, -2: ED.public}
    return cwt.COSEKey.new({**parts, -4: PRIVATE} if private else parts)


def test_they_read_and_prove_ours(cwt: types.ModuleType) -> None:
    # A current cbor2 gives what lies in a tag as a tuple; the library wants a list, so the outer array is made one.
    protected, unprotected, payload, signature = cbor2.loads(decode(made())).value
    key = their_key(cwt, private=False)
    parts = [protected, dict(unprotected), payload, signature]
    assert cwt.COSE.new().decode(cbor2.CBORTag(18, parts), key) == payload
    parts[3] = signature[:-1] + bytes([signature[-1] ^ 1])
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(cbor2.CBORTag(18, parts), key)


def test_ours_proves_theirs(cwt: types.ModuleType) -> None:
    payload = envelope.read(made()).payload
    theirs = cwt.COSE.new().encode_and_sign(
        payload, their_key(cwt, private=True), protected={1: EDDSA, 4: ED_ID}, unprotected={}
    )
    assert check(encode(theirs)).state is TokenState.GENUINE
    assert encode(theirs) == made()
    moved = cwt.COSE.new().encode_and_sign(
        payload, their_key(cwt, private=True), protected={1: EDDSA}, unprotected={4: ED_ID}
    )
    assert check(encode(moved)).state is TokenState.FORGED
