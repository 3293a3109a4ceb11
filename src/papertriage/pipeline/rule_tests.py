"""`rules test`: each topic against its own examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from papertriage import rank
from papertriage.findings import ExamplesRun, FailedExample, TopicExamples
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Hit, Paper
from papertriage.pipeline.listing import check_topics
from papertriage.rules.schema import FIELDS
from papertriage.rules.terms import Example, Exclude, Rules, Topic

_DAY = dt.date(2000, 1, 1)  # of a paper made of an example; nothing depends on it


def run_examples(rules: Rules, topics: Iterable[str] = ()) -> ExamplesRun:
    """Hold topics against their examples.

    An example is a text alone: it stands in every field at once, so that each term can look at it, and what it has
    no say in (authors, categories, sources, `until`, `min_score`) is set aside. One that a topic must take must
    not be excluded either.

    Args:
        topics: names of the topics to hold; none means all.

    Raises:
        UsageError: the rules have no topic of such a name.
    """
    wanted = tuple(topics)
    check_topics(wanted, rules)
    held = [topic for topic in rules.topics if not wanted or topic.name in wanted]
    return ExamplesRun(file=rules.file, topics=tuple(_hold(topic, rules) for topic in held))


def _hold(topic: Topic, rules: Rules) -> TopicExamples:
    alone = msgspec.structs.replace(topic, authors=(), categories=(), sources=(), until=None, min_score=None)
    only = Rules(file=rules.file, exclude=Exclude(any=rules.exclude.any), topics=(alone,))
    matcher = Matcher(only, load_lexicon())
    failed: list[FailedExample] = []
    for example in topic.examples.match:
        paper = _paper(example)
        if reasons := tuple(_against(paper, matcher.hits(paper), only)):
            failed.append(
                FailedExample(topic=topic.name, text=example.text, wanted=True, place=example.place, reasons=reasons)
            )
    for example in topic.examples.no_match:
        paper = _paper(example)
        hits = matcher.hits(paper)
        if not any(_keeps_off(paper, hits, only)):
            found = tuple(_once(hit for hit in hits if hit.role in {"any", "all"}))
            failed.append(
                FailedExample(topic=topic.name, text=example.text, wanted=False, place=example.place, hits=found)
            )
    failed.sort(key=lambda failure: failure.place)
    return TopicExamples(
        name=topic.name,
        place=topic.place,
        match=len(topic.examples.match),
        no_match=len(topic.examples.no_match),
        failed=tuple(failed),
    )


def _paper(example: Example) -> Paper:
    seen = dt.datetime.combine(_DAY, dt.time(), dt.UTC)
    return Paper(id="example", day=_DAY, first_seen=seen, **dict.fromkeys(FIELDS, example.text))  # type: ignore[arg-type]


def _against(paper: Paper, hits: tuple[Hit, ...], rules: Rules) -> Iterator[str]:
    """Say what keeps an example from being listed for its topic."""
    yield from _keeps_off(paper, hits, rules)
    for hit in _once(hit for hit in hits if hit.role == "exclude"):
        yield f"`exclude` puts it out: its term “{hit.term}” ({hit.place}) finds “{hit.text}”"


def _keeps_off(paper: Paper, hits: tuple[Hit, ...], rules: Rules) -> Iterator[str]:
    """Say what keeps the only topic of the rules from an example."""
    topic = rules.topics[0]
    for _, _, obstacles in rank.weighed(paper, hits, rules, as_of=_DAY):
        yield from (obstacle.told() for obstacle in obstacles)
    if not any(hit.topic == topic.name for hit in hits):  # of such a topic nothing is told
        for term in topic.all:
            yield f"its `all` term “{term.label}” ({term.place}) is missing"
        if topic.any:
            yield "none of its `any` terms is there"


def _once(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Give of the hits in the fields, which all have one text, those of each term in one of them."""
    fields: dict[object, str] = {}
    for hit in hits:
        if fields.setdefault((hit.role, hit.place), hit.field) == hit.field:
            yield hit
