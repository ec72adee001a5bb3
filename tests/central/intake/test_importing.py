"""Imports on both databases: what is counted, joined, refused, undone and purged."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from central.entities import next_version, write
from central.intake import undoing
from central.intake.problems import IntakeProblem, NoSuchImport, TooMuchGone, UnclearColumns, UndoRefused
from central.models import EntityRow, FormerEntity, FormerRecord, ImportRun, SourceRecord
from central.service import Service
from inspector.entity import CreditKind, RegistrationState, SubjectKind
from tests.central.intake.conftest import (
    FARM,
    FIRM,
    OFFICE,
    REGISTRATIONS,
    SHOP,
    TODAY,
    VILLAGE,
    Import,
    entity,
    everything,
)

ABNORMAL = f"统一社会信用代码,列入原因,列入日期,列入决定机关\n{SHOP},未按期年报,2026-07-10,{OFFICE}\n"
PENALTY = (
    "统一社会信用代码,处罚决定书文号,违法行为类型,处罚类别,罚款金额（万元）,处罚决定日期,处罚机关\n"
    f"{SHOP},黑市监罚〔2026〕1号,销售过期食品,罚款,0.5,2026-09-01,{OFFICE}\n"
)
PERMITS = (
    "统一社会信用代码,许可证名称,许可证编号,有效期至,许可机关\n"
    f"{SHOP},食品经营许可证,JY22311020000011,2029-03-04,{OFFICE}\n"
    f"{SHOP},烟草专卖零售许可证,231102100001,长期,黑河市烟草专卖局\n"
)


def numbers(service: Service) -> tuple[int, ...]:
    """Rows of the tables that imports fill."""
    with service.sessions() as session:
        tables = (EntityRow, SourceRecord, FormerEntity, FormerRecord)
        return tuple(session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)


def test_words_for_nothing_and_texts_too_long_are_told_in_any_row(bare: Service, take: Import) -> None:
    header = "统一社会信用代码,企业名称,登记状态,法定代表人,经营范围\n"
    done = take(f"{header}{SHOP},小吃店,存续,暂无,{'长' * 7990}\n{FIRM},某公司,存续,李四,{'长' * 8001}\n")
    assert (done.new, done.bad) == (1, 1)
    shop = entity(bare, SHOP)
    assert shop is not None
    assert (shop.licence.representative, len(shop.licence.scope)) == ("", 7990)


def test_signs_that_databases_know_are_only_texts(bare: Service, take: Import) -> None:
    name = r"""{"NULL",\x00}'%s %(a)s"""
    quoted = name.replace('"', '""')
    assert take(f'统一社会信用代码,企业名称,登记状态\n{SHOP},"{quoted}",存续\n').new == 1
    shop = entity(bare, SHOP)
    assert shop is not None
    assert shop.licence.name == name


def test_registrations_become_entities(bare: Service, take: Import) -> None:
    done = take(REGISTRATIONS)
    assert (done.rows, done.new, done.bad) == (3, 3, 0)
    shop, firm = entity(bare, SHOP), entity(bare, FIRM)
    assert shop is not None
    assert firm is not None
    assert shop.subject is SubjectKind.INDIVIDUAL
    assert shop.licence.premises == "黑河市爱辉区兴安街12号"
    assert shop.licence.established == date(2024, 3, 5)
    assert (shop.area, shop.division) == ("231102", "231102")
    assert firm.licence.state is RegistrationState.REVOKED
    assert firm.licence.capital == "800万元人民币"
    assert firm.area == "231183", "the county of 1993 is today's city"
    assert entity(bare, FARM).licence.capital == "100万元"  # type: ignore[union-attr]


