"""Hits become a score, a sum of printable lines; papers are ordered by it.

    points(term, field) = topic weight × term weight × field weight × mean similarity/100 × 2n/(n+1)
    score(paper)        = Σ points of the topics that hold + followed authors
                          + weight × 0.5^(age/half_life) + Σ signals: weight × ln(1 + value)
                          + weight × what the user's decisions say of its words (`learn/linear.py`)

with n the number of hits of the term in the field and age in days from the paper's day to the `as_of`
day, never below 0. Each line is rounded to 0.01, and the score is the sum of the rounded lines.
The second and further hits count ever less (2n/(n+1) stays under 2), so that a paper which repeats a
word does not outrank one that is about more of what was asked for.

    trend(paper) = Σ votes won between two sights × the mean of 0.5^(age/3 days) over the time between

A trend counts votes with exponential decay (Cormode, Shkapenyuk, Srivastava and Xu, "Forward decay: a
practical time decay model for streaming systems", ICDE 2009, section III): each vote counts half after
three days, and the order of two papers does not change by waiting. When a vote was cast is not known,
only between which two fetches; there it is taken as spread evenly. The first sight counts from the day
on which the paper was listed, else published.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from papertriage.errors import Place
from papertriage.model import Hit, Opinion, Paper, Ranked, Score, ScoreLine, Share, TopicScore, day_of
from papertriage.rules.terms import LEARNED, Author, Rules, Signal, Term, Topic

Sort = Literal["score", "date", "upvotes", "trending", "title"]

TREND_HALF_LIFE = dt.timedelta(days=3)
"""After this time a vote counts half for a paper's trend."""


def score(paper: Paper, hits: Sequence[Hit], rules: Rules, *, as_of: dt.date, min_score: float | None = None) -> Score:
    """Add up what the rules make of a paper.

    Args:
        hits: all hits of these rules in this paper.
        as_of: the day from which the paper's age counts, and on which `until` is judged.
        min_score: replaces the thresholds of the rules, the topics' and the global one.
    """
    found = _by_rule(hits)
    lines: list[ScoreLine] = []
    topics: list[TopicScore] = []
    notes: list[str] = []
    for topic, topic_lines, obstacles in weighed(paper, hits, rules, as_of=as_of, min_score=min_score):
        if obstacles:
            told = "; ".join(obstacle.told() for obstacle in obstacles)
            notes.append(f"Topic {topic.name} ({topic.place}) does not count: {told}.")
        else:
            lines += topic_lines
            topics.append(TopicScore(topic.name, total_of(topic_lines)))

    follow_lines = [
        ScoreLine(
            part="follow",
            points=round(author.weight, 2),
            term=author.name,
            field="authors",
            hits=(hit,),
            formula=f"{author.weight:g}",
            place=author.place,
        )
        for author, hit in _people(rules.follow, "", "follow", found)
    ]
    lines += follow_lines
    relevance = total_of(lines)
    lines += _recency_and_signals(paper, rules, as_of)

    topics.sort(key=lambda topic: -topic.score)
    return Score(
        total=total_of(lines),
        lines=tuple(lines),
        topics=tuple(topics),
        hits=tuple(hits),
        relevance=relevance,
        excluded=_excluded(paper, hits, rules),
        below=_below(topics, follow_lines, relevance, rules.min_score if min_score is None else min_score),
        notes=tuple(notes),
    )


class Obstacle(msgspec.Struct, frozen=True):
    """One thing that keeps a topic from counting for a paper.

    Attributes:
        kind: the key of the topic that it is about.
        what, more: half a sentence, parted where the place of a term belongs.
        place: of the term, None where no single term is meant.
    """

    kind: Literal["until", "categories", "sources", "none", "all", "any", "min_score"]
    what: str
    place: Place | None = None
    more: str = ""

    def told(self, place: str | None = None) -> str:
        """Tell it in half a sentence; `place` is written instead of the whole place of the term."""
        return self.what + (f" ({place or self.place})" if self.place else "") + self.more


def weighed(
    paper: Paper, hits: Sequence[Hit], rules: Rules, *, as_of: dt.date, min_score: float | None = None
) -> Iterator[tuple[Topic, list[ScoreLine], list[Obstacle]]]:
    """Say of each topic that has a hit in a paper, in the order of the rules, how it stands.

    Yields:
        the topic, the lines that it gives if it counts, and all that is in its way; it counts when nothing is.
    """
    found = _by_rule(hits)
    named = {hit.topic for hit in hits}
    for topic in rules.topics:
        if topic.name not in named:
            continue  # without a hit no topic counts
        lines = _topic_lines(topic, found)
        obstacles = list(_obstacles(topic, paper, found, as_of))
        threshold = topic.min_score if topic.min_score is None or min_score is None else min_score
        points = total_of(lines)
        if threshold is not None and points < threshold:
            obstacles.append(Obstacle("min_score", f"{points:.2f} is under its min_score of {threshold:g}"))
        yield topic, lines, obstacles


