"""Work off the UI thread: the result or the error comes back on the UI thread, whatever the work does.

``Worker`` is opened and closed (joined) in ``ui/app.py``; screens call ``run``.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from inspector.errors import Problem

log = logging.getLogger(__name__)

Done = Callable[[Any], object]
Failed = Callable[[Problem], object]
THREADS = 4
"""Most work waits for the disk or one lock; a few threads keep a long sync from holding up a look-up."""


class Worker(QObject):
    """A small pool. Use as a context manager on the UI thread; the innermost open one serves ``run``."""

    troubled = Signal(object)
    """A ``Problem`` that nobody asked for: the work had no ``failed``, or it was a bug."""
    _returned = Signal(object, object)

    def __init__(self, threads: int = THREADS) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="work")
        self._running = 0
        self._closed = False
        # Connected before anything starts, so that no result can come before its receiver.
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def __enter__(self) -> "Worker":
        _open.append(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def idle(self) -> bool:
        """Whether every result has been delivered."""
        return not self._running

    def run(self, fn: Callable[..., Any], *args: Any, done: Done | None = None, failed: Failed | None = None) -> None:
        """Call ``fn(*args)`` on the pool; then ``done(result)`` or ``failed(problem)`` on the UI thread.

        A callback that is a method of a widget which is gone by then is not called. Anything raised that is no
        ``Problem`` is a bug: it is logged whole and reported as a ``Problem`` without details.
        """
        self._running += 1
        self._pool.submit(self._work, fn, args, done, failed)

    def close(self) -> None:
        """Wait for what is running; its results are dropped. Harmless when done twice."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self in _open:
            _open.remove(self)

    def _work(self, fn: Callable[..., Any], args: tuple[Any, ...], done: Done | None, failed: Failed | None) -> None:
        try:
            result = fn(*args)
        except Problem as problem:
            self._returned.emit(failed or self.troubled.emit, problem)
        except Exception:
            log.exception("work failed: %s", getattr(fn, "__qualname__", fn))
            self._returned.emit(failed or self.troubled.emit, Problem())
        else:
            self._returned.emit(done, result)

    @Slot(object, object)
    def _deliver(self, callback: Callable[[Any], object] | None, value: object) -> None:
        self._running -= 1
        owner = getattr(getattr(callback, "func", callback), "__self__", None)  # through a partial
        gone = isinstance(owner, QObject) and not shiboken6.isValid(owner)
        if callback is not None and not gone and not self._closed:
            callback(value)


_open: list[Worker] = []


def run(fn: Callable[..., Any], *args: Any, done: Done | None = None, failed: Failed | None = None) -> None:
    """``Worker.run`` of the open worker."""
    _open[-1].run(fn, *args, done=done, failed=failed)
