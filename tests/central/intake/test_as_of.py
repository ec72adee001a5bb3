"""数据截至 of each record: the import that last changed it, and what whole lists add to that."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from central import desk
from central.intake import undoing
from central.intake.problems import OlderList
from central.intake.provenance import whole_lists
from central.models import EntityRow
from central.service import Service
from inspector.entity import Entity, RegistrationState
from tests.central.intake.conftest import FARM, FIRM, OFFICE, REGISTRATIONS, SHOP, Import, entity, everything
from tests.central.intake.test_importing import PENALTY, PERMITS
from tests.central.intake.test_repair import REPAIR

TOBACCO = "黑河市烟草专卖局"


def day(of_november: int) -> date:
    return date(2026, 11, of_november)


def shop(service: Service) -> Entity:
    found = entity(service, SHOP)
    assert found is not None
    return found


def whole(service: Service) -> dict[tuple[str, str], date]:
    with service.sessions() as session:
        return dict(whole_lists(session))


def test_each_record_has_the_source_and_day_of_its_import(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1))
    take(PERMITS, "permit", source=TOBACCO, as_of=day(5))
    take(PENALTY, "penalty", as_of=day(10))
    found = shop(bare)
    assert (found.licence.source, found.licence.as_of) == (OFFICE, day(1))
    assert [(p.source, p.as_of) for p in found.permits] == [(TOBACCO, day(5))] * 2
    assert [(r.source, r.as_of) for r in found.credit] == [(OFFICE, day(10))]


def test_what_is_said_again_keeps_its_day_and_is_not_sent_again(bare: Service, take: Import) -> None:
    files = ((REGISTRATIONS, "registration"), (PERMITS, "permit"), (PENALTY, "penalty"))
    for content, kind in files:
        take(content, kind, as_of=day(1))
    before = everything(bare)
    with bare.sessions() as session:
        versions = session.execute(select(EntityRow.code, EntityRow.row_version)).all()
    for as_whole in (False, True):
        for content, kind in files:
            done = take(content, kind, as_of=day(9), whole=as_whole)
            assert done.unchanged == done.rows
    assert everything(bare) == before
    with bare.sessions() as session:
        assert session.execute(select(EntityRow.code, EntityRow.row_version)).all() == versions


def test_a_change_moves_the_day_of_its_record_alone(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1))
    take(PERMITS, "permit", as_of=day(1))
    take(PERMITS.replace("2029-03-04", "2030-03-04"), "permit", as_of=day(7))
    take(REGISTRATIONS.replace("王五", "王七"), as_of=day(8))
    assert [p.as_of for p in shop(bare).permits] == [day(7), day(1)]
    assert shop(bare).licence.as_of == day(8)
    farm = entity(bare, FARM)
    assert farm is not None
    assert farm.licence.as_of == day(1)


def test_another_source_is_a_change(bare: Service, take: Import) -> None:
    """Else the first one's next whole list, which holds the record no more, would seem to speak for it."""
    take(REGISTRATIONS, as_of=day(1))
    take(PERMITS, "permit", as_of=day(1), whole=True)
    assert take(PERMITS, "permit", source=TOBACCO, as_of=day(3)).changed == 2
    assert {(p.source, p.as_of) for p in shop(bare).permits} == {(TOBACCO, day(3))}
    done = take(REGISTRATIONS, source="黑龙江省市场监督管理局", as_of=day(4), dry=True)
    assert next(one.what for one in done.examples) == f"来源：{OFFICE} → 黑龙江省市场监督管理局"


def test_what_was_known_before_any_import_gets_its_day_once(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1))
    untold = replace(shop(bare), licence=replace(shop(bare).licence, source="", as_of=None))
    desk.put_entities(bare, [untold])
    assert take(REGISTRATIONS, as_of=day(2)).changed == 1
    assert shop(bare).licence.as_of == day(2)
    assert take(REGISTRATIONS, as_of=day(3)).changed == 0


def test_undoing_and_repairing_leave_the_days_of_what_stands(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1))
    take(PENALTY, "penalty", as_of=day(2))
    changed = take(
        PENALTY.replace("过期", "变质") + f"{SHOP},另号,占道,警告,,2026-09-02,{OFFICE}\n", "penalty", as_of=day(9)
    )
    assert [r.as_of for r in shop(bare).credit] == [day(9), day(9)]
    undoing.undo(bare, changed.number)
    assert [r.as_of for r in shop(bare).credit] == [day(2)]
    take(REPAIR, "repair", as_of=day(10))
    assert not shop(bare).credit
    assert shop(bare).licence.as_of == day(1)


