"""`evaluate`: how early a screening would have found what it was after, by the rules, by learning and by both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean

from papertriage import rank
from papertriage.errors import UsageError
from papertriage.findings import Evaluated, Measured, Way
from papertriage.learn.grams import grams
from papertriage.learn.linear import Vectors
from papertriage.learn.measures import curve, quality
from papertriage.learn.replay import by_learning, by_score
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Paper
from papertriage.rules.terms import Rules
from papertriage.sources.labels import Labelled

POINTS = 100
"""A curve tells the recall after each hundredth of the papers."""


def evaluate(
    labelled: Labelled,
    rules: Rules | None,
    *,
    seeds: int,
    ways: Sequence[Way],
    progress: Callable[[Way, int, int, int], None] = lambda way, seed, done, of: None,
) -> Evaluated:
    """Replay a screening several times, each from another wanted and another unwanted paper.

    Args:
        rules: those that `rules` and `both` go by; None leaves these ways out.
        seeds: how many times.
        ways: what decides on the order.
        progress: told the way, the seed, and how many papers of how many are screened.

    Raises:
        UsageError: scikit-learn is not installed, or one paper alone is wanted.
    """
    if sum(labelled.wanted) < 2:
        hint = "A replay starts from one included paper and looks for the others, so it takes two."
        raise UsageError(f"One paper alone is included in `{labelled.column}`.", hint)
    ways = [way for way in ways if rules is not None or way == "learned"]
    learns = any(way != "rules" for way in ways)
    vectors = Vectors(grams(paper.title, paper.abstract) for paper in labelled.papers) if learns else None
    scores = scores_of(labelled.papers, rules) if rules is not None else None
    measured = []
    for way in ways:
        orders = []
        for seed in range(seeds):
            if way == "rules" or vectors is None:
                assert scores is not None
                order = by_score(scores, labelled.wanted, seed)
            else:

                def told(done: int, of: int, way: Way = way, seed: int = seed) -> None:
                    progress(way, seed, done, of)

                prior = scores if way == "both" else None
                order = by_learning(vectors, labelled.wanted, seed, scores=prior, progress=told)
            orders.append([labelled.wanted[place] for place in order])
        runs = tuple(quality(order) for order in orders)
        measured.append(Measured(way=way, runs=runs, curve=_mean_curve(orders)))
    return Evaluated(
        papers=len(labelled.papers),
        wanted=sum(labelled.wanted),
        undecided=labelled.undecided,
        column=labelled.column,
        rules=rules.file if rules is not None else None,
        seeds=seeds,
        measured=tuple(measured),
    )


def scores_of(papers: Sequence[Paper], rules: Rules) -> list[float]:
    """Score papers as a list does that shows all; what is excluded comes after everything else.

    Ages count to the day of the newest paper.
    """
    matcher = Matcher(rules, load_lexicon())
    as_of = max((paper.day for paper in papers), default=dt.date.min)
    found = [rank.score(paper, matcher.hits(paper), rules, as_of=as_of) for paper in papers]
    least = min((score.total for score in found), default=0.0)
    return [least - 1 if score.excluded else score.total for score in found]


def _mean_curve(orders: Sequence[Sequence[bool]]) -> tuple[float, ...]:
    """Give the mean recall at each hundredth of the papers, from none to all."""
    curves = [[0.0, *curve(order)] for order in orders]
    return tuple(fmean(_at(one, point / POINTS * (len(one) - 1)) for one in curves) for point in range(POINTS + 1))


def _at(values: Sequence[float], place: float) -> float:
    """Give a value between two places in proportion."""
    before = min(int(place), len(values) - 2)
    low, high = next(pairwise(values[before : before + 2]))
    return low + (high - low) * (place - before)
