"""The day-end proof: what the service signed that it holds, compared with this laptop's own chain."""

from cache.session_types import Proof
from inspector.journal import Head
from inspector.wire import Handshake


def contradicts(told: Handshake, local: Head, ours: str) -> bool:
    """Whether the chains cannot be of one laptop: it was restored from a backup, or its disk was copied."""
    return told.highest_seq > local.seq or (told.highest_seq > 0 and ours != told.head)


def compare(told: Handshake, local: Head, ours: str) -> Proof:
    """Compare. ``ours`` is the hash of the own entry ``told.highest_seq``, empty when there is none."""
    whole = (told.highest_seq, told.count) == (local.seq, local.seq)
    equal = whole and not contradicts(told, local, ours)
    return Proof(equal, _text(told, local, ours), told, local.seq, local.hash)


def _text(told: Handshake, local: Head, ours: str) -> str:
    if told.highest_seq > local.seq:
        return f"中心保有本机没有的第 {local.seq + 1}…{told.highest_seq} 条记录：本机可能从备份恢复过，请联系管理员。"
    if contradicts(told, local, ours):
        return f"第 {told.highest_seq} 条与中心保存的不同：本机数据可能被复制过，请联系管理员。"
    sentences = [f"中心已收到本机第 1…{told.highest_seq} 条" if told.highest_seq else "中心还没有收到本机的记录"]
    if told.count < told.highest_seq:
        sentences.append(f"其中 {told.highest_seq - told.count} 条尚未登记")
    if told.highest_seq < local.seq:
        sentences.append(f"第 {told.highest_seq + 1}…{local.seq} 条等待上传")
    if len(sentences) == 1 and told.highest_seq:
        sentences[0] += "，一条不缺"
    if told.blobs_missing:
        sentences.append(f"还有 {told.blobs_missing} 份附件待上传")
    return "；".join(sentences) + "。"
