"""Which costly stage of the live mode runs next, and when: so that a frame without a code stays cheap on average."""

from collections.abc import Mapping

BUDGET_MS = 4.2
"""CPU milliseconds a frame of 1280 × 720, all processes, that the planner keeps to; below the 5 that are promised."""
FRAME_PIXELS = 1280 * 720
SAVED_MS = 100.0
"""What may be saved up while frames are cheap: the costliest stage."""
SYMBOL_STAGE = "unread_symbols"
"""Goes first when a symbol was found in this frame but could not be read."""


class Planner:
    """Stages take turns; each begins when the frames since have saved what it is known to cost."""

    def __init__(self, stages: Mapping[str, float]) -> None:
        """``stages`` in the order of their turns, each with the milliseconds that it usually costs."""
        self._turns = list(stages)
        self._costs = dict(stages)
        self._saved = 0.0
        self._running: str | None = None

    def frame(self, spent_ms: float, pixels: int = FRAME_PIXELS) -> None:
        """A frame went by; the stages of every frame took ``spent_ms``. Larger frames may cost more in proportion."""
        self._saved = min(SAVED_MS, self._saved + BUDGET_MS * max(1.0, pixels / FRAME_PIXELS) - spent_ms)

    def next(self, symbol_seen: bool) -> str | None:
        """The stage to begin now; None when there is nothing saved for it yet."""
        turn = SYMBOL_STAGE if symbol_seen and SYMBOL_STAGE in self._turns[: len(self._turns) // 2] else self._turns[0]
        return turn if self._saved >= min(self._costs[turn], SAVED_MS) else None

    def begun(self, stage: str) -> None:
        self._turns.remove(stage)
        self._turns.append(stage)
        self._running = stage

    def done(self, cost_ms: float) -> None:
        """The stage begun last took ``cost_ms``."""
        if self._running is not None:
            self._costs[self._running] += 0.3 * (cost_ms - self._costs[self._running])
        self._saved -= cost_ms
        self._running = None
