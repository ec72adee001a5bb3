"""Keeps a rush from drowning the service: when too much work waits, the newest requests are asked to come later.

At the end of the day thousands of laptops come within minutes. A request that waits for longer than a laptop's patience
is work done for nobody, and the laptop comes again with all of it; one that is refused at the door costs next to
nothing. What counts is work that waits for a thread: a laptop that uploads slowly keeps nobody busy.
"""

from anyio.to_thread import current_default_thread_limiter
from starlette.types import ASGIApp, Receive, Scope, Send

from central.api.problems import Refused, answer

MOST = 400
"""Requests that may wait for a thread: what two cores answer within some five seconds, far inside a laptop's 30."""
RUSH_SECONDS = 120
"""For how long the others are asked to stay away; laptops spread themselves over the second half of it."""


class Load:
    """The service behind a door that closes while so many requests wait."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and current_default_thread_limiter().statistics().tasks_waiting >= self._most:
            app = answer(Refused(503, "busy", "中心服务正忙。", "记录仍在本机，稍后会自动再传。", RUSH_SECONDS))
        await app(scope, receive, send)
