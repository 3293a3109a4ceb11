"""Texts to look in: one stream of tokens, as `index.words` has it; a block of the index, or papers in memory."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, partial

from papertriage.index.keys import Keys
from papertriage.index.update import fields_of
from papertriage.index.words import BLOCK_BITS, FIELD_BITS, FIELDS, Block, Places
from papertriage.lexicon import Lexicon
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Paper
from papertriage.search.query import Facts

FEW = 256
"""So many papers at most are looked up one by one."""

USUAL_LENGTH = 200
"""Tokens of title and abstract of a middling paper; a paper without an abstract is taken to be as long."""

_TITLE = FIELDS.index("title")
_ABSTRACT = FIELDS.index("abstract")


class Texts(ABC):
    """Papers to look in, each with a number of its own in here.

    Attributes:
        keys: what words there are.
        places: gives the places of a key, in order.
        starts: for each field of each paper the place of its first token, in order.
        owners: for each of these the paper's number and the field: `number << FIELD_BITS | field`, in order.
        length: how many places there are.
        live: the numbers of papers; of others there is a text still.
    """

    keys: Vocabulary
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
        keys, numbers: of all that is in the index.
        live: the papers; None for all that are in the block.
        state_of: gives a paper's state, `none` for none.
        facets: sources and categories, by number.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        number: int,
        keys: Vocabulary,
        numbers: Keys,
        *,
        live: Collection[int] | None,
        state_of: Callable[[int], str],
        facets: Callable[[], dict[int, tuple[tuple[str, ...], tuple[str, ...]]]],
    ) -> None:
        self._db = db
        self._block = Block(db, number, numbers)
        self._state_of = state_of
        self._facets = facets
        self._base = number << BLOCK_BITS
        self.keys = keys
        self.starts, self.owners, self.length = self._block.starts, self._block.owners, self._block.length
        self.live = range(self._block.docs) if live is None else live

    def places(self, key: str) -> Places:
        """Give the places of a key, in order."""
        return self._block.places(key)

    def facts(self, numbers: Sequence[int]) -> list[Facts]:
        """Give what is known of papers, in their order."""
        facets = self._facets()
        days, of = self._column("day", numbers), self._column("facet", numbers)
        return [
            Facts(day, *facets[facet], partial(self._state_of, self._base + number))
            for number, day, facet in zip(numbers, days, of, strict=True)
        ]

    def days(self, numbers: Sequence[int]) -> list[int]:
        """Give the days of papers, in their order."""
        return self._column("day", numbers)

    def _column(self, name: str, numbers: Sequence[int]) -> list[int]:
        base = self._base
        if len(numbers) <= FEW:
            one = f"SELECT {name} FROM docs WHERE doc = ?"  # noqa: S608 - the name is ours
            return [self._db.execute(one, (base + number,)).fetchone()[0] for number in numbers]
        values = dict(
            self._db.execute(
                f"SELECT doc - ?, {name} FROM docs WHERE doc >= ? AND doc < ?",  # noqa: S608 - the name is ours
                (base, base, base + (1 << BLOCK_BITS)),
            ).fetchall()
        )
        return [values[number] for number in numbers]

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
        self.keys = Vocabulary(lexicon, self._places)
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
