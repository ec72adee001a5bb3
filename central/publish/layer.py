"""Builds a layer: what changed since a row version, as a ready file that laptops lay over what they have."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from central.publish.builder import unlock, written
from inspector.entity import Entity
from inspector.provenance import NO_WHOLE_LISTS, WholeLists
from inspector.register_file import FIRST_GONE, BodyCodec, Ids, LayerManifest, Manifest, canonical

CHANGED, MOVED, REMOVED = "changed", "moved", "removed"
"""Why a row of a file below is gone: a newer one stands in the layer, another area has it, nobody has it."""


class Below:
    """A published file that a new layer will lie on, read-only."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._db = sqlcipher.connect(path.absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
        unlock(self._db, key)
        ((self.dictionary,),) = self._db.execute("SELECT value FROM meta WHERE name = 'dictionary'")
        self._codec = BodyCodec(self.dictionary)
        self.gone = [number for (number,) in self._db.execute("SELECT id FROM gone")]

    def last_ids(self) -> tuple[int, int]:
        """The highest ids in use, in force and no longer."""
        in_force = self._db.execute("SELECT max(id) FROM entity WHERE id < ?", (FIRST_GONE,)).fetchone()[0]
        others = self._db.execute("SELECT max(id) FROM entity").fetchone()[0]
        return in_force or 0, max(others or 0, FIRST_GONE - 1)

    def find(self, code: str) -> tuple[int, bytes] | None:
        """Id and canonical bytes."""
        found = self._db.execute("SELECT id, body FROM code JOIN entity USING (id) WHERE code = ?", (code,)).fetchone()
        return (found[0], self._codec.plain(found[1])) if found else None

    def close(self) -> None:
        self._db.close()


class Stack:
    """Published files, one on the other, as a laptop that has them all sees them."""

    def __init__(self, files: Sequence[Below]) -> None:
        self._files = files
        self._gone = Ids(number for file in files for number in file.gone)

    def last_ids(self) -> tuple[int, int]:
        """An id is never used twice in an epoch, so one list of those that are gone serves all files."""
        used = [file.last_ids() for file in self._files]
        return max(a for a, _ in used), max(b for _, b in used)

    def find(self, code: str) -> tuple[int, bytes] | None:
        for file in reversed(self._files):
            found = file.find(code)
            if found and found[0] not in self._gone:
                return found
        return None


def build(
    path: Path,
    key: bytes,
    below: Sequence[Path],
    newest: Manifest,
    *,
    stated: Iterable[Entity],
    gone: Iterable[tuple[str, str]],
    row_version: int,
    made_at: datetime,
    whole_lists: WholeLists = NO_WHOLE_LISTS,
) -> LayerManifest:
    """Write the layer that leads from ``newest``, the manifest of the last file ``below``, to ``row_version``.

    ``stated``: the entities of the area that were written since; those that are as they were cost nothing. ``gone``:
    codes that are no longer in the area, with the reason; those that were not there either are passed over. Time and
    memory go with what changed, not with the register.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(closing(Below(file, key))) for file in below]
        seen = Stack(files)
        builder = stack.enter_context(
            written(
                path,
                key,
                files[0].dictionary,
                last_ids=seen.last_ids(),
                digest=newest.digest,
                rows=newest.rows,
            )
        )
        changes = 0
        for entity in stated:
            plain = canonical(entity)
            before = seen.find(entity.code)
            if before and before[1] == plain:
                continue
            if before:
                builder.take_out(before[0], CHANGED, before[1])
            builder.add(entity, plain)
            changes += 1
        for code, reason in gone:
            if before := seen.find(code):
                builder.take_out(before[0], reason, before[1])
                changes += 1
        manifest = LayerManifest(
            newest.area,
            newest.epoch,
            newest.row_version,
            row_version,
            changes,
            builder.rows,
            builder.digest.hex(),
            made_at,
        )
        builder.finish(manifest, whole_lists)
    return manifest
