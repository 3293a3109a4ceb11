"""The learned line: a linear model over words, so that what it says of a paper is a sum that can be shown.

    value(paper) = Σ over its words and pairs of words: weight × tf-idf

with tf-idf = (1 + ln count) × (1 + ln((1 + n) / (1 + papers with it))), n the number of papers that it was counted
over, divided by the length of the paper (the root of the sum of squares) or by the median length, whichever is greater:
a paper without an abstract says less, for it or against it.

The weights are those of a linear support vector machine (squared hinge loss, by scikit-learn's liblinear), scaled so
that the kept papers that it learned from have 2 more on the mean than the skipped ones. Its constant is left out, being
the same for all papers: one of which no word is known has 0. All kept papers together weigh
more than all skipped ones (`RATIO`): one that is lost costs more than one read in vain. The model of ASReview that is
called ELAS u4 was the starting point (https://github.com/asreview/asreview, `asreview/models/models.py`); what differs
is the division by the length, and `FREEDOM`.

Measured in docs/evaluation.md. scikit-learn is imported where a model is trained, and nowhere else.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from papertriage.errors import UsageError
from papertriage.learn.grams import grams
from papertriage.model import Opinion, Paper, Share

VERSION = 1
"""Of what is learned from the same papers; a kept model of another version is trained anew."""

C = 0.11
"""How much a mistake costs against large weights."""

RATIO = 9.8
"""How much all that was kept weighs together against all that was skipped."""

FREEDOM = 0.7
"""How freely the machine's constant moves while it is trained; 1 is what liblinear takes by itself."""

MOST_PAPERS = 0.95
"""A word in more of the papers than this tells nothing and is left out."""

TOLD = 4
"""So many words for a paper, and so many against it, are named."""


class LinearModel(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model.

    Attributes:
        wanted, skipped: how many papers it learned from.
        usual: the length by which a shorter paper is divided; a longer one by its own.
        words: for each word and pair of words its rarity (idf) and its weight.
    """

    wanted: int
    skipped: int
    usual: float
    words: dict[str, tuple[float, float]]

    def opinion(self, paper: Paper) -> Opinion:
        """Say what the model makes of a paper, and which words drive it."""
        vector = {}
        for gram, count in Counter(grams(paper.title, paper.abstract)).items():
            if gram in self.words:
                rarity, weight = self.words[gram]
                vector[gram] = ((1 + math.log(count)) * rarity, weight)
        length = max(self.usual, math.sqrt(math.fsum(value * value for value, _ in vector.values())))
        shares = [Share(gram, value * weight / length) for gram, (value, weight) in vector.items()]
        shares.sort(key=lambda share: (-share.points, share.words))
        return Opinion(value=math.fsum(share.points for share in shares), shares=_told(shares))


def _told(shares: Sequence[Share]) -> tuple[Share, ...]:
    """Name the words that drive a sum, the other ones together; those for it first."""
    speak_for = [share for share in shares if share.points > 0]
    against = [share for share in shares if share.points < 0]
    named_for, named_against = speak_for[:TOLD], against[max(0, len(against) - TOLD) :]
    rest = [*speak_for[TOLD:], *against[: max(0, len(against) - TOLD)]]
    others = [Share(f"{len(rest)} others", math.fsum(share.points for share in rest))] if rest else []
    return (*named_for, *others, *named_against)


class Vectors:
    """Papers as rows of tf-idf values.

    Attributes:
        matrix: a row a paper (sparse).
        names: the word or pair of words of each column.
        rarity: the idf of each column.
        usual: the median of the rows' lengths, before they were divided by it or by their own.

    Raises:
        UsageError: scikit-learn is not installed.
    """

    def __init__(self, papers: Iterable[Sequence[str]]) -> None:
        require_scikit_learn()
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        rows = list(papers)
        counted = TfidfVectorizer(analyzer=_as_it_is, sublinear_tf=True, max_df=MOST_PAPERS, norm=None)
        try:
            values: Any = counted.fit_transform(rows).tocsr()
        except ValueError:
            # There is no word, or all are in nearly all papers.
            raise UsageError("These papers have no words to tell them apart.", "Check their titles.") from None
        lengths = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)).ravel())
        self.usual = float(np.median(lengths)) or 1.0
        values.data /= np.repeat(np.maximum(lengths, self.usual), np.diff(values.indptr))
        self.matrix: Any = values
        self.names: list[str] = [str(name) for name in counted.get_feature_names_out()]
        self.rarity: Sequence[float] = counted.idf_


def _as_it_is(words: Sequence[str]) -> Sequence[str]:
    return words


def fit(matrix: Any, wanted: Sequence[bool]) -> Any:
    """Fit weights to papers of which some are wanted and some are not.

    Returns:
        a weight for each column; with them the wanted papers have 2 more than the others on the mean.
    """
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    is_wanted = np.asarray(wanted, dtype=bool)
    ones = int(is_wanted.sum())
    importance = np.where(is_wanted, 1.0, ones / (RATIO * (len(is_wanted) - ones)))
    importance *= len(is_wanted) / importance.sum()
    machine = LinearSVC(C=C, loss="squared_hinge", intercept_scaling=FREEDOM, random_state=0, max_iter=5000)
    with warnings.catch_warnings():
        # Weights that still move in the third figure put papers in the same order.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(matrix, is_wanted, sample_weight=importance)
    weights = machine.coef_.ravel()
    values = matrix @ weights
    high, low = float(values[is_wanted].mean()), float(values[~is_wanted].mean())
    if not high > low:  # the same words in both kinds
        return np.zeros_like(weights)
    return weights * (2 / (high - low))


def train(papers: Sequence[Sequence[str]], wanted: Sequence[bool]) -> LinearModel:
    """Learn from the words of papers, in the order given; the same papers in the same order give the same model.

    Raises:
        UsageError: scikit-learn is not installed.
    """
    vectors = Vectors(papers)
    weights = fit(vectors.matrix, wanted)
    return LinearModel(
        wanted=sum(wanted),
        skipped=len(wanted) - sum(wanted),
        usual=_short(vectors.usual),
        words={
            name: (_short(rarity), _short(weight))
            for name, rarity, weight in zip(vectors.names, vectors.rarity, weights, strict=True)
        },
    )


def _short(value: float) -> float:
    """Cut what differs between machines."""
    return float(f"{float(value):.6g}")


def require_scikit_learn() -> None:
    """Refuse to go on without scikit-learn.

    Raises:
        UsageError: it is not installed.
    """
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise UsageError(
            "Learning from decisions needs scikit-learn, which is not installed.",
            "Install it with: pip install 'papertriage[learn]'",
        )
