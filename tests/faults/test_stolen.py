"""A stolen laptop: after a day's use no name, note, password, photo or key can be found in any file of its folder."""

import logging
import subprocess
import sys
from pathlib import Path
from threading import Event as Flag

import pytest

from cache.clock import SystemClock
from cache.laptop import Laptop
from central.demo.load import AREA, UNIT, load_demo
from central.server import EmbeddedService
from inspector.errors import Problem
from inspector.verdict import Means
from tests.cache.officers import PASSWORD, HeldClock, begun, finished
from tests.faults.kills import ROOT

NOTE = "柜台下有一箱没有标签的散装白酒"


def test_nothing_is_in_clear_after_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with EmbeddedService(tmp_path / "central") as centre:
        load_demo(centre.service, 300, areas=(AREA,))
        clock = HeldClock(SystemClock().now())
        laptop = Laptop(tmp_path / "data", clock)
        session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
        session.sync(lambda _: None, Flag())
        task = session.tasks()[0]
        entity = session.check(task.code.encode(), Means.SCANNED).entity
        assert entity is not None
        session.search(entity.licence.name)
        begun(session, task.code.encode())
        draft = finished(session, begun(session, task.code.encode()), clock)
        session.save(draft)
        session.seal(draft, PASSWORD)
        session.lead(None, NOTE)
        session.sync(lambda _: None, Flag())
        identity, keys = session._opened.work.identity, session._opened.keys
        assert keys is not None
        photo = session.picture(draft.photos[0].sha256)
        files_while_open = everything(laptop.folder)
        session.lock()
        laptop.close()
    secrets = [
        *(o.name for o in identity.enrolment.officers), *(o.certificate for o in identity.enrolment.officers),
        entity.code, entity.licence.name, entity.licence.representative, entity.licence.premises,
        draft.party.name, draft.situation, draft.document_number, NOTE, PASSWORD, task.title,
    ]  # fmt: skip
    needles = [s.encode(form) for s in secrets for form in ("utf-8", "utf-16-le", "gb18030")]
    for key in (keys.data, keys.database, keys.blobs, identity.keys.signing, identity.keys.box):
        needles += [key, key.hex().encode()]
    needles.append(photo[:40])
    for files in (files_while_open, everything(tmp_path / "data")):
        assert len(files) > 10
        for name, data in files.items():
            found = [n for n in needles if n in data or n in name.encode()]
            assert not found, f"{name} tells {found}"
    assert caplog.records, "nothing was logged: the check would prove nothing"
    for record in caplog.records:
        said = record.getMessage().encode() + repr(record.args).encode()
        assert not [n for n in needles if n in said], record.name


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_no_problem_tells_a_secret(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path, HeldClock())
    for attempt in (laptop.unlock, lambda n, p: laptop.enrol("mashangcha://x", n, p)):
        for number, password in (("HH0001", PASSWORD), ("", ""), ("HH0001", "x")):
            with pytest.raises(Problem) as told:
                attempt(number, password)
            problem = told.value
            assert PASSWORD not in repr(problem) + problem.sentence + problem.advice
    laptop.close()


def test_a_second_process_is_refused_in_words(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path, HeldClock())
    program = (
        "import sys\nfrom pathlib import Path\nfrom cache.laptop import Laptop\nfrom inspector.errors import InUse\n"
        "try:\n    Laptop(Path(sys.argv[1]))\nexcept InUse as problem:\n    sys.exit(problem.sentence)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert other.returncode == 1
    assert "另一个" in other.stderr
    laptop.close()
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
