"""Builds a register snapshot: one ready, encrypted SQLite file with its indexes and full-text inside."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from central.publish.builder import written
from inspector.entity import Entity
from inspector.provenance import NO_WHOLE_LISTS, WholeLists
from inspector.register_file import FORMAT, SAMPLES, canonical, make_dictionary
from inspector.wire import SnapshotManifest

BATCH = 2000


def build(
    path: Path,
    key: bytes,
    entities: Iterable[Entity],
    *,
    area: str,
    epoch: int,
    row_version: int,
    made_at: datetime,
    whole_lists: WholeLists = NO_WHOLE_LISTS,
    samples: Sequence[Entity] = (),
    progress: Callable[[int], None] | None = None,
) -> SnapshotManifest:
    """Write the snapshot of ``entities`` to ``path``, encrypted under the 32-byte ``key``.

    Memory stays flat however many entities come. ``path`` appears whole or not at all; two work
    files beside it, both encrypted, are removed. ``samples``: entities that are typical of all, to compress by (the
    first ones when there are none). ``progress`` is told the rows written so far.
    Raises ``sqlcipher3.dbapi2.IntegrityError`` when a code comes twice.
    """
    stream = iter(entities)
    first = [] if samples else list(islice(stream, SAMPLES))
    with written(path, key, make_dictionary([canonical(e) for e in samples or first])) as builder:
        for entity in chain(first, stream):
            builder.add(entity, canonical(entity))
            if progress and builder.rows % BATCH == 0:
                progress(builder.rows)
        if progress:
            progress(builder.rows)
        manifest = SnapshotManifest(area, epoch, row_version, builder.rows, builder.digest.hex(), made_at, FORMAT)
        builder.finish(manifest, whole_lists)
    return manifest
