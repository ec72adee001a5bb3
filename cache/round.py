"""One round with the service: carries out what the plan says, action by action; what was done stays done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event as Flag
from typing import Protocol

from cache import feed, numbers, proof
from cache.continuing import elsewhere, go_on, knows
from cache.lanes import Lanes
from cache.opened import Opened
from cache.outbox import Outgoing
from cache.plan import (
    Action,
    AskBlobs,
    Prove,
    SendBlob,
    SendBlobs,
    SendEvents,
    Shake,
    State,
    TakeFeed,
    TakeRegister,
    backoff,
    plan,
)
from cache.remote import opened as opened_by
from cache.renewal import renew
from cache.session_types import Progress, Proof
from cache.tally import Tally
from inspector.errors import (
    Cancelled,
    Problem,
    RegisterProblem,
    ServiceBusy,
    ServiceDown,
    ServiceImpostor,
    ServiceRefused,
    StoreFull,
    VaultDamaged,
)
from inspector.journal import Head
from inspector.orders import ORDER, WipeOrder
from inspector.wire import (
    CHUNK,
    BlobRef,
    BlobState,
    BlobStates,
    EventAnswers,
    Feed,
    Handshake,
    RegisterKey,
    SealedEvent,
    Signed,
)

LOOKED_AT = 2000
"""Queued entries that one plan looks at."""
PROOF = "proof"


class Service(Protocol):
    """What a round asks of the service: see ``cache.remote.Remote``."""

    def handshake(self) -> Signed: ...
    def events(self, batch: list[SealedEvent]) -> EventAnswers: ...
    def have(self, blobs: list[BlobRef]) -> BlobStates: ...
    def put_chunk(self, sha256: str, number: int, data: bytes) -> BlobState: ...
    def feed(self, after: int) -> Feed: ...
    def register_keys(self) -> list[RegisterKey]: ...
    def fetch(self, path: str, start: int) -> Iterator[bytes]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredProof:
    """The last proof as it is kept: the signed word, and the own chain at that moment."""

    signed: Signed
    proof: Proof


class Round:
    """Used once, by one thread."""

    def __init__(
        self,
        laptop: Opened,
        lanes: Lanes[Service],
        chance: Callable[[], float],
        progress: Callable[[Progress], None],
        cancel: Flag,
        photos: bool = True,
    ) -> None:
        self._laptop = laptop
        self._outbox = laptop.outbox
        self._lanes = lanes
        self._service = lanes.first
        self._chance = chance
        self._progress = progress
        self._cancel = cancel
        self._state = State(photos=photos)
        self.trouble: Problem | None = None
        """What kept one part of the round from being done, when the others went on."""
        self.stayed: list[str] = []
        """Blobs of which the service took nothing."""
        self._begun: list[str] = []
        """Blobs of which it took something before a cut: they go on in this round."""

    @property
    def reached(self) -> bool:
        """Whether the service has answered."""
        return self._state.shaken

    def run(self) -> None:
        """Raises ServiceDown, ServiceImpostor, ServiceRefused, Cancelled, StoreFull."""
        while actions := plan(self._look(), self._laptop.times.wall()):
            for action in actions:
                self._stop_if_cancelled()
                self._do(action)

    def close(self) -> None:
        """Close the connections."""
        self._lanes.close()

    def _look(self) -> State:
        self._state = replace(
            self._state,
            pending=tuple(self._outbox.pending(LOOKED_AT)),
            blobs=tuple(self._outbox.undelivered(LOOKED_AT)),
        )
        return self._state

    def _stop_if_cancelled(self) -> None:
        if self._cancel.is_set():
            raise Cancelled

    def _do(self, action: Action) -> None:
        match action:
            case Shake():
                self._shake()
            case SendEvents():
                self._send_events(self._outbox.outgoing(action.seqs))
            case AskBlobs():
                self._ask(list(action.blobs))
            case SendBlobs():
                self._send_blobs(action)
            case TakeFeed():
                self._take_feed()
            case TakeRegister():
                self._take_register()
            case Prove():
                self._prove()

    # -- greeting and proof
    def _handshake(self) -> tuple[Signed, Handshake]:
        signed = self._service.handshake()
        identity = self._laptop.work.identity
        told = opened_by(signed, identity.enrolment.receipt_key, Handshake)
        if told.device_id != identity.device_id:
            raise ServiceImpostor
        self._laptop.times.heard(told.server_time)
        return signed, told

    def _shake(self) -> None:
        """Greet: a restored service gets again what it had confirmed; a restored laptop goes on after what is there."""
        signed, told = self._handshake()
        go_on(self._laptop.work, signed, told, self._laptop.times.wall())
        if self._outbox.newest_registered() > told.highest_seq:
            self._outbox.again(told.highest_seq)
        if self._outbox.registered(told.highest_seq) > told.count:
            self._outbox.again(0)
        if told.blobs_missing:
            self._outbox.ask_again(told.blobs_missing)
        if told.held >= 0:
            self._outbox.offer_again(told.held)
        self._state = replace(self._state, shaken=True)

    def _prove(self) -> None:
        signed, told = self._handshake()
        work = self._laptop.work
        known = knows(work.store, Head(told.highest_seq, told.head))
        result = proof.compare(told, work.head(), known, elsewhere(work))
        work.set_meta(PROOF, StoredProof(signed, result))
        self._state = replace(self._state, proved=True)

    # -- up
    def _send_events(self, sent: list[Outgoing]) -> None:
        size = sum(len(out.sealed.event) for out in sent)
        self._progress(Progress("上传记录", 0, size))
        try:
            answers = self._service.events([out.sealed for out in sent]).answers
        except ServiceBusy:
            raise  # it says nothing about these entries
        except (ServiceDown, ServiceRefused):
            self._handshake()  # raises when it is the network that fails, and not these entries
            self._outbox.failed(sent, self._later(sent))
            return
        for receipt in self._outbox.answered(sent, answers, self._later(sent)):
            self._laptop.times.heard(receipt.server_time)
        self._progress(Progress("上传记录", size, size))

    def _later(self, sent: list[Outgoing]) -> datetime:
        seqs = {out.seq for out in sent}
        tries = max((q.tries for q in self._state.pending if q.seq in seqs), default=0)
        return self._laptop.times.wall() + backoff(tries + 1, self._chance())

    def _leave_out(self, digest: str) -> None:
        self._state = replace(self._state, left_out=self._state.left_out | {digest})

    def _ask(self, blobs: list[BlobRef]) -> None:
        try:
            answers = {s.sha256: s for s in self._service.have(blobs).blobs}
        except ServiceRefused:
            if len(blobs) > 1:
                for blob in blobs:
                    self._ask([blob])
                return
            answers = {}
        held = dict(self._state.held)
        for blob in blobs:
            answer = answers.get(blob.sha256)
            if answer is None:
                self._leave_out(blob.sha256)
                self.stayed.append(blob.sha256)
            else:
                held[blob.sha256] = frozenset(answer.chunks)
        self._outbox.delivered([b.sha256 for b in blobs if b.sha256 in answers and answers[b.sha256].complete])
        self._state = replace(self._state, held=held)

    def _send_blobs(self, action: SendBlobs) -> None:
        for job in action.jobs:
            self._leave_out(job.blob.sha256)
        told = Tally("上传照片", sum(job.bytes_left for job in action.jobs), self._progress)
        self._lanes.each(action.jobs, lambda service, job: self._send_blob(service, job, told))
        begun, self._begun = frozenset(self._begun), []
        held = {digest: chunks for digest, chunks in self._state.held.items() if digest not in begun}
        self._state = replace(self._state, left_out=self._state.left_out - begun, held=held)

    def _send_blob(self, service: Service, job: SendBlob, told: Tally) -> None:
        """On the thread of a lane: nothing here touches the state of the round."""
        blob = job.blob
        try:
            data = self._laptop.blobs.get(blob.sha256)
        except VaultDamaged as problem:
            self._outbox.blob_broken(blob.sha256, problem.sentence)
            return
        for sent, number in enumerate(job.chunks):
            self._stop_if_cancelled()
            piece = data[number * CHUNK : (number + 1) * CHUNK]
            try:
                answer = service.put_chunk(blob.sha256, number, piece)
            except ServiceBusy:
                raise
            except (ServiceDown, ServiceRefused):
                service.handshake()  # raises when it is the network that fails, and not this blob
                (self._begun if sent else self.stayed).append(blob.sha256)
                return
            told.add(len(piece))
            if answer.complete:
                self._outbox.delivered([blob.sha256])
                return

    # -- down
    def _take_feed(self) -> None:
        work = self._laptop.work
        while True:
            after = feed.cursor(work)
            page = self._service.feed(after)
            feed.apply(work, page, self._laptop.times.wall())
            if not page.more or feed.cursor(work) == after:
                break
        numbers.start_anew(work)
        # Ordered to forget everything, nothing more is fetched: see cache/wipe.py.
        over = work.meta(ORDER, WipeOrder) is not None
        self._state = replace(self._state, feed_taken=True, register_taken=over, proved=over)

    def _take_register(self) -> None:
        self._state = replace(self._state, register_taken=True)
        try:
            renew(self._laptop, self._service.register_keys(), self._service.fetch, self._progress, self._cancel)
        except (RegisterProblem, ServiceRefused, StoreFull) as problem:
            self.trouble = problem
