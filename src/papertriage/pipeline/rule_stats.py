"""`rules stats`: how often each rule hits, week by week, and which rules do nothing or too much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from papertriage import rank
from papertriage.errors import Place
from papertriage.findings import Flag, Role, RuleStats, TermStats
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Paper
from papertriage.pipeline.listing import check_topics
from papertriage.rules.terms import Rules, Topic

BROAD_SHARE = 0.1
"""A term that hits more than this part of the papers tells little about any of them."""

BROAD_PAPERS = 20
"""With fewer hits than this no term is called broad: a window can be small."""

REDUNDANT_PAPERS = 3
"""With fewer hits than this two terms may be together by chance."""


def rule_stats(
    papers: Iterable[Paper], rules: Rules, *, since: dt.date | None, as_of: dt.date, topics: Iterable[str] = ()
) -> RuleStats:
    """Count for each term, author and excluded category the papers in which it hits.

    Args:
        papers: of the cache.
        since: the first day of the window; None for everything.
        as_of: its last day.
        topics: names; only the terms of these are told. None means all, with `exclude` and `follow`.

    Raises:
        UsageError: the rules have no topic of such a name.
    """
    window = [paper for paper in papers if since is None or since <= paper.day <= as_of]
    found: dict[RuleKey, set[int]] = {}
    matcher = Matcher(rules, load_lexicon())
    for number, paper in enumerate(window):
        for hit in matcher.hits(paper):
            found.setdefault((hit.topic, hit.role, hit.place), set()).add(number)
    return counted(
        Where(
            days=[paper.day for paper in window],
            facets=[(paper.sources, paper.categories) for paper in window],
            found=found,
        ),
        rules,
        since=since,
        as_of=as_of,
        topics=topics,
    )


RuleKey = tuple[str, str, Place]
"""Topic, role and place of a term or an author, as a hit has them."""

Facet = tuple[tuple[str, ...], tuple[str, ...]]
"""Sources and categories of a paper."""


class Where(NamedTuple):
    """Where the rules hit. Papers of the window go by number, from 0.

    Attributes:
        days: of each paper.
        facets: its sources and categories.
        found: the papers in which a rule hits.
    """

    days: Sequence[dt.date]
    facets: Sequence[Facet]
    found: Mapping[RuleKey, set[int]]


def counted(
    where: Where, rules: Rules, *, since: dt.date | None, as_of: dt.date, topics: Iterable[str] = ()
) -> RuleStats:
    """Make the figures of hits; the arguments are those of `rule_stats`.

    Raises:
        UsageError: the rules have no topic of such a name.
    """
    wanted = tuple(topics)
    check_topics(wanted, rules)
    figures = _Counted(where, rules)
    terms: list[TermStats] = []
    if not wanted:
        terms += figures.group("exclude", figures.exclude)
    for topic in rules.topics:
        if not wanted or topic.name in wanted:
            for role, found in figures.topics[topic.name].items():
                terms += figures.group(role, found, topic)
    if not wanted:
        terms += figures.group("follow", figures.follow)
    return RuleStats(
        file=rules.file, since=since, as_of=as_of, papers=len(where.days), weeks=figures.weeks, terms=tuple(terms)
    )


class _Found(NamedTuple):
    """A rule, and the papers of the window in which it hits, by their place there."""

    term: str
    place: Place
    papers: set[int]


def _monday(day: dt.date) -> dt.date:
    return dt.date.fromordinal(max(1, day.toordinal() - day.weekday()))


class _Counted:
    """What hits in which papers of a window."""

    def __init__(self, where: Where, rules: Rules) -> None:
        self._where = where
        self._size = len(where.days)
        mondays = [_monday(day) for day in where.days]
        self.weeks = _weeks(mondays)
        at = {monday: number for number, monday in enumerate(self.weeks)}
        self._week = [at[monday] for monday in mondays]

        def found(topic: str, role: Role, written: Iterable[tuple[str, Place]]) -> list[_Found]:
            return [_Found(label, place, where.found.get((topic, role, place), set())) for label, place in written]

        self.exclude = found("", "exclude", [(term.label, term.place) for term in rules.exclude.any])
        for glob, place in rules.exclude.categories:
            self.exclude.append(_Found(glob, place, self._inside((glob,))))
        self._excluded = set().union(*(one.papers for one in self.exclude))
        self.topics: dict[str, dict[Role, list[_Found]]] = {
            topic.name: {
                "any": found(topic.name, "any", [(term.label, term.place) for term in topic.any]),
                "all": found(topic.name, "all", [(term.label, term.place) for term in topic.all]),
                "none": found(topic.name, "none", [(term.label, term.place) for term in topic.none]),
                "authors": found(topic.name, "authors", [(author.name, author.place) for author in topic.authors]),
            }
            for topic in rules.topics
        }
        self.follow = found("", "follow", [(author.name, author.place) for author in rules.follow])

    def group(self, role: Role, rules: Sequence[_Found], topic: Topic | None = None) -> list[TermStats]:
        """Give the figures of the rules of one list, of a topic or of the file."""
        scope = self._scope(topic)
        told = []
        for rule in rules:
            papers = rule.papers & scope
            weeks = [0] * len(self.weeks)
            for number in papers:
                weeks[self._week[number]] += 1
            told.append(
                TermStats(
                    topic=topic.name if topic else "",
                    role=role,
                    term=rule.term,
                    place=rule.place,
                    papers=len(papers),
                    share=len(papers) / len(scope) if scope else 0.0,
                    weeks=tuple(weeks),
                    flags=tuple(self._flags(role, rule, rules, topic, scope)),
                )
            )
        return told

    def _those(self, holds: Callable[[Facet], bool]) -> set[int]:
        """Give the papers of which something holds that depends on sources and categories alone."""
        known = {facet: holds(facet) for facet in set(self._where.facets)}
        return {number for number, facet in enumerate(self._where.facets) if known[facet]}

    def _inside(self, categories: Sequence[str]) -> set[int]:
        return self._those(lambda facet: rank.matches_any(categories, facet[1]))

    def _scope(self, topic: Topic | None) -> set[int]:
        """Give the papers that a topic looks at."""
        scope = set(range(self._size))
        if topic and topic.categories:
            scope &= self._inside(topic.categories)
        if topic and topic.sources:
            scope &= self._those(lambda facet: rank.matches_any(topic.sources, facet[0]))
        return scope

    def _flags(
        self, role: Role, rule: _Found, rules: Sequence[_Found], topic: Topic | None, scope: set[int]
    ) -> Iterable[Flag]:
        papers = rule.papers & scope
        if not self._size:  # of which nothing can be said
            return
        if not papers:
            yield Flag("outside" if rule.papers else "never")
            return
        # A condition (`all`) may well be broad, and an author is never too much.
        many = len(papers) >= BROAD_PAPERS and len(papers) > BROAD_SHARE * len(scope)
        if many and role in {"any", "none", "exclude"}:
            yield Flag("broad")
        if role == "any" and len(papers) >= REDUNDANT_PAPERS and (other := _cover(rule, papers, rules, scope)):
            yield Flag("redundant", other.term, other.place)
        if role in {"exclude", "none"}:
            return
        silent = self.topics[topic.name]["none"] if topic else []
        if papers <= self._excluded:
            yield _by("excluded", papers, self.exclude)
        elif papers <= set().union(*(one.papers for one in silent)):
            yield _by("silenced", papers, silent)


def _by(kind: Literal["excluded", "silenced"], papers: set[int], rules: Sequence[_Found]) -> Flag:
    """Name the rule that takes all of some papers, if one alone does."""
    other = next((one for one in rules if papers <= one.papers), None)
    return Flag(kind, other.term, other.place) if other else Flag(kind)


def _cover(rule: _Found, papers: set[int], rules: Sequence[_Found], scope: set[int]) -> _Found | None:
    """Find the most frequent other term that hits wherever this one does; of two that hit alike the first is spared."""
    best: _Found | None = None
    for other in rules:
        if other is rule or not papers <= other.papers:
            continue
        alike = len(other.papers & scope) == len(papers)
        if alike and other.place > rule.place:
            continue
        if best is None or len(other.papers) > len(best.papers):
            best = other
    return best


_MOST_WEEKS = 2_000  # some forty years; a date that is a slip must not fill the memory


def _weeks(mondays: Iterable[dt.date]) -> tuple[dt.date, ...]:
    """Give all Mondays from the first to the last; where these lie too far apart only those that occur."""
    there = sorted(set(mondays))
    if not there or (there[-1] - there[0]).days // 7 >= _MOST_WEEKS:
        return tuple(there)
    return tuple(there[0] + dt.timedelta(weeks=n) for n in range((there[-1] - there[0]).days // 7 + 1))
