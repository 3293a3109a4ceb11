from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from papertriage.findings import Learned, Suggestion
from papertriage.learn.suggest import NEW_TOPIC, learn
from papertriage.lexicon import load_lexicon
from papertriage.model import Paper
from papertriage.rules.load import loads_rules
from papertriage.rules.schema import RulesSpec
from papertriage.yamlfile import Faults, convert, parse

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
RULES = "version: 1\ntopics:\n  - name: memory\n    any: [memory]\n"


def papers(*titles: str, start: int = 0) -> list[Paper]:
    return [
        Paper(id=f"p:{start + number}", title=title, day=NOW.date(), first_seen=NOW)
        for number, title in enumerate(titles)
    ]


SLEEP = papers(*(f"Consolidation of memory in sleep, part {n}" for n in "abcdef"))
CHIPS = papers(*(f"Memory bandwidth of chips, part {n}" for n in "ghijklmnop"), start=20)
OTHERS = papers(*(f"Memory and another thing, part {n}" for n in "qrstuv"), "Sleep in bats", start=40)


def taught(
    wanted: Sequence[Paper], skipped: Sequence[Paper], others: Sequence[Paper] = OTHERS, *, rules: str = RULES
) -> Learned:
    spec = convert(parse(rules, Faults("rules.yaml")), RulesSpec, Faults("rules.yaml"))
    assert spec is not None
    return learn(
        loads_rules(rules),
        spec,
        wanted=wanted,
        skipped=skipped,
        others=others,
        lexicon=load_lexicon(),
        as_of=NOW.date(),
    )


def by_term(learned: Learned) -> dict[str, Suggestion]:
    return {one.edit.term: one for one in learned.suggestions}


def test_words_of_the_wanted_come_in_and_those_of_the_skipped_count_against() -> None:
    found = by_term(taught(SLEEP, CHIPS))
    raised = [one for one in found.values() if not one.lowers]
    lowered = [one for one in found.values() if one.lowers]
    assert raised
    assert all(one.wanted == 6 and one.skipped == 0 for one in raised if one.edit.at is None)
    assert any("chips" in one.edit.term or "bandwidth" in one.edit.term for one in lowered)


def test_few_decisions_teach_nothing_and_say_how_many_are_missing() -> None:
    assert taught(SLEEP[:1], CHIPS[:1]).lacking == (1, 2)
    assert taught(SLEEP[:1], CHIPS[:1]).suggestions == ()


def test_a_phrase_of_many_skipped_and_no_wanted_becomes_a_none() -> None:
    chips = papers(*(f"Memory bandwidth of chips, part {n}" for n in "ghijklmnopqr"), start=20)
    found = taught(papers(*(f"Consolidation of memory in sleep, part {n}" for n in "abcdefghijkl")), chips)
    (none,) = (one.edit for one in found.suggestions if one.edit.role == "none")
    assert none.topic == "memory"
    assert (by_term(found)[none.term].wanted, by_term(found)[none.term].skipped) == (0, 12)


def test_a_phrase_that_two_topics_suffer_from_is_excluded() -> None:
    rules = RULES + "  - {name: chips, any: [bandwidth]}\n"
    chips = papers(*(f"Memory bandwidth of hardware, part {n}" for n in "ghijklmnopqr"), start=20)
    found = taught(papers(*(f"Consolidation of memory, part {n}" for n in "abcdefghijkl")), chips, rules=rules)
    assert [(one.edit.topic, one.edit.role) for one in found.suggestions if one.edit.role == "exclude"] == [
        ("", "exclude")
    ]


def test_papers_that_no_topic_takes_make_a_topic_of_their_own() -> None:
    wanted = papers(*(f"Dreams of octopuses, part {n}" for n in "abcdef"))
    found = taught(wanted, CHIPS)
    assert {one.edit.topic for one in found.suggestions if not one.lowers} == {NEW_TOPIC}


def test_a_topic_of_all_alone_is_given_no_term_that_would_narrow_it() -> None:
    found = taught(SLEEP, CHIPS, rules="version: 1\ntopics:\n  - {name: memory, all: [memory]}\n")
    assert {one.edit.topic for one in found.suggestions if one.edit.at is None} <= {NEW_TOPIC}


def test_a_term_that_is_there_is_weighed_and_never_turned_against_its_papers() -> None:
    rules = "version: 1\ntopics:\n  - {name: memory, any: [memory, chips, sleep]}\n"
    found = by_term(taught(SLEEP, CHIPS, rules=rules))
    assert found["sleep"].before == 1
    assert found["sleep"].edit.weight > 1
    assert found["chips"].edit.weight == 0.5


def test_parts_of_a_term_that_is_there_are_not_suggested() -> None:
    rules = "version: 1\ntopics:\n  - {name: memory, any: [consolidation of memory]}\n"
    assert not {"consolidation", "memory"} & set(by_term(taught(SLEEP, CHIPS, rules=rules)))


def test_papers_with_words_of_few_votes_are_asked_for() -> None:
    wanted = [*SLEEP, *papers("Octopuses: memory of octopuses", "Memory and octopuses: do octopuses forget?", start=60)]
    others = [*OTHERS, *papers("Memory, octopuses and ink", start=80)]
    learned = taught(wanted, CHIPS, others)
    assert "octopuses" in learned.doubts
    assert learned.asked[0].id == "p:80"


def test_the_same_decisions_teach_the_same() -> None:
    assert taught(SLEEP, CHIPS) == taught(SLEEP, CHIPS)
