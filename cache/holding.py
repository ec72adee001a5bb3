"""The register in use: opened at unlock, proved in the background, exchanged by a sync while screens read on."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock

from cache.register import Register
from cache.register_store import Fetched, RegisterStore
from cache.session_types import RegisterState
from cache.work import Work
from inspector.divisions import area_name
from inspector.errors import Cancelled, Locked, NoRegister, RegisterDamaged
from inspector.verdict import StoreHealth


class Holding:
    """Thread-safe. A damaged or missing register is a state, not an error, until somebody looks something up."""

    def __init__(self, folder: Path, work: Work) -> None:
        self.files = RegisterStore(folder, work)
        self._area = work.identity.enrolment.area
        self._lock = Lock()
        self._stop = Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="register-check")
        self._register: Register | None = None
        self._without = StoreHealth.MISSING
        self.checked: Future[StoreHealth] | None = None
        """The proof of the whole file that runs since unlock."""
        try:
            self._register = self.files.open()
        except RegisterDamaged:
            self._without = StoreHealth.DAMAGED
        except NoRegister:
            pass
        else:
            self.checked = self._worker.submit(self._check, self._register)

    def _check(self, register: Register) -> StoreHealth:
        with suppress(Cancelled, NoRegister):
            return register.check_file(self._stop)
        return StoreHealth.UNCHECKED

    def state(self) -> RegisterState:
        if self._register is not None:
            return self._register.state()
        return RegisterState(self._without, self._area, area_name(self._area), 0, 0, 0, None)

    def use(self) -> Register:
        """The register to look things up in. Raises NoRegister, RegisterDamaged."""
        if self._register is not None:
            return self._register
        raise RegisterDamaged if self._without is StoreHealth.DAMAGED else NoRegister

    def install(self, snapshot: Fetched, key: bytes, layers: Sequence[Fetched]) -> None:
        """Use another register from now on; see ``RegisterStore.install``."""
        self._exchange(self.files.install(snapshot, key, layers))

    def extend(self, layers: Sequence[Fetched]) -> None:
        """Use newer layers from now on; see ``RegisterStore.extend``."""
        self._exchange(self.files.extend(layers, proved=self.state().health is StoreHealth.GOOD))

    def _exchange(self, register: Register) -> None:
        """Prove it first unless it is proved; lookups under way end in the old one."""
        if register.state().health is not StoreHealth.GOOD:
            register.check_file(self._stop)
        with self._lock:
            if self._stop.is_set():
                register.close()
                raise Locked
            old, self._register = self._register, register
        if old is not None:
            old.close()

    def close(self) -> None:
        with self._lock:
            self._stop.set()
        self._worker.shutdown()
        if self._register is not None:
            self._register.close()
