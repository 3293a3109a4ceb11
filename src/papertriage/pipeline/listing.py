"""`list`: the papers of a window that the rules take, ranked; and `why`, the same for papers by name."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from papertriage import rank
from papertriage.errors import UsageError
from papertriage.model import Listed, Paper, Ranked, Score, State
from papertriage.pipeline.cached import Cached
from papertriage.pipeline.quotas import quota_topic, quotas_of, within_quotas
from papertriage.render.parts import plural
from papertriage.render.verdict import Verdict
from papertriage.rules.terms import Rules
from papertriage.text import clean, keys


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What to list.

    Attributes:
        as_of: the last day of the window; ages count to it.
        since: the first day of the window; None lifts the window.
        topics: names; only papers that one of these takes.
        min_score: replaces the thresholds of the rules.
        limit: at most so many rows; None shows all.
        per_topic: the quota of every topic, in place of what the rules say.
        everything: lift thresholds, topics and the quotas of the rules: all but what is excluded.
        sources, categories: globs; any one suffices.
        author: part of an author's name, whole words.
        states: what the user said, `none` for papers without a state; any one suffices.
        looked: when the user last looked, from which the growth of votes counts; None is the last day's beginning.
    """

    as_of: dt.date
    since: dt.date | None = None
    topics: tuple[str, ...] = ()
    min_score: float | None = None
    limit: int | None = 50
    per_topic: int | None = None
    everything: bool = False
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    author: str | None = None
    states: tuple[str, ...] = ()
    sort: rank.Sort = "score"
    looked: dt.datetime | None = None


def listing(cached: Cached, rules: Rules, query: Query) -> Listed:
    """Rank the papers of a window.

    Raises:
        UsageError: a topic is named that the rules do not have.
    """
    left_out: Counter[str] = Counter()
    taken: list[tuple[Paper, Score]] = []
    in_window = 0
    for paper, score in considered(cached, rules, query, left_out):
        in_window += 1
        if reason := reason_left_out(score, query):
            left_out[reason] += 1
        else:
            taken.append((paper, score))
    return finished(taken, rules, query, left_out, state_of=cached.state, cached=cached.size, in_window=in_window)


def finished(
    taken: Iterable[tuple[Paper, Score]],
    rules: Rules,
    query: Query,
    left_out: Counter[str],
    *,
    state_of: Callable[[Paper], tuple[State | None, str | None]],
    cached: int,
    in_window: int,
    more: int = 0,
) -> Listed:
    """Order what is taken, and keep to quotas and limit.

    Args:
        left_out: what was left out so far, and why.
        state_of: gives what the user said of a paper.
        more: so many papers are taken beside these, and rank after all that can be shown.
    """
    ordered = rank.order(taken, query.sort, as_of=query.as_of)
    quotas = quotas_of(rules, per_topic=query.per_topic, everything=query.everything)
    kept = within_quotas(ordered, quotas, query.topics) if quotas else ordered
    left_out["past a topic's quota"] = len(ordered) - len(kept)
    shown = kept if query.limit is None else kept[: query.limit]
    left_out["past the limit"] = len(kept) - len(shown) + more
    rows = []
    for row in rank.numbered(shown):
        state, note = state_of(row.paper)
        told = msgspec.structs.replace(row, state=state, note=note)
        rows.append(with_trend(told, query) if query.sort == "trending" else told)
    return Listed(
        rows=tuple(rows),
        since=query.since,
        as_of=query.as_of,
        cached=cached,
        in_window=in_window,
        left_out={reason: left_out[reason] for reason in LEFT_OUT if left_out[reason]},
    )


def considered(
    cached: Cached, rules: Rules, query: Query, left_out: Counter[str] | None = None
) -> Iterator[tuple[Paper, Score]]:
    """Score the papers of the window that pass the filters; in `left_out` those that do not are counted.

    Raises:
        UsageError: a topic is named that the rules do not have.
    """
    check_topics(query.topics, rules)
    from papertriage.lexicon import load_lexicon  # not for a list from the index
    from papertriage.match.matcher import Matcher

    matcher = Matcher(rules, load_lexicon())
    for paper in cached.papers:
        if query.since is not None and not query.since <= paper.day <= query.as_of:
            continue
        if passes_filters(paper, query, cached.state):
            yield paper, rank.score(paper, matcher.hits(paper), rules, as_of=query.as_of, min_score=query.min_score)
        elif left_out is not None:
            left_out["filtered out"] += 1


NO_STATE = "none"
"""What stands in `Query.states` for papers that the user has not decided on."""

LEFT_OUT = (
    "filtered out", "excluded", "not in a topic", "below the threshold", "past a topic's quota", "past the limit",
)  # fmt: skip
"""The reasons for which a paper of the window is not shown, in the order in which they are told."""


