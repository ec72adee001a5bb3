"""The migrations bring both databases to exactly the form of the models."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from central.database import PAGE, open_engine, upgrade
from central.models import Base


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrations_and_models_agree(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}" if kind == "sqlite" else request.getfixturevalue("fresh_postgres")
    engine = open_engine(url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        if kind == "sqlite":
            assert connection.exec_driver_sql("PRAGMA page_size").scalar() == PAGE
    engine.dispose()
