"""Imports that the desk runs: a file that was sent, what is to be done with it, and the work in a thread of its own.

One job runs at a time. What was sent lies in a folder of the service until it is imported, given up, or a day old.
"""

import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO

import msgspec

from central.intake import importing, mapping, profiles
from central.intake.importing import Order, Outcome
from central.intake.mapping import Guess, Profile
from central.intake.problems import NoSuchImport
from central.intake.readers import open_table
from central.intake.rules import kinds
from central.service import Service
from inspector.errors import Cancelled, Problem
from inspector.freshness import china_day

KEPT = timedelta(days=1)
KEPT_ERRORS = timedelta(days=90)
"""Error files hold departments' rows: they do not lie around for ever."""
STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that was sent, and what is to be done with it."""

    token: str
    name: str
    form: str
    kind: str
    source: str
    as_of: date
    columns: Mapping[str, str]
    whole: bool = False
    encoding: str = ""
    profile: str = ""


@dataclass(slots=True)
class Job:
    """An import that runs or ran."""

    dry: bool
    rows: int = 0
    outcome: Outcome | None = None
    problem: Problem | None = None
    stop: Event = field(default_factory=Event)
    started: float = field(default_factory=time.monotonic)
    thread: Thread | None = None

    @property
    def running(self) -> bool:
        return self.outcome is None and self.problem is None

    @property
    def speed(self) -> int:
        return int(self.rows / max(time.monotonic() - self.started, 0.001))


class Jobs:
    """The files and jobs of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._folder = service.settings.folder / "intake"
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def receive(self, file: IO[bytes], name: str, profile: str, encoding: str) -> Draft:
        """Keep a file that was sent and guess what it is. Raises UnreadableFile."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._tidy()
        token = secrets.token_hex(16)
        with self.path(token).open("wb") as kept:
            shutil.copyfileobj(file, kept, STEP)
        try:
            draft = self._guessed(token, name, profile, encoding)
        except Problem:
            self.give_up(token)
            raise
        self.keep(draft)
        return draft

    def _guessed(self, token: str, name: str, profile: str, encoding: str) -> Draft:
        today = china_day(self._service.now())
        told = profiles.find(self._service, profile) if profile else None
        table = open_table(self.path(token), encoding)
        try:
            rows = table.sample(mapping.SAMPLE_ROWS)
        finally:
            table.close()
        kind = kinds()[told.kind] if told else mapping.likely_kind(table.header, rows, today)
        columns = mapping.columns_of(mapping.guess(kind, table.header, rows, today))
        if told:
            columns = {n: h for n, h in told.columns.items() if h in table.header}
        source, whole = (told.source, told.whole) if told else ("", False)
        return Draft(token, name[-200:], table.form, kind.key, source, today, columns, whole, encoding, profile)

    def guesses(self, draft: Draft, kind: str) -> list[Guess]:
        """The columns of a file that was sent, as a kind would read them."""
        table = open_table(self.path(draft.token), draft.encoding)
        try:
            rows = table.sample(mapping.SAMPLE_ROWS)
        finally:
            table.close()
        return mapping.guess(kinds()[kind], table.header, rows, china_day(self._service.now()))

    def keep(self, draft: Draft) -> None:
        self.path(draft.token, "json").write_bytes(msgspec.json.encode(draft))

    def find(self, token: str) -> Draft:
        """Raises NoSuchImport."""
        try:
            return msgspec.json.decode(self.path(token, "json").read_bytes(), type=Draft)
        except OSError:
            raise NoSuchImport("这个文件已经导入或清除。", "请重新上传。") from None

    def save_profile(self, draft: Draft, name: str) -> None:
        profiles.save(self._service, Profile(name, draft.kind, draft.source, draft.columns, draft.whole))
        self.keep(replace(draft, profile=name))

    def path(self, token: str, kind: str = "file") -> Path:
        """Where what belongs to a token lies; tokens come from addresses and are believed in no other form."""
        if len(token) != 32 or not set(token) <= set("0123456789abcdef"):
            raise NoSuchImport("没有这个文件。", "请重新上传。")
        return self._folder / f"{token}.{kind}"

    def errors_of(self, number: int) -> Path:
        """The error file of an import."""
        return self._folder / f"errors-{number}.csv"

    def start(self, draft: Draft, dry: bool, accept_gone: bool) -> None:
        """Run an import, or try it. Raises Problem when another one runs."""
        with self._lock:
            if any(job.running for job in self._jobs.values()):
                raise Problem("另一个文件正在归集。", "请等它完成或停止后再试。")
            job = self._jobs[draft.token] = Job(dry)
        job.thread = Thread(target=self._work, args=(draft, job, accept_gone), name="intake")
        job.thread.start()

    def job(self, token: str) -> Job:
        """Raises NoSuchImport."""
        found = self._jobs.get(token)
        if found is None:
            raise NoSuchImport("这个文件还没有试算或导入。", "请重新上传。")
        return found

    def close(self) -> None:
        """Stop what runs; nothing of it is written."""
        for job in self._jobs.values():
            job.stop.set()
            if job.thread:
                job.thread.join()

    def _work(self, draft: Draft, job: Job, accept_gone: bool) -> None:
        def progress(rows: int) -> None:
            job.rows = rows
            if job.stop.is_set():
                raise Cancelled(advice="没有写入任何数据。")

        order = Order(
            draft.kind, draft.source, draft.as_of, draft.columns, draft.whole, accept_gone,
            draft.profile, draft.encoding, draft.name,
        )  # fmt: skip
        errors = self.path(draft.token, "csv")
        errors.unlink(missing_ok=True)
        try:
            outcome = importing.run(
                self._service, self.path(draft.token), order, dry=job.dry, errors=errors, progress=progress
            )
            if not job.dry:
                if errors.exists():
                    errors.replace(self.errors_of(outcome.number))
                self.give_up(draft.token)
            job.outcome = outcome
        except Problem as problem:
            job.problem = problem
        finally:
            # Whatever went wrong, nobody waits for ever for a job that has ended.
            if job.running:
                job.problem = Problem("归集没有完成，没有写入任何数据。")

    def give_up(self, token: str) -> None:
        """Remove what was sent."""
        for kind in ("file", "json", "csv"):
            self.path(token, kind).unlink(missing_ok=True)

    def _tidy(self) -> None:
        now = time.time()
        for path in self._folder.iterdir():
            kept = KEPT_ERRORS if path.name.startswith("errors-") else KEPT
            if path.stat().st_mtime < now - kept.total_seconds():
                path.unlink(missing_ok=True)
