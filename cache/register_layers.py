"""A snapshot and the layers on it, read as one register."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice

from cache.register_reader import Reader
from inspector.entity import Entity
from inspector.register_file import Ids


class Layers:
    """Answers what a single ``Reader`` answers; what a layer changed or took out is not seen below it."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        """``readers``: the snapshot first, the newest layer last; closed with this."""
        self._readers = readers
        self._newest_first = [(reader, reader.spans()) for reader in reversed(readers)]
        gone = Ids(number for reader in readers for number in reader.takes_out)
        for reader in readers:
            reader.gone = gone
        self._gone = len(gone)
        self.manifest = readers[-1].manifest
        self.whole_lists = readers[-1].whole_lists
        self.common = readers[0].common
        self.syllables = frozenset[str]().union(*(reader.syllables for reader in readers))
        self.prefixes = tuple(dict.fromkeys(prefix for reader in readers for prefix in reader.prefixes))

    def entity(self, code: str) -> Entity | None:
        for reader, _ in self._newest_first:
            if found := reader.entity(code):
                return found
        return None

    def entities(self, ids: Iterable[int]) -> Iterator[tuple[int, Entity]]:
        for number in ids:
            for reader, spans in self._newest_first:
                if any(number in span for span in spans):
                    yield from reader.entities([number])

    def codes_starting(self, text: str, limit: int) -> list[int]:
        found = (reader.codes_starting(text, limit) for reader, _ in self._newest_first)
        return list(islice(chain.from_iterable(found), limit))

    def numbers_starting(self, text: str, limit: int) -> list[int]:
        found = (reader.numbers_starting(text, limit) for reader, _ in self._newest_first)
        return list(islice(chain.from_iterable(found), limit))

    def number(self, text: str) -> list[int]:
        return [number for reader, _ in self._newest_first for number in reader.number(text)]

    def match(self, expression: str, limit: int) -> list[int]:
        return list(islice(merge(*(reader.match(expression, limit) for reader in self._readers)), limit))

    def count(self) -> int:
        """Number of entities that are to be seen."""
        return sum(reader.count() for reader in self._readers) - self._gone

    def plain(self, number: int) -> bytes | None:
        found = (reader.plain(number) for reader, spans in self._newest_first if any(number in s for s in spans))
        return next(filter(None, found), None)

    def plains(self) -> Iterator[bytes]:
        return chain.from_iterable(reader.plains() for reader in self._readers)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
