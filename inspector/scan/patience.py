"""Calls into a camera's driver that may never come back, made by a thread that can be left behind.

A webcam that hangs keeps ``read`` (and even ``open``) waiting for ever; who asked must go on after a few seconds.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Future[Any], Callable[[], Any]]


class Errand:
    """One thread that runs what it is given, one after the other. A daemon: a hung driver must not keep the program."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="camera driver", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], T], seconds: float) -> T:
        """What ``work`` returns or raises; TimeoutError when it has not come back after ``seconds``."""
        answer: Future[T] = Future()
        self._jobs.put((answer, work))
        return answer.result(seconds)

    def end(self, last: Callable[[], object], seconds: float) -> None:
        """Run ``last`` after all else and end the thread; go on after ``seconds`` even if it hangs."""
        self._jobs.put((Future(), last))
        self._jobs.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            answer, work = job
            try:
                answer.set_result(work())
            except Exception as error:
                answer.set_exception(error)
