"""What the service answers when it says no: RFC 9457 problems with stable codes."""

from fastapi import Request, Response

from inspector import wire
from inspector.wire import ProblemReport


class Refused(Exception):
    """A request that is not served: HTTP status, stable code, one sentence, and what to do next."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        self.status, self.code, self.title, self.detail = status, code, title, detail
        super().__init__(code)


def answer(problem: Refused) -> Response:
    report = ProblemReport(
        f"about:mashangcha/{problem.code}", problem.title, problem.status, problem.detail, problem.code
    )
    return Response(wire.encode(report), problem.status, media_type="application/problem+json")


async def refused(_request: Request, problem: Exception) -> Response:
    """FastAPI's handler for ``Refused``."""
    assert isinstance(problem, Refused)
    return answer(problem)


async def gone(_request: Request, _gone: Exception) -> Response:
    """A client whose line was cut while it was sending: no error of the service, and nobody reads the answer."""
    return Response(status_code=400)


async def database_down(_request: Request, _error: Exception) -> Response:
    """The database does not answer: laptops keep what they have and come again."""
    return answer(Refused(503, "database-down", "中心数据库暂时不可用。", "记录仍在本机，稍后会自动再传。"))
