"""What the index knows of papers without reading the log, as columns: of a block, or of a window of days.

Each block of papers has its columns in one row beside the table of papers, since reading a million rows takes seconds.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from itertools import compress

import msgspec

from papertriage.index.words import BLOCK_BITS

Signals = dict[int, dict[str, float]]


class Docs(msgspec.Struct, frozen=True):
    """Some papers, column by column in the order of their numbers.

    Attributes:
        numbers: of the papers.
        days: the days by which windows count, ordinals.
        facets: numbers of their combinations of sources and categories.
        signals: the latest values of those that have any, by place in the columns.
    """

    numbers: array[int]
    days: array[int]
    facets: array[int]
    signals: Signals

    def only(self, keep: Iterable[bool]) -> Docs:
        """Give some of them."""
        kept = bytes(keep)
        if 0 not in kept:
            return self
        places = compress(range(len(kept)), kept) if self.signals else ()
        return Docs(
            array("q", compress(self.numbers, kept)),
            array("i", compress(self.days, kept)),
            array("i", compress(self.facets, kept)),
            {new: self.signals[old] for new, old in enumerate(places) if old in self.signals},
        )


def all_docs(db: sqlite3.Connection) -> Docs:
    """Give all papers."""
    found = Docs(array("q"), array("i"), array("i"), {})
    for row in db.execute("SELECT docs, days, facets, signals FROM columns ORDER BY block"):
        _add(row, found)
    return found


def docs_in(db: sqlite3.Connection, block: int) -> Docs:
    """Give the papers of a block."""
    found = Docs(array("q"), array("i"), array("i"), {})
    for row in db.execute("SELECT docs, days, facets, signals FROM columns WHERE block = ?", (block,)):
        _add(row, found)
    return found


def _add(row: tuple[bytes, bytes, bytes, bytes | None], found: Docs) -> None:
    numbers, days, facets, signals = row
    first = len(found.numbers)
    found.numbers.frombytes(numbers)
    found.days.frombytes(days)
    found.facets.frombytes(facets)
    if signals:
        found.signals.update((first + place, values) for place, values in _SIGNALS.decode(signals).items())


def docs_between(db: sqlite3.Connection, since: dt.date, until: dt.date) -> Docs:
    """Give the papers of which an observation speaks of a day of a window."""
    rows = db.execute(_BETWEEN, (since.toordinal(), until.toordinal()))
    return _as_columns(rows)


_BETWEEN = (
    "SELECT doc, docs.day, facet, signals FROM docs WHERE doc IN "
    "(SELECT doc FROM observations WHERE observations.day BETWEEN ?1 AND ?2 "
    "UNION SELECT doc FROM docs WHERE docs.day BETWEEN ?1 AND ?2) ORDER BY doc"
)


def write_columns(db: sqlite3.Connection, blocks: Iterable[int]) -> None:
    """Write the columns of some blocks anew, from the table of papers."""
    for block in sorted(blocks):
        span = (block << BLOCK_BITS, (block + 1) << BLOCK_BITS)
        docs = _as_columns(db.execute(_OF_BLOCK, span))
        if not docs.numbers:
            db.execute("DELETE FROM columns WHERE block = ?", (block,))
            continue
        signals = _ENCODER.encode(docs.signals) if docs.signals else None
        columns = docs.numbers.tobytes(), docs.days.tobytes(), docs.facets.tobytes()
        db.execute("INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?)", (block, *columns, signals))


_OF_BLOCK = "SELECT doc, day, facet, signals FROM docs WHERE doc >= ? AND doc < ? ORDER BY doc"


def count_docs(db: sqlite3.Connection) -> int:
    """Count the papers."""
    count: int = db.execute("SELECT coalesce(sum(length(docs)), 0) / 8 FROM columns").fetchone()[0]
    return count


def _as_columns(rows: Iterator[tuple[int, int, int, str | None]]) -> Docs:
    some = list(rows)
    if not some:
        return Docs(array("q"), array("i"), array("i"), {})
    numbers, days, facets, signals = zip(*some, strict=True)
    named = {place: msgspec.json.decode(values) for place, values in enumerate(signals) if values}
    return Docs(array("q", numbers), array("i", days), array("i", facets), named)


_ENCODER = msgspec.msgpack.Encoder()
_SIGNALS = msgspec.msgpack.Decoder(Signals)
