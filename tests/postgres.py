"""A private PostgreSQL cluster on a free port of loopback, from the system's own binaries."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; yields the SQLAlchemy URL of its database ``postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="msc-pg-"))
    account = _account()
    if account:
        os.chown(folder, account["user"], account["group"])  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tools, data = binaries(), folder / "data"

    def run(*command: object) -> None:
        subprocess.run(
            [str(c) for c in command], check=True, cwd=folder, timeout=PATIENCE, stdout=subprocess.DEVNULL, **account
        )  # type: ignore[call-overload]

    try:
        run(tools / "initdb", "-D", data, "-U", "msc", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -h 127.0.0.1 -k {folder} -F"
        run(tools / "pg_ctl", "-D", data, "-w", "-t", PATIENCE, "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://msc@127.0.0.1:{port}/postgres"
        finally:
            run(tools / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
