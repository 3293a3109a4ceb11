from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from papertriage.index.index import Index
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.indexed_diff import indexed_diff
from papertriage.pipeline.indexed_stats import indexed_stats
from papertriage.pipeline.rule_diff import rules_diff
from papertriage.pipeline.rule_stats import rule_stats
from papertriage.pipeline.starter import starter_text
from papertriage.rules.load import check_rules, loads_rules
from papertriage.rules.terms import Rules

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 5, 1)
STARTER = loads_rules(starter_text("rules.yaml"), "starter.yaml")
EXAMPLE = check_rules(ROOT / "examples/rules.yaml")[0]
TWINS = loads_rules(  # two followed authors in one paper are scored by hand
    "version: 1\nfollow: {authors: {A: 1}}\n"
    "topics: [{name: t, any: [language model], all: [{term: model, weight: 0}]}]\n",
    "twins.yaml",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    (folder / "papers").mkdir()
    shutil.copy(ROOT / "src/papertriage/data/sample.jsonl", folder / "papers/2026-04.jsonl")
    return folder


@pytest.mark.parametrize("since", [None, DAY - dt.timedelta(days=2)])
@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize(("old", "new"), [(STARTER, EXAMPLE), (EXAMPLE, STARTER), (STARTER, STARTER), (TWINS, STARTER)])
def test_the_index_gives_the_answer_of_the_scan(
    folder: Path, old: Rules, new: Rules, since: dt.date | None, limit: int | None
) -> None:
    papers = read_cache(folder).papers
    with Index(folder) as index:
        found = indexed_diff(index, old, new, since=since, as_of=DAY, limit=limit)
    assert found == rules_diff(papers, old, new, since=since, as_of=DAY, limit=limit)
    assert found.papers > 0


@pytest.mark.parametrize("day", [dt.date(2026, 4, 28), dt.date(2026, 4, 29), dt.date(2026, 4, 30), DAY])
def test_of_an_earlier_day_both_know_what_was_known_then(folder: Path, day: dt.date) -> None:
    papers = read_cache(folder, as_of=day).papers
    with Index(folder) as index:
        found = indexed_diff(index, STARTER, EXAMPLE, since=None, as_of=day, cut=day)
    assert found == rules_diff(papers, STARTER, EXAMPLE, since=None, as_of=day)


@pytest.mark.parametrize("since", [None, DAY - dt.timedelta(days=2)])
@pytest.mark.parametrize("rules", [STARTER, EXAMPLE, TWINS])
def test_the_index_counts_what_the_scan_counts(folder: Path, rules: Rules, since: dt.date | None) -> None:
    with Index(folder) as index:
        found = indexed_stats(index, rules, since=since, as_of=DAY)
    assert found == rule_stats(read_cache(folder).papers, rules, since=since, as_of=DAY)
    assert found.papers > 0
