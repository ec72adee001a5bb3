"""Results and errors of work off the UI thread come back on the UI thread, and nothing is swallowed."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from inspector.errors import Problem, StoreFull
from ui.work import Worker, run


def test_work_is_done_elsewhere_and_the_result_comes_back_here(
    qtbot: QtBot, worker: Worker, settled: Callable[[], None]
) -> None:
    came: list[tuple[int, int]] = []
    here = threading.get_ident()
    run(lambda a: (a + 1, threading.get_ident()), 1, done=lambda got: came.append((got[1], threading.get_ident())))
    settled()
    assert came[0][0] != here
    assert came[0][1] == here


def test_a_problem_goes_to_failed_only(qtbot: QtBot, worker: Worker, settled: Callable[[], None]) -> None:
    problems: list[Problem] = []
    done: list[object] = []

    def full() -> None:
        raise StoreFull

    run(full, done=done.append, failed=problems.append)
    settled()
    assert [type(p) for p in problems] == [StoreFull]
    assert not done


def test_a_problem_that_nobody_asked_for_is_told(qtbot: QtBot, worker: Worker) -> None:
    def full() -> None:
        raise StoreFull

    with qtbot.waitSignal(worker.troubled) as told:
        run(full)
    assert isinstance(told.args[0], StoreFull)


def test_a_bug_is_logged_whole_and_told_without_details(
    qtbot: QtBot, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the inner reason")

    with qtbot.waitSignal(worker.troubled) as told:
        run(broken)
    assert "inner reason" in caplog.text
    assert "inner reason" not in told.args[0].sentence + told.args[0].advice
    assert told.args[0].code == "problem"


def test_a_widget_that_is_gone_is_not_called(qtbot: QtBot, worker: Worker, settled: Callable[[], None]) -> None:
    import shiboken6

    calls: list[object] = []

    class Receiver(QObject):
        @Slot(object)
        def take(self, value: object) -> None:
            calls.append(value)

    gate = threading.Event()
    receiver = Receiver()
    run(gate.wait, done=receiver.take)
    shiboken6.delete(receiver)
    gate.set()
    settled()
    assert not calls


def test_closing_waits_for_what_runs_and_drops_its_result(qtbot: QtBot) -> None:
    done: list[object] = []
    gate = threading.Event()
    with Worker() as worker:
        worker.run(gate.wait, done=done.append)
        gate.set()
    assert not done
