"""The laptop's connection: which service is believed, whatever the environment and the network say."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cache.clock import SystemClock
from cache.remote import MAX_ANSWER, Remote, fetch_authority, parse_link
from central import identity
from central.demo.load import AREA, UNIT
from central.server import EmbeddedService
from inspector.errors import ServiceDown, ServiceImpostor, ServiceRefused


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "centre") as running:
        yield running


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "impostor") as running:
        yield running


def authority(service: EmbeddedService) -> str:
    return (service.service.key_folder / "authority.pem").read_text()


@contextmanager
def answering(centre: EmbeddedService, status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    """Something that holds the service's certificate and gives the same answer to everything; yields its address."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):  # the laptop has heard enough
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing to tell."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*identity.certificates(centre.service.key_folder, "127.0.0.1"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asking(base_url: str, ca: str) -> Remote:
    return Remote(base_url, ca, SystemClock(), "d" * 32, bytes(range(32)))


def test_the_environment_cannot_add_an_authority(
    centre: EmbeddedService, impostor: EmbeddedService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``requests`` lets REQUESTS_CA_BUNDLE override what a program told it to verify with."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(authority(impostor))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(bundle))
    remote = asking(impostor.base_url, authority(centre))
    with pytest.raises(ServiceImpostor):
        remote.handshake()
    remote.close()


def test_the_environment_cannot_put_a_proxy_between(centre: EmbeddedService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    remote = asking(centre.base_url, authority(centre))
    with pytest.raises(ServiceRefused, match="没有在中心登记"):
        remote.handshake()
    remote.close()


def test_a_redirect_is_never_followed(centre: EmbeddedService, impostor: EmbeddedService) -> None:
    for target in ("http://127.0.0.1:9/v1/handshake", f"{impostor.base_url}/v1/handshake"):
        with answering(centre, 302, {"Location": target, "Content-Length": "0"}, b"") as url:
            remote = asking(url, authority(centre))
            with pytest.raises(ServiceRefused):
                remote.handshake()
            remote.close()


def test_an_endless_answer_is_cut(centre: EmbeddedService) -> None:
    with answering(centre, 200, {}, b" " * (MAX_ANSWER + 2_000_000)) as url:
        remote = asking(url, authority(centre))
        with pytest.raises(ServiceRefused, match="过长"):
            remote.handshake()
        remote.close()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"payload": NaN}', b'{"payload": 1e999}', b"\xff" * 40, b"[" * 100_000])
def test_an_answer_that_is_no_answer_is_told(centre: EmbeddedService, body: bytes) -> None:
    with answering(centre, 200, {"Content-Length": str(len(body))}, body) as url:
        remote = asking(url, authority(centre))
        with pytest.raises(ServiceRefused):
            remote.handshake()
        remote.close()


def test_a_service_that_speaks_no_tls_gets_nothing(centre: EmbeddedService) -> None:
    port = centre.service.settings.port
    remote = asking(f"http://127.0.0.1:{port}", authority(centre))
    with pytest.raises(ServiceDown):
        remote.handshake()
    remote.close()


def test_enrolment_believes_the_fingerprint_alone(centre: EmbeddedService, impostor: EmbeddedService) -> None:
    mine = parse_link(centre.enrolment_link(AREA, UNIT))
    assert fetch_authority(mine) == authority(centre)
    theirs = parse_link(impostor.enrolment_link(AREA, UNIT))
    swapped = type(mine)(theirs.host, theirs.port, theirs.code, mine.fingerprint)
    with pytest.raises(ServiceImpostor):
        fetch_authority(swapped)
    assert mine.code not in repr(mine)
