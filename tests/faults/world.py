"""A service and its laptops in one process: real stores, real client, real application, held clocks, faults between."""

import asyncio
import json
import secrets
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event as Flag
from typing import Any

import requests
from sqlalchemy.orm import sessionmaker

from cache.clock import Clock
from cache.drafts import Drafts, photo_refs
from cache.founding import found
from cache.identity import DeviceKeys, Identity
from cache.opened import Opened
from cache.remote import Remote
from cache.remote import opened as opened_by
from cache.round import Service as ServicePort
from cache.sync import Sync
from cache.vault import Keys, Vault, derive
from cache.work import Entry, Listing
from central import desk, identity
from central.app import create_app
from central.database import open_engine
from central.demo.entities import Maker
from central.demo.load import AREA, UNIT, officers
from central.publishing import publish
from central.service import Service, open_service
from central.settings import Settings
from inspector import checklist
from inspector.entries import AMENDMENT, INSPECTION, LEAD, Amendment, Lead
from inspector.errors import Problem
from inspector.freshness import china_day
from inspector.inspection import Basis, BasisKind, Check, Inspection, Party, Seen
from inspector.register_file import Manifest
from inspector.trust import device
from inspector.verdict import ClockTrust, Colour, Finding, Means
from inspector.wire import DeviceCertificate, EnrolmentRequest, EventKind
from tests.cache.officers import START, HeldClock
from tests.faults.air import Air, Ask, Fault, Reply, answer, fair

KEYS: Keys = derive(bytes(range(32)))
LAPTOPS = ("a", "b", "c")
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 4


def told_path(folder: Path) -> Path:
    """Where stands what the officer of a laptop was told."""
    return folder.parent / f"{folder.name}.told"


