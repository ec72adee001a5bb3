"""The signed list of issuing keys: which authority may sign codes, in which period, and from when a key is revoked."""

from dataclasses import dataclass
from datetime import datetime

from inspector.trust import envelope
from inspector.trust.signing import EDDSA, usable


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """One key of one authority. ``revoked_from`` kills codes issued at or after it."""

    key_id: bytes
    public: bytes
    """Ed25519: 32 bytes; SM2: x and y, 64 bytes."""
    division: str
    not_before: datetime
    not_after: datetime
    revoked_from: datetime | None = None
    algorithm: int = EDDSA


@dataclass(frozen=True, slots=True)
class KeyList:
    """What travels, signed by the root's threshold; a laptop never goes back to a lower version."""

    version: int
    issued_at: datetime
    keys: tuple[IssuingKey, ...]


@dataclass(frozen=True, slots=True)
class RootSigned:
    """A ``KeyList`` signed by the offline root, with what leads from the first root to the one that signed."""

    payload: bytes
    """The canonical ``KeyList``."""
    signatures: dict[str, str]
    """Hex signatures over ``root_text(payload)`` by the root key's id."""
    roots: tuple[bytes, ...] = ()
    """TUF root metadata, versions 2 and up, in order."""


def root_text(payload: bytes) -> bytes:
    """What root keys sign for a key list: never bytes that are TUF metadata too."""
    return b"mashangcha/keys/1\n" + payload


class KeyRing:
    """The keys of one list by id. Raises ValueError for a list that two readers could read differently."""

    def __init__(self, keys: tuple[IssuingKey, ...] = ()) -> None:
        # A key is found by the whole header that its tokens must carry: a token cannot choose the algorithm.
        self._by_header = {envelope.header(k.algorithm, k.key_id): k for k in keys}
        self._ids = {k.key_id for k in keys}
        if len(self._ids) != len(keys):
            raise ValueError("two keys with one id")
        if any(k.not_before > k.not_after or not usable(k.algorithm, k.public) for k in keys):
            raise ValueError("a key that cannot be used")

    def find(self, protected: bytes) -> IssuingKey | None:
        """The key whose tokens carry this protected header; None when no key of that name is known.

        Raises ValueError when the header is malformed or names a known key under another algorithm.
        """
        key = self._by_header.get(protected)
        if key is None and envelope.key_id(protected) in self._ids:
            raise ValueError("another algorithm than the key's")
        return key
