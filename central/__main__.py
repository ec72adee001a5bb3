"""Command line of the central service: ``python -m central --help``."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from sqlalchemy import select

from central import aliases, audit, desk, key_command, policy, recovery, stick
from central.demo.load import load_demo
from central.files import write_whole
from central.intake import command as intake
from central.models import DeskAction
from central.publishing import publish
from central.server import serve
from central.service import Service, open_service
from central.settings import Settings, from_environment
from inspector import checklist, hosts
from inspector.divisions import AREAS, area_name, parts
from inspector.errors import Problem
from inspector.inspection import Officer
from inspector.wire import SnapshotManifest

REGION = "属地或区划代码，可以只写前几位，多个用点号连接，如 231102、2311、23、231102.231181"


def region(text: str) -> str:
    """An argument that names a region."""
    try:
        parts(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"不认识的区域“{text}”，请填写{REGION}") from None
    return text


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="python -m central", description="码上查中心服务")
    told.add_argument("--folder", type=Path, help="数据目录（默认 central-data，或环境变量 MASHANGCHA_FOLDER）")
    told.add_argument("--host", help="监听地址（默认 127.0.0.1）")
    told.add_argument("--port", type=int, help="监听端口（默认 8443）")
    told.add_argument("--public-host", help="证书和登记码里的主机名（默认 localhost）")
    commands = told.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="建立数据目录、密钥、证书和数据库")
    commands.add_parser("serve", help="启动服务（HTTPS）")
    demo = commands.add_parser("demo", help="装入虚构的演示数据并发布")
    demo.add_argument("--entities", type=int, default=20_000, help="主体数量")
    link = commands.add_parser("enrol", help="生成一台电脑的一次性登记码")
    link.add_argument("area", choices=[a.key for a in AREAS], help="属地")
    link.add_argument("unit", help="单位名称，与人员名单一致")
    link.add_argument("--register", type=region, default="", help=f"携带另一区域的主体数据：{REGION}")
    offer = commands.add_parser("publish", help="发布一个区域的主体数据：有变化时只发布变化")
    offer.add_argument("area", type=region, help=REGION)
    offer.add_argument("--anew", action="store_true", help="换新密钥，全部重新发布")
    carry = commands.add_parser("carry", help="让一台电脑改带另一区域的主体数据")
    carry.add_argument("device")
    carry.add_argument("area", type=region, help=REGION)
    officer = commands.add_parser("officer", help="增加或更新一名执法人员")
    for name, text in (
        ("number", "工号"),
        ("name", "姓名"),
        ("certificate", "执法证号"),
        ("until", "有效期至"),
        ("unit", "单位"),
    ):
        officer.add_argument(name, help=text)
    for name, text in (
        ("checklist", "发布一份检查表（TOML）的新版本"),
        ("hosts", "发布网址名单（TOML）"),
    ):
        commands.add_parser(name, help=text).add_argument("file", type=Path)
    numbers = commands.add_parser("policy", help="列出各电脑遵守的期限，或更改并通知所有电脑")
    for name, (label, least, most) in policy.LIMITS.items():
        numbers.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=f"{label}（{least} 至 {most}）")
    numbers.add_argument("--reason", default="", help="更改的原因（更改时必须写明）")
    numbers.add_argument("--by", default=getpass.getuser(), help="经办人，默认为当前系统用户")
    revoke = commands.add_parser("revoke", help="停用一台电脑")
    revoke.add_argument("device")
    lost = commands.add_parser("wipe", help="停用一台丢失的电脑，并在它下次联网时清除数据")
    lost.add_argument("device")
    recover = commands.add_parser("recover", help="忘记密码：核对电脑上的申请，生成一次性授权")
    recover.add_argument("request", type=Path, help="电脑上生成的申请文件")
    recover.add_argument("to", type=Path, help="授权文件写到这里")
    for command in (lost, recover):
        command.add_argument("reason", help="原因")
        command.add_argument("--by", default=getpass.getuser(), help="经办人，默认为当前系统用户")
    decide = commands.add_parser("decide", help="处理一条暂存的记录")
    decide.add_argument("hash", help="内容摘要（64 位）")
    decide.add_argument("decision", choices=["accept", "refuse"])
    decide.add_argument("reason")
    decide.add_argument("--by", default=getpass.getuser(), help="经办人，默认为当前系统用户")
    commands.add_parser("audit", help="列出处理记录并核对其完整性")
    intake.add(commands)
    key_command.add(commands)
    alias = commands.add_parser("alias", help="列出待处理的码绑定，或决定一个")
    alias.add_argument("key", nargs="?", help="码的摘要（64 位）；不填则列出")
    alias.add_argument("code", nargs="?", default="", help="它属于的统一社会信用代码；不填则驳回绑定")
    sticks = commands.add_parser("stick", help="导入 U 盘上的记录，写回回执、任务和主体数据")
    sticks.add_argument("path", type=Path, help="U 盘的目录")
    sticks.add_argument("--for", dest="devices", nargs="+", default=[], help="也为这些没有交来记录的电脑写下数据")
    return told


def _settings(told: argparse.Namespace) -> Settings:
    names = ("folder", "host", "port", "public_host")
    given = {name: getattr(told, name) for name in names if getattr(told, name) is not None}
    return replace(from_environment(), **given)


def main(arguments: list[str] | None = None) -> int:
    told = parser().parse_args(arguments)
    settings = _settings(told)
    if told.command == "serve":
        print(f"https://{settings.public_host}:{settings.port}")
        serve(settings)
        return 0
    if told.command == "keys" and told.step == "sign" and told.proposal:
        return key_command.run(told, None, getpass.getpass)
    service = open_service(settings)
    try:
        if told.command == "init":
            print(f"已建立：{settings.folder}")
        elif told.command == "demo":
            load_demo(service, told.entities, print)
        elif told.command == "enrol":
            print(desk.enrolment_link(service, told.area, told.unit, told.register))
        elif told.command == "publish":
            _publish(service, told.area, told.anew)
        elif told.command == "officer":
            entry = Officer(told.number.upper(), told.name, told.certificate, told.until, told.unit)
            desk.put_officers(service, [entry])
        elif told.command == "recover":
            return _recover(service, told)
        elif told.command in ("checklist", "hosts"):
            return _document(service, told.command, told.file)
        elif told.command == "policy":
            return _policy(service, told)
        elif told.command == "intake":
            return intake.run(told, service)
        elif told.command == "keys":
            return key_command.run(told, service, getpass.getpass)
        elif told.command == "stick":
            return _stick(service, told.path, told.devices)
        elif told.command == "audit":
            return _audit(service)
        elif told.command == "alias" and not told.key:
            for standing in aliases.waiting(service):
                print(standing.key, standing.state, standing.payload)
                for officer_number, code in standing.said:
                    print(f"    {officer_number} → {code}")
        else:
            return _about_one(told, service)
    finally:
        service.close()
    return 0


def _recover(service: Service, told: argparse.Namespace) -> int:
    try:
        request = recovery.read(told.request)
        print(f"电脑 {request.device_id}，工号 {request.number}，校验码 {request.mark}：请与申请人当面或电话核对。")
        if input("核对无误请输入“同意”：").strip() != "同意":
            print("没有授权。", file=sys.stderr)
            return 1
        write_whole(told.to, recovery.grant(service, request, who=told.by, reason=told.reason))
    except Problem as problem:
        print(f"{problem.sentence}{problem.advice}", file=sys.stderr)
        return 1
    print(f"授权已写到 {told.to}，{recovery.DAYS} 天内在申请的那台电脑上使用一次。")
    return 0


def _publish(service: Service, area: str, anew: bool) -> None:
    tell = sys.stderr.isatty()
    made = publish(service, area, anew=anew, progress=(lambda rows: _line(f"已写 {rows} 户")) if tell else None)
    what = "全部数据" if isinstance(made, SnapshotManifest) else f"{made.changes} 项变化"
    print(f"{area_name(area)}：{made.rows} 户，第 {made.epoch} 期，{what}")


def _line(text: str) -> None:
    print(f"\r{text}", end="", file=sys.stderr, flush=True)


def _document(service: Service, what: str, path: Path) -> int:
    """Publish what an administrator wrote: a checklist or the host rules."""
    try:
        text = path.read_text(encoding="utf-8")
        if what == "hosts":
            rules = hosts.read(text)
            desk.put_hosts(service, rules)
            print(f"网址名单已发布：本系统 {'、'.join(rules.own)}")
        else:
            template = checklist.read(text)
            desk.put_template(service, template)
            print(f"{template.title}：{template.ref} 已发布")
    except (OSError, ValueError, msgspec.ValidationError) as problem:
        print(f"{path} 不能使用：{problem}。没有发布；请改正后再试。", file=sys.stderr)
        return 1
    return 0


def _policy(service: Service, told: argparse.Namespace) -> int:
    changes = {name: getattr(told, name) for name in policy.LIMITS if getattr(told, name) is not None}
    if changes and not told.reason.strip():
        print("请用 --reason 写明更改的原因。没有更改。", file=sys.stderr)
        return 1
    try:
        if changes:
            now = policy.change(service, changes, who=told.by, reason=told.reason.strip())
        else:
            with service.sessions() as session:
                now = policy.current(session)
    except ValueError as problem:
        print(f"{problem}。没有更改。", file=sys.stderr)
        return 1
    print("\n".join(policy.lines(now)))
    return 0


def _stick(service: Service, path: Path, devices: Sequence[str]) -> int:
    def say(came: stick.Came) -> None:
        print(f"{came.name}：{came.entries} 条记录，{came.chunks} 块照片和文书")
        if came.problem:
            print(f"    {came.problem.sentence}{came.problem.advice}", file=sys.stderr)

    try:
        came = stick.exchange(service, path, say)
        brought = {c.device_id for c in came}
        for device_id in dict.fromkeys(devices):
            if device_id not in brought:
                print(f"{stick.prepare(service, path, device_id).name}：任务、名单和主体数据")
    except Problem as problem:
        print(f"{problem.sentence}{problem.advice}", file=sys.stderr)
        return 1
    if not came and not devices:
        print("U 盘上没有待导入的记录。", file=sys.stderr)
        return 1
    return 1 if any(c.problem for c in came) else 0


def _audit(service: Service) -> int:
    with service.sessions() as session:
        lines = session.scalars(select(DeskAction).order_by(DeskAction.number)).all()
    for line in lines:
        print(line.number, line.at, line.who, desk.DECISIONS.get(line.action, line.action), line.subject, line.reason)
    broken = audit.first_broken(lines)
    if broken is not None:
        print(f"第 {broken} 条处理记录被改动过，或它前面的一条不见了。", file=sys.stderr)
    return 0 if broken is None else 1


def _about_one(told: argparse.Namespace, service: Service) -> int:
    if told.command == "revoke":
        known = desk.revoke(service, told.device)
    elif told.command == "carry":
        known = desk.carry(service, told.device, told.area)
    elif told.command == "wipe":
        known = desk.wipe(service, told.device, who=told.by, reason=told.reason)
    elif told.command == "alias":
        known = aliases.decide(service, told.key, told.code)
    else:
        known = desk.decide(service, told.hash, told.decision == "accept", told.reason, who=told.by)
    if not known:
        print("没有找到，请核对编号。", file=sys.stderr)
    return 0 if known else 1


if __name__ == "__main__":
    sys.exit(main())
