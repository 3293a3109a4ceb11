"""How good an order of papers is, by the places of the wanted ones in it.

The definitions are those of ASReview insights (https://github.com/asreview/asreview-insights, `algorithms.py`): the
papers that a screening starts from are not part of the order.

* recall at x: the share of the wanted papers among the first x of the papers, rounded down.
* WSS@r, work saved over sampling (Cohen and others, "Reducing workload in systematic review preparation using automated
  citation classification", JAMIA 13, 2006): with k the last number of wanted papers that is at most r of them, how much
  earlier the k-th is found than if the wanted ones were spread evenly, as a share of all papers. Spread evenly, the
  paper at place i (from 0) of n has round(i × wanted / (n - 1)) wanted ones up to it.
* ATD, average time to discovery: the mean place of the wanted papers, counted from 1.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from papertriage.findings import Quality


def quality(order: Sequence[bool]) -> Quality:
    """Measure an order.

    Args:
        order: whether each paper is wanted, the first one screened first; at least one is.
    """
    return Quality(
        recall_10=recall_at(order, 0.1), recall_20=recall_at(order, 0.2), wss_95=work_saved(order, 0.95), atd=atd(order)
    )


def recall_at(order: Sequence[bool], share: float) -> float:
    """Give the share of the wanted papers among the first ones.

    >>> recall_at([True, False, True, False], 0.5)
    0.5
    """
    # As a search for the share among 1/n, 2/n, …: 0.29 of 100 papers is 29 of them.
    n = len(order)
    count = min(n, math.floor(share * n) + 1)
    while count and count / n > share:
        count -= 1
    return sum(order[:count]) / sum(order)


def work_saved(order: Sequence[bool], recall: float) -> float:
    """Give the work saved over sampling.

    >>> work_saved([True, True, False, False, False, False, False, False, False, False], 0.95)
    0.2
    """
    wanted, n = sum(order), len(order)
    found = list(accumulate(order))
    step = wanted / (n - 1) if n > 1 else 0.0
    evenly = [round(place * step) for place in range(n - 1)] + [wanted]
    k = wanted
    while k > 1 and k / wanted > recall:
        k -= 1
    return (bisect_left(evenly, k) - bisect_left(found, k)) / n


def atd(order: Sequence[bool]) -> float:
    """Give the average time to discovery.

    >>> atd([True, False, True])
    2.0
    """
    return sum(place for place, wanted in enumerate(order, 1) if wanted) / sum(order)


def curve(order: Sequence[bool]) -> list[float]:
    """Give the recall after each paper."""
    wanted = sum(order)
    return [found / wanted for found in accumulate(order)]
