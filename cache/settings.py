"""Every setting of the program, one typed line each; kept as text in the encrypted store."""

from dataclasses import dataclass

from cache.db import Store
from inspector.errors import InputProblem


@dataclass(frozen=True, slots=True)
class Setting:
    """``allowed`` is empty when any short text is."""

    default: str
    allowed: tuple[str, ...] = ()


_SWITCH = ("on", "off")
LONGEST = 400

SETTINGS = {
    "theme": Setting("day", ("day", "night", "sun")),
    "size": Setting("standard", ("standard", "large", "huge")),
    "camera": Setting(""),
    "camera_mirror": Setting("off", _SWITCH),
    "camera_turns": Setting("0", ("0", "1", "2", "3")),
    "sound": Setting("on", _SWITCH),
    "sync_automatic": Setting("on", _SWITCH),
    "photos_automatic": Setting("on", _SWITCH),
    "second_copy": Setting(""),
}


class Settings:
    """Reads and writes of settings. Unknown names raise KeyError: they are a bug."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> str:
        known = SETTINGS[name]
        rows = self._store.rows("SELECT value FROM setting WHERE name = ?", name)
        return str(rows[0]["value"]) if rows else known.default

    def put(self, name: str, value: str) -> None:
        """Raises InputProblem for a value that the setting does not have."""
        known = SETTINGS[name]
        if len(value) > LONGEST or (known.allowed and value not in known.allowed):
            raise InputProblem("这个设置没有这样的选项。")
        row = {"name": name, "value": value}
        self._store.write(lambda db: db.table("setting").upsert(row, pk="name"))