def test_whole_lists_that_stand_are_told_by_kind_and_source(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1))
    assert whole(bare) == {}
    take(REGISTRATIONS, as_of=day(2), whole=True)
    take(PENALTY, "penalty", source=TOBACCO, as_of=day(3), whole=True)
    newest = take(REGISTRATIONS, as_of=day(4), whole=True)
    take(REGISTRATIONS, as_of=day(6), whole=True, dry=True)
    assert whole(bare) == {("registration", OFFICE): day(4), ("penalty", TOBACCO): day(3)}
    undoing.undo(bare, newest.number)
    assert whole(bare)["registration", OFFICE] == day(2), "what was undone says nothing"


def test_nobody_speaks_for_a_registration_that_is_gone(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=day(1), whole=True)
    rows = REGISTRATIONS.splitlines(keepends=True)
    assert take("".join(rows[:-1]), as_of=day(5), whole=True).gone == 1
    farm = entity(bare, FARM)
    assert farm is not None
    assert (farm.licence.state, farm.licence.as_of) == (RegistrationState.UNKNOWN, None)
    take(REGISTRATIONS, as_of=day(6))
    farm = entity(bare, FARM)
    assert farm is not None
    assert (farm.licence.state, farm.licence.as_of) == (RegistrationState.ACTIVE, day(6))


def test_an_older_file_does_not_bring_back_what_a_whole_list_lacks(bare: Service, take: Import) -> None:
    """It would be shown as of the whole list's day, on which the source said it no more."""
    take(REGISTRATIONS, as_of=day(1))
    take(PENALTY, "penalty", as_of=day(2), whole=True)
    other = PENALTY.replace(SHOP, FIRM).replace("1号", "7号")
    assert take(other, "penalty", as_of=day(8), whole=True).gone == 1
    assert take(PENALTY, "penalty", as_of=day(7)).bad == 1
    assert not shop(bare).credit
    assert take(PENALTY, "penalty", source=TOBACCO, as_of=day(7)).new == 1, "another source may say it"
    assert take(PENALTY, "penalty", as_of=day(7)).bad == 1
    assert take(PENALTY, "penalty", as_of=day(8)).changed == 1


def test_a_whole_list_that_is_older_than_the_newest_is_refused(bare: Service, take: Import, tmp_path: Path) -> None:
    """It would take out what the newer one brought."""
    rows = REGISTRATIONS.splitlines(keepends=True)
    newer = take(REGISTRATIONS, as_of=day(8), whole=True)
    before = everything(bare)
    for dry in (True, False):
        with pytest.raises(OlderList, match="2026-11-08"):
            take("".join(rows[:-1]), as_of=day(7), whole=True, dry=dry, errors=tmp_path / "bad.csv")
    assert everything(bare) == before
    assert not (tmp_path / "bad.csv").exists()
    assert take("".join(rows[:-1]), source=TOBACCO, as_of=day(7), whole=True).gone == 0, "another source"
    corrected = take("".join(rows[:-1]), as_of=day(8), whole=True)
    assert corrected.gone == 1, "of the same day"
    undoing.undo(bare, corrected.number)
    undoing.undo(bare, newer.number)
    assert take("".join(rows[:-1]), as_of=day(7), whole=True).gone == 0, "the newer one was undone"


def test_a_whole_list_does_not_take_out_what_came_as_of_a_later_day(bare: Service, take: Import) -> None:
    rows = REGISTRATIONS.splitlines(keepends=True)
    take(REGISTRATIONS, as_of=day(1))
    take(rows[0] + rows[3], as_of=day(8))
    done = take("".join(rows[:2]), as_of=day(5), whole=True)
    assert done.gone == 1, "what was said on the first and is not in the list of the fifth"
    farm, firm = entity(bare, FARM), entity(bare, FIRM)
    assert farm is not None
    assert firm is not None
    assert farm.licence.state is RegistrationState.ACTIVE
    assert firm.licence.state is RegistrationState.UNKNOWN
