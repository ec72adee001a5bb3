"""A ``Problem`` on screen: its sentence and its advice in the strip, never in a dialog that stops the work."""

from collections.abc import Callable

from inspector.errors import Problem
from ui.widgets.strip import Strip


def show_problem(strip: Strip, problem: Problem, action: str = "", then: Callable[[], object] | None = None) -> None:
    """Say what happened and what to do next; ``action`` may offer to do it."""
    strip.say(in_words(problem), "bad", action, then)


def in_words(problem: Problem) -> str:
    """Sentence and advice on one line."""
    return f"{problem.sentence}{problem.advice}"