def test_a_second_delivery_tells_changed_from_unchanged(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    before = everything(bare)
    done = take(REGISTRATIONS.replace("王五", "王七") + f"{VILLAGE},某村,存续,钱八,孙吴县,,\n")
    assert (done.new, done.changed, done.unchanged, done.bad) == (1, 1, 2, 0)
    after = everything(bare)
    assert {code for code in before if before[code] != after[code]} == {SHOP}
    with bare.sessions() as session:
        versions = dict(session.execute(select(EntityRow.code, EntityRow.row_version)).all())
    assert versions == {FIRM: 1, FARM: 1, SHOP: 2, VILLAGE: 2}, "laptops fetch only what changed"


def test_a_dry_run_says_the_same_and_changes_nothing(bare: Service, take: Import, tmp_path: Path) -> None:
    take(REGISTRATIONS)
    before = everything(bare), numbers(bare)
    changed = REGISTRATIONS.replace("王五", "王七") + "坏,,,,,,\n"
    tried = take(changed, dry=True, errors=tmp_path / "e.csv")
    assert (everything(bare), numbers(bare)) == before
    assert (tmp_path / "e.csv").exists()
    done = take(changed)
    assert tried.number == 0
    assert (tried.new, tried.changed, tried.unchanged, tried.bad) == (done.new, done.changed, done.unchanged, done.bad)


def test_a_dry_run_says_what_would_change(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)

    def said(content: str, kind: str) -> list[str]:
        return [one.what for one in take(content, kind, dry=True).examples]

    head = "统一社会信用代码,企业名称,登记状态,法定代表人,监管所,频次上限,码上诚信码\n"
    assert said(head + f"{SHOP},黑河老王小吃店,注销,王七,兴安所,2,是\n", "registration") == [
        "法定代表人：王五 → 王七；登记状态：存续 → 注销；监管所：（空） → 兴安所；年度检查频次上限：（空） → 2；"
        "码上诚信码：否 → 是"
    ]
    assert said(PERMITS, "permit") == [
        "写入许可 食品经营许可证 JY22311020000011（至 2029-03-04）", "写入许可 烟草专卖零售许可证 231102100001（长期）"
    ]  # fmt: skip
    take(PENALTY, "penalty")
    assert said(PENALTY.replace("过期", "变质"), "penalty") == ["去掉行政处罚 销售过期食品；写入行政处罚 销售变质食品"]
    repair = f"统一社会信用代码,修复类别,文号,修复日期\n{SHOP},行政处罚,黑市监罚〔2026〕1号,2026-11-19\n"
    assert said(repair, "repair") == ["去掉行政处罚 销售过期食品"]
    assert said(REGISTRATIONS, "registration") == []
    many = "".join(f"{SHOP},承诺{n},2026-03-01\n" for n in range(30))
    assert len(said("统一社会信用代码,承诺事由,作出日期\n" + many, "commitment")) == 20


def test_columns_that_a_file_has_not_stay_as_they_were(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    done = take(f"统一社会信用代码,企业名称,登记状态,监管所\n{SHOP},黑河老王小吃店,注销,兴安所\n")
    assert done.changed == 1
    shop = entity(bare, SHOP)
    assert shop is not None
    assert (shop.office, shop.licence.state) == ("兴安所", RegistrationState.DEREGISTERED)
    assert shop.licence.representative == "王五"


def test_bad_rows_go_to_a_file_that_can_be_corrected_and_sent_again(
    bare: Service, take: Import, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    bad = (
        f"{VILLAGE[:-1]}X,=cmd|calc,存续,钱八,孙吴县,,\n"  # check digit
        f"{VILLAGE},＝HYPERLINK(1),奇怪,钱八,孙吴县,,\n"  # state
        f"{VILLAGE},某村,存续,钱八,孙吴县,2024-02-30,\n"  # no such day
        f"{VILLAGE},,存续,钱八,孙吴县,,\n"  # no name
        f"{VILLAGE},某村,存续,钱八,孙吴县,2099-01-01,,多,余\n"  # more cells than the header
    )
    done = take(REGISTRATIONS + bad, errors=errors)
    assert (done.rows, done.new, done.bad) == (8, 3, 5)
    assert errors.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(errors.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:4] == ["行号", "问题所在列", "未采用原因", "统一社会信用代码"]
    assert [row[0] for row in rows[1:]] == ["5", "6", "7", "8", "9"]
    assert [row[1] for row in rows[1:]] == ["统一社会信用代码", "登记状态", "成立日期", "名称", ""]
    assert rows[1][4] == "'=cmd|calc"
    assert rows[2][4] == "'＝HYPERLINK(1)"
    assert rows[5][-2:] == ["多", "余"]
    corrected = errors.read_text(encoding="utf-8-sig").splitlines()[:2]
    again = take("\ufeff" + "\n".join(corrected).replace(VILLAGE[:-1] + "X", VILLAGE))
    assert (again.rows, again.new) == (1, 1)
    assert entity(bare, VILLAGE).licence.name == "=cmd|calc"  # type: ignore[union-attr]


def test_rows_without_their_entity_and_contradictions_are_bad(take: Import, bare: Service) -> None:
    take(REGISTRATIONS)
    done = take(ABNORMAL + f"{VILLAGE},未按期年报,2026-07-10,某局\n", "abnormal")
    assert (done.new, done.bad) == (1, 1)
    assert take(REGISTRATIONS + f"{VILLAGE},某\0村,存续,,,,\n").bad == 1
    twice = take(REGISTRATIONS + f"{SHOP},另一个名字,存续,王五,黑河市,,\n" + REGISTRATIONS.splitlines()[1] + "\n")
    assert (twice.unchanged, twice.bad) == (4, 1)


def test_every_kind_finds_its_place(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    assert take(ABNORMAL, "abnormal").new == 1
    assert take(PENALTY, "penalty").new == 1
    assert take(PERMITS, "permit").new == 2
    head, mine = "统一社会信用代码,", f"{SHOP},"
    assert (
        take(f"{head}名单名称,列入原因,列入日期\n{mine}严重违法失信名单,拒不履行处罚,2026-01-05\n", "serious").new == 1
    )
    assert take(f"{head}承诺事由,作出日期,履约状态\n{mine}食品安全承诺,2026-03-01,履行中\n", "commitment").new == 1
    assert take(f"{head}评定内容,评定等级,评定时间\n{mine}纳税信用,A,2026-04-01\n", "evaluation").new == 1
    assert take(f"{head}申报事项,申报日期\n{mine}已投保,2026-05-01\n", "self_declared").new == 1
    shop = entity(bare, SHOP)
    assert shop is not None
    found = {r.kind: r for r in shop.credit}
    assert set(found) == {
        CreditKind.ABNORMAL, CreditKind.PENALTY, CreditKind.SERIOUS, CreditKind.COMMITMENT, CreditKind.EVALUATION,
        CreditKind.SELF_DECLARED,
    }  # fmt: skip
    assert found[CreditKind.ABNORMAL].title == "标记为经营异常状态：未按期年报", "an individual is marked, not listed"
    assert found[CreditKind.PENALTY].detail == "罚款；罚款 0.5万元"
    assert found[CreditKind.PENALTY].publish_until == date(2029, 9, 1)
    assert found[CreditKind.EVALUATION].title == "纳税信用：A 级"
    assert all(r.source == OFFICE for r in shop.credit)
    assert [(p.kind, p.valid_to) for p in shop.permits] == [
        ("食品经营许可证", date(2029, 3, 4)),
        ("烟草专卖零售许可证", None),
    ]


def test_older_files_and_lesser_sources_do_not_overrule(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=date(2026, 11, 10))
    older = take(REGISTRATIONS.replace("王五", "王旧"), as_of=date(2026, 11, 9))
    assert older.bad == 3
    lesser = take(REGISTRATIONS.replace("王五", "王他"), source="某协会", as_of=date(2026, 11, 19))
    assert lesser.bad == 3
    assert entity(bare, SHOP).licence.representative == "王五"  # type: ignore[union-attr]
    assert take(REGISTRATIONS.replace("王五", "王新"), as_of=date(2026, 11, 10)).changed == 1


def test_what_a_whole_list_says_no_more_is_gone(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, whole=True)
    take(ABNORMAL, "abnormal", whole=True)
    other = take(f"统一社会信用代码,列入原因,列入日期\n{FIRM},失联,2026-07-10\n", "abnormal", whole=True)
    assert (other.new, other.gone) == (1, 1)
    assert not entity(bare, SHOP).credit  # type: ignore[union-attr]
    without_farm = "\n".join(REGISTRATIONS.splitlines()[:-1]) + "\n"
    done = take(without_farm, whole=True)
    assert (done.gone, done.unchanged) == (1, 2)
    assert entity(bare, FARM).licence.state is RegistrationState.UNKNOWN  # type: ignore[union-attr]
    undoing.undo(bare, done.number)
    assert entity(bare, FARM).licence.state is RegistrationState.ACTIVE  # type: ignore[union-attr]
    assert take(without_farm, whole=True).gone == 1, "after undoing it is known again who stated what"


def test_a_list_cut_short_is_not_believed(bare: Service, take: Import) -> None:
    head = "统一社会信用代码,承诺事由,作出日期\n"
    take(REGISTRATIONS)
    rows = [f"{SHOP},承诺{n},2026-03-01" for n in range(50)]
    take(head + "\n".join(rows), "commitment", whole=True)
    before = everything(bare), numbers(bare)
    with pytest.raises(TooMuchGone, match="40"):
        take(head + "\n".join(rows[:10]), "commitment", whole=True)
    assert (everything(bare), numbers(bare)) == before
    assert take(head + "\n".join(rows[:10]), "commitment", whole=True, accept_gone=True).gone == 40


def test_undoing_restores_exactly_what_stood_before(bare: Service, take: Import) -> None:
    states = [(everything(bare), numbers(bare))]
    runs = []
    for content, kind in (
        (REGISTRATIONS, "registration"),
        (PENALTY, "penalty"),
        (REGISTRATIONS.replace("王五", "王七") + f"{VILLAGE},某村,存续,钱八,孙吴县,,\n", "registration"),
        (PERMITS, "permit"),
        (REGISTRATIONS, "registration"),
    ):
        runs.append(take(content, kind).number)
        states.append((everything(bare), numbers(bare)))
    with pytest.raises(UndoRefused, match="之后的第"):
        undoing.undo(bare, runs[0])
    for run in reversed(runs):
        states.pop()
        undoing.undo(bare, run)
        assert (everything(bare), numbers(bare)) == states[-1]
    with pytest.raises(UndoRefused, match="已经撤销过"):
        undoing.undo(bare, runs[0])
    with pytest.raises(NoSuchImport):
        undoing.undo(bare, 999)
    assert take(REGISTRATIONS).new == 3


def test_an_entity_that_was_there_before_any_import_survives_undoing(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    shop = entity(bare, SHOP)
    assert shop is not None
    undoing.undo(bare, 1)
    with bare.sessions.begin() as session:
        write(session, next_version(session), [shop])
    done = take(REGISTRATIONS)
    assert (done.new, done.unchanged) == (2, 1)
    undoing.undo(bare, done.number)
    assert set(everything(bare)) == {SHOP}


def test_repaired_records_go_and_never_come_back(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    penalty = take(PENALTY, "penalty")
    repair = f"统一社会信用代码,修复类别,文号,修复日期\n{SHOP},行政处罚,黑市监罚〔2026〕1号,2026-11-19\n"
    assert take(repair, "repair").changed == 1
    assert not entity(bare, SHOP).credit  # type: ignore[union-attr]
    assert take(repair, "repair").unchanged == 1
    assert take(PENALTY, "penalty").bad == 1, "a department that has not heard of the repair sends it again"
    assert not entity(bare, SHOP).credit  # type: ignore[union-attr]
    with pytest.raises(UndoRefused):
        undoing.undo(bare, penalty.number)
    assert take(repair.replace("1号", "2号"), "repair").bad == 1


def test_records_leave_when_their_publication_ends(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    light = PENALTY.replace("罚款,0.5", "警告,").replace("2026-09-01", "2026-08-25")
    run = take(light, "penalty")
    shop = entity(bare, SHOP)
    assert shop is not None
    assert shop.credit[0].publish_until == date(2026, 11, 25)
    assert undoing.purge(bare) == 0, "the last day counts"
    later = type(bare)(bare.settings, bare.engine, bare.sessions, bare.keys, lambda: NOW_LATER)
    told: list[int] = []
    assert undoing.purge(later, told.append) == 1
    assert told == [3]
    assert not entity(bare, SHOP).credit  # type: ignore[union-attr]
    with bare.sessions() as session:
        kept = b"".join(session.scalars(select(FormerEntity.body)))
    assert "销售过期食品".encode() not in kept, "not even for undoing"
    with pytest.raises(UndoRefused):
        undoing.undo(bare, run.number)
    with pytest.raises(UndoRefused, match="只有归集"):
        undoing.undo(bare, run.number + 1)
    assert take(light.replace("2026-08-25", "2026-05-01"), "penalty").unchanged == 1


NOW_LATER = datetime.combine(TODAY, datetime.min.time()).astimezone() + timedelta(days=7)


def test_personal_numbers_are_not_collected(bare: Service, take: Import, tmp_path: Path) -> None:
    person, mobile = "11010519491231002X", "13812345678"
    errors = tmp_path / "e.csv"
    done = take(
        "统一社会信用代码,企业名称,登记状态,住所,联系电话,法人身份证\n"
        f"{SHOP},老王店,存续,兴安街12号（{mobile}，{person}）,{mobile},{person}\n"
        f"{FIRM},坏,奇怪,{mobile},{mobile},{person}\n",
        errors=errors,
    )
    assert (done.new, done.bad) == (1, 1)
    assert done.hidden >= 2
    assert entity(bare, SHOP).licence.premises == "兴安街12号（（已隐去），（已隐去））"  # type: ignore[union-attr]
    written = errors.read_text(encoding="utf-8-sig") + "".join(map(repr, everything(bare).values()))
    assert person not in written
    assert mobile not in written


def test_orders_that_make_no_sense_are_refused(bare: Service, take: Import) -> None:
    for more in ({"source": " "}, {"as_of": TODAY + timedelta(1)}, {"columns": {"code": "统一社会信用代码"}}):
        with pytest.raises(UnclearColumns):
            take(REGISTRATIONS, **more)
    for columns in (
        {"code": "没有"},
        {"code": "企业名称", "name": "企业名称", "state": "登记状态"},
        {"odd": "企业名称"},
    ):
        with pytest.raises(IntakeProblem):
            take(REGISTRATIONS, columns=columns)
    assert not everything(bare)
    with bare.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_an_interruption_leaves_nothing_half_done(bare: Service, take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    from central.intake import importing

    monkeypatch.setattr(importing, "TOGETHER", 1)

    def stop(rows: int) -> None:
        if rows == 2:
            raise KeyboardInterrupt

    run = importing.run
    monkeypatch.setattr(importing, "run", lambda *a, **k: run(*a, **(k | {"progress": stop})))
    with pytest.raises(KeyboardInterrupt):
        take(REGISTRATIONS)
    assert numbers(bare) == (0, 0, 0, 0)
