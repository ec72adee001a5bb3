"""The session as the screens use it, on the real encrypted store, without any network."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import pytest

from cache.laptop import Laptop
from cache.numbers import Numbers
from cache.session import Connection, RecordState, Session
from inspector import inspection, journal, wire
from inspector.errors import (
    AlreadySealed,
    InputProblem,
    InspectionProblem,
    InUse,
    Locked,
    LockedOut,
    NoRegister,
    NotEnrolled,
    NotReady,
    ServiceDown,
    StoreFull,
    UnreadablePicture,
    WeakPassword,
    WrongPassword,
)
from inspector.inspection import Basis, BasisKind, ItemFinding
from inspector.payload import PayloadKind
from inspector.verdict import ClockTrust, Colour, Finding, Means, StoreHealth, TokenState
from inspector.wire import Event, EventKind
from tests.cache.officers import (
    DEVICE,
    PASSWORD,
    HeldClock,
    begun,
    enrol,
    finished,
    second,
    signed_by_all,
    unlocked,
)

CODE = b"92231102MA1Y000189"
PHOTO = b"\xff\xd8\xff" + bytes(5000)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def laptop(tmp_path: Path, clock: HeldClock) -> Iterator[Laptop]:
    enrol(tmp_path / "data", clock)
    laptop = Laptop(tmp_path / "data", clock)
    yield laptop
    laptop.close()


@pytest.fixture
def session(laptop: Laptop) -> Session:
    return laptop.unlock("HH0001", PASSWORD)


def reopened(laptop: Laptop, clock: HeldClock) -> tuple[Laptop, Session]:
    laptop.close()
    return unlocked(laptop.folder, clock)


def events(session: Session) -> list[Event]:
    chain = list(session._opened.work.chain())
    head, wrong = journal.check_chain(chain, session._opened.work.identity.public)
    assert wrong == ""
    assert head == session._opened.work.head()
    return [wire.decode(e.event, Event) for e in chain]


def audits(session: Session) -> list[tuple[str, str]]:
    return [(e.body["action"], e.body["detail"]) for e in events(session) if e.kind is EventKind.AUDIT]


# -- the laptop
def test_an_empty_folder_is_not_enrolled(tmp_path: Path, clock: HeldClock) -> None:
    laptop = Laptop(tmp_path / "new", clock)
    assert not laptop.enrolled
    assert laptop.officer_numbers() == ()
    with pytest.raises(NotEnrolled):
        laptop.unlock("HH0001", PASSWORD)
    with pytest.raises(InputProblem):
        laptop.enrol("not a link", "HH0001", PASSWORD)
    with pytest.raises(WeakPassword):
        laptop.enrol("mashangcha://127.0.0.1:1/" + "a" * 20 + "#" + "A" * 52, "HH0001", "short")
    with pytest.raises(ServiceDown):
        laptop.enrol("mashangcha://127.0.0.1:1/" + "a" * 20 + "#" + "A" * 52, "HH0001", PASSWORD)
    assert not laptop.enrolled
    laptop.close()


def test_two_windows_on_one_folder_are_refused(laptop: Laptop, clock: HeldClock) -> None:
    with pytest.raises(InUse):
        Laptop(laptop.folder, clock)
    laptop.close()
    other = Laptop(laptop.folder, clock)
    other.close()


def test_officers_unlock_with_their_own_password(laptop: Laptop, session: Session) -> None:
    assert session.officer.name == "张建国"
    laptop.add_officer(session, "hh0002", "黑龙江 大兴安岭 五大连池 瑷珲")
    assert laptop.officer_numbers() == ("HH0001", "HH0002")
    other = laptop.unlock("HH0002", "黑龙江 大兴安岭 五大连池 瑷珲")
    assert other.officer.name == "王芳喆"
    for number, words in (("HH0009", "不在名单里的人"), ("HH0002", "又一次设置密码")):
        with pytest.raises(InputProblem):
            laptop.add_officer(session, number, words + PASSWORD)


def test_wrong_passwords_lock_out_and_stand_in_the_journal(laptop: Laptop, clock: HeldClock) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPassword) as wrong:
            laptop.unlock("HH0001", "错误的密码-错误的密码")
        assert wrong.value.left == left
    with pytest.raises(LockedOut):
        laptop.unlock("HH0001", "错误的密码-错误的密码")
    assert laptop.tries("HH0001").locked_seconds == 30
    clock.jump(timedelta(hours=-5))
    laptop.close()
    laptop = Laptop(laptop.folder, clock)
    assert laptop.tries("HH0001").locked_seconds == 30
    with pytest.raises(LockedOut):
        laptop.unlock("HH0001", PASSWORD)
    clock.wait(30)
    session = laptop.unlock("HH0001", PASSWORD)
    assert [a for a, _ in audits(session)].count("wrong-password") == 5
    laptop.close()


def test_lock_forgets_the_keys_and_keeps_the_drafts(laptop: Laptop, session: Session) -> None:
    draft = begun(session)
    session.lock()
    for use in (
        session.drafts,
        session.roster,
        session.sync_status,
        lambda: session.save(draft),
        lambda: session.check(CODE, Means.TYPED),
    ):
        with pytest.raises(Locked):
            use()
    session.lock()
    assert laptop.unlock("HH0001", PASSWORD).draft(draft.event_id) == draft


def test_a_changed_password_opens_what_was_there(laptop: Laptop, session: Session) -> None:
    draft = begun(session)
    with pytest.raises(WrongPassword):
        session.change_password("不对的旧密码-不对", "全新的-很长的-一个-密码")
    session.change_password(PASSWORD, "全新的-很长的-一个-密码")
    session.lock()
    with pytest.raises(WrongPassword):
        laptop.unlock("HH0001", PASSWORD)
    assert laptop.unlock("HH0001", "全新的-很长的-一个-密码").draft(draft.event_id) == draft


# -- people, settings
def test_roster_policy_and_settings(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    assert [o.number for o in session.roster()] == ["HH0001", "HH0002", "HH0003"]
    assert session.policy().lease_days == 45
    assert session.setting("theme") == "day"
    session.set_setting("theme", "sun")
    for name, value in (("theme", "rosa"), ("camera", "x" * 401)):
        with pytest.raises(InputProblem):
            session.set_setting(name, value)
    laptop, session = reopened(laptop, clock)
    assert session.setting("theme") == "sun"
    laptop.close()


# -- checks
def test_without_a_register_nothing_is_green_and_nothing_fails(session: Session) -> None:
    assert session.register().health is StoreHealth.MISSING
    with pytest.raises(NoRegister):
        session.search("便利店")
    checked = session.check(CODE, Means.SCANNED)
    assert checked.entity is None
    assert checked.verdict.colour is Colour.UNKNOWN
    assert session.recent_checks() == [session.recent_checks(1)[0]]
    assert session.recent_checks()[0].code == CODE.decode()


def test_a_resident_number_is_neither_kept_nor_noted(session: Session) -> None:
    number = b"11010519491231002X"
    checked = session.check(number, Means.TYPED)
    assert checked.payload.kind is PayloadKind.RESIDENT_ID
    assert all(number.decode() not in str(e) for e in events(session))


def test_every_check_is_a_view_in_the_journal(session: Session) -> None:
    session.check(CODE, Means.SCANNED)
    session.check(b"WIFI:S:x;;", Means.SCANNED)
    assert audits(session)[-2:] == [
        ("check", f"scanned {CODE.decode()} no_basis"),
        ("check", "scanned - not_entity"),
    ]


@pytest.mark.parametrize("data", [b"", b"\x00" * 3000, b"\xff\xfe\xfd", "‮".encode() * 900, b"'; DROP TABLE draft;--"])
def test_hostile_codes_give_a_verdict(session: Session, data: bytes) -> None:
    assert session.check(data, Means.SCANNED).verdict.finding in Finding


def test_a_signed_code_without_its_key_is_not_believed(session: Session) -> None:
    checked = session.check(b"https://msc.heihe.gov.cn/e/92231102MA1Y000189#1abcdef", Means.SCANNED)
    assert checked.token.state is not TokenState.GENUINE
    assert checked.verdict.colour is not Colour.PASS


def test_a_clock_set_back_is_told_once_and_never_green(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    begun(session)
    clock.jump(timedelta(days=-30))
    assert session.clock_trust() is ClockTrust.SET_BACK
    for _ in range(2):
        assert session.check(CODE, Means.SCANNED).verdict.clock is ClockTrust.SET_BACK
    assert [a for a, _ in audits(session)].count("clock-set-back") == 1


# -- drafts
def test_an_inspection_begins_on_a_lawful_basis(session: Session) -> None:
    checked = session.check(CODE, Means.SCANNED)
    plan = Basis(BasisKind.PLAN, "18号", notice_number="18号")
    expired = next(o for o in session.roster() if o.number == "HH0003")
    for basis, other in ((plan, expired), (plan, session.officer), (Basis(BasisKind.PLAN), second(session))):
        with pytest.raises(NotReady):
            session.begin(checked, "food-sale", basis, other)
    assert session.drafts() == []
    with pytest.raises(InputProblem):
        session.begin(checked, "no-such-list", plan, second(session))
    draft = session.begin(checked, "food-sale", plan, second(session))
    assert draft.template == session.templates()["food-sale"].ref
    assert [d.event_id for d in session.drafts()] == [draft.event_id]


def test_an_inspection_by_a_scenarios_checklist(session: Session) -> None:
    begun_ = begun(session, template="scenario-16")
    assert session.template(begun_.template).hash == begun_.template_hash
    assert session.template(begun_.template).title.endswith("（场景 16）")


def test_drafts_come_back_at_the_same_item(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    draft = begun(session)
    item = inspection.items_of(draft, session.template(draft.template))[3]
    draft = inspection.answer(draft, item.id, ItemFinding.VIOLATES)
    clock.wait(5)
    assert session.save(draft) == clock.now()
    laptop, session = reopened(laptop, clock)
    assert session.draft(draft.event_id) == draft
    assert session.draft(draft.event_id).current_item == item.id
    assert session.drafts()[0].answered == 1
    with pytest.raises(InspectionProblem):
        session.draft("no-such-draft")
    laptop.close()


def test_document_numbers_are_never_given_twice(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    session._opened.work.set_meta(
        "numbers", [Numbers(2026, "爱市监现检〔2026〕EH03-", 7, 8), Numbers(2025, "旧", 1, 9)]
    )
    first = [begun(session) for _ in range(2)]
    session.discard(first[1].event_id, "走错门")
    laptop, session = reopened(laptop, clock)
    numbers = [d.document_number for d in first] + [begun(session).document_number for _ in range(2)]
    assert numbers[:2] == ["爱市监现检〔2026〕EH03-0007号", "爱市监现检〔2026〕EH03-0008号"]
    assert numbers[2:] == ["现检〔2026〕00112233-0001号", "现检〔2026〕00112233-0002号"]
    laptop.close()


def test_a_draft_belongs_to_those_who_make_it(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session.save(draft)
    for number, own in (("HH0002", True), ("HH0003", False)):
        laptop.add_officer(session, number, PASSWORD + number)
        other = laptop.unlock(number, PASSWORD + number)
        if own:
            other.save(draft)
            continue
        for attempt in (
            lambda other=other: other.save(draft),
            lambda other=other: other.seal(draft, PASSWORD + "HH0003"),
            lambda other=other: other.discard(draft.event_id, "不是我的"),
        ):
            with pytest.raises(InspectionProblem, match="承办"):
                attempt()
    assert session.draft(draft.event_id) == draft


def test_an_aborted_draft_is_kept_with_its_reason(session: Session) -> None:
    draft = begun(session)
    with pytest.raises(InputProblem):
        session.discard(draft.event_id, " ")
    session.discard(draft.event_id, "店铺已搬离")
    assert session.drafts() == []
    summary = session.records()[0]
    assert (summary.event_id, summary.problem) == (draft.event_id, "已中止：店铺已搬离")
    assert session.record(draft.event_id) == draft
    with pytest.raises(AlreadySealed):
        session.save(draft)


def test_photos_are_kept_as_they_are(session: Session) -> None:
    photo = session.add_photo(PHOTO, "image/jpeg", "camera", "货架")
    assert session.picture(photo.sha256) == PHOTO
    assert (photo.size, photo.taken_by, photo.origin) == (len(PHOTO), "张建国", "camera")
    for data, kind in (
        (b"", "image/jpeg"),
        (b"<svg/>", "image/svg+xml"),
        (PHOTO, "image/png"),
        (b"GIF89a", "image/jpeg"),
    ):
        with pytest.raises(UnreadablePicture):
            session.add_photo(data, kind, "file", "")
    with pytest.raises(InputProblem):
        session.add_photo(PHOTO, "image/jpeg", "internet", "")


def test_a_full_disk_stops_photos_and_not_the_seal(session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session._opened.blobs._free = lambda _: 300 * 1024**2
    with pytest.raises(StoreFull):
        session.add_photo(PHOTO, "image/jpeg", "camera", "")
    assert session.disk_low()
    session.save(draft)
    assert session.seal(draft, PASSWORD).state is RecordState.SEALED


# -- papers and the seal
def test_the_seal_keeps_exactly_what_was_signed(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session.save(draft)
    preview = session.paper(draft)
    assert preview.pdf.startswith(b"%PDF")
    assert all(page.startswith(b"\x89PNG") for page in preview.pages)
    summary = session.seal(draft, PASSWORD)
    assert (summary.state, summary.document_number, summary.name) == (
        RecordState.SEALED,
        draft.document_number,
        draft.party.name,
    )
    assert session.drafts() == []
    event = events(session)[summary.seq - 1]
    assert {b.role for b in event.blobs} == {"paper", "photo", "signature"}
    assert session.record(draft.event_id) == draft
    laptop, session = reopened(laptop, clock)
    paper = session.paper(session.record(draft.event_id))
    assert paper == preview, "previewed exactly as sealed"
    laptop.close()


def test_sealed_is_immutable(session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session.seal(draft, PASSWORD)
    for attempt in (
        lambda: session.save(draft),
        lambda: session.seal(draft, PASSWORD),
        lambda: session.save(replace(draft, situation="改")),
    ):
        with pytest.raises(AlreadySealed):
            attempt()


def test_the_seal_wants_everything_and_the_password(session: Session, clock: HeldClock) -> None:
    draft = begun(session)
    with pytest.raises(NotReady) as not_ready:
        session.seal(draft, PASSWORD)
    assert len(not_ready.value.missing) > 5
    done = finished(session, draft, clock)
    with pytest.raises(NotReady, match="还不能"):
        session.seal(replace(done, situation="签名后改动"), PASSWORD)
    with pytest.raises(WrongPassword):
        session.seal(done, "不是这个密码-不是")
    assert audits(session)[-1][0] == "wrong-password"
    assert session.records() == []
    assert session.seal(done, PASSWORD).state is RecordState.SEALED


def test_a_lost_photo_stops_the_seal(session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session._opened.blobs.path(draft.photos[0].sha256).unlink()
    with pytest.raises(Exception, match="照片") as problem:
        session.seal(draft, PASSWORD)
    assert problem.value.code == "vault-damaged"  # type: ignore[attr-defined]
    assert session.records() == []


def test_a_lost_file_is_an_alarm_at_the_next_start(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    photo = session.add_photo(PHOTO, "image/jpeg", "camera", "")
    session._opened.blobs.path(photo.sha256).unlink()
    laptop, session = reopened(laptop, clock)
    assert photo.sha256[:8] in session.alarms()[0]
    laptop.close()


def test_corrections_stand_beside_the_record(session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    session.seal(draft, PASSWORD)
    for reason, text in (("", "改"), ("笔误", " ")):
        with pytest.raises(InputProblem):
            session.amend(draft.event_id, reason, text)
    first = session.amend(draft.event_id, "笔误", "应为8号")
    again = session.amend(first.event_id, "再更正", "应为9号")
    assert [first.document_number, again.document_number] == [
        f"{draft.document_number}-更正1",
        f"{draft.document_number}-更正2",
    ]
    assert [a.text for _, a in session.amendments(draft.event_id)] == ["应为8号", "应为9号"]
    assert session.record(again.event_id) == session.record(draft.event_id) == draft
    assert [e.refers_to for e in events(session)][-2:] == [draft.event_id] * 2


def test_leads_and_audits_are_entries_too(session: Session) -> None:
    session.lead(session.check(CODE, Means.SCANNED), "疑似假码")
    session.lead(None, "门前有未登记的摊点")
    with pytest.raises(InputProblem):
        session.lead(None, " ")
    session.audit("print", "现检〔2026〕1号")
    kinds = [e.kind for e in events(session)]
    assert kinds.count(EventKind.LEAD) == 2
    assert audits(session)[-1] == ("print", "现检〔2026〕1号")


def test_records_are_found_by_name_code_number_and_day(session: Session, clock: HeldClock) -> None:
    draft = finished(session, begun(session), clock)
    sealed = session.seal(draft, PASSWORD)
    for query in ("", "喆喆", "2026-11-23", draft.document_number[-6:], CODE.decode()[:6]):
        assert session.records(query) == [sealed]
    for query in ("没有", "%", "_", "2026-11-24", "\\"):
        assert session.records(query) == []
    assert session.queue() == [sealed]
    with pytest.raises(InspectionProblem):
        session.record("no-such-record")


def test_the_chain_is_gapless_and_signed_by_this_laptop(laptop: Laptop, session: Session, clock: HeldClock) -> None:
    session.seal(finished(session, begun(session), clock), PASSWORD)
    session.lead(None, "线索")
    laptop, session = reopened(laptop, clock)
    found = events(session)
    assert [e.device_seq for e in found] == list(range(1, len(found) + 1))
    assert {e.device_id for e in found} == {"d-0011223344556677"}
    assert session._opened.work.identity.keys == DEVICE
    laptop.close()


def test_offline_everything_waits_and_nothing_is_lost(session: Session, clock: HeldClock) -> None:
    session.seal(finished(session, begun(session), clock, photos=2), PASSWORD)
    status = session.sync_status()
    assert (status.connection, status.pending_blobs, status.proof) == (Connection.OFFLINE, 4, None)
    assert status.pending_events == len(events(session))
    with pytest.raises(ServiceDown):
        session.sync(lambda _: None, Flag())
    after = session.sync_status()
    assert (after.connection, after.pending_events) == (Connection.OFFLINE, status.pending_events)
    assert after.next_try is not None
    assert clock.now() <= after.next_try <= clock.now() + timedelta(minutes=5)
    assert [r.state for r in session.queue()] == [RecordState.SEALED]


def test_signing_after_a_change_counts_again(session: Session, clock: HeldClock) -> None:
    done = finished(session, begun(session), clock)
    changed = replace(done, situation="货架整洁。")
    assert session.seal(signed_by_all(changed, session.template(done.template), clock.now()), PASSWORD)
