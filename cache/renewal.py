"""Takes a newer register, lists and checklists, from the service or from a stick: the same code, the same checks."""

from collections.abc import Callable, Sequence
from threading import Event as Flag

from cache import documents
from cache.opened import Opened
from cache.packs import Fetch, Pack, Packs
from cache.register import Installed
from cache.register_store import Fetched
from cache.session_types import Progress
from inspector.errors import RegisterRefused, ServiceRefused
from inspector.register_file import LayerManifest, Manifest
from inspector.trust import device
from inspector.verdict import StoreHealth
from inspector.wire import RegisterKey

Report = Callable[[Progress], None]


def renew(laptop: Opened, given: Sequence[RegisterKey], fetch: Fetch, progress: Report, cancel: Flag) -> bool:
    """Take new documents in, and the register that is meant for this laptop, if newer or if the one in use is not good.

    ``given``: the keys sealed to this laptop. Returns whether a register was installed. Raises RegisterProblem,
    ServiceRefused, StoreFull, Cancelled, and what ``fetch`` raises.
    """
    identity, holding = laptop.work.identity, laptop.holding
    keys = {k.target: k.sealed for k in given}
    now, _ = laptop.times.judge(laptop.people.policy().lease_days)
    packs = Packs(laptop.folder / "register", identity.enrolment.tuf_root, fetch)
    offered = packs.refresh(now)
    documents.take(laptop, packs, now)
    snapshot = next((p for p in reversed(offered) if p.path in keys), None)
    if snapshot is None:
        return False
    layers = _on(snapshot, offered)
    installed = holding.files.installed()
    usable = holding.state().health in (StoreHealth.GOOD, StoreHealth.UNCHECKED)
    if usable and installed and not _newer([snapshot, *layers][-1].manifest, installed.newest):
        return False
    if usable and installed and installed.sha256 == snapshot.sha256:
        try:
            holding.extend(_fetched(packs, _missing(layers, installed), progress, cancel))
            packs.clean()
            return True
        except RegisterRefused:  # the layers do not fit what is here: the whole register does
            packs.clean()
    key = device.unseal(identity.keys.box, keys[snapshot.path], "register")
    if key is None:
        raise ServiceRefused("中心给的主体数据密钥不是给这台电脑的。", "请联系管理员。")
    base, *others = _fetched(packs, [snapshot, *layers], progress, cancel)
    progress(Progress("安装主体数据", 0, 0))
    holding.install(base, key, others)
    packs.clean()
    return True


def _newer(offered: Manifest, now: Manifest) -> bool:
    if offered.area != now.area:
        return True
    return (offered.epoch, offered.row_version, offered.made_at) > (now.epoch, now.row_version, now.made_at)


def _on(snapshot: Pack, offered: Sequence[Pack]) -> list[Pack]:
    """The layers that lie on a snapshot, without a gap."""
    found, top = list[Pack](), snapshot.manifest
    for pack in offered:
        m = pack.manifest
        if isinstance(m, LayerManifest) and (m.area, m.epoch, m.since) == (top.area, top.epoch, top.row_version):
            found.append(pack)
            top = m
    return found


def _missing(layers: Sequence[Pack], installed: Installed) -> Sequence[Pack]:
    """Those from the first on that is not in use here."""
    same = 0
    for layer, have in zip(layers, installed.layers, strict=False):
        if layer.sha256 != have.sha256:
            break
        same += 1
    return layers[same:]


def _fetched(packs: Packs, wanted: Sequence[Pack], progress: Report, cancel: Flag) -> list[Fetched]:
    packs.ensure_room(wanted)
    total, before = sum(pack.length for pack in wanted), 0
    found = []
    for pack in wanted:

        def tell(done: int, _: int, start: int = before) -> None:
            progress(Progress("下载主体数据", start + done, total))

        found.append(Fetched(packs.download(pack, tell, cancel), pack.sha256, pack.manifest))
        before += pack.length
    return found
