"""The format of a register file, ``register/2``: what the centre writes and the laptops read.

Both sides take the tables, the body of a row, the words of the full-text index and the digest from
here, so that they cannot drift apart. No SQL is run here; docs/register.md describes the format.
"""

import hashlib
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import pairwise
from typing import Any

import msgspec
import zstandard

from inspector.entity import CreditRecord, Entity, Licence, Permit, RegistrationState
from inspector.errors import RegisterDamaged
from inspector.provenance import WholeLists
from inspector.wire import SnapshotManifest

FORMAT = "register/2"
LAYER = "layer/1"
HMACS = {FORMAT: "HMAC_SHA256", LAYER: "HMAC_SHA256", "register/1": "HMAC_SHA512"}
"""What proves each page of a file, by its format: processors have SHA-256 built in, and every page read pays for it."""
TARGETS = "register"
"""Folder of the snapshots and layers among the TUF targets."""
FIRST_GONE = 1 << 28
"""Ids from here on belong to entities that are no longer in force: they come after all others."""
PREFIX = 8
"""Leading characters of a code that say who registered what kind of body where: few different ones."""
LEVEL = 12
"""zstd level of the bodies: 15 saves 3 % more and takes five times as long."""
DICTIONARY_BYTES = 64 * 1024
SAMPLES = 4000
"""Entities that the dictionary is trained on."""
MIN_SAMPLES = 200
"""With fewer, training has nothing to learn from and the samples themselves are the dictionary."""
LONGEST_BODY = 16 << 20
"""Bytes of an unpacked body: more is damage, not an entity."""

_WORDLESS = re.compile(r"[^\w\ue000-\uf8ff\U00020000-\U0003ffff]|_")
"""Everything but letters, digits and ideographs; ideographs newer than Python's tables count as such."""


@dataclass(frozen=True, slots=True)
class LayerManifest:
    """What a layer is: the changes from one row version to a later one; the ``custom`` part of its TUF target."""

    area: str
    epoch: int
    """Of the snapshot that it lies on, perhaps above other layers."""
    since: int
    """The row version that it starts from: of the snapshot or of the layer below."""
    row_version: int
    changes: int
    rows: int
    """Entities in the whole register with this layer on top."""
    digest: str
    """Of the same."""
    made_at: datetime
    format: str = LAYER


Manifest = SnapshotManifest | LayerManifest


def target_path(manifest: Manifest) -> str:
    """The TUF target path of a snapshot or layer: it names the area and the version, nothing else."""
    stem = f"{TARGETS}/{manifest.area}-{manifest.epoch}-{manifest.row_version}"
    return f"{stem}.db" if isinstance(manifest, SnapshotManifest) else f"{stem}-since-{manifest.since}.db"


def register_manifest(custom: Any) -> Manifest | None:
    """What the custom part of a TUF target says it is; None for what this program does not read."""
    told = custom.get("format") if isinstance(custom, dict) else None
    if not isinstance(told, str) or told not in HMACS:
        return None
    kind: type[Manifest] = LayerManifest if told == LAYER else SnapshotManifest
    with suppress(msgspec.ValidationError):
        return msgspec.convert(custom, kind)
    return None


def read_manifest(data: bytes) -> Manifest:
    """The manifest that stands in a file. Raises ValueError."""
    found = register_manifest(msgspec.json.decode(data))
    if found is None:
        raise ValueError("no manifest of a register file")
    return found


def pack_whole_lists(whole_lists: WholeLists) -> bytes:
    """The whole lists as they stand in a file."""
    return msgspec.json.encode(sorted((kind, source, day) for (kind, source), day in whole_lists.items()))


def read_whole_lists(data: bytes) -> WholeLists:
    """Raises ``msgspec.MsgspecError``."""
    found = msgspec.json.decode(data, type=list[tuple[str, str, date]])
    return {(kind, source): day for kind, source, day in found}


def register_order(manifest: Manifest) -> tuple[int, ...]:
    """Sorts the files of an area as they lie on each other: later epochs last, a snapshot below its layers."""
    if isinstance(manifest, SnapshotManifest):
        return manifest.epoch, 0, manifest.row_version, manifest.row_version
    return manifest.epoch, 1, manifest.since, manifest.row_version


def schema() -> str:
    """The SQL script that makes the tables of an empty file."""
    return files("inspector").joinpath("data/register.sql").read_text(encoding="utf-8")


# -- the body of a row


_FIELDS: dict[type, tuple[tuple[str, Any], ...]] = {
    kind: tuple((f.name, f.default) for f in fields(kind)) for kind in (Entity, Licence, Permit, CreditRecord)
}


