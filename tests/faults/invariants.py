"""Every promise of the sync in one function, checked after every case.

``check`` looks at the service and at any number of laptops as they stand, in the middle of whatever went wrong.
``settled`` says that faults have stopped and rounds have run since: then everything must have arrived as well.
"""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text

from cache import continuing, feed
from cache.opened import Opened
from cache.plan import LONGEST_WAIT, batches
from cache.round import PROOF, StoredProof
from central.api.blobs import blob_path
from central.models import BlobRow, Device, EventBlob, EventRow, HeldRow, Publication
from central.service import Service
from inspector import journal, wire
from inspector.trust import device
from inspector.verdict import StoreHealth
from inspector.wire import Receipt
from tests.faults.world import Centre, Station, Told


class Broken(AssertionError):
    """A promise that was not kept; ``name`` says which."""

    def __init__(self, name: str, why: object = "") -> None:
        self.name = name
        super().__init__(f"{name}: {why}")


def must(holds: object, name: str, why: object = "") -> None:
    if not holds:
        raise Broken(name, why)


def check(centre: Centre | None, stations: Iterable[Station], settled: bool = False) -> None:
    """Raises Broken at the first promise that is not kept."""
    laptops = list(stations)
    if centre is not None:
        ledger_is_whole(centre.service)
        refused_keep_their_bytes(centre.service)
        blobs_are_what_they_say(centre.service)
    for station in laptops:
        store_is_whole(station.opened)
        told_is_true(station.opened, station.told)
        registered_means_receipt(station.opened)
        unsent_cannot_go(station.opened)
        next_try_is_near(station.opened)
        photos_are_readable(station.opened)
        if centre is not None:
            register_is_the_centres(centre, station.opened)
            if settled:
                everything_arrived(centre, station.opened)
                if not centre.restored:
                    the_proof_is_whole(centre.service, station.opened)


# -- the laptop
def rows(laptop: Opened, sql: str) -> list[dict[str, Any]]:
    return laptop.store.rows(sql)


def store_is_whole(laptop: Opened) -> None:
    must(rows(laptop, "PRAGMA integrity_check") == [{"integrity_check": "ok"}], "integrity")
    must(rows(laptop, "PRAGMA foreign_key_check") == [], "integrity", "foreign keys")
    vouched = continuing.vouched(laptop.store)
    head, wrong = journal.check_chain(laptop.work.chain(), laptop.work.identity.public, vouched)
    must(not wrong and laptop.work.head() in {head} | {v for v in vouched if v.seq >= head.seq}, "chain", wrong)
    cursor = feed.cursor(laptop.work)
    items = rows(laptop, "SELECT max(number) AS top, count(*) AS n, count(DISTINCT number) AS d FROM feed")[0]
    must((items["top"] or 0) <= cursor and items["n"] == items["d"], "feed", (items, cursor))
    tasks = rows(laptop, "SELECT count(DISTINCT body) AS n FROM feed WHERE kind = 'task'")[0]["n"]
    must(rows(laptop, "SELECT count(*) AS n FROM task")[0]["n"] <= tasks, "feed", "a task from nowhere")


def told_is_true(laptop: Opened, told: Told) -> None:
    """What the officer was told is done is done: drafts saved, photos kept, records sealed, receipts there."""
    hashes = {r["hash"]: r["event_id"] for r in rows(laptop, "SELECT hash, event_id FROM journal")}
    ids = set(hashes.values())
    done = {r["hash"] for r in rows(laptop, "SELECT hash FROM receipt JOIN journal USING (seq)")}
    drafts = {d.event_id: laptop.work.draft(d.event_id) for d in laptop.work.drafts()}
    must(not drafts.keys() & ids, "drafts", "a sealed draft is still open")
    newest: dict[str, str] = {}
    for kind, *words in told.heard():
        match kind:
            case "saved":
                newest[words[0]] = words[1]
            case "photo":
                must(sha256(laptop.blobs.get(words[0])).hexdigest() == words[0], "photos", words)
            case "sealed":
                must(words[0] in hashes, "lost", words)
            case "receipt":
                must(words[0] in done, "receipt lost", words)
            case "feed":
                must(feed.cursor(laptop.work) >= words[0], "feed lost", words)
    for event_id, situation in newest.items():
        if event_id not in ids:
            must(event_id in drafts, "draft lost", event_id)
            # A save that was under way when the power went may be there before it was told.
            must(int(drafts[event_id].situation or 0) >= int(situation or 0), "draft lost", event_id)


