"""The words of 现场检查笔录: facts only, nothing lost, and what signatures are put under."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import inspection as steps
from inspector.completeness import missing
from inspector.freshness import ClockTrust
from inspector.inspection import (
    CONCLUSORY,
    Answer,
    Basis,
    BasisKind,
    Comparisons,
    Inspection,
    ItemFinding,
    Notice,
    Party,
    Seen,
    SignerRole,
)
from inspector.papers.phrases import clause, masked, numeral, period, quoted
from inspector.papers.record import NOTHING, RecordWords, read_aloud, text_hash, words
from tests.inspector.papers.records import START, TEMPLATE, sealed, signed


def paper(inspection: Inspection | None = None) -> RecordWords:
    return words(inspection or sealed(), TEMPLATE)


def whole(inspection: Inspection) -> str:
    return read_aloud(paper(inspection))


def test_the_minimum_fields_of_the_form_are_there() -> None:
    rows = dict(paper().rows)
    assert rows["检查时间"] == "2026年11月23日10时42分至11时26分"
    assert rows["当事人"] == "喆喆便利店"
    assert rows["统一社会信用代码"] == "92231102MA1Y000189"
    assert rows["联系电话"] == "138****5521"
    assert rows["检查人员"] == "张建国（执法证号 23110000327）\n王芳（执法证号 23110000419）"
    assert rows["检查依据"] == "检查计划（双随机） HH2026-S-118；行政检查通知书 爱市监检〔2026〕8号"
    assert [s.name for s in paper().signers] == ["", "张建国", "王芳", ""]
    assert paper().unit == "黑河市爱辉区市场监督管理局"


def test_a_violation_is_told_with_its_facts_photos_and_basis() -> None:
    (found,) = [p for p in paper().situation if p.head]
    assert found.head == "一、"
    assert "检查项 2.1“从事接触直接入口食品工作的人员持有效健康证明上岗”：不符合" in found.text
    assert "未能出示有效健康证明" in found.text
    assert "见照片1、照片2。" in found.text
    assert "检查依据：《食品安全法》第四十五条。" in found.text


def test_a_voluntary_item_is_guidance_and_never_a_violation() -> None:
    text = whole(sealed())
    assert "不符合 1 项" in text
    assert "自愿事项引导 1 项" in text
    assert "“‘码上诚信’码在明显位置展示，扫码结果为本主体”（自愿事项，予以引导）：已当场介绍" in text


def test_the_check_and_the_comparison_are_told_with_the_age_of_the_data() -> None:
    text = whole(sealed())
    assert "依据的离线数据截至 2026年11月23日6时30分" in text
    assert "“需要关注”（旧码：与数据一致，未验真）：码上没有签名，代码与数据一致。" in text
    assert "一致的有：名称、代码、负责人、经营范围；不一致的有：经营场所。门牌号新旧不同。" in text
    without = replace(sealed(), check=replace(sealed().check, seen=Seen()), comparisons=Comparisons())
    assert "本机没有可依据的主体数据" in whole(without)
    assert "现场核对" not in whole(without)


def test_what_was_not_confirmed_is_not_claimed() -> None:
    assert paper(replace(sealed(), notice=Notice())).notice == ()
    (told, answer) = paper(replace(sealed(), notice=Notice(certificates_shown=True))).notice
    assert "申请回避。" not in told.text
    assert answer.text == "未作答。"
    silent = replace(sealed(), notice=Notice(True, True))
    assert paper(silent).notice[1].text == "清楚，不申请回避。"


def test_recusal_is_noted_with_its_ground() -> None:
    asked = replace(sealed(), notice=Notice(True, True, True, "与检查人员有经济纠纷。"))
    text = paper(asked).notice[1].text
    assert text.startswith("申请回避，理由：与检查人员有经济纠纷。")
    assert "不停止调查" in text


def test_refusal_takes_reason_time_and_witness() -> None:
    at = START + timedelta(minutes=50)
    refused = steps.refuse(sealed(), "认为处理过重", "居委会 赵昇", at)
    made = paper(refused)
    assert made.refusal == (
        "2026年11月23日11时32分，当事人拒绝签名。理由：认为处理过重。见证人：居委会 赵昇。执法人员签名注明。"
    )
    assert "与现场情况相符" not in made.confirmation
    assert [s.name for s in made.signers if s.role is SignerRole.WITNESS] == ["居委会 赵昇"]
    assert "现场没有见证人" in paper(steps.refuse(sealed(), "无", "", at)).refusal


def test_nothing_that_was_written_down_is_left_out() -> None:
    """Every note, of whatever answer and even of an item that the checklist no longer has, is on the paper."""
    noted = sealed()
    for n, finding in enumerate(ItemFinding):
        item = TEMPLATE.items()[n].id
        noted = steps.note(steps.answer(noted, item, finding), item, f"记下的事实{n}")
    noted = replace(noted, answers=(*noted.answers, Answer("9.9", ItemFinding.VIOLATES, "旧表的事实")))
    text = whole(noted)
    assert all(f"记下的事实{n}" in text for n in range(len(ItemFinding)))
    assert "检查项 9.9（检查表以外）（不符合）：旧表的事实" in text


def test_the_wording_itself_judges_nothing() -> None:
    """With neutral input no conclusory word comes from the program (现场笔录: 只记事实)."""
    assert steps.lint(whole(sealed())) == ()
    assert steps.lint(whole(steps.refuse(sealed(), "不同意", "", START))) == ()
    assert "违法" in CONCLUSORY


def test_empty_cells_are_struck_and_special_grounds_are_told() -> None:
    bare = replace(
        sealed(),
        party=Party("无照经营户", "", "", "兴安街 8 号"),
        basis=Basis(BasisKind.EMERGENCY, no_notice_reason="突发", emergency_reason="另一名人员途中", cap_reason="复查"),
        started_clock=ClockTrust.SET_BACK,
        offline_reason="乡镇无信号",
        ended_at=None,
    )
    rows = dict(paper(bare).rows)
    assert rows["统一社会信用代码"] == rows["联系电话"] == rows["现场负责人"] == NOTHING
    assert rows["离线检查说明"] == "乡镇无信号"
    assert "时钟被调回" in rows["检查时间"]
    assert "尚未结束" in rows["检查时间"]
    for ground in ("未出具行政检查通知书：突发", "应急原因：另一名人员途中", "检查频次的理由：复查"):
        assert ground in rows["检查依据"]


def test_signatures_are_under_the_words_and_the_words_alone() -> None:
    mark = text_hash(paper())
    assert mark == text_hash(words(signed(sealed(), paper()), TEMPLATE, head="7f3c9a1e44", stamp="已作废"))
    assert words(sealed(), TEMPLATE, head="7f3c9a1e44").head == "7f3c9a1e"
    for changed in (
        replace(sealed(), situation="检查时店内没有人。"),
        replace(sealed(), ended_at=START + timedelta(hours=2)),
        steps.note(sealed(), "2.1", "另一事实"),
        steps.refuse(sealed(), "不同意", "", START),
        replace(sealed(), outcomes=("pending",)),
    ):
        assert text_hash(paper(changed)) != mark


def test_signed_under_these_words_an_inspection_can_be_sealed() -> None:
    done = signed(sealed(), paper())
    assert missing(done, TEMPLATE, START + timedelta(hours=1), text_hash(paper(done))) == []


@given(text=st.text(max_size=200))
def test_any_text_makes_words(text: str) -> None:
    hostile = replace(sealed(), situation=text, measures=text, place=text)
    made = paper(hostile)
    assert read_aloud(made)
    assert len(made.rows) == len(paper().rows)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (60, "六十"), (99, "九十九"), (100, "100"), (0, "0")],
)
def test_numbering(number: int, text: str) -> None:
    assert numeral(number) == text


def test_phrases() -> None:
    assert period(START, START + timedelta(days=1)) == "2026年11月23日10时42分至2026年11月24日10时42分"
    assert clause(" 一行\n\n 二行。；\n") == "一行 二行"
    assert quoted("展示“码上诚信”码。") == "“展示‘码上诚信’码”"


@given(st.text(alphabet="0123456789", max_size=20))
def test_a_phone_number_is_never_whole_on_paper(phone: str) -> None:
    made = masked(phone)
    assert len(made) == len(phone)
    assert made.count("*") >= min(4, len(phone))


def test_a_mobile_number_is_masked_as_usual() -> None:
    assert masked(" 13845615521 ") == "138****5521"
