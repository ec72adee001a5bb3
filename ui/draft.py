"""The inspection that is being written, apart from any widget: each change a new value, each step
undoable until somebody signs, and what still has to be saved."""

from dataclasses import replace
from datetime import datetime

from inspector.inspection import Inspection

DEPTH = 200
"""Steps kept for undo: more than a visit has items, little enough to never matter in memory."""


class Draft:
    """One inspection on its way to the seal.

    Saving is driven from outside: ``take`` hands out the value to write, ``saved`` or ``failed``
    says how that went. At most one save is under way, so that an older value never overtakes a newer one.
    """

    def __init__(self, inspection: Inspection) -> None:
        self._now = inspection
        self._past: list[Inspection] = []
        self._typing = ""
        self._stored = inspection
        self._writing: Inspection | None = None
        self.saved_at: datetime | None = None

    @property
    def inspection(self) -> Inspection:
        return self._now

    @property
    def unsaved(self) -> bool:
        """Whether the store does not hold the present value yet."""
        return self._now is not self._stored

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    def change(self, inspection: Inspection, typing: str = "") -> bool:
        """Take the next value; False when it equals the present one.

        Consecutive changes with the same ``typing`` (one field being typed into) are one step of undo.
        """
        if inspection == self._now:
            return False
        if not typing or typing != self._typing:
            self._past = [*self._past[-DEPTH + 1 :], self._now]
        self._typing = typing
        self._now = inspection
        return True

    def move(self, inspection: Inspection) -> bool:
        """Take a value that is saved but not undone: where the officer stands."""
        if inspection == self._now:
            return False
        self._typing = ""
        self._now = inspection
        return True

    def settle(self, inspection: Inspection) -> None:
        """Take a value that cannot be undone: a signature, a refusal."""
        self._past.clear()
        self.move(inspection)

    def undo(self) -> bool:
        """Go back one step; False when there is none. A photo that was taken stays in the record."""
        if not self._past:
            return False
        before = self._past.pop()
        new = tuple(p for p in self._now.photos if p not in before.photos)
        self._now = replace(before, photos=before.photos + new)
        self._typing = ""
        return True

    def take(self) -> Inspection | None:
        """The value to write now, or None when nothing is to do or a save is under way."""
        if self._writing is not None or not self.unsaved:
            return None
        self._writing = self._now
        return self._writing

    def saved(self, at: datetime) -> None:
        """The value last taken is durable since ``at``."""
        assert self._writing is not None
        self._stored, self._writing, self.saved_at = self._writing, None, at

    def failed(self) -> None:
        """The value last taken was not written; it stays unsaved."""
        self._writing = None
