"""The first moment of a laptop's store: made with the laptop's identity in it, before any officer has a slot."""

import os
import secrets
from pathlib import Path

from cache.db import Store
from cache.identity import Identity
from cache.meta import write_meta
from cache.schema import migrate
from cache.vault import Keys

IDENTITY = "identity"
"""Name of the value that holds it."""


def found(folder: Path, keys: Keys, identity: Identity) -> None:
    """Make the store. One that an enrolment cut short left, which nobody can open any more, is set aside."""
    for old in folder.glob("work.db*"):
        (folder / "lost+found").mkdir(exist_ok=True)
        os.replace(old, folder / "lost+found" / f"{secrets.token_hex(4)}-{old.name}")
    store = Store(folder / "work.db", keys.database, migrate)
    try:
        write_meta(store, IDENTITY, identity)
    finally:
        store.close()
