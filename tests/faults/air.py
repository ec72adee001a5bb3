"""The way between a laptop and the service without sockets: the real client, the real web application, and faults.

``requests`` is handed an adapter that calls the application in this process. Everything above it (signing, packing,
reading the answer) and below it (routes, authentication, database) is the product. What TLS and TCP add is tried by
``tests/faults/proxy.py``; here a case costs a millisecond, so that there can be very many.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from fastapi import FastAPI
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse


@dataclass(frozen=True)
class Ask:
    """One request as it goes over the wire."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


async def serve(app: FastAPI, ask: Ask) -> Reply:
    """Let the application answer one request."""
    parts = urlsplit(ask.target)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "https",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": list(ask.headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 443),
    }
    sent: list[dict[str, Any]] = []
    unread = [{"type": "http.request", "body": ask.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return unread.pop() if unread else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(m.get("body", b"") for m in sent[1:])
    return Reply(sent[0]["status"], tuple(sent[0]["headers"]), body)


def answer(runner: asyncio.Runner, app: FastAPI, ask: Ask) -> Reply:
    """The same from code that is not asynchronous; a service that fails inside answers 500, as its server does."""
    try:
        return runner.run(serve(app, ask))
    except Exception:
        return Reply(500, (), b"")


Deliver = Callable[[Ask], Reply]
Fault = Callable[[Deliver, Ask], Reply]
"""Delivers, or not, or twice; raises ``requests.ConnectionError`` as a network does."""


def fair(deliver: Deliver, ask: Ask) -> Reply:
    return deliver(ask)


def lost(deliver: Deliver, ask: Ask) -> Reply:
    """The request never arrives."""
    raise requests.ConnectionError("lost")


def deaf(deliver: Deliver, ask: Ask) -> Reply:
    """The request arrives, its answer does not."""
    deliver(ask)
    raise requests.ConnectionError("answer lost")


def stalled(deliver: Deliver, ask: Ask) -> Reply:
    """The request arrives, then no byte comes until the stall timeout."""
    deliver(ask)
    raise requests.ReadTimeout("stalled")


def twice(deliver: Deliver, ask: Ask) -> Reply:
    """A copy of the request arrives behind it."""
    first = deliver(ask)
    deliver(ask)
    return first


def broken(deliver: Deliver, ask: Ask) -> Reply:
    """The service fails inside before it has done anything."""
    return Reply(500, (), b"")


def flipped_up(deliver: Deliver, ask: Ask) -> Reply:
    """One bit of what goes up is wrong on arrival, as if nothing below had noticed."""
    body = bytearray(ask.body)
    if body:
        body[len(body) // 2] ^= 1
    return deliver(Ask(ask.method, ask.target, ask.headers, bytes(body)))


def flipped_down(deliver: Deliver, ask: Ask) -> Reply:
    """One bit of an answer is wrong. The feed is left alone: below it only TLS keeps it whole."""
    reply = deliver(ask)
    if not ask.path.endswith(("/events", "/handshake", "/have")) or not reply.body:
        return reply
    body = bytearray(reply.body)
    body[len(body) // 2] ^= 1
    return Reply(reply.status, reply.headers, bytes(body))


@dataclass
class Late:
    """Requests that are taken for lost and arrive later, out of their order."""

    waiting: list[tuple[Deliver, Ask]] = field(default_factory=list)

    def __call__(self, deliver: Deliver, ask: Ask) -> Reply:
        self.waiting.append((deliver, ask))
        raise requests.ConnectionError("late")

    def arrive(self) -> None:
        """All that waits arrives, the newest first."""
        while self.waiting:
            deliver, ask = self.waiting.pop()
            deliver(ask)


FAULTS: dict[str, Fault] = {f.__name__: f for f in (lost, deaf, stalled, twice, broken, flipped_up, flipped_down)}


class Air(BaseAdapter):
    """Puts a fault, or none, between ``requests`` and the application."""

    def __init__(self, deliver: Deliver, fault: Fault = fair) -> None:
        super().__init__()
        self._deliver = deliver
        self._fault = fault

    def send(self, request: Any, *args: Any, **more: Any) -> requests.Response:
        parts = urlsplit(request.url)
        headers = tuple((n.lower().encode(), v.encode()) for n, v in request.headers.items())
        ask = Ask(request.method, parts.path + (f"?{parts.query}" if parts.query else ""), headers, request.body or b"")
        reply = self._fault(self._deliver, ask)
        response = requests.Response()
        response.status_code = reply.status
        response.headers = requests.structures.CaseInsensitiveDict({n.decode(): v.decode() for n, v in reply.headers})
        response.raw = HTTPResponse(BytesIO(reply.body), preload_content=False, status=reply.status)
        response.url, response.request = request.url, request
        return response

    def close(self) -> None:
        """Nothing is open."""