def listing_of(papers: Iterable[Paper], cached: Cached, rules: Rules, query: Query) -> Listed:
    """List exactly the given papers, in their order."""
    rows = _scored(papers, cached, rules, query)
    return Listed(rows=tuple(rows), since=None, as_of=query.as_of, cached=cached.size, in_window=len(rows))


def explain(
    papers: Iterable[Paper], cached: Cached, rules: Rules, query: Query, whole: Callable[[], Listed]
) -> Iterator[tuple[Ranked, Verdict]]:
    """Score the given papers, in their order, and say how each stands before the list of the query.

    Args:
        whole: gives that list without its limit; asked once, if any of the papers is in it.
    """
    ranks: dict[str, int] | None = None
    for row in _scored(papers, cached, rules, query):
        verdict = Verdict(
            day=row.paper.day,
            since=query.since,
            as_of=query.as_of,
            excluded=row.score.excluded,
            below=row.score.below,
            limit=query.limit,
        )
        if not verdict.reasons:
            if ranks is None:
                ranks = {other.paper.id: other.rank for other in whole().rows}
            full = None if row.paper.id in ranks else _full_topic(row.score, rules, query)
            verdict = msgspec.structs.replace(verdict, rank=ranks.get(row.paper.id), of=len(ranks), past_quota=full)
        yield row, verdict


def _full_topic(score: Score, rules: Rules, query: Query) -> str | None:
    quotas = quotas_of(rules, per_topic=query.per_topic, everything=query.everything)
    name = quota_topic(score, query.topics)
    return f"It is past the quota of its topic {name}, {plural(quotas[name], 'paper')}." if name in quotas else None


def with_trend(row: Ranked, query: Query) -> Ranked:
    """Give a row with the trend of its votes, and how many came since the user last looked."""
    since = query.looked or dt.datetime.combine(query.as_of, dt.time(), dt.UTC)
    return msgspec.structs.replace(
        row,
        trend=rank.trend(row.paper, as_of=query.as_of),
        growth=rank.growth(row.paper, since=since, as_of=query.as_of),
    )


def _scored(papers: Iterable[Paper], cached: Cached, rules: Rules, query: Query) -> list[Ranked]:
    from papertriage.lexicon import load_lexicon  # not for a list from the index
    from papertriage.match.matcher import Matcher

    matcher = Matcher(rules, load_lexicon())
    rows = [
        (paper, rank.score(paper, matcher.hits(paper), rules, as_of=query.as_of, min_score=query.min_score))
        for paper in papers
    ]
    return [with_state(row, cached) for row in rank.numbered(rows)]


def reason_left_out(score: Score, query: Query) -> str | None:
    """Say why a paper of the window is not listed, in the words of `LEFT_OUT`, or None when it is."""
    if score.excluded:
        return "excluded"
    if query.topics and not any(topic.name in query.topics for topic in score.topics):
        return "not in a topic"
    if query.everything:
        short = query.min_score is not None and score.relevance < query.min_score
        return "below the threshold" if short else None
    if not score.below:
        return None
    return "below the threshold" if score.topics or score.relevance else "not in a topic"


def passes_filters(paper: Paper, query: Query, state_of: Callable[[Paper], tuple[State | None, str | None]]) -> bool:
    """Say whether a paper has the source, the category, the author and the state that a query asks for."""
    if query.sources and not rank.matches_any(query.sources, paper.sources):
        return False
    if query.categories and not rank.matches_any(query.categories, paper.categories):
        return False
    if query.author is not None and not _has_author(paper, query.author):
        return False
    return not query.states or (state_of(paper)[0] or NO_STATE) in query.states


def _has_author(paper: Paper, wanted: str) -> bool:
    words = set(keys(clean(wanted)))
    return any(words.issubset(keys(clean(name))) for name in paper.authors)


def check_topics(names: Sequence[str], rules: Rules) -> None:
    """Refuse names of topics that the rules do not have.

    Raises:
        UsageError: there is one; it names the nearest topic, or all.
    """
    known = [topic.name for topic in rules.topics]
    unknown = [name for name in names if name not in known]
    if unknown:
        from rapidfuzz import process

        found = [process.extractOne(name, known, processor=str.casefold, score_cutoff=60) for name in unknown]
        meant = list(dict.fromkeys(one[0] for one in found if one))
        some = ", ".join(known[:10]) + (" and others" if len(known) > 10 else "")
        hint = f"Did you mean {' or '.join(meant)}?" if meant else f"There are: {some}." if known else "There are none."
        raise UsageError(
            f"The rules in {rules.file} have no topic {' and no '.join(f'“{name}”' for name in unknown)}.", hint
        )


def with_state(row: Ranked, cached: Cached) -> Ranked:
    """Give a row with what the user said of its paper."""
    state, note = cached.state(row.paper)
    return msgspec.structs.replace(row, state=state, note=note)
