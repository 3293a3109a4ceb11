"""The scores of all papers of an index at once, from the kept hits of each term: what `rank.score` adds up one by one.

Points are whole hundredths here: each line is rounded to 0.01, so that sums of lines are exact. Where the sum hangs on
more than the kept hits tell (which of two followed authors is whom), the paper is left to `rank.score`.
"""

from __future__ import annotations

import datetime as dt
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set

import msgspec

from papertriage import rank
from papertriage.index.docs import Docs
from papertriage.index.index import Index
from papertriage.index.words import BLOCK, BLOCK_BITS, FIELDS
from papertriage.match.kept import KeptHits, TermHits
from papertriage.rules.terms import LEARNED, Author, Rules, Term, Topic

OUT, BELOW, IN, EXCLUDED, BY_HAND = range(5)
"""How a paper stands: in no topic, below the threshold, in, excluded, or not to be told from kept hits."""


class Scores(msgspec.Struct, frozen=True):
    """Scores of papers, column by column in the order of `docs`.

    Attributes:
        relevance: topics and followed authors alone, in hundredths.
        cents: the whole score in hundredths.
        standing: one of OUT, BELOW, IN, EXCLUDED, BY_HAND.
        wanted: whether a topic that was asked for takes it (all 1 where none was).
    """

    docs: Docs
    relevance: array[int]
    cents: array[int]
    standing: array[int]
    wanted: array[int]


