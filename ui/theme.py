"""The tokens of a look: every colour, and how large things are. Nothing but ``ui/style.py`` reads them all."""

from dataclasses import dataclass, fields

from inspector.terms import Term


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as ``#RRGGBB``. A tone (``ok``, ``warn``, ``bad``, ``unk``) has four: its fill, what stands on the
    fill, a soft fill, and the ink that stands on the soft fill or on a card."""

    name: str
    label: str
    bg: str
    surface: str
    sunken: str
    ink: str
    ink2: str
    line: str
    rail: str
    rail_ink: str
    rail_on: str
    rail_on_ink: str
    brand: str
    on_brand: str
    brand_soft: str
    brand_cap: str
    """Key cap on a primary button."""
    ok: str
    on_ok: str
    ok_soft: str
    ok_ink: str
    warn: str
    on_warn: str
    warn_soft: str
    warn_ink: str
    bad: str
    on_bad: str
    bad_soft: str
    bad_ink: str
    unk: str
    on_unk: str
    unk_soft: str
    unk_ink: str
    border: int = 1
    """Pixels of a hairline."""
    focus: str = "#FFC53D"
    """Ring around a filled button that has the focus; others get a ring of ``brand``."""
    found: str = "#00E0A0"
    on_found: str = "#00261A"
    """Outline and label of a code in the viewfinder, the same in every theme: they lie on the camera's picture."""
    scrim: str = "#08101C"
    on_scrim: str = "#FFFFFF"
    paper: str = "#FFFFFF"
    on_paper: str = "#101C2B"
    """Paper and signature ink: white and dark by day and night."""


DAY = Theme(
    "day", "日间", "#EEF1F6", "#FFFFFF", "#F5F7FA", "#101C2B", "#4A5B70", "#D8DFE8",
    "#0E2546", "#C5D3E8", "#2B5FB3", "#FFFFFF", "#1B57B5", "#FFFFFF", "#E6EEFA", "#497AC4",
    "#0A6B4D", "#FFFFFF", "#DFF3EB", "#0A5A41", "#FFC53D", "#1F1600", "#FFF3D1", "#6B4700",
    "#B3202A", "#FFFFFF", "#FCE5E5", "#961A23", "#46556A", "#FFFFFF", "#E7EBF1", "#37465A",
)  # fmt: skip
NIGHT = Theme(
    "night", "夜间", "#0C1219", "#161F2B", "#0F1721", "#F1F5FA", "#A9B8CA", "#2A3747",
    "#080D13", "#9DB0C8", "#24518F", "#FFFFFF", "#7FB2FF", "#06162C", "#1B2E4A", "#9AC1FF",
    "#2ECC97", "#00150D", "#123529", "#6FE3BB", "#FFC53D", "#1F1600", "#3A2D0A", "#FFD675",
    "#FF7A70", "#240300", "#46191A", "#FFA9A2", "#A7B4C4", "#0B1118", "#27323F", "#C6D1DE",
)  # fmt: skip
SUN = Theme(
    "sun", "强光", "#FFFFFF", "#FFFFFF", "#FFFFFF", "#000000", "#1B1B1B", "#000000",
    "#000000", "#FFFFFF", "#FFFFFF", "#000000", "#003A9E", "#FFFFFF", "#FFFFFF", "#2E5EB4",
    "#005A38", "#FFFFFF", "#FFFFFF", "#00472C", "#FFC400", "#000000", "#FFFFFF", "#5A3A00",
    "#A3000F", "#FFFFFF", "#FFFFFF", "#8A000D", "#2B2B2B", "#FFFFFF", "#FFFFFF", "#1B1B1B", border=2,
)  # fmt: skip
THEMES = {theme.name: theme for theme in (DAY, NIGHT, SUN)}

PAIRS = (
    ("ink", "surface"), ("ink", "bg"), ("ink", "sunken"), ("ink", "brand_soft"),
    ("ink2", "surface"), ("ink2", "bg"), ("ink2", "sunken"), ("ink2", "brand_soft"),
    ("rail_ink", "rail"), ("rail_on_ink", "rail_on"),
    ("on_brand", "brand"), ("brand", "surface"), ("brand", "brand_soft"),
    ("on_ok", "ok"), ("ok_ink", "ok_soft"), ("ok_ink", "surface"), ("ok_ink", "brand_soft"),
    ("on_warn", "warn"), ("warn_ink", "warn_soft"), ("warn_ink", "surface"), ("warn_ink", "brand_soft"),
    ("on_bad", "bad"), ("bad_ink", "bad_soft"), ("bad_ink", "surface"), ("bad_ink", "brand_soft"),
    ("on_unk", "unk"), ("unk_ink", "unk_soft"), ("unk_ink", "surface"), ("unk_ink", "brand_soft"),
    ("on_found", "found"), ("on_scrim", "scrim"), ("on_paper", "paper"),
)  # fmt: skip
"""Every text and what it stands on: each pair must have a contrast of at least 4.5 : 1."""


class Scale(Term):
    """How large text and controls are."""

    NORMAL = "standard", "标准"
    LARGE = "large", "大"
    HUGE = "huge", "特大"

    @property
    def factor(self) -> float:
        return {Scale.NORMAL: 1.0, Scale.LARGE: 1.15, Scale.HUGE: 1.3}[self]


class Gap:
    """Distances between things in pixels; they do not grow with the text, so that large text keeps its room."""

    NONE, HAIR, SMALL, MEDIUM, LARGE, HUGE = 0, 2, 6, 10, 14, 20


@dataclass(frozen=True, slots=True)
class Look:
    """A theme at a size: what a widget needs to paint itself."""

    theme: Theme = DAY
    scale: Scale = Scale.NORMAL

    def px(self, size: float) -> int:
        """A length at the standard size, in pixels of this look."""
        return round(size * self.scale.factor)

    def colour(self, token: str) -> str:
        """The colour of a token such as ``ink2`` or ``on_ok``."""
        colour: str = getattr(self.theme, token)
        return colour


def colours(theme: Theme) -> dict[str, str]:
    """Token → colour, without the other fields."""
    values = ((field.name, getattr(theme, field.name)) for field in fields(theme))
    return {name: value for name, value in values if isinstance(value, str) and value.startswith("#")}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
