"""台账证明 set on A4: where a laptop's journal stands and what the centre confirmed, to print and to compare with."""

from datetime import datetime
from pathlib import Path
from typing import Any

from inspector import evidence
from inspector.evidence import Evidence, Findings, PublicKeys
from inspector.papers import press
from inspector.papers.phrases import moment

TEMPLATE = "proof.typ"
MARK = "MSCJRN1"
"""Begins the code on the page: mark, device, number of the newest entry, its SHA-256."""


def pdf(journal: Evidence, keys: PublicKeys, at: datetime, fonts_dir: Path | None = None) -> bytes:
    """The page as PDF/A-2b; it says only what a check of ``journal`` finds. Raises PaperProblem."""
    return press.pdf(TEMPLATE, _data(evidence.check(journal, keys), at), at, fonts_dir)


def pages(
    journal: Evidence, keys: PublicKeys, at: datetime, ppi: float = 110, fonts_dir: Path | None = None
) -> tuple[bytes, ...]:
    """The page as PNG. Raises PaperProblem."""
    return press.pictures(TEMPLATE, _data(evidence.check(journal, keys), at), at, ppi, fonts_dir)


def _data(found: Findings, at: datetime) -> dict[str, Any]:
    device, head = found.device, found.head
    name, number, unit = (device.device_name, device.device_id, device.unit) if device else ("", "", "")
    period = f"{moment(found.first)}至{moment(found.last)}" if found.first and found.last else "无"
    rows = [
        ("电脑", f"{name}（{number}）"),
        ("单位", unit),
        ("导出时间", moment(at)),
        ("台账条数", f"{found.entries} 条（第 1 条至第 {head.seq} 条）" + ("" if found.wrong else "，连续无缺")),
        ("起止时间", period),
        ("中心回执", _receipts(found)),
        ("末条摘要", "SHA-256 " + " ".join(head.hash[n : n + 8] for n in range(0, 64, 8))),
    ]
    return {
        "unit": unit,
        "rows": rows,
        "wrong": found.wrong,
        "mark": head.hash[:8].upper(),
        "qr": press.qr(f"{MARK} {number} {head.seq} {head.hash}"),
    }


def _receipts(found: Findings) -> str:
    if found.receipts == found.entries:
        return f"{found.receipts} 条，每一条都已由中心签收"
    return f"{found.receipts} 条；另有 {found.entries - found.receipts} 条尚未送达中心"
