"""Every setting of the service, one typed line each; read from ``MASHANGCHA_*`` variables or the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service keeps things and how it is reached."""

    folder: Path = Path("central-data")
    """Keys, certificates, blobs, register packs; the database too unless ``database_url`` says otherwise."""
    database_url: str = ""
    """SQLAlchemy URL, e.g. ``postgresql+psycopg://user@host/db``; empty: SQLite in ``folder``."""
    host: str = "127.0.0.1"
    port: int = 8443
    public_host: str = "localhost"
    """Host name in enrolment links and in the certificate."""

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'central.db'}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``MASHANGCHA_FOLDER``, ``MASHANGCHA_DATABASE_URL`` and so on."""
    told: dict[str, object] = {}
    for field in fields(Settings):
        value = environment.get(f"MASHANGCHA_{field.name.upper()}")
        if value is not None:
            told[field.name] = {"folder": Path, "port": int}.get(field.name, str)(value)
    return Settings(**told)  # type: ignore[arg-type]
