"""The row about the register in a file, for tests and measurements without a work store."""

import os
from pathlib import Path


class FileKeeper:
    """The row about the register, durable in a file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_register(self) -> bytes | None:
        return self._path.read_bytes() if self._path.exists() else None

    def set_register(self, record: bytes) -> None:
        part = self._path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(record)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._path)
