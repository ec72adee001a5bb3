"""A code without an identifier is given to an entity: the button, the search, and what the store is told."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from cache.session import Checked, Hit, Session
from inspector.errors import Problem
from inspector.payload import Payload
from ui import keys, words
from ui.latest import Latest
from ui.widgets.bindpanel import SHOWN, BindPanel
from ui.widgets.keybutton import KeyButton
from ui.work import run


class Binding(QObject):
    """``bound`` when the binding is in the journal: the code is to be judged again."""

    bound = Signal()
    said = Signal(str)
    troubled = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._payload: Payload | None = None
        self.panel, self.button = BindPanel(), KeyButton(words.BIND, keys.BIND, icon="edit")
        self.button.clicked.connect(self.panel.open)
        latest = Latest(lambda typed: session.search(typed, SHOWN), self.panel.show_hits, self._not_found, self)
        self.panel.typed.connect(latest.ask)
        self.panel.picked.connect(self._bind)

    def offer(self, checked: Checked | None) -> None:
        """Offer it for what was checked, if that may be bound at all."""
        self._payload = checked.payload if checked is not None and checked.payload.alias_key else None
        self.button.setVisible(self._payload is not None)
        if self._payload is None:
            self.panel.hide()

    def _not_found(self, _: str, problem: Problem) -> None:
        self.troubled.emit(problem)

    def _bind(self, chosen: Hit) -> None:
        if self._payload is not None:
            told = partial(self._told, chosen)
            run(self._session.bind, self._payload, chosen.code, done=told, failed=self.troubled.emit)

    def _told(self, chosen: Hit, _: None) -> None:
        self.panel.hide()
        self.said.emit(words.BOUND.format(name=chosen.name))
        self.bound.emit()
