from __future__ import annotations

from papertriage.learn.fit import FARTHEST, STEP, Feature, Model

WANTED = [True] * 6 + [False] * 12


def model() -> Model:
    return Model([3.0] * 18, WANTED, [2.0] * 6 + [1.0] * 12)


def has(*papers: int, points: float = 4.0, **bounds: float) -> Feature:
    return Feature(dict.fromkeys(papers, points), **bounds)


def test_what_marks_the_wanted_gains_and_what_marks_the_others_loses() -> None:
    changes = model().fit([has(0, 1, 2, 3, 4, 5), has(*range(6, 14)), has(0, 6, 7)], most=5)
    assert changes[0] > 0 > changes[1]
    assert 2 not in changes


def test_weights_move_in_steps_and_not_too_far() -> None:
    changes = model().fit([has(*range(6), points=0.5)], most=5)
    assert all(change % STEP == 0 and abs(change) <= FARTHEST for change in changes.values())
    assert model().fit([has(*range(6, 18), lowest=-0.5)], most=5)[0] == -0.5


def test_one_paper_proves_nothing() -> None:
    assert model().fit([has(0, points=1.0)], most=5) == {}


def test_a_weight_moves_only_if_there_is_room_for_it() -> None:
    features = [has(0, 1, 2), has(3, 4, 5)]
    assert len(model().fit(features, most=1)) == 1
    assert model().fit(features, most=0) == {}


def test_what_promises_most_parts_best() -> None:
    promises = [model().promise(feature) for feature in (has(0, 1, 2, 3, 4, 5), has(0, 1, 2, 6, 7), has())]
    assert promises[0] > promises[1] >= promises[2] == 0
