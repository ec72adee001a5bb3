"""What all pages share: templates, headers, and who may see the desk."""

from datetime import datetime
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from inspector.freshness import CHINA

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action "
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_HERE = {"127.0.0.1", "::1"}
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(default=True)
)


def _moment(at: datetime | None) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else "—"


def _written(at: str) -> str:
    """A moment that is kept as text."""
    return _moment(datetime.fromisoformat(at))


_environment.filters["moment"] = _moment
_environment.filters["written"] = _written


def page(name: str, status: int = 200, forms: bool = False, **values: object) -> Response:
    """A page of a template; ``forms`` lets it send forms to this service."""
    html = _environment.get_template(name).render(**values)
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY + ("'self'" if forms else "'none'")}
    return Response(html, status, headers, "text/html; charset=utf-8")


def is_here(request: Request) -> bool:
    """Whether a request comes from this machine and was meant for it: the desk is for nobody else.

    The name in the request is looked at too: a page of another site whose name was made to point here is not let in.
    """
    client = request.client.host if request.client else ""
    names = {*_HERE, "localhost", request.app.state.service.settings.public_host}
    return client in _HERE and request.url.hostname in names
