"""The desk's pages of intake: send a file, see and correct the mapping, try, import, undo. No script is needed."""

from dataclasses import replace
from datetime import date
from typing import Any, NoReturn

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from central.api.requests import service_of
from central.intake import profiles, provenance, undoing
from central.intake.command import MODES
from central.intake.jobs import Draft, Jobs
from central.intake.problems import NoSuchImport, UnclearColumns
from central.intake.rules import kinds
from central.models import ImportRun
from central.service import Service
from central.web.forms import go_to, only_here, sent_form, show
from inspector.errors import Problem
from inspector.identifiers import tidy

SHOWN = 200
"""Imports in the list, the newest first."""


def jobs_of(request: Request) -> Jobs:
    jobs = request.app.state.intake
    assert isinstance(jobs, Jobs)
    return jobs


router = APIRouter(prefix="/intake")


def _show(request: Request, name: str, **values: Any) -> Response:
    return show(request, f"intake/{name}.html", kinds=kinds(), modes=MODES, **values)


@router.get("")
async def overview(request: Request) -> Response:
    """Send a file; what was imported before."""
    await only_here(request)
    return await run_in_threadpool(_overview, request, service_of(request))


def _overview(request: Request, service: Service) -> Response:
    with service.sessions() as session:
        runs = session.scalars(select(ImportRun).order_by(ImportRun.number.desc()).limit(SHOWN)).all()
    jobs = jobs_of(request)
    with_errors = {run.number for run in runs if run.bad and jobs.errors_of(run.number).exists()}
    return _show(request, "overview", runs=runs, with_errors=with_errors, profiles=profiles.all_profiles(service))


@router.post("")
async def receive(request: Request) -> Response:
    """Take a file, streamed to disk."""
    async with sent_form(request) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise Problem("没有选择文件。", "请选择要归集的文件。")
        name, profile, encoding = sent.filename, str(form.get("profile", "")), str(form.get("encoding", ""))
        draft = await run_in_threadpool(jobs_of(request).receive, sent.file, name, profile, encoding)
    return go_to(f"/intake/file/{draft.token}")


@router.get("/file/{token}")
async def columns(request: Request, token: str, kind: str = "") -> Response:
    """The mapping of a file's columns with samples, to be corrected."""
    await only_here(request)
    return await run_in_threadpool(_columns, request, token, kind)


def _columns(request: Request, token: str, kind: str) -> Response:
    jobs = jobs_of(request)
    draft = jobs.find(token)
    key = kind if kind in kinds() else draft.kind
    guesses = jobs.guesses(draft, key)
    chosen = {g.header: g.name for g in guesses}
    if key == draft.kind:
        chosen = {header: name for name, header in draft.columns.items()}
    return _show(request, "columns", draft=draft, kind=kinds()[key], guesses=guesses, chosen=chosen)


@router.post("/file/{token}")
async def decide(request: Request, token: str) -> Response:
    """Keep the corrected mapping, perhaps as a profile, and try it."""
    async with sent_form(request) as form:
        return await run_in_threadpool(_decide, jobs_of(request), token, form)


def _decide(jobs: Jobs, token: str, form: FormData) -> Response:
    draft = _corrected(jobs.find(token), jobs, form)
    jobs.keep(draft)
    if name := str(form.get("save_profile", "")).strip():
        jobs.save_profile(draft, name)
    jobs.start(jobs.find(token), dry=True, accept_gone=True)
    return go_to(f"/intake/job/{token}")


def _corrected(draft: Draft, jobs: Jobs, form: FormData) -> Draft:
    """Raises UnclearColumns."""
    key = str(form.get("kind", ""))
    if key not in kinds():
        raise UnclearColumns("没有这个类别。")
    found: dict[str, str] = {}
    for at, guess in enumerate(jobs.guesses(draft, key)):
        name = str(form.get(f"column{at}", ""))
        if name and name in found:
            column = kinds()[key].column(name)
            raise UnclearColumns(f"“{column.label if column else name}”对应了不止一列。")
        if name:
            found[name] = guess.header
    try:
        as_of = date.fromisoformat(str(form.get("as_of", "")))
    except ValueError:
        raise UnclearColumns("数据截至日期不对。", "请写成 2026-01-31 的样子。") from None
    source = str(form.get("source", "")).strip()
    return replace(draft, kind=key, source=source, as_of=as_of, columns=found, whole=bool(form.get("whole")))


@router.get("/job/{token}")
async def job(request: Request, token: str) -> Response:
    """How far a job is, and what it changed or would change."""
    await only_here(request)
    return await run_in_threadpool(_job, request, token)


def _job(request: Request, token: str) -> Response:
    jobs = jobs_of(request)
    now = jobs.job(token)
    running = now.running  # once: a job that ends while its page is made is shown as ended by the next page
    bad = not running and now.outcome is not None and now.outcome.bad
    draft = jobs.find(token) if not running and (now.dry or now.problem) else None
    return _show(request, "job", job=now, running=running, token=token, draft=draft, bad=bad)


@router.post("/job/{token}/{action}")
async def act(request: Request, token: str, action: str) -> Response:
    """Import for real, stop what runs, or give the file up."""
    async with sent_form(request) as form:
        accept_gone = bool(form.get("accept_gone"))
    jobs = jobs_of(request)
    if action == "take":
        await run_in_threadpool(lambda: jobs.start(jobs.find(token), False, accept_gone))
    elif action == "stop":
        jobs.job(token).stop.set()
    elif action == "give-up":
        jobs.give_up(token)
        return go_to("/intake")
    else:
        _nothing()
    return go_to(f"/intake/job/{token}")


def _nothing() -> NoReturn:
    raise NoSuchImport


@router.get("/job/{token}/errors")
async def tried_errors(request: Request, token: str) -> Response:
    """The error file of a dry run."""
    await only_here(request)
    return _download(jobs_of(request).path(token, "csv"), "未采用的行.csv")


@router.get("/errors/{number}")
async def errors(request: Request, number: int) -> Response:
    """The error file of an import."""
    await only_here(request)
    return _download(jobs_of(request).errors_of(number), f"未采用的行-{number}.csv")


def _download(path: Any, name: str) -> Response:
    if not path.exists():
        raise NoSuchImport("没有这个错误文件，或已过保存期。")
    return FileResponse(path, media_type="text/csv", filename=name, headers={"Cache-Control": "no-store"})


@router.get("/entity")
async def origins(request: Request, code: str = "") -> Response:
    """Where each record of an entity comes from."""
    await only_here(request)
    code = tidy(code[:64])
    found = await run_in_threadpool(provenance.of, service_of(request), code)
    if found is None:
        raise Problem("主体数据中没有这个代码。", "请核对 18 位统一社会信用代码。")
    return _show(request, "entity", code=code, holder=found[0], told=found[1])


@router.get("/undo/{number}")
async def ask_undo(request: Request, number: int) -> Response:
    """What undoing would undo."""
    await only_here(request)

    def show() -> Response:
        with service_of(request).sessions() as session:
            run = session.get(ImportRun, number)
        if run is None:
            raise NoSuchImport
        return _show(request, "undo", run=run)

    return await run_in_threadpool(show)


@router.post("/undo/{number}")
async def undo(request: Request, number: int) -> Response:
    """Undo an import."""
    async with sent_form(request):
        await run_in_threadpool(undoing.undo, service_of(request), number)
    return go_to("/intake")
