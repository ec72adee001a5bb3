"""Private keys of the offline root: encrypted files that their holders take away, opened only to sign.

A file is one JSON object; the key lies under AES-256-GCM with a key from the password by Argon2id (RFC 9106).
"""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from securesystemslib.signer import CryptoSigner

from central.files import write_whole
from inspector import wire
from inspector.errors import KeysRefused

MEMORY_KIB, PASSES, LANES = 128 * 1024, 3, 4
"""Twice a laptop's slot: it is opened a few times a year, and protects every code."""
SHORTEST = 12
"""Characters of a password."""
FORMAT = "mashangcha/root-key/1"


@dataclass(frozen=True, slots=True)
class _File:
    format: str
    public: bytes
    salt: bytes
    box: bytes = b""


def _cipher(password: str, salt: bytes) -> AESGCM:
    derive = Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return AESGCM(derive.derive(password.encode()))


def make(path: Path, password: str) -> CryptoSigner:
    """A new root key in a new file. Raises KeysRefused for a short password or a file that is there already."""
    if len(password) < SHORTEST:
        raise KeysRefused(f"根密钥口令至少 {SHORTEST} 个字符。")
    if path.exists():
        raise KeysRefused(f"{path.name} 已存在，没有覆盖。", "请换一个空目录。")
    key = Ed25519PrivateKey.generate()
    bare = _File(FORMAT, key.public_key().public_bytes_raw(), secrets.token_bytes(16))
    # The salt is new with every file, so its key encrypts once and the nonce may be constant.
    box = _cipher(password, bare.salt).encrypt(bytes(12), key.private_bytes_raw(), wire.encode(bare))
    write_whole(path, wire.encode(replace(bare, box=box)), 0o600)
    return CryptoSigner(key)


def load(path: Path, password: str) -> CryptoSigner:
    """Open a root key. Raises KeysRefused for another password or a damaged file; which of both cannot be told."""
    try:
        told = wire.decode(path.read_bytes(), _File)
        if told.format != FORMAT or len(told.salt) != 16:
            raise ValueError
        plain = _cipher(password, told.salt).decrypt(bytes(12), told.box, wire.encode(replace(told, box=b"")))
        return CryptoSigner(Ed25519PrivateKey.from_private_bytes(plain))
    except (OSError, msgspec.MsgspecError, InvalidTag, ValueError):
        raise KeysRefused(f"打不开 {path.name}：口令不对，或者文件不是完好的根密钥。") from None
