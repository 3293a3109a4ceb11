"""`rules stats` from the index: the answer of `rule_stats`, for which the log is not read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from papertriage.findings import RuleStats
from papertriage.index.index import Index
from papertriage.index.words import BLOCK, BLOCK_BITS
from papertriage.match.kept import KeptHits, LookedFor
from papertriage.pipeline.rule_stats import RuleKey, Where, counted
from papertriage.rules.terms import Rules


def indexed_stats(
    index: Index, rules: Rules, *, since: dt.date | None, as_of: dt.date, topics: Iterable[str] = ()
) -> RuleStats:
    """Count the papers in which each rule hits, as `rule_stats` does for all that the index knows.

    Raises:
        UsageError: the rules have no topic of such a name.
    """
    docs = index.docs(since, as_of)
    if since is not None:
        first, last = since.toordinal(), as_of.toordinal()
        docs = docs.only(first <= day <= last for day in docs.days)
    places = {number: place for place, number in enumerate(docs.numbers)}
    blocks = sorted({number >> BLOCK_BITS for number in docs.numbers})
    kept = KeptHits(index, rules)
    found: dict[RuleKey, set[int]] = {}
    for block in blocks:
        first_doc = block * BLOCK
        for key, one in _rules(rules):
            there = {places.get(first_doc + local) for local in kept.of(block, one).papers()}
            found.setdefault(key, set()).update(place for place in there if place is not None)
    kept.save()
    facets = index.facets()
    where = Where(
        days=[dt.date.fromordinal(day) for day in docs.days],
        facets=[facets[number] for number in docs.facets],
        found=found,
    )
    return counted(where, rules, since=since, as_of=as_of, topics=topics)


def _rules(rules: Rules) -> Iterator[tuple[RuleKey, LookedFor]]:
    """Give all terms and authors, each with the key of its hits."""
    for term in rules.exclude.any:
        yield ("", "exclude", term.place), term
    for topic in rules.topics:
        for role, terms in (("any", topic.any), ("all", topic.all), ("none", topic.none)):
            for term in terms:
                yield (topic.name, role, term.place), term
        for author in topic.authors:
            yield (topic.name, "authors", author.place), author
    for author in rules.follow:
        yield ("", "follow", author.place), author
