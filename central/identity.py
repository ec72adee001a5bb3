"""Who the service is: its certificate authority, TLS certificate, and the keys that sign receipts and open boxes."""

import base64
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from central.files import write_whole
from inspector.trust import device

AUTHORITY_YEARS = 20
CERTIFICATE_DAYS = 397
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """Raw private keys: Ed25519 for receipts, proofs and certificates; X25519 for recovery slots and packages."""

    receipt: bytes = field(repr=False)
    recovery: bytes = field(repr=False)

    @property
    def receipt_public(self) -> bytes:
        return device.signing_public(self.receipt)

    @property
    def recovery_public(self) -> bytes:
        return device.box_public(self.recovery)


def service_keys(folder: Path) -> ServiceKeys:
    """The service's keys, made at the first start."""

    def one(name: str) -> bytes:
        path = folder / name
        if not path.exists():
            write_whole(path, secrets.token_bytes(32), PRIVATE)
        return path.read_bytes()

    return ServiceKeys(one("receipt.key"), one("recovery.key"))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _make_authority(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("MaShangCha service authority")
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(name, name, now, 366 * AUTHORITY_YEARS)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(folder / "authority.key", _pem(key), PRIVATE)
    write_whole(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _make_certificate(folder: Path, hosts: tuple[str, ...], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    signer = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_alternative(h) for h in hosts])
    certificate = (
        _builder(_name(hosts[0]), authority.subject, now, CERTIFICATE_DAYS)
        .public_key(key.public_key())
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    write_whole(folder / "server.key", _pem(key), PRIVATE)
    write_whole(folder / "server.pem", certificate.public_bytes(serialization.Encoding.PEM))


def certificates(folder: Path, host: str) -> tuple[Path, Path]:
    """Paths of the TLS certificate and its key; made when missing, near their end, or for another host."""
    now = datetime.now(UTC)
    hosts = tuple(dict.fromkeys((host, "localhost", "127.0.0.1")))
    if not (folder / "authority.pem").exists():
        _make_authority(folder, now)
    path = folder / "server.pem"
    if path.exists():
        held = x509.load_pem_x509_certificate(path.read_bytes())
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        fits = _alternative(host) in names and held.not_valid_after_utc > now + timedelta(days=30)
    else:
        fits = False
    if not fits:
        _make_certificate(folder, hosts, now)
    return path, folder / "server.key"


def authority_fingerprint(folder: Path) -> str:
    """Base32 SHA-256 of the authority's certificate: stands in every enrolment link."""
    certificate = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    der = certificate.public_bytes(serialization.Encoding.DER)
    return base64.b32encode(hashlib.sha256(der).digest()).decode().rstrip("=")
