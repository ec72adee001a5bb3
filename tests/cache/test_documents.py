"""Lists and checklists as signed targets: taken in once, by network and by stick, and never what was not signed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from threading import Event as Flag

import pytest
from sqlalchemy import delete

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.packs import Fetch, folder_fetch
from cache.session import Session
from cache.steady import LEAST, WINDOW, steady
from central import __main__ as command
from central import desk, issue, stick
from central.demo import look
from central.demo.load import AREA, UNIT, load_demo
from central.models import FeedRow
from central.publish.repository import KeyFolder, Repository
from central.server import EmbeddedService
from inspector import wire
from inspector.checklist import Template, read
from inspector.documents import LARGEST, LISTS, template_path
from inspector.errors import RegisterRefused, ServiceDown
from inspector.trust.status import State
from inspector.verdict import Colour, Means
from tests.cache.officers import PASSWORD, HeldClock
from tests.registers import NOW, client, make_repository

BODY = b'{"a": 1}'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = make_repository(tmp_path)
    made.put_document(LISTS, BODY)
    made.publish(NOW)
    return made


def changed(fetch: Fetch, old: bytes, new: bytes) -> Fetch:
    def fetched(path: str, start: int) -> Iterator[bytes]:
        yield b"".join(fetch(path, start)).replace(old, new)

    return fetched


def test_documents_are_offered_and_read(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    assert packs.refresh(NOW) == []
    (found,) = packs.documents()
    assert (found.path, packs.read(found)) == (LISTS, BODY)
    repository.put_document(LISTS, b"newer")
    repository.put_document("other/thing.json", b"not for us")
    repository.publish(NOW)
    packs.refresh(NOW)
    assert [packs.read(d) for d in packs.documents()] == [b"newer"]


@pytest.mark.parametrize("evil", [b'{"a": 2}', b'{"a": 1', b'{"a": 1} and more', b""])
def test_a_changed_document_is_refused(tmp_path: Path, repository: Repository, evil: bytes) -> None:
    packs = client(tmp_path, repository, changed(folder_fetch(repository.folder), BODY, evil))
    packs.refresh(NOW)
    with pytest.raises(RegisterRefused):
        packs.read(packs.documents()[0])


def test_one_that_is_gone_or_huge_is_refused(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    packs.refresh(NOW)
    found = packs.documents()[0]
    with pytest.raises(RegisterRefused):
        packs.read(replace(found, path="trust/none.json"))
    with pytest.raises(RegisterRefused, match="过大"):
        packs.read(replace(found, length=LARGEST + 1))


def test_an_older_repository_takes_no_list_back(tmp_path: Path, repository: Repository) -> None:
    """Rollback, freeze and a root of somebody else hold for documents as for the register."""
    packs = client(tmp_path, repository)
    packs.refresh(NOW)
    with pytest.raises(RegisterRefused, match="过期"):
        packs.refresh(NOW + timedelta(days=8))
    other = Repository.create(tmp_path / "other", KeyFolder(tmp_path / "their keys"), NOW)
    other.put_document(LISTS, b"theirs")
    other.publish(NOW)
    with pytest.raises(RegisterRefused):
        client(tmp_path / "fresh", repository, folder_fetch(other.folder)).refresh(NOW)


def test_a_trickle_is_cut_and_a_slow_line_is_not(tmp_path: Path, repository: Repository) -> None:
    """TUF's slow retrieval: a byte every ten seconds. A weak line of two kilobytes a second goes on."""
    seconds = [0.0]

    def trickle(path: str, start: int) -> Iterator[bytes]:
        for byte in b"".join(folder_fetch(repository.folder)(path, start)):
            seconds[0] += 10
            yield bytes([byte])

    packs = client(tmp_path, repository, trickle)
    packs._clock = lambda: seconds[0]
    with pytest.raises(ServiceDown):
        packs.refresh(NOW)
    assert seconds[0] <= WINDOW * 2

    def weak() -> Iterator[bytes]:
        for _ in range(100):
            seconds[0] += 1
            yield bytes(2048)

    assert sum(map(len, steady(weak(), lambda: seconds[0]))) == 100 * 2048
    assert LEAST < 2048 * WINDOW


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "central") as running:
        load_demo(running.service, 60, areas=(AREA,))
        yield running


@pytest.fixture
def session(tmp_path: Path, centre: EmbeddedService) -> Iterator[Session]:
    laptop = Laptop(tmp_path / "laptop", HeldClock(SystemClock().now()))
    opened = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    opened.sync(lambda _: None, Flag())
    yield opened
    laptop.close()


def checklist(version: int) -> Template:
    text = files("inspector").joinpath("data/checklists/catering.toml").read_text(encoding="utf-8")
    return replace(read(text), id="local-catering", version=version, title="本地餐饮检查表")


def forget_feed(centre: EmbeddedService) -> None:
    """What the signed repository brings must not need the feed."""
    with centre.service.sessions.begin() as db:
        db.execute(delete(FeedRow).where(FeedRow.kind.in_(("trust", "template"))))


