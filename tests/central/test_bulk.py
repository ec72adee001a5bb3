"""Rows that come one by one are written as the models read them, or all of them not at all."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import column, func, select, table, text
from sqlalchemy.exc import IntegrityError, OperationalError

from central import bulk
from central.bulk import Row
from central.models import BlobRow
from central.server import EmbeddedService

LATE = datetime(2026, 11, 27, 23, 30, 0, 250_000, timezone(timedelta(hours=8)))
ROWS: list[Row] = [("0" * 64, 1 << 40, "image/jpeg", LATE), ("1" * 64, 0, "", None)]


def kept(service: EmbeddedService) -> list[Row]:
    with service.service.sessions() as session:
        rows = session.scalars(select(BlobRow).order_by(BlobRow.sha256))
        return [(row.sha256, row.size, row.media_type, row.complete_at) for row in rows]


def add(service: EmbeddedService, rows: Iterable[Row]) -> None:
    with service.service.sessions.begin() as session, bulk.adding(session, BlobRow) as one:
        for row in rows:
            one(row)


@pytest.mark.parametrize("rows", [ROWS, []], ids=len)
def test_rows_come_back_as_they_were_added(service: EmbeddedService, rows: list[Row]) -> None:
    add(service, rows)
    assert kept(service) == rows
    assert all(row[3].tzinfo is UTC for row in kept(service) if row[3])


def test_a_key_that_is_there_already_undoes_all(service: EmbeddedService) -> None:
    add(service, ROWS[1:])
    with pytest.raises(IntegrityError):
        add(service, ROWS)
    assert kept(service) == ROWS[1:]


def test_a_caller_that_fails_adds_nothing(service: EmbeddedService) -> None:
    with pytest.raises(ZeroDivisionError):
        add(service, (ROWS[number // (1 - number)] for number in range(2)))
    assert kept(service) == []


@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_is_told_like_anywhere_else(service: EmbeddedService) -> None:
    """Laptops are then asked to come again; the connection is not used a second time."""

    def rows() -> Iterator[Row]:
        yield ROWS[0]
        with service.service.sessions.begin() as other:
            others = select(func.pg_terminate_backend(column("pid"), 10_000)).select_from(table("pg_stat_activity"))
            other.execute(others.where(text("datname = current_database() AND pid <> pg_backend_pid()")))
        yield ROWS[1]

    with pytest.raises(OperationalError):
        add(service, rows())
    assert kept(service) == []
