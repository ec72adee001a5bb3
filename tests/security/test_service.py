"""The service under hostile requests: what it never gives, never writes and never runs."""

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from central import desk
from central.demo.entities import Maker
from central.demo.load import AREA, officers
from central.demo.look import find
from central.server import EmbeddedService
from inspector.errors import ServiceRefused
from inspector.freshness import china_day
from inspector.trust import device as keys
from tests.laptops import Device, enrolled

MARKUP = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{7*7}}${7*7}'
PATHS = (
    "../keys/authority.key",
    "..%2fkeys%2fauthority.key",
    "%2e%2e/%2e%2e/etc/passwd",
    "....//keys",
    "/etc/passwd",
    "..\\keys",
    "register/../../keys/authority.key",
    "CON.txt",
    "1.root.json:stream",
    "1.root.json%00.txt",
    "",
    ".",
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "centre") as running:
        desk.put_officers(running.service, officers(running.service))
        desk.put_entities(running.service, Maker(7, china_day(running.service.now())).entities(60))
        yield running


@pytest.fixture
def laptop(centre: EmbeddedService) -> Iterator[Device]:
    device = enrolled(centre)
    yield device
    device.remote.close()


def ask(centre: EmbeddedService, path: str, laptop: Device | None = None) -> tuple[int, bytes]:
    """A request exactly as written: no library tidies the path."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", centre.service.settings.port, timeout=30, context=context)
    headers = {}
    if laptop is not None:
        # What is signed is the decoded path, as the service sees it.
        now = centre.service.now().isoformat(timespec="seconds")
        proof = keys.prove_request(laptop.signing, laptop.device_id, "GET", unquote(path), now, path[-20:] * 2, b"")
        headers["Authorization"] = proof.header()
    try:
        connection.putrequest("GET", path, skip_host=False)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_no_path_leads_out_of_the_repository(centre: EmbeddedService, laptop: Device) -> None:
    for path in PATHS:
        status, body = ask(centre, f"/v1/tuf/{path}", laptop)
        assert status in {400, 401, 404}, (path, status, body[:80])
        assert b"PRIVATE KEY" not in body
        assert b"root:" not in body


def test_a_blob_is_named_by_its_hash_alone(centre: EmbeddedService, laptop: Device) -> None:
    before = sorted(centre.service.settings.folder.rglob("*"))
    for digest in ("..%2f..%2fkeys", "../../keys", "A" * 64, "0" * 63, "0" * 65, "0" * 64, "CON", "x:y"):
        with pytest.raises(ServiceRefused):
            laptop.remote.put_chunk(digest, 0, b"x")
    assert {p for p in centre.service.settings.folder.rglob("*") if p not in before and "blobs" in p.parts} == set()


def test_names_with_markup_stay_text_on_the_public_page(centre: EmbeddedService) -> None:
    entity = find(centre.service, AREA, lambda e: True)
    licence = replace(entity.licence, name=MARKUP, premises=MARKUP, scope=MARKUP)
    desk.put_entities(centre.service, [replace(entity, licence=licence)])
    status, body = ask(centre, f"/e/{entity.code}")
    page = body.decode()
    assert status == 200
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page


def test_the_public_page_tells_no_officers_business(centre: EmbeddedService) -> None:
    entity = find(centre.service, AREA, lambda e: bool(e.risk))
    _, body = ask(centre, f"/e/{entity.code}")
    for word in ("风险", "责令改正", "身份证"):
        assert word not in body.decode()


@pytest.mark.parametrize("code", ["x" * 4000, "%00", "%ff", "'%20OR%201=1--", "92231102MA1Y00018%0a"])
def test_any_code_gets_a_page(centre: EmbeddedService, code: str) -> None:
    status, body = ask(centre, f"/e/{code}")
    assert status in {400, 404}
    assert b"Traceback" not in body


def test_keys_are_readable_by_the_service_alone(centre: EmbeddedService) -> None:
    secret = [
        p
        for p in Path(centre.service.key_folder).iterdir()
        if p.suffix in {".key", ".pem"} and b"PRIVATE" in p.read_bytes()
    ]
    assert secret
    for path in [*secret, *Path(centre.service.key_folder).glob("*.key")]:
        assert path.stat().st_mode & 0o077 == 0, path.name
