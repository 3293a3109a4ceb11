"""The hits of each term in each block of the index: found once, and kept there.

What is kept for a term hangs on the term alone, not on its topic or weight: an edit of one term costs that term, and a
block is searched again only when papers were added to it. Ranking needs of a hit its field, how many there are in it
and how similar they are; where they stand is found for the few papers that are shown, and kept too (`shown`).
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertriage.index.index import Index
from papertriage.index.words import BLOCK_BITS
from papertriage.match.collect import Spot, Spots, collect
from papertriage.match.shown import read_places, write_places
from papertriage.model import Hit, Paper
from papertriage.rules.terms import Author, Near, Pattern, Rules, Term

if TYPE_CHECKING:
    from papertriage.match.searching import Searching

LookedFor = Term | Author


class TermHits(msgspec.Struct, frozen=True, array_like=True):
    """The hits of one term in one block.

    Attributes:
        kinds: (place in FIELDS, number of hits, mean similarity from 0 to 1), as they occur.
        docs: numbers of papers in the block, `array('H')`, in order; one with hits in two fields stands twice.
        codes: for each of these the place in `kinds`, `array('H')`.
    """

    kinds: tuple[tuple[int, int, float], ...]
    docs: bytes
    codes: bytes

    def pairs(self) -> Iterable[tuple[int, int]]:
        """Give papers and places in `kinds`."""
        return zip(array("H", self.docs), array("H", self.codes), strict=True)

    def has(self, local: int) -> bool:
        """Say whether a paper has any hit."""
        docs = memoryview(self.docs).cast("H")
        place = bisect_left(docs, local)
        return place < len(docs) and docs[place] == local

    def papers(self) -> Iterable[int]:
        """Give the papers that have any hit; one with hits in two fields twice."""
        return array("H", self.docs)


class KeptHits:
    """The hits of the terms and authors of some rules, in an index.

    Args:
        index: an open index.
        rules: whose terms are looked for.
    """

    def __init__(self, index: Index, rules: Rules) -> None:
        self._index = index
        self._definitions = {id(one): definition(one) for one in looked_for(rules)}
        self._terms = {self._definitions[id(one)]: one for one in looked_for(rules)}
        self._numbers: dict[str, int] = {}
        for text in self._terms:
            row = index.db.execute("SELECT number FROM terms WHERE definition = ?", (text,)).fetchone()
            if row:
                self._numbers[text] = row[0]
        self._blocks: dict[int, dict[str, TermHits]] = {}
        self._found: list[tuple[int, str, int, bytes]] = []
        self._places: dict[int, dict[str, Sequence[Spot]]] = {}  # new ones in papers that are shown, by definition

    def of(self, block: int, one: LookedFor) -> TermHits:
        """Give the hits of a term or an author in a block."""
        found = self._blocks.get(block)
        if found is None:
            found = self._blocks[block] = self._read(block)
        return found[self._definitions[id(one)]]

    def _read(self, number: int) -> dict[str, TermHits]:
        docs = self._index.docs_in(number)
        texts = {number: text for text, number in self._numbers.items()}
        rows = self._index.db.execute("SELECT term, found FROM hits WHERE block = ? AND docs = ?", (number, docs))
        found = {texts[term]: _DECODER.decode(blob) for term, blob in rows if term in texts}
        missing = self._terms.keys() - found.keys()
        if missing:
            for text, hits in self._searching.search(sorted(missing), self._index.block(number)):
                found[text] = hits
                self._found.append((number, text, docs, _ENCODER.encode(hits)))
        return found

    @cached_property
    def _searching(self) -> Searching:
        from papertriage.match.searching import Searching  # not where all is kept

        return Searching(self._index, self._terms)

    # -- papers that are shown ------------------------------------------------------------------------------

    def hits(self, doc: int, paper: Paper, rules: Rules) -> tuple[Hit, ...]:
        """Find the hits of the rules in one paper of the index, as `match.hits` does, where any are known to be."""
        block, local = doc >> BLOCK_BITS, doc & ((1 << BLOCK_BITS) - 1)
        kept = read_places(self._index.db, doc)
        found: dict[str, Sequence[Spot]] = {}
        search: Spots | None = None

        def spots(term: Term) -> Sequence[Spot]:
            nonlocal search
            if not self.of(block, term).has(local):
                return ()
            text = self._definitions[id(term)]
            known = found.get(text) or kept.get(self._numbers.get(text, -1))
            if known is None:
                search = search or self._searching.shown(paper, self._definitions)
                known = search(term)
            found[text] = known
            return [spot for name in term.fields for spot in known if spot.field == name]

        hits = collect(paper, rules, spots, lambda author: self.of(block, author).has(local))
        if search:
            self._places[doc] = found
        return hits

    # -- keeping --------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Keep what was found; where another process is writing it is found again the next time."""
        if not self._found and not self._places:  # else something was searched
            return
        db = self._index.db
        with suppress(sqlite3.OperationalError), self._index.writing():
            for text in {text for _, text, _, _ in self._found}:
                if text not in self._numbers:
                    db.execute("INSERT OR IGNORE INTO terms (definition) VALUES (?)", (text,))
                    row = db.execute("SELECT number FROM terms WHERE definition = ?", (text,)).fetchone()
                    self._numbers[text] = row[0]
            rows = [(*row, self._numbers[text]) for text, row in self._searching.expansions()]
            db.executemany("UPDATE terms SET vocabulary = ?, expansion = ? WHERE number = ?", rows)
            db.executemany(
                "INSERT OR REPLACE INTO hits VALUES (?, ?, ?, ?)",
                [(block, self._numbers[text], docs, blob) for block, text, docs, blob in self._found],
            )
            write_places(
                db,
                {
                    doc: {self._numbers[text]: spots for text, spots in found.items()}
                    for doc, found in self._places.items()
                },
            )
            self._found, self._places = [], {}


def looked_for(rules: Rules) -> Iterable[LookedFor]:
    """Give all terms and authors of some rules."""
    yield from rules.exclude.any
    for topic in rules.topics:
        yield from topic.any
        yield from topic.all
        yield from topic.none
        yield from topic.authors
    yield from rules.follow


def definition(one: LookedFor) -> str:
    """Give what the hits of a term or an author hang on, as a text."""
    if isinstance(one, Author):
        return _json(["author", one.name])
    fields = sorted(one.fields)
    look_for = one.look_for
    if isinstance(look_for, Pattern):
        return _json(["regex", look_for.source, fields])
    tokens = look_for.words if isinstance(look_for, Near) else look_for.tokens
    within = look_for.within if isinstance(look_for, Near) else None
    return _json(["phrase", [(token.form, token.key, token.breaks) for token in tokens], within, one.fuzzy, fields])


def _json(value: list[object]) -> str:
    return f"{_version()} {msgspec.json.encode(value).decode()}"


@cache
def _version() -> str:
    """Give what hits hang on beside the term and the text: the rules of matching as they are now."""
    folder = Path(__file__).parent
    words = folder.parent / "data" / "words.txt"
    checksum = 0
    for path in (*sorted(folder.glob("*.py")), folder.parent / "names.py", words):
        with path.open("rb") as file:
            # Of the word list the first line: it has the version.
            checksum = zlib.crc32(file.readline() if path == words else file.read(), checksum)
    return f"{checksum:08x}"


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(TermHits)
