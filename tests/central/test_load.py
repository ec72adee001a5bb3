"""A rush: what the service cannot answer in time it refuses at the door, and says when to come again."""

import threading
from typing import Any

import anyio
import pytest
from anyio.to_thread import current_default_thread_limiter, run_sync

from central.api.load import RUSH_SECONDS, Load

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def asked(app: Load) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of an answer."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(SCOPE, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


async def fine(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(("waiting", "status"), [(0, 200), (1, 200), (2, 503), (3, 503)])
def test_the_newest_are_sent_away_while_too_much_waits(waiting: int, status: int) -> None:
    door = Load(fine, most=2)
    released = threading.Event()

    async def rush() -> tuple[int, dict[bytes, bytes]]:
        limiter = current_default_thread_limiter()
        limiter.total_tokens = 1
        async with anyio.create_task_group() as group:
            for _ in range(1 + waiting):
                group.start_soon(run_sync, released.wait)
            while limiter.statistics().tasks_waiting < waiting:
                await anyio.lowlevel.checkpoint()
            told = await asked(door)
            released.set()
        assert (await asked(door))[0] == 200, "nobody waits any more"
        return told

    got, headers = anyio.run(rush)
    assert got == status
    assert headers.get(b"retry-after") == (str(RUSH_SECONDS).encode() if status == 503 else None)
