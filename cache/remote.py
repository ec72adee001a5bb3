"""HTTPS to the central service and nothing else: typed calls in, shapes of ``inspector.wire`` out.

Only the service's own certificate authority is believed. Environment variables, redirects and proxies of the system
are ignored (``requests`` would let ``REQUESTS_CA_BUNDLE`` override the pinned authority).
"""

import base64
import hashlib
import http.client
import re
import secrets
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import requests
import zstandard
from requests.adapters import HTTPAdapter

from cache.clock import Clock
from inspector import wire
from inspector.errors import (
    EnrolmentRefused,
    InputProblem,
    ServiceBusy,
    ServiceDown,
    ServiceImpostor,
    ServiceRefused,
)
from inspector.trust import device
from inspector.wire import (
    BlobQuery,
    BlobRef,
    BlobState,
    BlobStates,
    Enrolment,
    EnrolmentRequest,
    EventAnswers,
    EventBatch,
    Feed,
    Handshake,
    ProblemReport,
    RegisterKey,
    SealedEvent,
    Signed,
)

T = TypeVar("T")
STALL = 30.0
"""Seconds without a byte before a connection counts as cut. There is no limit on the whole."""
PIECE = 64 * 1024
MAX_ANSWER = 16 * 1024 * 1024
MAX_AUTHORITY = 64 * 1024
_LINK = re.compile(r"mashangcha://([A-Za-z0-9.-]{1,253}):(\d{1,5})/([A-Za-z0-9]{10,64})#([A-Z2-7]{52})")


@dataclass(frozen=True, slots=True)
class EnrolmentLink:
    """What an administrator hands out: where the service is, a one-time code, and its authority's fingerprint."""

    host: str
    port: int
    code: str = field(repr=False)
    fingerprint: str

    @property
    def base_url(self) -> str:
        return f"https://{self.host}:{self.port}"


def parse_link(text: str) -> EnrolmentLink:
    """Read ``mashangcha://host:port/code#fingerprint``. Raises InputProblem."""
    match = _LINK.fullmatch("".join(text.split()))
    if match is None or not 0 < int(match[2]) < 65536:
        raise InputProblem("登记码不完整。", "请整段复制管理员给的登记码（以 mashangcha:// 开头）。")
    return EnrolmentLink(match[1], int(match[2]), match[3], match[4])


def fingerprint(certificate_pem: str) -> str:
    """Base32 SHA-256 of a certificate, 52 characters."""
    der = ssl.PEM_cert_to_DER_cert(certificate_pem)
    return base64.b32encode(hashlib.sha256(der).digest()).decode().rstrip("=")


class _Pinned(HTTPAdapter):
    """Believes one authority, given as PEM text: no file, no system store."""

    def __init__(self, ca: str) -> None:
        self._context = ssl.create_default_context(cadata=ca)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        super().__init__(pool_connections=2, pool_maxsize=4)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **more)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Keep ``requests`` from adding the system's authorities to the one that is pinned."""
        conn.cert_reqs = "CERT_REQUIRED"

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context, "cert_reqs": "CERT_REQUIRED"} if pool else {}


class _NotThere(ServiceRefused):
    """The service has nothing under this address."""

    code = "not-there"


class _ClockOff(ServiceRefused):
    """This laptop's clock is too far from the service's for a request to be believed."""

    code = "clock"


