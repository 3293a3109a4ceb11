"""`list --near-misses` and `list --sample`: what is not listed, and what it lacked.

A near miss is a paper of the window that passes the filters, is neither listed nor excluded, and to which the hits of
some topic's `any`, `all` or `authors`, or a followed author, would give points. Each topic that does not count is one
way by which it might have come in, and so are the points that it has where they are under the threshold. Of these the
way with the fewest things in it tells what the paper lacked; of equal ones that to the highest score. A paper that has
only what a topic asks of every paper comes after those that have something of what it looks for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

import msgspec

from papertriage import rank
from papertriage.errors import Place
from papertriage.model import Lacked, Listed, Paper, Ranked, Score
from papertriage.pipeline.cached import Cached
from papertriage.pipeline.listing import Query, considered, reason_left_out, with_state, with_trend
from papertriage.rules.terms import Rules

MOST = 20
"""So many near misses are shown unless told otherwise."""

Row = tuple[Paper, Score]


def near_misses(cached: Cached, rules: Rules, query: Query) -> Listed:
    """List the papers that are nearest to being listed, nearest first.

    Args:
        query: as for `listing`; `everything` lifts the window alone.

    Raises:
        UsageError: a topic is named that the rules do not have.
    """
    rows = list(considered(cached, rules, query))
    missing = {paper.id: miss for paper, score in rows if (miss := lacked(paper, score, rules, query))}
    return _listed(nearest(rows, missing), missing, cached, query, in_window=len(rows))


def sample(cached: Cached, rules: Rules, query: Query, size: int) -> Listed:
    """List papers of the window, picked at random, that no topic and no followed author takes.

    Raises:
        UsageError: a topic is named that the rules do not have.
    """
    rows = list(considered(cached, rules, query))
    judged = msgspec.structs.replace(query, everything=False)
    rejected = [row for row in rows if reason_left_out(row[1], judged) == "not in a topic"]
    missing = {paper.id: miss for paper, score in rejected if (miss := lacked(paper, score, rules, query))}
    limited = msgspec.structs.replace(query, limit=size)
    return _listed(picked(rejected, query.as_of), missing, cached, limited, in_window=len(rows))


def lacked(paper: Paper, score: Score, rules: Rules, query: Query) -> Lacked | None:
    """Say what keeps a paper from the list of a query; None if it is listed, excluded, or far from it."""
    judged = msgspec.structs.replace(query, everything=False)
    if score.excluded or reason_left_out(score, judged) is None:
        return None
    return min(ways(paper, score, rules, judged), key=_distance, default=None)


def ways(paper: Paper, score: Score, rules: Rules, query: Query) -> Iterator[Lacked]:
    """Give each way by which a paper that is not listed might have come in."""
    threshold = rules.min_score if query.min_score is None else query.min_score
    wanted = set(query.topics)
    taken = {topic.name for topic in score.topics}
    if score.relevance > 0 and (not wanted or wanted & taken):
        yield Lacked(topic="", things=_short(score.relevance, threshold), would_score=score.total)
    for topic, lines, obstacles in rank.weighed(paper, score.hits, rules, as_of=query.as_of, min_score=query.min_score):
        points = rank.total_of(lines)
        relevance = round(score.relevance + points, 2)
        if not obstacles or points <= 0 or relevance <= 0 or (wanted and topic.name not in wanted):
            continue
        things = [obstacle.told(_short_place(obstacle.place)) for obstacle in obstacles]
        yield Lacked(
            topic=topic.name,
            things=(*things, *_short(relevance, threshold)),
            would_score=round(score.total + points, 2),
            bare=any(obstacle.kind == "any" for obstacle in obstacles),
        )


def nearest(rows: Iterable[Row], missing: Mapping[str, Lacked]) -> list[Row]:
    """Order near misses: bare ones last, then by how many things they lack, then by the score that they would have.

    Args:
        missing: what a paper lacked, by its id; papers without are left out.
    """

    def key(row: Row) -> tuple[tuple[bool, int, float], int, str]:
        return _distance(missing[row[0].id]), -row[0].day.toordinal(), row[0].id

    return sorted((row for row in rows if row[0].id in missing), key=key)


def picked(rows: Iterable[Row], as_of: dt.date) -> list[Row]:
    """Order papers at random, on one day always in the same way; a paper more changes the order of no others."""
    from hashlib import sha256

    return sorted(rows, key=lambda row: sha256(f"{as_of} {row[0].id}".encode("utf-8", "replace")).digest())


def _distance(miss: Lacked) -> tuple[bool, int, float]:
    return miss.bare, len(miss.things), -miss.would_score


def _short(relevance: float, threshold: float) -> tuple[str, ...]:
    if relevance >= threshold:
        return ()
    return (f"{relevance:.2f} is {threshold - relevance:.2f} under the threshold of {threshold:g}",)


def _short_place(place: Place | None) -> str | None:
    """Name a rule's place without its folder: twenty rows would repeat it."""
    return f"{PurePath(place.file).name}:{place.line}" if place else None


def _listed(
    ordered: Sequence[Row], missing: Mapping[str, Lacked], cached: Cached, query: Query, *, in_window: int
) -> Listed:
    """Make a list of the first papers, in their order or in the one that the query asks for."""
    shown = ordered if query.limit is None else ordered[: query.limit]
    if query.sort != "score":
        shown = rank.order(shown, query.sort, as_of=query.as_of)
    rows: list[Ranked] = []
    for row in rank.numbered(shown):
        told = with_state(msgspec.structs.replace(row, lacked=missing.get(row.paper.id)), cached)
        rows.append(with_trend(told, query) if query.sort == "trending" else told)
    more = len(ordered) - len(shown)
    return Listed(
        rows=tuple(rows),
        since=query.since,
        as_of=query.as_of,
        cached=cached.size,
        in_window=in_window,
        left_out={"past the limit": more} if more else {},
    )