class Scorer:
    """Scores papers under some rules.

    Args:
        index: an open index.
        kept: its kept hits for these rules.
        min_score: replaces the thresholds of the rules.
        topics: names of topics that are asked for.
    """

    def __init__(
        self,
        index: Index,
        kept: KeptHits,
        rules: Rules,
        *,
        as_of: dt.date,
        min_score: float | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        self._kept = kept
        self._rules = rules
        self._as_of = as_of
        self._min_score = min_score
        self._topics = frozenset(topics)
        self._index = index
        self._is_scoped = False
        self._scopes: list[set[int] | None] = []
        self._out: set[int] = set()

    def _look_at(self, docs: Docs) -> None:
        """Find out where each topic looks, and what is excluded, among the sources and categories of some papers."""
        globs = [glob for glob, _ in self._rules.exclude.categories]
        is_scoped = any(topic.categories or topic.sources for topic in self._rules.topics)
        self._is_scoped = bool(globs) or is_scoped
        facets = self._index.facets(set(docs.facets)) if self._is_scoped else {}
        self._scopes = [_facets_in(topic, facets) for topic in self._rules.topics]
        self._out = {number for number, (_, names) in facets.items() if globs and rank.matches_any(globs, names)}

    def scores(self, docs: Docs) -> Scores:
        """Score papers."""
        self._look_at(docs)
        count = len(docs.numbers)
        relevance, standing, wanted = array("q"), array("b"), array("b")
        first = 0
        while first < count:
            block = docs.numbers[first] >> BLOCK_BITS
            stop = bisect_left(docs.numbers, (block + 1) << BLOCK_BITS, first)
            start, end = docs.numbers[first] - (block << BLOCK_BITS), docs.numbers[stop - 1] - (block << BLOCK_BITS)
            # Most blocks have all their papers, or a window of days one run of them.
            is_run = end - start < stop - first
            locals_ = range(start, end + 1) if is_run else list(map((BLOCK - 1).__and__, docs.numbers[first:stop]))
            facets = dict(zip(locals_, docs.facets[first:stop], strict=True)) if self._is_scoped else {}
            found = _Block(self._kept, block, facets)
            self._score(found)
            for column, values in (
                (relevance, found.points),
                (standing, found.standing),
                (wanted, found.wanted),
            ):
                column.extend(values[start : end + 1] if is_run else map(values.__getitem__, locals_))
            first = stop
        return Scores(docs, relevance, self._totals(docs, relevance), standing, wanted)

    def _score(self, block: _Block) -> None:
        """Score all papers of a block."""
        touched: set[int] = set()
        if not self._topics:
            block.wanted = array("b", b"\1" * BLOCK)
        for topic, scope in zip(self._rules.topics, self._scopes, strict=True):
            if topic.until is not None and self._as_of > topic.until:
                continue
            papers, points = block.topic(topic, scope)
            if (least := self._least(topic)) is not None:
                papers = {local for local in papers if points[local] >= least}
            block.add(papers, points)
            touched |= papers
            if topic.name in self._topics:
                for local in papers:
                    block.wanted[local] = 1
        followed = block.authors(self._rules.follow, 1.0)
        block.by_hand |= {local for local, cents in followed.items() if not cents}  # followed, and yet worth nothing
        block.add(followed, followed)
        touched |= followed.keys()
        self._judge(block, touched)

    def _judge(self, block: _Block, touched: set[int]) -> None:
        standing, points = block.standing, block.points
        threshold = _cents(self._rules.min_score if self._min_score is None else self._min_score)
        for local in touched:
            standing[local] = IN if points[local] >= threshold else BELOW
        if self._out:
            for local, facet in block.facets.items():
                if facet in self._out:
                    standing[local] = EXCLUDED
        for locals_, how in ((block.papers(self._rules.exclude.any), EXCLUDED), (block.by_hand, BY_HAND)):
            for local in locals_:
                standing[local] = how

    def _least(self, topic: Topic) -> int | None:
        """Give what a topic must have to count, in hundredths."""
        if topic.min_score is None:
            return None
        return _cents(topic.min_score if self._min_score is None else self._min_score)

    def _totals(self, docs: Docs, relevance: array[int]) -> array[int]:
        totals = relevance[:]
        recency = self._rules.recency
        if recency:
            today = self._as_of.toordinal()
            by_day = {
                day: _cents(round(recency.weight * 0.5 ** (max(0, today - day) / recency.half_life), 2))
                for day in set(docs.days)
            }
            for place, day in enumerate(docs.days):
                totals[place] += by_day[day]
        if self._rules.signals and docs.signals:
            for place, values in docs.signals.items():
                for signal in self._rules.signals:
                    value = max(0.0, values.get(signal.name, 0))
                    if value and signal.name != LEARNED:
                        totals[place] += _cents(round(signal.weight * math.log1p(value), 2))
        return totals


class _Block:
    """The hits of one block, added up; papers are numbers in the block.

    Attributes:
        facets: combinations of sources and categories of the papers that are asked for, where these matter.
        points: of each paper, in hundredths.
        standing, wanted: of each paper, as in `Scores`.
        by_hand: papers that have to be scored one by one.
    """

    def __init__(self, kept: KeptHits, number: int, facets: dict[int, int]) -> None:
        self._kept = kept
        self._number = number
        self.facets = facets
        self.points = array("q", bytes(8 * BLOCK))
        self.standing = array("b", bytes(BLOCK))
        self.wanted = array("b", bytes(BLOCK))
        self.by_hand: set[int] = set()

    def add(self, papers: Iterable[int], points: Sequence[int] | Mapping[int, int]) -> None:
        """Add to the points of some papers."""
        total = self.points
        for local in papers:
            total[local] += points[local]

    def topic(self, topic: Topic, scope: Set[int] | None) -> tuple[set[int], Sequence[int]]:
        """Give the papers in which a topic holds, and its points in each paper of the block, in hundredths.

        Args:
            scope: the combinations of sources and categories inside which it looks.
        """
        points = [0] * BLOCK
        papers: set[int] | None = None
        for term in topic.all:
            hits = self._kept.of(self._number, term)
            self._add(points, topic, term, hits)
            papers = set(hits.papers()) if papers is None else papers.intersection(hits.papers())
        if topic.any or topic.authors:
            some: set[int] = set()
            for term in topic.any:
                hits = self._kept.of(self._number, term)
                self._add(points, topic, term, hits)
                some.update(hits.papers())
            by_authors = self.authors(topic.authors, topic.weight)
            for local, cents in by_authors.items():
                points[local] += cents
            some.update(by_authors)
            papers = some if papers is None else papers & some
        papers = (papers or set()) - self.papers(topic.none)
        if scope is not None:
            facet_of = self.facets.get
            papers = {local for local in papers if facet_of(local) in scope}
        return papers, points

    @staticmethod
    def _add(points: list[int], topic: Topic, term: Term, hits: TermHits) -> None:
        # In the order in which `rank` multiplies, so that the same comes out.
        worth = [
            _cents(round(topic.weight * term.weight * term.fields[FIELDS[field]] * similarity * (2 * n / (n + 1)), 2))
            for field, n, similarity in hits.kinds
        ]
        for local, code in hits.pairs():
            points[local] += worth[code]

    def authors(self, authors: Sequence[Author], weight: float) -> dict[int, int]:
        """Give the papers of some authors and the points for them, in hundredths."""
        points: dict[int, int] = {}
        for author in authors:
            cents = _cents(round(weight * author.weight, 2))
            for local in self._kept.of(self._number, author).papers():
                if local in points:  # two authors, or one by two names: the names tell
                    self.by_hand.add(local)
                points[local] = cents
        return points

    def papers(self, terms: Iterable[Term]) -> set[int]:
        """Give the papers in which any of some terms is."""
        return {local for term in terms for local in self._kept.of(self._number, term).papers()}


def _facets_in(topic: Topic, facets: dict[int, tuple[tuple[str, ...], tuple[str, ...]]]) -> set[int] | None:
    """Give the combinations of sources and categories inside which a topic looks; None for all."""
    if not topic.categories and not topic.sources:
        return None
    return {
        number
        for number, (sources, categories) in facets.items()
        if (not topic.categories or rank.matches_any(topic.categories, categories))
        and (not topic.sources or rank.matches_any(topic.sources, sources))
    }


def _cents(points: float) -> int:
    return round(points * 100)
