"""Which observations are one paper: the grouping of `store.group`, kept up to date as observations come and go.

Grouping looks at what shares an identity, and at titles across services. So what a new observation can change is what
can be reached from it by identities and by titles that agree: its *closure*. That is grouped anew, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import msgspec

from papertriage.index.segments import Segment, inode_of
from papertriage.model import Observation
from papertriage.store.disk import errors_of, open_regular
from papertriage.store.identities import Apart, is_free, names_of, service
from papertriage.store.jsonl import MAX_LINE, UNREADABLE, Line, whole_records
from papertriage.store.record import decode_line

if TYPE_CHECKING:
    from papertriage.index.titles import Titles

OFFSET_BITS = 44
_OFFSET = (1 << OFFSET_BITS) - 1


class Entry(msgspec.Struct, frozen=True):
    """An observation and where it stands.

    Attributes:
        number: of the observation in the index; None before it is there.
        place: segment << 44 | offset of its line.
        nth: which of the whole records of a damaged line.
        doc: its paper in the index, None before it has one.
    """

    observation: Observation
    place: int
    nth: int = 0
    number: int | None = None
    doc: int | None = None


class LogReader:
    """Reads observations back from their places; keeps files open as long as it is entered.

    Args:
        papers: the folder of the log's files.
        segments: its files, as they were when the index took them in.
    """

    def __init__(self, papers: Path, segments: Iterable[Segment]) -> None:
        self._papers = papers
        self._segments = {segment.number: segment for segment in segments}
        self._files: dict[int, IO[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        self._files = {}

    def read(self, place: int, nth: int) -> Observation:
        """Give the observation at a place.

        Raises:
            LookupError: there is none: the file was changed in the meantime.
            StorageError: the file cannot be read.
        """
        number, offset = place >> OFFSET_BITS, place & _OFFSET
        segment = self._segments[number]
        path = self._papers / segment.name
        with errors_of(path):
            file = self._files.get(number)
            if file is None:
                file = open_regular(path)
                if file is None:
                    raise LookupError(path)
                if segment.inode and inode_of(file) != segment.inode:
                    file.close()
                    raise LookupError(path)
                self._files[number] = file
            file.seek(offset)
            data = file.readline(MAX_LINE)
        if not nth:
            try:
                return decode_line(data[:-1] if data.endswith(b"\n") else data)
            except UNREADABLE:
                pass
        found = whole_records(Line(0, offset, len(data), data, ended=True), decode_line, path)
        if nth >= len(found):
            raise LookupError(f"{path} has changed at {offset}")
        return found[nth]


class Works:
    """The papers of the index, and their observations.

    Args:
        db: the index.
        reader: of the log.
        ranks: of each segment its place in the order of the log.
        apart: identities of works that the user holds apart.
    """

    def __init__(
        self, db: sqlite3.Connection, reader: LogReader, ranks: Mapping[int, int], apart: Sequence[Apart] = ()
    ) -> None:
        self._db = db
        self._reader = reader
        self._ranks = ranks
        self._apart = apart

    @cached_property
    def titles(self) -> Titles:
        """What titles are compared by."""
        from papertriage.index.titles import Titles  # a paper that is grouped already is read without it

        return Titles(self._db)

    def entries(self, docs: Iterable[int]) -> list[Entry]:
        """Give all observations of some papers."""
        found = []
        for doc in docs:
            rows = self._db.execute("SELECT number, place, nth FROM observations WHERE doc = ?", (doc,)).fetchall()
            found += [Entry(self._reader.read(place, nth), place, nth, number, doc) for number, place, nth in rows]
        return found

    def ordered(self, entries: Iterable[Entry]) -> list[Entry]:
        """Give entries in the order of the log."""
        return sorted(entries, key=lambda one: (self._ranks[one.place >> OFFSET_BITS], one.place & _OFFSET, one.nth))

    def first_place(self, doc: int) -> tuple[int, int]:
        """Give a key by which papers stand in the order of the log."""
        rows = self._db.execute("SELECT place FROM observations WHERE doc = ?", (doc,))
        return min((self._ranks[place >> OFFSET_BITS], place & _OFFSET) for (place,) in rows)

    def named(self, name: str) -> list[int]:
        """Give the papers of which an observation has an identity."""
        return [
            doc
            for (doc,) in self._db.execute(
                "SELECT DISTINCT doc FROM names JOIN observations ON number = observation WHERE name = ?", (name,)
            )
        ]

    def closure(self, entries: Iterable[Entry]) -> list[Entry]:
        """Give observations with all that their grouping depends on, in the order of the log."""
        found: dict[int, Entry] = {}
        docs: set[int] = set()
        frontier = list(entries)
        while frontier:
            found |= {_key(entry): entry for entry in frontier}
            reached = {entry.doc for entry in frontier if entry.doc is not None}
            reached |= self._named({name for entry in frontier for name in names_of(entry.observation)})
            if self.titles.are_compared:
                reached.update(doc for entry in frontier for doc in self._by_title(entry.observation))
            frontier = self._new(reached, docs, found)
        return self.ordered(found.values())

    def _named(self, names: Iterable[str]) -> set[int]:
        """Give the papers of which an observation has one of many identities: asked for together, which is faster."""
        # Not by `json_each`, which would end a name at a NUL.
        rest = list(names)
        reached: set[int] = set()
        while some := rest[-_AT_ONCE:]:
            del rest[-_AT_ONCE:]
            marks = ", ".join("?" * len(some))
            reached.update(doc for (doc,) in self._db.execute(f"{_DOCS_OF_NAMES} ({marks})", some))
        return reached

    def _new(self, reached: set[int], docs: set[int], found: Mapping[int, Entry]) -> list[Entry]:
        """Give the observations of papers that are reached for the first time."""
        reached = reached - docs
        docs |= reached
        return [entry for entry in self.entries(reached) if _key(entry) not in found]

    def group(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """Part observations that depend on nothing else by paper; given and returned in the order of the log."""
        from papertriage.store.group import grouped

        by_observation = {id(entry.observation): entry for entry in entries}
        groups = grouped([entry.observation for entry in entries], apart=self._apart)
        return [[by_observation[id(one)] for one in group] for group in groups]

    def beside(self, docs: Iterable[int]) -> set[int]:
        """Give the papers that share a title, or an end of it, with some papers: without these they may be others."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS asked (doc INTEGER PRIMARY KEY)")
        self._db.execute("DELETE FROM asked")
        self._db.executemany("INSERT INTO asked VALUES (?)", [(doc,) for doc in docs])
        return {doc for (doc,) in self._db.execute(_BESIDE)}

    def _by_title(self, one: Observation) -> set[int]:
        """Give the papers that may be one with the work of an observation by their titles.

        A work is compared by the title of one of its observations; a work without an arXiv id has none with one. So
        two works can be joined only if there are two observations of different services that agree, one of which has
        no arXiv id. Which observations make a work may hang on the day for which it is asked.
        """
        reached = self.titles.copies(one)
        if not self.titles.across:
            return reached
        from papertriage.store.titles import same_work, title_facts

        facts = title_facts(one)
        if facts is None:
            return reached
        own, free = service(one.source), is_free(one)
        for doc in self.titles.candidates(facts, free=free):
            for entry in self.entries([doc]):
                other = entry.observation
                if service(other.source) != own and (free or is_free(other)):
                    other_facts = title_facts(other)
                    if other_facts and same_work(facts, other_facts):
                        reached.add(doc)
                        break
        return reached


_BESIDE = """
SELECT DISTINCT other.doc FROM titles AS own JOIN titles AS other ON other.block = own.block
WHERE own.doc IN (SELECT doc FROM asked) AND (own.free OR other.free) AND other.doc NOT IN (SELECT doc FROM asked)
"""
_DOCS_OF_NAMES = "SELECT doc FROM names JOIN observations ON number = observation WHERE name IN"
_AT_ONCE = 500
"""Names in one question; SQLite can be built to take no more than 999."""


def _key(entry: Entry) -> int:
    return entry.place << 10 | entry.nth
