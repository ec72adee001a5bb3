"""The house's widgets: what they say to eyes, to colour-blind eyes, and to screen readers."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from inspector.errors import ServiceDown
from inspector.verdict import Colour
from tests.ui.shops import GOOD, REVOKED, WARNED, judged
from ui.problem import show_problem
from ui.sound import cue
from ui.style import wear
from ui.theme import THEMES, Look, Scale, Theme
from ui.widgets.badge import Badge
from ui.widgets.boxes import column, empty
from ui.widgets.chip import Chip
from ui.widgets.emptystate import EmptyState
from ui.widgets.field import Field
from ui.widgets.strip import Strip
from ui.widgets.text import Elided, text
from ui.widgets.verdict import VerdictBanner
from ui.widgets.viewfinder import Outline, Viewfinder

ALL_COLOURS = {judged(e).verdict.colour: judged(e).verdict for e in (GOOD, WARNED, REVOKED, None)}


def grey(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(int)


def test_the_four_colours_are_all_tried() -> None:
    assert set(ALL_COLOURS) == set(Colour)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
@pytest.mark.parametrize("scale", Scale)
def test_a_verdict_is_told_without_colour(qtbot: QtBot, theme: Theme, scale: Scale) -> None:
    """Texture, silhouette and words differ in grey, each by itself."""
    wear(Look(theme, scale))
    pictures = {}
    for colour, verdict in ALL_COLOURS.items():
        banner = VerdictBanner(verdict)
        qtbot.addWidget(banner)
        banner.resize(780, 140)
        pixels = grey(banner)
        assert banner.accessibleName().startswith(colour.label)
        relative = pixels - np.median(pixels)
        pictures[colour] = {"texture": relative[:, :12], "silhouette": relative[20:-20, 42:110]}
    for one, other in combinations(Colour, 2):
        for part in ("texture", "silhouette"):
            assert np.abs(pictures[one][part] - pictures[other][part]).mean() > 2, (one, other, part)
    wear(Look())


def test_the_banner_states_its_basis(qtbot: QtBot) -> None:
    banner = VerdictBanner(judged(GOOD).verdict)
    qtbot.addWidget(banner)
    said = {label.text() for label in banner.findChildren(QLabel)}
    assert {"核验", "10:42:08", "依据", "离线数据 11-23 06:42", "签名", "已校验"} <= said


def test_badges_differ_in_shape(qtbot: QtBot) -> None:
    shapes = {}
    for colour in Colour:
        badge = Badge(colour, 48)
        qtbot.addWidget(badge)
        badge.resize(48, 48)
        shapes[colour] = grey(badge) < 128
        assert badge.accessibleName() == colour.label
    for one, other in combinations(Colour, 2):
        assert (shapes[one] != shapes[other]).mean() > 0.05, (one, other)


def test_cues_differ_and_are_short() -> None:
    cues = {colour: cue(colour) for colour in Colour}
    assert len(set(cues.values())) == 4
    assert all(data[:4] == b"RIFF" and len(data) < 20_000 for data in cues.values())


def test_text_is_never_markup(qtbot: QtBot) -> None:
    for label in (text("<b>x</b>", "v"), Chip("<i>y</i>", "ok"), Elided("<u>z</u>")):
        qtbot.addWidget(label)
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_long_name_ends_in_dots_and_is_read_out_whole(qtbot: QtBot) -> None:
    name = "黑河市爱辉区" * 20
    label = Elided(name)
    qtbot.addWidget(label)
    label.resize(200, 30)
    label.show()
    assert label.text().endswith("…")
    assert label.accessibleName() == label.whole == name


def test_the_strip_says_the_sentence_and_what_to_do(qtbot: QtBot) -> None:
    strip = Strip()
    qtbot.addWidget(strip)
    show_problem(strip, ServiceDown())
    assert strip.words == "连不上中心服务。记录已保存在本机，联网后会自动上传。"
    assert strip.accessibleName() == strip.words
    strip.dismiss()
    assert strip.words == ""


def test_the_strip_offers_to_act(qtbot: QtBot) -> None:
    strip = Strip()
    qtbot.addWidget(strip)
    done: list[int] = []
    strip.say("磁盘满了。", "bad", "导出", lambda: done.append(1))
    strip._action.click()
    assert done == [1]
    assert strip.words == ""


def test_good_news_goes_away_by_itself(qtbot: QtBot) -> None:
    strip = Strip()
    qtbot.addWidget(strip)
    strip.say("已保存。")
    assert strip._timer.isActive()
    strip._timer.timeout.emit()
    assert strip.words == ""
    show_problem(strip, ServiceDown())
    assert not strip._timer.isActive()


def test_a_field_says_what_is_wrong_until_it_is_right(qtbot: QtBot) -> None:
    field = Field("密码", secret=True)
    qtbot.addWidget(field)
    field.show()
    field.complain("太短。")
    assert "太短。" in [label.text() for label in field.findChildren(QLabel) if label.isVisible()]
    assert field.edit.accessibleDescription() == "太短。"
    field.complain("")
    assert "太短。" not in [label.text() for label in field.findChildren(QLabel) if label.isVisible()]


def test_nothing_becomes_a_window_of_its_own(qtbot: QtBot) -> None:
    parts = (
        Chip("", "ok"),
        Chip("x", "ok"),
        EmptyState("info", "t", "a"),
        EmptyState("info", "t"),
        Field("f"),
        Strip(),
    )
    for part in parts:
        qtbot.addWidget(part)
        assert not part.isVisible(), part


def test_emptying_a_layout_deletes_all_in_it(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    box = column(QLabel("a"), column(QLabel("b"), None), None, owner=page)
    empty(box)
    assert box.count() == 0
    qtbot.waitUntil(lambda: not page.findChildren(QLabel))


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_viewfinder_outlines_where_the_code_is(qtbot: QtBot, mirrored: bool) -> None:
    finder = Viewfinder()
    qtbot.addWidget(finder)
    finder.resize(400, 300)
    finder.show_frame(QImage(800, 600, QImage.Format.Format_Grayscale8))
    finder.mirror(mirrored)
    finder.show_outlines([Outline(((0, 0), (200, 0), (200, 200), (0, 200)), "码")])
    with qtbot.waitSignal(finder.picked) as picked:
        qtbot.mouseClick(finder, Qt.MouseButton.LeftButton, pos=QPointF(350 if mirrored else 50, 50).toPoint())
    assert picked.args == [0]
    with qtbot.assertNotEmitted(finder.picked):
        qtbot.mouseClick(finder, Qt.MouseButton.LeftButton, pos=QPointF(50 if mirrored else 350, 50).toPoint())
    finder.show_hint("太远")
    assert finder.accessibleDescription() == "太远"
    assert not finder.grab().isNull()
