"""What the service does by itself goes on after it failed, and what a killed publisher left is offered."""

import asyncio
import threading
from pathlib import Path

import pytest

from central import app as module
from central.app import create_app
from central.service import open_service
from central.settings import Settings


def test_a_duty_that_failed_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = open_service(Settings(tmp_path))
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)
    done, tries = threading.Event(), []

    def renew() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("the database is away")
        done.set()

    object.__setattr__(service, "renew_signatures", renew)

    async def live() -> None:
        app = create_app(service)
        async with app.router.lifespan_context(app):
            assert await asyncio.to_thread(done.wait, 60)

    asyncio.run(live())
    service.close()
    assert len(tries) == 3
    assert sum("tried again" in r.message for r in caplog.records) == 2
