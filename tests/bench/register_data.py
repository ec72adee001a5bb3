"""Made-up entities of any number for the register's tests and measurements: seeded, so always the same."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from inspector.entity import (
    CreditKind,
    CreditRecord,
    Entity,
    Licence,
    Permit,
    RegistrationState,
    SubjectKind,
)
from inspector.identifiers import check_character

COUNTIES = (
    ("231102", "爱辉区"),
    ("231183", "嫩江市"),
    ("231123", "逊克县"),
    ("231124", "孙吴县"),
    ("231181", "北安市"),
    ("231182", "五大连池市"),
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文斌红梅建国龙凤春海山林波辉鑫宇浩𬭸翾"
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
TRADE = "红兴旺福顺发达隆盛鑫源宏祥瑞丰泰和美家乐佳康宁安吉庆永恒久天地人龙凤江河山海龘䶮"
BUSINESS = (
    ("食品超市", "食品销售；日用百货销售；烟草制品零售", "JY1"),
    ("饭店", "餐饮服务；酒制品经营", "JY2"),
    ("大药房", "药品零售；第二类医疗器械销售；保健食品（预包装）销售", ""),
    ("理发店", "理发服务；生活美容服务", ""),
    ("汽车维修部", "机动车修理和维护；汽车零配件零售；汽车拖车、求援、清障服务", ""),
    ("商贸", "技术服务、技术开发、技术咨询；五金产品零售；建筑材料销售；互联网销售", ""),
    ("种植", "谷物种植；农作物栽培服务；农产品的生产、销售、加工、运输、贮藏", ""),
    ("宾馆", "住宿服务；餐饮服务；停车场服务", "JY2"),
)
STREETS = ("兴安街", "中央街", "王肃街", "通江路", "环城路", "铁路街", "迎宾路", "文化街", "长发街", "海兰街", "龙江路")


def entity(rng: random.Random, number: int) -> Entity:
    """Entity ``number`` of a run; the number makes its code unique."""
    division, place = rng.choice(COUNTIES)
    individual = rng.random() < 0.7
    business, scope, permit = rng.choice(BUSINESS)
    trade = "".join(rng.choices(TRADE, k=rng.choice((2, 2, 3))))
    person = rng.choice(FAMILY) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))
    kind = "个体工商户" if individual else "有限责任公司(自然人独资)"
    name = f"{place}{trade}{business}" + ("" if individual else "有限公司")
    body = f"{92 if individual else 91}{division}{'MA' if rng.random() < 0.8 else '07'}{number:07d}"
    since = date(2005, 1, 1) + timedelta(days=rng.randrange(7500))
    active = rng.random() < 0.88
    told = date(2026, 11, 1) - timedelta(days=number * 7 % 700)
    permits = ()
    if permit and rng.random() < 0.8:
        permits = (
            Permit(
                kind="食品经营许可证",
                number=f"{permit}{division}{rng.randrange(10**7):07d}",
                authority=f"{place}市场监督管理局",
                scope="预包装食品销售、散装食品销售",
                issued=since,
                valid_from=since,
                valid_to=since + timedelta(days=5 * 365),
                source=f"{place}市场监督管理局",
                as_of=told,
            ),
        )
    credit = ()
    if rng.random() < 0.06:
        credit = (
            CreditRecord(
                kind=rng.choice((CreditKind.ABNORMAL, CreditKind.PENALTY, CreditKind.COMMITMENT)),
                title="未按规定期限公示年度报告",
                detail=f"未按照《企业信息公示暂行条例》第八条规定的期限公示{rng.randrange(2019, 2026)}年度报告",
                authority=f"{place}市场监督管理局",
                source="国家企业信用信息公示系统（黑龙江）",
                source_date=since + timedelta(days=400),
                number=f"黑市监罚〔2024〕{rng.randrange(1000)}号",
                as_of=told,
            ),
        )
    return Entity(
        code=body + check_character(body),
        subject=SubjectKind.INDIVIDUAL if individual else SubjectKind.ENTERPRISE,
        licence=Licence(
            name=name,
            kind=kind,
            representative=person,
            premises=f"黑龙江省黑河市{place}{rng.choice(STREETS)}{rng.randrange(1, 400)}号{rng.randrange(1, 30)}门市",
            scope=f"许可项目：{scope}。一般项目：{rng.choice(BUSINESS)[1]}；{rng.choice(BUSINESS)[1]}。",
            authority=f"{place}市场监督管理局",
            established=since,
            state=RegistrationState.ACTIVE if active else RegistrationState.DEREGISTERED,
            capital="" if individual else f"{rng.randrange(1, 500)}万元人民币",
            composition="个人经营" if individual else "",
            former_name=f"{place}{trade}商店" if rng.random() < 0.02 else "",
            source="黑河市市场监督管理局",
            as_of=told,
        ),
        permits=permits,
        credit=credit,
        registration_number=f"{division}{rng.randrange(10**9):09d}",
        division=division,
        area=division,
        office=f"{place}第{rng.choice('一二三四五')}市场监督管理所",
        risk=rng.choice("AAABBCD"),
        inspections_this_year=rng.choice((0, 0, 0, 1, 2)),
        as_of=datetime(2026, 11, 1, 8, tzinfo=UTC) + timedelta(seconds=rng.randrange(10**6)),
    )


def entities(count: int, seed: int = 1) -> Iterator[Entity]:
    """``count`` entities with different codes."""
    rng = random.Random(seed)
    return (entity(rng, number) for number in range(count))
