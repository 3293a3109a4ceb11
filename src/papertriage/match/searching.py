"""Searching terms and authors in blocks of the index, and terms in the text of papers that are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from papertriage.index.index import Index
from papertriage.index.keys import Keys
from papertriage.index.words import BLOCK_BITS, FIELD_BITS, FIELDS, Block
from papertriage.lexicon import Lexicon, load_lexicon
from papertriage.match.collect import Spots
from papertriage.match.expand import Expansion, extend, unexpanded
from papertriage.match.find import Found, find_in
from papertriage.match.hits import Field, find_pattern, spots_in
from papertriage.match.kept import LookedFor, TermHits
from papertriage.match.literals import required_literal
from papertriage.match.postings import NONE, find_in_block, packed
from papertriage.match.vocabulary import IndexVocabulary, Vocabulary
from papertriage.model import Paper
from papertriage.names import latin, same_person, surname_letters
from papertriage.rules.terms import Author, Pattern, Term

_AUTHORS = FIELDS.index("authors")
_FIELD = (1 << FIELD_BITS) - 1


class Searching:
    """Finds the terms and authors of some rules in an index.

    Args:
        index: an open index.
        terms: what is looked for, by definition.
    """

    def __init__(self, index: Index, terms: Mapping[str, LookedFor]) -> None:
        self._index = index
        self._terms = terms
        self._expansions: dict[str, Expansion] = {}
        self._shown: dict[str, Expansion] = {}  # as they were kept: enough for papers that were searched

    def search(self, texts: Sequence[str], block: Block) -> Iterator[tuple[str, TermHits]]:
        """Find terms and authors in a block."""
        phrases = [text for text in texts if _has_expansion(self._terms[text])]
        block.read(key for text in phrases for key in self._expansion(text).first_keys())
        for text in texts:
            yield text, self._search(text, block)

    def _search(self, text: str, block: Block) -> TermHits:
        one = self._terms[text]
        if isinstance(one, Author):
            return self._search_author(one, block)
        if isinstance(one.look_for, Pattern):
            return self._search_pattern(one, one.look_for, block)
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
        return self._index.kept("words", lambda: _Words(self._index.keys, load_lexicon()))

    def expansions(self) -> Iterator[tuple[str, tuple[int, bytes]]]:
        """Give for each term that was searched how many words it was compared with, and its expansion, to be kept."""
        for text, expansion in self._expansions.items():
            yield text, (self._words.size, _ENCODER.encode(expansion))

    def shown(self, paper: Paper, definitions: Mapping[int, str]) -> Spots:
        """Give what finds terms, known to be there, in the text of a paper of the index.

        Args:
            definitions: of the terms, by the identity of each.
        """
        return spots_in(paper, lambda term, field: find_in(self._kept_expansion(definitions[id(term)]), field))

    def _kept_expansion(self, text: str) -> Expansion:
        found = self._expansions.get(text) or self._shown.get(text)
        if found is None:
            found = self._shown[text] = self._saved(text)[1]
        return found


def _has_expansion(one: LookedFor) -> bool:
    return isinstance(one, Term) and not isinstance(one.look_for, Pattern)


def _packed(hits: dict[int, tuple[int, float]]) -> TermHits:
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
    found = {key for key in ends if keys.find(key) is not None}
    return sorted(found.union(key for key in keys.beyond_ascii if latin(key) in ends))


def _ends(letters: str) -> Iterator[str]:
    shortest = 1 if len(letters) < _SHORT_SURNAME else 2
    for start in range(len(letters) - shortest + 1):
        yield letters[start:]


_SHORT_SURNAME = 4


_ENCODER = msgspec.msgpack.Encoder()
_EXPANSIONS = msgspec.msgpack.Decoder(Expansion)
