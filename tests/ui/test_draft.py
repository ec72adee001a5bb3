"""The draft: undo, what is unsaved, and that an older value never overtakes a newer one."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspector.inspection import Photo
from tests.ui.fake_session import MORNING, inspection
from ui.draft import DEPTH, Draft


def photo(n: int) -> Photo:
    return Photo(f"{n:064x}", 10, "image/jpeg", MORNING, "camera")


def test_a_change_can_be_undone() -> None:
    first = inspection()
    draft = Draft(first)
    assert draft.change(replace(first, situation="一"))
    assert draft.change(replace(first, measures="二"))
    assert draft.undo()
    assert draft.inspection.situation == "一"
    assert not draft.inspection.measures
    assert draft.undo()
    assert draft.inspection == first
    assert not draft.undo()
    assert not draft.can_undo


def test_typing_into_one_field_is_one_step() -> None:
    first = inspection()
    draft = Draft(first)
    for text in ("店", "店内", "店内整"):
        draft.change(replace(draft.inspection, situation=text), typing="situation")
    draft.change(replace(draft.inspection, measures="无"), typing="measures")
    assert draft.undo()
    assert draft.inspection.situation == "店内整"
    assert draft.undo()
    assert draft.inspection == first


def test_walking_is_kept_and_not_undone() -> None:
    draft = Draft(inspection())
    draft.move(replace(draft.inspection, current_item="2.3"))
    assert draft.unsaved
    assert not draft.can_undo


def test_nothing_is_undone_past_a_signature() -> None:
    draft = Draft(inspection())
    draft.change(replace(draft.inspection, situation="一"))
    draft.settle(replace(draft.inspection, measures="签后"))
    assert not draft.can_undo


def test_a_photo_stays_noted_when_the_step_that_took_it_is_undone() -> None:
    draft = Draft(inspection())
    draft.change(replace(draft.inspection, photos=(photo(1),)))
    draft.undo()
    assert draft.inspection.photos == (photo(1),)


def test_one_save_at_a_time_and_the_newest_last() -> None:
    draft = Draft(inspection())
    assert draft.take() is None
    draft.change(replace(draft.inspection, situation="一"))
    first = draft.take()
    draft.change(replace(draft.inspection, situation="二"))
    assert draft.take() is None
    draft.saved(MORNING)
    assert first is not None
    assert first.situation == "一"
    assert draft.unsaved
    second = draft.take()
    assert second is not None
    assert second.situation == "二"
    draft.saved(MORNING + timedelta(seconds=1))
    assert not draft.unsaved
    assert draft.take() is None


def test_what_was_not_written_stays_unsaved() -> None:
    draft = Draft(inspection())
    draft.change(replace(draft.inspection, situation="一"))
    draft.take()
    draft.failed()
    assert draft.unsaved
    assert draft.take() is draft.inspection


@given(st.lists(st.sampled_from(["change", "undo", "take", "saved", "failed"]), max_size=60))
def test_whatever_happens_the_last_value_is_saved_or_unsaved(steps: list[str]) -> None:
    draft = Draft(inspection())
    stored, writing = draft.inspection, None
    for count, step in enumerate(steps):
        if step == "change":
            draft.change(replace(draft.inspection, situation=str(count)))
        elif step == "undo":
            draft.undo()
        elif step == "take":
            value = draft.take()
            assert value is None or writing is None
            writing = value or writing
        elif writing is not None:
            if step == "saved":
                draft.saved(MORNING)
                stored = writing
            else:
                draft.failed()
            writing = None
        assert draft.unsaved == (draft.inspection is not stored)


def test_the_past_is_bounded() -> None:
    draft = Draft(inspection())
    for n in range(DEPTH + 50):
        draft.change(replace(draft.inspection, situation=str(n)))
    undone = sum(iter(draft.undo, False))
    assert undone == DEPTH
