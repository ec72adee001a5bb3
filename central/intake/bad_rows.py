"""The error file: each row not taken, with number, column and reason, ready to be corrected and sent again.

CSV with a byte order mark, as the office programs of departments expect; what these would run as a formula is guarded
by an apostrophe, which is taken off again when the file comes back.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from central.intake.clean import without_personal
from central.intake.mapping import is_personal
from central.intake.readers import ADDED
from central.intake.records import BadRow

_STARTS = tuple("=+-@＝＋－＠\t\r")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    bare = cell.lstrip().lstrip("'")
    risky = bare.startswith(_STARTS) or cell.startswith(_STARTS)
    return "'" + cell if risky else cell


class BadRows:
    """Collects bad rows; the file appears whole when it is kept, and not at all otherwise."""

    def __init__(self, path: Path | None, header: Sequence[str]) -> None:
        self.count = 0
        self._path = path
        self._part = path.with_name(path.name + ".part") if path else None
        self._width = len(header)
        # What is never collected is not handed around in error files either.
        self._columns = [at for at, name in enumerate(header) if name not in ADDED and not is_personal(name)]
        self._header = [header[at] for at in self._columns]
        self._file: IO[str] | None = None

    def put(self, number: int, cells: Sequence[str], error: BadRow) -> None:
        """Add a row. Resident IDs and mobile numbers do not go into the file."""
        self.count += 1
        if self._part is None:
            return
        if self._file is None:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([*ADDED, *map(guarded, self._header)])
        # Cells beyond the header stay at the end: what came is what is handed back.
        kept = [*(cells[at] for at in self._columns if at < len(cells)), *cells[self._width :]]
        told = [str(number), error.column, error.reason, *kept]
        csv.writer(self._file).writerow([guarded(without_personal(cell)[0]) for cell in told])

    def keep(self) -> None:
        """Put the file in its place."""
        if self._file is not None and self._part is not None and self._path is not None:
            self._file.close()
            self._part.replace(self._path)

    def __enter__(self) -> "BadRows":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None and self._part is not None:
            self._file.close()
            self._part.unlink(missing_ok=True)
