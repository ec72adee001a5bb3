"""Whoever keeps the row about the register keeps it the same way: the work store and the file of the tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from cache.db import Store
from cache.identity import Identity
from cache.register_store import KeyKeeper
from cache.schema import migrate
from cache.work import Work
from tests.keeper import FileKeeper
from tests.registers import KEY


@pytest.fixture(params=["work", "file"])
def open_keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[KeyKeeper]]:
    """The same keeper opened anew for each element asked for."""
    if request.param == "file":
        yield [FileKeeper(tmp_path / "row"), FileKeeper(tmp_path / "row")]
        return
    stores = [Store(tmp_path / "work.db", KEY, migrate) for _ in range(2)]
    nobody = cast(Identity, None)  # keeping a row needs no identity
    yield [Work(store, nobody) for store in stores]
    for store in stores:
        store.close()


def test_a_row_is_kept_whole_and_replaced(open_keeper: list[KeyKeeper]) -> None:
    first, second = open_keeper
    assert first.get_register() is None
    for record in (b"\x00\xff" * 1000, b"x", b"y" * 3):
        first.set_register(record)
        assert first.get_register() == second.get_register() == record
