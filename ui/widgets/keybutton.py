"""Buttons that show their key beside their words, so that the keyboard teaches itself."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from ui import keys
from ui.keys import Key
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.icon import Icon
from ui.widgets.text import text


class KeyCap(QLabel):
    """A key as printed on the keyboard."""

    def __init__(self, key: Key, primary: bool = False) -> None:
        super().__init__(key.label)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("key", "primary" if primary else "plain")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)


class KeyButton(QPushButton):
    """Icon, words and key cap. It binds the key that it prints, unless the window has (``bound`` False)."""

    def __init__(
        self,
        words: str,
        key: Key | None = None,
        icon: str = "",
        primary: bool = False,
        bound: bool = True,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "key")
        self.setProperty("primary", primary)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._token = "on_brand" if primary else "ink"
        self._icon_name = icon
        self._icon = Icon(icon, self._token, 24) if icon else None
        self._words = text(words, "btn")
        self._key = key
        parts: list[QWidget | None] = [self._words]
        if self._icon:
            parts.insert(0, self._icon)
        if key:
            parts.append(KeyCap(key, primary))
            if bound:
                keys.bind(key, self, self.click)
        row(None, *parts, None, gap=Gap.MEDIUM, margins=(Gap.LARGE, 0, Gap.LARGE, 0), owner=self)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_words(words)

    def show_words(self, words: str) -> None:
        """Say something else: 定格 becomes 继续."""
        self._words.setText(words)
        self.setAccessibleName(f"{words}（{self._key.label}）" if self._key else words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return QSize(layout.sizeHint().width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and self._icon:
            self._icon.show_icon(self._icon_name, self._token if self.isEnabled() else "ink2")
        super().changeEvent(event)
