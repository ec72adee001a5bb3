"""Kills a laptop's store at any line it executes, opens it again, and checks that nothing was lost or doubled.

Run as a program: it forks one child a case from a process without threads. The child works through a morning (saves,
photo, seal, receipts, feed) and kills itself at the given line; the parent opens what is left, checks every promise,
and finishes the morning on it.
"""

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from cache import feed
from cache.drafts import Drafts, photo_refs
from cache.founding import found
from cache.opened import Opened
from cache.vault import Keys, Vault, derive
from cache.work import Entry, Listing
from inspector import checklist, journal, wire
from inspector.entries import INSPECTION
from inspector.errors import AlreadySealed
from inspector.inspection import Basis, BasisKind, Check, Inspection, Party, Seen
from inspector.verdict import ClockTrust, Colour, Finding, Means
from inspector.wire import Answer, EventAnswer, EventKind, Feed, FeedItem, Receipt, Task
from tests.cache.officers import DEVICE_ID, START, HeldClock, identity, signed

ROOT = Path(__file__).parent.parent.parent
TRACED = tuple(
    str(ROOT / "cache" / f"{name}.py")
    for name in ("db", "work", "outbox", "feed", "blobs", "durable", "drafts", "opened", "schema", "times")
)
KEYS: Keys = derive(bytes(range(32)))
IDS = ("01a20000-0000-7000-8000-000000000001", "01a20000-0000-7000-8000-000000000002")
SAVES = 4
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


def opened(folder: Path) -> Opened:
    clock = HeldClock()
    return Opened(folder, KEYS, Vault(folder / "slots.json", clock), clock)


def blank(event_id: str, laptop: Opened) -> Inspection:
    template = checklist.shipped()["food-sale"]
    check = Check(Means.TYPED, "", Colour.UNKNOWN, Finding.NO_BASIS, "", START, ClockTrust.FAIR, Seen())
    officers = laptop.people.roster()[:2]
    return Inspection(
        event_id,
        f"现检-{event_id[-1]}",
        Basis(BasisKind.PLAN, "1"),
        officers,
        Party("喆喆便利店", "", "", "8号"),
        check,
        template.ref,
        template.hash,
        START,
        ClockTrust.FAIR,
        "8号",
    )


