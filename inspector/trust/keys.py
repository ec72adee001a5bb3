"""The signed list of issuing keys: which authority may sign codes, in which period, and from when a key is revoked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """One key of one authority. ``revoked_from`` kills codes issued at or after it."""

    key_id: bytes
    public: bytes
    """Ed25519, 32 bytes."""
    division: str
    not_before: datetime
    not_after: datetime
    revoked_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyList:
    """What travels, signed by the service; a laptop never goes back to a lower version."""

    version: int
    issued_at: datetime
    keys: tuple[IssuingKey, ...]


class KeyRing:
    """The keys of one list by id. Raises ValueError for a list that two readers could read differently."""

    def __init__(self, keys: tuple[IssuingKey, ...] = ()) -> None:
        self._keys = {k.key_id: k for k in keys}
        if len(self._keys) != len(keys):
            raise ValueError("two keys with one id")
        if any(len(k.public) != 32 or k.not_before > k.not_after for k in keys):
            raise ValueError("a key that cannot be used")

    def find(self, key_id: bytes) -> IssuingKey | None:
        return self._keys.get(key_id)
