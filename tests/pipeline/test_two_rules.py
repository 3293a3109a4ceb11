from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from papertriage.lexicon import load_lexicon
from papertriage.match.hits import hits
from papertriage.model import Hit, Paper
from papertriage.pipeline.starter import starter_text
from papertriage.pipeline.two_rules import hits_of_both, scores_of_both
from papertriage.rank import score
from papertriage.rules.load import check_rules, loads_rules
from papertriage.rules.terms import Rules

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 24)
STARTER = loads_rules(starter_text("rules.yaml"), "starter.yaml")
EXAMPLE = check_rules(ROOT / "examples/rules.yaml")[0]


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    lines = (ROOT / "src/papertriage/data/sample.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    seen = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return [
        Paper(
            id=f"t:{number}",
            title=record["title"],
            abstract=record.get("abstract"),
            authors=tuple(record.get("authors", ())),
            categories=("cs.CL",),
            sources=(record["source"],),
            day=DAY,
            first_seen=seen,
        )
        for number, record in enumerate(records)
    ]


def can_list(rules: Rules, found: tuple[Hit, ...]) -> bool:
    return any(hit.role in {"any", "authors", "follow"} for hit in found)


@pytest.mark.parametrize(("old", "new"), [(STARTER, EXAMPLE), (EXAMPLE, STARTER), (EXAMPLE, EXAMPLE)])
def test_each_of_two_rules_gets_the_hits_that_it_finds_alone(papers: list[Paper], old: Rules, new: Rules) -> None:
    lexicon = load_lexicon()
    found = {paper.id: (before, after) for paper, before, after in hits_of_both(papers, old, new)}
    assert found
    for paper in papers:
        alone = (hits(paper, old, lexicon), hits(paper, new, lexicon))
        if can_list(old, alone[0]) or can_list(new, alone[1]):
            assert found[paper.id] == alone
        else:
            assert paper.id not in found


def test_a_topic_of_conditions_alone_can_list_a_paper(papers: list[Paper]) -> None:
    lone = loads_rules("version: 1\ntopics: [{name: t, all: [language model]}]")
    scored = list(scores_of_both(papers, lone, STARTER, as_of=DAY))
    lexicon = load_lexicon()
    taken = {paper.id for paper, before, _ in scored if not before.below}
    assert taken
    assert taken == {
        paper.id for paper in papers if not score(paper, hits(paper, lone, lexicon), lone, as_of=DAY).below
    }
