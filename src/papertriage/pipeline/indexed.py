"""`list` from the index: the answer of `listing`, for which only the papers that are shown are read from the log."""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import compress

from papertriage import rank
from papertriage.index.docs import Docs
from papertriage.index.index import Index
from papertriage.index.words import BLOCK_BITS
from papertriage.match.kept import KeptHits
from papertriage.model import Listed, Paper, Score
from papertriage.pipeline.decided import decided
from papertriage.pipeline.listing import NO_STATE, Query, check_topics, finished, passes_filters, reason_left_out
from papertriage.pipeline.quotas import quotas_of
from papertriage.pipeline.scoring import BY_HAND, EXCLUDED, IN, OUT, Scorer, Scores
from papertriage.rules.terms import Rules
from papertriage.store.decisions import States
from papertriage.text import clean, keys

Row = tuple[Paper, Score]


def indexed_listing(index: Index, states: States, rules: Rules, query: Query, *, cut: dt.date | None = None) -> Listed:
    """Rank the papers of a window, as `listing` does.

    Args:
        cut: later observations are as if not there, as in `read_cache(as_of=…)`.

    Raises:
        UsageError: a topic is named that the rules do not have.
    """
    check_topics(query.topics, rules)
    left_out: Counter[str] = Counter()
    docs, late = index.cut(index.docs(query.since, query.as_of), cut)
    if query.since is not None:
        first, last = query.since.toordinal(), query.as_of.toordinal()
        docs = docs.only(first <= day <= last for day in docs.days)
        late = [paper for paper in late if query.since <= paper.day <= query.as_of]
    filtered = _filtered(index, docs, states, query)
    passing = [paper for paper in late if passes_filters(paper, query, lambda paper: states.of(paper.aliases))]
    left_out["filtered out"] = len(docs.numbers) - len(filtered.numbers) + len(late) - len(passing)
    kept = KeptHits(index, rules)
    scorer = Scorer(index, kept, rules, as_of=query.as_of, min_score=query.min_score, topics=query.topics)
    scores = scorer.scores(filtered)
    taken = _taken(scores, query, left_out)
    shown = (
        taken
        if rules.judge or quotas_of(rules, per_topic=query.per_topic, everything=query.everything)
        else _best(taken, scores, query, index)
    )
    rows = [_row(index, kept, filtered.numbers[place], rules, query) for place in shown]
    by_hand = [index.paper(filtered.numbers[place]) for place, how in enumerate(scores.standing) if how == BY_HAND]
    rows += _one_by_one((*passing, *by_hand), rules, query, left_out)
    listed = finished(
        rows,
        rules,
        query,
        left_out,
        state_of=lambda paper: states.of(paper.aliases),
        cached=index.size if cut is None else index.size_on(cut),
        in_window=len(filtered.numbers) + len(passing),
        more=len(taken) - len(shown),
    )
    kept.save()
    return listed


def _filtered(index: Index, docs: Docs, states: States, query: Query) -> Docs:
    """Give the papers that pass the filters."""
    if query.sources or query.categories:
        facets = {
            number
            for number, (sources, categories) in index.facets().items()
            if (not query.sources or rank.matches_any(query.sources, sources))
            and (not query.categories or rank.matches_any(query.categories, categories))
        }
        docs = docs.only(facet in facets for facet in docs.facets)
    if query.author is not None:
        words = set(keys(clean(query.author)))
        by_them = {
            number
            for block in sorted({number >> BLOCK_BITS for number in docs.numbers})
            for number in index.block(block).by_author(words)
        }
        docs = docs.only(number in by_them for number in docs.numbers)
    if query.states:
        marked = decided(index, states)
        docs = docs.only((marked.get(number) or NO_STATE) in query.states for number in docs.numbers)
    return docs


def _taken(scores: Scores, query: Query, left_out: Counter[str]) -> Sequence[int]:
    """Give the places of the papers that are listed; of the others count why not, as `reason_left_out` does."""
    standing, wanted = scores.standing, scores.wanted
    left_out["excluded"] += standing.count(EXCLUDED)
    left: Sequence[int] = array("q", compress(range(len(standing)), map(EXCLUDED.__gt__, standing)))
    if query.topics:
        taken = [place for place in left if wanted[place]]
        left_out["not in a topic"] += len(left) - len(taken)
        left = taken
    if query.everything:
        if query.min_score is None:
            return left
        least = round(query.min_score * 100)
        taken = [place for place in left if scores.relevance[place] >= least]
        left_out["below the threshold"] += len(left) - len(taken)
        return taken
    taken = [place for place in left if standing[place] == IN]
    out = sum(1 for place in left if standing[place] == OUT)
    left_out["not in a topic"] += out
    left_out["below the threshold"] += len(left) - len(taken) - out
    return taken


def _best(taken: Sequence[int], scores: Scores, query: Query, index: Index) -> Sequence[int]:
    """Give the places of all papers that can be among the first of the list."""
    if query.limit is None or len(taken) <= query.limit or query.sort not in ("score", "date"):
        return taken
    if not query.limit:
        return ()
    days, cents = scores.docs.days, scores.cents
    # One number for both: the first in the order times more than the second can be.
    if query.sort == "score":
        order = array("q", ((cents[place] << _DAY_BITS) + days[place] for place in taken))
    else:
        order = array("q", ((days[place] << _CENTS_BITS) + cents[place] for place in taken))
    least = nlargest(query.limit, order)[-1]
    best = [place for place, value in zip(taken, order, strict=True) if value > least]
    # Of equals those with the least ids; two papers can have one, then the order is left to `rank`.
    equal = [place for place, value in zip(taken, order, strict=True) if value == least]
    if len(best) + len(equal) > query.limit:
        ids = index.ids(scores.docs.numbers[place] for place in equal)
        named = {place: ids[scores.docs.numbers[place]] for place in equal}
        last = sorted(named.values())[query.limit - len(best) - 1]
        equal = [place for place in equal if named[place] <= last]
    return [*best, *equal]


_DAY_BITS = 22  # the last day that there is has the number 3,652,059
_CENTS_BITS = 40


def _row(index: Index, kept: KeptHits, number: int, rules: Rules, query: Query) -> Row:
    paper = index.paper(number)
    assert paper is not None
    hits = kept.hits(number, paper, rules)
    return paper, rank.score(paper, hits, rules, as_of=query.as_of, min_score=query.min_score)


def _one_by_one(papers: Sequence[Paper | None], rules: Rules, query: Query, left_out: Counter[str]) -> Iterator[Row]:
    """Score papers as `listing` does."""
    if not papers:
        return
    from papertriage.lexicon import load_lexicon  # few lists have any
    from papertriage.match.matcher import Matcher

    matcher = Matcher(rules, load_lexicon())
    for paper in papers:
        assert paper is not None
        score = rank.score(paper, matcher.hits(paper), rules, as_of=query.as_of, min_score=query.min_score)
        if reason := reason_left_out(score, query):
            left_out[reason] += 1
        else:
            yield paper, score
