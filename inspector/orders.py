"""What the centre may order of one laptop, and grant one officer: signed, bound to whom it is for, of use once."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from inspector import wire

WIPE = "wipe"
"""Kind of the feed item; its body is a ``Signed`` ``WipeOrder``."""

ORDER = "order/wipe"
"""Name of the value in a laptop's store that holds an order that was proved."""


@dataclass(frozen=True, slots=True)
class WipeOrder:
    """A lost laptop is to hand in what it has not sent, sealed, and then to forget everything."""

    device_id: str
    order_id: str
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """忘记密码: an officer asks for the laptop's data key. Whoever holds the file can open nothing with it."""

    device_id: str
    number: str
    key: bytes
    """X25519 public key, fresh for this request: the grant is sealed to it."""
    sealed: bytes
    """The laptop's recovery slot: its data key, sealed to the centre at enrolment."""
    asked_at: datetime

    @property
    def hash(self) -> str:
        return sha256(wire.encode(self)).hexdigest()

    @property
    def mark(self) -> str:
        """Eight characters that officer and administrator compare on the telephone."""
        return f"{self.hash[:4]}-{self.hash[4:8]}".upper()


@dataclass(frozen=True, slots=True)
class RecoveryGrant:
    """The centre's answer, carried as ``Signed``: it opens this one request on this one laptop, for this officer."""

    request: str
    """``RecoveryRequest.hash``."""
    device_id: str
    number: str
    sealed: bytes
    """The data key, sealed to the request's key."""
    expires_at: datetime


def recovery_purpose(device_id: str) -> str:
    """What a recovery slot is bound to."""
    return f"recovery/{device_id}"


def grant_purpose(request: str) -> str:
    """What a grant is bound to."""
    return f"recovery-grant/{request}"
