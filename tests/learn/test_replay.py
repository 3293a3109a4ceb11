"""A screening replayed, in small."""

from __future__ import annotations

import pytest

from papertriage.learn.grams import grams
from papertriage.learn.replay import by_learning, by_score, start

WANTED = [place % 6 == 0 for place in range(60)]
TITLES = [f"{'migraine triptan' if wanted else 'concrete bridge'} w{place % 7}" for place, wanted in enumerate(WANTED)]


def test_it_starts_from_one_of_each_kind_and_each_seed_has_its_own() -> None:
    for seed in range(20):
        kept, skipped = start(WANTED, seed)
        assert WANTED[kept]
        assert not WANTED[skipped]
    assert len({start(WANTED, seed) for seed in range(20)}) > 10


def test_a_score_orders_all_other_papers_and_ties_fall_at_random() -> None:
    scores = [float(wanted) for wanted in WANTED]
    order = by_score(scores, WANTED, 1)
    assert sorted([*order, *start(WANTED, 1)]) == list(range(60))
    assert all(WANTED[place] for place in order[:9])
    assert order == by_score(scores, WANTED, 1)
    assert order[:9] != sorted(order[:9])


def test_learning_finds_what_is_wanted_first_and_the_same_every_time() -> None:
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    from papertriage.learn.linear import Vectors

    vectors = Vectors(grams(title, None) for title in TITLES)
    told: list[tuple[int, int]] = []
    order = by_learning(vectors, WANTED, 3, progress=lambda done, of: told.append((done, of)))
    assert sorted([*order, *start(WANTED, 3)]) == list(range(60))
    assert all(WANTED[place] for place in order[:9])
    assert order == by_learning(vectors, WANTED, 3)
    assert told[-1] == (60, 60)


def test_scores_under_the_rules_break_what_the_first_two_papers_leave_open() -> None:
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    from papertriage.learn.linear import Vectors

    vectors = Vectors([[f"word{place}"] for place in range(60)])
    scores = [4.0 if wanted else 0.0 for wanted in WANTED]
    order = by_learning(vectors, WANTED, 0, scores=scores)
    assert all(WANTED[place] for place in order[:9])
