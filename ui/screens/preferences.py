"""设置: size, theme, camera, sound, automatic sync, password, licences. Each choice works and is kept at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from cache.session import RegisterState, Session
from inspector.errors import Problem
from ui import keys, visitwords, words
from ui.problem import in_words
from ui.screens.screen import Screen
from ui.sound import Sound
from ui.style import look
from ui.theme import THEMES, Gap, Look, Scale
from ui.widgets.addofficer import Add, AddOfficer
from ui.widgets.boxes import column, row
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.keybutton import KeyButton
from ui.widgets.options import Line, Options
from ui.widgets.scrolled import scrolled
from ui.widgets.segmented import Choice, Segmented
from ui.widgets.text import text
from ui.work import run

_SETTINGS = ("theme", "size", "sound", "sync_automatic", "photos_automatic", "camera", "second_copy")


class PreferencesScreen(Screen):
    """``dressed`` asks the window to wear a look."""

    name = "settings"
    title = words.SETTINGS
    dressed = Signal(object)

    def __init__(self, session: Session, sound: Sound, now: Callable[[], datetime], add_officer: Add) -> None:
        super().__init__()
        self._session, self._sound, self._now = session, sound, now
        self._data = text("", "v", wrap=True)
        self._values: dict[str, str] = {}
        self.text_size = Segmented([_choice(s.value, s.label) for s in Scale], words.TEXT_SIZE)
        self.theme = Segmented([_choice(t.name, t.label) for t in THEMES.values()], words.THEME)
        self.sound, self.automatic = _switch(words.SOUND), _switch(words.SYNC_SELF)
        self.photos = _switch(words.PHOTOS_SELF)
        self.second = Field(words.SECOND_PLACE, hint=words.SECOND_HINT)
        self.second_keep = QPushButton(words.SECOND_KEEP)
        self.cameras = Options()
        self.look_for = QPushButton(words.CAMERA_LOOK)
        self.old, self.new = Field(words.OLD_PASSWORD, secret=True), Field(words.NEW_PASSWORD, secret=True)
        self.repeat = Field(words.REPEAT_PASSWORD, secret=True)
        self.change = QPushButton(words.CHANGE_PASSWORD)
        self.officer = AddOfficer(add_officer)
        self.back = KeyButton(visitwords.BACK, keys.BACK, icon="arrow_left", primary=True)
        self._build()
        self.text_size.chosen.connect(lambda value: self._keep("size", value))
        self.theme.chosen.connect(lambda value: self._keep("theme", value))
        self.sound.chosen.connect(lambda value: self._keep("sound", value))
        self.automatic.chosen.connect(lambda value: self._keep("sync_automatic", value))
        self.photos.chosen.connect(lambda value: self._keep("photos_automatic", value))
        self.cameras.chosen.connect(lambda value: self._keep("camera", value))
        self.second_keep.clicked.connect(self._keep_second)
        self.look_for.clicked.connect(self._find_cameras)
        self.change.clicked.connect(self._change_password)
        self.officer.added.connect(self.said)
        self.back.clicked.connect(lambda: self.going.emit("today", {}))

    def enter(self, **_: Any) -> None:
        run(self._read, done=self._show, failed=self.troubled.emit)
        run(self._session.register, done=self._show_register, failed=self.troubled.emit)

    def leave(self) -> None:
        self.officer.clear()
        for field in (self.old, self.new, self.repeat):
            field.edit.clear()
            field.complain("")

    def _read(self) -> dict[str, str]:
        return {name: self._session.setting(name) for name in _SETTINGS}

    def _show(self, values: dict[str, str]) -> None:
        self._values = values
        self.text_size.show_value(look().scale.value)
        self.theme.show_value(look().theme.name)
        self.sound.show_value("on" if self._sound.on else "off")
        self.automatic.show_value(values["sync_automatic"])
        self.photos.show_value(values["photos_automatic"])
        self.second.edit.setText(values["second_copy"])
        self._show_cameras([])

    def _show_register(self, state: RegisterState) -> None:
        self._data.setText(words.data_line(state, self._now()))

    def _keep(self, name: str, value: str) -> None:
        self._values[name] = value
        if name == "sound":
            self._sound.on = value == "on"
        if name in ("size", "theme"):
            scale = Scale(value) if name == "size" else look().scale
            theme = THEMES[value] if name == "theme" else look().theme
            self.dressed.emit(Look(theme, scale))
        run(self._session.set_setting, name, value, failed=self.troubled.emit)
        if name != "camera":
            self._show(self._values)

    def _keep_second(self) -> None:
        place = self.second.value.strip()
        if place and not Path(place).is_absolute():
            self.second.complain(words.STICK_WHERE)
            return
        self.second.complain("")
        self._values["second_copy"] = place
        said = words.SECOND_KEPT if place else words.SECOND_OFF
        run(
            self._session.set_setting,
            "second_copy",
            place,
            done=lambda _: self.said.emit(said),
            failed=lambda problem: self.second.complain(in_words(problem)),
        )

    def _find_cameras(self) -> None:
        self.look_for.setText(words.CAMERA_LOOKING)
        self.look_for.setEnabled(False)
        run(_cameras, done=self._show_cameras, failed=self.troubled.emit)

    def _show_cameras(self, found: list[tuple[str, str]]) -> None:
        self.look_for.setText(words.CAMERA_LOOK)
        self.look_for.setEnabled(True)
        chosen = self._values.get("camera", "")
        if chosen and chosen not in dict(found):
            found = [*found, (chosen, chosen)]
        lines = [Line("", words.CAMERA_FIRST), *(Line(id_, name) for id_, name in found)]
        self.cameras.show_lines(lines, chosen)

    def _change_password(self) -> None:
        if self.new.value != self.repeat.value:
            self.repeat.complain(words.NOT_THE_SAME)
            return
        self.repeat.complain("")
        self.change.setEnabled(False)
        run(self._session.change_password, self.old.value, self.new.value, done=self._changed, failed=self._unchanged)

    def _changed(self, _: None) -> None:
        self.change.setEnabled(True)
        self.leave()
        self.said.emit(words.PASSWORD_CHANGED)

    def _unchanged(self, problem: Problem) -> None:
        self.change.setEnabled(True)
        self.new.complain(in_words(problem))

    def _build(self) -> None:
        looks = Card(margins=(20, 14, 20, 16), gap=Gap.LARGE)
        lines = QGridLayout()
        lines.setVerticalSpacing(Gap.LARGE)
        lines.setHorizontalSpacing(Gap.HUGE)
        choices = (
            (words.TEXT_SIZE, self.text_size),
            (words.THEME, self.theme),
            (words.SOUND, self.sound),
            (words.SYNC_SELF, self.automatic),
            (words.PHOTOS_SELF, self.photos),
        )
        for number, (label, control) in enumerate(choices):
            lines.addWidget(text(label, "v"), number, 0)
            lines.addWidget(control, number, 1)
        lines.setColumnStretch(1, 1)
        looks.box.addLayout(lines)
        camera = Card(margins=(20, 14, 20, 16))
        camera.box.addLayout(row(text(words.CAMERA, "h2"), None, self.look_for))
        camera.box.addWidget(self.cameras)
        secret = Card(margins=(20, 14, 20, 16))
        secret.box.addWidget(text(words.CHANGE_PASSWORD, "h2"))
        for field in (self.old, self.new, self.repeat):
            secret.box.addWidget(field)
        secret.box.addLayout(row(None, self.change))
        licences = Card(margins=(20, 14, 20, 16))
        licences.box.addWidget(text(words.LICENCES, "h2"))
        licences.box.addWidget(text(words.LICENCES_TEXT, "k", wrap=True))
        second = Card(margins=(20, 14, 20, 16))
        second.box.addWidget(text(words.SECOND, "h2"))
        second.box.addWidget(self.second)
        second.box.addLayout(row(None, self.second_keep))
        data = Card(margins=(20, 14, 20, 16))
        data.box.addWidget(text(words.DATA, "h2"))
        data.box.addWidget(self._data)
        left, right = column(looks, camera, data, licences, None), column(secret, self.officer, second, None)
        page = QWidget()
        both = row(gap=Gap.MEDIUM, owner=page)
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        box = column(scrolled(page), margins=(Gap.LARGE, 12, Gap.LARGE, 12), owner=self)
        box.setStretch(0, 1)
        box.addLayout(row(None, self.back))


def _choice(value: str, label: str) -> Choice:
    return Choice(value, label, "brand", "checkmark")


def _switch(name: str) -> Segmented:
    return Segmented([_choice("on", words.SWITCH_ON), _choice("off", words.SWITCH_OFF)], name)


def _cameras() -> list[tuple[str, str]]:
    from inspector.scan.frames import list_cameras

    return [(camera.id, camera.name) for camera in list_cameras()]
