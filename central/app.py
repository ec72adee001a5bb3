"""Puts the service's routes together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from central import issue
from central.api import blobs, devices, down, events
from central.api.load import Load
from central.api.problems import Refused, database_down, gone, refused
from central.intake import undoing
from central.intake.jobs import Jobs
from central.service import Service
from central.web import forms, held, intake, pages
from inspector.errors import Problem
from inspector.wire import PREFIX

log = logging.getLogger(__name__)

RESIGN_SECONDS = 6 * 3600
"""How often what is signed for a short time is looked at and renewed."""

CATCH_UP_SECONDS = 60
"""How often it is looked whether somebody who published was killed before it was offered."""

AGAIN_SECONDS = 60
"""How soon what failed is tried again."""

PURGE_SECONDS = 24 * 3600
"""How often records that were repaired or are no longer published are taken out."""


def create_app(service: Service) -> FastAPI:
    """The web application of an open service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stopping = asyncio.Event()

        async def repeat(seconds: float, step: Callable[[], object]) -> None:
            """Do a step now and every so many seconds, sooner when it failed: a database may be down for a while.

            A step that has begun is waited for: it holds connections.
            """
            while not stopping.is_set():
                pause = seconds
                try:
                    await run_in_threadpool(step)
                except Exception:
                    log.exception("will be tried again")
                    pause = min(seconds, AGAIN_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), pause)

        duties: list[tuple[float, Callable[[], object]]] = [
            (RESIGN_SECONDS, service.renew_signatures),
            (RESIGN_SECONDS, partial(issue.repeat_lists, service)),
            (CATCH_UP_SECONDS, service.catch_up),
            (PURGE_SECONDS, partial(undoing.purge, service)),
        ]
        tasks = [asyncio.create_task(repeat(*duty)) for duty in duties]
        yield
        await run_in_threadpool(app.state.intake.close)
        stopping.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(title="码上查中心服务", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.service = service
    app.state.intake = Jobs(service)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(OperationalError, database_down)
    app.add_exception_handler(forms.NotHere, forms.refused)
    app.add_exception_handler(Problem, forms.told)
    app.add_middleware(Load)
    for module in (devices, events, blobs, down):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(pages.router)
    app.include_router(intake.router)
    app.include_router(held.router)
    return app
