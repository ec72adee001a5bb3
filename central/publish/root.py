"""The chain of TUF roots: who may change keys. A root is followed only from the one before it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization.json import JSONSerializer

from central.files import write_whole
from central.publish.repository import LIFETIME
from inspector.errors import KeysRefused


def root_chain(repository: Path) -> tuple[Metadata[Root], tuple[bytes, ...]]:
    """The root in force, and all after the first as they travel with the key list."""
    paths = sorted((repository / "metadata").glob("*.root.json"), key=lambda path: int(path.name.partition(".")[0]))
    files = [path.read_bytes() for path in paths]
    return Metadata.from_bytes(files[-1]), tuple(files[1:])


def replace_root(
    repository: Path, old: Sequence[CryptoSigner], new: Sequence[CryptoSigner], threshold: int, now: datetime
) -> None:
    """Put other root keys in force: signed by the old threshold and by all new keys, as clients demand."""
    metadata, _ = root_chain(repository)
    root = metadata.signed
    for key_id in list(root.roles["root"].keyids):
        root.revoke_key(key_id, "root")
    for signer in new:
        root.add_key(signer.public_key, "root")
    root.roles["root"].threshold = threshold
    root.version += 1
    _sign(repository, metadata, (*old, *new), now)


def renew_root(repository: Path, holders: Sequence[CryptoSigner], now: datetime) -> None:
    """Let the same root keys stand for another year. Raises KeysRefused below their threshold."""
    metadata, _ = root_chain(repository)
    enough(metadata.signed, holders)
    metadata.signed.version += 1
    _sign(repository, metadata, holders, now)


def enough(root: Root, holders: Sequence[CryptoSigner]) -> None:
    """Raises KeysRefused when fewer of the root's keys are there than it asks for: laptops would refuse their word."""
    role = root.roles["root"]
    present = {signer.public_key.keyid for signer in holders} & set(role.keyids)
    if len(present) < role.threshold:
        raise KeysRefused(
            f"现行根密钥只到了 {len(present)} 个，需要 {role.threshold} 个。", "请由其他持有人带上根密钥文件。"
        )


def _sign(repository: Path, metadata: Metadata[Root], signers: Sequence[CryptoSigner], now: datetime) -> None:
    metadata.signed.expires = (now + LIFETIME["root"]).replace(microsecond=0)
    metadata.signatures.clear()
    for signer in signers:
        metadata.sign(signer, append=True)
    path = repository / "metadata" / f"{metadata.signed.version}.root.json"
    write_whole(path, metadata.to_bytes(JSONSerializer()))