def trend(paper: Paper, *, as_of: dt.date) -> float:
    """Count a paper's votes up to the end of a day, recent ones more than old ones."""
    end = _end_of(as_of)
    total, before = 0.0, 0.0
    votes = votes_until(paper, end)
    listed = paper.announced or day_of(paper.published)
    since = dt.datetime.combine(listed, dt.time(), dt.UTC) if listed else None
    for at, count in votes:
        total += (count - before) * _mean_decay((end - min(since or at, at)), end - at)
        since, before = at, count
    return round(total, 2) + 0.0


def growth(paper: Paper, *, since: dt.datetime, as_of: dt.date) -> float:
    """Say how many votes a paper won after a moment; all, if it was first seen after it."""
    votes = votes_until(paper, _end_of(as_of))
    before = [count for at, count in votes if at <= since]
    return votes[-1][1] - (before[-1] if before else 0) if votes else 0


def votes_until(paper: Paper, end: dt.datetime) -> list[tuple[dt.datetime, float]]:
    """Give the votes as they were seen before a moment, oldest first."""
    votes = paper.votes
    if not votes and "upvotes" in paper.signals:
        votes = ((paper.first_seen, paper.signals["upvotes"]),)
    return [(at, count) for at, count in votes if at < end]


_LAST_DAY = dt.date.max - dt.timedelta(days=1)  # the one after it is the last that there is


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(min(day, _LAST_DAY), dt.time(), dt.UTC) + dt.timedelta(days=1)


def _mean_decay(oldest: dt.timedelta, newest: dt.timedelta) -> float:
    """Give the mean of 0.5^(age/half-life) over ages between two."""
    old, new = oldest / TREND_HALF_LIFE, newest / TREND_HALF_LIFE
    if old - new < 1e-6:
        return float(0.5**new)
    return float((0.5**new - 0.5**old) / ((old - new) * math.log(2)))


def order(
    rows: Iterable[tuple[Paper, Score]], sort: Sort = "score", *, as_of: dt.date | None = None
) -> list[tuple[Paper, Score]]:
    """Sort papers, best first; equal ones by day, newest first, then by id.

    Args:
        as_of: the day up to which votes count for `trending`.
    """
    keys: dict[Sort, Callable[[Paper, Score], float | str]] = {
        "score": lambda paper, score: -score.total,
        "date": lambda paper, score: 0,
        "upvotes": lambda paper, score: -paper.signals.get("upvotes", -1),
        "trending": lambda paper, score: -trend(paper, as_of=as_of or dt.date.max),
        "title": lambda paper, score: paper.title.casefold(),
    }
    key = keys[sort]

    def place(row: tuple[Paper, Score]) -> tuple[object, ...]:
        paper, score = row
        # Papers with two PMIDs can have one DOI, and by it one id.
        return key(paper, score), -paper.day.toordinal(), -score.total, paper.id, paper.aliases

    return sorted(rows, key=place)


def numbered(rows: Iterable[tuple[Paper, Score]]) -> list[Ranked]:
    """Give each row its rank, from 1."""
    return [Ranked(rank=rank, paper=paper, score=score) for rank, (paper, score) in enumerate(rows, 1)]


def matches_any(globs: Sequence[str], values: Iterable[str]) -> bool:
    """Say whether one of the values is of the form of one of the globs, letter case aside."""
    lowered = [value.casefold() for value in values]
    return any(fnmatchcase(value, glob.casefold()) for glob in globs for value in lowered)


def total_of(lines: Iterable[ScoreLine]) -> float:
    """Add up the points of lines, rounded to 0.01."""
    # `+ 0.0` makes a rounded -0.0 print as 0.00.
    return round(math.fsum(line.points for line in lines), 2) + 0.0


_ByRule = dict[tuple[str, str, Place], list[Hit]]


def _by_rule(hits: Iterable[Hit]) -> _ByRule:
    found: _ByRule = {}
    for hit in hits:
        found.setdefault((hit.topic, hit.role, hit.place), []).append(hit)
    return found


def _obstacles(topic: Topic, paper: Paper, found: _ByRule, as_of: dt.date) -> Iterator[Obstacle]:
    """Give what keeps a topic from a paper, the points aside; first what does not depend on the text."""
    if topic.until is not None and as_of > topic.until:
        yield Obstacle("until", f"it ended on {topic.until}")
    if topic.categories and not matches_any(topic.categories, paper.categories):
        categories = ", ".join(paper.categories) or "papers without a category"
        yield Obstacle("categories", f"it looks only inside {', '.join(topic.categories)}, not {categories}")
    if topic.sources and not matches_any(topic.sources, paper.sources):
        yield Obstacle("sources", f"it looks only at {', '.join(topic.sources)}, not {', '.join(paper.sources)}")
    for term in topic.none:
        if against := found.get((topic.name, "none", term.place)):
            where = f" is in the {against[0].field}: “{against[0].text}”"
            yield Obstacle("none", f"its `none` term “{against[0].term}”", term.place, where)
    for term in topic.all:
        if (topic.name, "all", term.place) not in found:
            yield Obstacle("all", f"its `all` term “{term.label}”", term.place, " is missing")
    has_term = any((topic.name, "any", term.place) in found for term in topic.any)
    has_author = any((topic.name, "authors", author.place) in found for author in topic.authors)
    if (topic.any or topic.authors) and not has_term and not has_author:
        yield Obstacle("any", "none of its `any` terms or authors is there")