def _lean(value: Any) -> Any:
    if type(value) in _FIELDS:
        pairs = ((name, default, getattr(value, name)) for name, default in _FIELDS[type(value)])
        return {name: _lean(v) for name, default, v in pairs if default is MISSING or v != default}
    if isinstance(value, tuple):
        return [_lean(v) for v in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value


def canonical(entity: Entity) -> bytes:
    """JSON with sorted members, without members that have their default, times in UTC.

    The same bytes for the same entity on any machine, whichever fields later versions add.
    """
    return msgspec.json.encode(_lean(entity), order="sorted")


def make_dictionary(samples: Sequence[bytes]) -> bytes:
    """A zstd dictionary for bodies like ``samples`` (canonical bytes); may be empty."""
    if len(samples) < MIN_SAMPLES:
        return b"".join(samples)[:DICTIONARY_BYTES]
    try:
        return zstandard.train_dictionary(DICTIONARY_BYTES, list(samples)).as_bytes()
    except zstandard.ZstdError:  # samples all alike, or too little of them
        return b"".join(samples)[:DICTIONARY_BYTES]


class BodyCodec:
    """Packs entities into bodies and back. Not thread-safe: one a thread."""

    def __init__(self, dictionary: bytes) -> None:
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._pack = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=shared, write_dict_id=False, write_checksum=False, write_content_size=True
        )
        self._unpack = zstandard.ZstdDecompressor(dict_data=shared)
        self._decoder = msgspec.json.Decoder(Entity)

    def pack(self, plain: bytes) -> bytes:
        """Compress the canonical bytes of an entity."""
        return self._pack.compress(plain)

    def plain(self, body: bytes) -> bytes:
        """The canonical bytes that were packed. Raises RegisterDamaged."""
        try:
            if not 0 < zstandard.frame_content_size(body) <= LONGEST_BODY:
                raise RegisterDamaged
            return self._unpack.decompress(body)
        except zstandard.ZstdError:
            raise RegisterDamaged from None

    def unpack(self, body: bytes) -> Entity:
        """Raises RegisterDamaged."""
        try:
            return self._decoder.decode(self.plain(body))
        except (msgspec.MsgspecError, ValueError):  # ValueError: bytes that are no UTF-8
            raise RegisterDamaged from None


class Digest:
    """Order-free digest of a set of entities: the sum of SHA-256 of each canonical form, modulo 2^256.

    A delta changes it by what it takes out and puts in, without reading the rest.
    """

    def __init__(self, value: str = "0" * 64) -> None:
        self._sum = int(value, 16)

    def add(self, plain: bytes) -> None:
        self._sum = (self._sum + self._one(plain)) % (1 << 256)

    def remove(self, plain: bytes) -> None:
        self._sum = (self._sum - self._one(plain)) % (1 << 256)

    @staticmethod
    def _one(plain: bytes) -> int:
        return int.from_bytes(hashlib.sha256(plain).digest(), "big")

    def hex(self) -> str:
        return f"{self._sum:064x}"


class Ids:
    """Many ids in little memory."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        self._sorted = array("q", sorted(ids))

    def __contains__(self, number: int) -> bool:
        at = bisect_left(self._sorted, number)
        return at < len(self._sorted) and self._sorted[at] == number

    def __len__(self) -> int:
        return len(self._sorted)

    def __iter__(self) -> Iterator[int]:
        return iter(self._sorted)


# -- the words of the full-text index: a letter for the kind, then the word


def normal(text: str) -> str:
    """Normal form for searching: NFKC, lower case, only letters, digits and ideographs."""
    return _WORDLESS.sub("", unicodedata.normalize("NFKC", text).lower())


def grams(text: str, size: int) -> Iterator[str]:
    """All runs of ``size`` characters; the text itself when it is shorter and not empty."""
    if 0 < len(text) < size:
        yield text
    for start in range(len(text) - size + 1):
        yield text[start : start + size]


def name_words(text: str) -> set[str]:
    """Words of a name, or of a query for one: every two neighbouring characters."""
    return {"n" + gram for gram in grams(normal(text), 2)}


def person_words(text: str) -> set[str]:
    """The same of the legal representative's name."""
    return {"r" + gram for gram in grams(normal(text), 2)}


def place_words(text: str) -> set[str]:
    """The same of an address."""
    return {"d" + gram for gram in grams(normal(text), 2)}


def code_words(text: str) -> set[str]:
    """Words of a code behind its prefix, or of a part of it: every three characters."""
    return {"c" + gram for gram in grams(text.lower(), 3)}


def syllable_words(syllables: Iterable[str]) -> set[str]:
    """Words of single syllables of full pinyin."""
    return {"s" + syllable for syllable in syllables}


def pair_words(syllables: Sequence[str]) -> set[str]:
    """Every two neighbouring syllables of full pinyin."""
    return {"p" + first + second for first, second in pairwise(syllables)}


def initial_words(initials: str) -> set[str]:
    """Every three neighbouring initials of pinyin, or the two that there are."""
    return {"i" + gram for gram in grams(initials, 3)}


def area_word(area: str) -> str:
    """The word that all entities of an area have."""
    return "a" + normal(area)


def words(entity: Entity, readings: Callable[[str], Iterable[Sequence[str]]]) -> str:
    """All words of an entity, separated by blanks.

    ``readings`` gives the pinyin syllables of a normal form in each way that it may be read, a letter or digit
    standing for itself; only the centre can do that.
    """
    licence = entity.licence
    found = {area_word(entity.area)}
    for name in filter(None, (licence.name, licence.former_name)):
        found |= name_words(name)
        for syllables in readings(normal(name)):
            initials = "".join(syllable[0] for syllable in syllables)
            found |= syllable_words(syllables) | pair_words(syllables)
            found |= initial_words(initials) | {"i" + gram for gram in grams(initials, 2)}
    found |= person_words(licence.representative) | place_words(licence.premises)
    found |= code_words(entity.code[PREFIX:])
    return " ".join(sorted(found))


def numbers(entity: Entity) -> set[str]:
    """Registration number and permit numbers, as ``number_key`` writes them."""
    found: Iterable[str] = (entity.registration_number, *(permit.number for permit in entity.permits))
    return set(filter(None, map(number_key, found)))


def number_key(text: str) -> str:
    """A number as it is looked up: NFKC, upper case, only letters, digits and ideographs."""
    return normal(text).upper()


def in_force(entity: Entity) -> bool:
    """Whether an entity stands before those that are gone in a result."""
    return entity.licence.state in (RegistrationState.ACTIVE, RegistrationState.OTHER, RegistrationState.UNKNOWN)
