"""The learned line is a sum over words."""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import pytest

from papertriage.learn.grams import grams
from papertriage.learn.linear import LinearModel, Vectors, fit, train
from papertriage.model import Paper

KEPT = [f"Migraine treated with triptan number {word}" for word in ("alpha", "beta", "gamma", "delta", "epsilon")]
SKIPPED = [f"Concrete bridges and their {word} load" for word in ("alpha", "beta", "gamma", "delta", "epsilon")]
WANTED = [True] * 5 + [False] * 5


def paper(title: str, abstract: str | None = None) -> Paper:
    moment = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return Paper(id="import:1", title=title, abstract=abstract, day=moment.date(), first_seen=moment)


@pytest.fixture(scope="module")
def model() -> LinearModel:
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    return train([grams(title, None) for title in KEPT + SKIPPED], WANTED)


def test_grams_are_words_and_pairs_and_no_pair_goes_over_the_end_of_the_title() -> None:
    assert grams("Deep learning", "Learning <i>rates</i>") == [
        "deep", "learning", "deep learning", "learning", "rates", "learning rates",
    ]  # fmt: skip


def test_single_letters_are_left_out_and_han_signs_are_not() -> None:
    assert grams("A 深層 x", None) == ["深", "層", "深 層"]


def test_a_paper_like_those_kept_is_above_those_skipped(model: LinearModel) -> None:
    assert model.opinion(paper("Migraine treated with triptan")).value > 0
    assert model.opinion(paper("Concrete bridges and their load")).value < 0


def test_a_paper_of_few_words_is_judged_mildly(model: LinearModel) -> None:
    long, short = model.opinion(paper("Migraine treated with triptan")), model.opinion(paper("Migraine"))
    assert 0 < short.value < long.value


def test_papers_that_were_kept_have_2_more_on_the_mean_than_those_skipped(model: LinearModel) -> None:
    values = [model.opinion(paper(title)).value for title in KEPT + SKIPPED]
    assert (sum(values[:5]) - sum(values[5:])) / 5 == pytest.approx(2, abs=1e-3)


def test_the_words_that_are_named_add_up_to_the_value(model: LinearModel) -> None:
    opinion = model.opinion(paper(KEPT[0], " ".join(SKIPPED)))
    assert math.fsum(share.points for share in opinion.shares) == pytest.approx(opinion.value)
    assert opinion.shares[0].points > 0 > opinion.shares[-1].points
    assert any(share.words == "concrete" for share in opinion.shares)


def test_a_paper_without_a_known_word_gets_nothing(model: LinearModel) -> None:
    opinion = model.opinion(paper("Zygote"))
    assert opinion.shares == ()
    assert opinion.value == 0


def test_the_same_papers_give_the_same_bytes(model: LinearModel) -> None:
    again = train([grams(title, None) for title in KEPT + SKIPPED], WANTED)
    assert msgspec.json.encode(again) == msgspec.json.encode(model)


def test_a_value_is_what_scikit_learn_makes_of_the_same_words(model: LinearModel) -> None:
    vectors = Vectors([grams(title, None) for title in KEPT + SKIPPED])
    expected = vectors.matrix @ fit(vectors.matrix, WANTED)
    assert [model.opinion(paper(title)).value for title in KEPT + SKIPPED] == pytest.approx(list(expected), abs=1e-4)


def test_papers_that_cannot_be_told_apart_give_nothing() -> None:
    pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
    words = [["one"], ["two"], ["one"], ["two"]]
    assert not fit(Vectors(words).matrix, [True, True, False, False]).any()
