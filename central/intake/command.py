"""``python -m central intake``: import a file, list imports and profiles, undo, purge."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

from sqlalchemy import select

from central.intake import importing, mapping, profiles, undoing
from central.intake.importing import Order, Outcome
from central.intake.mapping import Guess, Profile
from central.intake.readers import open_table
from central.intake.rules import Kind, kinds
from central.models import ImportRun
from central.service import Service
from inspector.errors import Problem
from inspector.freshness import CHINA, china_day

MODES = {"part": "增量", "whole": "全量", "undo": "撤销", "purge": "清除"}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _warn(line: str) -> None:
    sys.stderr.write(line + "\n")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``intake``."""
    told = commands.add_parser("intake", help="归集部门数据：导入、列表、撤销、清除")
    told.add_argument("what", help="要导入的文件（CSV、.xlsx、JSON），或 list、undo、profiles、purge")
    told.add_argument("number", nargs="?", type=int, help="要撤销的归集编号")
    told.add_argument("--kind", choices=list(kinds()), help="类别；不写时按列名判断")
    told.add_argument("--source", help="来源单位")
    told.add_argument("--as-of", type=date.fromisoformat, help="数据截至日期（默认今天）")
    told.add_argument("--profile", help="使用已保存的方案")
    told.add_argument("--save-profile", metavar="NAME", help="把这次的列对应关系保存为方案")
    told.add_argument(
        "--map", action="append", default=[], metavar="项目=列名", help="改正一列的对应关系；列名为空则不归集"
    )
    told.add_argument("--whole", action="store_true", help="全量文件：文件里没有的视为已移出")
    told.add_argument("--accept-gone", action="store_true", help="确认大量移出")
    told.add_argument("--encoding", default="", help="文件编码（默认自动判断）")
    told.add_argument("--dry-run", action="store_true", help="只试算，不写入")
    told.add_argument("--errors", type=Path, metavar="FILE", help="未采用的行写到这个文件")


def run(told: argparse.Namespace, service: Service) -> int:
    """Do what was asked; the exit status."""
    try:
        match told.what:
            case "list":
                _list(service)
            case "profiles":
                for profile in profiles.all_profiles(service):
                    _say(f"{profile.name}：{kinds()[profile.kind].label}，{profile.source}，{len(profile.columns)} 列")
            case "purge":
                _say(f"已清除 {undoing.purge(service)} 条记录。")
            case "undo":
                if told.number is None:
                    _warn("请写明要撤销的归集编号。")
                    return 2
                _say(f"已撤销第 {told.number} 次归集（记为第 {undoing.undo(service, told.number)} 次）。")
            case _:
                return _import(told, service)
    except Problem as problem:
        _warn(f"{problem.sentence}{problem.advice}")
        return 1
    except KeyboardInterrupt:
        _warn("\n已停止，没有写入任何数据。")
        return 130
    return 0


def _list(service: Service) -> None:
    with service.sessions() as session:
        for r in session.scalars(select(ImportRun).order_by(ImportRun.number)):
            kind = kinds()[r.kind].label if r.kind else ""
            undone = f"，已撤销（第 {r.undone_by} 次）" if r.undone_by else ""
            _say(
                f"{r.number} {r.at.astimezone(CHINA):%Y-%m-%d %H:%M} {MODES[r.mode]} {kind} {r.source} {r.file}："
                f"共 {r.rows}，新增 {r.new}，变更 {r.changed}，未变 {r.unchanged}，"
                f"未采用 {r.bad}，移出 {r.gone}{undone}"
            )


def _import(told: argparse.Namespace, service: Service) -> int:
    path, today = Path(told.what), china_day(service.now())
    profile = profiles.find(service, told.profile) if told.profile else None
    kind, columns = _columns(told, profile, path, today)
    source = told.source or (profile.source if profile else "")
    whole = told.whole or bool(profile and profile.whole)
    if told.save_profile:
        profiles.save(service, Profile(told.save_profile, kind.key, source, columns, whole))
    order = Order(
        kind.key, source, told.as_of or today, columns, whole, told.accept_gone, told.profile or "", told.encoding
    )
    started = time.monotonic()

    def progress(rows: int) -> None:
        speed = rows / max(time.monotonic() - started, 0.001)
        sys.stderr.write(f"\r{rows:,} 行，每秒 {speed:,.0f} 行")
        sys.stderr.flush()

    outcome = importing.run(service, path, order, dry=told.dry_run, errors=told.errors, progress=progress)
    _warn("")
    _say(summary(outcome))
    for one in outcome.examples if told.dry_run else ():
        _say(f"  {one.code} {one.name}：{one.what}")
    if outcome.bad and told.errors:
        _say(f"未采用的行在 {told.errors}，改正后可以再次导入。")
    return 0


def _columns(told: argparse.Namespace, profile: Profile | None, path: Path, today: date) -> tuple[Kind, dict[str, str]]:
    """The kind and the mapping: from the profile or guessed, with the corrections of the command line."""
    table = open_table(path, told.encoding)
    try:
        _warn(table.form)
        rows = table.sample(mapping.SAMPLE_ROWS)
    finally:
        table.close()
    key = told.kind or (profile.kind if profile else mapping.likely_kind(table.header, rows, today).key)
    kind = kinds()[key]
    guesses = mapping.guess(kind, table.header, rows, today)
    columns = dict(profile.columns) if profile else mapping.columns_of(guesses)
    for correction in told.map:
        name, _, header = correction.partition("=")
        name = next((c.name for c in kind.columns if name in (c.name, c.label)), name)
        columns = {n: h for n, h in columns.items() if n != name and h != header} | ({name: header} if header else {})
    _say(f"{table.form}；类别：{kind.label}")
    chosen = {header: name for name, header in columns.items()}
    for told_column in guesses:
        _say("  " + _line(kind, told_column, chosen.get(told_column.header, "")))
    return kind, columns


def _line(kind: Kind, guess: Guess, name: str) -> str:
    column = kind.column(name)
    what = column.label if column else ("个人信息，不归集" if guess.personal else "不归集")
    return f"{guess.header} → {what}" + (f"（例：{'、'.join(guess.samples)}）" if guess.samples else "")


def summary(outcome: Outcome) -> str:
    """What an import changed, or would change, in one sentence."""
    head = f"第 {outcome.number} 次归集" if outcome.number else "试算（没有写入）"
    told = (
        f"{head}：共 {outcome.rows} 行，新增 {outcome.new}，变更 {outcome.changed}，未变 {outcome.unchanged}，"
        f"未采用 {outcome.bad}；移出 {outcome.gone}。"
    )
    return told + (f"隐去个人号码 {outcome.hidden} 处。" if outcome.hidden else "")
