"""Looks for plaintext in the laptop's data folder after a day's work, in every file and every encoding that matters."""

import base64
from dataclasses import dataclass
from pathlib import Path

from demo.place import PASSWORD, SECOND_PASSWORD
from demo.tour.day import NOTE, Day
from demo.tour.stage import Stage


@dataclass(frozen=True, slots=True)
class Secret:
    """What a stolen laptop must not give away."""

    names: list[str]
    keys: list[bytes]


def secrets_of(day: Day) -> Secret:
    """Names of people and shops, words that were written, and the keys of the open laptop."""
    session = day.session
    officers = [o.name for o in session.roster()]
    shops = [task.name for task in session.tasks()]
    checked = [check.name for check in session.recent_checks(20) if check.name]
    found = [hit.name for word in ("超市", "药店", "饭店", "便利店") for hit in session.search(word, 5)]
    licence, opened = day.specimen.entity.licence, session._opened
    keys, own = opened.keys, opened.work.identity.keys
    assert keys is not None
    names = [*officers, *shops, *checked, *found, licence.representative, licence.premises, NOTE]
    return Secret(names, [keys.data, keys.database, keys.blobs, own.signing, own.box])


def nothing_in_clear(stage: Stage, folder: Path, secret: Secret) -> None:
    """Neither names, nor what was written, nor passwords, nor keys (raw, in hex, in base64) stand in any file."""
    wanted = [PASSWORD, SECOND_PASSWORD, *secret.names]
    needles = {w: (w.encode(), w.encode("utf-16-le"), w.encode("gb18030")) for w in wanted if len(w) > 1}
    for number, key in enumerate(secret.keys, 1):
        needles[f"key {number}"] = (key, key.hex().encode(), base64.b64encode(key).rstrip(b"="))
    files = [p for p in folder.rglob("*") if p.is_file()]
    found = []
    for path in files:
        data = path.read_bytes()
        found += [f"{path.name}: {word}" for word, forms in needles.items() if any(f in data for f in forms)]
    stage.verify("至少二十个名称、全部口令和密钥都找过", len(needles) >= 20 + len(secret.keys) + 2)
    stage.verify(f"{len(files)} 个文件、{len(needles)} 个词，明文 0 处", not found)
