"""Measures of an order, by hand."""

from __future__ import annotations

import pytest

from papertriage.learn.measures import atd, curve, quality, recall_at, work_saved


def order(text: str) -> list[bool]:
    return [sign == "1" for sign in text]


def test_recall_counts_the_first_papers_rounded_down() -> None:
    papers = order("1010000001")
    assert recall_at(papers, 0.1) == pytest.approx(1 / 3)
    assert recall_at(papers, 0.29) == pytest.approx(1 / 3)
    assert recall_at(papers, 0.3) == pytest.approx(2 / 3)
    assert recall_at(papers, 1.0) == 1
    assert recall_at(papers, 0.05) == 0


def test_the_time_to_discovery_is_the_mean_place() -> None:
    assert atd(order("1010000001")) == pytest.approx((1 + 3 + 10) / 3)


def test_work_saved_is_how_much_earlier_the_last_one_counted_comes_than_evenly_spread() -> None:
    # Two of two would be all; 95 % of two is one, found at place 0, evenly spread round(i × 2/9) is 1 from i = 3 on.
    assert work_saved(order("1000000001"), 0.95) == pytest.approx(0.3)
    # Of twenty, nineteen: found at place 18 of 0 to 99; evenly round(i × 20/99) is 19 from i = 92 on (18.6).
    assert work_saved([True] * 20 + [False] * 80, 0.95) == pytest.approx((92 - 18) / 100)


def test_an_order_with_all_wanted_papers_last_costs_work() -> None:
    assert work_saved(order("0000011111"), 0.95) < 0


def test_the_curve_is_the_recall_after_each_paper() -> None:
    assert curve(order("1001")) == [0.5, 0.5, 0.5, 1.0]


def test_quality_gathers_the_measures() -> None:
    found = quality(order("1100000000"))
    assert (found.recall_10, found.recall_20, found.atd) == (0.5, 1.0, 1.5)
