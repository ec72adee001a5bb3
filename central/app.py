"""Puts the service's routes together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from central import issue
from central.api import blobs, devices, down, events
from central.api.problems import Refused, refused
from central.service import Service
from central.web import pages
from inspector.wire import PREFIX

RESIGN_SECONDS = 6 * 3600
"""How often what is signed for a short time is looked at and renewed."""


def create_app(service: Service) -> FastAPI:
    """The web application of an open service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async def keep_signing() -> None:
            while True:
                await run_in_threadpool(service.renew_signatures)
                await run_in_threadpool(issue.repeat_lists, service)
                await asyncio.sleep(RESIGN_SECONDS)

        task = asyncio.create_task(keep_signing())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(title="码上查中心服务", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.service = service
    app.add_exception_handler(Refused, refused)
    for module in (devices, events, blobs, down):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(pages.router)
    return app
