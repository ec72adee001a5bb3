"""What the service answers when it says no: RFC 9457 problems with stable codes."""

from fastapi import Request, Response

from inspector import wire
from inspector.wire import ProblemReport

DOWN_SECONDS = 60
"""For how long laptops are asked to leave a service alone whose database does not answer."""


class Refused(Exception):
    """A request that is not served: HTTP status, stable code, one sentence, and what to do next.

    ``retry_after``: seconds for which this service asks to be left alone; 0 when it asks for nothing.
    """

    def __init__(self, status: int, code: str, title: str, detail: str = "", retry_after: int = 0) -> None:
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.retry_after = retry_after
        super().__init__(code)


def answer(problem: Refused) -> Response:
    report = ProblemReport(
        f"about:mashangcha/{problem.code}", problem.title, problem.status, problem.detail, problem.code
    )
    asks = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    return Response(wire.encode(report), problem.status, asks, "application/problem+json")


async def refused(_request: Request, problem: Exception) -> Response:
    """FastAPI's handler for ``Refused``."""
    assert isinstance(problem, Refused)
    return answer(problem)


async def gone(_request: Request, _gone: Exception) -> Response:
    """A client whose line was cut while it was sending: no error of the service, and nobody reads the answer."""
    return Response(status_code=400)


async def database_down(_request: Request, _error: Exception) -> Response:
    """The database does not answer: laptops keep what they have and come again."""
    advice = "记录仍在本机，稍后会自动再传。"
    return answer(Refused(503, "database-down", "中心数据库暂时不可用。", advice, DOWN_SECONDS))
