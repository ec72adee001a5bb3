"""A lost laptop forgets everything at the centre's order; what it had not sent is sealed to the centre first.

The slots go first: without them the encrypted files open for nobody. Cut at any point, it goes on at the next start.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

import msgspec

from cache import stick
from cache.durable import sync_folder, write_durably
from cache.opened import Opened
from cache.work import Work
from inspector import wire
from inspector.orders import ORDER, WipeOrder

MARKER = "wiped.json"
HANDED_IN = "handed-in"
"""Folder of the sealed package: it may be copied to a stick and given to the centre by whoever finds the laptop."""
_FORGOTTEN = ("slots.json*", "work.db*", "register", "blobs", "recovery.json*", "lost+found", "tmp")


@dataclass(frozen=True, slots=True)
class Wiped:
    """The marker: that this folder was wiped, by which order, and the sealed package, if anything was unsent."""

    order: WipeOrder
    package: str = ""


def ordered(work: Work) -> WipeOrder | None:
    return work.meta(ORDER, WipeOrder)


def carry_out(opened: Opened, order: WipeOrder) -> None:
    """Seal what is unsent, then destroy slots and files. Raises StickUnusable, VaultDamaged: nothing is gone then."""
    folder = opened.folder
    place = folder / HANDED_IN
    place.mkdir(exist_ok=True)
    copied = stick.export(opened, place, lambda _: None, Flag())
    package = str(copied.path.relative_to(folder)) if copied else ""
    write_durably(folder / MARKER, wire.encode(Wiped(order, package)))
    opened.close()
    opened.vault.destroy()
    finish(folder)


def told(folder: Path) -> Wiped | None:
    """The marker, when there is one."""
    with suppress(OSError, msgspec.MsgspecError):
        return wire.decode((folder / MARKER).read_bytes(), Wiped)
    return None


def finish(folder: Path) -> None:
    """Remove what nobody can open any more; harmless when done twice."""
    for pattern in _FORGOTTEN:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    sync_folder(folder)
