"""A session in memory for the screens: the real rules of ``inspector``, no disk, no network.

Its promises are those of ``cache.session.Session``; tests with the real store drive the same screens.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event as Flag

from cache.clock import CHINA
from cache.session import (
    Checked,
    Connection,
    DraftSummary,
    Hit,
    Paper,
    Progress,
    Proof,
    RecentCheck,
    RecordState,
    RecordSummary,
    RegisterState,
    Session,
    SyncStatus,
)
from cache.settings import SETTINGS
from inspector import checklist, completeness, scenarios, visit
from inspector.checklist import Template
from inspector.entity import Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.entries import Amendment
from inspector.errors import AlreadySealed, NotReady, Problem, WrongPassword
from inspector.freshness import china_day
from inspector.inspection import Basis, BasisKind, Check, Inspection, ItemFinding, Officer, Party, Photo, Seen
from inspector.papers import record, typeset
from inspector.payload import Found, HostClass, Payload, PayloadKind
from inspector.verdict import ClockTrust, Colour, Finding, Means, Reason, StoreHealth, Token, TokenState, Verdict
from inspector.wire import Handshake, Policy, Task

TEMPLATES = {**checklist.shipped(), **scenarios.checklists()}
MORNING = datetime(2026, 11, 23, 10, 42, 8, tzinfo=CHINA)
PASSWORD = "雪落-黑河-渡口-灯"
ZHANG = Officer("HH0001", "张建国", "23110000327", "2027-06-30", "爱辉区市场监督管理局")
WANG = Officer("HH0002", "王芳", "23110000419", "2027-06-30", "爱辉区市场监督管理局")
EXPIRED = Officer("HH0003", "李昇", "23110000502", "2026-03-31", "爱辉区市场监督管理局")
SHOP = Entity(
    code="92231102MA1B4C4X2Y",
    subject=SubjectKind.INDIVIDUAL,
    licence=Licence(
        name="爱辉区喆喆便利店",
        kind="个体工商户",
        representative="周垚鑫",
        premises="黑河市爱辉区兴安街8号底商105",
        scope="食品销售；日用百货、烟草制品零售",
        authority="黑河市爱辉区市场监督管理局",
        established=date(2019, 4, 16),
        state=RegistrationState.ACTIVE,
    ),
    permits=(
        Permit(
            "食品经营许可证",
            "JY12311020031234",
            "爱辉区市场监督管理局",
            "预包装食品",
            date(2024, 3, 15),
            date(2024, 3, 15),
            date(2029, 3, 14),
        ),
    ),
    division="231102",
    area="231102",
    office="兴安市场监管所",
    grid="兴安 03",
    inspections_this_year=1,
    inspection_cap=2,
    as_of=MORNING - timedelta(hours=4),
)


def found(entity: Entity | None = SHOP, at: datetime = MORNING) -> Checked:
    """What ``check`` says about an entity that is in order."""
    code = entity.code if entity else "92231102MA1B4C4X2Y"
    payload = Payload(PayloadKind.CODE, code, HostClass.NONE, found=(Found("uscc", code, 100),))
    reason = Reason("in-order", Colour.PASS, "登记状态存续，1 项许可在有效期内。", "离线数据")
    verdict = Verdict(
        Finding.UNSIGNED, Colour.PASS, (reason,), at, at - timedelta(hours=4), TokenState.ABSENT, ClockTrust.GOOD
    )
    return Checked(payload, Means.SCANNED, Token(TokenState.ABSENT), entity, verdict)


def inspection(template: str = "food-sale", basis: Basis | None = None, number: int = 1) -> Inspection:
    """An inspection that has just begun, with nothing answered."""
    chosen, licence = TEMPLATES[template], SHOP.licence
    party = Party(licence.name, SHOP.code, licence.representative, licence.premises, SHOP.subject.label, licence.scope)
    seen = Seen("231102", 1, 1, (MORNING - timedelta(hours=4)).isoformat(), "0" * 64)
    check = Check(
        Means.SCANNED, SHOP.code, Colour.PASS, Finding.UNSIGNED, "登记状态存续", MORNING, ClockTrust.GOOD, seen
    )
    return Inspection(
        event_id=f"event-{number}",
        document_number=f"爱市监检〔2026〕EH03-{number:04d}号",
        basis=basis or Basis(BasisKind.PLAN, "爱市监双随机〔2026〕18号", "t-1", "爱市监检通〔2026〕18号"),
        officers=(ZHANG, WANG),
        party=party,
        check=check,
        template=chosen.ref,
        template_hash=chosen.hash,
        started_at=MORNING,
        started_clock=ClockTrust.GOOD,
        place=licence.premises,
        added=checklist.added_items(SHOP, MORNING.date(), 30),
    )


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


class FakeSession(Session):
    """Everything in dictionaries. ``fail`` maps a method's name to the problem that it raises next."""

    def __init__(self, officer: Officer = ZHANG) -> None:
        self.officer = officer
        self.now = MORNING
        self.fail: dict[str, Problem] = {}
        self.calls: list[str] = []
        self.stored: dict[str, Inspection] = {}
        self.sealed: dict[str, Inspection] = {}
        self.summaries: dict[str, RecordSummary] = {}
        self.pictures: dict[str, bytes] = {}
        self.corrections: dict[str, list[tuple[datetime, Amendment]]] = {}
        self.audits: list[tuple[str, str]] = []
        self.settings: dict[str, str] = {}
        self.locked = False

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fail:
            raise self.fail.pop(name)

    def lock(self) -> None:
        self._called("lock")
        self.locked = True

    def roster(self) -> tuple[Officer, ...]:
        return ZHANG, WANG, EXPIRED

    def policy(self) -> Policy:
        return Policy()

    def templates(self) -> dict[str, Template]:
        return TEMPLATES

    def template(self, ref: str) -> Template:
        return self.templates()[ref.partition("@")[0]]

    def clock_trust(self) -> ClockTrust:
        return ClockTrust.GOOD

    def setting(self, name: str) -> str:
        return self.settings.get(name, SETTINGS[name].default)

    def set_setting(self, name: str, value: str) -> None:
        self.settings[name] = value

    def register(self) -> RegisterState:
        return RegisterState(StoreHealth.GOOD, "231102", "爱辉区", 1, 1, 20000, self.now - timedelta(hours=4))

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        self._called("search")
        one = Hit(SHOP.code, SHOP.licence.name, SHOP.licence.premises, SHOP.licence.state.label, SHOP.subject.label)
        return [one] if text and (text in one.name or text in one.code) else []

    def check(self, data: bytes, means: Means) -> Checked:
        self._called("check")
        return found(SHOP if SHOP.code.encode() in data else None, self.now)

    def recent_checks(self, limit: int = 10) -> list[RecentCheck]:
        return [RecentCheck(SHOP.code, SHOP.licence.name, Colour.PASS, self.now)]

    def tasks(self) -> list[Task]:
        shop = SHOP.licence
        return [
            Task(
                "t-1",
                "爱市监双随机〔2026〕18号",
                "食品经营单位双随机检查",
                SHOP.code,
                shop.name,
                shop.premises,
                "food-sale",
                "plan",
                "2026-11-30",
                "爱市监检通〔2026〕18号",
            )
        ]

    def drafts(self) -> list[DraftSummary]:
        return [
            DraftSummary(
                i.event_id,
                i.party.name,
                i.party.code,
                sum(a.finding is not ItemFinding.NOT_CHECKED for a in i.answers),
                len(i.answers),
                self.now,
            )
            for i in self.stored.values()
        ]

    def begin(self, checked: Checked, template: str, basis: Basis, second: Officer) -> Inspection:
        self._called("begin")
        objections = visit.objections((self.officer, second), basis, china_day(self.now))
        objections += filter(None, [visit.cap_objection(checked.entity, basis, 0)])
        if objections:
            raise NotReady(objections)
        begun = replace(inspection(template, basis, len(self.stored) + 1), officers=(self.officer, second))
        self.save(begun)
        return begun

    def draft(self, event_id: str) -> Inspection:
        return self.stored[event_id]

    def save(self, inspection: Inspection) -> datetime:
        self._called("save")
        if inspection.event_id in self.sealed:
            raise AlreadySealed
        self.stored[inspection.event_id] = inspection
        self.now += timedelta(seconds=1)
        return self.now

    def discard(self, event_id: str, reason: str) -> None:
        self._called("discard")
        self.stored.pop(event_id)
        self.audits.append(("discard", reason))

    def add_photo(self, data: bytes, media_type: str, origin: str, shows: str) -> Photo:
        self._called("add_photo")
        digest = hashlib.sha256(data).hexdigest()
        self.pictures[digest] = data
        self.now += timedelta(seconds=1)
        return Photo(digest, len(data), media_type, self.now, origin, self.officer.name, shows)

    def picture(self, sha256: str) -> bytes:
        return self.pictures[sha256]

    def paper(self, inspection: Inspection) -> Paper:
        self._called("paper")
        words = record.words(inspection, self.template(inspection.template))
        return Paper(typeset.pdf(words, inspection.signatures), typeset.pages(words, inspection.signatures))

    def seal(self, inspection: Inspection, password: str) -> RecordSummary:
        self._called("seal")
        if password != PASSWORD:
            raise WrongPassword(4)
        template = self.template(inspection.template)
        mark = record.text_hash(record.words(inspection, template))
        if missing := completeness.missing(inspection, template, self.now + timedelta(hours=1), mark):
            raise NotReady([m.text for m in missing])
        return self.put_record(inspection)

    def put_record(
        self, inspection: Inspection, state: RecordState = RecordState.SEALED, why: str = ""
    ) -> RecordSummary:
        """Have a sealed record."""
        self.stored.pop(inspection.event_id, None)
        self.sealed[inspection.event_id] = inspection
        party = inspection.party
        self.summaries[inspection.event_id] = RecordSummary(
            inspection.event_id, len(self.summaries) + 1, inspection.document_number, party.name, party.code,
            self.now, state, why,
        )  # fmt: skip
        return self.summaries[inspection.event_id]

    def amendments(self, event_id: str) -> tuple[tuple[datetime, Amendment], ...]:
        return tuple(self.corrections.get(event_id, ()))

    def disk_low(self) -> bool:
        return False

    def alarms(self) -> tuple[str, ...]:
        return ()

    def records(self, query: str = "", limit: int = 200) -> list[RecordSummary]:
        self._called("records")
        return [
            s
            for s in reversed(self.summaries.values())
            if query in s.name or query.upper() in s.code or query in s.sealed_at.date().isoformat()
        ][:limit]

    def record(self, event_id: str) -> Inspection:
        self._called("record")
        return self.sealed[event_id]

    def amend(self, event_id: str, reason: str, text: str) -> RecordSummary:
        self._called("amend")
        old = self.summaries[event_id]
        new = replace(
            old,
            event_id=f"{event_id}-更正{len(self.summaries)}",
            seq=len(self.summaries) + 1,
            sealed_at=self.now,
            state=RecordState.SEALED,
            problem="",
        )
        self.summaries[new.event_id] = new
        self.corrections.setdefault(event_id, []).append((self.now, Amendment(reason, text)))
        self.sealed[new.event_id] = self.sealed[event_id]
        return new

    def lead(self, checked: Checked | None, text: str) -> None:
        self._called("lead")

    def audit(self, action: str, detail: str) -> None:
        self.audits.append((action, detail))

    def hand_out_record(self, event_id: str, folder: Path) -> Path:
        self._called("hand_out_record")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "证据.json").write_text(event_id)
        self.audit("export-record", event_id)
        return folder / "证据.json"

    def hand_out_journal(self, folder: Path) -> Path:
        self._called("hand_out_journal")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "台账.json").write_text("")
        return folder / "台账.json"

    def sync_now(self, progress: Callable[[Progress], None], cancel: Flag) -> SyncStatus:
        return self.sync(progress, cancel)

    def sync_status(self) -> SyncStatus:
        queue = self.queue()
        handshake = Handshake("device-1", len(queue), len(queue), "0" * 64, 0, self.now)
        return SyncStatus(
            Connection.OFFLINE,
            len(queue),
            len(self.pictures),
            tuple(queue),
            None,
            None,
            Proof(True, "本机与中心一致。", handshake, len(queue), "0" * 64),
            ClockTrust.GOOD,
            paused=self.settings.get("sync_automatic") == "off",
        )

    def copy_second(self, cancel: Flag) -> None:
        """Nothing is configured."""

    def sync(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
        self._called("sync")
        progress(Progress("上传记录", 1, 1))
        for key, summary in self.summaries.items():
            self.summaries[key] = replace(summary, state=RecordState.COMPLETE, ledger_number=summary.seq)
        return self.sync_status()

    def queue(self) -> list[RecordSummary]:
        return [s for s in self.summaries.values() if s.state is not RecordState.COMPLETE]
