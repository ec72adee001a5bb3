"""Issuing keys: proposed on the service's machine, signed by holders of the offline root, then published.

``list.json`` is what laptops get, ``proposal.json`` what waits for signatures, ``<key id>.key`` the private keys.
A proposal only ever adds keys, shortens a period or revokes: no step can drop a key and its revocation with it.
"""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from securesystemslib.signer import CryptoSigner, Signature
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root

from central.files import write_whole
from inspector import wire
from inspector.errors import KeysRefused
from inspector.trust.keys import IssuingKey, KeyList, RootSigned, root_text
from inspector.trust.signing import Ed25519Signer, Signer

LIFETIME = timedelta(days=2 * 365)
OVERLAP = timedelta(days=30)
"""How long a key that is being replaced may still sign."""
_DIVISION = re.compile(r"[0-9]{6}")


class Issuing:
    """The key list of a service. ``folder`` is for the service alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list, self.proposal = folder / "list.json", folder / "proposal.json"

    def published(self) -> RootSigned | None:
        return wire.decode(self._list.read_bytes(), RootSigned) if self._list.exists() else None

    def keys(self) -> KeyList | None:
        signed = self.published()
        return wire.decode(signed.payload, KeyList) if signed else None

    def signer(self, division: str, now: datetime) -> tuple[IssuingKey, Signer]:
        """The newest published key of a division that may sign now, and who signs with it.

        An HSM's signer would be returned here. Raises KeysRefused when there is none.
        """
        told = self.keys()
        live = [
            k
            for k in (told.keys if told else ())
            if k.division == division and k.not_before <= now <= k.not_after and k.revoked_from is None
        ]
        for key in sorted(reversed(live), key=lambda k: k.not_before, reverse=True):
            path = self._private(key.key_id)
            if path.exists():
                return key, Ed25519Signer(path.read_bytes())
        raise KeysRefused(f"{division} 没有可用的签发密钥。", "请运行 keys propose，再由根密钥持有人签名并发布。")

    def propose(self, division: str, now: datetime) -> IssuingKey:
        """Propose a new key beside those that are there."""
        if not _DIVISION.fullmatch(division):
            raise KeysRefused("区划代码应为 6 位数字。")
        keys = self._proposed()
        names = {k.key_id for k in keys}
        tries = (f"{division}-{now:%Y%m%d}{f'-{n}' if n else ''}".encode() for n in range(len(names) + 1))
        name = next(n for n in tries if n not in names)
        private = secrets.token_bytes(32)
        signer = Ed25519Signer(private)
        # A code issued in the second of the key's birth lies inside its period.
        start = now.replace(microsecond=0) - timedelta(hours=1)
        key = IssuingKey(name, signer.public, division, start, start + LIFETIME, algorithm=signer.algorithm)
        write_whole(self._private(name), private, 0o600)
        self._write((*keys, key), now)
        return key

    def rotate(self, division: str, now: datetime, overlap: timedelta = OVERLAP) -> IssuingKey:
        """Propose a new key; the division's older ones stay live for ``overlap`` and end then."""
        new = self.propose(division, now)
        last = now.replace(microsecond=0) + overlap
        keys = (
            replace(k, not_after=max(k.not_before, min(k.not_after, last)))
            if k.division == division and k.key_id != new.key_id
            else k
            for k in self._proposed()
        )
        self._write(tuple(keys), now)
        return new

    def revoke(self, key_id: bytes, since: datetime, now: datetime) -> None:
        """Propose that codes issued by a key at or after ``since`` count no more. An earlier date stands for ever."""
        keys = self._proposed()
        if key_id not in {k.key_id for k in keys}:
            raise KeysRefused("没有这个签发密钥，请用 keys list 核对。")
        self._write(
            tuple(
                replace(k, revoked_from=min(since, k.revoked_from or since)) if k.key_id == key_id else k for k in keys
            ),
            now,
        )

    def publish(self, root: Metadata[Root], roots: tuple[bytes, ...]) -> KeyList:
        """Make the proposal the list that laptops get. Raises KeysRefused below the root's threshold."""
        signed, told = read(self.proposal)
        held = self.keys()
        if told.version != (held.version if held else 0) + 1:
            raise KeysRefused("这份提案不是接着现行密钥清单的，没有发布。", "请重新提案并签名。")
        signatures = {i: Signature(i, s) for i, s in signed.signatures.items()}
        try:
            root.signed.verify_delegate("root", root_text(signed.payload), signatures)
        except UnsignedMetadataError:
            need = root.signed.roles["root"].threshold
            raise KeysRefused(f"有效的根签名不足 {need} 个，没有发布。", "请由其他根密钥持有人继续签名。") from None
        write_whole(self._list, wire.encode(replace(signed, roots=roots)))
        self.proposal.unlink()
        return told

    def again(self, now: datetime) -> None:
        """Propose the published keys unchanged: for a new root to sign."""
        told = self.keys()
        self._write(told.keys if told else (), now)

    def carry(self, roots: tuple[bytes, ...]) -> None:
        """Let the published list travel with newer roots of the same keys."""
        signed = self.published()
        if signed is not None:
            write_whole(self._list, wire.encode(replace(signed, roots=roots)))

    def _private(self, key_id: bytes) -> Path:
        return self._folder / f"{key_id.decode()}.key"

    def _proposed(self) -> tuple[IssuingKey, ...]:
        if self.proposal.exists():
            return read(self.proposal)[1].keys
        told = self.keys()
        return told.keys if told else ()

    def _write(self, keys: tuple[IssuingKey, ...], now: datetime) -> None:
        """Changing a proposal takes its signatures away."""
        held = self.keys()
        told = KeyList((held.version if held else 0) + 1, now, keys)
        write_whole(self.proposal, wire.encode(RootSigned(wire.encode(told), {})))


def read(proposal: Path) -> tuple[RootSigned, KeyList]:
    """A proposal and what it says. Raises KeysRefused."""
    try:
        signed = wire.decode(proposal.read_bytes(), RootSigned)
        return signed, wire.decode(signed.payload, KeyList)
    except (OSError, msgspec.MsgspecError):
        raise KeysRefused("没有可用的提案。", "请先运行 keys propose、rotate 或 revoke，或核对提案文件。") from None


def sign(proposal: Path, signer: CryptoSigner) -> None:
    """Add a root key's signature to a proposal, here or on a machine without a network."""
    signed, _ = read(proposal)
    made = signer.sign(root_text(signed.payload))
    write_whole(proposal, wire.encode(replace(signed, signatures={**signed.signatures, made.keyid: made.signature})))
