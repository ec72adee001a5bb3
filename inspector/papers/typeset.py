"""现场检查笔录 set on A4: the words and the ink become PDF/A-2b and the pages of the preview."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector import signature
from inspector.inspection import Signature
from inspector.papers import press
from inspector.papers.phrases import day
from inspector.papers.record import RecordWords, Signer, text_hash

TEMPLATE = "record.typ"
MARK = "MSCREC1"
"""Begins the code at the foot of every page: mark, document, SHA-256 of the words, journal head."""


def pdf(words: RecordWords, ink: Sequence[Signature] = (), fonts_dir: Path | None = None) -> bytes:
    """The paper as PDF/A-2b; the same bytes for the same words, ink and fonts. Raises PaperProblem.

    Ink that was put under other words is not shown: it is no signature of this paper.
    """
    return press.pdf(TEMPLATE, _data(words, ink), words.at, fonts_dir)


def pages(
    words: RecordWords, ink: Sequence[Signature] = (), ppi: float = 110, fonts_dir: Path | None = None
) -> tuple[bytes, ...]:
    """The pages exactly as they are printed, as PNG. Raises PaperProblem."""
    return press.pictures(TEMPLATE, _data(words, ink), words.at, ppi, fonts_dir)


def footer_payload(words: RecordWords) -> str:
    """Text of the code at the foot: lets anyone match a printed page with its sealed record."""
    return " ".join((MARK, words.event_id, text_hash(words), words.head or "-"))


def _data(words: RecordWords, ink: Sequence[Signature]) -> dict[str, Any]:
    mark = text_hash(words)
    standing = {s.role: s for s in ink if s.text_hash == mark}
    return {
        "unit": words.unit,
        "title": words.title,
        "number": words.number,
        "rows": words.rows,
        "notice": [{"head": p.head, "text": p.text} for p in words.notice],
        "situation": [{"head": p.head, "text": p.text} for p in words.situation],
        "result": [{"head": p.head, "text": p.text} for p in words.result],
        "confirmation": words.confirmation,
        "refusal": words.refusal,
        "signers": [_signer(s, standing.get(s.role), bool(words.refusal)) for s in words.signers],
        "hash": " ".join(mark[n : n + 8] for n in range(0, 32, 8)),
        "head": words.head,
        "qr": press.qr(footer_payload(words)),
        "stamp": words.stamp,
    }


def _signer(signer: Signer, signed: Signature | None, refused: bool) -> dict[str, str]:
    note = "拒绝签名" if refused and signer.role == "party" else ""
    if signed is None:
        return {"label": signer.label, "name": signer.name, "ink": "", "date": "", "note": note}
    return {
        "label": signer.label,
        "name": signer.name or signed.name,
        "ink": signature.svg(signed.strokes),
        "date": day(signed.signed_at),
        "note": note,
    }
