"""What is not listed: how near it was, what it lacked, and a fair sample of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from papertriage.errors import UsageError
from papertriage.model import Listed, Paper
from papertriage.pipeline.cached import Cached
from papertriage.pipeline.listing import Query, listing
from papertriage.pipeline.near_misses import near_misses, picked, sample
from papertriage.rules.load import check_rules
from papertriage.rules.terms import Rules
from papertriage.store.decisions import States

TODAY = dt.date(2026, 11, 24)
QUERY = Query(as_of=TODAY, since=dt.date(2026, 11, 22))

RULES = """
version: 1
min_score: 2
exclude: {any: [retraction notice]}
topics:
  - name: agents
    any: [tool use, {term: planning, weight: 0.5, fields: [abstract]}]
    all: [language model]
    none: [robotics]
    categories: [cs.CL]
    min_score: 1.5
  - name: ended
    any: [quantum annealing]
    until: 2026-01-01
  - name: seen-too-often
    weight: -1
    any: [chain of thought]
follow: {authors: {Ada Example: 1}}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return check_rules(tmp_path / "rules.yaml", TODAY)[0]


def paper(title: str, number: int = 1, **fields: Any) -> Paper:
    values: dict[str, Any] = {
        "id": f"arxiv:2611.{number:05}",
        "day": TODAY,
        "first_seen": dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
        "categories": ("cs.CL",),
        "sources": ("arxiv",),
    }
    values |= fields
    return Paper(title=title, aliases=(values["id"],), **values)


def cached(*papers: Paper) -> Cached:
    return Cached(
        papers=papers, states=States(), damage=(), size=len(papers), newest=max(paper.day for paper in papers)
    )


def told(listed: Listed) -> list[tuple[str, tuple[str, ...], float]]:
    return [(row.lacked.topic, row.lacked.things, row.lacked.would_score) for row in listed.rows if row.lacked]


@pytest.mark.parametrize(
    ("missed", "lacked"),
    [
        (
            paper("Tool use by people"),
            ("agents", ("its `all` term “language model” (rules.yaml:8) is missing",), 3.0),
        ),
        (
            paper("Tool use of a language model in robotics"),
            ("agents", ("its `none` term “robotics” (rules.yaml:9) is in the title: “robotics”",), 6.0),
        ),
        (
            paper("Tool use of language models", categories=("cs.RO",)),
            ("agents", ("it looks only inside cs.CL, not cs.RO",), 6.0),
        ),
        (
            paper("Talk", abstract="A language model and planning."),
            ("agents", ("1.50 is 0.50 under the threshold of 2",), 1.5),
        ),
        (paper("A review of quantum annealing"), ("ended", ("it ended on 2026-01-01",), 3.0)),
        (paper("Poems", authors=("Ada Example",)), ("", ("1.00 is 1.00 under the threshold of 2",), 1.0)),
        (
            paper("People", abstract="Planning."),
            (
                "agents",
                (
                    "its `all` term “language model” (rules.yaml:8) is missing",
                    "0.50 is under its min_score of 1.5",
                    "0.50 is 1.50 under the threshold of 2",
                ),
                0.5,
            ),
        ),
    ],
)
def test_a_near_miss_says_in_words_what_it_lacked(
    rules: Rules, missed: Paper, lacked: tuple[str, tuple[str, ...], float]
) -> None:
    topic, things, would_score = lacked
    if missed.title == "Talk":  # the topic holds, so that only points are missing
        topic = ""
    assert told(near_misses(cached(missed), rules, QUERY)) == [(topic, things, would_score)]
    assert not listing(cached(missed), rules, QUERY).rows


@pytest.mark.parametrize(
    "other",
    [
        paper("Tool use of language models"),
        paper("Retraction notice: Tool use"),
        paper("A bridge of stone"),
        paper("Chain of thought"),
        paper("Robotics"),
        paper("Tool use", day=dt.date(2026, 11, 1)),
    ],
    ids=["listed", "excluded", "no hit", "only points taken away", "only a none term", "not in the window"],
)
def test_what_is_listed_excluded_or_far_off_is_no_near_miss(rules: Rules, other: Paper) -> None:
    assert not near_misses(cached(other), rules, QUERY).rows


