"""Tokenised texts: the vocabulary, and for each token of it the places where it stands.

Papers are parted into blocks of `BLOCK`. The texts of a block are one stream of tokens, a place for each, field after
field and paper after paper, with one empty place between two fields, so that no phrase reaches from one into the next.
`blocks` says where each field starts and whose it is. `postings` has for each token of a block its places, in order:
a frequent one in a row of its own, numbered `block << 32 | token`; rare ones many to a row, a *shelf*, numbered
`block << 32 | 1 << 31 | shelf`, since most tokens are rare and a row for each would cost most of the time.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeAlias

BLOCK_BITS = 14
BLOCK = 1 << BLOCK_BITS
"""Papers of a block."""

FIELDS = ("title", "abstract", "comment", "venue", "organization", "submitter", "authors")
"""The fields that are tokenised; of authors each name is a field of its own."""

FIELD_BITS = 3

_SHELVES = 16
_SHELF = 1 << 31
_RARE = 16
"""A token with so many places at most stands on a shelf."""

Places: TypeAlias = "array[int]"
"""Places of one token in a block, `array('I')`, in order."""


class _Appends(dict[str, Callable[[int], None]]):
    """For each key how a place is added to its places: a look-up and a call, since this runs for every token."""

    def __init__(self, places: dict[str, Places]) -> None:
        super().__init__((key, found.append) for key, found in places.items())
        self._places = places

    def __missing__(self, key: str) -> Callable[[int], None]:
        found = self._places[key] = array("I")
        self[key] = append = found.append
        return append


class Words:
    """Writes texts into the vocabulary and the last block.

    Args:
        db: the index, in a transaction whenever something is written.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._vocabulary = read_vocabulary(db)
        row = db.execute("SELECT block, docs FROM blocks ORDER BY block DESC LIMIT 1").fetchone()
        self._block = -1
        self._length = 0
        self._starts = array("I")
        self._owners = array("I")
        self._places: dict[str, Places] = {}
        self._appends = _Appends(self._places)
        self._is_changed = False
        self.next_doc: int = (row[0] << BLOCK_BITS) + row[1] if row else 0  # `|` would lose the carry of a full block

    @property
    def room(self) -> int:
        """How many papers still go into the last block, or, if it is full, into the next."""
        return BLOCK - (self.next_doc & (BLOCK - 1))

    def add(self, fields: Iterable[tuple[int, Sequence[str]]]) -> int:
        """Take in a paper's fields, each with its place in `FIELDS` and its keys; give the paper its number."""
        doc = self.next_doc
        if doc >> BLOCK_BITS != self._block:
            self.flush()
            self._load(doc >> BLOCK_BITS)
        self.next_doc += 1
        self._is_changed = True
        local = (doc & (BLOCK - 1)) << FIELD_BITS
        appends = self._appends
        place = self._length
        for field, keys in fields:
            self._starts.append(place)
            self._owners.append(local | field)
            for key in keys:
                appends[key](place)
                place += 1
            place += 1
        self._length = place
        return doc

    def _load(self, number: int) -> None:
        """Go on with a block: what is there of it is written anew with what comes."""
        block = Block(self._db, number, self._vocabulary)
        self._block = number
        self._starts, self._owners, self._length = block.starts, block.owners, block.length
        keys = list(self._vocabulary)
        self._places = {keys[token]: places for token, places in block.all()} if block.docs else {}
        self._appends = _Appends(self._places)
        self._is_changed = False

    def flush(self) -> None:
        """Write what was taken in."""
        if self._block < 0 or not self._is_changed:
            return
        vocabulary = self._vocabulary
        first = len(vocabulary)
        rows = [(first + nth, key) for nth, key in enumerate(sorted(self._places.keys() - vocabulary.keys()))]
        self._db.executemany("INSERT INTO vocabulary VALUES (?, ?)", rows)
        vocabulary.update((key, number) for number, key in rows)
        base = self._block << 32
        numbered = sorted((vocabulary[key], places) for key, places in self._places.items())
        shelves: list[list[tuple[int, Places]]] = [[] for _ in range(_SHELVES)]
        own = []
        for token, places in numbered:
            if len(places) > _RARE:
                own.append((base | token, places.tobytes()))
            else:
                shelves[token % _SHELVES].append((token, places))
        self._db.execute("DELETE FROM postings WHERE number >= ? AND number < ?", (base, base + (1 << 32)))
        self._db.executemany("INSERT INTO postings VALUES (?, ?)", own)
        self._db.executemany(
            "INSERT INTO postings VALUES (?, ?)",
            [(base | _SHELF | nth, _shelve(shelf)) for nth, shelf in enumerate(shelves) if shelf],
        )
        docs = self.next_doc - (self._block << BLOCK_BITS)
        self._db.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)",
            (self._block, docs, self._length, self._starts.tobytes(), self._owners.tobytes()),
        )
        self._is_changed = False


