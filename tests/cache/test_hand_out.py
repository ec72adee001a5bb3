"""Evidence of a real laptop with receipts of the real service, checked with the service's public keys alone."""

import io
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from sqlalchemy import select

from cache.clock import SystemClock
from cache.evidence import JOURNAL, PAGE, RECORD
from cache.laptop import Laptop
from cache.session import Session
from central import __main__ as central
from central.demo.load import AREA, UNIT, load_demo
from central.models import EventRow
from central.server import EmbeddedService
from inspector.errors import InputProblem, InspectionProblem
from inspector.evidence import Extent
from inspector.evidence_command import HOLDS, WRONG, verify
from inspector.verdict import Means
from tests.cache.officers import PASSWORD, HeldClock, begun, finished


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 60, areas=(AREA,))
        yield running


@pytest.fixture
def day(tmp_path: Path, centre: EmbeddedService) -> Iterator[tuple[Session, str]]:
    """A laptop that sealed a record with two photographs and a correction, and delivered them."""
    clock = HeldClock(SystemClock().now())
    laptop = Laptop(tmp_path / "laptop", clock)
    session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    session.sync(lambda _: None, Flag())
    draft = finished(session, begun(session), clock, 2)
    session.seal(draft, PASSWORD)
    session.amend(draft.event_id, "笔误", "门牌号为 8 号")
    session.sync(lambda _: None, Flag())
    yield session, draft.event_id
    laptop.close()


@pytest.fixture
def keys(tmp_path: Path, centre: EmbeddedService, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "keys.json"
    told = central.parser().parse_args(["keys", "public", str(path)])
    assert central.key_command.run(told, centre.service, lambda _: "") == 0
    return path


def test_photographs_may_wait_for_a_better_line(day: tuple[Session, str], centre: EmbeddedService) -> None:
    """Findings, papers and signatures go up at once; photographs with the next round that is to bring them."""
    session, _ = day
    clock = session._opened.clock
    assert isinstance(clock, HeldClock)
    draft = finished(session, begun(session), clock, 2)
    session.seal(draft, PASSWORD)
    session.set_setting("photos_automatic", "off")
    status = session.sync(lambda _: None, Flag(), photos=False)
    assert (status.pending_events, status.pending_blobs, status.photos_wait) == (0, 2, True)
    assert status.proof is not None
    assert status.proof.equal
    assert session.sync(lambda _: None, Flag()).pending_blobs == 0


def told(path: Path, keys: Path, extent: Extent) -> tuple[int, str]:
    out = io.StringIO()
    return verify([str(path)], str(keys), extent, out, out), out.getvalue()


def test_a_record_with_its_attachments(tmp_path: Path, day: tuple[Session, str], keys: Path) -> None:
    session, event_id = day
    path = session.hand_out_record(event_id, tmp_path / "out")
    assert path.name == RECORD
    code, said = told(path, keys, Extent.RECORD)
    assert code == HOLDS, said
    assert "记录：2 条，已回执 2 条" in said
    assert "缺少附件" not in said
    files = [p for p in path.parent.iterdir() if p != path]
    assert sorted({p.suffix for p in files}) == [".jpg", ".pdf", ".svg"]
    photo = next(p for p in files if p.suffix == ".jpg")
    photo.write_bytes(photo.read_bytes() + b"!")
    assert "缺少附件" in told(path, keys, Extent.RECORD)[1]
    path.write_bytes(path.read_bytes().replace(b'"extent":"record"', b'"extent":"journal"'))
    assert told(path, keys, Extent.JOURNAL)[0] == WRONG


def test_the_whole_journal_with_its_page(tmp_path: Path, day: tuple[Session, str], keys: Path) -> None:
    session, _ = day
    path = session.hand_out_journal(tmp_path / "out")
    assert path.name == JOURNAL
    assert (path.parent / PAGE).read_bytes().startswith(b"%PDF-1.7")
    code, said = told(path, keys, Extent.JOURNAL)
    assert code == HOLDS, said
    assert "每一条都已由中心签收" in said


def test_handing_out_and_looking_are_entries_themselves(
    tmp_path: Path, day: tuple[Session, str], keys: Path, centre: EmbeddedService
) -> None:
    session, event_id = day
    shop = session.tasks()[0].code
    session.viewed(session.check(shop.encode(), Means.TYPED))
    session.hand_out_record(event_id, tmp_path / "record")
    session.hand_out_journal(tmp_path / "journal")
    status = session.sync(lambda _: None, Flag())
    assert status.proof is not None
    assert status.proof.equal
    entries = (session.hand_out_journal(tmp_path / "again")).read_bytes()
    with centre.service.sessions() as db:
        bodies = [bytes(row.event) for row in db.scalars(select(EventRow))]
    for action in (b"view-card", b"export-record", b"export-journal"):
        assert any(action in body for body in bodies), action
    assert shop.encode() in b"".join(bodies)
    assert b"PRIVATE" not in entries
    assert PASSWORD.encode() not in entries


def test_nothing_is_written_where_it_cannot_be(tmp_path: Path, day: tuple[Session, str]) -> None:
    session, event_id = day
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputProblem):
        session.hand_out_record(event_id, tmp_path / "file")
    with pytest.raises(InputProblem):
        session.hand_out_journal(tmp_path / "file" / "below")
    with pytest.raises(InspectionProblem):
        session.hand_out_record("no such record", tmp_path / "out")
    assert (tmp_path / "file").read_text() == "in the way"
