"""Decoders that may crash, hang or eat memory on a hostile picture run in a process of their own.

The process is started when first needed, killed when it overruns its time, started anew after it died, and
ends by itself when the program that started it is gone. What comes back from it is data, never pickled objects.
"""

import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.shared_memory import SharedMemory

import msgspec
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.zxing import Seen

Work = Callable[[str, Image], Seen]

START_SECONDS = 30.0
MEGABYTES = 1024
MAX_ANSWER = 1 << 20
M_MMAP_THRESHOLD, LARGE = -3, 512 * 1024
"""Bytes: half a frame of 1280 × 720."""
MAX_FAILED_STARTS = 3
"""In a row; then the installation is broken, and scanning goes on without the process."""
_context = multiprocessing.get_context("spawn")


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What one job found and the CPU milliseconds that it took there; ``failed`` when it did not finish."""

    seen: Seen = Seen(())
    cpu_ms: float = 0.0
    failed: bool = False


_FAILED = Answer(failed=True)
_decode_answer = msgspec.msgpack.Decoder(Answer).decode
_READY = b"ready"


class Isolated:
    """One worker process. ``work`` is a function of a module (it is named, not copied, to the process).

    Used from one thread: either ``ask`` (waits), or ``submit`` and ``collect`` (never wait).
    """

    def __init__(self, work: Work, megabytes: int = MEGABYTES) -> None:
        self._work = work
        self._megabytes = megabytes
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._memory: SharedMemory | None = None
        self._ready_by = 0.0
        self._ready = False
        self._due: float | None = None
        self._disowned = False
        self._failed_starts = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def memory_name(self) -> str | None:
        """Name of the memory shared with the process, for those who check that it is given back."""
        return self._memory.name if self._memory is not None else None

    @property
    def busy(self) -> bool:
        return self._due is not None

    def start(self) -> None:
        """Start the process without waiting for it; harmless when it runs."""
        if self._closed:
            raise RuntimeError("the worker has been closed")
        if self._process is not None or self._failed_starts >= MAX_FAILED_STARTS:
            return
        try:
            self._process, self._pipe = self._started()
        except OSError:  # no process, memory or file to be had: scanning goes on without it
            self._failed_starts += 1
            return
        self._ready, self._ready_by = False, time.monotonic() + START_SECONDS

    def _started(self) -> tuple[SpawnProcess, Connection]:
        with contextlib.ExitStack() as undo:
            ours, theirs = _context.Pipe()
            with theirs:
                undo.push(ours)
                process = _context.Process(
                    target=_serve, args=(theirs, self._work, self._megabytes), name="decoder", daemon=True
                )
                process.start()
            undo.pop_all()
        return process, ours

    def warm(self) -> None:
        """Start the process and wait until it can work."""
        self.start()
        self._is_ready(START_SECONDS)

    def wait(self, seconds: float) -> None:
        """Wait until the job under way has an answer, at most ``seconds``."""
        if self._due is not None and self._pipe is not None:
            self._pipe.poll(max(0.0, min(seconds, self._due - time.monotonic())))

    def disown(self) -> None:
        """What the job under way finds is wanted no more: its answer will say only what it cost."""
        self._disowned = self.busy

    def submit(self, kind: str, image: Image, seconds: float) -> bool:
        """Begin a job on a gray picture; False while the process is starting or busy."""
        if self._due is not None:
            self.collect()
        self.start()
        if self._due is not None or not self._is_ready(0.0):
            return False
        return self._send(kind, image, seconds)

    def collect(self, patience: float = 0.0) -> Answer | None:
        """The answer of the job under way; None while there is none. Waits at most ``patience`` seconds."""
        if self._due is None or self._pipe is None:
            return None
        left = self._due - time.monotonic()
        if not self._pipe.poll(max(0.0, min(left, patience))):
            if self._due > time.monotonic():
                return None
            return self._fail()
        try:
            answer = _decode_answer(self._pipe.recv_bytes(MAX_ANSWER))
        except (EOFError, OSError, msgspec.MsgspecError):
            return self._fail()
        self._due = None
        if self._disowned:
            self._disowned = False
            return Answer(cpu_ms=answer.cpu_ms)
        return answer

    def ask(self, kind: str, image: Image, seconds: float) -> Answer:
        """Do a job on a gray picture and wait for it, at most ``seconds`` (and the start, once)."""
        self.start()
        while self._due is not None:
            self.collect(START_SECONDS)
        self.start()
        if not self._is_ready(START_SECONDS) or not self._send(kind, image, seconds):
            return self._fail()
        while (answer := self.collect(seconds)) is None:
            pass
        return answer

    def close(self) -> None:
        """End the process and give the memory back. Harmless when done twice."""
        self._closed = True
        self._kill()
        self._free_memory()

    def _free_memory(self) -> None:
        if self._memory is not None:
            self._memory.close()
            with contextlib.suppress(FileNotFoundError):
                self._memory.unlink()
            self._memory = None

    def _is_ready(self, patience: float) -> bool:
        if self._ready or self._pipe is None:
            return self._ready
        try:
            if self._pipe.poll(patience):
                self._ready = self._pipe.recv_bytes(MAX_ANSWER) == _READY
        except (EOFError, OSError):
            self._failed_starts += 1
            self._kill()
            return False
        if self._ready:
            self._failed_starts = 0
        elif time.monotonic() > self._ready_by:
            self._failed_starts += 1
            self._kill()
        return self._ready

    def _send(self, kind: str, image: Image, seconds: float) -> bool:
        assert self._pipe is not None
        height, width = image.shape
        try:
            memory = self._room_for(image.size)
            np.ndarray((height, width), np.uint8, memory.buf)[:] = image
            self._pipe.send((kind, memory.name, height, width))
        except OSError:
            self._kill()
            return False
        self._due = time.monotonic() + seconds
        return True

    def _room_for(self, size: int) -> SharedMemory:
        if self._memory is not None and self._memory.size >= size:
            return self._memory
        self._free_memory()
        self._memory = SharedMemory(create=True, size=size)
        return self._memory

    def _fail(self) -> Answer:
        self._kill()
        return _FAILED

    def _kill(self) -> None:
        process, pipe = self._process, self._pipe
        self._process, self._pipe, self._due, self._ready, self._disowned = None, None, None, False, False
        if process is not None:
            process.kill()
            process.join()
            process.close()
        if pipe is not None:
            pipe.close()


def _serve(pipe: Connection, work: Work, megabytes: int) -> None:
    """The worker process: one job after the other until the pipe closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _silence_stderr()
    _limit_memory(megabytes)
    _give_memory_back()
    pipe.send_bytes(_READY)
    encode = msgspec.msgpack.Encoder().encode
    while True:
        try:
            kind, name, height, width = pipe.recv()
        except (EOFError, OSError):
            return
        began = time.process_time()
        memory = SharedMemory(name=name)
        try:
            image = np.ndarray((height, width), np.uint8, memory.buf).copy()
        finally:
            memory.close()
        try:
            answer = Answer(work(kind, image), (time.process_time() - began) * 1000)
        except Exception:  # a decoder's complaint about a picture is an answer: nothing found
            answer = Answer(Seen(()), (time.process_time() - began) * 1000, failed=True)
        pipe.send_bytes(encode(answer))


def _end_with_parent() -> None:
    """Even a decoder that hangs must not outlive the program: decoders let other threads run meanwhile."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _silence_stderr() -> None:
    """ZBar's C library writes its warnings there."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)


def _limit_memory(megabytes: int) -> None:
    """Linux only: elsewhere the time limit and the picture size bound what a job can take."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    limit = mapped + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _give_memory_back() -> None:
    """Pictures go back to the system when done with: kept in the heap, they left holes that grew by a sixth.

    Linux with glibc (``mallopt`` in malloc.h); elsewhere the heap is left to itself.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)
