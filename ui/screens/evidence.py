"""取证: photos from the camera or a file, stored as they come and tied to the item at hand."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from cache.session import Session
from inspector import inspection as rules
from inspector.checklist import Item
from inspector.errors import InputProblem, Problem
from inspector.inspection import Photo
from ui import keys
from ui import visitwords as words
from ui.camera import Camera
from ui.desk import Desk
from ui.localtime import local
from ui.pictures import PictureBox
from ui.screens.screen import Screen
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.emptystate import EmptyState
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.scrolled import scrolled, stacked
from ui.widgets.text import text
from ui.widgets.thumbnail import Thumbnail
from ui.widgets.viewfinder import Viewfinder
from ui.work import run

COLUMNS = 2
MEDIA = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}
"""Kind of a picture by its first two bytes; the store checks the rest."""


class EvidenceScreen(Screen):
    """The camera is on while the officer is here. A photo is in the store before it is in the record."""

    name = "evidence"
    title = words.EVIDENCE

    def __init__(self, desk: Desk, pictures: PictureBox, camera: Camera) -> None:
        super().__init__()
        self._desk, self._pictures, self._camera = desk, pictures, camera
        self._item = ""
        self._here = False
        self._chosen = ""
        self.thumbnails: dict[str, Thumbnail] = {}
        self.finder = Viewfinder()
        self._trouble = EmptyState("camera", "")
        self._view = stacked(self.finder, self._trouble)
        self.shoot = KeyButton(words.SHOOT, keys.SHOOT, icon="camera_filled", primary=True)
        self.open = KeyButton(words.IMPORT, keys.IMPORT_PHOTO, icon="image_add")
        self.remove = KeyButton(words.DELETE_PHOTO, keys.DELETE_PHOTO, icon="delete")
        self.back = KeyButton(words.BACK, keys.BACK, icon="arrow_left")
        self.path, self.shows = Field(words.IMPORT, hint=words.IMPORT_HINT), Field(words.PHOTO_SHOWS)
        self.path.hide()
        self._facts = text("", "k", wrap=True)
        left = column(self._view, self.path, row(self.back, self.open, None, self.shoot))
        left.setStretch(0, 1)
        whole = row(left, self._list(), gap=Gap.LARGE, margins=(Gap.LARGE,) * 4, owner=self)
        whole.setStretch(0, 68)
        whole.setStretch(1, 32)
        self._connect()

    def enter(self, item: str = "", **_: Any) -> None:
        self._item = item if item in {i.id for i in self._items()} else ""
        visit = self._desk.inspection
        named = next((f"{i.id} {i.text}" for i in self._items() if i.id == self._item), visit.party.name)
        self.crumbed.emit(named)
        self._here = True
        self._chosen = ""
        self._view.setCurrentIndex(0)
        self._camera.start(self._desk.session.setting("camera"), reading=False)
        self.refresh()
        self.finder.setFocus()

    def leave(self) -> None:
        self._here = False
        self._camera.stop()
        self.path.hide()
        self._desk.flush()

    def refresh(self) -> None:
        """Show the photos of the inspection, the newest first."""
        if self._desk.empty or not self._here:
            return
        photos = self._desk.inspection.photos[::-1]
        if [p.sha256 for p in photos] != list(self.thumbnails):
            self._lay_out(photos)
        if self._chosen not in self.thumbnails:
            self._chosen = photos[0].sha256 if photos else ""
        for sha256, thumbnail in self.thumbnails.items():
            thumbnail.show_image(self._pictures.get(sha256))
            thumbnail.setChecked(sha256 == self._chosen)
        self._stack.setCurrentIndex(1 if photos else 0)
        self.remove.setEnabled(bool(photos))
        chosen = next((p for p in photos if p.sha256 == self._chosen), None)
        self._facts.setText(_facts(chosen) if chosen else "")

    def _items(self) -> tuple[Item, ...]:
        return rules.items_of(self._desk.inspection, self._desk.template)

    def _lay_out(self, photos: tuple[Photo, ...]) -> None:
        empty(self._grid)
        self.thumbnails = {}
        for place, photo in enumerate(photos):
            caption = words.PHOTO_CAPTION.format(at=local(photo.taken_at), mark=photo.sha256[:8])
            thumbnail = Thumbnail(caption, _facts(photo))
            thumbnail.setCheckable(True)
            thumbnail.clicked.connect(lambda _=False, sha256=photo.sha256: self._choose(sha256))
            self._grid.addWidget(thumbnail, place // COLUMNS, place % COLUMNS)
            self.thumbnails[photo.sha256] = thumbnail

    def _choose(self, sha256: str) -> None:
        self._chosen = sha256
        self.refresh()

    def _shot(self, data: bytes) -> None:
        if self._here:
            self._store(data, "camera")

    def _import(self) -> None:
        path = Path(self.path.value.strip().strip('"'))
        run(_read, path, done=lambda data: self._store(data, "file"), failed=self._not_read)

    def _not_read(self, problem: Problem) -> None:
        self.path.complain(problem.sentence)

    def _store(self, data: bytes, origin: str) -> None:
        kind = MEDIA.get(data[:2], "application/octet-stream")
        shows = self.shows.value.strip()
        visit = self._desk.inspection.event_id
        run(_add, self._desk.session, visit, data, kind, origin, shows, done=self._stored, failed=self.troubled.emit)

    def _stored(self, stored: tuple[str, Photo]) -> None:
        visit, photo = stored
        if self._desk.empty or self._desk.inspection.event_id != visit:
            return
        self.shows.edit.clear()
        self.path.edit.clear()
        self.path.hide()
        self._chosen = photo.sha256
        self._desk.change(rules.attach(self._desk.inspection, photo, self._item))
        self.said.emit(words.PHOTO_SAVED)

    def _remove(self) -> None:
        if self._chosen:
            self._desk.change(rules.detach(self._desk.inspection, self._chosen))
            self.said.emit(words.PHOTO_REMOVED)

    def _ask_path(self) -> None:
        self.path.complain("")
        self.path.setVisible(self.path.isHidden())
        (self.path.edit if self.path.isVisible() else self.finder).setFocus()

    def _no_camera(self, problem: Problem) -> None:
        if self._here:
            self._trouble.say(problem.sentence, problem.advice)
            self._view.setCurrentIndex(1)
            self.shoot.setEnabled(False)

    def _camera_works(self) -> None:
        self._view.setCurrentIndex(0)
        self.shoot.setEnabled(True)

    def _list(self) -> Card:
        card = Card(margins=(14, 12, 14, 12))
        page = QWidget()
        self._grid = QGridLayout()
        self._grid.setSpacing(Gap.MEDIUM)
        column(self._grid, None, owner=page)
        self._stack = stacked(EmptyState("image", words.NO_PHOTOS, words.NO_PHOTOS_HINT), scrolled(page))
        card.box.addWidget(self._stack, 1)
        card.box.addLayout(column(self._facts, self.shows, self.remove))
        return card

    def _connect(self) -> None:
        self.shoot.clicked.connect(self._camera.shoot)
        self.open.clicked.connect(self._ask_path)
        self.remove.clicked.connect(self._remove)
        self.back.clicked.connect(lambda: self.going.emit("inspect", {"item": self._item}))
        self.path.edit.returnPressed.connect(self._import)
        self._camera.framed.connect(self.finder.show_frame)
        self._camera.opened.connect(self._camera_works)
        self._camera.failed.connect(self._no_camera)
        self._camera.shot.connect(self._shot)
        self._desk.changed.connect(self.refresh)
        self._pictures.loaded.connect(self.refresh)


def _add(session: Session, visit: str, data: bytes, kind: str, origin: str, shows: str) -> tuple[str, Photo]:
    """Store a photo; ``visit`` comes back with it, so that it is tied to the inspection that it was taken for."""
    return visit, session.add_photo(data, kind, origin, shows)


def _facts(photo: Photo) -> str:
    how = words.CAPTURED if photo.origin == "camera" else words.IMPORTED
    at, mark = local(photo.taken_at), photo.sha256[:16]
    return words.PHOTO_FACTS.format(how=how, at=at, size=photo.size, mark=mark)


def _read(path: Path) -> bytes:
    """The bytes of a file that the officer named. Raises InputProblem; the store judges what is in them."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputProblem(words.NOT_A_FILE) from error
