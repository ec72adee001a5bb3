"""Puts the service's routes together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from central import issue
from central.api import blobs, devices, down, events
from central.api.problems import Refused, database_down, gone, refused
from central.intake import undoing
from central.intake.jobs import Jobs
from central.service import Service
from central.web import forms, held, intake, pages
from inspector.errors import Problem
from inspector.wire import PREFIX

RESIGN_SECONDS = 6 * 3600
"""How often what is signed for a short time is looked at and renewed."""

PURGE_SECONDS = 24 * 3600
"""How often records that were repaired or are no longer published are taken out."""


def create_app(service: Service) -> FastAPI:
    """The web application of an open service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async def keep_signing() -> None:
            while True:
                await run_in_threadpool(service.renew_signatures)
                await run_in_threadpool(issue.repeat_lists, service)
                await asyncio.sleep(RESIGN_SECONDS)

        async def keep_purging() -> None:
            while True:
                # A database that is busy now is less busy later; signing must not wait for it.
                with suppress(DBAPIError):
                    await run_in_threadpool(undoing.purge, service)
                await asyncio.sleep(PURGE_SECONDS)

        tasks = [asyncio.create_task(keep_signing()), asyncio.create_task(keep_purging())]
        yield
        await run_in_threadpool(app.state.intake.close)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(title="码上查中心服务", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.service = service
    app.state.intake = Jobs(service)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(OperationalError, database_down)
    app.add_exception_handler(forms.NotHere, forms.refused)
    app.add_exception_handler(Problem, forms.told)
    for module in (devices, events, blobs, down):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(pages.router)
    app.include_router(intake.router)
    app.include_router(held.router)
    return app
