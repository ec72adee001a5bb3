"""Photos: in the store before they are in the record, never called captured when they were imported."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inspector import inspection as rules
from inspector.errors import NoCamera, StoreFull
from inspector.scan.frames import encode_jpeg
from tests.ui.fake_session import inspection
from tests.ui.visit_stage import PATIENCE, VisitStage
from ui import visitwords as words


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[VisitStage]:
    with VisitStage(qtbot) as made:
        made.open(inspection())
        made.go("inspect", item="2.1")
        made.press("P")
        qtbot.waitUntil(lambda: not made.evidence.finder.image.isNull(), timeout=PATIENCE)
        yield made


def shoot(stage: VisitStage) -> None:
    before = len(stage.visit.photos)
    stage.press("Space")
    stage.qtbot.waitUntil(lambda: len(stage.visit.photos) > before, timeout=PATIENCE)


def jpeg(shade: int) -> bytes:
    return encode_jpeg(np.full((60, 80, 3), shade, np.uint8))


def import_file(stage: VisitStage, path: Path | str) -> None:
    stage.press("Ctrl+O")
    stage.evidence.path.edit.clear()
    stage.write(str(path))
    stage.press("Return")


def test_space_takes_a_photo_for_the_item_at_hand(stage: VisitStage) -> None:
    shoot(stage)
    (photo,) = stage.visit.photos
    assert photo.origin == "camera"
    assert photo.taken_by == stage.session.officer.name
    assert stage.session.pictures[photo.sha256].startswith(b"\xff\xd8")
    assert rules.answer_to(stage.visit, "2.1").photos == (photo.sha256,)
    stage.press("Esc")
    assert stage.window.current == "inspect"
    assert stage.inspect.current == "2.1"
    assert not stage.camera.on


def test_an_imported_file_keeps_its_bytes_and_its_origin(stage: VisitStage, tmp_path: Path) -> None:
    path = tmp_path / "现场.jpg"
    path.write_bytes(jpeg(90))
    import_file(stage, path)
    (photo,) = stage.visit.photos
    assert photo.origin == "file"
    assert stage.session.pictures[photo.sha256] == path.read_bytes()
    assert words.IMPORTED in next(iter(stage.evidence.thumbnails.values())).accessibleName()


def test_a_path_that_is_no_file_is_said_at_the_field(stage: VisitStage, tmp_path: Path) -> None:
    import_file(stage, tmp_path / "没有.jpg")
    assert stage.evidence.path.edit.accessibleDescription() == words.NOT_A_FILE
    assert stage.visit.photos == ()


def test_delete_takes_the_photo_out_of_the_record_only(stage: VisitStage) -> None:
    shoot(stage)
    stage.press("Del")
    assert stage.visit.photos == ()
    assert rules.answer_to(stage.visit, "2.1").photos == ()
    assert len(stage.session.pictures) == 1
    assert stage.window.strip.words == words.PHOTO_REMOVED
    stage.desk.undo()
    assert len(stage.visit.photos) == 1
    assert rules.answer_to(stage.visit, "2.1").photos == (stage.visit.photos[0].sha256,)


def test_no_room_on_the_disk_is_a_sentence_and_no_photo(stage: VisitStage) -> None:
    stage.session.fail["add_photo"] = StoreFull()
    stage.press("Space")
    stage.qtbot.waitUntil(lambda: StoreFull.sentence in stage.window.strip.words, timeout=PATIENCE)
    assert stage.visit.photos == ()


def test_a_photo_that_comes_late_is_not_tied_to_another_visit(stage: VisitStage) -> None:
    other = inspection(number=2)
    stage.session.stored[other.event_id] = other
    stage.evidence._stored(("event-2", stage.session.add_photo(jpeg(1), "image/jpeg", "camera", "")))
    assert stage.visit.photos == ()


def test_without_a_camera_files_can_still_be_imported(qtbot: QtBot, tmp_path: Path) -> None:
    class Gone:
        name = "没有"

        def open(self) -> None:
            raise NoCamera

        def read(self) -> None:
            return None

        def close(self) -> None:
            pass

    with VisitStage(qtbot, lambda _: Gone()) as stage:
        stage.open(inspection())
        stage.go("evidence")
        qtbot.waitUntil(lambda: not stage.evidence.shoot.isEnabled(), timeout=PATIENCE)
        path = tmp_path / "a.jpg"
        path.write_bytes(jpeg(50))
        import_file(stage, path)
        assert len(stage.visit.photos) == 1


def test_the_newest_photo_is_at_hand_and_shown_small(stage: VisitStage, tmp_path: Path) -> None:
    for shade in (10, 200):
        (tmp_path / "a.jpg").write_bytes(jpeg(shade))
        import_file(stage, tmp_path / "a.jpg")
    thumbnails = stage.evidence.thumbnails
    newest = stage.visit.photos[-1].sha256
    assert next(iter(thumbnails)) == newest
    assert thumbnails[newest].isChecked()
    assert newest[:16] in thumbnails[newest].accessibleName()
    stage.go("inspect", item="2.1")
    assert len(stage.inspect.panel.thumbnails) == 2
