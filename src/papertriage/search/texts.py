"""Texts to look in: one stream of tokens, as `index.words` has it; a block of the index, or papers in memory."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property, partial

from papertriage.index.docs import Docs, docs_in
from papertriage.index.keys import Keys
from papertriage.index.update import fields_of
from papertriage.index.words import BLOCK_BITS, FIELD_BITS, FIELDS, Block, Places
from papertriage.lexicon import Lexicon
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Paper
from papertriage.search.query import Facts

USUAL_LENGTH = 200
"""Tokens of title and abstract of a middling paper; a paper without an abstract is taken to be as long."""

_TITLE = FIELDS.index("title")
_ABSTRACT = FIELDS.index("abstract")


class Texts(ABC):
    """Papers to look in, each with a number of its own in here.

    Attributes:
        vocabulary: what words there are.
        places: gives the places of a key, in order.
        starts: for each field of each paper the place of its first token, in order.
        owners: for each of these the paper's number and the field: `number << FIELD_BITS | field`, in order.
        length: how many places there are.
        live: the numbers of papers; of others there is a text still.
    """

    vocabulary: Vocabulary
    starts: array[int]
    owners: array[int]
    length: int
    live: Collection[int]

    @abstractmethod
    def places(self, key: str) -> Places:
        """Give the places of a key, in order."""

    @abstractmethod
    def facts(self, numbers: Sequence[int]) -> list[Facts]:
        """Give what is known of papers, in their order."""

    @abstractmethod
    def days(self, numbers: Sequence[int]) -> list[int]:
        """Give the days of papers, in their order."""

    @abstractmethod
    def name(self, number: int) -> int:
        """Give the number by which a paper is known outside."""

    @cached_property
    def start_list(self) -> list[int]:
        """The starts; faster to search in than an array."""
        return self.starts.tolist()

    @cached_property
    def owner_list(self) -> list[int]:
        """The owners; behind an entry that stands for what is before the first start."""
        return [-1, *self.owners]

    def size_of(self, number: int) -> int:
        """Give the tokens in title and abstract of a paper."""
        first = at = bisect_left(self.owners, number << FIELD_BITS)
        size = 0
        has_abstract = False
        while at < len(self.owners) and self.owners[at] <= number << FIELD_BITS | _ABSTRACT:
            end = self.starts[at + 1] if at + 1 < len(self.starts) else self.length
            size += end - self.starts[at] - 1
            has_abstract |= self.owners[at] & ((1 << FIELD_BITS) - 1) == _ABSTRACT
            at += 1
        return size if has_abstract and at > first else USUAL_LENGTH


class IndexTexts(Texts):
    """A block of the index.

    Args:
        db: the index.
        number: of the block.
        vocabulary, keys: of all that is in the index.
        live: the papers; None for all that are in the block.
        state_of: gives a paper's state, `none` for none.
        facets: sources and categories, by number.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        number: int,
        vocabulary: Vocabulary,
        keys: Keys,
        *,
        live: Collection[int] | None,
        state_of: Callable[[int], str],
        facets: Callable[[], dict[int, tuple[tuple[str, ...], tuple[str, ...]]]],
    ) -> None:
        self._db = db
        self._block = Block(db, number, keys.find)
        self._state_of = state_of
        self._facets = facets
        self._base = number << BLOCK_BITS
        self.vocabulary = vocabulary
        self.starts, self.owners, self.length = self._block.starts, self._block.owners, self._block.length
        self.live = range(self._block.docs) if live is None else live

    def places(self, key: str) -> Places:
        """Give the places of a key, in order."""
        return self._block.places(key)

    def facts(self, numbers: Sequence[int]) -> list[Facts]:
        """Give what is known of papers, in their order."""
        facets, docs = self._facets(), self._docs
        return [
            Facts(docs.days[place], *facets[docs.facets[place]], partial(self._state_of, self._base + number))
            for number, place in zip(numbers, self._places_of(numbers), strict=True)
        ]

    def days(self, numbers: Sequence[int]) -> list[int]:
        """Give the days of papers, in their order."""
        return [self._docs.days[place] for place in self._places_of(numbers)]

    @cached_property
    def _docs(self) -> Docs:
        return docs_in(self._db, self._block.number)

    def _places_of(self, numbers: Iterable[int]) -> Iterator[int]:
        return (bisect_left(self._docs.numbers, self._base + number) for number in numbers)

    def name(self, number: int) -> int:
        """Give the number of the paper in the index."""
        return self._base + number


class MemoryTexts(Texts):
    """Papers in memory.

    Args:
        first: the place of the first of them among all papers in memory; outside they are -1, -2, ….
        state_of: gives a paper's state, `none` for none.
    """

    def __init__(
        self, papers: Sequence[Paper], lexicon: Lexicon, *, first: int, state_of: Callable[[Paper], str]
    ) -> None:
        self._papers = papers
        self._state_of = state_of
        self._first = first
        self._places: dict[str, Places] = {}
        self.starts, self.owners = array("I"), array("I")
        place = 0
        for number, paper in enumerate(papers):
            for field, keys in fields_of(paper):
                self.starts.append(place)
                self.owners.append(number << FIELD_BITS | field)
                for nth, key in enumerate(keys):
                    self._places.setdefault(key, array("I")).append(place + nth)
                place += len(keys) + 1
        self.length = place
        self.vocabulary = Vocabulary(lexicon, self._places)
        self.live = range(len(papers))

    def places(self, key: str) -> Places:
        """Give the places of a key, in order."""
        return self._places.get(key) or array("I")

    def facts(self, numbers: Sequence[int]) -> list[Facts]:
        """Give what is known of papers, in their order."""
        papers = [self._papers[number] for number in numbers]
        return [
            Facts(paper.day.toordinal(), paper.sources, paper.categories, partial(self._state_of, paper))
            for paper in papers
        ]

    def days(self, numbers: Sequence[int]) -> list[int]:
        """Give the days of papers, in their order."""
        return [self._papers[number].day.toordinal() for number in numbers]

    def name(self, number: int) -> int:
        """Give -1 for the first of all papers in memory, and so on."""
        return -1 - self._first - number
