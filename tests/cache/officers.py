"""Laptops for tests: enrolled without a network by a centre made of keys alone, at a clock that the test holds."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cache.founding import found
from cache.identity import DeviceKeys, Identity
from cache.laptop import Laptop
from cache.session import Session
from cache.vault import Vault, new_keys
from inspector import checklist, inspection, wire
from inspector.checklist import Template
from inspector.inspection import (
    Basis,
    BasisKind,
    Comparison,
    Comparisons,
    Inspection,
    ItemFinding,
    Notice,
    Officer,
    Signature,
    SignerRole,
    Stroke,
)
from inspector.papers import record
from inspector.trust import device
from inspector.verdict import Means
from inspector.wire import DeviceCertificate, Enrolment, Policy, Signed

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD = "雪落-黑河-渡口-灯塔"
UNIT = "爱辉区市场监督管理局"
OFFICERS = (
    Officer("HH0001", "张建国", "23110000327", "2027-06-30", UNIT),
    Officer("HH0002", "王芳喆", "23110000419", "2027-06-30", UNIT),
    Officer("HH0003", "李昇", "23110000502", "2026-03-31", UNIT),
)
RECEIPT_KEY = bytes(range(1, 33))
RECOVERY_KEY = bytes(range(2, 34))
DEVICE = DeviceKeys(bytes(range(3, 35)), bytes(range(4, 36)))
DEVICE_ID = "d-0011223344556677"


@dataclass
class HeldClock:
    """A clock that moves only when told. ``jump`` moves the wall alone, as a person who sets it does."""

    wall: datetime = START
    since_boot: float = 5000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.since_boot

    def wait(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.since_boot += seconds

    def jump(self, by: timedelta) -> None:
        self.wall += by


def signed(value: object, key: bytes = RECEIPT_KEY) -> Signed:
    payload = wire.encode(value)
    return Signed(payload, device.sign(key, payload), "receipt")


def identity(area: str = "231102") -> Identity:
    """A laptop as the centre of these tests certified it."""
    certificate = DeviceCertificate(DEVICE_ID, "laptop", device.signing_public(DEVICE.signing), UNIT, area, START)
    enrolment = Enrolment(
        signed(certificate),
        device.signing_public(RECEIPT_KEY),
        device.box_public(RECOVERY_KEY),
        b"{}",
        area,
        UNIT,
        OFFICERS,
        Policy(),
        START,
    )
    return Identity(DEVICE, certificate, enrolment, "https://127.0.0.1:1", "")


def enrol(folder: Path, clock: HeldClock, who: Identity | None = None) -> None:
    """Lay down what an enrolment leaves: a store with the identity, and the first officer's slot."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = new_keys()
    found(folder, keys, who or identity())
    vault = Vault(folder / "slots.json", clock)
    vault.create(keys, DEVICE_ID, "HH0001", PASSWORD, device.box_public(RECOVERY_KEY))


def unlocked(folder: Path, clock: HeldClock) -> tuple[Laptop, Session]:
    """A laptop in the hands of 张建国."""
    if not (folder / "slots.json").exists():
        enrol(folder, clock)
    laptop = Laptop(folder, clock)
    return laptop, laptop.unlock("HH0001", PASSWORD)


def second(session: Session) -> Officer:
    return next(o for o in session.roster() if o.number == "HH0002")


def begun(session: Session, text: bytes = b"92231102MA1Y000189", template: str = "food-sale") -> Inspection:
    """An inspection that has just begun."""
    checked = session.check(text, Means.SCANNED)
    basis = Basis(BasisKind.PLAN, "爱市监双随机〔2026〕18号", notice_number="爱市监检通〔2026〕18号")
    return session.begin(checked, template, basis, second(session))


def finished(session: Session, draft: Inspection, clock: HeldClock, photos: int = 1) -> Inspection:
    """The same inspection with every answer, some photos, and signed by all: ready for the seal."""
    template = session.template(draft.template)
    clock.wait(60)
    draft = replace(
        draft,
        party=replace(draft.party, name="爱辉区喆喆便利店", premises="黑河市爱辉区兴安街8号", representative="周垚鑫"),
        comparisons=Comparisons(*(Comparison.SAME,) * 5),
        notice=Notice(True, True, answer="不申请回避"),
        situation="货架整洁，进货票据齐全。",
        outcomes=("no_problem",),
        place="黑河市爱辉区兴安街8号",
    )
    for item in inspection.items_of(draft, template):
        draft = inspection.answer(draft, item.id, ItemFinding.CONFORMS)
    for number in range(photos):
        photo = session.add_photo(
            b"\xff\xd8\xff%d %s" % (number, draft.event_id.encode()) + bytes(300_000), "image/jpeg", "camera", "货架"
        )
        draft = inspection.attach(draft, photo)
    draft = inspection.finish(draft, clock.now())
    return signed_by_all(draft, template, clock.now())


def signed_by_all(draft: Inspection, template: Template, at: datetime) -> Inspection:
    mark = record.text_hash(record.words(draft, template))
    points = tuple((0.1 + 0.02 * n, 0.2 + 0.1 * (n % 3), 0.5, 20 * n) for n in range(20))
    for role in (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B):
        draft = inspection.sign(draft, Signature(role, "", (Stroke(points),), at, mark))
    return draft


def templates() -> dict[str, Template]:
    return checklist.shipped()
