"""The command ``keys``: the ceremony of issuing keys, step by step, each by whoever holds what it needs."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from central import issue, issuing, root_keys
from central.files import write_whole
from central.publish.root import enough, renew_root, replace_root, root_chain
from central.service import DIVISION, Service
from inspector import wire
from inspector.errors import KeysRefused
from inspector.evidence import PublicKeys
from inspector.trust.keys import KeyList

Ask = Callable[[str], str]
"""Asks for a password on the terminal: never an argument, which other users could read."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    told = commands.add_parser("keys", help="签发密钥：根密钥、提案、签名、发布、轮换、吊销、列表")
    steps = told.add_subparsers(dest="step", required=True)
    init = steps.add_parser("root-init", help="生成加密的离线根密钥，接替本机上的根密钥")
    init.add_argument("to", type=Path, help="存放新根密钥文件的目录（每个文件交一名持有人）")
    init.add_argument("--count", type=int, default=3, help="根密钥个数")
    init.add_argument("--threshold", type=int, default=2, help="需要几个签名")
    init.add_argument("--old", type=Path, nargs="+", default=[], help="现行的离线根密钥文件（再次更换时）")
    renew = steps.add_parser("root-renew", help="用现行的根密钥把根的有效期延长一年")
    renew.add_argument("old", type=Path, nargs="+", help="现行的根密钥文件")
    for step, text in (("propose", "提案：增加一个签发密钥"), ("rotate", "提案：换一个签发密钥，新旧并存 30 天")):
        steps.add_parser(step, help=text).add_argument("division", nargs="?", default=DIVISION, help="签发机关区划代码")
    revoke = steps.add_parser("revoke", help="提案：从某日起吊销一个签发密钥")
    revoke.add_argument("key", help="密钥编号")
    revoke.add_argument("since", type=datetime.fromisoformat, help="从何时起签发的码无效（ISO 8601）")
    sign = steps.add_parser("sign", help="用一个离线根密钥给提案签名（可在不联网的电脑上进行）")
    sign.add_argument("root", type=Path, help="根密钥文件")
    sign.add_argument("--proposal", type=Path, help="提案文件（默认为数据目录中的提案）")
    steps.add_parser("publish", help="签名足够时发布提案，下发给全部电脑")
    steps.add_parser("list", help="列出现行和提案中的签发密钥")
    public = steps.add_parser("public", help="导出中心的公钥：任何人可用它核对记录和台账")
    public.add_argument("to", type=Path, help="写到这个文件")


def run(told: argparse.Namespace, service: Service | None, ask: Ask) -> int:
    """Do one step; the exit status. A proposal in a file of its own can be signed where there is no service."""
    try:
        if service:
            _step(told, service, ask)
        else:
            _sign(told.proposal, told.root, ask)
    except KeysRefused as refused:
        sys.stderr.write(f"{refused.sentence}{refused.advice}\n")
        return 1
    return 0


def _step(told: argparse.Namespace, service: Service, ask: Ask) -> None:
    held, now = service.issuing, service.now()
    match told.step:
        case "root-init":
            _root_init(service, told, ask)
        case "root-renew":
            _root_renew(service, told.old, ask)
        case "propose":
            _say(held.propose(told.division, now).key_id.decode())
        case "rotate":
            _say(held.rotate(told.division, now).key_id.decode())
        case "revoke":
            since = told.since if told.since.tzinfo else told.since.astimezone(UTC)
            held.revoke(told.key.encode(), since, now)
        case "sign":
            _sign(held.proposal, told.root, ask)
        case "publish":
            _publish(service)
        case "public":
            write_whole(told.to, wire.encode(PublicKeys((service.keys.receipt_public,))))
        case _:
            _list(service)


def _sign(proposal: Path, root: Path, ask: Ask) -> None:
    _show(issuing.read(proposal)[1])
    issuing.sign(proposal, root_keys.load(root, ask("根密钥口令：")))


def _root_init(service: Service, told: argparse.Namespace, ask: Ask) -> None:
    """Replace the root: the first time by the key that lies here, later by the files of its holders."""
    folder, count, threshold = told.to, told.count, told.threshold
    if service.issuing.proposal.exists():
        raise KeysRefused("还有没发布的提案。", "请先签名并发布，再更换根密钥。")
    if not 1 < threshold <= count:
        raise KeysRefused("需要的签名个数应为 2 以上，且不超过根密钥个数。")
    root, _ = root_chain(service.repository_folder)
    with service.publishing() as (repository, _session):
        old = _opened(told.old, ask) or repository.keys.roots()
        if not told.old and not {s.public_key.keyid for s in old} & set(root.signed.roles["root"].keyids):
            raise KeysRefused("本机上已没有根密钥：离线根密钥已经生效。", "请用 --old 给出现行的根密钥文件。")
        enough(root.signed, old)
        folder.mkdir(parents=True, exist_ok=True)
        new = []
        for number in range(1, count + 1):
            password = ask(f"第 {number} 个根密钥的口令：")
            if password != ask("再输入一次："):
                raise KeysRefused("两次输入的口令不同。")
            new.append(root_keys.make(folder / f"root-{number}.json", password))
        # Proposed first: cut off from here on, the holders sign and publish what lies there.
        service.issuing.again(service.now())
        replace_root(service.repository_folder, old, new, threshold, service.now())
        for signer in new:
            issuing.sign(service.issuing.proposal, signer)
    _publish(service)


def _root_renew(service: Service, old: Sequence[Path], ask: Ask) -> None:
    with service.publishing():
        renew_root(service.repository_folder, _opened(old, ask), service.now())
        root, roots = root_chain(service.repository_folder)
        service.issuing.carry(roots)
    issue.publish_lists(service)
    _say(f"根的有效期至 {root.signed.expires:%Y-%m-%d}")


def _opened(files: Sequence[Path], ask: Ask) -> list[CryptoSigner]:
    return [root_keys.load(path, ask(f"{path.name} 的口令：")) for path in files]


def _publish(service: Service) -> None:
    root, roots = root_chain(service.repository_folder)
    _show(service.issuing.publish(root, roots))
    with service.publishing() as (repository, _session):
        in_force = set(root.signed.roles["root"].keyids)
        if not {s.public_key.keyid for s in repository.keys.roots()} & in_force:
            repository.keys.drop_roots()
    issue.publish_lists(service)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _show(keys: KeyList) -> None:
    _say(f"第 {keys.version} 版")
    for key in keys.keys:
        end = f"，{key.revoked_from:%Y-%m-%d} 起吊销" if key.revoked_from else ""
        _say(f"  {key.key_id.decode()}  {key.division}  {key.not_before:%Y-%m-%d} 至 {key.not_after:%Y-%m-%d}{end}")


def _list(service: Service) -> None:
    held = service.issuing
    keys, (root, _) = held.keys(), root_chain(service.repository_folder)
    role = root.signed.roles["root"]
    with service.publishing() as (repository, _session):
        on_machine = bool(repository.keys.roots())
    where = "在本机上，请运行 keys root-init" if on_machine else "离线"
    _say(f"根：{len(role.keyids)} 个密钥，需要 {role.threshold} 个签名，{where}")
    if keys:
        _show(keys)
    if held.proposal.exists():
        waiting, proposed = issuing.read(held.proposal)
        _say(f"提案，已有 {len(waiting.signatures)} 个签名：")
        _show(proposed)
