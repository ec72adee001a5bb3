"""Every shortcut in one table: what it does, which key, what is printed on buttons, where it works.

A key is bound from the same line that prints it; ``docs/keys.md`` lists them and a test compares.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from inspector.inspection import ItemFinding

EVERYWHERE = "全部"
SCREENS = {
    "today": "今日",
    "scan": "核验",
    "card": "主体卡",
    "start": "到场",
    "notice": "告知",
    "inspect": "检查",
    "evidence": "取证",
    "sign": "签名",
    "review": "结论",
    "history": "记录",
    "sync": "同步",
    "settings": "设置",
}
"""What the table calls each screen of the window."""


@dataclass(frozen=True, slots=True)
class Key:
    """``sequence`` is Qt's portable name, ``label`` what a key cap says, ``words`` what it does, ``screen`` where."""

    sequence: str
    label: str
    words: str
    screen: str


TABLE: list[Key] = []


def _key(sequence: str, label: str, words: str, screen: str = EVERYWHERE) -> Key:
    key = Key(sequence, label, words, screen)
    TABLE.append(key)
    return key


TODAY = _key("F1", "F1", "今日")
SCAN = _key("F2", "F2", "核验")
TYPE_CODE = _key("F3", "F3", "输入代码或名称")
INSPECT = _key("F4", "F4", "检查")
HISTORY = _key("F6", "F6", "记录")
SYNC = _key("F7", "F7", "同步")
MUTE = _key("F8", "F8", "静音，再按恢复")
BRIGHT = _key("F9", "F9", "强光，再按恢复")
FULL_SCREEN = _key("F11", "F11", "全屏，再按恢复")
LOCK = _key("F12", "F12", "锁定")
SETTINGS = _key("Ctrl+,", "Ctrl+,", "设置")
SHEET = _key("?", "?", "显示或收起按键表")

UNLOCK = _key("Return", "Enter", "解锁", "解锁")

OPEN_TOP = _key("Return", "Enter", "打开第一项", "今日")

RESCAN = _key("Space", "空格", "重新扫描", "核验")
LEAD = _key("N", "N", "登记线索", "核验")
DETAILS = _key("I", "I", "全部信息", "核验")
BIND = _key("B", "B", "把此码绑定到主体", "核验")
START = _key("Return", "Enter", "开始现场检查", "核验")
OPEN_PICTURE = _key("Ctrl+O", "Ctrl+O", "打开图片", "核验")
PASTE_PICTURE = _key("Ctrl+V", "Ctrl+V", "粘贴图片或代码", "核验")
FREEZE = _key("F", "F", "定格", "核验")
LIGHT = _key("L", "L", "补光", "核验")
ZOOM = _key("Z", "Z", "放大，再按恢复", "核验")

CONFORMS = _key("1", "1", "符合", "检查")
VIOLATES = _key("2", "2", "不符合", "检查")
NOT_APPLICABLE = _key("3", "3", "不适用", "检查")
ANSWERS = {
    CONFORMS: ItemFinding.CONFORMS,
    VIOLATES: ItemFinding.VIOLATES,
    NOT_APPLICABLE: ItemFinding.NOT_APPLICABLE,
}
NEXT = _key("Down", "↓", "下一项", "检查")
PREVIOUS = _key("Up", "↑", "上一项", "检查")
PHOTO = _key("P", "P", "拍照", "检查")
NOTE = _key("T", "T", "现场情况", "检查")
UNDO = _key("Ctrl+Z", "Ctrl+Z", "撤销", "检查")

SHOOT = _key("Space", "空格", "拍摄", "取证")
DELETE_PHOTO = _key("Delete", "Del", "删除照片（封存前）", "取证")
BACK = _key("Escape", "Esc", "返回", "主体卡、取证、签名、结论、设置")

CLEAR_SIGNATURE = _key("Ctrl+Backspace", "Ctrl+退格", "重签", "签名")

SEAL = _key("Ctrl+Return", "Ctrl+Enter", "签章封存", "结论")
PRINT = _key("Ctrl+P", "Ctrl+P", "打印", "结论、记录")

FIND = _key("/", "/", "查找", "记录")

STOP = _key("Escape", "Esc", "停止", "同步")
SYNC_NOW = _key("F5", "F5", "立即同步", "同步")
PAUSE = _key("P", "P", "暂停或继续自动同步", "同步")
JOURNAL = _key("J", "J", "导出台账", "同步")
STICK = _key("U", "U", "用 U 盘交换", "同步")

ARRIVE = _key("Ctrl+Return", "Ctrl+Enter", "登记到场", "到场")
TO_ITEMS = _key("Ctrl+Return", "Ctrl+Enter", "开始检查", "告知")
TO_SIGN = _key("Ctrl+Return", "Ctrl+Enter", "去签名", "检查")
LEAVE_NOTE = _key("Escape", "Esc", "离开输入框", "检查")
IMPORT_PHOTO = _key("Ctrl+O", "Ctrl+O", "导入照片", "取证")
READ_ON = _key("PgDown", "PgDn", "继续宣读", "签名")
REFUSE = _key("R", "R", "拒绝签名", "签名")
TO_REVIEW = _key("Ctrl+Return", "Ctrl+Enter", "查看文书并封存", "签名")
OPEN_RECORD = _key("Return", "Enter", "打开记录", "记录")
NEXT_RECORD = _key("Down", "↓", "下一条", "记录")
PREVIOUS_RECORD = _key("Up", "↑", "上一条", "记录")
HAND_OUT = _key("X", "X", "导出证据", "记录")
AMEND = _key("E", "E", "更正", "记录")


def of_screen(name: str) -> list[Key]:
    """The keys that work on the screen of this name; those of the screen first."""
    own = [key for key in TABLE if SCREENS.get(name) in key.screen.split("、")]
    return own + [key for key in TABLE if key.screen == EVERYWHERE]


_BUTTON_KEYS = frozenset({"Return", "Space"})


def bind(key: Key, owner: QWidget, slot: Callable[[], object]) -> QShortcut:
    """Call ``slot`` when the key is pressed while ``owner`` is visible and enabled, wherever the focus is.

    Letters never take from a text field. Return and Space belong to another button that was reached with Tab.
    """
    shortcut = QShortcut(QKeySequence(key.sequence), owner)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    if key.sequence in _BUTTON_KEYS:
        shortcut.activated.connect(lambda: _press_focused(owner) or slot())
    else:
        shortcut.activated.connect(slot)
    return shortcut


def _press_focused(owner: QWidget) -> bool:
    """Give the key to what has the focus, if that wants it: a field that acts on Enter, a button not primary."""
    focused = QApplication.focusWidget()
    if isinstance(focused, QLineEdit) and focused.isSignalConnected(QMetaMethod.fromSignal(focused.returnPressed)):
        focused.returnPressed.emit()
        return True
    if not isinstance(focused, QAbstractButton) or focused is owner or focused.property("primary"):
        return False
    focused.click()
    return True
