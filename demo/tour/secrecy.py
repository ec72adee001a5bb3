"""Looks for plaintext in the laptop's data folder after a day's work, in every file and every encoding that matters."""

from pathlib import Path

from demo.place import PASSWORD, SECOND_PASSWORD
from demo.tour.stage import Stage


def nothing_in_clear(stage: Stage, folder: Path, names: list[str]) -> None:
    """Neither names, nor what was written, nor the password stand in any file."""
    wanted = [PASSWORD, SECOND_PASSWORD, *names]
    needles = {w: (w.encode(), w.encode("utf-16-le"), w.encode("gb18030")) for w in wanted if len(w) > 1}
    files = [p for p in folder.rglob("*") if p.is_file()]
    found = []
    for path in files:
        data = path.read_bytes()
        found += [f"{path.name}: {word}" for word, forms in needles.items() if any(f in data for f in forms)]
    stage.verify(f"{len(files)} 个文件、{len(needles)} 个词，明文 0 处", not found)
