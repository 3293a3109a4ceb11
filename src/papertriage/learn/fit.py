"""A small logistic model whose weights move in steps, for terms that a person reads.

    log odds(paper) = base + (points under the rules + Σ change of weight × points of the term at weight 1) / SCALE

The log likelihood of the user's decisions is maximised less ½ change² + |change| for each term, a prior that draws
weights to where they are (Gaussian and Laplace: the elastic net of Zou and Hastie, "Regularization and variable
selection via the elastic net", JRSS B 67, 2005). It is done by forward stagewise selection (Hastie, Tibshirani and
Friedman, "The Elements of Statistical Learning", 2nd ed., 3.3.3 and 10.12.2): one weight moves by one step at a time,
that which gains most, until none gains. What comes out is what is written into the rules; nothing is rounded.

The wanted weigh together as much as all others (King and Zeng, "Logistic regression in rare events data", 2001), and
the papers without a decision, taken as not wanted, as much as those that were skipped: most of them are not wanted, and
they tell which words are everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

SCALE = 4.0
"""Points for one unit of log odds: what one hit in the title and one in the abstract give at weight 1."""

STEP = 0.5
FARTHEST = 3.0
"""How far a weight may move."""

LEAST_GAIN = 0.05
"""Of log likelihood; what gains less is not worth reading."""


class Feature(msgspec.Struct, frozen=True):
    """A term as the model sees it.

    Attributes:
        points: its points at weight 1 by the number of the paper; papers without it are left out.
        lowest, highest: how far the weight may change.
    """

    points: Mapping[int, float]
    lowest: float = -FARTHEST
    highest: float = FARTHEST


class Model:
    """The model, fitted.

    Args:
        points: of each paper under the rules as they are.
        wanted: whether it is wanted.
        importance: how much it weighs.
    """

    def __init__(self, points: Sequence[float], wanted: Sequence[bool], importance: Sequence[float]) -> None:
        self._odds = [value / SCALE for value in points]
        self._wanted = [float(value) for value in wanted]
        self._importance = importance
        self._base = 0.0
        self._settle()

    def promise(self, feature: Feature) -> float:
        """Say what moving a weight from where it is can gain at the best step, about (a score test, penalised)."""
        slope, curve = 0.0, 1.0
        for paper, points in feature.points.items():
            likely = _chance(self._odds[paper] + self._base)
            slope += self._importance[paper] * (self._wanted[paper] - likely) * points / SCALE
            curve += self._importance[paper] * likely * (1 - likely) * (points / SCALE) ** 2
        return max(abs(slope) - 1, 0.0) ** 2 / (2 * curve)

    def fit(self, features: Sequence[Feature], *, most: int) -> dict[int, float]:
        """Move weights, of at most so many terms.

        Returns:
            the change of each weight that moved, by the number of its term.
        """
        changes: dict[int, float] = {}
        while True:
            best, gain = self._best_step(features, changes, most)
            if best is None or gain < LEAST_GAIN:
                return changes
            number, step = best
            changes[number] = changes.get(number, 0.0) + step
            if not changes[number]:
                del changes[number]
            for paper, points in features[number].points.items():
                self._odds[paper] += step * points / SCALE
            self._settle()

    def _best_step(
        self, features: Sequence[Feature], changes: Mapping[int, float], most: int
    ) -> tuple[tuple[int, float] | None, float]:
        best: tuple[int, float] | None = None
        best_gain = 0.0
        for number, feature in enumerate(features):
            change = changes.get(number, 0.0)
            if not change and len(changes) >= most:
                continue
            slope = self._slope(feature)
            for step in (STEP, -STEP):
                if not feature.lowest <= change + step <= feature.highest:
                    continue
                price = _prior(change + step) - _prior(change)
                if slope * step - price <= best_gain:
                    continue
                gain = self._gain(feature, step) - price
                if gain > best_gain + 1e-9:
                    best, best_gain = (number, step), gain
        return best, best_gain

    def _slope(self, feature: Feature) -> float:
        odds, base, wanted, importance = self._odds, self._base, self._wanted, self._importance
        return sum(
            importance[paper] * (wanted[paper] - _chance(odds[paper] + base)) * points / SCALE
            for paper, points in feature.points.items()
        )

    def _gain(self, feature: Feature, step: float) -> float:
        gained = 0.0
        for paper, points in feature.points.items():
            odds = self._odds[paper] + self._base
            moved = odds + step * points / SCALE
            gained += self._importance[paper] * (
                self._wanted[paper] * (moved - odds) - _softplus(moved) + _softplus(odds)
            )
        return gained

    def _settle(self) -> None:
        """Find the base that fits best, by Newton's method with bounded steps."""
        for _ in range(50):
            slope = curve = 0.0
            for odds, wanted, weight in zip(self._odds, self._wanted, self._importance, strict=True):
                likely = _chance(odds + self._base)
                slope += weight * (wanted - likely)
                curve += weight * likely * (1 - likely)
            if curve < 1e-9:
                return
            step = max(-2.0, min(2.0, slope / curve))
            self._base += step
            if abs(step) < 1e-4:
                return


def _prior(change: float) -> float:
    return change * change / 2 + abs(change)


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _softplus(value: float) -> float:
    return value if value > 30 else math.log1p(math.exp(value))
