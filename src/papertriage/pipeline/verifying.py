"""`cache verify`, its second half: whether the index says of the log what the log says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from papertriage.index.index import Index
from papertriage.index.update import fields_of
from papertriage.index.words import BLOCK_BITS, FIELD_BITS
from papertriage.index.works import OFFSET_BITS
from papertriage.model import Observation
from papertriage.store.identities import names_of
from papertriage.store.jsonl import Damage, read_placed
from papertriage.store.record import decode_line
from papertriage.store.segments import segments

SAMPLE = 200
"""Papers whose words are compared, unless all are."""


def index_faults(index: Index, *, everything: bool) -> Iterator[str]:
    """Find what in an index is not as in the log: a sentence without a full stop for each.

    Args:
        everything: compare the words of all papers, not of a sample.
    """
    try:
        yield from _structure(index)
        yield from _observations(index)
        yield from _papers(index, everything=everything)
    except sqlite3.DatabaseError as error:
        yield f"it cannot be read to its end ({error})"
    except LookupError:
        yield "a line is not where it should be"


def _structure(index: Index) -> Iterator[str]:
    for (said,) in index.db.execute("PRAGMA quick_check(5)"):
        if said != "ok":
            yield f"SQLite finds it damaged ({said})"


def _observations(index: Index) -> Iterator[str]:
    """Compare where the lines of the log are with where the index has them."""
    numbers = index.segments
    for path in segments(index.folder / "papers"):
        if path.name not in numbers:
            yield f"{path.name} is not in it"
            continue
        first = numbers[path.name] << OFFSET_BITS
        known = index.db.execute(
            "SELECT place, nth, number FROM observations WHERE place >= ? AND place < ? ORDER BY place, nth",
            (first, first + (1 << OFFSET_BITS)),
        )
        for there, here in zip_longest(_placed(path, first), known):
            if there is None or here is None or there[:2] != here[:2]:
                offset = (there or here)[0] - first
                yield f"it does not know the line at byte {offset} of {path.name} as it is"
                break
            for name in names_of(there[2]):
                if not index.db.execute(_NAMED, (name, here[2])).fetchone():
                    yield f"{name} does not lead to its line in {path.name}"


_NAMED = "SELECT 1 FROM names WHERE name = ? AND observation = ?"


def _placed(path: Path, first: int) -> Iterator[tuple[int, int, Observation]]:
    damage: list[Damage] = []
    for line, observations in read_placed(path, decode_line, damage):
        for nth, observation in enumerate(observations):
            yield first | line.offset, nth, observation


def _papers(index: Index, *, everything: bool) -> Iterator[str]:
    """Compare days, signals and words of papers with what the log says of them."""
    docs = index.docs()
    count = len(docs.numbers)
    step = 1 if everything else max(1, count // SAMPLE)
    words: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    block = -1
    for place in range(0, count, step):
        number = docs.numbers[place]
        if number >> BLOCK_BITS != block:
            block = number >> BLOCK_BITS
            words = _words_of(index, block)
        paper = index.paper(number)
        if paper is None:
            yield f"paper {number} has no lines"
            continue
        if paper.day.toordinal() != docs.days[place] or paper.signals != docs.signals.get(place, {}):
            yield f"{paper.id} is not as in the log"
        wanted = [(field, tuple(keys)) for field, keys in fields_of(paper)]
        if words.get(number & ((1 << BLOCK_BITS) - 1), []) != wanted:
            yield f"the words of {paper.id} are not those of its text"


def _words_of(index: Index, number: int) -> dict[int, list[tuple[int, tuple[str, ...]]]]:
    """Put the texts of a block together from the places of their words: of each paper its fields."""
    block = index.block(number)
    names = list(index.keys)
    stream: list[str | None] = [None] * (block.length + 1)
    for token, place in zip(*(column.tolist() for column in block.columns()), strict=True):
        stream[place] = names[token]
    found: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    for nth, (start, owner) in enumerate(zip(block.starts, block.owners, strict=True)):
        stop = (block.starts[nth + 1] if nth + 1 < len(block.starts) else block.length) - 1
        keys = tuple(key for key in stream[start:stop] if key is not None)
        found.setdefault(owner >> FIELD_BITS, []).append((owner & ((1 << FIELD_BITS) - 1), keys))
    return found
