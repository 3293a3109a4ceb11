"""The files that users begin with keep their own promises: each topic takes its examples."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from papertriage.lexicon import load_lexicon
from papertriage.match import hits
from papertriage.model import Paper
from papertriage.rank import score
from papertriage.rules.load import check_rules
from papertriage.rules.terms import Rules, Topic

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 24)
FILES = [check_rules(ROOT / folder / "rules.yaml")[0] for folder in ("src/papertriage/data/starter", "examples")]
TOPICS = [(rules, topic) for rules in FILES for topic in rules.topics]


def takes(rules: Rules, topic: Topic, title: str) -> bool:
    """Whether a topic takes a paper of this title, wherever the paper is listed."""
    alone = msgspec.structs.replace(topic, categories=(), sources=())
    rules = msgspec.structs.replace(rules, topics=(alone,))
    seen = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    paper = Paper(id="arxiv:2611.00001", title=title, day=DAY, first_seen=seen)
    return bool(score(paper, hits(paper, rules, load_lexicon()), rules, as_of=DAY).topics)


@pytest.mark.parametrize(("rules", "topic"), TOPICS, ids=[topic.name for _, topic in TOPICS])
def test_a_topic_takes_its_examples_and_leaves_the_others(rules: Rules, topic: Topic) -> None:
    assert [one for one in topic.examples.match if not takes(rules, topic, one.text)] == []
    assert [one for one in topic.examples.no_match if takes(rules, topic, one.text)] == []


def test_there_are_examples_at_all() -> None:
    assert sum(len(topic.examples.match) for _, topic in TOPICS) >= 5
