"""Inspections that are being made: begun on a lawful basis, saved at every change, given up only with a reason."""

import secrets
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from cache.blobs import STOP_PHOTOS_FREE
from cache.numbers import next_number
from cache.opened import Opened
from cache.session_types import Checked, DraftSummary
from cache.work import Entry, Listing
from inspector import checklist, freshness, inspection, journal, visit, wire
from inspector.entity import Entity
from inspector.entries import ABORTED, Aborted
from inspector.errors import InputProblem, InspectionProblem, NotReady, UnreadablePicture
from inspector.inspection import Basis, Check, Inspection, Officer, Party, Photo, Seen
from inspector.verdict import PROVED
from inspector.wire import EventKind

ORIGINS = ("camera", "file")
_MARKS = {
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/webp": ((8, b"WEBP"),),
}
"""How the pictures that are taken begin. They are stored as they are and never decoded here."""
MAX_PHOTO = 64 * 1024 * 1024
"""Bytes of a photo that the service takes."""


class Drafts:
    """The drafts of one laptop in the hands of one officer."""

    def __init__(self, opened: Opened, officer: Officer) -> None:
        self._opened = opened
        self._officer = officer

    def list(self) -> list[DraftSummary]:
        return self._opened.work.drafts()

    def begin(self, checked: Checked, template: str, basis: Basis, second: Officer) -> Inspection:
        """See ``Session.begin``."""
        opened = self._opened
        policy = opened.people.policy()
        wall = opened.times.wall()
        _, trust = opened.times.judge(policy.lease_days)
        today = freshness.china_day(wall)
        officers = (self._officer, second)
        objections = visit.objections(officers, basis, today)
        register = opened.holding.state()
        entity = checked.entity
        sealed_here = opened.work.inspected_since(entity.code, register.as_of) if entity else 0
        objections += filter(None, [visit.cap_objection(entity, basis, sealed_here)])
        if objections:
            raise NotReady(objections)
        chosen = opened.people.template(template)
        verdict = checked.verdict
        seen = Seen()
        if entity is not None:
            as_of = verdict.data_as_of.isoformat() if verdict.data_as_of else ""
            # The record is handed to others: with the risk class in the digest, trying five letters would tell it.
            digest = sha256(wire.encode(replace(entity, risk=""))).hexdigest()
            seen = Seen(register.area, register.epoch, register.row_version, as_of, digest)
        begun = Inspection(
            event_id=journal.event_id(wall, secrets.token_bytes(10)),
            document_number=next_number(opened.work, today.year),
            basis=basis,
            officers=officers,
            party=_party(checked, entity),
            check=Check(
                checked.means,
                checked.payload.text,
                verdict.colour,
                verdict.finding,
                verdict.reasons[0].text if verdict.reasons else "",
                verdict.checked_at,
                verdict.clock,
                seen,
                checked.token.serial if checked.token.state in PROVED else "",
            ),
            template=chosen.ref,
            template_hash=chosen.hash,
            started_at=wall,
            started_clock=trust,
            place=entity.licence.premises if entity else "",
            added=checklist.added_items(entity, today, policy.permit_warning_days),
        )
        self.save(begun)
        return begun

    def save(self, draft: Inspection) -> datetime:
        """See ``Session.save``."""
        check_own(draft, self._officer)
        now = self._opened.times.wall()
        answered, items = inspection.progress(draft, self._opened.people.template(draft.template))
        self._opened.work.save_draft(draft, answered, items, now)
        return now

    def discard(self, event_id: str, reason: str) -> None:
        """See ``Session.discard``."""
        if not reason.strip():
            raise InputProblem("请写明中止检查的原因。")
        draft = self._opened.work.draft(event_id)
        check_own(draft, self._officer)
        _, trust = self._opened.times.judge(self._opened.people.policy().lease_days)
        entry = Entry(
            EventKind.VOID,
            ABORTED,
            Aborted(draft, reason.strip()),
            tuple(o.number for o in draft.officers),
            self._opened.times.wall(),
            trust.value,
            event_id=draft.event_id,
            template_hash=draft.template_hash,
            entity=draft.party.code,
            blobs=photo_refs(draft),
        )
        listing = Listing(draft.document_number, draft.party.name, draft.party.code, f"已中止：{reason.strip()}")
        self._opened.work.seal_draft(entry, listing)

    def add_photo(self, data: bytes, media_type: str, origin: str, shows: str) -> Photo:
        """See ``Session.add_photo``."""
        if origin not in ORIGINS or len(data) > MAX_PHOTO:
            raise InputProblem("这张照片不能使用（超过 64 MB）。")
        if not any(data.startswith(mark, at) for at, mark in _MARKS.get(media_type, ())):
            raise UnreadablePicture
        now = self._opened.times.wall()
        digest = self._opened.blobs.put(data, STOP_PHOTOS_FREE)
        self._opened.work.note_blob(digest, len(data), media_type, now)
        return Photo(digest, len(data), media_type, now, origin, self._officer.name, shows)


def check_own(draft: Inspection, officer: Officer) -> None:
    """Raises InspectionProblem unless ``officer`` is one of those who make this inspection."""
    if officer.number not in {o.number for o in draft.officers}:
        names = "、".join(o.name for o in draft.officers)
        raise InspectionProblem(f"这份检查由{names}承办。", "请由承办人员解锁后继续。")


def photo_refs(draft: Inspection) -> tuple[wire.BlobRef, ...]:
    """The photos of an inspection as an event names them."""
    return tuple(wire.BlobRef(p.sha256, p.size, p.media_type, "photo", p.taken_at) for p in draft.photos)


def _party(checked: Checked, entity: Entity | None) -> Party:
    if entity is None:
        return Party(checked.token.name, checked.payload.code or checked.token.code, "", checked.token.premises)
    licence = entity.licence
    return Party(
        licence.name, entity.code, licence.representative, licence.premises, entity.subject.label, licence.scope
    )
