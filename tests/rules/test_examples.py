"""The files that users begin with keep their own promises: each topic takes its examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertriage.pipeline.rule_tests import run_examples
from papertriage.rules.load import check_rules

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["src/papertriage/data/starter", "examples"])
def test_each_topic_takes_its_examples_and_leaves_the_others(folder: str) -> None:
    run = run_examples(check_rules(ROOT / folder / "rules.yaml")[0])
    assert run.failed == ()
    assert run.examples >= 5


def test_each_topic_of_the_starter_has_an_example() -> None:
    run = run_examples(check_rules(ROOT / "src/papertriage/data/starter/rules.yaml")[0])
    assert [topic.name for topic in run.topics if not topic.match] == []
