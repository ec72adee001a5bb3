"""Who it is: the licence as the register holds it, or what the code alone tells."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QToolButton, QWidget

from cache.session import Checked
from inspector import divisions, identifiers
from inspector.entity import Entity, RegistrationState, SubjectKind
from inspector.freshness import china_day
from inspector.verdict import Finding, Token, TokenState
from ui import words
from ui.style import application
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.icon import set_icon
from ui.widgets.text import Elided, text

STATE_TONES = {RegistrationState.ACTIVE: "ok", RegistrationState.UNKNOWN: "unk", RegistrationState.OTHER: "unk"}
"""Every other state is ``bad``."""
_SCOPE_SHOWN = 400


class EntityCard(Card):
    """``differs`` is the officer's answer to: is it the same on site? ``copied``: the code is in the clipboard."""

    differs = Signal(bool)
    copied = Signal()

    def __init__(self) -> None:
        super().__init__(margins=(20, 10, 20, 12), gap=Gap.SMALL)
        self._body = column(gap=Gap.SMALL)
        self.box.addLayout(self._body)
        self.same, self.different = QPushButton(words.SAME), QPushButton(words.DIFFERS)

    def show_checked(self, checked: Checked, answered: bool | None) -> None:
        """``answered`` is what the officer said about the site: True for the same, None for nothing yet."""
        empty(self._body)
        if checked.entity is not None:
            self._show_entity(checked.entity, checked, answered)
        else:
            self._show_unknown(checked, answered)

    def _show_entity(self, entity: Entity, checked: Checked, answered: bool | None) -> None:
        licence = entity.licence
        name = Elided(licence.name, "name")
        head = row(name, Chip(entity.subject.label, "brand"))
        head.setStretch(0, 1)
        head.addWidget(Chip(licence.state.label, STATE_TONES.get(licence.state, "bad")))
        self._body.addLayout(head)
        code = self._code_row(entity.code)
        if checked.verdict.finding is not Finding.FORGED:
            self._ask(code, answered)
        self._body.addLayout(code)
        who = words.OPERATOR if entity.subject is SubjectKind.INDIVIDUAL else words.REPRESENTATIVE
        office = "　".join(filter(None, (entity.office, entity.grid))) or divisions.area_name(entity.area)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(Gap.SMALL)
        cells = (
            (who, licence.representative, 1),
            (words.ESTABLISHED, _day(licence.established), 1),
            (words.AUTHORITY, licence.authority, 1),
            (words.OFFICE, office, 1),
            (words.PREMISES, licence.premises, 2),
            (words.SCOPE, licence.scope[:_SCOPE_SHOWN], 2),
        )
        place = 0
        for label, value, span in cells:
            grid.addWidget(_cell(label, value), place // 4, place % 4, 1, span)
            place += span
        for place, stretch in enumerate((4, 3, 5, 5)):
            grid.setColumnStretch(place, stretch)
        self._body.addLayout(grid)

    def _show_unknown(self, checked: Checked, answered: bool | None) -> None:
        code = checked.payload.code or checked.token.code
        title = checked.token.name or (words.UNKNOWN_ENTITY if code else words.NO_ENTITY_CODE)
        head = row(Elided(title, "name"), Chip(checked.payload.kind.label, "unk"))
        head.setStretch(0, 1)
        self._body.addLayout(head)
        if not code:
            self._body.addWidget(text(words.CODE_TELLS_NOTHING.format(text=checked.payload.text[:80]), "k", wrap=True))
            return
        line = self._code_row(code)
        self._body.addLayout(line)
        if checked.token.state is TokenState.GENUINE:
            self._ask(line, answered)
            self._show_proved(checked.token)
            return
        department, category = identifiers.institution(code) or (words.NOT_RECORDED, words.NOT_RECORDED)
        told = {"department": department, "category": category, "division": divisions.division_name(code[2:8])}
        self._body.addWidget(text(words.FROM_CODE.format(**told), "k", wrap=True))

    def _show_proved(self, token: Token) -> None:
        """What the signature alone proves of an entity that this laptop has no data of."""
        self._body.addWidget(text(words.PROVED_BY_SIGNATURE, "k", wrap=True))
        until = _day(china_day(token.expires)) if token.expires else ""
        cells = (
            _cell(words.PREMISES, token.premises),
            _cell(words.CODE_ISSUER, divisions.division_name(token.issuer)),
            _cell(words.CODE_SERIAL, token.serial),
            _cell(words.CODE_UNTIL, until),
        )
        proved = row(*cells, gap=Gap.LARGE)
        for place, stretch in enumerate((5, 3, 2, 2)):
            proved.setStretch(place, stretch)
        self._body.addLayout(proved)

    def _code_row(self, code: str):  # type: ignore[no-untyped-def]
        copy = QToolButton()
        copy.setAccessibleName(words.COPY_CODE)
        copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(copy, "copy", "brand", 22)
        copy.clicked.connect(lambda: self._copy(code))
        spaced = f"{code[:2]} {code[2:8]} {code[8:17]} {code[17:]}"
        right = words.CODE_RIGHT if identifiers.is_code(code) else ""
        line = row(text(spaced, "code"), copy, gap=Gap.SMALL)
        line.addWidget(Elided(right, "sub"), 1)
        return line

    def _ask(self, line, answered: bool | None) -> None:  # type: ignore[no-untyped-def]
        """The question that finds a copied code on another's wall."""
        line.addWidget(text(words.ON_SITE, "k"))
        for words_, same in ((words.SAME, True), (words.DIFFERS, False)):
            button = QPushButton(words_)
            button.setObjectName("segment")
            button.setProperty("place", "first" if same else "last")
            chosen = answered is same
            button.setProperty("tone", ("ok" if same else "bad") if chosen else "none")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(f"{words.ON_SITE_NAME}：{words_}")
            button.clicked.connect(lambda _=False, s=same: self.differs.emit(not s))
            line.addWidget(button)
            if same:
                self.same = button
                line.addSpacing(-Gap.SMALL)
            else:
                self.different = button

    def _copy(self, code: str) -> None:
        application().clipboard().setText(code)
        self.copied.emit()


def _cell(label: str, value: str) -> QWidget:
    box = QWidget()
    shown = Elided(value or words.NOT_RECORDED)
    column(text(label, "k"), shown, gap=0, owner=box)
    return box


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
