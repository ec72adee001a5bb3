"""Rules for all tests: no display needed, and nothing left behind (threads, processes, windows, timers)."""

import asyncio
import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import settings

# The machines are shared: a slow example is no failure. The examples of a test are the same until the test changes, so
# that what failed somewhere fails everywhere; HYPOTHESIS_PROFILE=search draws others.
settings.register_profile("suite", deadline=None, database=None, print_blob=True, derandomize=True)
settings.register_profile("search", settings.get_profile("suite"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

PATIENCE = 60.0
"""Seconds that something already told to stop may take to be gone."""


def _of_a_running_loop(thread: threading.Thread) -> bool:
    """A pool's worker ends with its event loop: whoever started that has to end it (a service of a whole module)."""
    loop = getattr(thread, "loop", None)
    return isinstance(loop, asyncio.AbstractEventLoop) and loop.is_running()


def _left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    left = [t for t in threading.enumerate() if t not in before and t.is_alive() and not _of_a_running_loop(t)]
    for thread in left:
        thread.join(PATIENCE / max(1, len(left)))
    return [t for t in left if t.is_alive()]


def _active_timers() -> list[object]:
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    import shiboken6

    return [
        o
        for o in gc.get_objects()
        if type(o).__module__ != "weakref" and isinstance(o, core.QTimer) and shiboken6.isValid(o) and o.isActive()
    ]


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, a window or a running timer."""
    threads = set(threading.enumerate())
    children = set(multiprocessing.active_children())
    yield
    left = _left_threads(threads)
    assert not left, f"threads left behind: {left}"
    orphans = [c for c in multiprocessing.active_children() if c not in children]
    assert not orphans, f"processes left behind: {orphans}"
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and (app := widgets.QApplication.instance()) is not None:
        from PySide6.QtCore import QEvent

        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        shown = [w for w in app.topLevelWidgets() if w.isVisible()]
        for window in shown:
            window.close()
        assert not shown, f"windows left open: {shown}"
        assert not _active_timers(), f"timers left running: {_active_timers()}"
