"""As of which day a source says something: its own day, a newer whole list's, or none."""

from dataclasses import replace
from datetime import date, timedelta

from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.provenance import NO_WHOLE_LISTS, Origin, as_of, origins

TODAY = date(2026, 11, 20)
OFFICE, TOBACCO = "黑河市市场监督管理局", "黑河市烟草专卖局"


def day(of_november: int) -> date:
    return date(2026, 11, of_november)


def record(kind: CreditKind, own: date, told: date | None, source: str = OFFICE, **more: date) -> CreditRecord:
    return CreditRecord(kind, "某事", "", OFFICE, source, own, as_of=told, **more)


LICENCE = Licence("某店", "", "", "", "", OFFICE, None, RegistrationState.ACTIVE, source=OFFICE, as_of=day(1))
PERMIT = Permit("烟草专卖零售许可证", "1", TOBACCO, "", date(2025, 3, 1), None, None, source=TOBACCO, as_of=day(2))
SHOP = Entity("92231102MA1Y000189", SubjectKind.INDIVIDUAL, LICENCE, (PERMIT,))


def test_a_newer_whole_list_of_the_same_kind_and_source_counts() -> None:
    for whole_lists, known in (
        ({}, day(1)),
        ({("registration", OFFICE): day(9)}, day(9)),
        ({("registration", OFFICE): date(2026, 10, 1)}, day(1)),
        ({("registration", TOBACCO): day(9), ("permit", OFFICE): day(9)}, day(1)),
    ):
        assert as_of("registration", LICENCE, whole_lists) == known


def test_no_whole_list_speaks_for_what_no_import_stated() -> None:
    untold = replace(LICENCE, as_of=None)
    assert as_of("registration", untold, {("registration", OFFICE): day(9)}) is None


def test_sections_and_sources_each_have_their_line() -> None:
    shop = replace(
        SHOP,
        credit=(
            record(CreditKind.COMMITMENT, date(2026, 3, 1), day(5)),
            record(CreditKind.PENALTY, date(2026, 8, 1), day(4)),
            record(CreditKind.PENALTY, date(2026, 9, 1), day(6)),
            record(CreditKind.PENALTY, date(2026, 7, 1), day(3), TOBACCO),
        ),
    )
    assert origins(shop, {("commitment", OFFICE): day(8)}, TODAY) == (
        Origin("registration", OFFICE, (day(1), day(1)), None),
        Origin("permit", TOBACCO, (day(2), day(2)), date(2025, 3, 1)),
        Origin("penalty", OFFICE, (day(4), day(6)), date(2026, 9, 1)),
        Origin("penalty", TOBACCO, (day(3), day(3)), date(2026, 7, 1)),
        Origin("commitment", OFFICE, (day(8), day(8)), date(2026, 3, 1)),
    )


def test_one_record_of_unknown_day_leaves_its_line_unknown() -> None:
    shop = replace(SHOP, credit=(record(CreditKind.PENALTY, day(1), day(4)), record(CreditKind.PENALTY, day(2), None)))
    assert origins(shop, {("penalty", OFFICE): day(9)}, TODAY)[-1] == Origin("penalty", OFFICE, None, day(2))


def test_what_may_not_be_shown_is_not_known_by_its_source_either() -> None:
    shop = replace(
        SHOP,
        credit=(
            record(CreditKind.SERIOUS, day(1), day(4), repaired=day(5)),
            record(CreditKind.PENALTY, day(1), day(4), publish_until=TODAY - timedelta(1)),
        ),
    )
    assert origins(shop, NO_WHOLE_LISTS, TODAY) == origins(SHOP, NO_WHOLE_LISTS, TODAY)
