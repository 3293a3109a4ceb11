"""One hot topic does not starve the rest."""

from __future__ import annotations

import datetime as dt

import pytest

from papertriage.errors import Place, UsageError
from papertriage.model import Paper, Score, ScoreLine, TopicScore
from papertriage.pipeline.cached import Cached
from papertriage.pipeline.listing import Query, explain, listing
from papertriage.pipeline.quotas import quotas_of, within_quotas
from papertriage.rules.load import loads_rules
from papertriage.rules.terms import Rules, Topic
from papertriage.store.decisions import States

DAY = dt.date(2026, 11, 24)
PLACE = Place("rules.yaml", 3, 3)
RULES = Rules(
    file="rules.yaml",
    topics=(Topic(name="hot", place=PLACE, at_most=2), Topic(name="rare", place=PLACE), Topic(name="x", place=PLACE)),
)


def row(name: str, *topics: str, followed: bool = False) -> tuple[Paper, Score]:
    paper = Paper(id=name, title=name, day=DAY, first_seen=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    lines = (ScoreLine(part="follow", points=1),) if followed else ()
    scores = tuple(TopicScore(topic, 9 - at) for at, topic in enumerate(topics))
    return paper, Score(total=9, lines=lines, topics=scores, hits=(), relevance=9)


def kept(quotas: dict[str, int], *topics: str) -> list[str]:
    rows = [
        row("a", "hot"),
        row("b", "hot", "rare"),
        row("c", "hot"),
        row("d", "rare", "hot"),
        row("e", "hot", followed=True),
        row("f"),
        row("g", "hot", "rare"),
    ]
    return [paper.id for paper, _ in within_quotas(rows, quotas, topics)]


def test_a_paper_counts_to_its_best_topic_and_past_the_quota_is_left_out() -> None:
    assert kept({"hot": 2}) == ["a", "b", "d", "e", "f"]


def test_papers_of_followed_authors_and_of_no_topic_count_to_none() -> None:
    assert kept({"hot": 1, "rare": 1}) == ["a", "d", "e", "f"]


def test_of_the_topics_asked_for_the_best_one_counts() -> None:
    assert kept({"hot": 1, "rare": 1}, "rare") == ["a", "b", "c", "e", "f"]


def test_the_command_line_replaces_the_quotas_of_the_rules_and_all_lifts_them() -> None:
    assert quotas_of(RULES, per_topic=None, everything=False) == {"hot": 2}
    assert quotas_of(RULES, per_topic=5, everything=False) == {"hot": 5, "rare": 5, "x": 5}
    assert quotas_of(RULES, per_topic=None, everything=True) == {}
    assert quotas_of(RULES, per_topic=1, everything=True) == {"hot": 1, "rare": 1, "x": 1}


def cached(*titles: str) -> Cached:
    seen = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    papers = tuple(
        Paper(id=f"import:{number}", aliases=(f"import:{number}",), title=title, day=DAY, first_seen=seen)
        for number, title in enumerate(titles)
    )
    return Cached(papers=papers, size=len(papers), newest=DAY, states=States(), damage=())


OWN = "version: 1\ntopics: [{name: hot, any: [language agent], at_most: 1}, {name: rare, any: [scaling law]}]"
PAPERS = cached("One language agent", "Another language agent", "A scaling law", "Nothing")


def test_a_list_keeps_the_quota_and_counts_what_is_past_it() -> None:
    listed = listing(PAPERS, loads_rules(OWN), Query(as_of=DAY))
    assert [(row.rank, row.paper.id) for row in listed.rows] == [(1, "import:0"), (2, "import:2")]
    assert dict(listed.left_out) == {"not in a topic": 1, "past a topic's quota": 1}


def test_why_says_that_a_paper_is_past_a_quota() -> None:
    rules, query = loads_rules(OWN), Query(as_of=DAY, since=DAY)
    told = explain(PAPERS.papers[1:2], PAPERS, rules, query, lambda: listing(PAPERS, rules, query))
    ((_, verdict),) = told
    assert verdict.reasons == ["It is past the quota of its topic hot, 1 paper."]


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        (["Hott"], "The rules in rules.yaml have no topic “Hott”. Did you mean hot?"),
        (["hto", "rrae"], "The rules in rules.yaml have no topic “hto” and no “rrae”. Did you mean hot or rare?"),
        (["xyz"], "The rules in rules.yaml have no topic “xyz”. There are: hot, rare."),
    ],
)
def test_an_unknown_topic_is_told_with_the_nearest_one(topics: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        listing(PAPERS, loads_rules(OWN), Query(as_of=DAY, topics=tuple(topics)))
    assert str(caught.value) == message