class Remote:
    """The service as one enrolled device sees it. Not thread-safe: the sync thread owns it.

    Every call may raise ServiceDown, ServiceImpostor, ServiceRefused.
    """

    def __init__(self, base_url: str, ca: str, clock: Clock, device_id: str = "", signing_key: bytes = b"") -> None:
        self._base = base_url
        self._clock = clock
        self._device_id = device_id
        self._signing_key = signing_key
        self._offset = timedelta(0)
        """What is added to this laptop's clock in requests, once the service has said how far it is off."""
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("https://", _Pinned(ca))

    def close(self) -> None:
        self._session.close()

    def _send(self, method: str, target: str, body: bytes = b"", **headers: str) -> requests.Response:
        """Send; a laptop whose clock died in the cold asks once for the time and goes on."""
        try:
            return self._send_once(method, target, body, **headers)
        except _ClockOff:
            self._learn_time()
            return self._send_once(method, target, body, **headers)

    def _learn_time(self) -> None:
        # The time only dates requests: the clock that verdicts rest on learns from signed answers alone.
        with self._send_once("GET", f"{wire.PREFIX}/handshake") as answer:
            told = wire.decode(wire.decode(_bounded(answer), Signed).payload, Handshake)
        self._offset = told.server_time - self._clock.now()

    def _send_once(self, method: str, target: str, body: bytes = b"", **headers: str) -> requests.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._device_id:
            time = (self._clock.now() + self._offset).astimezone(UTC).isoformat(timespec="seconds")
            nonce = secrets.token_hex(16)
            proof = device.prove_request(self._signing_key, self._device_id, method, target, time, nonce, body)
            told["Authorization"] = proof.header()
        try:
            answer = self._session.request(
                method,
                self._base + target,
                data=body,
                headers=told,
                timeout=STALL,
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.SSLError:
            raise ServiceImpostor from None
        except requests.RequestException:
            raise ServiceDown from None
        if answer.status_code >= 300:
            with answer:
                self._refuse(answer)
        return answer

    def _refuse(self, answer: requests.Response) -> None:
        if answer.status_code in {503, 429}:
            raise ServiceBusy(_asked_to_wait(answer.headers.get("Retry-After", "")))
        if answer.status_code in {502, 504}:
            raise ServiceDown
        try:
            report = wire.decode(_bounded(answer), ProblemReport)
        except (msgspec.MsgspecError, requests.RequestException):
            raise ServiceRefused(f"中心服务没有处理这次请求（{answer.status_code}）。") from None
        if report.code == EnrolmentRefused.code:
            raise EnrolmentRefused
        if report.code == _ClockOff.code:
            raise _ClockOff(report.title, report.detail)
        kind = _NotThere if answer.status_code == 404 else ServiceRefused
        raise kind(report.title, report.detail)

    def _call(self, method: str, target: str, kind: type[T], body: bytes = b"", **headers: str) -> T:
        with self._send(method, wire.PREFIX + target, body, **headers) as answer:
            try:
                return wire.decode(_bounded(answer), kind)
            except requests.RequestException:
                raise ServiceDown from None
            except msgspec.MsgspecError:
                raise ServiceRefused("中心服务的回答不能读取。", "请稍后再试；记录仍在本机。") from None

    def enrol(self, request: EnrolmentRequest) -> Enrolment:
        """Raises EnrolmentRefused."""
        return self._call("POST", "/enrol", Enrolment, wire.encode(request))

    def handshake(self) -> Signed:
        return self._call("GET", "/handshake", Signed)

    def events(self, batch: list[SealedEvent]) -> EventAnswers:
        body = zstandard.ZstdCompressor().compress(wire.encode(EventBatch(tuple(batch))))
        return self._call("POST", "/events", EventAnswers, body, Content_Encoding="zstd")

    def have(self, blobs: list[BlobRef]) -> BlobStates:
        return self._call("POST", "/blobs/have", BlobStates, wire.encode(BlobQuery(tuple(blobs))))

    def put_chunk(self, sha256: str, number: int, data: bytes) -> BlobState:
        digest = hashlib.sha256(data).hexdigest()
        return self._call("PUT", f"/blobs/{sha256}/chunks/{number}", BlobState, data, X_Chunk_SHA256=digest)

    def feed(self, after: int) -> Feed:
        return self._call("GET", f"/feed?after={after}", Feed)

    def register_keys(self) -> list[RegisterKey]:
        return self._call("GET", "/register/keys", list[RegisterKey])

    def fetch(self, path: str, start: int) -> Iterator[bytes]:
        """Bytes of a file of the service's TUF repository from ``start`` on. Raises FileNotFoundError."""
        try:
            answer = self._send("GET", f"{wire.PREFIX}/tuf/{quote(path)}", Range=f"bytes={start}-")
        except _NotThere:
            raise FileNotFoundError(path) from None
        with answer:
            if answer.status_code != 206:
                raise ServiceDown
            try:
                yield from answer.iter_content(PIECE)
            except requests.RequestException:
                raise ServiceDown from None


def _asked_to_wait(retry_after: str) -> float:
    """Seconds that an answer asks to wait; a date, which the header may hold too, is no use to a clock in doubt."""
    return float(retry_after) if re.fullmatch("[0-9]{1,9}", retry_after) else 0.0


def _bounded(answer: requests.Response) -> bytes:
    """The body of an answer, never more than an honest service sends."""
    data = bytearray()
    for piece in answer.iter_content(PIECE):
        data += piece
        if len(data) > MAX_ANSWER:
            raise ServiceRefused("中心服务的回答过长，已停止接收。", "请稍后再试；记录仍在本机。")
    return bytes(data)


def fetch_authority(link: EnrolmentLink) -> str:
    """The service's certificate authority, believed only because its fingerprint stands in the link.

    Nothing secret goes over this one connection that is not verified yet. Raises ServiceDown, ServiceImpostor.
    """
    # The fingerprint decides who answers, not the certificate that this one connection shows.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(link.host, link.port, timeout=STALL, context=context)
    try:
        connection.request("GET", f"{wire.PREFIX}/authority")
        answer = connection.getresponse()
        pem = answer.read(MAX_AUTHORITY).decode("ascii")
        if answer.status != 200 or not secrets.compare_digest(fingerprint(pem), link.fingerprint):
            raise ServiceImpostor
    except ValueError:
        raise ServiceImpostor from None
    except (OSError, http.client.HTTPException):
        raise ServiceDown from None
    finally:
        connection.close()
    return pem


def opened(signed: Signed, receipt_key: bytes, kind: type[T]) -> T:
    """Open something that the service signed. Raises ServiceImpostor when it did not."""
    if not device.verify(receipt_key, signed.payload, signed.signature):
        raise ServiceImpostor
    try:
        return wire.decode(signed.payload, kind)
    except msgspec.MsgspecError:
        raise ServiceImpostor from None
