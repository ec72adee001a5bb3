"""The bar on top: where one is, how old the data is, whether there is a connection, and who is at work."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from cache.session import Connection, RegisterState, SyncStatus
from inspector.freshness import CHINA, ClockTrust, Unsent, age_days, unsent
from inspector.verdict import StoreHealth
from ui import words
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.icon import Icon
from ui.widgets.pill import Pill
from ui.widgets.text import Elided, text

AGEING_DAYS = 3
"""Days after which the age of the data is shown as a warning, as in the verdict."""
_CONNECTIONS = {
    Connection.OFFLINE: ("warn", "cloud_off_filled"),
    Connection.SYNCING: ("", "cloud_sync"),
    Connection.ONLINE: ("ok", "cloud_checkmark_filled"),
    Connection.REFUSED: ("bad", "cloud_dismiss_filled"),
}


class TopBar(QFrame):
    """Both pills lead to the sync screen."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("top")
        self.title, self.crumb = text("", "h1"), Elided("", "crumb")
        self.data, self.connection = Pill("database"), Pill("cloud_off")
        self.officer = text("", "vb")
        self.muted = Icon("speaker_mute", "ink2", 22)
        self.muted.hide()
        box = row(self.title, gap=Gap.MEDIUM, margins=(20, 0, 20, 0), owner=self)
        box.addWidget(self.crumb, 1)
        for part in (self.muted, self.data, self.connection, Icon("person_circle", "ink2", 26), self.officer):
            box.addWidget(part)
        for pill in (self.data, self.connection):
            pill.clicked.connect(self.asked)
            pill.hide()

    def show_register(self, state: RegisterState, now: datetime) -> None:
        """The age stands there whatever the state: unchecked or locked data are of some day too."""
        good = state.health is StoreHealth.GOOD
        told, tone = "" if good else words.DATA_STATE.format(state=state.health.label), "" if good else "warn"
        if state.as_of is not None:
            when = state.as_of.astimezone(CHINA)
            form = words.DATA_TODAY if when.date() == now.astimezone(CHINA).date() else words.DATA_EARLIER
            aged = form.format(at=when, age=words.age(now - state.as_of))
            told = words.DATA_STATE_AGED.format(told=told, age=words.age(now - state.as_of)) if told else aged
            tone = "warn" if age_days(state.as_of, now) > AGEING_DAYS else tone
        self.data.show_state(told, tone, "database")
        self.data.show()

    def show_sync(self, status: SyncStatus, now: datetime) -> None:
        tone, icon = _CONNECTIONS[status.connection]
        parts = [status.connection.label]
        if status.pending_events or status.pending_blobs:
            parts.append(words.PENDING.format(count=status.pending_events + status.pending_blobs))
        if status.paused:
            parts, tone = [*parts, words.PAUSED], "warn"
        if waited := unsent(status.oldest_unsent, now):
            assert status.oldest_unsent is not None
            parts.append(words.UNSENT_FOR.format(age=words.span(now - status.oldest_unsent)))
            tone = "bad" if waited is Unsent.WEEK else "warn"
        if status.clock is ClockTrust.SET_BACK:
            parts, tone = [*parts, status.clock.label], "bad"
        self.connection.show_state("　".join(parts), tone, icon)
        self.connection.show()