def registered_means_receipt(laptop: Opened) -> None:
    """No state *registered* without a receipt that the service signed for exactly these bytes."""
    identity = laptop.work.identity
    sql = "SELECT seq, hash, event_id, payload, c.signature AS mark, ledger_number FROM outbox JOIN journal USING (seq)"
    sql += " LEFT JOIN receipt c USING (seq) WHERE outbox.state = 'done'"
    for row in rows(laptop, sql):
        must(row["payload"] is not None, "no receipt", row["seq"])
        must(device.verify(identity.enrolment.receipt_key, row["payload"], row["mark"]), "forged receipt", row["seq"])
        receipt = wire.decode(row["payload"], Receipt)
        told = (receipt.content_hash, receipt.event_id, receipt.device_id, receipt.device_seq, receipt.ledger_number)
        own = (row["hash"], row["event_id"], identity.device_id, row["seq"], row["ledger_number"])
        must(told == own, "receipt of another", (told, own))


class _Undo(Exception):
    """Ends a transaction without keeping it."""


def unsent_cannot_go(laptop: Opened) -> None:
    """Every sealed entry stands in the queue, and the store itself refuses to forget one."""
    missing = rows(laptop, "SELECT seq FROM journal WHERE seq NOT IN (SELECT seq FROM outbox)")
    must(not missing, "not queued", missing)
    lost = rows(laptop, "SELECT seq, sha256 FROM event_blob WHERE sha256 NOT IN (SELECT sha256 FROM blob)")
    must(not lost, "attachment without a row", lost)
    linked = {(r["seq"], r["sha256"]) for r in rows(laptop, "SELECT seq, sha256 FROM event_blob")}
    entries = [wire.decode(r["event"], wire.Event) for r in rows(laptop, "SELECT event FROM journal")]
    must(linked == {(e.device_seq, b.sha256) for e in entries for b in e.blobs}, "attachment not queued", linked)
    if not rows(laptop, "SELECT 1 AS x FROM journal LIMIT 1"):
        return

    def forget(db: Any) -> None:
        try:
            db.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
        except Exception as refused:
            if "append-only" in str(refused):
                raise _Undo from None
            raise
        raise Broken("deletable", "the journal let an entry go")

    with suppress(_Undo):
        laptop.store.write(forget)


def next_try_is_near(laptop: Opened) -> None:
    """What waits is tried within a minute, whatever the clock did meanwhile."""
    pending, now = laptop.outbox.pending(100_000), laptop.times.wall()
    due = {seq for when in (now, now + LONGEST_WAIT) for batch in batches(pending, when) for seq in batch}
    must(due == {q.seq for q in pending}, "tried too late", [q for q in pending if q.seq not in due])
    status = rows(laptop, "SELECT count(*) AS n FROM outbox WHERE state NOT IN ('pending', 'done', 'held', 'stuck')")
    must(status[0]["n"] == 0, "unknown state")


def photos_are_readable(laptop: Opened) -> None:
    for digest in laptop.work.blob_hashes():
        must(sha256(laptop.blobs.get(digest)).hexdigest() == digest, "photos", digest)


