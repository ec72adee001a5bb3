"""Colours can be read, and nothing but the theme and the style sheet names one."""

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.style import look, sheet, wear
from ui.theme import DAY, NIGHT, PAIRS, SUN, THEMES, Look, Scale, Theme, colours, contrast
from ui.widgets.icon import FOLDER, Icon, pixmap

UI = Path(__file__).parent.parent.parent / "ui"


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_every_text_stands_out_from_what_it_is_on(theme: Theme) -> None:
    low = {pair: contrast(*(getattr(theme, token) for token in pair)) for pair in PAIRS}
    assert min(low.values()) >= 4.5, min(low, key=lambda pair: low[pair])


def test_contrast_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)


def test_the_high_contrast_theme_has_more_contrast_than_the_others() -> None:
    def worst(theme: Theme) -> float:
        return min(contrast(theme.ink, theme.surface), contrast(theme.ink2, theme.surface))

    assert worst(SUN) > 17 > worst(DAY) > 6
    assert worst(NIGHT) > 6


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
@pytest.mark.parametrize("scale", Scale)
def test_the_sheet_is_complete_and_qt_can_read_it(qtbot: QtBot, theme: Theme, scale: Scale) -> None:
    text = sheet(Look(theme, scale))
    assert "$" not in text
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setStyleSheet(text)  # a sheet that Qt cannot read is a warning, and warnings fail
    widget.ensurePolished()
    used = set(re.findall(r"#[0-9A-F]{6}", text))
    assert used <= set(colours(theme).values())


def test_text_grows_with_the_scale() -> None:
    sizes = [int(re.findall(r"font-size: (\d+)px", sheet(Look(DAY, scale)))[0]) for scale in Scale]
    assert sizes == sorted(set(sizes))


def test_no_other_file_names_a_colour() -> None:
    named = re.compile(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)")
    for path in UI.rglob("*.py"):
        if path.name != "theme.py":
            assert not named.search(path.read_text(encoding="utf-8")), path.name


def test_every_icon_that_is_named_is_there() -> None:
    names = {p.stem for p in FOLDER.glob("*.svg")}
    assert (FOLDER / "LICENSE").exists()
    found = set()
    for path in UI.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:Icon\(|icon=|set_icon\([^,]+, )"([a-z_0-9]+)"', source))
    assert found
    for name in found:
        assert name in names or f"{name}_regular" in names, name


def test_nothing_is_kept_that_nobody_shows() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in UI.rglob("*.py") if not p.name.endswith("words.py"))
    words = "".join(p.read_text(encoding="utf-8") for p in UI.glob("*words.py"))
    unused = [
        name
        for name in re.findall(r"^([A-Z_]+) = ", words, re.M)
        if not re.search(rf"words\.{name}\b", source) and len(re.findall(rf"\b{name}\b", words)) == 1
    ]
    assert not unused
    icons = {re.sub("_(regular|filled)$", "", p.stem) for p in FOLDER.glob("*.svg")}
    assert not [icon for icon in icons if f'"{icon}' not in source]


def test_an_icon_is_tinted_and_follows_the_look(qtbot: QtBot) -> None:
    wear(Look(DAY))
    icon = Icon("home", "ink")
    qtbot.addWidget(icon)
    icon.show()
    day = icon.pixmap().toImage()
    wear(Look(NIGHT, Scale.HUGE))
    qtbot.waitUntil(lambda: icon.width() == look().px(20))
    night = icon.pixmap().toImage()
    assert day.size() != night.size()
    assert pixmap("home", "#FF0000", 24).toImage() != pixmap("home", "#00FF00", 24).toImage()
    wear(Look())
