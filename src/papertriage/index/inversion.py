"""Writing texts: each block inverted, from its words in order to the places of each (`words.py` tells the format).

All of it is done in columns, since there are hundreds of words in a paper: a text is bytes, its words are places in
them, and sorting their hashes brings equal words together.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count, pairwise, repeat
from typing import TYPE_CHECKING, TypeAlias

from papertriage.index.keys import Keys
from papertriage.index.words import BLOCK, BLOCK_BITS, FIELD_BITS, RARE, SHELF, SHELVES, Block, read_keys
from papertriage.text import FIELD_END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[np.intp]
    Tokens: TypeAlias = NDArray[np.uint32]
    Entries: TypeAlias = NDArray[np.uint64]
    Inverted: TypeAlias = tuple[list[str], Integers, Tokens]

_EMPTY = (1 << 32) - 1
"""The token of an empty place: behind all others."""

_PIECE = 1 << 21
"""Bytes of text that are inverted together: with more, less of it would be near the processor."""

_SIGNS = bytes(
    code if code > 127 or chr(code) in f"{FIELD_END}+#" else ord(chr(code).lower()) if chr(code).isalnum() else 0
    for code in range(256)
)
"""What the bytes of a text become: those that part words 0."""

_FACTOR = 0x9E3779B97F4A7C15
"""Odd, its bits without a pattern: multiplying with it spreads what differs in a hash over its upper bits."""


class Words:
    """Writes texts into the vocabulary and the last block.

    Args:
        db: the index, in a transaction whenever something is written.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._clear()
        row = db.execute("SELECT block, docs FROM blocks ORDER BY block DESC LIMIT 1").fetchone()
        self.next_doc: int = (row[0] << BLOCK_BITS) + row[1] if row else 0  # `|` would lose the carry of a full block

    def _clear(self) -> None:
        self._pieces: list[Inverted] = []
        self._text = bytearray()
        self._fields = bytearray()
        self._counts = array("I")

    @property
    def room(self) -> int:
        """How many papers still go into the last block, or, if it is full, into the next."""
        return BLOCK - (self.next_doc & (BLOCK - 1))

    def add(self, fields: bytes, text: bytes) -> int:
        """Take in a paper's fields, each by its place in `FIELDS`, and their texts `ready_to_cut`; give its number."""
        doc = self.next_doc
        if not doc & (BLOCK - 1):
            self.flush()
        self.next_doc += 1
        self._fields += fields
        self._counts.append(len(fields))
        self._text += text
        if len(self._text) > _PIECE:
            self._pieces.append(invert(bytes(self._text)))
            self._text.clear()
        return doc

    def flush(self) -> None:
        """Write what was taken in. What there is of the block is written anew with it."""
        if not self._counts:
            return
        import numpy as np

        number, last = divmod(self.next_doc - 1, BLOCK)
        before = Block(self._db, number, Keys(self._db).find)
        length = before.length
        columns = [_entries(*before.columns())] if length else []
        pieces = [*self._pieces, invert(bytes(self._text))]
        numbers: defaultdict[str, int] = defaultdict(count(1).__next__, {FIELD_END: 0})
        numbered = [np.fromiter(map(numbers.__getitem__, words), np.intp, len(words)) for words, _, _ in pieces]
        tokens = self._tokens(numbers)
        for (_, counts, places), which in zip(pieces, numbered, strict=True):
            columns.append(_entries(np.repeat(tokens[which], counts), places + np.uint32(length)))
            length += len(places)
        entries = np.concatenate(columns)
        entries.sort()
        words, ends = np.split(entries, [len(entries) - len(self._fields)])
        base = number << 32
        self._db.execute("DELETE FROM postings WHERE number >= ? AND number < ?", (base, base + (1 << 32)))
        self._db.executemany("INSERT INTO postings VALUES (? + ?, ?)", ((base, *row) for row in _rows(words)))
        starts = np.concatenate(([before.length], ends.astype(np.uint32) + 1))[: len(ends)].astype(np.uint32)
        docs = np.arange(last + 1 - len(self._counts), last + 1, dtype=np.uint32) << np.uint32(FIELD_BITS)
        owners = np.repeat(docs, self._counts) | np.frombuffer(self._fields, np.uint8)
        blobs = before.starts.tobytes() + starts.tobytes(), before.owners.tobytes() + owners.tobytes()
        self._db.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)", (number, last + 1, length, *blobs))
        self._clear()

    def _tokens(self, numbers: Mapping[str, int]) -> Tokens:
        """Give the token of each word by its number, `_EMPTY` for 0; what is new goes into the vocabulary."""
        import numpy as np

        tokens = np.full(len(numbers), _EMPTY, np.uint32)
        behind = 0
        for first, text in read_keys(self._db):
            keys = text.split(" ")
            behind = first + len(keys)
            asked = np.fromiter(map(numbers.get, keys, repeat(0)), np.intp, len(keys))
            tokens[asked] = np.arange(first, behind)  # those that nobody asks for, at 0
        tokens[0] = _EMPTY
        new = np.flatnonzero(tokens == _EMPTY)[1:]
        if len(new):
            tokens[new] = np.arange(behind, behind + len(new))
            words = list(numbers)
            text = " ".join([words[number] for number in new.tolist()])
            self._db.execute("INSERT INTO vocabulary VALUES (?, ?)", (behind, text))
        return tokens


