"""Who this laptop is: its keys and what the centre said at enrolment. Lives inside the encrypted store only."""

from dataclasses import dataclass, field

from inspector.trust import device
from inspector.wire import DeviceCertificate, Enrolment


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Private keys made on this laptop at enrolment; they never leave it."""

    signing: bytes = field(repr=False)
    box: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """An enrolled laptop."""

    keys: DeviceKeys
    certificate: DeviceCertificate
    enrolment: Enrolment
    base_url: str
    ca: str
    """The service's own certificate authority, PEM: the only one that is believed."""

    @property
    def device_id(self) -> str:
        return self.certificate.device_id

    @property
    def public(self) -> bytes:
        return device.signing_public(self.keys.signing)
