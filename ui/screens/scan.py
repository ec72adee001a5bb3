"""核验: a code comes in (camera, picture, clipboard, keyboard, scanner gun), a verdict goes out."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from cache.session import Checked, Hit, Session
from inspector.errors import InputProblem, Problem, UnreadablePicture
from inspector.scan.reading import Reading
from inspector.verdict import Means
from ui import cardwords, keys, words
from ui.binding import Binding
from ui.camera import Camera
from ui.lenses import Lenses
from ui.recall import Recall
from ui.screens.screen import Screen
from ui.sound import Sound
from ui.stills import Stills
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.finder import Finder
from ui.widgets.keybutton import KeyButton
from ui.widgets.leadpanel import LeadPanel
from ui.widgets.lookup import Lookup
from ui.widgets.result import ResultPane
from ui.widgets.viewfinder import Outline, label_of
from ui.work import run


class ScanScreen(Screen):
    """Goes on to ``start`` with what was checked."""

    name = "scan"
    title = words.SCAN

    def __init__(self, session: Session, camera: Camera, sound: Sound) -> None:
        super().__init__()
        self._session, self._camera, self._sound = session, camera, sound
        self._here = False
        self._looking = False  # for a code: frames still on their way after the first reading are not judged again
        self._readings: Sequence[Reading] = ()
        self._hits: Sequence[Hit] = ()
        self._data, self._means, self._number = b"", Means.SCANNED, 0
        self._answered: bool | None = None
        self.checked: Checked | None = None
        self.finder, self.lookup, self.result = Finder(), Lookup(), ResultPane()
        self.lead_panel, self.binding = LeadPanel(), Binding(session)
        self.stills, self._lenses = Stills(self), Lenses(session, camera, self.finder, self)
        self._recall = Recall(session, self.lookup)
        self.rescan = KeyButton(words.RESCAN, keys.RESCAN, icon="scan_dash")
        self.lead = KeyButton(words.LEAD, keys.LEAD, icon="note_add")
        self.details = KeyButton(cardwords.DETAILS, keys.DETAILS, icon="document_text")
        self.start = KeyButton(words.START, keys.START, icon="clipboard_task_filled", primary=True)
        self._build()
        self._connect()
        self._show_buttons()

    @property
    def scanning(self) -> bool:
        """Whether the camera is on for this screen."""
        return self._here and self._camera.on

    def enter(self, data: bytes = b"", code: str = "", typing: bool = False) -> None:  # type: ignore[override]
        """``data`` comes from a scanner gun, ``code`` from a list; ``typing`` puts the cursor into the field."""
        self._here = True
        self._recall.refresh()
        self._lenses.recall()
        if data:
            self._check(data, Means.SCANNED)
        elif code:
            self._check(code.encode(), Means.SEARCHED)
        elif self.checked is None:
            self.scan()
        if typing:
            self.lookup.field.setFocus()
            self.lookup.field.selectAll()

    def leave(self) -> None:
        """The camera is off when nobody scans."""
        self._here = False
        self._camera.stop()
        self._lenses.darken()

    def scan(self) -> None:
        """Look for a code anew."""
        self.checked, self._answered, self._readings, self._looking = None, None, (), True
        self._number += 1
        self.finder.show_outlines(())
        self._lenses.reset()
        self.lookup.clear()
        self.result.show_ready()
        self.lead_panel.hide()
        self._show_buttons()
        self.setFocus()
        run(self._session.setting, "camera", done=self._open_camera)

    def _open_camera(self, source: str) -> None:
        if self._here and self._looking:
            self.finder.show_hint(words.CAMERA_OPENING)
            self._camera.start(source)

    # -- what comes in

    def _decoded(self, readings: list[Reading]) -> None:
        if not self._here or not self._looking:
            return
        self._looking = False
        self._camera.stop()
        self._readings = readings
        self.finder.show_hint("")
        self.finder.show_outlines([Outline(r.corners, label_of(r)) for r in readings])
        if len({r.data for r in readings}) > 1:
            title = words.CHOOSE_CODE.format(count=len(readings))
            self.result.choice.show_choices(title, [(label_of(r), r.symbology) for r in readings])
            self.result.setCurrentWidget(self.result.choice)
            self.result.choice.buttons[0].setFocus()
        else:
            self._check(readings[0].data, Means.SCANNED)

    def _chosen(self, number: int) -> None:
        """One of several codes in the picture, or of several entities in a code."""
        if self._hits:
            self._check(self._hits[number].code.encode(), Means.SEARCHED)
        elif number < len(self._readings):
            self._check(self._readings[number].data, Means.SCANNED)

    def _check(self, data: bytes, means: Means, differs: bool = False) -> None:
        self._camera.stop()
        self._looking = False
        self._data, self._means, self._hits = data, means, ()
        self.finder.show_hint("")
        if not differs:
            self._answered = None
            self.result.show_checking()
        self._number += 1
        judged = partial(self._judged, self._number)
        run(self._session.check, data, means, differs, done=judged, failed=self._not_judged)

    def _judged(self, number: int, checked: Checked) -> None:
        if not self._here or number != self._number:
            return  # a newer code has come in: an older answer must not take its place
        self.checked = checked
        self._show_buttons()
        self.lookup.clear()
        if len(checked.candidates) > 1 or (checked.candidates and checked.entity is None):
            self._hits = checked.candidates
            self.result.choice.show_hits(checked.candidates, checked.verdict.reasons[0].text)
            self.result.setCurrentWidget(self.result.choice)
            self.result.choice.buttons[0].setFocus()
        else:
            self._sound.play(checked.verdict.colour)
            self.result.show_verdict(checked, self._answered)
            self.start.setFocus()
        self._label_outlines(checked)
        self._recall.refresh()

    def _not_judged(self, problem: Problem) -> None:
        self.result.show_ready()
        self.finder.show_hint(words.CAMERA_OFF)
        self.troubled.emit(problem)

    def _differs(self, differs: bool) -> None:
        """The officer's answer about the site is kept in the journal; a difference is judged anew."""
        if self.checked is None:
            return
        self._answered = not differs
        told = partial(self._site_told, differs, self._number)
        run(self._session.confirm_site, self.checked, not differs, done=told, failed=self.troubled.emit)

    def _site_told(self, differs: bool, number: int, _: None) -> None:
        if number != self._number or self.checked is None:
            return
        if differs:
            self._check(self._data, self._means, differs)
        else:
            self.result.show_verdict(self.checked, True)

    def _label_outlines(self, checked: Checked) -> None:
        if self._data not in {r.data for r in self._readings}:
            # What is judged is not what the picture shows: nothing in it may look as if it were.
            self._readings = ()
            self.finder.show_outlines(())
        elif len(self._readings) == 1:
            label = words.READ_AS.format(what=checked.payload.kind.label)
            self.finder.show_outlines([Outline(self._readings[0].corners, label)])

    # -- the camera and its buttons

    def _hinted(self, hint: str) -> None:
        if self._here and self._looking:
            self.finder.show_hint(hint or words.SCANNING)

    def _camera_failed(self, problem: Problem) -> None:
        """No camera: the code field takes the whole pane, and the camera is tried again behind it."""
        if not self._here:
            return
        if isinstance(problem, UnreadablePicture):
            self.result.show_ready()
            self.troubled.emit(problem)
        elif self._camera.on:
            self.troubled.emit(problem)
            self.finder.hide()
            self.lookup.field.setFocus()

    def _camera_works(self, name: str) -> None:
        self.finder.show()

    def _found_nothing(self, hint: str) -> None:
        if self._here:
            self.result.show_ready()
            self.finder.show_hint(hint if self._camera.on else words.CAMERA_OFF)
            self.troubled.emit(InputProblem(words.NO_CODE, hint or words.NO_CODE_HINT))

    def _shine(self, on: bool) -> None:
        """White light instead of the pane, while there is nothing to show in it."""
        if self.checked is None:
            self.result.show_light(on)
        else:
            self._lenses.darken()

    def _read_picture(self, data: bytes) -> None:
        self._start_still()
        self._camera.read_picture(data)

    def _start_still(self) -> None:
        self.checked, self._readings, self._looking = None, (), True
        self._camera.stop()
        self.finder.show()
        self.finder.show_outlines(())
        self.result.show_checking()
        self._show_buttons()

    # -- what comes next

    def _begin(self) -> None:
        if self.checked is not None:
            self.going.emit("start", {"checked": self.checked})

    def _save_lead(self, words_: str) -> None:
        run(self._session.lead, self.checked, words_, done=self._lead_saved, failed=self.troubled.emit)

    def _lead_saved(self, _: Any) -> None:
        self.lead_panel.hide()
        self.said.emit(words.LEAD_SAVED)

    def _show_buttons(self) -> None:
        self.start.setEnabled(self.checked is not None)
        self.details.setEnabled(self.checked is not None and self.checked.entity is not None)
        self.binding.offer(self.checked)

    def _build(self) -> None:
        left = column(self.finder, self.lookup)
        left.setStretch(0, 58)
        left.setStretch(1, 42)
        foot = row(self.rescan, self.lead, self.details, None, self.start, gap=Gap.MEDIUM)
        right = column(self.result, self.lead_panel, self.binding.panel, row(None, self.binding.button))
        right.setStretch(0, 1)
        right.addLayout(foot)
        sides: list[QWidget] = []
        for side in (left, right):
            holder = QWidget()
            holder.setLayout(side)
            sides.append(holder)
        box = row(*sides, gap=Gap.LARGE, margins=(Gap.LARGE, 12, Gap.LARGE, 12), owner=self)
        box.setStretch(0, 37)
        box.setStretch(1, 63)

    def _connect(self) -> None:
        camera = self._camera
        camera.framed.connect(self.finder.show_frame)
        camera.decoded.connect(self._decoded)
        camera.hinted.connect(self._hinted)
        camera.failed.connect(self._camera_failed)
        camera.opened.connect(self._camera_works)
        camera.nothing.connect(self._found_nothing)
        self._lenses.white.connect(self._shine)
        self.finder.pressed.connect(lambda name, _: self.stills.open_picture(self) if name == "picture" else None)
        self.finder.picked.connect(self._chosen)
        self.result.choice.picked.connect(self._chosen)
        self.result.verdict.entity.differs.connect(self._differs)
        self.result.verdict.entity.copied.connect(lambda: self.said.emit(words.COPIED))
        self.lookup.entered.connect(lambda text: self._check(text.encode(), Means.TYPED))
        self._recall.troubled.connect(self.troubled)
        self.lookup.picked.connect(lambda code: self._check(code.encode(), Means.SEARCHED))
        self.rescan.clicked.connect(self.scan)
        self.lead.clicked.connect(self.lead_panel.open)
        self.lead_panel.written.connect(self._save_lead)
        self.binding.bound.connect(lambda: self._check(self._data, self._means))
        self.binding.said.connect(self.said)
        self.binding.troubled.connect(self.troubled)
        self.start.clicked.connect(self._begin)
        self.details.clicked.connect(lambda: self.going.emit("card", {"checked": self.checked}))
        self.stills.came.connect(self._read_picture)
        self.stills.written.connect(lambda text: self._check(text.encode(), Means.TYPED))
        self.stills.failed.connect(self.troubled)
        keys.bind(keys.OPEN_PICTURE, self, lambda: self.stills.open_picture(self))
        keys.bind(keys.PASTE_PICTURE, self, self.stills.paste)