def invert(text: bytes) -> Inverted:
    """Cut a text that is `ready_to_cut`.

    Returns:
        Each word once, how often it stands there, and where: the places (of the first, second, … word of the text) of
        one word after the other, each word's in order.
    """
    import numpy as np

    data = b"\0" + text.translate(_SIGNS) + bytes(8)
    signs = np.frombuffer(data, np.uint8) != 0
    edges = np.flatnonzero(signs[1:] != signs[:-1]) + 1
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    eights = np.ndarray(len(data) - 7, np.uint64, data, strides=(1,))
    masks = np.frombuffer(b"".join(b"\xff" * size + bytes(8 - size) for size in range(9)), np.uint64)

    def part(which: Integers | slice, at: int) -> Entries:
        """Give eight bytes of words from a place in them on."""
        found: Entries = eights[starts[which] + at]
        found &= masks[np.minimum(lengths[which] - at, 8)]
        return found

    heads, tails = part(slice(None), 0), np.zeros(len(starts), np.uint64)
    at, rest = 8, np.flatnonzero(lengths > 8)
    tails[rest] = part(rest, at)
    hashes = _mixed(heads)
    hashes[rest] = _mixed(hashes[rest] ^ tails[rest])
    while len(rest := rest[lengths[rest] > (at := at + 8)]):
        hashes[rest] = _mixed(hashes[rest] ^ part(rest, at))
    # Hash and place in one number, which sorts many times faster than places by their hashes.
    bits = np.uint64(len(starts).bit_length())
    hashes >>= bits
    hashes <<= bits
    hashes |= np.arange(len(starts), dtype=np.uint64)
    hashes.sort()
    places = (hashes & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    hashes >>= bits
    is_first = np.diff(hashes, prepend=~hashes[:1]) != 0

    # Other words may have the same hash: each word is compared with the one before.
    heads, tails = heads[places], tails[places]
    differs = ~is_first[1:] & ((heads[1:] != heads[:-1]) | (tails[1:] != tails[:-1]))
    at, rest = 16, np.flatnonzero(~is_first[1:] & ~differs & (tails.view(np.uint8)[15::8] != 0))
    differs[rest] = lengths[places[rest + 1]] != lengths[places[rest]]
    while len(rest := rest[~differs[rest] & (lengths[places[rest]] > at)]):
        differs[rest] = part(places[rest + 1], at) != part(places[rest], at)
        at += 8

    def word(place: int) -> bytes:
        return data[starts[place] : starts[place] + lengths[place]]

    bounds = np.append(np.flatnonzero(is_first), len(places))
    groups = np.searchsorted(bounds, np.flatnonzero(differs) + 1, "right") - 1
    for group in sorted(set(groups.tolist())):
        start, stop = bounds[group : group + 2].tolist()
        ordered = sorted(places[start:stop].tolist(), key=word)
        places[start:stop] = ordered
        is_first[start + 1 : stop] = [word(one) != word(other) for one, other in pairwise(ordered)]
    bounds = np.flatnonzero(is_first)
    firsts = places[bounds]
    ended = np.frombuffer(data, np.uint8)[_spanned(starts[firsts], lengths[firsts] + 1)]  # each with the 0 behind it
    words = ended.tobytes().decode().split("\0")[:-1]
    return words, np.diff(bounds, append=len(places)), places.astype(np.uint32)


def _mixed(hashes: Entries) -> Entries:
    import numpy as np

    found = hashes * np.uint64(_FACTOR)
    found ^= found >> np.uint64(32)
    found *= np.uint64(_FACTOR)
    return found


def _spanned(starts: Integers, lengths: Integers) -> Integers:
    """Give the places in some spans, one span after the other."""
    import numpy as np

    found: Integers = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    found += np.arange(len(found))
    return found


def _entries(tokens: Tokens, places: NDArray[np.integer]) -> Entries:
    """Put tokens and their places together, so that sorting them gives the places of each token in order."""
    import numpy as np

    entries = tokens.astype(np.uint64)
    entries <<= np.uint64(32)
    entries |= places.astype(np.uint64)
    return entries


def _rows(entries: Entries) -> Iterator[tuple[int, bytes]]:
    """Give the rows of a block, in order, from its entries in order."""
    import numpy as np

    tokens, places = (entries >> np.uint64(32)).astype(np.uint32), entries.astype(np.uint32)
    starts = np.flatnonzero(np.diff(tokens, prepend=np.uint32(_EMPTY)))
    tokens, counts = tokens[starts], np.diff(starts, append=len(places))
    own = counts > RARE
    data = places.tobytes()
    for token, start, size in zip(tokens[own].tolist(), starts[own].tolist(), counts[own].tolist(), strict=True):
        yield token, data[4 * start : 4 * (start + size)]
    rare = np.flatnonzero(~own)
    rare = rare[np.argsort(tokens[rare] % SHELVES, kind="stable")]
    tokens, starts, counts = tokens[rare], starts[rare], counts[rare]
    ends = np.cumsum(counts)
    shelved = places[_spanned(starts, counts)]
    bounds = np.searchsorted(tokens % SHELVES, np.arange(SHELVES + 1))
    for shelf, (one, other) in enumerate(pairwise(bounds.tolist())):
        if one < other:
            first = int(ends[one - 1]) if one else 0
            head = (np.array([other - one], np.uint32), tokens[one:other], (ends[one:other] - first).astype(np.uint32))
            yield SHELF | shelf, b"".join(part.tobytes() for part in (*head, shelved[first : int(ends[other - 1])]))
