"""忘记密码: asked by file, granted once by the real centre, and nothing is lost; every other grant is refused."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import pytest

from cache import recovery as asking
from cache.clock import SystemClock
from cache.laptop import Laptop
from central import __main__ as command
from central import desk, recovery
from central.demo.load import AREA, UNIT, load_demo
from central.models import DeskAction
from central.server import EmbeddedService
from inspector import wire
from inspector.errors import NotEnrolled, RecoveryRefused, WeakPassword, WrongPassword
from inspector.orders import RecoveryGrant, RecoveryRequest, grant_purpose
from inspector.trust import device
from inspector.wire import Signed
from tests.cache.officers import PASSWORD, HeldClock

NEW = "江风-灯塔-渡口-白桦"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 30, areas=(AREA,))
        yield running


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(SystemClock().now())


@pytest.fixture
def laptop(tmp_path: Path, centre: EmbeddedService, clock: HeldClock) -> Iterator[Laptop]:
    """Locked, with something that has not been sent."""
    made = Laptop(tmp_path / "laptop", clock)
    session = made.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    session.lead(None, "还没有上传的线索")
    session.lock()
    yield made
    made.close()


def granted(centre: EmbeddedService, request: RecoveryRequest) -> bytes:
    return recovery.grant(centre.service, request, who="刘主任", reason="电话核对")


def test_a_new_password_by_grant_and_nothing_is_lost(laptop: Laptop, centre: EmbeddedService, tmp_path: Path) -> None:
    request = laptop.ask_recovery("hh0001")
    assert len(request.mark) == 9
    session = laptop.recover(granted(centre, request), NEW)
    assert session.officer.number == "HH0001"
    assert session.sync_status().pending_events
    proof = session.sync(lambda _: None, Flag()).proof
    assert proof is not None
    assert proof.equal
    session.lock()
    with pytest.raises(WrongPassword):
        laptop.unlock("HH0001", PASSWORD)
    laptop.unlock("HH0001", NEW).lock()
    assert not (laptop.folder / asking.FILE).exists()
    with centre.service.sessions() as db:
        lines = [(a.who, a.action, a.subject) for a in db.query(DeskAction)]
    assert ("刘主任", recovery.ACTION, request.hash) in lines


def test_a_grant_is_of_use_once(laptop: Laptop, centre: EmbeddedService) -> None:
    request = laptop.ask_recovery("HH0001")
    grant = granted(centre, request)
    laptop.recover(grant, NEW).lock()
    with pytest.raises(RecoveryRefused, match="没有等待"):
        laptop.recover(grant, PASSWORD)
    laptop.ask_recovery("HH0001")
    with pytest.raises(RecoveryRefused, match="另一次申请"):
        laptop.recover(grant, PASSWORD)
    with pytest.raises(RecoveryRefused, match="已经授权过"):
        granted(centre, request)


def test_remembering_ends_the_request(laptop: Laptop, centre: EmbeddedService) -> None:
    grant = granted(centre, laptop.ask_recovery("HH0001"))
    laptop.unlock("HH0001", PASSWORD).lock()
    with pytest.raises(RecoveryRefused, match="没有等待"):
        laptop.recover(grant, NEW)


def test_a_weak_password_keeps_the_grant(laptop: Laptop, centre: EmbeddedService) -> None:
    grant = granted(centre, laptop.ask_recovery("HH0001"))
    with pytest.raises(WeakPassword):
        laptop.recover(grant, "short")
    laptop.recover(grant, NEW).lock()


def test_a_grant_runs_out(laptop: Laptop, centre: EmbeddedService, clock: HeldClock) -> None:
    grant = granted(centre, laptop.ask_recovery("HH0001"))
    clock.wait(recovery.DAYS * 86_400 + 60)
    with pytest.raises(RecoveryRefused, match="过期"):
        laptop.recover(grant, NEW)
    laptop.unlock("HH0001", PASSWORD).lock()


def resigned(grant: bytes, key: bytes, **changes: object) -> bytes:
    """The grant with other words, signed by another key."""
    told = replace(wire.decode(wire.decode(grant, Signed).payload, RecoveryGrant), **changes)  # type: ignore[arg-type]
    payload = wire.encode(told)
    return wire.encode(Signed(payload, device.sign(key, payload)))


def test_forged_and_foreign_grants_change_nothing(laptop: Laptop, centre: EmbeddedService) -> None:
    request = laptop.ask_recovery("HH0001")
    grant, mine = granted(centre, request), bytes(range(7, 39))
    another_key = device.seal(request.key, bytes(32), grant_purpose(request.hash), bytes(range(1, 33)))
    for evil in (
        resigned(grant, mine),
        resigned(grant, mine, expires_at=request.asked_at + timedelta(days=9999)),
        resigned(grant, centre.service.keys.receipt, number="HH0002"),
        resigned(grant, centre.service.keys.receipt, device_id="d-other"),
        resigned(grant, centre.service.keys.receipt, request="0" * 64),
        resigned(grant, centre.service.keys.receipt, sealed=another_key),
        resigned(grant, centre.service.keys.receipt, sealed=bytes(10)),
        b"",
        b"{}",
        b"\xff" * 100,
        grant[:-20],
    ):
        with pytest.raises(RecoveryRefused):
            laptop.recover(evil, NEW)
    laptop.unlock("HH0001", PASSWORD).lock()


def test_the_centre_refuses_what_it_cannot_answer_for(
    laptop: Laptop, centre: EmbeddedService, clock: HeldClock
) -> None:
    request = laptop.ask_recovery("HH0001")
    for wrong, said in (
        (replace(request, device_id="d-none"), "没有登记"),
        (replace(request, number="HH9999"), "不是这台电脑所属单位"),
        (replace(request, sealed=bytes(80)), "打不开"),
        (replace(request, asked_at=request.asked_at - timedelta(days=30)), "太旧"),
        (replace(request, asked_at=request.asked_at + timedelta(days=3)), "太旧"),
    ):
        with pytest.raises(RecoveryRefused, match=said):
            granted(centre, wrong)
    desk.revoke(centre.service, request.device_id)
    with pytest.raises(RecoveryRefused, match="停用"):
        granted(centre, request)
    with pytest.raises(NotEnrolled):
        laptop.ask_recovery("HH0002")


@pytest.mark.parametrize("cut", ["before the slot", "after the slot"])
def test_cut_off_in_between_either_password_opens(
    laptop: Laptop, centre: EmbeddedService, cut: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Power fails in the midst: what is on the disk then is what a new start finds."""
    grant = granted(centre, laptop.ask_recovery("HH0001"))
    there = tmp_path / "there"

    def stop(*_: object) -> None:
        shutil.copytree(laptop.folder, there, ignore=shutil.ignore_patterns("lock"))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if cut == "before the slot":
            patched.setattr(laptop._vault, "put", stop)
        else:
            patched.setattr(asking, "forget", stop)
        with pytest.raises(KeyboardInterrupt):
            laptop.recover(grant, NEW)
    again = Laptop(there, laptop.clock)
    again.unlock("HH0001", PASSWORD if cut == "before the slot" else NEW).lock()
    again.close()


def test_the_command_asks_and_writes(
    laptop: Laptop,
    centre: EmbeddedService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = laptop.ask_recovery("HH0001")
    asked, to = tmp_path / "申请.json", tmp_path / "授权.json"
    asked.write_bytes(wire.encode(request))
    told = command.parser().parse_args(["recover", str(asked), str(to), "电话核对"])
    monkeypatch.setattr("builtins.input", lambda _: "不")
    assert command._recover(centre.service, told) == 1
    assert not to.exists()
    monkeypatch.setattr("builtins.input", lambda _: "同意")
    assert command._recover(centre.service, told) == 0
    assert request.mark in capsys.readouterr().out
    assert command._recover(centre.service, told) == 1
    assert "已经授权过" in capsys.readouterr().err
    laptop.recover(to.read_bytes(), NEW).lock()
    asked.write_bytes(b"no request")
    assert command._recover(centre.service, told) == 1
