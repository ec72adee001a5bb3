"""One process a data folder: a second window on the same data is told so instead of damaging it."""

import os
from io import FileIO
from pathlib import Path

from inspector.errors import InUse


class FolderLock:
    """Held from construction to ``close``; the system gives it back when the process dies."""

    def __init__(self, folder: Path) -> None:
        """Raises InUse."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(folder / "lock", "a+")
        try:
            _take(self._file)
        except OSError:
            self._file.close()
            raise InUse from None

    def close(self) -> None:
        self._file.close()


if os.name == "nt":
    import msvcrt

    def _take(file: FileIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _take(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
