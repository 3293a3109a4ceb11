from __future__ import annotations

import pytest

from papertriage.errors import UsageError
from papertriage.findings import ExamplesRun
from papertriage.pipeline.rule_tests import run_examples
from papertriage.rules.load import loads_rules


def run(topic: str, *, head: str = "", names: tuple[str, ...] = ()) -> ExamplesRun:
    lines = "\n".join("    " + line for line in topic.strip().splitlines())
    return run_examples(loads_rules(f"version: 1\n{head}topics:\n  - name: t\n{lines}\n"), names)


def test_examples_that_a_topic_takes_and_leaves_pass() -> None:
    found = run("any: [learning curve]\nexamples: {match: [Learning curves of models], no_match: [Learning to walk]}")
    assert (found.examples, found.failed) == (2, ())
    assert [(topic.name, topic.match, topic.no_match) for topic in found.topics] == [("t", 1, 1)]


def test_a_match_that_fails_says_everything_that_keeps_the_topic_from_it() -> None:
    found = run("any: [forgetting]\nall: [language model]\nnone: [time series]\nexamples: {match: [A time series]}")
    (failure,) = found.failed
    assert failure.place.line == 7
    assert failure.reasons == (
        "its `none` term “time series” (rules.yaml:6:12) is in the title: “time series”",
        "its `all` term “language model” (rules.yaml:5:11) is missing",
        "none of its `any` terms or authors is there",
    )


@pytest.mark.parametrize("text", ["Something else", "''"])
def test_a_match_in_which_nothing_is_found_says_what_is_missing(text: str) -> None:
    found = run(f"any: [forgetting]\nall: [language model]\nexamples: {{match: [{text}]}}")
    assert found.failed[0].reasons == (
        "its `all` term “language model” (rules.yaml:5:11) is missing",
        "none of its `any` terms is there",
    )


def test_a_no_match_that_fails_says_what_hits_it_and_where() -> None:
    found = run("any: [learning curve, {term: walk, fields: [venue]}]\nexamples: {no_match: [Lerning curves, walks]}")
    hits = [[(hit.term, hit.text, hit.span.start, hit.kind) for hit in failure.hits] for failure in found.failed]
    assert hits == [[("learning curve", "Lerning curves", 0, "fuzzy")], [("walk", "walks", 0, "inflection")]]


def test_an_example_has_no_say_in_scope_day_score_and_authors() -> None:
    narrow = "categories: [cs.CL]\nsources: [hf-*]\nuntil: 2020-01-01\nmin_score: 99\nauthors: [Ada Example]"
    found = run(f"any: [agent]\n{narrow}\nexamples: {{match: [Agents at work], no_match: [Ada Example]}}")
    assert not found.failed


def test_a_topic_of_authors_alone_is_held_to_its_none_terms() -> None:
    found = run(
        "authors: [Ada Example]\nnone: [poetry]\nexamples: {match: [Machines, Poetry], no_match: [Poems, Poetry]}"
    )
    assert [(failure.text, failure.wanted) for failure in found.failed] == [("Poetry", True), ("Poems", False)]


def test_a_match_that_an_exclude_takes_out_fails() -> None:
    found = run(
        "any: [agent]\nexamples: {match: ['Agents: a retraction notice'], no_match: ['Retraction notice']}",
        head="exclude: {any: [retraction notice]}\n",
    )
    (failure,) = found.failed
    assert failure.reasons == (
        "`exclude` puts it out: its term “retraction notice” (rules.yaml:2:17) finds “retraction notice”",
    )


def test_one_topic_can_be_held_alone_and_an_unknown_one_is_refused() -> None:
    topic = "any: [agent]\nexamples: {match: [nothing]}\n"
    assert len(run(topic, names=("t",)).failed) == 1
    with pytest.raises(UsageError, match="no topic “tt”"):
        run(topic, names=("tt",))
