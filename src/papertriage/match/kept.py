"""The hits of each term in each block of the index: found once, and kept there.

What is kept for a term hangs on the term alone, not on its topic or weight: an edit of one term costs that term, and a
block is searched again only when papers were added to it. Ranking needs of a hit its field, how many there are in it
and how similar they are; where they stand is found again for the few papers that are shown (`KeptHits.hits`).
"""

from __future__ import annotations

import math
import sqlite3
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path

import msgspec

from papertriage.index.index import Index
from papertriage.index.keys import Keys
from papertriage.index.words import BLOCK_BITS, FIELD_BITS, FIELDS, Block
from papertriage.lexicon import WORDS_FILE, Lexicon
from papertriage.match.expand import Expansion, extend, unexpanded
from papertriage.match.find import Found, find_in
from papertriage.match.hits import Field, collect, find_pattern
from papertriage.match.literals import required_literal
from papertriage.match.vocabulary import IndexVocabulary, Vocabulary
from papertriage.model import Hit, Paper
from papertriage.names import latin, same_person, surname_letters
from papertriage.rules.terms import Author, Near, Pattern, Rules, Term

LookedFor = Term | Author

_AUTHORS = FIELDS.index("authors")
_FIELD = (1 << FIELD_BITS) - 1


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

    def papers(self) -> Iterable[int]:
        """Give the papers that have any hit; one with hits in two fields twice."""
        return array("H", self.docs)


class KeptHits:
    """The hits of the terms and authors of some rules, in an index.

    Args:
        index: an open index.
        rules: whose terms are looked for.
        lexicon: gives the well-known words; called only when something has to be searched.
    """

    def __init__(self, index: Index, rules: Rules, lexicon: Callable[[], Lexicon]) -> None:
        self._index = index
        self._lexicon = lexicon
        self._definitions = {id(one): definition(one) for one in looked_for(rules)}
        self._terms = {self._definitions[id(one)]: one for one in looked_for(rules)}
        self._numbers: dict[str, int] = {}
        self._expansions: dict[str, Expansion] = {}
        for text in self._terms:
            row = index.db.execute("SELECT number FROM terms WHERE definition = ?", (text,)).fetchone()
            if row:
                self._numbers[text] = row[0]
        self._blocks: dict[int, dict[str, TermHits]] = {}
        self._shown: dict[tuple[int, int], frozenset[int]] = {}
        self._shown_expansions: dict[str, Expansion] = {}  # as they were kept: enough for papers that were searched
        self._found: list[tuple[int, str, int, bytes]] = []

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
            block = self._index.block(number)
            for text in sorted(missing):
                found[text] = self._search(text, block)
                self._found.append((number, text, docs, _ENCODER.encode(found[text])))
        return found

    # -- searching ------------------------------------------------------------------------------------------

    def _search(self, text: str, block: Block) -> TermHits:
        one = self._terms[text]
        if isinstance(one, Author):
            return self._search_author(one, block)
        if isinstance(one.look_for, Pattern):
            return self._search_pattern(one, one.look_for, block)
        from papertriage.match.postings import find_in_block, packed

        expansion = self._expansion(text)
        fields = {FIELDS.index(name) for name in one.fields if name in FIELDS[:_AUTHORS]}
        found = find_in_block(expansion, block, fields)
        asked: dict[int, tuple[int, float]] = {}
        for owner in found.unsure:
            if places := self._ask(expansion, block.number, owner):
                asked[owner] = (len(places), math.fsum(place.similarity for place in places))
        return TermHits(*packed(found, asked))

    def _ask(self, expansion: Expansion, block: int, owner: int) -> Sequence[Found]:
        """Look into the text of one field, as the definition does."""
        paper = self._index.paper(block << BLOCK_BITS | owner >> FIELD_BITS)
        return find_in(expansion, Field(paper, FIELDS[owner & _FIELD])) if paper else ()

    def _search_pattern(self, term: Term, pattern: Pattern, block: Block) -> TermHits:
        literal = required_literal(pattern.source)
        candidates: Iterable[int] = range(block.docs)
        if literal:
            keys = self._index.kept(f"having {literal}", lambda: self._index.keys.having(literal))
            candidates = {
                block.owners[block.segment(place)] >> FIELD_BITS for key in keys for place in block.places(key)
            }
        hits: dict[int, tuple[int, float]] = {}
        for local in sorted(candidates):
            paper = self._index.paper(block.number << BLOCK_BITS | local)
            if paper is None:
                continue
            for name in term.fields:
                count = sum(1 for _ in find_pattern(pattern, Field(paper, name).plain_dashes))
                if count:
                    hits[local << FIELD_BITS | FIELDS.index(name)] = (count, 100.0 * count)
        return _packed(hits)

    def _search_author(self, author: Author, block: Block) -> TermHits:
        hits: dict[int, tuple[int, float]] = {}
        candidates = set()
        for key in _keys_of_surname(author.name, self._index.keys):
            for place in block.places(key):
                owner = block.owners[block.segment(place)]
                if owner & _FIELD == _AUTHORS:
                    candidates.add(owner)
        for owner in sorted(candidates):
            paper = self._index.paper(block.number << BLOCK_BITS | owner >> FIELD_BITS)
            if paper and any(same_person(author.name, name) for name in paper.authors):
                hits[owner] = (1, 100.0)
        return _packed(hits)

    # -- expansions -----------------------------------------------------------------------------------------

    def _expansion(self, text: str) -> Expansion:
        """Give a term's expansion against the vocabulary of the index: only words that are new are compared."""
        found = self._expansions.get(text)
        if found is None:
            size, found = self._saved(text)
            words = self._words
            if size < words.size:
                found = extend(found, words.all, words.from_number(size))
            self._expansions[text] = found
        return found

    def _saved(self, text: str) -> tuple[int, Expansion]:
        """Give the expansion that was kept, and how many words of the vocabulary it was made against."""
        row = self._index.db.execute("SELECT vocabulary, expansion FROM terms WHERE definition = ?", (text,)).fetchone()
        if row and row[1]:
            return row[0], _EXPANSIONS.decode(row[1])
        term = self._terms[text]
        assert isinstance(term, Term)
        return 0, unexpanded(term)

    @cached_property
    def _words(self) -> _Words:
        return self._index.kept("words", lambda: _Words(self._index.keys, self._lexicon()))

    # -- papers that are shown ------------------------------------------------------------------------------

    def hits(self, doc: int, paper: Paper, rules: Rules) -> tuple[Hit, ...]:
        """Find the hits of the rules in one paper of the index, as `match.hits` does, where any are known to be."""
        block, local = doc >> BLOCK_BITS, doc & ((1 << BLOCK_BITS) - 1)

        def finder(term: Term, field: Field) -> Sequence[Found]:
            text = self._definitions[id(term)]
            expansion = self._expansions.get(text) or self._shown_expansions.get(text)
            if expansion is None:
                expansion = self._shown_expansions[text] = self._saved(text)[1]
            return find_in(expansion, field)

        return collect(paper, rules, finder, lambda term: local in self._papers(block, term))

    def _papers(self, block: int, term: Term) -> frozenset[int]:
        """Give the papers of a block in which a term hits; kept, since it is asked for each paper that is shown."""
        found = self._shown.get((block, id(term)))
        if found is None:
            found = self._shown[block, id(term)] = frozenset(array("H", self.of(block, term).docs))
        return found

    # -- keeping --------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Keep what was found; where another process is writing it is found again the next time."""
        if not self._found:
            return
        db = self._index.db
        with suppress(sqlite3.OperationalError), self._index.writing():
            for text in {text for _, text, _, _ in self._found}:
                if text not in self._numbers:
                    db.execute("INSERT OR IGNORE INTO terms (definition) VALUES (?)", (text,))
                    row = db.execute("SELECT number FROM terms WHERE definition = ?", (text,)).fetchone()
                    self._numbers[text] = row[0]
            db.executemany(
                "UPDATE terms SET vocabulary = ?, expansion = ? WHERE number = ?",
                [
                    (self._words.size, _ENCODER.encode(expansion), self._numbers[text])
                    for text, expansion in self._expansions.items()
                ],
            )
            db.executemany(
                "INSERT OR REPLACE INTO hits VALUES (?, ?, ?, ?)",
                [(block, self._numbers[text], docs, blob) for block, text, docs, blob in self._found],
            )
            self._found = []


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
    checksum = 0
    for path in (*sorted(folder.glob("*.py")), folder.parent / "names.py", WORDS_FILE):
        with path.open("rb") as file:
            # Of the word list the first line: it has the version.
            checksum = zlib.crc32(file.readline() if path == WORDS_FILE else file.read(), checksum)
    return f"{checksum:08x}"


