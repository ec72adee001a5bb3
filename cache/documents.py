"""Takes in what the signed repository offers beside the register: keys, status lists, host rules, checklists."""

from datetime import datetime

import msgspec
import sqlite_utils

from cache import trust
from cache.meta import put_meta, value_of
from cache.opened import Opened
from cache.packs import Packs, Target
from cache.people import HOST_RULES
from inspector import wire
from inspector.checklist import Template
from inspector.documents import HOSTS, LISTS
from inspector.hosts import HostRules
from inspector.wire import Enrolment

TAKEN = "documents"
"""SHA-256 of each document that was taken in, by target path."""
TEMPLATES = "templates"


def take(laptop: Opened, packs: Packs, now: datetime) -> int:
    """Fetch and take in the documents that are new since the last time; how many.

    Called after ``packs.refresh``. Raises RegisterRefused and what the fetcher raises.
    """
    work = laptop.work
    taken = work.meta(TAKEN, dict[str, str]) or {}
    offered = packs.documents()
    fresh = [document for document in offered if taken.get(document.path) != document.sha256]
    for document in fresh:
        body = packs.read(document)

        def one(db: sqlite_utils.Database, document: Target = document, body: bytes = body) -> None:
            try:
                _take(db, document.path, body, work.identity.enrolment)
            except msgspec.MsgspecError:
                what = f"中心的文件 {document.path[:40]} 本程序不能读取，请更新程序。"
                db.table("alarm").insert({"what": what, "at": now.isoformat()}, pk="what", ignore=True)
            paths = {d.path for d in offered}
            kept = {p: h for p, h in (value_of(db, TAKEN, dict[str, str]) or {}).items() if p in paths}
            put_meta(db, TAKEN, wire.encode({**kept, document.path: document.sha256}))

        work.store.write(one)
    return len(fresh)


def _take(db: sqlite_utils.Database, path: str, body: bytes, enrolment: Enrolment) -> None:
    if path == LISTS:
        trust.take(db, wire.decode(body, trust.Lists), enrolment)
    elif path == HOSTS:
        put_meta(db, HOST_RULES, wire.encode(wire.decode(body, HostRules)))
    else:
        put_template(db, wire.decode(body, Template))


def put_template(db: sqlite_utils.Database, template: Template) -> None:
    """Keep a version of a checklist, once, beside the earlier ones: records made with those name them."""
    known = value_of(db, TEMPLATES, list[Template]) or []
    if template.ref not in {t.ref for t in known}:
        put_meta(db, TEMPLATES, wire.encode([*known, template]))
