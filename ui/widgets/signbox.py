"""A pad with the name of who signs on it, what became of the signature, and the button to sign again."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from inspector.inspection import Signature, SignerRole
from ui import visitwords as words
from ui.localtime import local
from ui.theme import Gap
from ui.widgets.boxes import column, row
from ui.widgets.chip import Chip
from ui.widgets.signaturepad import SignaturePad
from ui.widgets.text import Elided, text


class SignBox(QFrame):
    """``signed`` after each stroke, ``cleared`` when the signature is taken back."""

    signed = Signal(object)
    cleared = Signal(object)

    def __init__(self, role: SignerRole, title: str) -> None:
        super().__init__()
        self.role = role
        self.setObjectName("signbox")
        self.pad = SignaturePad(words.SIGN_HERE)
        self._title, self._state, self._advice = Elided(title, "vb"), Chip("", "unk"), text("", "sub")
        self.again = QPushButton(words.SIGN_AGAIN)
        self.again.setObjectName("link")
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stale = False
        head = row(self._title, self._state, self.again)
        head.setStretch(0, 1)
        column(head, self.pad, self._advice, gap=Gap.SMALL, margins=(Gap.LARGE, Gap.SMALL, Gap.LARGE, 8), owner=self)
        self.pad.began.connect(self._forget_stale)
        self.pad.signed.connect(lambda: self.signed.emit(self.role))
        self.again.clicked.connect(lambda: self.cleared.emit(self.role))
        self.name(title)

    def name(self, title: str) -> None:
        """Say who signs here."""
        self._title.show_text(title)
        self.pad.setAccessibleName(f"{title}，{words.SIGN_HERE}")
        self.again.setAccessibleName(f"{words.SIGN_AGAIN}：{title}")

    @property
    def advice(self) -> str:
        """Why the ink is no signature yet."""
        return self._advice.text()

    def show_signature(self, signature: Signature | None, stands: bool, advice: str) -> None:
        """``stands``: it is under the words as they are; ``advice``: why it is no signature yet."""
        if not self.pad.ink.drawing:
            strokes = signature.strokes if signature else ()
            if strokes != self.pad.strokes:
                self.pad.show_strokes(strokes)
        self._stale = signature is not None and not stands
        if signature is None:
            self._state.show_text(words.UNSIGNED, "unk")
        elif stands and not advice:
            self._state.show_text(words.SIGNED_AT.format(at=local(signature.signed_at)), "ok")
        else:
            self._state.show_text(words.SIGNATURE_STALE if self._stale else words.UNSIGNED, "warn")
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.again.setEnabled(signature is not None)

    def _forget_stale(self) -> None:
        """New ink on a signature that no longer stands begins a new signature."""
        if self._stale:
            self.pad.clear()
