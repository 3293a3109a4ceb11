"""Tokenised texts: the vocabulary, and for each token of it the places where it stands.

Papers are parted into blocks of `BLOCK`. The texts of a block are one stream of tokens, a place for each, field after
field and paper after paper, with one empty place between two fields, so that no phrase reaches from one into the next.
`blocks` says where each field starts and whose it is. `postings` has for each token of a block its places, in order:
a frequent one in a row of its own, numbered `block << 32 | token`; rare ones many to a row, a *shelf*, numbered
`block << 32 | 1 << 31 | shelf`, since most tokens are rare and a row for each would cost most of the time: how many
tokens there are, the tokens in order, where the places of each end, the places. A token is the number of its key:
`vocabulary` has the keys in the order of their numbers, parted by spaces, many to a row for the same reason, each row
with the number of its first.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from msgspec import json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK_BITS = 14
BLOCK = 1 << BLOCK_BITS
"""Papers of a block."""

FIELDS = ("title", "abstract", "comment", "venue", "organization", "submitter", "authors")
"""The fields that are tokenised; of authors each name is a field of its own."""

FIELD_BITS = 3

SHELVES = 16
SHELF = 1 << 31
RARE = 16
"""A token with so many places at most stands on a shelf."""

Places: TypeAlias = "array[int]"
"""Places of one token in a block, `array('I')`, in order."""

_NOWHERE: Places = array("I")


class Block:
    """The texts of one block, to find tokens in.

    Args:
        db: the index.
        number: of the block.
        token_of: gives the number of a key.

    Attributes:
        docs: how many papers there are.
        length: how many places.
        starts: for each field of each paper the place of its first token, in order.
        owners: for each of these the paper's number in the block and the field: `local << FIELD_BITS | field`.
    """

    def __init__(self, db: sqlite3.Connection, number: int, token_of: Callable[[str], int | None]) -> None:
        self.number = number
        self._db = db
        self._token_of = token_of
        row = db.execute("SELECT docs, length, starts, owners FROM blocks WHERE block = ?", (number,)).fetchone()
        docs, length, starts, owners = row or (0, 0, b"", b"")
        self.docs: int = docs
        self.length: int = length
        self.starts = array("I", starts)
        self.owners = array("I", owners)
        self._shelves: dict[int, array[int]] = {}
        self._places: dict[str, Places] = {}

    def segment(self, place: int) -> int:
        """Give in which field (as a place in `starts`) a token stands."""
        return bisect_right(self.starts, place) - 1

    def places(self, key: str) -> Places:
        """Give the places of a token."""
        if key not in self._places:
            self.read((key,))
        return self._places[key]

    def read(self, keys: Iterable[str]) -> None:
        """Read the places of tokens that will be asked for: of many at once that takes half the time."""
        frequent: dict[int, str] = {}
        for key in keys:
            if key in self._places:
                continue
            token = self._token_of(key)
            places = _NOWHERE if token is None else self._on_shelf(token)
            self._places[key] = _NOWHERE if places is None else places
            if token is not None and places is None:
                frequent[self.number << 32 | token] = key
        for number, blob in self._db.execute(_PLACES, (json.encode([*frequent]).decode(),)) if frequent else ():
            self._places[frequent[number]] = array("I", blob)

    def by_author(self, words: Iterable[str]) -> set[int]:
        """Give the numbers of papers of which one author's name has all of some words."""
        fields = set(range(len(self.owners)))
        for word in words:
            fields &= {self.segment(place) for place in self.places(word)}
        authors = FIELDS.index("authors")
        return {
            self.number << BLOCK_BITS | self.owners[field] >> FIELD_BITS
            for field in fields
            if self.owners[field] & ((1 << FIELD_BITS) - 1) == authors
        }

    def _on_shelf(self, token: int) -> Places | None:
        """Give the places of a rare token; None if it is no such."""
        nth = token % SHELVES  # most tokens are rare, and a shelf is read once
        shelf = self._shelves.get(nth)
        if shelf is None:
            number = self.number << 32 | SHELF | nth
            row = self._db.execute("SELECT places FROM postings WHERE number = ?", (number,)).fetchone()
            shelf = self._shelves[nth] = array("I", row[0] if row else bytes(4))
        count = shelf[0]
        nth = bisect_left(shelf, token, 1, count + 1)
        if nth > count or shelf[nth] != token:
            return None
        data = 1 + 2 * count
        start = shelf[count + nth - 1] if nth > 1 else 0
        return shelf[data + start : data + shelf[count + nth]]

    def columns(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Give all that stands in the block, in two columns: tokens and places, those of one token in order."""
        import numpy as np

        base = self.number << 32
        rows = self._db.execute(
            "SELECT number - ?, places FROM postings WHERE number >= ? AND number < ? ORDER BY number",
            (base, base, base + (1 << 32)),
        ).fetchall()
        own = [(number, places) for number, places in rows if not number & SHELF]
        tokens = [np.array([number for number, _ in own], np.uint32)]
        counts = [np.array([len(places) // 4 for _, places in own], np.uint32)]
        found = [np.frombuffer(b"".join(places for _, places in own), np.uint32)]
        for _, blob in rows[len(own) :]:
            shelf = np.frombuffer(blob, np.uint32)
            count = int(shelf[0])
            tokens.append(shelf[1 : 1 + count])
            counts.append(np.diff(shelf[1 + count : 1 + 2 * count], prepend=np.uint32(0)))
            found.append(shelf[1 + 2 * count :])
        return np.repeat(np.concatenate(tokens), np.concatenate(counts)), np.concatenate(found)


_PLACES = "SELECT number, places FROM postings WHERE number IN (SELECT value FROM json_each(?))"


def blocks_of(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Give all blocks: number, and papers in it."""
    return db.execute("SELECT block, docs FROM blocks ORDER BY block").fetchall()


def read_keys(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Give the rows of the vocabulary: the number of the first key, and the keys, parted by spaces."""
    return iter(db.execute("SELECT first, keys FROM vocabulary ORDER BY first"))


def read_vocabulary(db: sqlite3.Connection) -> dict[str, int]:
    """Give the keys and their numbers, in their order."""
    return {key: number for first, keys in read_keys(db) for number, key in enumerate(keys.split(" "), first)}
