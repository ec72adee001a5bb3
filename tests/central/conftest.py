"""The real service over real TLS, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from central import desk
from central.demo.load import officers
from central.server import EmbeddedService
from tests.laptops import Device, enrolled
from tests.postgres import cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with cluster() as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of its own."""
    name = f"t{abs(hash(request.node.nodeid)):x}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return postgres.rpartition("/")[0] + "/" + name


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedService]:
    url = request.getfixturevalue("fresh_postgres") if request.param == "postgresql" else ""
    with EmbeddedService(tmp_path / "central", url) as running:
        desk.put_officers(running.service, officers(running.service))
        yield running


@pytest.fixture
def laptop(service: EmbeddedService) -> Iterator[Device]:
    device = enrolled(service)
    yield device
    device.remote.close()
