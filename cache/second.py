"""A second copy of what the centre does not hold yet, on another medium: a drive that stays in the laptop, a card.

Small packages in a row, each with what was sealed since the last one, as on a stick: when the laptop is lost, the
centre takes them in with ``python -m central stick PLACE/mashangcha-second``. Once the centre holds a package's entries
whole, it may go when room is needed.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event as Flag
from threading import Lock

from cache.opened import Opened
from cache.outbox import ALL, Queued
from cache.parcel import ensure_room, stick_is_told, write
from cache.session_types import SecondCopy
from cache.stick import packages
from inspector.errors import Cancelled, Problem, StickUnusable
from inspector.stick import FOLDER, UP, file_name
from inspector.wire import BlobRef

ROOT = "mashangcha-second"
PLACE = "second_copy"
"""The setting."""
DONE = "second-copy"


@dataclass(frozen=True, slots=True)
class Done:
    """Up to which entry the copy in a place reaches, and when that was made sure of."""

    place: str
    seq: int
    at: datetime


def same_medium(a: Path, b: Path) -> bool:
    """Whether two folders are lost together."""
    return a.stat().st_dev == b.stat().st_dev


class Second:
    """Thread-safe; lives as long as the laptop is open."""

    def __init__(self, laptop: Opened, same_medium: Callable[[Path, Path], bool] = same_medium) -> None:
        self._laptop = laptop
        self._same = same_medium
        self._single = Lock()
        self._trouble = ""

    def status(self) -> SecondCopy | None:
        """None when no second medium is configured."""
        place = self._laptop.settings.get(PLACE)
        if not place:
            return None
        done = self._done(place)
        behind = [q for q in self._laptop.outbox.without_receipt(ALL) if q.seq > (done.seq if done else 0)]
        return SecondCopy(place, done.at if done else None, len(behind), self._trouble)

    def copy(self, cancel: Flag) -> None:
        """Bring the copy up to date; what keeps it from that stands in the status. Raises Cancelled."""
        place = self._laptop.settings.get(PLACE)
        if not place or not self._single.acquire(blocking=False):
            return
        try:
            with stick_is_told():
                self._copy(Path(place), cancel)
            self._trouble = ""
        except Cancelled:
            raise
        except Problem as problem:
            self._trouble = problem.sentence
        finally:
            self._single.release()

    def _done(self, place: str) -> Done | None:
        done = self._laptop.work.meta(DONE, Done)
        return done if done and done.place == place else None

    def _copy(self, place: Path, cancel: Flag) -> None:
        laptop = self._laptop
        if not place.is_absolute() or not place.is_dir():
            raise StickUnusable("第二份副本的磁盘没有插入。", "请插入后等几分钟，或在“设置”里更改位置。")
        if self._same(place, laptop.folder):
            raise StickUnusable("第二份副本的位置和本机数据在同一块磁盘上。", "请在“设置”里选另一块磁盘或存储卡。")
        folder = place / ROOT / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        device_id, head = laptop.work.identity.device_id, laptop.work.head()
        there = [_number(path) for path in packages(folder, device_id, UP)]
        done = self._done(str(place))
        # What the file names say and what was noted must both hold: a medium may be emptied, a laptop restored.
        reached = min(done.seq if done else 0, max(there, default=0))
        waiting = laptop.outbox.oldest_unfinished()
        start = max(reached, (head.seq + 1 if waiting is None else waiting) - 1)
        entries, blobs = laptop.outbox.after(start), laptop.outbox.blobs_after(start)
        if entries:
            self._make_room(folder, entries, blobs)
            path = folder / file_name(device_id, entries[-1].seq, UP)
            for number in range(1, 1000):  # never over another package: it may hold what this laptop does not know
                if not path.exists():
                    break
                path = folder / file_name(f"{device_id}-r{number}", entries[-1].seq, UP)
            write(laptop, path, entries, blobs, lambda _: None, cancel)
        seq = entries[-1].seq if entries else head.seq
        laptop.work.set_meta(DONE, Done(str(place), seq, laptop.times.wall()))

    def _make_room(self, folder: Path, entries: list[Queued], blobs: list[BlobRef]) -> None:
        """Packages whose every entry the centre holds whole go, the oldest first, until it fits."""
        waiting = self._laptop.outbox.oldest_unfinished()
        for path in packages(folder, self._laptop.work.identity.device_id, UP):
            try:
                ensure_room(folder, entries, blobs)
                return
            except StickUnusable:
                if waiting is None or _number(path) < waiting:
                    with suppress(OSError):
                        path.unlink()
        ensure_room(folder, entries, blobs)


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
