"""`search`: the papers that fit a query, of all that was ever cached."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

import msgspec

from papertriage.index.docs import Docs, docs_in
from papertriage.index.index import Index
from papertriage.index.words import BLOCK, BLOCK_BITS
from papertriage.lexicon import load_lexicon
from papertriage.match.vocabulary import IndexVocabulary
from papertriage.model import Listed, Paper, Ranked, Score
from papertriage.pipeline.cached import Cached
from papertriage.pipeline.decided import decided
from papertriage.pipeline.listing import NO_STATE
from papertriage.search import language
from papertriage.search.answer import Answer, best
from papertriage.search.highlight import hits_of
from papertriage.search.query import And, Node
from papertriage.search.texts import IndexTexts, MemoryTexts, Texts
from papertriage.store.decisions import States

Sort = Literal["score", "date"]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to search for.

    Attributes:
        query: as it was read (`search.language.parse`).
        as_of: the day to which ages count.
        since, until: only papers of these days, both included; None for any.
        sources, categories: globs; any one suffices.
        states: what the user said, `none` for papers without a state; any one suffices.
        limit: at most so many rows; None shows all.
    """

    query: Node
    as_of: dt.date
    since: dt.date | None = None
    until: dt.date | None = None
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    limit: int | None = 20
    sort: Sort = "score"

    @property
    def whole(self) -> Node:
        """The query and all that papers are filtered by."""
        parts = [self.query]
        if self.since or self.until:
            parts.append(language.days(self.since, self.until))
        if self.sources:
            parts.append(language.source(self.sources))
        if self.categories:
            parts.append(language.category(self.categories))
        if self.states:
            parts.append(language.states(self.states))
        return And(tuple(parts)) if len(parts) > 1 else self.query


def scanned_search(cached: Cached, search: Search) -> Listed:
    """Search in papers that were read from the log: the answer that `indexed_search` gives, too."""
    papers = _Papers(cached.papers, cached.states)
    return _listed(search, papers.texts(), papers, cached.states, size=cached.size)


def indexed_search(index: Index, states: States, search: Search, *, cut: dt.date | None = None) -> Listed:
    """Search in the index; only what is shown is read from the log.

    Args:
        cut: later observations are as if not there.
    """
    docs, late = index.cut(index.docs(), cut) if cut else (None, [])
    papers = _Papers(late, states, index)

    def texts() -> Iterator[Texts]:
        yield from _blocks(index, states, docs)
        yield from papers.texts()

    size = index.size if docs is None else len(docs.numbers) + len(late)
    return _listed(search, texts(), papers, states, size=size)


class _Papers:
    """The papers that are found: those in memory by -1, -2, …, and those of an index by its numbers."""

    def __init__(self, papers: Sequence[Paper], states: States, index: Index | None = None) -> None:
        self._papers = papers
        self._states = states
        self._index = index

    def texts(self) -> Iterator[Texts]:
        """Give the texts of the papers in memory, not too many at a time."""
        for first in range(0, len(self._papers), BLOCK):
            some = self._papers[first : first + BLOCK]
            yield MemoryTexts(some, load_lexicon(), first=first, state_of=self._state)

    def _state(self, paper: Paper) -> str:
        return self._states.of(paper.aliases)[0] or NO_STATE

    def ids(self, numbers: Iterable[int]) -> Mapping[int, str]:
        """Give the ids of papers."""
        numbers = list(numbers)
        found = {number: self._papers[-1 - number].id for number in numbers if number < 0}
        return found | (self._index.ids(number for number in numbers if number >= 0) if self._index else {})

    def paper(self, number: int) -> Paper:
        """Give a paper."""
        if number < 0:
            return self._papers[-1 - number]
        assert self._index is not None
        paper = self._index.paper(number)
        assert paper is not None
        return paper


def _blocks(index: Index, states: States, docs: Docs | None) -> Iterator[IndexTexts]:
    """Give the blocks of an index, each with the papers that are to be searched in: `docs`, or all that there are."""
    vocabulary = IndexVocabulary(load_lexicon(), index.keys)
    facets = cache(index.facets)

    marked = cache(lambda: decided(index, states))  # asked only by a search for states

    def state_of(number: int) -> str:
        return marked().get(number) or NO_STATE

    live = _live(index, docs)
    for number, count in index.blocks():
        here = live(number, count)
        if here is None or here:
            yield IndexTexts(
                index.db,
                number,
                vocabulary,
                index.keys,
                live=here,
                state_of=state_of,
                facets=facets,
            )


def _live(index: Index, docs: Docs | None) -> Callable[[int, int], Collection[int] | None]:
    """Give what gives the papers of a block, None for all: the block keeps earlier texts of papers, too."""
    mask = (1 << BLOCK_BITS) - 1
    if docs is not None:
        groups: dict[int, set[int]] = defaultdict(set)
        for doc in docs.numbers:
            groups[doc >> BLOCK_BITS].add(doc & mask)
        return lambda number, _: groups[number]

    def live(number: int, count: int) -> Collection[int] | None:
        here = docs_in(index.db, number).numbers
        return None if len(here) == count else {doc & mask for doc in here}

    return live


def _listed(search: Search, texts: Iterable[Texts], papers: _Papers, states: States, *, size: int) -> Listed:
    answer = Answer(search.whole, size)
    for some in texts:
        answer.look(some)
    today = search.as_of.toordinal()
    found = best(answer, today=today, limit=search.limit, by_date=search.sort == "date", ids=papers.ids)
    rows = []
    for rank, (number, cents) in enumerate(found.papers, 1):
        paper = papers.paper(number)
        state, note = states.of(paper.aliases)
        score = Score(
            total=cents / 100,
            lines=(),
            topics=(),
            hits=hits_of(search.query, paper, load_lexicon()),
            relevance=cents / 100,
        )
        rows.append(Ranked(rank=rank, paper=paper, score=score, state=state, note=note))
    more = found.total - len(rows)
    return Listed(
        rows=tuple(rows),
        since=search.since,
        as_of=search.as_of,
        cached=size,
        in_window=found.total,
        left_out={"past the limit": more} if more else {},
    )