class Acks:
    """What the child was told is done, one line each: what the parent may insist on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, *words: object) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(words) + "\n")

    def heard(self) -> list[list[Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


def morning(laptop: Opened, acks: Acks) -> None:
    """The work of the child; begun anywhere it goes on, because every step may already be done."""
    drafts = Drafts(laptop, laptop.people.officer("HH0001"))
    for event_id in IDS:
        draft = blank(event_id, laptop)
        try:
            for number in range(1, SAVES + 1):
                draft = replace(draft, situation=str(number))
                drafts.save(draft)
                acks.say("saved", event_id, number)
            photo = drafts.add_photo(PHOTO + event_id.encode(), "image/jpeg", "camera", "")
            acks.say("photo", photo.sha256)
            draft = replace(draft, photos=(photo,))
            entry = Entry(
                EventKind.INSPECTION,
                INSPECTION,
                draft,
                ("HH0001",),
                START,
                "fair",
                event_id,
                draft.template_hash,
                "",
                "",
                photo_refs(draft),
            )
            laptop.work.seal_draft(entry, Listing(draft.document_number, draft.party.name, ""))
        except AlreadySealed:
            pass
        acks.say("sealed", event_id)
        laptop.audit("HH0001", "print", event_id)
        deliver(laptop, acks)
    for page in pages():
        feed.apply(laptop.work, page, START)
        acks.say("feed", page.next)


def deliver(laptop: Opened, acks: Acks) -> None:
    """Answers of the service for everything that waits."""
    sent = laptop.outbox.outgoing([q.seq for q in laptop.outbox.pending(100)])
    answers = []
    for out in sent:
        event_id = wire.decode(out.sealed.event, wire.Event).event_id
        receipt = Receipt(event_id, DEVICE_ID, out.seq, out.hash, out.seq + 100, START)
        answers.append(EventAnswer(out.hash, Answer.REGISTERED, signed(receipt)))
    for receipt in laptop.outbox.answered(sent, answers, START):
        acks.say("receipt", receipt.device_seq)
        laptop.times.heard(receipt.server_time)
    laptop.outbox.delivered([b.sha256 for b in laptop.outbox.undelivered(100)])


def pages() -> Iterator[Feed]:
    for first in (1, 4):
        items = tuple(
            FeedItem(
                n,
                "task",
                wire.decode(wire.encode(Task(f"t-{n}", str(n), "", "", "", "", "", "plan", "2026-12-01")), dict),
            )
            for n in range(first, first + 3)
        )
        yield Feed(items, first + 2, first == 1)


def check(laptop: Opened, acks: Acks) -> None:
    """Every promise of the store, against what the child was told."""
    store, work = laptop.store, laptop.work
    assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert store.rows("PRAGMA foreign_key_check") == []
    head, wrong = journal.check_chain(work.chain(), work.identity.public)
    assert (wrong, head) == ("", work.head())
    ids = [r["event_id"] for r in store.rows("SELECT event_id FROM journal")]
    assert len(ids) == len(set(ids)) == store.rows("SELECT count(*) AS n FROM outbox")[0]["n"]
    done = {r["seq"] for r in store.rows("SELECT seq FROM outbox WHERE state = 'done'")}
    assert done == {r["seq"] for r in store.rows("SELECT seq FROM receipt")}, "registered means a receipt"
    assert work.alarms() == ()
    for digest in work.blob_hashes():
        laptop.blobs.get(digest)
    drafts = {d.event_id: work.draft(d.event_id) for d in work.drafts()}
    assert not drafts.keys() & set(ids), "a sealed draft is closed"
    cursor = feed.cursor(work)
    assert [r["number"] for r in store.rows("SELECT number FROM feed ORDER BY number")] == list(range(1, cursor + 1))
    assert len(work.tasks()) == cursor
    for kind, *told in acks.heard():
        if kind == "saved" and told[0] not in ids:
            assert int(drafts[told[0]].situation) >= told[1]
        elif kind == "photo":
            assert laptop.blobs.get(told[0]).startswith(PHOTO)
        elif kind == "sealed":
            assert told[0] in ids
        elif kind == "receipt":
            assert told[0] in done
        elif kind == "feed":
            assert cursor >= told[0]


def killer(at: int) -> Any:
    """A trace function that kills this process at the n-th line of the store; 0 only counts."""
    count = 0

    def local(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        if event == "line":
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        return local if frame.f_code.co_filename in TRACED else None

    trace.counted = lambda: count  # type: ignore[attr-defined]
    return trace


def child(folder: Path, at: int) -> None:
    trace = killer(at)
    threading.settrace(trace)
    sys.settrace(trace)
    laptop = opened(folder)
    morning(laptop, Acks(folder / "acks"))
    laptop.close()
    (folder / "lines").write_text(str(trace.counted()))


def run_case(base: Path, folder: Path, at: int) -> bool:
    """One kill; whether the child really died of it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    pid = os.fork()
    if pid == 0:
        try:
            child(folder, at)
        except BaseException as error:
            (folder / "failed").write_text(repr(error))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert not (folder / "failed").exists(), (folder / "failed").read_text()
    acks = Acks(folder / "acks")
    laptop = opened(folder)
    try:
        check(laptop, acks)
        morning(laptop, acks)
        check(laptop, acks)
        assert {r.event_id for r in laptop.outbox.summaries("", 100)} == set(IDS)
    finally:
        laptop.close()
    return os.WIFSIGNALED(status)


def main(folder: Path, cases: int) -> None:
    """Kill at ``cases`` lines spread over the morning (0: at every line)."""
    base, place = folder / "base", folder / "case"
    base.mkdir(parents=True)
    found(base, KEYS, identity())
    assert not run_case(base, place, 0)
    lines = int((place / "lines").read_text())
    step = max(1, lines // cases) if cases else 1
    killed = sum(run_case(base, place, at) for at in range(1, lines + 1, step))
    sys.stdout.write(json.dumps({"lines": lines, "cases": len(range(1, lines + 1, step)), "killed": killed}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
