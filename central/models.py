"""The tables of the service; migrations in ``central/migrations`` bring a database to exactly this form."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only in a plain INTEGER primary key."""


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, datetime: Instant, bytes: LargeBinary}  # noqa: RUF012  SQLAlchemy's own form


class EntityRow(Base):
    """An entity with everything known about it; ``row_version`` grows with every change in the register."""

    __tablename__ = "entity"
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    area: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str]
    body: Mapped[bytes]
    row_version: Mapped[int] = mapped_column(BigInteger, index=True)


class GoneRow(Base):
    """A code that was taken out of the register at a row version; it may have come back since."""

    __tablename__ = "gone_entity"
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    row_version: Mapped[int] = mapped_column(BigInteger, index=True)


class OfficerRow(Base):
    __tablename__ = "officer"
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str]
    certificate: Mapped[str]
    valid_until: Mapped[str]
    unit: Mapped[str]


class EnrolmentCode(Base):
    """A one-time code: only its hash is kept."""

    __tablename__ = "enrolment_code"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    area: Mapped[str]
    unit: Mapped[str]
    expires_at: Mapped[datetime]
    used_by: Mapped[str | None]
    register: Mapped[str] = mapped_column(String(120), default="")


class Device(Base):
    __tablename__ = "device"
    device_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str]
    signing_key: Mapped[bytes]
    box_key: Mapped[bytes]
    unit: Mapped[str]
    area: Mapped[str]
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    register: Mapped[str] = mapped_column(String(120), default="")
    """The region whose register it carries (``inspector.divisions.parts``); empty: its area."""


class Nonce(Base):
    """Nonces of requests within the time that a request is accepted: none is taken twice."""

    __tablename__ = "nonce"
    device_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class EventRow(Base):
    """A registered event: its bytes as sealed, its place in the ledger, and its receipt for ever."""

    __tablename__ = "event"
    ledger_number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    device_seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    entity: Mapped[str] = mapped_column(String(18))
    event: Mapped[bytes]
    signature: Mapped[bytes]
    receipt: Mapped[bytes]
    receipt_signature: Mapped[bytes]
    received_at: Mapped[datetime]
    flag: Mapped[str] = mapped_column(default="")
    """Why a person should look: a code at two addresses, two events under one number, a gap."""
    __table_args__ = (Index("event_by_device", "device_id", "device_seq"), Index("event_by_entity", "entity"))


class HeldRow(Base):
    """An event that could not be registered: raw bytes and reason, until a person decides."""

    __tablename__ = "held"
    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(40))
    event: Mapped[bytes]
    signature: Mapped[bytes]
    reason: Mapped[str]
    held_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(default="")


class DeskAction(Base):
    """A decision of an administrator (``central.audit``)."""

    __tablename__ = "desk_action"
    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(32))
    """As text, exactly as it went into the chain."""
    who: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str]
    chain: Mapped[str] = mapped_column(String(64))


class BlobRow(Base):
    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    complete_at: Mapped[datetime | None]


class EventBlob(Base):
    __tablename__ = "event_blob"
    ledger_number: Mapped[int] = mapped_column(ForeignKey("event.ledger_number"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)


class FeedRow(Base):
    """What goes down to the laptops; ``scope`` is empty for all, or an area, a unit, or a device."""

    __tablename__ = "feed"
    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    scope: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes]


class IssuedCode(Base):
    """A signed code that was issued; ``number`` is its place in the status list and its serial."""

    __tablename__ = "issued_code"
    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(18), index=True)
    address: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[int]


class BindingRow(Base):
    """What an officer bound a payload without a code of its own to: one row an event."""

    __tablename__ = "binding"
    ledger_number: Mapped[int] = mapped_column(ForeignKey("event.ledger_number"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    code: Mapped[str] = mapped_column(String(18))
    officer: Mapped[str]
    area: Mapped[str]
    payload: Mapped[str]


class SightingRow(Base):
    """Where a signed code was seen: one row an event that tells it (``inspector.sightings``)."""

    __tablename__ = "sighting"
    ledger_number: Mapped[int] = mapped_column(ForeignKey("event.ledger_number"), primary_key=True)
    serial: Mapped[str] = mapped_column(String(64), index=True)
    code: Mapped[str] = mapped_column(String(18))
    place: Mapped[str]
    at: Mapped[datetime]
    officer: Mapped[str]
    area: Mapped[str]


class AliasRow(Base):
    """Where the bindings of one payload stand."""

    __tablename__ = "alias"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(18))
    """Empty in a conflict, and when an administrator rejected what was bound."""
    state: Mapped[str] = mapped_column(String(16))
    """``pending``, ``confirmed``, ``conflict`` or ``rejected``."""
    decided: Mapped[bool] = mapped_column(default=False)
    """An administrator decided; bindings up to ``decided_at`` count no more."""
    decided_at: Mapped[int] = mapped_column(BigInteger, default=0)
    """Highest number of the ledger at the decision."""


class Publication(Base):
    """The register that is offered for a region, and the key of its snapshot and layers."""

    __tablename__ = "publication"
    area: Mapped[str] = mapped_column(String(120), primary_key=True)
    epoch: Mapped[int]
    row_version: Mapped[int] = mapped_column(BigInteger)
    """Of the newest layer, or of the snapshot."""
    target: Mapped[str]
    """Of the snapshot."""
    key: Mapped[bytes]
    made_at: Mapped[datetime]
    """When the newest of them was made."""


class ImportRun(Base):
    """One intake (归集), its undoing, or a purge: what came, from whom, and what it changed."""

    __tablename__ = "import_run"
    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    mode: Mapped[str] = mapped_column(String(8))
    """``part``, ``whole`` (what is missing is gone), ``undo`` or ``purge``."""
    kind: Mapped[str] = mapped_column(String(32))
    source: Mapped[str]
    as_of: Mapped[str] = mapped_column(String(10))
    """The day as of which the source speaks."""
    file: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    profile: Mapped[str]
    at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    bad: Mapped[int]
    gone: Mapped[int]
    hidden: Mapped[int]
    """Personal numbers that were left out."""
    undone_by: Mapped[int | None]


class SourceRecord(Base):
    """Which import last stated a record of an entity: so source and as-of are known for each one."""

    __tablename__ = "source_record"
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    source_date: Mapped[str] = mapped_column(String(10))
    barred: Mapped[bool]
    """Repaired or no longer published: an older file must not bring it back."""
    __table_args__ = ({"sqlite_with_rowid": False},)


class FormerEntity(Base):
    """An entity as it stood before an import touched it, for undoing; none when the import brought it in."""

    __tablename__ = "former_entity"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    body: Mapped[bytes]
    __table_args__ = (Index("former_entity_by_code", "code"), {"sqlite_with_rowid": False})


class FormerRecord(Base):
    """Which import stated a record before another one did, for undoing; none when nobody had."""

    __tablename__ = "former_record"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    former: Mapped[int] = mapped_column(BigInteger)
    source_date: Mapped[str] = mapped_column(String(10))
    barred: Mapped[bool]
    __table_args__ = ({"sqlite_with_rowid": False},)


class ImportProfile(Base):
    """A mapping of columns under a name."""

    __tablename__ = "import_profile"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes]
