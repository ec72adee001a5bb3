"""The paper as printed: read back with another program, hostile words and all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from pypdf import PdfReader

from inspector import inspection as steps
from inspector.checklist import Item, Section, Template
from inspector.errors import PaperProblem
from inspector.inspection import Inspection, ItemFinding, SignerRole
from inspector.papers import press, specimen, typeset
from inspector.papers.record import RecordWords, text_hash, words
from tests.inspector.papers.records import RARE_NAMES, START, TEMPLATE, scribble, sealed, shop, signed

HOSTILE = (
    '#import "/etc/passwd": *',
    "*粗* _斜_ `码` $x^2$ = 标题 @引用 <标签> // 注释 \\ ~ ``` [内容] #text(red)[红]",
    ']}; #panic() #sys.inputs #read("record.typ")',
    "<svg onload=x> &amp; <?xml version='1.0'?>",
)


def text_of(pdf: bytes) -> str:
    """All text of a PDF without blanks and line ends, which belong to the setting."""
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages).replace("\u200b", "")


def bare(text: str) -> str:
    return "".join(text.split())


def paper(inspection: Inspection | None = None, template: Template = TEMPLATE) -> RecordWords:
    return words(inspection or sealed(), template, head="7f3c9a1e44d0")


def read(png: bytes) -> list[str]:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_same_paper_is_the_same_bytes_and_says_pdf_a() -> None:
    made = paper()
    ink = signed(sealed(), made).signatures
    first, second = typeset.pdf(made, ink), typeset.pdf(made, ink)
    assert first == second
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first
    told = PdfReader(BytesIO(first)).metadata
    assert told is not None
    assert told.title == f"{made.title} {made.number}"
    assert told.creation_date == sealed().ended_at


def test_every_page_carries_its_marks_and_places_to_sign() -> None:
    made = paper()
    pages = PdfReader(BytesIO(typeset.pdf(made, signed(sealed(), made).signatures))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        text = bare(page.extract_text())
        assert f"第{number}页共{len(pages)}页" in text
        assert bare(made.number) in text
        assert text_hash(made)[:32] in text
        assert "7f3c9a1e" in text
        assert text.count("（签名）") == 4
        assert text.count("2026年11月23日") >= 3
    assert bare(pages[-1].extract_text()).count("（以下空白）") == 1


def test_the_code_at_the_foot_names_the_record() -> None:
    made = paper()
    for page in typeset.pages(made, ppi=150):
        assert read(page) == [f"MSCREC1 {made.event_id} {text_hash(made)} 7f3c9a1e"]


def test_the_preview_has_the_pages_of_the_print_on_a4() -> None:
    made = paper()
    pictures = typeset.pages(made, ppi=100)
    assert len(pictures) == len(PdfReader(BytesIO(typeset.pdf(made))).pages)
    picture = cv2.imdecode(np.frombuffer(pictures[0], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert abs(picture.shape[0] - 1169) <= 1
    assert abs(picture.shape[1] - 827) <= 1


def test_ink_shows_only_under_its_own_words() -> None:
    made = paper()
    ink = signed(sealed(), made).signatures
    other = paper(replace(sealed(), situation="另一段文字"))
    assert typeset.pdf(other, ink) == typeset.pdf(other)
    assert typeset.pdf(made, ink) != typeset.pdf(made)


def test_refusal_and_stamp_are_on_the_paper() -> None:
    refused = steps.refuse(sealed(), "认为记录不全", "赵昇", START + timedelta(minutes=45))
    made = replace(paper(refused), stamp="已作废")
    ink = signed(refused, made, SignerRole.OFFICER_A, SignerRole.OFFICER_B, SignerRole.WITNESS).signatures
    text = text_of(typeset.pdf(made, ink))
    assert "当事人拒绝签名。理由：认为记录不全。见证人：赵昇。" in text
    assert "拒绝签名" in text
    assert "已作废" in text


@pytest.mark.parametrize("name", RARE_NAMES)
def test_rare_names_come_back_from_the_paper(name: str) -> None:
    named = replace(sealed(), party=replace(sealed().party, name=name, representative=name))
    assert text_of(typeset.pdf(paper(named))).count(bare(name)) >= 2


@pytest.mark.parametrize("text", HOSTILE)
def test_words_never_become_markup(text: str) -> None:
    hostile = replace(sealed(), situation=text, place=text, party=replace(sealed().party, name=text), measures=text)
    assert text_of(typeset.pdf(paper(hostile))).count(bare(text)) == 4


def test_what_no_font_has_or_what_hides_is_shown_as_its_code_point() -> None:
    text = "表情🦄 倒\u202e序 零\u200b宽 私\ue000用 控\x00制 半\ud800个 彝ꀀ文"
    got = text_of(typeset.pdf(paper(replace(sealed(), situation=text))))
    for shown in ("倒[U+202E]序", "零[U+200B]宽", "私[U+E000]用", "控[U+0000]制", "半[U+D800]个"):
        assert shown in got
    assert "表情" in got
    assert "🦄" in got or "[U+1F984]" in got


def test_a_pile_of_marks_does_not_blot_out_other_lines() -> None:
    assert press.shown("a" + "\u0301" * 4) == "a\u0301\u0301[U+0301][U+0301]"


def test_long_notes_and_many_findings_are_set_whole() -> None:
    items = tuple(Item(f"1.{n}", f"检查事项第{n}条", "《某法》第一条") for n in range(1, 61))
    template = Template("long", 1, "长表", (), (Section("一", items),))
    long = replace(sealed(), answers=(), situation="现场" * 5000, place="x" * 10_000)
    for item in items:
        long = steps.note(steps.answer(long, item.id, ItemFinding.VIOLATES), item.id, f"事实{item.id}号")
    made = paper(long, template)
    text = text_of(typeset.pdf(made))
    assert all(f"事实{item.id}号" in text for item in items)
    pages = PdfReader(BytesIO(typeset.pdf(made))).pages
    marks = [bare(p.extract_text()) for p in pages]
    assert sum(m.count("现") for m in marks) >= 5000
    assert sum(m.count("x") for m in marks) >= 10_000
    assert len(typeset.pages(made, ppi=30)) == len(pages)


@pytest.mark.parametrize("char", ["W", "9", "。", "（", "—", "/", "Щ", "ꀀ", "🦄"])
def test_nothing_is_printed_outside_the_page(char: str) -> None:
    wide = replace(sealed(), place=char * 500, situation=char * 500, party=replace(sealed().party, name=char * 500))
    for png in typeset.pages(paper(wide), ppi=50):
        picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
        margin = round(20 / 25.4 * 50)
        assert picture[:, :margin].min() > 250
        assert picture[:, -margin:].min() > 250


def test_without_a_chinese_font_there_is_a_problem_not_an_empty_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "CHINESE", frozenset({"没有这种字体"}))
    with pytest.raises(PaperProblem, match="没有找到中文字体"):
        typeset.pdf(paper())


def test_fonts_of_a_folder_are_found(tmp_path: Path) -> None:
    assert press.families(tmp_path) == press.families()
    assert press.LATIN in press.families(tmp_path)


def test_specimens_show_every_field_and_their_code_scans() -> None:
    entity = shop(name="𠅤记商行", person="周垚鑫")
    payload = "MSC1:" + "A1b2" * 50
    for draw in (specimen.licence_png, specimen.sticker_png):
        assert read(draw(entity, payload)) == [payload]
    binary = bytes(range(200))
    picture = cv2.imdecode(np.frombuffer(specimen.licence_png(entity, binary), np.uint8), cv2.IMREAD_GRAYSCALE)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.bytes == binary


def test_a_code_that_does_not_fit_is_a_problem() -> None:
    with pytest.raises(PaperProblem, match="二维码"):
        specimen.sticker_png(shop(), "x" * 5000)


def test_specimens_modules_are_large_enough_to_scan() -> None:
    for size in (10, 100, 300, 600):
        modules = press.modules(press.qr("A" * size))
        assert max(specimen.SMALLEST, modules * specimen.MODULE) / modules >= 0.6


def test_scribbles_are_drawn() -> None:
    made = paper()
    ink = signed(sealed(), made).signatures
    empty, inked = typeset.pages(made, ppi=60)[0], typeset.pages(made, ink, ppi=60)[0]
    dark = [int((cv2.imdecode(np.frombuffer(p, np.uint8), 0) < 128).sum()) for p in (empty, inked)]
    assert dark[1] > dark[0]
    assert scribble(1) != scribble(2)


def test_papers_can_be_set_on_several_threads_at_once() -> None:
    made = paper()
    alone = typeset.pdf(made)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: typeset.pdf(made), range(8))) == {alone}
