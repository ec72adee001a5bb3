"""Photos and papers by their hash: encrypted files that are durable before any row names them."""

import os
import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cache.durable import make_folder, write_durably
from inspector.errors import StoreFull, VaultDamaged

WARN_FREE = 10 * 1024**3
STOP_PHOTOS_FREE = 1024**3
RESERVE = 200 * 1024**2
"""Bytes that stay free, so that a record can always be sealed."""
NONCE = 12


class Blobs:
    """``blobs/<aa>/<sha256>``: AES-256-GCM, bound to the hash of what is inside."""

    def __init__(self, folder: Path, key: bytes, free: Callable[[Path], int] | None = None) -> None:
        self.folder = folder
        self._cipher = AESGCM(key)
        self._free = free or (lambda place: shutil.disk_usage(place).free)
        make_folder(folder)

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def put(self, data: bytes, reserve: int) -> str:
        """Store bytes and return their SHA-256. Raises StoreFull when less than ``reserve`` would stay free."""
        if self._free(self.folder) - len(data) < reserve:
            raise StoreFull
        digest = sha256(data).hexdigest()
        path = self.path(digest)
        if not path.exists():
            make_folder(path.parent)
            nonce = os.urandom(NONCE)
            write_durably(path, nonce + self._cipher.encrypt(nonce, data, digest.encode()))
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a blob. Raises VaultDamaged when they are gone or not what they were."""
        try:
            stored = self.path(digest).read_bytes()
            return self._cipher.decrypt(stored[:NONCE], stored[NONCE:], digest.encode())
        except (OSError, InvalidTag, ValueError):
            raise VaultDamaged("一张照片或文书的文件已丢失或损坏。") from None

    def low(self) -> bool:
        """Whether the disk is so full that the officer should be told."""
        return self._free(self.folder) < WARN_FREE

    def reconcile(self, known: Iterable[str]) -> list[str]:
        """Compare files with rows at start-up; returns hashes that rows name and no file holds.

        A file that no row names (a crash between the two) goes to ``lost+found``; nothing is deleted but ``.part``.
        """
        rows = set(known)
        files = {p.name: p for p in self.folder.glob("??/*") if p.is_file()}
        lost = self.folder / "lost+found"
        for name, path in files.items():
            if name.endswith(".part"):
                path.unlink()
            elif name not in rows:
                lost.mkdir(exist_ok=True)
                os.replace(path, lost / name)
        return sorted(rows - files.keys())
