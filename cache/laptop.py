"""This laptop: enrolled once, unlocked by an officer, then a ``Session`` does the day's work."""

import platform
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from cache import recovery, remote, wipe
from cache.clock import Clock, SystemClock
from cache.founding import found
from cache.identity import DeviceKeys, Identity
from cache.lock import FolderLock
from cache.opened import Opened
from cache.remote import Remote
from cache.session import Session
from cache.sync import Sync
from cache.vault import Cost, Keys, Vault, check_strength, derive, new_keys, plain_number
from inspector.errors import (
    EnrolmentRefused,
    InputProblem,
    LaptopWiped,
    Locked,
    NotEnrolled,
    Problem,
    RecoveryRefused,
    ServiceImpostor,
    VaultDamaged,
)
from inspector.orders import RecoveryRequest
from inspector.trust import device
from inspector.wire import DeviceCertificate, Enrolment, EnrolmentRequest


@dataclass(frozen=True, slots=True)
class Tries:
    """What is left of an officer's password tries."""

    left: int
    locked_seconds: int
    """0 when a try is allowed now."""


class Laptop:
    """The data folder of one laptop. Thread-safe; one instance a process (a lock file sees to it)."""

    def __init__(self, folder: Path, clock: Clock | None = None, cost: Cost | None = None) -> None:
        """Raises InUse, VaultDamaged. ``cost`` is the price of a password guess in new slots."""
        self.folder = folder
        self.clock = clock or SystemClock()
        self._gate = RLock()
        self._opened: Opened | None = None
        self._folder_lock = FolderLock(folder)
        try:
            if self.wiped is not None:
                wipe.finish(folder)
            self._vault = Vault(folder / "slots.json", self.clock, cost)
        except BaseException:
            self._folder_lock.close()
            raise

    @property
    def wiped(self) -> str | None:
        """After the centre had this laptop forget everything: where the sealed records lie, or empty; else None."""
        told = wipe.told(self.folder)
        return None if told is None else str(self.folder / told.package) if told.package else ""

    @property
    def enrolled(self) -> bool:
        """Whether a device key and at least one officer slot exist."""
        return bool(self._vault.numbers)

    def enrol(
        self, enrolment: str, number: str, password: str, step: Callable[[str], None] = lambda _: None
    ) -> Session:
        """Enrol with the one-time ``enrolment`` string from the centre and make the first officer's slot.

        ``step`` is told what is going on, in Chinese. Raises EnrolmentRefused, ServiceDown, ServiceImpostor,
        ServiceRefused, WeakPassword, InputProblem (not an enrolment string, number not in the roster).
        """
        with self._gate:
            if self.enrolled:
                raise EnrolmentRefused("这台电脑已经登记过。", "请用工号和密码解锁。")
            link = remote.parse_link(enrolment)
            number = plain_number(number)
            check_strength(password, number)
            step("正在核对中心服务的证书")
            ca = remote.fetch_authority(link)
            own = DeviceKeys(secrets.token_bytes(32), secrets.token_bytes(32))
            step("正在登记")
            answer, certificate = self._ask(link.base_url, ca, link.code, own)
            if number not in {o.number for o in answer.officers}:
                raise InputProblem("中心的人员名单里没有这个工号。", "请核对工号；登记码已用去，请重新领取。")
            step("正在建立保险库")
            keys = new_keys()
            found(self.folder, keys, Identity(own, certificate, answer, link.base_url, ca))
            self._vault.create(keys, certificate.device_id, number, password, answer.recovery_key)
            (self.folder / wipe.MARKER).unlink(missing_ok=True)
            session = self._open(keys, number)
            session._opened.times.heard(answer.server_time)
            session.audit("enrolled", certificate.device_id)
            return session

    def _ask(self, base_url: str, ca: str, code: str, own: DeviceKeys) -> tuple[Enrolment, DeviceCertificate]:
        service = Remote(base_url, ca, self.clock)
        try:
            answer = service.enrol(
                EnrolmentRequest(
                    code, platform.node()[:80], device.signing_public(own.signing), device.box_public(own.box)
                )
            )
        finally:
            service.close()
        certificate = remote.opened(answer.certificate, answer.receipt_key, DeviceCertificate)
        if certificate.signing_key != device.signing_public(own.signing):
            raise ServiceImpostor
        return answer, certificate

    def add_officer(self, session: Session, number: str, password: str) -> None:
        """Give another officer of the roster a slot of their own. Raises InputProblem, WeakPassword."""
        number = plain_number(number)
        keys = session._opened.keys
        if keys is None:
            raise Locked
        if number not in {o.number for o in session.roster()}:
            raise InputProblem("中心的人员名单里没有这个工号。", "请核对工号，或联网同步后再试。")
        if number in self._vault.numbers:
            raise InputProblem("这个工号已经可以在本机解锁。", "忘记密码请联系管理员。")
        self._vault.put(keys, number, password)
        session.audit("officer-added", number)

    def officer_numbers(self) -> tuple[str, ...]:
        """Who can unlock this laptop (numbers only: names are inside the vault)."""
        return self._vault.numbers

    def tries(self, number: str) -> Tries:
        return Tries(self._vault.left(number), self._vault.locked_seconds(number))

    def unlock(self, number: str, password: str) -> Session:
        """Raises NotEnrolled, WrongPassword, LockedOut, VaultDamaged. About 0.2 s: call off the UI thread."""
        with self._gate:
            if not self.enrolled:
                raise NotEnrolled
            keys = self._vault.open(number, password)
            session = self._open(keys, plain_number(number))
            recovery.forget(self.folder, session.officer.number)
            return self._admitted(session)

    def _admitted(self, session: Session) -> Session:
        """An order that came before the program ended is carried out before anybody sees anything."""
        if session.wipe_ordered():
            self.wipe(session)
            raise LaptopWiped
        session._opened.tell_failures(session.officer.number)
        session.audit("unlocked", session.officer.number)
        return session

    def wipe(self, session: Session) -> None:
        """Carry out the centre's order, if there is one. Raises StickUnusable, VaultDamaged: nothing is gone then."""
        with self._gate:
            order = wipe.ordered(session._opened.work)
            if order is not None:
                wipe.carry_out(session._opened, order)

    def ask_recovery(self, number: str) -> RecoveryRequest:
        """忘记密码: a request for the administrator. Raises NotEnrolled, RecoveryRefused, StoreFull."""
        with self._gate:
            if plain_number(number) not in self._vault.numbers:
                raise NotEnrolled
            device_id, sealed = self._vault.recovery()
            return recovery.ask(self.folder, device_id, plain_number(number), sealed, self.clock.now())

    def recover(self, data: bytes, password: str) -> Session:
        """Use the administrator's grant: the officer it is for has this new password, and is in.

        Everything unsent is still there. Raises RecoveryRefused, WeakPassword, LaptopWiped; nothing has changed then.
        """
        with self._gate:
            granted = recovery.unsealed(self.folder, data)
            check_strength(password, granted.grant.number)
            try:
                session = self._open(derive(granted.data_key), granted.grant.number)
            except VaultDamaged:
                raise RecoveryRefused from None
            opened = session._opened
            try:
                now, _ = opened.times.judge(opened.people.policy().lease_days)
                recovery.prove(granted, opened.work.identity.enrolment.receipt_key, now)
                self._vault.put(derive(granted.data_key), granted.grant.number, password)
            except Problem:
                session.lock()
                raise
            recovery.forget(self.folder, granted.grant.number)
            session.audit("password-recovered", f"{granted.grant.number} {granted.grant.request}")
            return self._admitted(session)

    def _open(self, keys: Keys, number: str) -> Session:
        if self._opened is None or self._opened.keys is None:
            self._opened = Opened(self.folder, keys, self._vault, self.clock)
            self._sync = Sync(self._opened)
        return Session(self._opened, self._opened.people.officer(number), self._sync)

    def close(self) -> None:
        """Join every thread and close every file."""
        with self._gate:
            if self._opened is not None:
                self._opened.close()
            self._folder_lock.close()