def _topic_lines(topic: Topic, found: _ByRule) -> list[ScoreLine]:
    lines = []
    for role, terms in (("all", topic.all), ("any", topic.any)):
        for term in terms:
            term_hits = found.get((topic.name, role, term.place), [])
            for field, field_weight in term.fields.items():
                if hits := tuple(hit for hit in term_hits if hit.field == field):
                    lines.append(_term_line(topic, term, field, field_weight, hits))
    for author, hit in _people(topic.authors, topic.name, "authors", found):
        lines.append(
            ScoreLine(
                part="topic",
                points=round(topic.weight * author.weight, 2),
                topic=topic.name,
                term=author.name,
                field="authors",
                hits=(hit,),
                formula=f"{topic.weight:g} × {author.weight:g}",
                place=author.place,
            )
        )
    return lines


def _people(authors: Iterable[Author], topic: str, role: str, found: _ByRule) -> list[tuple[Author, Hit]]:
    """Give the authors who wrote the paper, each with a listed name; of two with one name the higher weight counts."""
    there = [(author, hits) for author in authors if (hits := found.get((topic, role, author.place)))]
    if len(there) < 2:
        return [(author, hits[0]) for author, hits in there]
    counted: list[tuple[int, Author, Hit]] = []
    taken: set[str] = set()
    for number, (author, hits) in sorted(enumerate(there), key=lambda one: -one[1][0].weight):
        free = [hit for hit in hits if hit.text not in taken]
        if free:
            counted.append((number, author, free[0]))
            taken.update(hit.text for hit in hits)
    return [(author, hit) for _, author, hit in sorted(counted, key=lambda one: one[0])]


def _term_line(topic: Topic, term: Term, field: str, field_weight: float, hits: tuple[Hit, ...]) -> ScoreLine:
    n = len(hits)
    similarity = math.fsum(hit.similarity for hit in hits) / n / 100  # exact, in whatever order they are added up
    repetition = 2 * n / (n + 1)
    return ScoreLine(
        part="topic",
        points=round(topic.weight * term.weight * field_weight * similarity * repetition, 2),
        topic=topic.name,
        term=term.label,
        field=field,
        hits=hits,
        formula=" × ".join(
            f"{factor:.4g}" for factor in (topic.weight, term.weight, field_weight, similarity, repetition)
        ),
        place=term.place,
    )


def _recency_and_signals(paper: Paper, rules: Rules, as_of: dt.date) -> list[ScoreLine]:
    lines = []
    if rules.recency:
        age = max(0, (as_of - paper.day).days)
        lines.append(
            ScoreLine(
                part="recency",
                points=round(rules.recency.weight * 0.5 ** (age / rules.recency.half_life), 2),
                term=f"{age} days old" if age != 1 else "1 day old",
                formula=f"{rules.recency.weight:g} × 0.5^({age}/{rules.recency.half_life:g})",
                place=rules.recency.place,
            )
        )
    for signal in rules.signals:
        if signal.name == LEARNED:
            if rules.judge:
                lines.append(_learned_line(signal, rules.judge(paper)))
            continue
        value = max(0.0, paper.signals.get(signal.name, 0))
        if value:
            lines.append(
                ScoreLine(
                    part="signal",
                    points=round(signal.weight * math.log1p(value), 2),
                    term=f"{value:g} {signal.name}",
                    formula=f"{signal.weight:g} × ln(1 + {value:g})",
                    place=signal.place,
                )
            )
    return lines


def _learned_line(signal: Signal, opinion: Opinion) -> ScoreLine:
    return ScoreLine(
        part="learned",
        points=round(signal.weight * opinion.value, 2) + 0.0,
        term="like what you kept" if opinion.value > 0 else "like what you skipped",
        formula=f"{signal.weight:g} × {opinion.value:.4g}",
        place=signal.place,
        shares=tuple(Share(share.words, signal.weight * share.points) for share in opinion.shares),
    )


def _excluded(paper: Paper, hits: Sequence[Hit], rules: Rules) -> str | None:
    for hit in hits:
        if hit.role == "exclude":
            return f"Excluded by the term “{hit.term}” ({hit.place}): the {hit.field} has “{hit.text}”."
    for glob, place in rules.exclude.categories:
        for category in paper.categories:
            if matches_any((glob,), (category,)):
                return f"Excluded by the category {glob} ({place}): the paper is in {category}."
    return None


def _below(topics: Sequence[TopicScore], follow: Sequence[ScoreLine], relevance: float, threshold: float) -> str | None:
    if not topics and not follow:
        return "No topic takes it, and no followed author wrote it."
    if relevance < threshold:
        return f"Its topics and followed authors give {relevance:.2f}, under the threshold of {threshold:g}."
    return None
