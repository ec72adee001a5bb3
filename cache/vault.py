"""The vault: one random data key for the laptop, and a slot for every officer that opens it with a password.

``slots.json`` holds officer numbers and wrapped keys, never a name and never a key in clear. Wrong tries are counted in
it as well, and the wait after them is measured by the clock since boot, so that neither a restart of the program nor a
changed wall clock gives new tries.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cache.clock import Clock
from cache.durable import sync_folder, write_durably
from inspector import wire
from inspector.errors import LockedOut, VaultDamaged, WeakPassword, WrongPassword
from inspector.orders import recovery_purpose
from inspector.trust import device

VERSION = 1
FREE_TRIES = 5
FIRST_WAIT = 30.0
LONGEST_WAIT = 3600.0
KEPT_FAILURES = 1000
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
    wait: float = 0.0
    """Seconds to wait before the next try."""
    since: float = 0.0
    """Reading of the clock since boot when the wait began."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A wrong try, kept until the next unlock writes it to the journal."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Slots:
    device_id: str
    version: int = VERSION
    slots: tuple[Slot, ...] = ()
    recovery: bytes = b""
    """The data key sealed to the centre, so that a forgotten password loses no evidence."""
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """What the data key opens. Never shown: ``repr`` has no secrets."""

    database: bytes = field(repr=False)
    blobs: bytes = field(repr=False)
    data: bytes = field(repr=False)


def new_keys() -> Keys:
    """Keys of a new laptop."""
    return derive(secrets.token_bytes(32))


def derive(data_key: bytes) -> Keys:
    """The keys of database and photos, each of its own (HKDF-SHA256)."""

    def part(purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"mashangcha/" + purpose.encode()).derive(data_key)

    return Keys(part("database/1"), part("blobs/1"), data_key)


def plain_number(number: str) -> str:
    """An officer's number as slots know it."""
    return unicodedata.normalize("NFKC", number).strip().upper()


def check_strength(password: str, number: str) -> None:
    """Raise WeakPassword unless 12 characters or 4 words, and not a common one."""
    text = unicodedata.normalize("NFKC", password).strip().lower()
    words = text.replace("-", " ").split()
    if (len(text) < MIN_LENGTH and len(set(words)) < MIN_WORDS) or len(set(text)) < 5:
        raise WeakPassword
    rest = text
    for common in (*_COMMON, number.lower()):
        rest = rest.replace(common, "")
    if len(rest) < 6:
        raise WeakPassword


