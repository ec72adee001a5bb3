"""Papers and the seal: what was signed becomes one immutable entry of the journal, with its paper and ink beside it."""

from collections.abc import Iterator, Sequence

from cache.drafts import check_own, photo_refs
from cache.opened import Opened
from cache.session_types import Checked, Paper, RecordSummary
from cache.work import Entry, HeadMoved, Listing
from inspector import completeness, signature
from inspector.checklist import Template
from inspector.entries import (
    ABORTED,
    AMENDMENT,
    BINDING,
    INSPECTION,
    LEAD,
    SIGHTING,
    Aborted,
    Amendment,
    Binding,
    Lead,
    Sighted,
)
from inspector.errors import AlreadySealed, InputProblem, InspectionProblem, NotReady
from inspector.inspection import Inspection, Officer
from inspector.papers import record, typeset
from inspector.payload import Payload
from inspector.verdict import PROVED
from inspector.wire import BlobRef, Event, EventKind, decode, encode

PAPER, SIGNATURE = "paper", "signature"
"""Roles of blobs, beside ``photo``."""


class Sealing:
    """Everything that one officer puts into the journal on purpose."""

    def __init__(self, opened: Opened, officer: Officer) -> None:
        self._opened = opened
        self._officer = officer

    def paper(self, inspection: Inspection) -> Paper:
        """The paper of a draft as it stands, or of a sealed record exactly as it was sealed."""
        event = self._opened.work.event(inspection.event_id)
        sealed = next((b for b in event.blobs if b.role == PAPER), None) if event else None
        words = self._words(inspection, event.prev_hash if event else self._opened.work.head().hash)
        pages = typeset.pages(words, inspection.signatures)
        if sealed is not None:
            return Paper(self._opened.blobs.get(sealed.sha256), pages)
        return Paper(typeset.pdf(words, inspection.signatures), pages)

    def _words(self, inspection: Inspection, head: str) -> record.RecordWords:
        return record.words(inspection, self._template(inspection), head)

    def _template(self, inspection: Inspection) -> Template:
        return self._opened.people.template(inspection.template)

    def seal(self, inspection: Inspection, password: str) -> RecordSummary:
        """See ``Session.seal``."""
        opened = self._opened
        check_own(inspection, self._officer)
        opened.confirm(self._officer.number, password)
        if opened.work.event(inspection.event_id) is not None:
            raise AlreadySealed
        template = self._template(inspection)
        for photo in inspection.photos:
            opened.blobs.get(photo.sha256)
        while True:
            head = opened.work.head()
            words = record.words(inspection, template, head.hash)
            mark = record.text_hash(words)
            open_points = completeness.missing(inspection, template, opened.times.wall(), mark)
            if open_points:
                raise NotReady([m.text for m in open_points])
            entry = self._entry(
                EventKind.INSPECTION,
                INSPECTION,
                inspection,
                event_id=inspection.event_id,
                officers=tuple(o.number for o in inspection.officers),
                template_hash=inspection.template_hash,
                entity=inspection.party.code,
                blobs=(*photo_refs(inspection), *self._papers(inspection, words)),
            )
            listing = Listing(inspection.document_number, inspection.party.name, inspection.party.code)
            try:
                opened.work.seal_draft(entry, listing, inspection.basis.task_id, head)
            except HeadMoved:
                continue  # something else was noted meanwhile: the paper names the entry right before it
            return opened.outbox.summary(inspection.event_id)

    def _papers(self, inspection: Inspection, words: record.RecordWords) -> Iterator[BlobRef]:
        yield self._keep(typeset.pdf(words, inspection.signatures), "application/pdf", PAPER)
        for signed in inspection.signatures:
            if picture := signature.svg(signed.strokes):
                yield self._keep(picture.encode(), "image/svg+xml", SIGNATURE)

    def _keep(self, data: bytes, media_type: str, role: str) -> BlobRef:
        # The reserve of the disk is there for exactly this.
        wall = self._opened.times.wall()
        digest = self._opened.blobs.put(data, 0)
        self._opened.work.note_blob(digest, len(data), media_type, wall)
        return BlobRef(digest, len(data), media_type, role, wall)

    def _entry(
        self,
        kind: EventKind,
        schema: str,
        body: object,
        *,
        event_id: str = "",
        officers: Sequence[str] = (),
        template_hash: str = "",
        entity: str = "",
        refers_to: str = "",
        blobs: Sequence[BlobRef] = (),
    ) -> Entry:
        times = self._opened.times
        _, trust = times.judge(self._opened.people.policy().lease_days)
        return Entry(
            kind,
            schema,
            body,
            tuple(officers) or (self._officer.number,),
            times.wall(),
            trust.value,
            event_id,
            template_hash,
            entity,
            refers_to,
            tuple(blobs),
        )

    def record(self, event_id: str) -> Inspection:
        """The inspection in a sealed record; for a correction, the one that it corrects."""
        event = self._event(event_id)
        if event.kind is EventKind.AMENDMENT:
            event = self._event(event.refers_to)
        body = encode(event.body)
        return decode(body, Aborted).inspection if event.schema == ABORTED else decode(body, Inspection)

    def _event(self, event_id: str) -> Event:
        event = self._opened.work.event(event_id)
        if event is None or event.kind not in (EventKind.INSPECTION, EventKind.AMENDMENT, EventKind.VOID):
            raise InspectionProblem("本机没有这条记录。", "请在“记录”页按名称或编号查找。")
        return event

    def amendments(self, event_id: str) -> tuple[tuple[Event, Amendment], ...]:
        """Corrections of a record, oldest first."""
        found = self._opened.work.referring(event_id)
        return tuple((e, decode(encode(e.body), Amendment)) for e in found if e.kind is EventKind.AMENDMENT)

    def amend(self, event_id: str, reason: str, text: str) -> RecordSummary:
        """See ``Session.amend``."""
        if not reason.strip() or not text.strip():
            raise InputProblem("请写明更正的原因和内容。")
        base = self.record(event_id)
        count = len(self.amendments(base.event_id)) + 1
        listing = Listing(f"{base.document_number}-更正{count}", base.party.name, base.party.code)
        entry = self._entry(
            EventKind.AMENDMENT,
            AMENDMENT,
            Amendment(reason.strip(), text.strip()),
            entity=base.party.code,
            refers_to=base.event_id,
        )
        head = self._opened.work.append(entry, listing)
        return self._opened.outbox.summary_at(head.seq)

    def lead(self, lead: Lead) -> None:
        """See ``Session.lead``."""
        if not lead.text.strip():
            raise InputProblem("请写明线索的内容。")
        self._opened.work.append(self._entry(EventKind.LEAD, LEAD, lead, entity=lead.code))

    def confirm_site(self, checked: Checked, same: bool) -> None:
        """See ``Session.confirm_site``."""
        entity, token = checked.entity, checked.token
        code = entity.code if entity else token.code
        if not code:
            raise InputProblem("没有可以核对的主体。", "请先核验一个主体的码。")
        place = (token.premises or (entity.licence.premises if entity else "")) if same else ""
        body = Sighted(token.serial if token.state in PROVED else "", code, place, same)
        self._opened.work.append(self._entry(EventKind.AUDIT, SIGHTING, body, entity=code))

    def bind(self, payload: Payload, code: str) -> None:
        """See ``Session.bind``."""
        if not payload.alias_key:
            raise InputProblem("这个码不能绑定到主体。", "请输入执照上的代码核验。")
        entity = self._opened.holding.use().entity(code)
        if entity is None:
            raise InputProblem("本机数据中没有这户，不能绑定。", "请从查找结果中选择主体。")
        body = Binding(payload.alias_key, code, payload.text, entity.licence.name)
        self._opened.work.bind(self._entry(EventKind.ALIAS, BINDING, body, entity=code), payload.alias_key, code)
