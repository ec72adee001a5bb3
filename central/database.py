"""One engine for SQLite and PostgreSQL, brought to the newest form at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
THREADS, KEPT = 40, 10
"""Requests that the web framework's threads work on at once, each with a connection at the most; those kept open."""
READING = "reading"
"""Execution option of connections that only read."""
PAGE = 8192
"""Bytes of a page of a new SQLite database: entities fill it better than a smaller one, imports write a tenth less."""


def open_engine(url: str) -> Engine:
    """An engine; on SQLite every transaction takes the write lock at once, so that it never has to be retried.

    Those of a session from ``reading`` take none, whatever writes beside them.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=KEPT, max_overflow=THREADS - KEPT)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]
        told = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN" if told.get(READING) else "BEGIN IMMEDIATE")

    return engine


def reading(engine: Engine) -> Engine:
    """The same database for reading alone: one unchanging state a transaction, which waits for no writer."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(**{READING: True})


def upgrade(engine: Engine) -> None:
    """Run the migrations that this database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
