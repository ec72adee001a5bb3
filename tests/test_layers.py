"""The house stands: imports run one way, and foreign worlds stay in their rooms (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("inspector", "cache", "ui", "central", "demo")
MAY_IMPORT = {
    "inspector": set(),
    "cache": {"inspector"},
    "ui": {"inspector", "cache"},
    "central": {"inspector"},
    "demo": {"inspector", "cache", "ui", "central"},
}
FOREIGN = {
    "PySide6": {"ui", "demo"},
    "shiboken6": {"ui"},
    "requests": {"cache"},
    "sqlite_utils": {"cache"},
    "sqlcipher3": {"cache", "central"},
    "sqlite3": set(),
    "fastapi": {"central"},
    "starlette": {"central"},
    "uvicorn": {"central"},
    "sqlalchemy": {"central"},
    "alembic": {"central"},
    "tuf": {"cache", "central"},
    "cv2": {"inspector"},
    "zxingcpp": {"inspector"},
    "pyzbar": {"inspector"},
    "typst": {"inspector"},
    "pytest": set(),
    "hypothesis": set(),
}
NARROW = {"cv2": "inspector/scan/", "pyzbar": "inspector/scan/", "typst": "inspector/papers/"}
"""Libraries that stay in one folder of ``inspector``."""
WORLD = {"time", "socket", "subprocess", "http", "urllib.request", "tempfile", "sqlite3"}
"""What the core never touches: clock, network, processes, disk. ``scan`` alone runs decoders and cameras."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports whole"
            yield node.module or ""


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    for path in files(room):
        for name in imports(path):
            top = name.partition(".")[0]
            if top in ROOMS and top != room:
                assert top in MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {name}"
            assert top != "tests", f"{path.relative_to(ROOT)} imports the tests"


@pytest.mark.parametrize("room", ROOMS)
def test_foreign_worlds_stay_in_their_rooms(room: str) -> None:
    for path in files(room):
        where = path.relative_to(ROOT).as_posix()
        for name in imports(path):
            top = name.partition(".")[0]
            assert room in FOREIGN.get(top, {room}), f"{where} imports {name}"
            assert where.startswith(NARROW.get(top, "")), f"{where} imports {name}"


def test_the_core_touches_no_world() -> None:
    for path in files("inspector"):
        where = path.relative_to(ROOT).as_posix()
        if not where.startswith("inspector/scan/") and not where.endswith("__main__.py"):
            assert not WORLD & set(imports(path)), where


def test_only_the_application_opens_the_store_and_the_network() -> None:
    for path in files("ui"):
        if path.name != "app.py":
            for name in imports(path):
                assert name not in {"cache.laptop", "cache.remote", "cache.db", "cache.sync"}, path.name