def test_the_nearest_come_first_and_papers_bare_of_terms_last(rules: Rules) -> None:
    papers = [
        paper("Language models", 1),
        paper("Tool use", 2, categories=("cs.RO",)),
        paper("Tool use", 3, abstract="Tool use."),
        paper("Tool use", 4),
    ]
    found = near_misses(cached(*papers), rules, QUERY)
    assert [row.paper.id[-1] for row in found.rows] == ["3", "4", "2", "1"]
    assert [row.rank for row in found.rows] == [1, 2, 3, 4]
    first = near_misses(cached(*papers), rules, msgspec.structs.replace(QUERY, limit=1))
    assert [row.paper.id[-1] for row in first.rows] == ["3"]
    assert first.left_out == {"past the limit": 3}


def test_a_paper_that_one_topic_takes_is_a_near_miss_of_another(rules: Rules) -> None:
    one = paper("Tool use by people", authors=("Ada Example",), abstract="Quantum annealing.")
    lenient = msgspec.structs.replace(rules, min_score=0)
    assert listing(cached(one), lenient, QUERY).rows
    assert not near_misses(cached(one), lenient, QUERY).rows
    of = msgspec.structs.replace(QUERY, topics=("ended",))
    assert told(near_misses(cached(one), lenient, of)) == [("ended", ("it ended on 2026-01-01",), 2.0)]
    with pytest.raises(UsageError, match="no topic “endet”"):
        near_misses(cached(one), lenient, msgspec.structs.replace(QUERY, topics=("endet",)))


def test_filters_and_a_threshold_of_the_command_line_hold(rules: Rules) -> None:
    one = paper("Talk", abstract="A language model and planning.")
    assert near_misses(cached(one), rules, msgspec.structs.replace(QUERY, min_score=3)).rows
    assert not near_misses(cached(one), rules, msgspec.structs.replace(QUERY, min_score=1)).rows
    assert not near_misses(cached(one), rules, msgspec.structs.replace(QUERY, categories=("cs.RO",))).rows


def test_all_lifts_the_window_and_nothing_else(rules: Rules) -> None:
    old = paper("Tool use", day=dt.date(2020, 1, 1))
    lifted = msgspec.structs.replace(QUERY, since=None, everything=True)
    assert len(near_misses(cached(old, paper("Stone", 2)), rules, lifted).rows) == 1


def test_a_sample_holds_papers_that_no_rule_takes_in_an_order_of_the_day(rules: Rules) -> None:
    rejected = [paper(f"Stone {number}", number) for number in range(10, 40)]
    taken = [
        paper("Tool use of language models", 1),
        paper("Retraction notice", 2),
        paper("Poems", 3, authors=("Ada Example",)),
    ]
    near = paper("Tool use", 4)
    everything = sample(cached(*rejected, *taken, near), rules, QUERY, 99)
    assert {row.paper.id for row in everything.rows} == {one.id for one in [*rejected, near]}
    assert [row.paper.title for row in everything.rows if row.lacked] == ["Tool use"]
    assert everything.in_window == 34

    few = sample(cached(*reversed(rejected), near), rules, QUERY, 5)
    assert [row.paper.id for row in few.rows] == [row.paper.id for row in everything.rows][:5]
    assert few.left_out == {"past the limit": 26}
    pairs = [(row.paper, row.score) for row in everything.rows]
    by_title = sample(cached(*rejected, near), rules, msgspec.structs.replace(QUERY, sort="title"), 5)
    assert [row.paper.id for row in by_title.rows] == sorted(row.paper.id for row in few.rows)
    tomorrow = picked(pairs, TODAY + dt.timedelta(days=1))
    assert [one.id for one, _ in tomorrow] != [one.id for one, _ in pairs]
