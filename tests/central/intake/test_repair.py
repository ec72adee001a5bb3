"""What the law lets no longer be shown goes everywhere: 信用修复, end of publication, lists that an entity left."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cache.register_layers import Layers
from cache.register_reader import Reader
from central.intake import undoing
from central.intake.clean import credit_kind
from central.intake.problems import UndoRefused
from central.models import FormerEntity, ImportRun, Publication, SourceRecord
from central.publishing import publish
from central.service import Service
from inspector.entity import CreditKind
from tests.central.intake.conftest import NOW, OFFICE, REGISTRATIONS, SHOP, TODAY, Import, entity
from tests.central.intake.test_importing import ABNORMAL, PENALTY

WORD = "销售过期食品"
REPAIR = f"统一社会信用代码,修复类别,文号,修复日期\n{SHOP},行政处罚,黑市监罚〔2026〕1号,2026-11-19\n"


def later(service: Service, days: int) -> Service:
    """The same service some days later."""
    return replace(service, now=lambda: NOW + timedelta(days))


def credit_titles(service: Service) -> list[str]:
    shop = entity(service, SHOP)
    assert shop is not None
    return [record.title for record in shop.credit]


def kept_for_undoing(service: Service) -> str:
    with service.sessions() as session:
        return b"".join(session.scalars(select(FormerEntity.body))).decode()


def test_a_repaired_record_is_forgotten_when_its_repair_is_final(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")
    repaired = take(REPAIR, "repair").number
    assert credit_titles(bare) == []
    undoing.purge(later(bare, 7))
    assert WORD in kept_for_undoing(bare), "a repair of the wrong record can be taken back for seven days"
    undoing.purge(later(bare, 8))
    assert WORD not in kept_for_undoing(bare)
    with pytest.raises(UndoRefused, match="超过 7 天"):
        undoing.undo(later(bare, 8), repaired)
    assert take(PENALTY, "penalty").bad == 1


def test_a_repair_of_the_wrong_record_is_taken_back(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")
    undoing.undo(bare, take(REPAIR, "repair").number)
    assert credit_titles(bare) == [WORD]


def test_saying_again_that_it_is_repaired_does_not_start_the_days_anew(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")
    told = PENALTY.replace("处罚机关\n", "处罚机关,修复日期\n").replace(f"{OFFICE}\n", f"{OFFICE},2026-11-19\n")
    first = take(told, "penalty")
    assert (first.changed, credit_titles(bare)) == (1, [])
    again = take(told, "penalty")
    assert again.unchanged == 1
    with bare.sessions() as session:
        barred = session.scalars(select(SourceRecord.number).where(SourceRecord.barred)).one()
    assert barred == first.number
    undoing.purge(later(bare, 8))
    assert WORD not in kept_for_undoing(bare)


def test_other_records_and_later_undoing_are_left_alone(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")
    take(ABNORMAL, "abnormal")
    take(REPAIR, "repair")
    changed = take(REGISTRATIONS.replace("王五", "王七")).number
    undoing.purge(later(bare, 8))
    assert credit_titles(bare) == ["标记为经营异常状态：未按期年报"]
    undoing.undo(later(bare, 8), changed)
    shop = entity(bare, SHOP)
    assert shop is not None
    assert shop.licence.representative == "王五"
    assert credit_titles(bare) == ["标记为经营异常状态：未按期年报"]


def test_the_next_publication_holds_nothing_of_it(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")

    def published() -> str:
        publish(bare, "231102")
        with bare.publishing() as (repository, session):
            key = session.get_one(Publication, "231102").key
            paths = [repository.target_file(target) for target, _ in repository.register("231102")]
        with closing(Layers([Reader(path, key) for path in paths])) as files:
            return b"".join(files.plains()).decode()

    assert WORD in published()
    take(REPAIR, "repair")
    assert WORD not in published()
    assert SHOP in published()


@pytest.mark.parametrize(
    ("category", "severity", "published", "until"),
    [
        ("警告", "", "", date(2026, 12, 1)),
        ("通报批评", "", "", date(2026, 12, 1)),
        ("罚款", "轻微", "", date(2026, 12, 1)),
        ("罚款", "一般", "", date(2027, 9, 1)),
        ("罚款", "严重", "", date(2029, 9, 1)),
        ("罚款", "", "", date(2029, 9, 1)),
        ("警告", "", "2026-09-20", date(2026, 12, 20)),
        ("罚款", "", "2026-09-20", date(2029, 9, 20)),
    ],
)
def test_periods_of_publication(
    take: Import, bare: Service, category: str, severity: str, published: str, until: date
) -> None:
    """Three months, a year, three years (信用修复管理办法), from the day of publication if known (规定 art. 13)."""
    take(REGISTRATIONS)
    head = "统一社会信用代码,处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,失信程度,公示日期\n"
    take(f"{head}{SHOP},1号,{WORD},{category},2026-09-01,{severity},{published}\n", "penalty")
    shop = entity(bare, SHOP)
    assert shop is not None
    assert [record.publish_until for record in shop.credit] == [until]
    assert undoing.purge(later(bare, (until - TODAY).days)) == 0, "the last day counts"
    assert undoing.purge(later(bare, (until - TODAY).days + 1)) == 1
    assert credit_titles(bare) == []
    with bare.sessions() as session:
        assert session.scalars(select(ImportRun.mode).order_by(ImportRun.number.desc())).first() == "purge"


@pytest.mark.parametrize("column", ["移出日期", "信用修复日期"])
def test_an_entity_that_left_a_list_is_cleared(bare: Service, take: Import, column: str) -> None:
    """经营异常名录 is left when its reason is gone; only a repair bars the same entry from coming back."""
    take(REGISTRATIONS)
    take(ABNORMAL, "abnormal")
    left = ABNORMAL.replace("列入决定机关\n", f"列入决定机关,{column}\n").replace(
        f"{OFFICE}\n", f"{OFFICE},2026-11-01\n"
    )
    assert take(left, "abnormal").changed == 1
    assert credit_titles(bare) == []
    again = take(ABNORMAL, "abnormal")
    assert (again.new, again.bad) == ((1, 0) if column == "移出日期" else (0, 1))


def test_a_repair_names_one_record_only(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY + PENALTY.splitlines()[1].replace("1号", "2号").replace(WORD, "另一件") + "\n", "penalty")
    take(REPAIR, "repair")
    assert credit_titles(bare) == ["另一件"]
    vague = f"统一社会信用代码,修复类别,修复日期\n{SHOP},行政处罚,2026-11-19\n"
    assert take(vague, "repair").bad == 1, "which of them?"
    assert credit_kind("行政处罚") is CreditKind.PENALTY
