"""Many rows in one statement: how an import of a million rows and a batch of events are written, on both databases."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec
import psycopg
from sqlalchemy import ARRAY, ColumnElement, Table, Text, bindparam, cast, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

Row = tuple[Any, ...]


def put(session: Session, model: type[DeclarativeBase], rows: Sequence[Row], *, keep: bool = False) -> None:
    """Insert rows; those whose primary key is there already are replaced, or left alone with ``keep``.

    A row holds all columns in the order of the model, as the driver takes them. No key may come twice in ``rows``.
    """
    if not rows:
        return
    rows = sorted(rows, key=itemgetter(0))  # neighbours in the index are written together: a quarter of the time
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # One array a column, so that the server takes thousands of rows in one round trip.
        names, statement = _postgres(model, keep)
        arrays = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        connection.exec_driver_sql(statement, arrays)
    else:
        # Straight to the driver: the values need no translation, and that is most of the time.
        connection.exec_driver_sql(_sqlite(model, keep), rows)


@contextmanager
def adding(session: Session, model: type[DeclarativeBase]) -> Iterator[Callable[[Row], object]]:
    """Takes new rows one by one, with all columns in the order of the model; a key that is there is an IntegrityError.

    PostgreSQL writes a row while the caller makes the next one; no other statement may run meanwhile.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with _copying(driver, model) as copy:
            yield copy.write_row
    else:
        rows: list[Row] = []
        yield rows.append
        names = _table(model).columns.keys()
        if rows:
            connection.execute(insert(_table(model)), [dict(zip(names, row, strict=True)) for row in rows])


@contextmanager
def _copying(driver: psycopg.Connection, model: type[DeclarativeBase]) -> Iterator[psycopg.Copy]:
    """COPY in its binary form: half the time of the server and a fifth of ours, compared with INSERT."""
    statement, types = _copy(model)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            yield copy
    except psycopg.Error as error:
        # Told as all others are: a key that is there already, a database that does not answer.
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def among(session: Session, column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column holds one of many texts, in one parameter: naming thousands takes longer than finding them."""
    if session.get_bind().dialect.name == "postgresql":
        return column == func.any(cast(list(values), ARRAY(Text)))
    told = msgspec.json.encode(list(values)).decode()
    return column.in_(text("SELECT value FROM json_each(:among)").bindparams(among=told))


def _table(model: type[DeclarativeBase]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


@cache
def _postgres(model: type[DeclarativeBase], keep: bool) -> tuple[list[str], str]:
    table = _table(model)
    names = [column.name for column in table.columns]
    arrays = [bindparam(f"all_{n}", type_=ARRAY(table.c[n].type)) for n in names]
    given = func.unnest(*arrays).table_valued(*names).render_derived()
    insert = postgresql.insert(table).from_select(names, select(*(given.c[n] for n in names)))
    compiled = _on_conflict(insert, table, keep).compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    # Binary (b): as text every value of an array is looked through for quotes, and bytes become twice as long.
    return [f"all_{n}" for n in names], str(compiled).replace(")s::", ")b::")


@cache
def _copy(model: type[DeclarativeBase]) -> tuple[str, list[str]]:
    """The statement, and the types of its columns: without their lengths, as the driver knows them."""
    table = _table(model)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = [re.sub(r"\(.*", "", column.type.compile(dialect)).lower() for column in table.columns]
    return f"COPY {table.name} ({', '.join(table.columns.keys())}) FROM STDIN (FORMAT BINARY)", types


@cache
def _sqlite(model: type[DeclarativeBase], keep: bool) -> str:
    table = _table(model)
    insert = sqlite.insert(table).values({column.name: bindparam(column.name) for column in table.columns})
    compiled = _on_conflict(insert, table, keep).compile(dialect=sqlite.dialect())
    assert list(compiled.positiontup) == [column.name for column in table.columns]
    return str(compiled)


def _on_conflict(insert: Any, table: Table, keep: bool) -> Any:
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in keys]
    if keep or not rest:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(index_elements=keys, set_={n: insert.excluded[n] for n in rest})