class Vault:
    """The slots file of one laptop. Thread-safe."""

    def __init__(self, path: Path, clock: Clock, cost: Cost | None = None) -> None:
        """``cost`` is what new slots cost; never less than ``FLOOR``."""
        self.path = path
        self._clock = clock
        self._cost = cost or Cost()
        self._lock = RLock()
        self._slots = self._read()

    def _read(self) -> Slots | None:
        try:
            slots = wire.decode(self.path.read_bytes(), Slots)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError:
            raise VaultDamaged from None
        if slots.version != VERSION:
            raise VaultDamaged("本机保险库由其他版本的程序写入。", "请安装最新版本的程序；数据没有被改动。")
        return slots

    def _write(self, slots: Slots) -> None:
        write_durably(self.path, wire.encode(slots))
        self._slots = slots

    def _known(self) -> Slots:
        if self._slots is None:
            raise VaultDamaged
        return self._slots

    @property
    def numbers(self) -> tuple[str, ...]:
        """Who has a slot; empty on a laptop that is not enrolled."""
        return tuple(s.number for s in self._slots.slots) if self._slots else ()

    def create(self, keys: Keys, device_id: str, number: str, password: str, recovery_key: bytes) -> None:
        """Write the slots of a new laptop: the first officer's, and the recovery slot. Raises WeakPassword."""
        sealed = device.seal(recovery_key, keys.data, recovery_purpose(device_id), secrets.token_bytes(32))
        slot = self._wrap(keys, device_id, number, password)
        with self._lock:
            self._write(Slots(device_id, VERSION, (slot,), sealed))

    def put(self, keys: Keys, number: str, password: str) -> None:
        """Give an officer a slot, or a new password: only the wrap changes, whatever the size of the database."""
        with self._lock:
            self._put(self._wrap(keys, self._known().device_id, number, password))

    def recovery(self) -> tuple[str, bytes]:
        """Device and recovery slot, for a request to the centre."""
        slots = self._known()
        return slots.device_id, slots.recovery

    def destroy(self) -> None:
        """Overwrite and remove the slots: nobody opens this laptop's files again."""
        with self._lock:
            if self.path.exists():
                write_durably(self.path, secrets.token_bytes(self.path.stat().st_size))
                self.path.unlink()
                sync_folder(self.path.parent)
            self._slots = None

    def _put(self, slot: Slot, failures: tuple[Failure, ...] | None = None) -> None:
        slots = self._known()
        others = (s for s in slots.slots if s.number != slot.number)
        kept = slots.failures if failures is None else failures[-KEPT_FAILURES:]
        ordered = tuple(sorted((*others, slot), key=lambda s: s.number))
        self._write(replace(slots, slots=ordered, failures=kept))

    def left(self, number: str) -> int:
        """Tries left before a wait; unknown numbers look like unused ones."""
        slot = self._find(number)
        return FREE_TRIES if slot is None else max(0, FREE_TRIES - slot.wrong)

    def locked_seconds(self, number: str) -> int:
        """Whole seconds until the next try is allowed; 0 when it is."""
        slot = self._find(number)
        return 0 if slot is None else self._remaining(slot)

    def _remaining(self, slot: Slot) -> int:
        # After a reboot the clock since boot begins again: what it shows has passed for sure, so nothing is shortened.
        now = self._clock.monotonic()
        passed = now - slot.since if now >= slot.since else now
        return max(0, -int(-(slot.wait - passed) // 1)) if slot.wait > passed else 0

    def open(self, number: str, password: str) -> Keys:
        """Unlock with a password. Raises WrongPassword or LockedOut; every try is counted before it is made."""
        with self._lock:
            slot = self._find(number)
            if slot is None:
                raise WrongPassword
            if remaining := self._remaining(slot):
                raise LockedOut(remaining)
            wrong = slot.wrong + 1
            counted = replace(slot, wrong=wrong, wait=_wait_after(wrong), since=self._clock.monotonic())
            failures = self._known().failures
            self._put(counted, (*failures, Failure(slot.number, self._clock.now())))
            data_key = _unwrap(slot, self._known().device_id, password)
            if data_key is None:
                if counted.wait:
                    raise LockedOut(self._remaining(counted))
                raise WrongPassword(self.left(number))
            self._put(replace(slot, wrong=0, wait=0.0, since=0.0), failures)
            return derive(data_key)

    def failures(self) -> tuple[Failure, ...]:
        """Wrong tries that are not in the journal yet."""
        return self._slots.failures if self._slots else ()

    def forget_failures(self, told: int) -> None:
        """The oldest ``told`` wrong tries are in the journal now."""
        with self._lock:
            slots = self._known()
            self._write(replace(slots, failures=slots.failures[told:]))

    def _find(self, number: str) -> Slot | None:
        wanted = plain_number(number)
        return next((s for s in self._slots.slots if s.number == wanted), None) if self._slots else None

    def _wrap(self, keys: Keys, device_id: str, number: str, password: str) -> Slot:
        check_strength(password, number)
        salt, nonce, number = secrets.token_bytes(16), secrets.token_bytes(12), plain_number(number)
        cipher = AESGCM(_stretch(password, salt, self._cost))
        return Slot(number, salt, nonce, cipher.encrypt(nonce, keys.data, _bound(device_id, number)), self._cost)


def _wait_after(wrong: int) -> float:
    return 0.0 if wrong < FREE_TRIES else min(FIRST_WAIT * 2 ** min(wrong - FREE_TRIES, 16), LONGEST_WAIT)


def _stretch(password: str, salt: bytes, cost: Cost) -> bytes:
    """The slot's key. NFKC, so that the same keys pressed give the same password on every system."""
    if cost.memory < FLOOR.memory or cost.passes < FLOOR.passes or cost.lanes < FLOOR.lanes:
        raise VaultDamaged
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(unicodedata.normalize("NFKC", password).encode())


def _bound(device_id: str, number: str) -> bytes:
    return wire.encode([VERSION, device_id, number])


def _unwrap(slot: Slot, device_id: str, password: str) -> bytes | None:
    key = _stretch(password, slot.salt, slot.cost)
    try:
        return AESGCM(key).decrypt(slot.nonce, slot.wrapped, _bound(device_id, slot.number))
    except InvalidTag:
        return None