@pytest.mark.parametrize("way", ["network", "stick"])
def test_a_revocation_and_a_checklist_come_with_the_repository(
    tmp_path: Path, centre: EmbeddedService, session: Session, way: str
) -> None:
    service, shop = centre.service, session.tasks()[0].code
    code = issue.issue_many(service, [shop])[shop].encode()
    issue.publish_lists(service)
    session.sync(lambda _: None, Flag())
    assert session.check(code, Means.SCANNED).verdict.colour is not Colour.FAIL
    issue.set_state(service, look.issued_number(service, code.decode()), State.REVOKED)
    issue.publish_lists(service)
    for version in (1, 2):
        desk.put_template(service, checklist(version))
    forget_feed(centre)
    if way == "network":
        session.sync(lambda _: None, Flag())
    else:
        usb = tmp_path / "usb"
        usb.mkdir()
        session.lead(None, "有东西要送")
        session.export_to_stick(usb, lambda _: None, Flag())
        stick.exchange(service, usb, lambda _: None)
        session.take_from_stick(usb, lambda _: None, Flag())
    checked = session.check(code, Means.SCANNED)
    assert checked.verdict.colour is Colour.FAIL
    assert session.templates()["local-catering"].version == 2
    assert session.template("local-catering@1") == checklist(1)


def test_what_a_later_program_sends_is_told_and_not_asked_again(centre: EmbeddedService, session: Session) -> None:
    desk.offer(centre.service, template_path(checklist(9)), {"questions": "of a later format"})
    session.sync(lambda _: None, Flag())
    assert any("更新程序" in alarm for alarm in session.alarms())
    before = len(session.alarms())
    session.sync(lambda _: None, Flag())
    assert len(session.alarms()) == before


def test_lists_never_go_back(centre: EmbeddedService, session: Session) -> None:
    """An older list in a newer repository (a mistake at the centre, or a stolen online key) changes nothing."""
    service, shop = centre.service, session.tasks()[0].code
    code = issue.issue_many(service, [shop])[shop]
    issue.publish_lists(service)
    old = (service.repository_folder / "targets" / "trust").glob("*.lists.json")
    body = max(old, key=lambda p: p.stat().st_mtime_ns).read_bytes()
    issue.set_state(service, look.issued_number(service, code), State.REVOKED)
    issue.publish_lists(service)
    session.sync(lambda _: None, Flag())
    desk.offer(service, LISTS, wire.decode(body, dict[str, object]))
    session.sync(lambda _: None, Flag())
    assert session.check(code.encode(), Means.SCANNED).verdict.colour is Colour.FAIL


def test_the_command_publishes_a_checklist(
    tmp_path: Path, centre: EmbeddedService, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    text = files("inspector").joinpath("data/checklists/catering.toml").read_text(encoding="utf-8")
    good.write_text(text.replace("version = ", "version = 7", 1), encoding="utf-8")
    bad.write_text("title = ", encoding="utf-8")
    for path, code in ((good, 0), (bad, 1), (tmp_path / "none.toml", 1)):
        assert command._document(centre.service, "checklist", path) == code
    assert "没有发布" in capsys.readouterr().err
    session.sync(lambda _: None, Flag())
    assert any(t.version >= 70 for t in session.templates().values())


def test_hosts_are_signed_data_too(
    tmp_path: Path, centre: EmbeddedService, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """A region's own host is known after a sync without the feed; rules that would open a door are not published."""
    path, code = tmp_path / "hosts.toml", session.tasks()[0].code
    text = f"https://m.bj.gov.cn.example.org/e/{code}".encode()
    assert session.check(text, Means.SCANNED).verdict.colour is Colour.FAIL
    evil = ["own = []", 'own = ["EVIL.example"]', 'own = ["http://x.cn"]', 'disguises = ["a"]']
    for bad in (*evil, "own = ", 'own = "x.cn"'):
        path.write_text(bad, encoding="utf-8")
        assert command._document(centre.service, "hosts", path) == 1, bad
    path.write_text('own = ["msc.heihe.gov.cn", "m.bj.gov.cn.example.org"]', encoding="utf-8")
    assert command._document(centre.service, "hosts", path) == 0
    with centre.service.sessions.begin() as db:
        db.execute(delete(FeedRow).where(FeedRow.kind == "hosts"))
    session.sync(lambda _: None, Flag())
    assert session.check(text, Means.SCANNED).verdict.colour is not Colour.FAIL


def test_who_has_an_open_task_is_found_first(session: Session) -> None:
    tasks = {task.code: task.name for task in session.tasks()}
    shown = 0
    for word in {name[-length:] for name in tasks.values() for length in (2, 3)}:
        hits = [hit.code for hit in session.search(word, 60)]
        with_task = [code for code in hits if code in tasks and word in tasks[code]]
        if with_task and len(hits) > len(with_task):
            assert hits[: len(with_task)] == with_task, word
            shown += 1
    assert shown
