"""The vault: one random data key for the laptop, and a slot for every officer that opens it with a password.

``slots.json`` holds officer numbers and wrapped keys, never a name and never a key in clear. Wrong tries are counted in
it as well, so that neither a restart nor a changed clock gives new tries.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cache.durable import write_durably
from inspector import wire
from inspector.errors import LockedOut, VaultDamaged, WeakPassword, WrongPassword
from inspector.trust import device

VERSION = 1
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MIN_LENGTH = 12
MIN_WORDS = 4
_COMMON = ("password", "123456", "qwerty", "abc123", "admin", "iloveyou", "密码", "888888", "666666")


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of Argon2id (RFC 9106): memory in KiB, passes, lanes."""

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 2


FLOOR = Cost(64 * 1024, 3, 1)
"""A slot that asks for less was not made by this program."""


@dataclass(frozen=True, slots=True)
class Slot:
    number: str
    salt: bytes
    nonce: bytes
    wrapped: bytes
    cost: Cost = Cost()
    wrong: int = 0
    free_at: datetime | None = None
    """Earliest next try after too many wrong ones."""
    seen: datetime | None = None
    """Latest wall time seen at a try: a clock set back does not shorten the wait."""


@dataclass(frozen=True, slots=True)
class Slots:
    device_id: str
    version: int = VERSION
    slots: tuple[Slot, ...] = ()
    recovery: bytes = b""
    """The data key sealed to the centre, so that a forgotten password loses no evidence."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the data key opens. Never shown: ``repr`` has no secrets."""

    database: bytes = field(repr=False)
    blobs: bytes = field(repr=False)
    data: bytes = field(repr=False)


def derive(data_key: bytes) -> Keys:
    """The keys of database and photos, each of its own (HKDF-SHA256)."""

    def part(purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"mashangcha/" + purpose.encode()).derive(data_key)

    return Keys(part("database/1"), part("blobs/1"), data_key)


def normal(password: str) -> bytes:
    """A password as bytes: NFKC, so that the same keys give the same password on every system."""
    return unicodedata.normalize("NFKC", password).encode()


def check_strength(password: str, number: str) -> None:
    """Raise WeakPassword unless 12 characters or 4 words, and not a common one."""
    text = unicodedata.normalize("NFKC", password).strip().lower()
    words = [w for w in text.replace("-", " ").split() if w]
    long_enough = len(text) >= MIN_LENGTH or len(set(words)) >= MIN_WORDS
    if not long_enough or len(set(text)) < 5:
        raise WeakPassword
    rest = text
    for common in (*_COMMON, number.lower()):
        rest = rest.replace(common, "")
    if len(rest) < 6:
        raise WeakPassword


class Vault:
    """The slots file of one laptop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._slots = self._read()

    def _read(self) -> Slots | None:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return wire.decode(data, Slots)
        except msgspec.MsgspecError as error:
            raise VaultDamaged from error

    def _write(self, slots: Slots) -> None:
        write_durably(self.path, wire.encode(slots))
        self._slots = slots

    @property
    def slots(self) -> Slots:
        if self._slots is None:
            raise VaultDamaged
        return self._slots

    @property
    def exists(self) -> bool:
        return self._slots is not None and bool(self._slots.slots)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(s.number for s in self._slots.slots) if self._slots else ()

    def create(self, device_id: str, number: str, password: str, recovery_key: bytes, cost: Cost) -> Keys:
        """Make the data key, the first officer's slot and the recovery slot."""
        check_strength(password, number)
        data_key = secrets.token_bytes(32)
        sealed = device.seal(recovery_key, data_key, f"recovery/{device_id}", secrets.token_bytes(32))
        slot = _wrap(data_key, device_id, number, password, cost)
        self._write(Slots(device_id, VERSION, (slot,), sealed))
        return derive(data_key)

    def put(self, keys: Keys, number: str, password: str, cost: Cost) -> None:
        """Give an officer a slot, or a new password: only the wrap changes, whatever the size of the database."""
        check_strength(password, number)
        slot = _wrap(keys.data, self.slots.device_id, number, password, cost)
        self._put(slot)

    def _put(self, slot: Slot) -> None:
        others = tuple(s for s in self.slots.slots if s.number != slot.number)
        self._write(replace(self.slots, slots=tuple(sorted((*others, slot), key=lambda s: s.number))))

    def waiting(self, number: str, now: datetime) -> timedelta:
        """How long until the next try is allowed; zero when it is."""
        slot = self._find(number)
        if slot is None or slot.free_at is None:
            return timedelta(0)
        return max(timedelta(0), slot.free_at - max(now, slot.seen or now))

    def left(self, number: str) -> int:
        """Tries left before a wait; unknown numbers look like unused ones."""
        slot = self._find(number)
        return FREE_TRIES if slot is None else max(0, FREE_TRIES - slot.wrong)

    def open(self, number: str, password: str, now: datetime) -> Keys:
        """Unlock with a password. Raises WrongPassword or LockedOut; every try is counted before it is made."""
        slot = self._find(number)
        if slot is None:
            raise WrongPassword
        wait = self.waiting(number, now)
        if wait:
            raise LockedOut(int(wait.total_seconds()) + 1)
        seen = max(now, slot.seen or now)
        counted = replace(slot, wrong=slot.wrong + 1, seen=seen, free_at=_next_try(slot.wrong + 1, seen))
        self._put(counted)
        data_key = _unwrap(slot, self.slots.device_id, password)
        if data_key is None:
            if counted.free_at is not None:
                raise LockedOut(int((counted.free_at - seen).total_seconds()))
            raise WrongPassword(self.left(number))
        self._put(replace(slot, wrong=0, free_at=None, seen=seen))
        return derive(data_key)

    def _find(self, number: str) -> Slot | None:
        wanted = number.strip().upper()
        return next((s for s in self.slots.slots if s.number == wanted), None)


def _next_try(wrong: int, seen: datetime) -> datetime | None:
    if wrong < FREE_TRIES:
        return None
    doublings = min(wrong - FREE_TRIES, 16)
    return seen + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _stretch(password: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(normal(password))


def _bound(device_id: str, number: str) -> bytes:
    return wire.encode([VERSION, device_id, number])


def _wrap(data_key: bytes, device_id: str, number: str, password: str, cost: Cost) -> Slot:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    number = number.strip().upper()
    key = _stretch(password, salt, cost)
    return Slot(number, salt, nonce, AESGCM(key).encrypt(nonce, data_key, _bound(device_id, number)), cost)


def _unwrap(slot: Slot, device_id: str, password: str) -> bytes | None:
    if slot.cost.memory < FLOOR.memory or slot.cost.passes < FLOOR.passes:
        raise VaultDamaged
    key = _stretch(password, slot.salt, slot.cost)
    try:
        return AESGCM(key).decrypt(slot.nonce, slot.wrapped, _bound(device_id, slot.number))
    except InvalidTag:
        return None