def _shelve(shelf: Sequence[tuple[int, Places]]) -> bytes:
    """Pack some tokens: their number, the tokens, where the places of each end, the places."""
    tokens = array("I", [token for token, _ in shelf])
    ends = array("I", accumulate(len(places) for _, places in shelf))
    return b"".join(
        (
            array("I", (len(shelf),)).tobytes(),
            tokens.tobytes(),
            ends.tobytes(),
            *(places.tobytes() for _, places in shelf),
        )
    )


class Block:
    """The texts of one block, to find tokens in.

    Args:
        db: the index.
        number: of the block.
        vocabulary: numbers of keys, all that will be asked for.

    Attributes:
        docs: how many papers there are.
        length: how many places.
        starts: for each field of each paper the place of its first token, in order.
        owners: for each of these the paper's number in the block and the field: `local << FIELD_BITS | field`.
    """

    def __init__(self, db: sqlite3.Connection, number: int, vocabulary: Mapping[str, int]) -> None:
        self.number = number
        self._db = db
        self._vocabulary = vocabulary
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
        found = self._places.get(key)
        if found is None:
            token = self._vocabulary.get(key)
            found = self._places[key] = array("I") if token is None else self._read(token)
        return found

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

    def _read(self, token: int) -> Places:
        base = self.number << 32
        nth = token % _SHELVES  # most tokens are rare, and a shelf is read once
        shelf = self._shelves.get(nth)
        if shelf is None:
            row = self._db.execute("SELECT places FROM postings WHERE number = ?", (base | _SHELF | nth,)).fetchone()
            shelf = self._shelves[nth] = array("I", row[0] if row else bytes(4))
        count = shelf[0]
        nth = bisect_left(shelf, token, 1, count + 1)
        if nth <= count and shelf[nth] == token:
            data = 1 + 2 * count
            start = shelf[count + nth - 1] if nth > 1 else 0
            return shelf[data + start : data + shelf[count + nth]]
        row = self._db.execute("SELECT places FROM postings WHERE number = ?", (base | token,)).fetchone()
        return array("I", row[0] if row else b"")

    def all(self) -> list[tuple[int, Places]]:
        """Give all tokens of the block by number, with their places."""
        base = self.number << 32
        found: list[tuple[int, Places]] = []
        rows = self._db.execute(
            "SELECT number, places FROM postings WHERE number >= ? AND number < ?", (base, base + (1 << 32))
        )
        for number, blob in rows:
            if not number & _SHELF:
                found.append((number - base, array("I", blob)))
                continue
            shelf = array("I", blob)
            count = shelf[0]
            start = data = 1 + 2 * count
            for nth in range(1, count + 1):
                end = data + shelf[count + nth]
                found.append((shelf[nth], shelf[start:end]))
                start = end
        return found


def blocks_of(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Give all blocks: number, and papers in it."""
    return db.execute("SELECT block, docs FROM blocks ORDER BY block").fetchall()


def read_vocabulary(db: sqlite3.Connection, *, start: int = 0) -> dict[str, int]:
    """Give the keys and their numbers, from a number on, in their order."""
    rows = db.execute("SELECT number, key FROM vocabulary WHERE number >= ? ORDER BY number", (start,))
    return {key: number for number, key in rows}
