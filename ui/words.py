"""Every sentence on the screens, in one place. Chinese is the source language.

A translation must be installed before this module is imported: ``ui/app.py`` sees to it. Terms of the law
(states, findings, kinds) are not here but with their enumerations in ``inspector``.
"""

from PySide6.QtCore import QCoreApplication


def tr(words: str) -> str:
    """The words in the user's language."""
    return QCoreApplication.translate("words", words)


# -- everywhere
APP = tr("码上查")
OFFLINE_QUEUE = tr("{state} · {events} 条待上传")
DISMISS = tr("收起")

# -- the verdict's basis
CHECKED_AT = tr("核验")
BASIS_DATA = tr("依据")
SIGNATURE = tr("签名")
OFFLINE_DATA = tr("离线数据 {at:%m-%d %H:%M}")
NO_DATA = tr("无本机数据")
