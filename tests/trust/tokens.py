"""One entity's codes under keys of both algorithms, and what tests need to forge others."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import gmalg

from inspector.trust import code, envelope, status
from inspector.trust.code import Claims
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.signing import SM2, Ed25519Signer, Signer
from inspector.trust.sm2 import USER_ID
from inspector.trust.status import State
from inspector.verdict import Token

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SHOP = "92231102MA1Y000189"
CLAIMS = Claims(
    SHOP, "爱辉区喆喆便利店", "兴安街8号", "", "个体工商户", "S1", "231100",
    NOW - timedelta(9), NOW + timedelta(90), "a", 5,
)  # fmt: skip


class SoftwareSm2Signer:
    """SM2 by an independent library: slow (15 ms a signature), not hardened, good for tests only."""

    algorithm = SM2

    def __init__(self, private: bytes) -> None:
        self.public: bytes = gmalg.SM2().generate_pk(private)[1:]
        self._signer = gmalg.SM2(private, USER_ID, b"\x04" + self.public)

    def sign(self, message: bytes) -> bytes:
        r, s = self._signer.sign(message)
        return bytes(r.rjust(32, b"\0") + s.rjust(32, b"\0"))


ED = Ed25519Signer(bytes(range(32)))
SM = SoftwareSm2Signer(bytes(range(1, 33)))
ED_ID, SM_ID = b"2311-26", b"2311-s1"
SIGNERS: tuple[tuple[bytes, Signer], ...] = ((ED_ID, ED), (SM_ID, SM))
RING = KeyRing(
    tuple(
        IssuingKey(name, s.public, "231100", NOW - timedelta(300), NOW + timedelta(300), algorithm=s.algorithm)
        for name, s in SIGNERS
    )
)
STATUSES = {"a": status.make("a", 1, NOW - timedelta(hours=3), [State.GOOD] * 9)}


def made(key_id: bytes = ED_ID, signer: Signer = ED, **more: object) -> str:
    return code.mint(replace(CLAIMS, **more), key_id, signer)  # type: ignore[arg-type]


def check(token: str, ring: KeyRing = RING) -> Token:
    return code.verify(token, SHOP, ring, STATUSES, NOW)


def encode(message: bytes) -> str:
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def decode(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def signed(protected: bytes, payload: bytes, signer: Signer = ED) -> str:
    """A token with any header and payload, truly signed."""
    return envelope.wrap(protected, payload, signer.sign(envelope.to_sign(protected, payload)))
