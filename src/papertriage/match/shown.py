"""Where terms stand in papers that were shown, kept in the index: nothing is looked for twice in the same text.

A paper whose text changes gets a new number, and a term of which the definition or the way of looking changes gets one,
too: what is kept under two numbers holds as long as it is there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from papertriage.match.collect import Spot

Places = Mapping[int, Sequence[Spot]]
"""The places of terms, by their numbers, in one paper."""

MOST = 10_000
"""When there are more papers, all are dropped; so many are added at once at most."""


def read_places(db: sqlite3.Connection, doc: int) -> Places:
    """Give what is kept of a paper."""
    row = db.execute("SELECT found FROM places WHERE doc = ?", (doc,)).fetchone()
    return _DECODER.decode(row[0]) if row else {}


def write_places(db: sqlite3.Connection, places: Mapping[int, Places]) -> None:
    """Keep the places of terms in papers."""
    db.execute("DELETE FROM places WHERE (SELECT count(*) FROM places) > ?", (MOST,))
    rows = [(doc, _ENCODER.encode(found)) for doc, found in list(places.items())[:MOST]]
    db.executemany("INSERT OR REPLACE INTO places VALUES (?, ?)", rows)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[int, tuple[Spot, ...]])
