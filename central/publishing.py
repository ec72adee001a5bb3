"""Publishes the register of a region: a snapshot, then layers with what changed, until a new snapshot is cheaper."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session

from central.entities import inside, watermark
from central.intake.provenance import whole_lists
from central.models import EntityRow, GoneRow, Publication
from central.publish import layer, snapshot
from central.service import Service
from inspector import wire
from inspector.entity import Entity
from inspector.register_file import FORMAT, SAMPLES, LayerManifest, Manifest
from inspector.wire import SnapshotManifest

BATCH = 1000
SHARE = 10
"""When more than one entity in so many has changed since the snapshot, a new one is made."""
OLDEST = timedelta(days=30)
"""After so long a new snapshot is made in any case: what layers hide, repaired records too, is then gone for good."""
MOST_LAYERS = 8
TRIES = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands published of a region: the key, and the files as they lie on each other."""

    key: bytes
    """Empty when files and database do not belong together: one of them was restored from a backup."""
    files: tuple[tuple[Path, Manifest], ...]


def publish(
    service: Service, region: str, *, anew: bool = False, progress: Callable[[int], None] | None = None
) -> Manifest:
    """Publish what changed in a region since the last time, or all of it; what the newest file is.

    ``anew``: a snapshot under a new key even when little changed. ``progress`` is told the rows of a snapshot as they
    are written. Others may publish and import beside it.
    """
    work = service.settings.folder / "publish"
    work.mkdir(exist_ok=True)
    for _ in range(TRIES):
        path = work / f"{region}-{secrets.token_hex(4)}.db"
        try:
            before = _offer(service, region)
            with service.reading() as session:
                key, manifest = _build(service, session, region, path, before, anew, progress)
            if _offer_new(service, path, before, key, manifest):
                return manifest
        finally:
            path.unlink(missing_ok=True)
    raise RuntimeError("others publish the same region again and again")


def _offer(service: Service, region: str) -> Offer:
    with service.publishing() as (repository, session):
        row = session.get(Publication, region)
        files = tuple((repository.target_file(target), m) for target, m in repository.register(region))
    newest = files[-1][1] if files else None
    known = row and newest and (row.epoch, row.row_version) == (newest.epoch, newest.row_version)
    return Offer(row.key if row and known else b"", files)


def _build(
    service: Service,
    session: Session,
    region: str,
    path: Path,
    before: Offer,
    anew: bool,
    progress: Callable[[int], None] | None,
) -> tuple[bytes, Manifest]:
    version, made = watermark(session), service.now()
    if kept := 0 if anew else _kept(session, region, before, version, made):
        newest = before.files[kept - 1][1]
        since = newest.row_version
        return before.key, layer.build(
            path,
            before.key,
            [file for file, _ in before.files[:kept]],
            newest,
            stated=_entities(session, inside(region), since),
            gone=_gone(session, region, since),
            row_version=version,
            made_at=made,
            whole_lists=whole_lists(session),
        )
    key, epoch = secrets.token_bytes(32), max((m.epoch for _, m in before.files), default=0) + 1
    found = _entities(session, inside(region), -1)
    return key, snapshot.build(
        path,
        key,
        found,
        area=region,
        epoch=epoch,
        row_version=version,
        made_at=made,
        whole_lists=whole_lists(session),
        samples=_samples(session, region),
        progress=progress,
    )


def _kept(session: Session, region: str, before: Offer, version: int, now: datetime) -> int:
    """How many of the files stay below a new layer; 0 when a new snapshot is due.

    A layer that is not twice as large as what comes on top of it is made anew together with that. So there are few
    layers, and a laptop that syncs each day fetches each change only a few times.
    """
    if not before.key:
        return 0
    (_, base), *layers = before.files
    if not isinstance(base, SnapshotManifest) or base.format != FORMAT or base.row_version > version:
        return 0
    if now - base.made_at > OLDEST:
        return 0
    if _changes(session, region, base.row_version) * SHARE > base.rows:
        return 0
    while layers:
        top = layers[-1][1]
        assert isinstance(top, LayerManifest)
        if top.changes > 2 * _changes(session, region, top.row_version) and len(layers) < MOST_LAYERS:
            break
        layers.pop()
    return 1 + len(layers)


def _changes(session: Session, region: str, since: int) -> int:
    """About how many changes a layer from ``since`` on holds."""
    stated = select(func.count()).where(EntityRow.row_version > since, inside(region))
    gone = select(func.count()).where(GoneRow.row_version > since)
    return (session.scalar(stated) or 0) + (session.scalar(gone) or 0)


def _entities(session: Session, where: ColumnElement[bool], since: int) -> Iterator[Entity]:
    rows = session.scalars(
        select(EntityRow.body).where(where, EntityRow.row_version > since).order_by(EntityRow.code),
        execution_options={"yield_per": BATCH},
    )
    return (wire.decode(body, Entity) for body in rows)


def _samples(session: Session, region: str) -> list[Entity]:
    """Some entities from all over a region: those with one check character, in an order that says nothing."""
    code = EntityRow.code
    some = (
        select(code).where(inside(region)).order_by(func.substr(code, 18), func.substr(code, 13), code).limit(SAMPLES)
    )
    return [wire.decode(body, Entity) for body in session.scalars(select(EntityRow.body).where(code.in_(some)))]


def _gone(session: Session, region: str, since: int) -> Iterator[tuple[str, str]]:
    moved = select(EntityRow.code).where(not_(inside(region)), EntityRow.row_version > since)
    there = select(EntityRow.code).where(EntityRow.code == GoneRow.code).exists()
    removed = select(GoneRow.code).where(GoneRow.row_version > since, not_(there))
    for codes, reason in ((moved, layer.MOVED), (removed, layer.REMOVED)):
        for code in session.scalars(codes.order_by("code"), execution_options={"yield_per": BATCH}):
            yield code, reason


def _offer_new(service: Service, path: Path, before: Offer, key: bytes, manifest: Manifest) -> bool:
    """Sign and offer; False when somebody else published meanwhile.

    The commit of the key decides: a kill before it leaves what was offered, after it the next writer, the running
    service's renewal at the latest, offers the new one. A file is never offered whose key is not in the database.
    """
    with service.publishing() as (repository, session):
        now = tuple(m for _, m in repository.register(manifest.area))
        if now != tuple(m for _, m in before.files):
            return False
        target = repository.add_register(path, manifest)
        row = session.get(Publication, manifest.area) or Publication(area=manifest.area)
        row.row_version, row.made_at, row.key, row.epoch = manifest.row_version, manifest.made_at, key, manifest.epoch
        if isinstance(manifest, SnapshotManifest):
            row.target = target
        session.add(row)
        repository.prepare(service.now())
    service.renew_signatures()
    return True
