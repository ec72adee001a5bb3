"""What a device's keys do: sign entries and requests, and open what was sealed for this device.

Signing keys are Ed25519 (RFC 8032); boxes are X25519 with an ephemeral key, HKDF-SHA256 and
AES-256-GCM. All keys and outputs are bytes: 32-byte raw keys, 64-byte signatures.
"""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BOX_OVERHEAD = 32 + 16
"""Bytes that a box is longer than what is in it."""


def signing_public(private: bytes) -> bytes:
    """The public half of a raw Ed25519 private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def box_public(private: bytes) -> bytes:
    """The public half of a raw X25519 private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Ed25519 signature, 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is by ``public`` over ``message``; malformed keys and signatures are just False."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _box_key(shared: bytes, ephemeral: bytes, recipient: bytes, purpose: str) -> AESGCM:
    info = b"mashangcha/box/1\0" + purpose.encode()
    return AESGCM(HKDF(SHA256(), 32, salt=ephemeral + recipient, info=info).derive(shared))


def seal(recipient: bytes, plain: bytes, purpose: str, ephemeral: bytes) -> bytes:
    """Seal ``plain`` so that only the holder of ``recipient``'s private key opens it.

    ``purpose`` binds the box to its use; ``ephemeral`` is a fresh random X25519 private key
    (32 bytes) that the caller never uses again, which is why the nonce may be constant.
    """
    key = X25519PrivateKey.from_private_bytes(ephemeral)
    public = key.public_key().public_bytes_raw()
    shared = key.exchange(X25519PublicKey.from_public_bytes(recipient))
    return public + _box_key(shared, public, recipient, purpose).encrypt(bytes(12), plain, None)


def unseal(private: bytes, box: bytes, purpose: str) -> bytes | None:
    """Open a box made by ``seal`` for the same purpose, or None when it is not one for us."""
    if len(box) < BOX_OVERHEAD:
        return None
    public, body = box[:32], box[32:]
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(public))
        own = key.public_key().public_bytes_raw()
        return _box_key(shared, public, own, purpose).decrypt(bytes(12), body, None)
    except (InvalidTag, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class RequestProof:
    """The header ``Authorization: MSC …`` of a device's request: who, when, once, signed."""

    device_id: str
    time: str
    """ISO 8601, UTC, seconds."""
    nonce: str
    """32 hex digits, never used twice."""
    signature: bytes

    def header(self) -> str:
        return f"MSC {self.device_id} {self.time} {self.nonce} {self.signature.hex()}"

    @classmethod
    def parse(cls, header: str) -> "RequestProof | None":
        parts = header.split(" ")
        if len(parts) != 5 or parts[0] != "MSC" or len(parts[3]) != 32 or len(parts[4]) != 128:
            return None
        try:
            return cls(parts[1], parts[2], parts[3], bytes.fromhex(parts[4]))
        except ValueError:
            return None


def request_text(device_id: str, method: str, target: str, time: str, nonce: str, body: bytes) -> bytes:
    """What a request's signature is over. ``target`` is the path with its query as sent."""
    lines = ("mashangcha/request/1", device_id, method.upper(), target, time, nonce, sha256(body).hexdigest())
    return "\n".join(lines).encode()


def prove_request(
    private: bytes, device_id: str, method: str, target: str, time: str, nonce: str, body: bytes
) -> RequestProof:
    """Sign one request; ``body`` is exactly what goes over the wire (after compression)."""
    signature = sign(private, request_text(device_id, method, target, time, nonce, body))
    return RequestProof(device_id, time, nonce, signature)
