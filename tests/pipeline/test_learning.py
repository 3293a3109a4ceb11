"""Rules that ask for it are given what the user's decisions teach."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from papertriage import rank
from papertriage.errors import UsageError
from papertriage.model import Paper, State
from papertriage.pipeline import learning
from papertriage.pipeline.learning import FILE_NAME, taught
from papertriage.rules.load import check_text
from papertriage.rules.terms import Rules

RULES = """\
version: 1
topics:
  - name: bridges
    any: [bridge]
signals:
  learned: {weight: 2}
"""
TODAY = dt.date(2026, 11, 24)


def rules() -> Rules:
    found, warnings = check_text(RULES, "rules.yaml")
    assert not warnings
    return found


def paper(number: int, title: str) -> Paper:
    moment = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return Paper(id=f"import:{number:02}", title=title, day=TODAY, first_seen=moment)


def decided(kept: int = 6, skipped: int = 6) -> list[tuple[Paper, State]]:
    states: tuple[State, ...] = ("star", "read")
    return [
        *((paper(number, f"Migraine and triptan number {number}"), states[number % 2]) for number in range(kept)),
        *((paper(50 + number, f"Concrete bridge number {number}"), "skip") for number in range(skipped)),
        (paper(99, "Migraine in concrete"), "later"),
    ]


def test_too_few_decisions_are_told_with_how_many_more_are_needed(tmp_path: Path) -> None:
    found, told = taught(rules(), decided(kept=3, skipped=5), folder=tmp_path)
    assert found.judge is None
    assert told == "The learned line is left out: it needs 2 more that you star or read (decided: 3 kept, 5 skipped)."
    assert not (tmp_path / FILE_NAME).exists()


def test_without_a_model_the_line_is_not_there() -> None:
    assert rank.score(paper(1, "A bridge"), (), rules(), as_of=TODAY).lines == ()


def test_a_missing_scikit_learn_is_told_and_the_line_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise UsageError("It is not installed.", "Install it with: pip install 'papertriage[learn]'")

    monkeypatch.setattr(learning, "require_scikit_learn", refuse)
    found, told = taught(rules(), decided(), folder=tmp_path)
    assert found.judge is None
    assert told == (
        "The learned line is left out. It is not installed. Install it with: pip install 'papertriage[learn]'"
    )


class TestTrained:
    @pytest.fixture(autouse=True)
    def _needs_scikit_learn(self) -> None:
        pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

    def test_the_line_joins_the_sum_with_its_words(self, tmp_path: Path) -> None:
        found, told = taught(rules(), decided(), folder=tmp_path)
        assert told == "The learned line comes from 12 decisions: 6 kept, 6 skipped."
        score = rank.score(paper(1, "A triptan bridge"), (), found, as_of=TODAY)
        (line,) = score.lines
        assert line.part == "learned"
        assert line.place is not None
        assert line.place.line == 6
        assert score.total == line.points
        assert score.relevance == 0
        assert sum(share.points for share in line.shares) == pytest.approx(line.points, abs=0.0051)
        assert line.shares[0].words == "triptan"
        assert {share.words for share in line.shares if share.points < 0} >= {"bridge"}

    def test_the_order_of_decisions_does_not_matter_and_later_counts_as_nothing(self, tmp_path: Path) -> None:
        taught(rules(), decided(), folder=tmp_path / "one")
        taught(rules(), reversed(decided()[:-1]), folder=tmp_path / "other")
        assert (tmp_path / "one" / FILE_NAME).read_bytes() == (tmp_path / "other" / FILE_NAME).read_bytes()

    def test_a_kept_model_is_used_again_and_a_new_decision_trains_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, _ = taught(rules(), decided(), folder=tmp_path)
        trained = []
        train = learning.train
        monkeypatch.setattr(learning, "train", lambda *given: trained.append(given) or train(*given))
        again, _ = taught(rules(), decided(), folder=tmp_path)
        assert not trained
        assert first.judge is not None
        assert again.judge is not None
        assert again.judge(paper(1, "A bridge")) == first.judge(paper(1, "A bridge"))
        taught(rules(), decided(skipped=7), folder=tmp_path)
        assert len(trained) == 1

    @pytest.mark.parametrize("damage", [b"", b"{", b'{"key": "x"}', b"\xff"])
    def test_a_damaged_model_is_trained_anew(self, tmp_path: Path, damage: bytes) -> None:
        taught(rules(), decided(), folder=tmp_path)
        whole = (tmp_path / FILE_NAME).read_bytes()
        (tmp_path / FILE_NAME).write_bytes(damage)
        found, _ = taught(rules(), decided(), folder=tmp_path)
        assert found.judge is not None
        assert (tmp_path / FILE_NAME).read_bytes() == whole
