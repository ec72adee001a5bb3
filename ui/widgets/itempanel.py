"""Evidence and legal basis of the item at hand: photos, the facts in the officer's words, phrases to start with."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from inspector.checklist import Item
from inspector.inspection import Answer, ItemFinding, lint
from ui import keys
from ui import visitwords as words
from ui.theme import Gap
from ui.widgets.boxes import column, empty, row
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.flow import Flow
from ui.widgets.keybutton import KeyButton, KeyCap
from ui.widgets.text import text
from ui.widgets.thumbnail import Thumbnail

TONES = {ItemFinding.CONFORMS: "ok", ItemFinding.VIOLATES: "bad", ItemFinding.NOT_APPLICABLE: "unk"}
SHOWN = 2
"""Photos shown here; all of them are on the evidence screen."""


class ItemPanel(Card):
    """Shows one item; ``noted`` for each change of the note, ``kept`` for the reason to keep conclusory words."""

    noted = Signal(str)
    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__(margins=(16, 12, 16, 14), gap=Gap.MEDIUM)
        self._title, self._finding = text("", "h2"), Chip("", "unk")
        self._basis = text("", "k", wrap=True)
        self._pictures = row()
        self._shown_pictures: list[str] = []
        self.photo = KeyButton(words.PHOTO, keys.PHOTO, icon="camera_filled")
        self._heading = text("", "h2")
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(lambda: self.noted.emit(self.note.toPlainText()))
        self._warning = text("", "warning", wrap=True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(words.KEEP_REASON)
        self.reason.setAccessibleName(words.KEEP_REASON)
        self.reason.textEdited.connect(self.kept)
        self._phrases = Flow()
        head = column(
            row(self._title, None, self._finding),
            self._basis,
            self._pictures,
            self.photo,
            row(self._heading, None, KeyCap(keys.NOTE)),
        )
        self.box.addLayout(head)
        self.box.addWidget(self.note, 1)
        self.box.addLayout(column(self._warning, self.reason, self._phrases))

    @property
    def thumbnails(self) -> list[Thumbnail]:
        return self.findChildren(Thumbnail)

    @property
    def warning(self) -> str:
        """What is said about conclusory words; empty when there are none."""
        return self._warning.text() if self.reason.isVisibleTo(self) else ""

    def show_item(self, item: Item, answer: Answer, reason: str) -> None:
        """Show an item as it stands now."""
        self._title.setText(words.EVIDENCE_OF.format(item=item.id))
        guided = item.guidance and answer.finding is ItemFinding.VIOLATES
        tone = "brand" if guided else TONES.get(answer.finding, "unk")
        self._finding.show_text(words.GUIDED if guided else answer.finding.label, tone)
        self._basis.setText(words.BASIS.format(basis=item.basis))
        self._heading.setText(words.FACTS)
        self.photo.setVisible(True)
        self._show_text(answer.note, reason)
        self._show_phrases(item.phrases)

    def show_situation(self, situation: str, reason: str) -> None:
        """Show 现场情况 of the whole visit instead of an item."""
        self._title.setText(words.SITUATION)
        self._basis.setText(words.SITUATION_HINT)
        self._heading.setText(words.SITUATION)
        self.photo.setVisible(False)
        self.show_pictures(())
        self._finding.show_text("", "unk")
        self._show_text(situation, reason)
        self._show_phrases(words.SITUATION_PHRASES)

    def show_pictures(self, pictures: Sequence[tuple[str, str, QImage | None]]) -> None:
        """Show the newest photos of the item: what names each, its caption, and its picture once it is there."""
        if self._shown_pictures != (shown := [name for name, _, _ in pictures[-SHOWN:]]):
            self._shown_pictures = shown
            empty(self._pictures)
            for name, caption, _ in pictures[-SHOWN:]:
                thumbnail = Thumbnail(caption, name)
                thumbnail.clicked.connect(self.photo.click)
                self._pictures.addWidget(thumbnail)
        for place, (_, _, image) in enumerate(pictures[-SHOWN:]):
            shown_here = self._pictures.itemAt(place).widget()
            assert isinstance(shown_here, Thumbnail)
            shown_here.show_image(image)

    def _show_text(self, note: str, reason: str) -> None:
        if self.note.toPlainText() != note:
            with QSignalBlocker(self.note):
                self.note.setPlainText(note)
        if self.reason.text() != reason:
            self.reason.setText(reason)
        found = lint(note)
        self._warning.setText(words.CONCLUSORY.format(words="、".join(found)))
        self._warning.setVisible(bool(found))
        self.reason.setVisible(bool(found))

    def _show_phrases(self, phrases: Sequence[str]) -> None:
        if phrases != self._phrases.property("phrases"):
            self._phrases.setProperty("phrases", phrases)
            self._phrases.replace([self._phrase(phrase) for phrase in phrases])

    def _phrase(self, phrase: str) -> QWidget:
        button = QPushButton(phrase)
        button.setObjectName("phrase")
        button.setAccessibleName(words.INSERT.format(phrase=phrase))
        button.clicked.connect(lambda: self.insert(phrase))
        return button

    def insert(self, phrase: str) -> None:
        """Add a phrase to the note, as a sentence of its own."""
        cursor = self.note.textCursor()
        before = self.note.toPlainText()[: cursor.position()]
        cursor.insertText(phrase if not before or before.endswith(("，", "。", "；", "\n")) else f"，{phrase}")
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)
