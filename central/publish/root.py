"""The chain of TUF roots: who may change keys. A root is followed only from the one before it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization.json import JSONSerializer

from central.files import write_whole
from central.publish.repository import LIFETIME


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
    root.expires = (now + LIFETIME["root"]).replace(microsecond=0)
    metadata.signatures.clear()
    for signer in (*old, *new):
        metadata.sign(signer, append=True)
    write_whole(repository / "metadata" / f"{root.version}.root.json", metadata.to_bytes(JSONSerializer()))
