"""Forms of the desk's pages: from this machine only, and only from a page that this service made itself.

Each form carries a secret that is also in a cookie which no other site can send or read.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from central.web.rendering import is_here, page
from inspector.errors import Problem

COOKIE = "__Host-desk"
LARGEST_UPLOAD = 1 << 30
MOST_FIELDS = 1000
LARGEST_FIELD = 64 * 1024


class NotHere(Exception):
    """A request that the desk does not serve: from elsewhere, or not from a page of its own."""


async def only_here(request: Request) -> None:
    if not is_here(request):
        raise NotHere


async def refused(_request: Request, _problem: Exception) -> Response:
    """Those from elsewhere learn nothing."""
    return page("unknown.html", 404)


async def told(request: Request, problem: Exception) -> Response:
    """A Problem as a page with the way back."""
    assert isinstance(problem, Problem)
    back = ("/intake", "归集") if request.url.path.startswith("/intake") else ("/", "中心服务")
    return page("problem.html", 400, problem=problem, back=back)


def show(request: Request, name: str, **values: Any) -> Response:
    """A page with forms: its secret goes into the cookie and into each form."""
    proof = request.cookies.get(COOKIE, "")
    if len(proof) < 32:
        proof = secrets.token_urlsafe(32)
    shown = page(name, forms=True, proof=proof, **values)
    shown.set_cookie(COOKIE, proof, path="/", secure=True, httponly=True, samesite="strict")
    return shown


@asynccontextmanager
async def sent_form(request: Request) -> AsyncIterator[FormData]:
    """The form of one of our pages. Raises NotHere, or Problem when it is too large."""
    await only_here(request)
    proof = request.cookies.get(COOKIE, "")
    if len(proof) < 32:  # before a gigabyte is read for another site's page: it cannot send this cookie
        raise NotHere
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_UPLOAD:
        raise Problem(f"文件超过 {LARGEST_UPLOAD >> 20} MB，没有上传。", "请在服务器上用命令行导入，或分成几个文件。")
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD) as form:
        if not secrets.compare_digest(proof.encode(), str(form.get("proof", "")).encode()):
            raise NotHere
        yield form


def go_to(path: str) -> Response:
    return RedirectResponse(path, 303)
