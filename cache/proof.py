"""The day-end proof: what the service signed that it holds, compared with this laptop's own chain."""

from cache.session_types import Proof
from inspector.journal import Head
from inspector.wire import Handshake


def compare(told: Handshake, local: Head, known: bool, elsewhere: int) -> Proof:
    """Compare.

    ``known``: whether the place where the centre stands is one of the own chain. ``elsewhere``: how many numbers of the
    own chain only the centre holds, since this laptop was restored.
    """
    whole = (told.highest_seq, told.count) == (local.seq, local.seq)
    return Proof(whole and known, _text(told, local, known, elsewhere), told, local.seq, local.hash)


def _text(told: Handshake, local: Head, known: bool, elsewhere: int) -> str:
    if not known:
        # The next round goes on after it: see cache/continuing.py.
        return f"第 {told.highest_seq} 条与中心保存的不同：本机的数据可能被恢复或复制过，请再同步一次。"
    sentences = [f"中心已收到本机第 1…{told.highest_seq} 条" if told.highest_seq else "中心还没有收到本机的记录"]
    if told.count < told.highest_seq:
        sentences.append(f"其中 {told.highest_seq - told.count} 条尚未登记")
    if told.highest_seq < local.seq:
        sentences.append(f"第 {told.highest_seq + 1}…{local.seq} 条等待上传")
    if len(sentences) == 1 and told.highest_seq:
        sentences[0] += "，一条不缺"
    if elsewhere:
        sentences.append(f"其中 {elsewhere} 条只在中心（本机恢复以前的记录）")
    if told.blobs_missing:
        sentences.append(f"还有 {told.blobs_missing} 份附件待上传")
    return "；".join(sentences) + "。"
