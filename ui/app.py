"""The program put together: the one place where the laptop, the threads and the window are made, and joined again."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from cache.clock import Clock, SystemClock
from cache.laptop import Laptop
from cache.session import Session
from inspector.hosts import HostRules
from inspector.payload import PayloadKind, parse
from ui.camera import Camera
from ui.desk import Desk
from ui.looking import MakeSource
from ui.network import Network
from ui.pictures import PictureBox
from ui.screens.card import CardScreen
from ui.screens.enrol import EnrolScreen
from ui.screens.evidence import EvidenceScreen
from ui.screens.history import HistoryScreen
from ui.screens.inspect import InspectScreen
from ui.screens.notice import NoticeScreen
from ui.screens.preferences import PreferencesScreen
from ui.screens.recover import RecoverScreen
from ui.screens.review import ReviewScreen
from ui.screens.scan import ScanScreen
from ui.screens.screen import Screen
from ui.screens.sign import SignScreen
from ui.screens.start import StartScreen
from ui.screens.sync import SyncScreen
from ui.screens.today import TodayScreen
from ui.screens.unlock import UnlockScreen
from ui.screens.wiped import WipedScreen
from ui.sleep import Sleep
from ui.sound import Sound
from ui.style import wear
from ui.syncing import Syncing
from ui.theme import Look
from ui.window import MakeScreen, Window
from ui.work import Worker, run


def prepare(app: QApplication) -> None:
    """Language and look that every window starts with."""
    app.setApplicationName("码上查")
    translator = QTranslator(app)
    if translator.load(QLocale(QLocale.Language.Chinese), "qtbase", "_", _translations()):
        app.installTranslator(translator)
    wear(Look())


def _translations() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)


def _is_signed(data: bytes) -> bool:
    """Whether one reading is enough: a signature proves what error correction can only suggest."""
    return parse(data, HostRules()).kind is PayloadKind.SIGNED


class _Once:
    """Calls a function the first time only, whatever it is called with."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def __call__(self, *_: object) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class Application(QObject):
    """Use as a context manager on the UI thread; leaving it joins every thread and closes every file."""

    def __init__(self, folder: Path, make_source: MakeSource | None = None, clock: Clock | None = None) -> None:
        """``make_source`` replaces the system's cameras. Raises InUse, VaultDamaged, CipherMissing."""
        super().__init__()
        self.clock = clock or SystemClock()
        self.laptop = Laptop(folder, self.clock)
        self.worker = Worker()
        self.worker.__enter__()
        self.sound = Sound()
        self.camera = Camera(make_source, _is_signed)
        self.network = Network()
        self.syncing = Syncing(self.clock.now, lambda: self.network.metered)
        self.network.better.connect(self.syncing.ask)
        self.window = Window(self.sound, self.clock.now)
        self.session: Session | None = None
        self.desk: Desk | None = None
        self._locked = threading.Event()
        self._locked.set()
        self.worker.troubled.connect(self.window.trouble)
        self.syncing.finished.connect(self._synced)
        self.window.locking.connect(lambda: self.lock())
        self.sleep = Sleep()
        self.sleep.coming.connect(lambda: self.lock())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.applicationStateChanged.connect(self._state_changed)

    def __enter__(self) -> "Application":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def show(self) -> None:
        """Show the window at its door: enrolment at the first start, else unlocking."""
        self._show_door()
        self.window.show()

    def lock(self, before: Callable[[Session], None] = lambda _: None) -> None:
        """Save what is on the desk, then forget the keys; the door is shown at once.

        ``before`` is done off the UI thread before the keys are forgotten; the door is shown anew after it.
        """
        session, desk = self.session, self.desk
        if session is None or desk is None:
            return
        self.session = self.desk = None
        self._locked.clear()
        forgetting = _Once(lambda: run(self._forget, session, before, done=self._forgotten))
        # A disk that is full must not keep the laptop open: what was saved a second ago is what stays.
        desk.failed.connect(forgetting)
        desk.flush(forgetting)
        self._show_door()

    def close(self) -> None:
        """End everything in the order in which it depends on each other. Harmless when done twice."""
        self.sleep.close()
        self.network.close()
        self.camera.close()
        self.syncing.stop()
        # What the thread of the sync has said until now is heard while all that answers to it still stands.
        QApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
        if self.desk is not None:
            self._save_last(self.desk)
        self.window.close()
        self.worker.close()
        self.laptop.close()

    def _save_last(self, desk: Desk) -> None:
        """What the desk has not written yet: the window is closing, so this is done here and now."""
        if not desk.empty and desk.unsaved:
            desk.timer.stop()
            desk.session.save(desk.inspection)

    def _forgotten(self, _: None) -> None:
        if not self.laptop.enrolled:
            self._show_door()

    def _forget(self, session: Session, before: Callable[[Session], None]) -> None:
        """Off the UI thread: ends the background sync, then the session."""
        try:
            self.syncing.stop()
            before(session)
            session.lock()
        finally:
            self._locked.set()

    def _show_door(self) -> None:
        if self.laptop.enrolled:
            unlock = UnlockScreen(self.laptop.officer_numbers(), self.laptop.tries, self._unlock)
            unlock.unlocked.connect(self._admit)
            unlock.forgot.connect(self._show_recovery)
            unlock.wiped.connect(self._show_door)
            self.window.show_door(unlock)
        elif (package := self.laptop.wiped) is not None:
            wiped = WipedScreen(package)
            wiped.anew.connect(self._show_enrolment)
            self.window.show_door(wiped)
        else:
            self._show_enrolment()

    def _show_enrolment(self) -> None:
        enrol = EnrolScreen(self.laptop.enrol)
        enrol.enrolled.connect(self._admit)
        self.window.show_door(enrol)

    def _show_recovery(self, number: str) -> None:
        recover = RecoverScreen(number, self.laptop.ask_recovery, self._recover)
        recover.recovered.connect(self._admit)
        recover.back.connect(self._show_door)
        self.window.show_door(recover)

    def _recover(self, grant: bytes, password: str) -> Session:
        self._locked.wait()
        return self.laptop.recover(grant, password)

    def _synced(self) -> None:
        """After a round the pill looks again, and the centre may have ordered a lost laptop to forget everything."""
        if self.session is not None:
            self.window.refresh()
            run(self.session.wipe_ordered, done=lambda ordered: self.lock(self._wipe) if ordered else None)

    def _wipe(self, session: Session) -> None:
        """Off the UI thread: what the desk held is saved; now it is sealed to the centre and gone here."""
        self.laptop.wipe(session)

    def _unlock(self, number: str, password: str) -> Session:
        """Off the UI thread: waits until an earlier session has been forgotten."""
        self._locked.wait()
        return self.laptop.unlock(number, password)

    def _admit(self, session: Session) -> None:
        self.session = session
        self.desk = desk = Desk(session, self.clock, self.window)
        desk.failed.connect(self.window.trouble)
        pictures = PictureBox(session, desk)
        # The desk is cleared when a record was sealed: it should go up now, not in five minutes.
        desk.changed.connect(lambda: self.syncing.ask() if desk.empty else None)
        screens: list[tuple[type[Screen], MakeScreen]] = [
            (TodayScreen, partial(TodayScreen, session, self.clock.now)),
            (ScanScreen, partial(ScanScreen, session, self.camera, self.sound)),
            (CardScreen, partial(CardScreen, session)),
            (StartScreen, partial(StartScreen, desk)),
            (NoticeScreen, partial(NoticeScreen, desk)),
            (InspectScreen, partial(InspectScreen, desk, pictures)),
            (EvidenceScreen, partial(EvidenceScreen, desk, pictures, self.camera)),
            (SignScreen, partial(SignScreen, desk)),
            (ReviewScreen, partial(ReviewScreen, desk)),
            (HistoryScreen, partial(HistoryScreen, session)),
            (SyncScreen, partial(self._sync_screen, session)),
            (PreferencesScreen, partial(self._preferences_screen, session)),
        ]
        makers = {screen.name: make for screen, make in screens}
        self.window.admit(session, makers, session.policy().idle_lock_minutes)
        self.syncing.start(session)

    def _sync_screen(self, session: Session) -> Screen:
        screen = SyncScreen(session, self.clock.now, lambda: self.network.metered)
        screen.resumed.connect(self.syncing.ask)
        screen.synced.connect(self._synced)
        screen.stopping.connect(self.syncing.stop_round)
        self.syncing.progressed.connect(screen.show_background)
        self.syncing.finished.connect(screen.end_background)
        return screen

    def _preferences_screen(self, session: Session) -> Screen:
        add_officer = partial(self.laptop.add_officer, session)
        screen = PreferencesScreen(session, self.sound, self.clock.now, add_officer)
        screen.dressed.connect(self.window.dress)
        return screen

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationSuspended:
            self.lock()
