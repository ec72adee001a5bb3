"""Screenshots of every screen in every theme at the two sizes that matter."""

from demo.tour.day import Day
from ui.style import look, wear
from ui.theme import DAY, NIGHT, SUN, Look

SIZES = ((1366, 768), (1920, 1080))
SCREENS = ("today", "scan", "inspect", "history", "sync", "settings")


def every_screen_in_every_theme(day: Day) -> None:
    """Visit each screen; what is shown is left as a picture for people to look at."""
    stage, window, before = day.stage, day.program.window, look()
    count = 0
    for width, height in SIZES:
        window.resize(width, height)
        for theme in (DAY, NIGHT, SUN):
            wear(Look(theme, before.scale))
            for name in SCREENS:
                window.go(name)
                stage.settle()
                stage.until("画面静下来", lambda: day.program.worker.idle)
                stage.verify(
                    f"{name} {theme.name} {width}×{height}", window.current == name and window.width() == width
                )
                count += stage.shot(f"{name}-{theme.name}-{width}x{height}") is not None
    wear(before)
    stage.verify(f"{count} 张截图", count == len(SIZES) * 3 * len(SCREENS))
