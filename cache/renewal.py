"""Takes a newer register, lists and checklists, from the service or from a stick: the same code, the same checks."""

from collections.abc import Callable, Sequence
from threading import Event as Flag

from cache import documents
from cache.opened import Opened
from cache.packs import Fetch, Packs
from cache.session_types import Progress
from inspector.errors import ServiceRefused
from inspector.trust import device
from inspector.verdict import StoreHealth
from inspector.wire import RegisterKey


def renew(
    laptop: Opened, given: Sequence[RegisterKey], fetch: Fetch, progress: Callable[[Progress], None], cancel: Flag
) -> bool:
    """Take new documents in, and the newest register of the own area, if it is newer or the one in use is not good.

    ``given``: the keys sealed to this laptop. Returns whether a register was installed. Raises RegisterProblem,
    ServiceRefused, StoreFull, Cancelled, and what ``fetch`` raises.
    """
    identity, holding = laptop.work.identity, laptop.holding
    keys = {k.target: k.sealed for k in given}
    now, _ = laptop.times.judge(laptop.people.policy().lease_days)
    packs = Packs(laptop.folder / "register", identity.enrolment.tuf_root, fetch)
    snapshots = packs.refresh(now)
    documents.take(laptop, packs, now)
    offered = [p for p in snapshots if p.path in keys and p.manifest.area == identity.enrolment.area]
    state = holding.state()
    usable = state.health in (StoreHealth.GOOD, StoreHealth.UNCHECKED)
    if not offered:
        return False
    pack = offered[-1]
    if usable and (pack.manifest.epoch, pack.manifest.row_version) <= (state.epoch, state.row_version):
        return False
    key = device.unseal(identity.keys.box, keys[pack.path], "register")
    if key is None:
        raise ServiceRefused("中心给的主体数据密钥不是给这台电脑的。", "请联系管理员。")
    path = packs.download(pack, lambda done, total: progress(Progress("下载主体数据", done, total)), cancel)
    progress(Progress("安装主体数据", 0, 0))
    holding.exchange(holding.files.install(path, key, pack.manifest, pack.sha256))
    packs.clean()
    return True
