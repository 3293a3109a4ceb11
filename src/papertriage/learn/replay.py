"""A screening replayed: in which order would the papers have been seen, had the learned line chosen the next ones?

It starts from one wanted and one unwanted paper, drawn at random. The model learns from what was screened so far, the
papers that it puts first are screened next, and so on. At first it learns anew after every paper, later after every
batch: one for each `STRIDE` papers screened. Once all wanted papers are found the rest follows as the last model puts
it, since no figure depends on it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from papertriage.learn.linear import Vectors, fit

STRIDE = 25
"""With so many papers screened, two are screened before the model learns anew."""

PRIOR = 0.5
"""How much the best score under the rules adds at first; what was wanted has 2 more than what was not."""

FADING = 3
"""With so many wanted papers found, the rules count half."""


def start(wanted: Sequence[bool], seed: int) -> tuple[int, int]:
    """Draw the wanted and the unwanted paper that a screening starts from; at least one of each there is."""
    chance = random.Random(seed)  # noqa: S311 - for drawing samples
    kept = chance.choice([place for place, is_wanted in enumerate(wanted) if is_wanted])
    skipped = chance.choice([place for place, is_wanted in enumerate(wanted) if not is_wanted])
    return kept, skipped


def by_score(scores: Sequence[float], wanted: Sequence[bool], seed: int) -> list[int]:
    """Order the papers that are left after the start by a score; equal ones at random."""
    ties = _ties(len(scores), seed)
    left = set(range(len(scores))) - set(start(wanted, seed))
    return sorted(left, key=lambda place: (-scores[place], ties[place]))


def by_learning(
    vectors: Vectors,
    wanted: Sequence[bool],
    seed: int,
    *,
    scores: Sequence[float] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[int]:
    """Order the papers that are left after the start by learning.

    Args:
        scores: under the rules, which are then added to what is learned, less and less.
        progress: told after each batch how many papers are screened, of how many.
    """
    import numpy as np

    kinds = np.asarray(wanted, dtype=bool)
    prior = _prior(scores)
    ties = np.asarray(_ties(len(wanted), seed))
    matrix: Any = vectors.matrix
    screened = list(start(wanted, seed))
    left = np.ones(len(wanted), dtype=bool)
    left[screened] = False
    found, total = 1, int(kinds.sum())
    while left.any():
        weights = fit(matrix[screened], kinds[screened].tolist())
        values = matrix @ weights
        if prior is not None:
            values = values + PRIOR * FADING / (FADING + found - 1) * np.asarray(prior)
        pool = np.flatnonzero(left)
        best = pool[np.lexsort((ties[pool], -values[pool]))]
        batch = best if found == total else best[: max(1, len(screened) // STRIDE)]
        screened += batch.tolist()
        left[batch] = False
        found += int(kinds[batch].sum())
        progress(len(screened), len(wanted))
    return screened[2:]


def _prior(scores: Sequence[float] | None) -> list[float] | None:
    """Scale scores so that the best is 1; those under 0 stay in proportion, down to -1."""
    if scores is None:
        return None
    most = max(scores, default=0.0)
    return [max(-1.0, score / most) if most > 0 else 0.0 for score in scores]


def _ties(count: int, seed: int) -> list[int]:
    """Give each paper its place where scores are equal: the order of a file may tell what is wanted."""
    places = list(range(count))
    random.Random(f"ties {seed}").shuffle(places)  # noqa: S311 - for drawing samples
    return places
