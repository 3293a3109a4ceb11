"""A list with the learned line is the same from the index and from the log, also where a limit cuts it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import msgspec
import pytest

from papertriage.index.index import Index
from papertriage.model import Opinion, Paper, Share
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.indexed import indexed_listing
from papertriage.pipeline.listing import Query, listing
from papertriage.pipeline.starter import starter_text
from papertriage.rules.load import loads_rules

SAMPLE = Path(__file__).parents[2] / "src/papertriage/data/sample.jsonl"


def judge(paper: Paper) -> Opinion:
    """Turn the order of the rules around: no model needed."""
    value = (sum(map(ord, paper.title)) % 97) / 2
    return Opinion(value=value, shares=(Share("word", value),))


@pytest.mark.parametrize("limit", [None, 3])
def test_the_index_gives_the_answer_of_the_log(tmp_path: Path, limit: int | None) -> None:
    (tmp_path / "papers").mkdir()
    shutil.copy(SAMPLE, tmp_path / "papers/2026-04.jsonl")
    text = starter_text("rules.yaml").replace("signals:\n", "signals:\n  learned: {weight: 2}\n", 1)
    rules = msgspec.structs.replace(loads_rules(text, "starter.yaml"), judge=judge)
    query = Query(as_of=dt.date(2026, 5, 1), limit=limit)
    cached = read_cache(tmp_path)
    with Index(tmp_path) as index:
        found = indexed_listing(index, cached.states, rules, query)
    assert found.rows == listing(cached, rules, query).rows
    assert len(found.rows) > 2
    assert all(any(line.part == "learned" for line in row.score.lines) for row in found.rows)