def _packed(hits: dict[int, tuple[int, float]]) -> TermHits:
    from papertriage.match.postings import NONE, packed

    return TermHits(*packed(NONE, hits))


class _Words:
    """The vocabulary of an index, to expand terms against.

    Attributes:
        size: how many keys there are.
        all: all keys.
    """

    def __init__(self, keys: Keys, lexicon: Lexicon) -> None:
        self._keys = keys
        self.size = len(keys)
        self.all = IndexVocabulary(lexicon, keys)
        self._new: dict[int, Vocabulary] = {0: self.all}

    def from_number(self, first: int) -> Vocabulary:
        """Give the keys from a number on."""
        found = self._new.get(first)
        if found is None:
            found = self._new[first] = Vocabulary(self.all.lexicon, self._keys.from_number(first))
        return found


def _keys_of_surname(wanted: str, keys: Keys) -> list[str]:
    """Give keys of which each name that can be this person has one: the last word of a surname, however written."""
    ends = {end for letters in surname_letters(wanted) for end in _ends(letters)}
    found = {key for key in ends if key in keys}
    return sorted(found.union(key for key in keys.beyond_ascii if latin(key) in ends))


def _ends(letters: str) -> Iterator[str]:
    shortest = 1 if len(letters) < _SHORT_SURNAME else 2
    for start in range(len(letters) - shortest + 1):
        yield letters[start:]


_SHORT_SURNAME = 4


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(TermHits)
_EXPANSIONS = msgspec.msgpack.Decoder(Expansion)
