"""This laptop: enrolled once, unlocked by an officer, then a ``Session`` does the day's work."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cache.clock import Clock, SystemClock
from cache.session import Session


@dataclass(frozen=True, slots=True)
class Tries:
    """What is left of an officer's password tries."""

    left: int
    locked_seconds: int
    """0 when a try is allowed now."""


class Laptop:
    """The data folder of one laptop. Thread-safe; one instance a process (a lock file sees to it)."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.folder = folder
        self.clock = clock or SystemClock()
        raise NotImplementedError

    @property
    def enrolled(self) -> bool:
        """Whether a device key and at least one officer slot exist."""
        raise NotImplementedError

    def enrol(
        self, enrolment: str, number: str, password: str, step: Callable[[str], None] = lambda _: None
    ) -> Session:
        """Enrol with the one-time ``enrolment`` string from the centre and make the first officer's slot.

        Raises EnrolmentRefused, ServiceDown, ServiceImpostor, WeakPassword.
        """
        raise NotImplementedError

    def add_officer(self, session: Session, number: str, password: str) -> None:
        """Give another officer of the roster a slot of their own."""
        raise NotImplementedError

    def officer_numbers(self) -> tuple[str, ...]:
        """Who can unlock this laptop (numbers only: names are inside the vault)."""
        raise NotImplementedError

    def tries(self, number: str) -> Tries:
        raise NotImplementedError

    def unlock(self, number: str, password: str) -> Session:
        """Raises WrongPassword, LockedOut, VaultDamaged. About 0.2 s of Argon2id: call off the UI thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Join every thread and close every file."""
        raise NotImplementedError
