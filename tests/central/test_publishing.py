"""Writers of the repository beside each other: what one published, another never takes back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from cache.packs import Packs
from central import desk
from central.demo.entities import Maker
from central.publishing import publish
from central.server import EmbeddedService
from central.service import open_service
from inspector.freshness import china_day
from tests.laptops import Device


def test_a_renewed_signature_never_takes_a_publication_back(
    service: EmbeddedService, laptop: Device, tmp_path: object
) -> None:
    """The service runs while an administrator publishes from another process, here another opened service."""
    today = china_day(service.service.now())
    desk.put_entities(service.service, list(Maker(3, today).entities(300)))
    other = open_service(service.service.settings)
    packs = Packs(tmp_path, laptop.enrolment.tuf_root, laptop.remote.fetch)  # type: ignore[arg-type]
    assert packs.refresh(service.service.now()) == []
    published = publish(other, "231102")
    service.service.renew_signatures()
    (offered,) = packs.refresh(service.service.now())
    assert offered.manifest == published
    (key,) = laptop.remote.register_keys()
    assert key.target == offered.path
    assert packs.download(offered, cancel=Event()).stat().st_size == offered.length
    other.close()


def test_many_writers_at_once(service: EmbeddedService, laptop: Device, tmp_path: object) -> None:
    desk.put_entities(service.service, list(Maker(4, china_day(service.service.now())).entities(100)))
    with ThreadPoolExecutor(4) as pool:
        renewed = [pool.submit(service.service.renew_signatures) for _ in range(6)]
        published = [pool.submit(publish, service.service, area) for area in ("231102", "231183", "231181")]
        for job in (*renewed, *published):
            job.result()
    packs = Packs(tmp_path, laptop.enrolment.tuf_root, laptop.remote.fetch)  # type: ignore[arg-type]
    assert {p.manifest.area for p in packs.refresh(service.service.now())} == {"231102", "231183", "231181"}
