"""A private PostgreSQL cluster on a free port of loopback, from the system's own binaries."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

PATIENCE = 60
"""Seconds that start and stop may take on a loaded machine."""


def binaries() -> Path:
    """Folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    assert found, "PostgreSQL is missing: make test installs it (scripts/setup.sh)"
    return found[-1].parent


def _account() -> dict[str, object]:
    """PostgreSQL refuses to run as root: it gets the account that its package made."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Cluster:
    """A server of our own that can be killed and started again."""

    def __init__(self, folder: Path, port: int, account: dict[str, object]) -> None:
        self._folder, self._port, self._account = folder, port, account
        self.url = f"postgresql+psycopg://msc@127.0.0.1:{port}/postgres"
        """SQLAlchemy URL of its database ``postgres``."""
        self._server: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        command = [
            binaries() / "initdb",
            "-D",
            "data",
            "-U",
            "msc",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(
            [str(c) for c in command], check=True, cwd=self._folder, timeout=PATIENCE, stdout=subprocess.DEVNULL,
            **self._account,
        )  # type: ignore[call-overload]  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [binaries() / "postgres", "-D", "data", "-p", self._port, "-h", "127.0.0.1", "-k", self._folder, "-F"]
        end = time.monotonic() + PATIENCE
        self._server = None
        while not self._answers():
            assert time.monotonic() < end, (self._folder / "log").read_text(errors="replace")[-2000:]
            # What a killed server left may still be ending: until then a new one does not start.
            if self._server is None or self._server.poll() is not None:
                with (self._folder / "log").open("ab") as log:
                    self._server = subprocess.Popen(
                        [str(c) for c in command], cwd=self._folder, stdout=log, stderr=log, **self._account
                    )  # type: ignore[call-overload]

    def _answers(self) -> bool:
        try:
            psycopg.connect(host="127.0.0.1", port=self._port, user="msc", dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, as when the power goes: what it started ends when it notices, as PostgreSQL promises."""
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(PATIENCE)


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; yields the SQLAlchemy URL of its database ``postgres``."""
    with killable() as running:
        yield running.url


@contextmanager
def killable() -> Iterator[Cluster]:
    """The same, in the hands of somebody who kills it."""
    folder = Path(tempfile.mkdtemp(prefix="msc-pg-"))
    account = _account()
    if account:
        os.chown(folder, account["user"], account["group"])  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Cluster(folder, port, account)
    try:
        running.make()
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
