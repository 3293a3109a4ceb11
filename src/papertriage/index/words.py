"""Tokenised texts: the vocabulary, and for each token of it the places where it stands.

Papers are parted into blocks of `BLOCK`. The texts of a block are one stream of tokens, a place for each, field after
field and paper after paper, with one empty place between two fields, so that no phrase reaches from one into the next.
`postings` has for each token of a block its places, `array('I')` in order; `blocks` says where each field starts and
whose it is. The number of a posting is `block << 32 | number of the token`.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

BLOCK_BITS = 13
BLOCK = 1 << BLOCK_BITS
"""Papers of a block."""

FIELDS = ("title", "abstract", "comment", "venue", "organization", "submitter", "authors")
"""The fields that are tokenised; of authors each name is a field of its own."""

FIELD_BITS = 3


class Words:
    """Writes texts into the vocabulary and the last block.

    Args:
        db: the index, in a transaction whenever something is written.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._vocabulary: dict[str, int] = {
            key: number for number, key in db.execute("SELECT number, key FROM vocabulary")
        }
        row = db.execute(
            "SELECT block, docs, length, starts, owners FROM blocks ORDER BY block DESC LIMIT 1"
        ).fetchone()
        block, docs, length, starts, owners = row or (0, 0, 0, b"", b"")
        self.next_doc: int = block << BLOCK_BITS | docs
        self._start(block, length, starts, owners)
        if docs == BLOCK:
            self._start(block + 1, 0, b"", b"")

    def _start(self, block: int, length: int, starts: bytes, owners: bytes) -> None:
        self._block = block
        self._length = length
        self._starts = array("I", starts)
        self._owners = array("I", owners)
        self._written = bool(length)  # there are postings of this block in the file
        self._postings: dict[str, array[int]] = {}
        self._is_changed = False

    @property
    def room(self) -> int:
        """How many papers still go into the last block, or, if it is full, into the next."""
        return BLOCK - (self.next_doc & (BLOCK - 1))

    def add(self, fields: Iterable[tuple[int, Sequence[str]]]) -> int:
        """Take in a paper's fields, each with its place in `FIELDS` and its keys; give the paper its number."""
        if self.next_doc >> BLOCK_BITS != self._block:
            self.flush()
            self._start(self._block + 1, 0, b"", b"")
        doc = self.next_doc
        self.next_doc += 1
        self._is_changed = True
        local = (doc & (BLOCK - 1)) << FIELD_BITS
        postings = self._postings
        place = self._length
        for field, keys in fields:
            self._starts.append(place)
            self._owners.append(local | field)
            for place, key in enumerate(keys, place):  # noqa: B020 - the place goes on
                try:
                    postings[key].append(place)
                except KeyError:
                    postings[key] = array("I", (place,))
            place += 2
        self._length = place
        return doc

    def flush(self) -> None:
        """Write what was taken in."""
        if not self._is_changed:
            return
        vocabulary = self._vocabulary
        new = self._postings.keys() - vocabulary.keys()
        first = len(vocabulary)
        rows = [(first + offset, key) for offset, key in enumerate(sorted(new))]
        self._db.executemany("INSERT INTO vocabulary VALUES (?, ?)", rows)
        vocabulary.update((key, number) for number, key in rows)
        base = self._block << 32
        postings = sorted((base | vocabulary[key], places.tobytes()) for key, places in self._postings.items())
        if self._written:
            statement = (
                "INSERT INTO postings VALUES (?, ?) ON CONFLICT (number) "
                "DO UPDATE SET places = CAST(places || excluded.places AS BLOB)"
            )
        else:
            statement = "INSERT INTO postings VALUES (?, ?)"
        self._db.executemany(statement, postings)
        docs = self.next_doc - (self._block << BLOCK_BITS)
        self._db.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)",
            (self._block, docs, self._length, self._starts.tobytes(), self._owners.tobytes()),
        )
        self._postings = {}
        self._written = True
        self._is_changed = False


class Block:
    """The texts of one block, to find tokens in.

    Args:
        db: the index.
        number: of the block.
        vocabulary: numbers of keys, all that will be asked for.

    Attributes:
        docs: how many papers there are.
        starts: for each field of each paper the place of its first token, in order.
        owners: for each of these the paper's number in the block and the field: `local << FIELD_BITS | field`.
    """

    def __init__(self, db: sqlite3.Connection, number: int, vocabulary: Mapping[str, int]) -> None:
        self.number = number
        self._db = db
        self._vocabulary = vocabulary
        row = db.execute("SELECT docs, starts, owners FROM blocks WHERE block = ?", (number,)).fetchone()
        docs, starts, owners = row or (0, b"", b"")
        self.docs: int = docs
        self.starts = array("I", starts)
        self.owners = array("I", owners)
        self._places: dict[str, array[int]] = {}

    def places(self, key: str) -> array[int]:
        """Give the places of a token, in order."""
        found = self._places.get(key)
        if found is None:
            number = self._vocabulary.get(key)
            row = None
            if number is not None:
                row = self._db.execute(
                    "SELECT places FROM postings WHERE number = ?", (self.number << 32 | number,)
                ).fetchone()
            found = self._places[key] = array("I", row[0] if row else b"")
        return found

    def segment(self, place: int) -> int:
        """Give in which of the fields (the place in `starts`) a token stands."""
        return bisect_right(self.starts, place) - 1


def blocks_of(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Give all blocks: number, and papers in it."""
    return db.execute("SELECT block, docs FROM blocks ORDER BY block").fetchall()


def read_vocabulary(db: sqlite3.Connection, *, start: int = 0) -> dict[str, int]:
    """Give the keys and their numbers, from a number on."""
    return {key: number for number, key in db.execute("SELECT number, key FROM vocabulary WHERE number >= ?", (start,))}