class Told:
    """What an officer was told is done, one line each, outside of the store: what may be insisted on afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, *words: object) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(words) + "\n")

    def heard(self) -> list[list[Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


class Centre:
    """The service on a folder, answering in this process; closed and opened again as often as a case wants."""

    def __init__(self, folder: Path, clock: HeldClock, database: str = "", restored: bool = False) -> None:
        """``restored``: from a backup, so that laptops may know more than it does."""
        self.restored = restored
        settings = Settings(folder, database, public_host="127.0.0.1")
        engine = open_engine(settings.database)
        keys = identity.service_keys(folder / "keys")
        self.service = Service(settings, engine, sessionmaker(engine, expire_on_commit=False), keys, clock.now)
        self.app = create_app(self.service)
        self._runner = asyncio.Runner()
        """One loop for all requests, as a server has."""

    @staticmethod
    def make(folder: Path, clock: HeldClock, entities: int = 4, database: str = "") -> None:
        """Lay down a service with officers and one published register."""
        service = open_service(Settings(folder, database, public_host="127.0.0.1"), clock.now)
        try:
            desk.put_officers(service, officers(service))
            desk.put_entities(service, Maker(1, china_day(clock.now())).entities(entities))
            publish(service, AREA)
        finally:
            service.close()

    def answer(self, ask: Ask) -> Reply:
        return answer(self._runner, self.app, ask)

    def publish(self, entities: int) -> Manifest:
        """A newer register."""
        desk.put_entities(self.service, Maker(entities, china_day(self.service.now())).entities(entities))
        return publish(self.service, AREA)

    def close(self) -> None:
        self._runner.close()
        self.service.close()


def enrol(folder: Path, centre: Centre, clock: HeldClock) -> None:
    """What an enrolment leaves on a laptop, made with the real request; no password is derived."""
    folder.mkdir(parents=True)
    link = desk.enrolment_link(centre.service, AREA, UNIT)
    code = link.rsplit("/", 1)[1].split("#")[0]
    authority = (centre.service.key_folder / "authority.pem").read_text()
    own = DeviceKeys(secrets.token_bytes(32), secrets.token_bytes(32))
    wanted = EnrolmentRequest(code, folder.name, device.signing_public(own.signing), device.box_public(own.box))
    remote = Remote("https://centre", authority, clock)
    remote._session.mount("https://", Air(centre.answer))
    given = remote.enrol(wanted)
    remote.close()
    certificate = opened_by(given.certificate, given.receipt_key, DeviceCertificate)
    found(folder, KEYS, Identity(own, certificate, given, "https://centre", authority))


def make(folder: Path, laptops: tuple[str, ...] = LAPTOPS) -> None:
    """Lay down a whole world that cases start from a copy of."""
    clock = HeldClock()
    Centre.make(folder / "centre", clock)
    centre = Centre(folder / "centre", clock)
    for name in laptops:
        enrol(folder / name, centre, clock)
    centre.close()


@dataclass
class Station:
    """One laptop in the hands of one officer, without screens."""

    folder: Path
    clock: HeldClock
    centre: Centre | None
    fault: Fault = fair
    chance: float = 0.0
    trouble: Problem | None = None
    opened: Opened = field(init=False)

    def __post_init__(self) -> None:
        self.told = Told(told_path(self.folder))
        self.open()

    def open(self) -> None:
        self.opened = Opened(self.folder, KEYS, Vault(self.folder / "slots.json", self.clock), self.clock)
        self.officer = self.opened.people.officer("HH0001")
        self.drafts = Drafts(self.opened, self.officer)
        self.syncing = Sync(self.opened, self._connect, lambda: self.chance, lanes=1)

    def _connect(self, who: Identity, clock: Clock) -> ServicePort:
        if self.centre is None:
            raise requests.ConnectionError("no service in this world")
        remote = Remote(who.base_url, who.ca, clock, who.device_id, who.keys.signing)
        remote._session.mount("https://", Air(self._deliver, lambda deliver, ask: self.fault(deliver, ask)))
        return remote

    def _deliver(self, ask: Ask) -> Reply:
        """To the service as it is when the request arrives: it may have been started anew since it was sent."""
        assert self.centre is not None
        return self.centre.answer(ask)

    def close(self) -> None:
        self.opened.close()

    def killed(self) -> None:
        """Go on from the files as they lie there, as after a kill between two steps."""
        frozen = self.folder.with_suffix(".frozen")
        shutil.copytree(self.folder, frozen)
        self.close()
        shutil.rmtree(self.folder)
        frozen.rename(self.folder)
        self.open()

    # -- work
    def draft(self, event_id: str, situation: str = "") -> Inspection:
        """An inspection that has just begun, saved."""
        draft = replace(blank(event_id, self.opened), situation=situation)
        self.save(draft)
        return draft

    def save(self, draft: Inspection) -> None:
        self.drafts.save(draft)
        self.told.say("saved", draft.event_id, draft.situation)

    def photo(self, draft: Inspection, data: bytes) -> Inspection:
        photo = self.drafts.add_photo(PHOTO + data, "image/jpeg", "camera", "")
        self.told.say("photo", photo.sha256)
        return replace(draft, photos=(*draft.photos, photo))

    def seal(self, draft: Inspection) -> str:
        wall = self.opened.times.wall()
        entry = Entry(
            EventKind.INSPECTION, INSPECTION, draft, ("HH0001",), wall, "fair", draft.event_id,
            draft.template_hash, "", "", photo_refs(draft),
        )  # fmt: skip
        listing = Listing(draft.document_number, draft.party.name, "")
        head = self.opened.work.seal_draft(entry, listing)
        self.told.say("sealed", head.hash)
        return head.hash

    def amend(self, event_id: str, text: str) -> str:
        body = Amendment("笔误", text)
        wall = self.opened.times.wall()
        entry = Entry(EventKind.AMENDMENT, AMENDMENT, body, ("HH0001",), wall, "fair", refers_to=event_id)
        head = self.opened.work.append(entry, Listing("更正", "更正", ""))
        self.told.say("sealed", head.hash)
        return head.hash

    def lead(self, text: str, schema: str = LEAD) -> str:
        wall = self.opened.times.wall()
        head = self.opened.work.append(Entry(EventKind.LEAD, schema, Lead(text), ("HH0001",), wall, "fair"))
        self.told.say("sealed", head.hash)
        return head.hash

    def sync(self) -> None:
        """One round. What it raises is what the officer would be told."""
        self.syncing.round(lambda _: None, Flag())

    def wait(self, minutes: float) -> None:
        self.clock.wait(timedelta(minutes=minutes).total_seconds())


def blank(event_id: str, laptop: Opened) -> Inspection:
    """A draft without answers."""
    template = checklist.shipped()["food-sale"]
    check = Check(Means.TYPED, "", Colour.UNKNOWN, Finding.NO_BASIS, "", START, ClockTrust.FAIR, Seen())
    return Inspection(
        event_id,
        f"现检-{event_id[-4:]}",
        Basis(BasisKind.PLAN, "1"),
        laptop.people.roster()[:2],
        Party("喆喆便利店", "", "", "8号"),
        check,
        template.ref,
        template.hash,
        START,
        ClockTrust.FAIR,
        "8号",
    )


def event_id(number: int, laptop: str) -> str:
    """An id that a case can foretell."""
    return f"01a20000-{number:04x}-7000-8000-{sha256(laptop.encode()).hexdigest()[:12]}"