# -- the service
def ledger_is_whole(service: Service) -> None:
    """Each event once, its hash its own, its receipt its own and signed; SQLite's own check too."""
    with service.sessions() as session:
        if service.engine.dialect.name == "sqlite":
            must(session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"], "integrity", "service")
        keys = {d.device_id: d.signing_key for d in session.scalars(select(Device))}
        ids: set[str] = set()
        for row in session.scalars(select(EventRow)):
            event = wire.decode(row.event, wire.Event)
            must(sha256(row.event).hexdigest() == row.content_hash, "ledger", "other bytes")
            must(event.event_id == row.event_id and event.event_id not in ids, "doubled", row.event_id)
            ids.add(row.event_id)
            must(device.verify(keys[event.device_id], row.event, row.signature), "ledger", "not signed by its laptop")
            must(device.verify(service.keys.receipt_public, row.receipt, row.receipt_signature), "ledger", "no receipt")
            receipt = wire.decode(row.receipt, Receipt)
            told = (receipt.content_hash, receipt.event_id, receipt.device_seq, receipt.ledger_number)
            must(
                told == (row.content_hash, row.event_id, row.device_seq, row.ledger_number),
                "ledger", "the receipt of another",
            )  # fmt: skip
            named = {b.sha256 for b in event.blobs}
            kept = set(session.scalars(select(EventBlob.sha256).where(EventBlob.ledger_number == row.ledger_number)))
            must(named == kept, "ledger", "attachments")


def refused_keep_their_bytes(service: Service) -> None:
    with service.sessions() as session:
        keys = {d.device_id: d.signing_key for d in session.scalars(select(Device))}
        for held in session.scalars(select(HeldRow)):
            must(sha256(held.event).hexdigest() == held.content_hash, "held bytes", held.content_hash)
            must(device.verify(keys[held.device_id], held.event, held.signature), "held bytes", "signature")
            must(held.reason, "held bytes", "no reason")


def blobs_are_what_they_say(service: Service) -> None:
    with service.sessions() as session:
        for row in session.scalars(select(BlobRow).where(BlobRow.complete_at.is_not(None))):
            path = blob_path(service, row.sha256)
            must(path.exists(), "blob lost", row.sha256)
            must(sha256(path.read_bytes()).hexdigest() == row.sha256, "blob differs", row.sha256)


# -- both
def register_is_the_centres(centre: Centre, laptop: Opened) -> None:
    """The same version means the same rows, to the digest that the service signed.

    A service that was restored may offer less than the laptop has, which keeps what it has.
    """
    installed = laptop.holding.files.installed()
    if installed is None:
        return
    must(laptop.holding.use().check_file() is StoreHealth.GOOD, "register damaged")
    if centre.restored:
        return
    with centre.service.sessions() as session:
        offered = session.get(Publication, installed.manifest.area)
    held = (installed.newest.epoch, installed.newest.row_version)
    must(offered is not None and held <= (offered.epoch, offered.row_version), "register from nowhere")
    if offered is not None and held == (offered.epoch, offered.row_version):
        must(installed.key == offered.key, "register differs")


def everything_arrived(centre: Centre, laptop: Opened) -> None:
    """Faults have stopped: each entry is registered once with the laptop's own receipt, or held with its bytes kept.

    A service that was restored may have given a second receipt for the same bytes: to a copy of this laptop, which came
    first and sent them again.
    """
    with centre.service.sessions() as session:
        ledger = {
            r.content_hash: (r.ledger_number, r.receipt)
            for r in session.execute(select(EventRow.content_hash, EventRow.ledger_number, EventRow.receipt))
        }
        held = set(session.scalars(select(HeldRow.content_hash)))
        whole = set(session.scalars(select(BlobRow.sha256).where(BlobRow.complete_at.is_not(None))))
    sql = "SELECT seq, hash, outbox.state AS state, payload FROM journal JOIN outbox USING (seq)"
    sql += " LEFT JOIN receipt USING (seq)"
    for row in rows(laptop, sql):
        if row["state"] == "held":
            must(row["hash"] in held | ledger.keys(), "held and gone", row["seq"])
            continue
        must(row["state"] == "done", "did not arrive", (row["seq"], row["state"]))
        must(row["hash"] in ledger, "registered and gone", row["seq"])
        must(centre.restored or ledger[row["hash"]][1] == row["payload"], "another receipt", row["seq"])
        for named in laptop.store.rows("SELECT sha256 FROM event_blob WHERE seq = ?", row["seq"]):
            must(named["sha256"] in whole, "attachment did not arrive", (row["seq"], named["sha256"]))
    _, blobs = laptop.outbox.counts()
    registered = rows(
        laptop,
        "SELECT count(DISTINCT sha256) AS n FROM event_blob JOIN blob USING (sha256) JOIN outbox USING (seq)"
        " WHERE NOT delivered AND outbox.state = 'done'",
    )
    must(registered[0]["n"] == 0, "attachment waits", blobs)


def the_proof_is_whole(service: Service, laptop: Opened) -> None:
    """Restored, copied, whatever it was: after its last round a laptop's chain is the centre's, without a gap."""
    kept = laptop.work.meta(PROOF, StoredProof)
    if kept is None:
        return
    with service.sessions() as session:
        aside = session.scalar(select(HeldRow.content_hash).where(HeldRow.device_id == laptop.work.identity.device_id))
    if aside is None:
        must(kept.proof.equal, "proof", kept.proof.text)
