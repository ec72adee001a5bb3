"""Inspections to set on paper: one with everything, its signatures, and hostile texts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import sin

from inspector import checklist
from inspector import inspection as steps
from inspector.entity import Entity, Licence, RegistrationState, SubjectKind
from inspector.freshness import CHINA, ClockTrust
from inspector.inspection import (
    Basis,
    BasisKind,
    Check,
    Comparison,
    Comparisons,
    Inspection,
    ItemFinding,
    Notice,
    Officer,
    Party,
    Photo,
    Seen,
    Signature,
    SignerRole,
    Stroke,
)
from inspector.papers.record import RecordWords, text_hash
from inspector.verdict import Colour, Finding, Means

TEMPLATE = checklist.shipped()["food-sale"]
START = datetime(2026, 11, 23, 10, 42, tzinfo=CHINA)
UNIT = "黑河市爱辉区市场监督管理局"
RARE_NAMES = ("周垚鑫", "喆喆水果超市", "韩犇", "李昇", "王玥", "㐱家小馆", "𠅤记商行", "Иван Ёлкин", "吉𠮷")


def photo(number: int) -> Photo:
    at = START + timedelta(minutes=number)
    return Photo(f"{number:064x}", 1000, "image/jpeg", at, "camera" if number % 2 else "file", "张建国", "冷藏柜温度")


def sealed() -> Inspection:
    """A finished inspection with one violation, guidance, notes and photographs; not signed yet."""
    check = Check(
        Means.SCANNED,
        "https://code.example/x",
        Colour.ATTENTION,
        Finding.UNSIGNED,
        "码上没有签名，代码与数据一致。",
        START,
        ClockTrust.GOOD,
        Seen("231102", 7, 3, "2026-11-23T06:30:00+08:00", "d" * 64),
    )
    done = Inspection(
        event_id="01935f2e-6c1a-7e52-9d5b-1d9f4c0a7e11",
        document_number="爱市监检笔〔2026〕EH03-0012号",
        basis=Basis(BasisKind.PLAN, "HH2026-S-118", notice_number="爱市监检〔2026〕8号"),
        officers=(
            Officer("HH0001", "张建国", "23110000327", "2027-06-30", UNIT),
            Officer("HH0002", "王芳", "23110000419", "2027-06-30", UNIT),
        ),
        party=Party(
            "喆喆便利店",
            "92231102MA1Y000189",
            "周垚鑫",
            "黑河市爱辉区兴安街 8 号",
            phone="13845615521",
            contact="周垚鑫（经营者）",
        ),
        check=check,
        template=TEMPLATE.ref,
        template_hash=TEMPLATE.hash,
        started_at=START,
        started_clock=ClockTrust.GOOD,
        place="黑河市爱辉区兴安街 8 号一层门市",
        comparisons=Comparisons(**dict.fromkeys(("name", "code", "representative", "scope"), Comparison.SAME)),
        notice=Notice(certificates_shown=True, rights_told=True, answer="看清楚了，不申请回避。"),
        situation="检查时店内正在营业，经营者周垚鑫在场。\n店内陈列预包装食品、散装糕点和冷藏乳制品。",
        outcomes=("corrected",),
        measures="责令立即改正，七日内复查。",
        ended_at=START + timedelta(minutes=44),
    )
    done = replace(done, comparisons=replace(done.comparisons, premises=Comparison.DIFFERENT, note="门牌号新旧不同"))
    for item in TEMPLATE.items():
        done = steps.answer(done, item.id, ItemFinding.CONFORMS)
    done = steps.answer(done, "2.1", ItemFinding.VIOLATES)
    done = steps.note(
        done, "2.1", "收银兼售货人员李某未能出示有效健康证明，其称证明于 2026 年 11 月 3 日到期，尚未续办。"
    )
    done = steps.note(done, "2.3", "冷藏柜显示温度 4℃，冷冻柜显示温度 -18℃。")
    done = steps.answer(done, "1.4", ItemFinding.VIOLATES)
    done = steps.note(done, "1.4", "已当场介绍“码上诚信”申请方式")
    done = steps.answer(done, "3.3", ItemFinding.NOT_APPLICABLE)
    return steps.attach(steps.attach(done, photo(1), "2.1"), photo(2), "2.1")


def scribble(seed: int = 1) -> tuple[Stroke, ...]:
    """Ink like that of a name of three characters."""
    strokes = []
    for s in range(6):
        points = []
        for k in range(24):
            x = 0.12 + 0.12 * s + 0.05 * sin(seed + s + k / 4)
            y = 0.15 + 0.06 * sin(seed * 2 + s * 1.7 + k / 5) + 0.002 * k
            points.append((x, y, 0.3 + 0.6 * abs(sin(k / 7)), s * 300 + k * 8))
        strokes.append(Stroke(tuple(points)))
    return tuple(strokes)


def signed(inspection: Inspection, words: RecordWords, *roles: SignerRole) -> Inspection:
    """Signed under exactly these words, by party and officers unless roles are named."""
    chosen = roles or (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B)
    for n, role in enumerate(chosen, 1):
        at = START + timedelta(minutes=45 + n)
        inspection = steps.sign(inspection, Signature(role, "周垚鑫", scribble(n), at, text_hash(words)))
    return inspection


def shop(name: str = "喆喆便利店", person: str = "周垚鑫") -> Entity:
    """An individual shop with every field of its licence."""
    licence = Licence(
        name=name,
        kind="个体工商户",
        representative=person,
        premises="黑龙江省黑河市爱辉区兴安街 8 号",
        scope="食品销售；日用百货销售；烟草制品零售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        authority="黑河市爱辉区市场监督管理局",
        established=date(2021, 5, 18),
        state=RegistrationState.ACTIVE,
        composition="个人经营",
    )
    return Entity("92231102MA1Y000189", SubjectKind.INDIVIDUAL, licence)
