from __future__ import annotations

import pytest

from papertriage.errors import Place
from papertriage.findings import Edit
from papertriage.learn.patch import CannotPlaceError, apply, difference, spelled
from papertriage.rules.load import loads_rules

BLOCK = """\
version: 1  # mine
topics:
  - name: memory     # a topic

    any:   # these
      - working memory   # the first
      - term: recall
        fuzzy: off
      # a comment at the end

    none:
      - computer memory
  - {name: "sleep", any: [sleep, 'REM, deep'], all: [brain]}
"""


def any_of(topic: str, term: str, weight: float = 1.0) -> Edit:
    return Edit(topic=topic, role="any", term=term, weight=weight)


def reweighed(text: str, label: str, weight: float) -> Edit:
    for topic in loads_rules(text).topics:
        for term in topic.any:
            if term.label == label:
                return Edit(topic=topic.name, role="any", term=label, weight=weight, at=term.place)
    raise AssertionError(label)


def test_new_terms_come_behind_the_last_of_a_list_and_before_the_comments_after_it() -> None:
    after = apply(BLOCK, [any_of("memory", "hippocampus"), any_of("memory", "engram", 0.5)])
    assert "        fuzzy: off\n      - hippocampus\n      - {term: engram, weight: 0.5}\n      # a comment" in after


def test_a_list_between_brackets_stays_one() -> None:
    after = apply(BLOCK, [any_of("sleep", "dream")])
    assert """any: [sleep, 'REM, deep', dream], all: [brain]}""" in after


def test_a_weight_is_put_to_a_plain_term_and_to_one_with_settings() -> None:
    edits = [
        reweighed(BLOCK, "working memory", 2),
        reweighed(BLOCK, "recall", 0.5),
        reweighed(BLOCK, "REM, deep", 1.5),
    ]
    after = apply(BLOCK, edits)
    assert "- {term: working memory, weight: 2}   # the first\n" in after
    assert "        fuzzy: off\n        weight: 0.5\n" in after
    assert "[sleep, {term: 'REM, deep', weight: 1.5}]" in after
    assert [term.weight for topic in loads_rules(after).topics for term in topic.any] == [2, 0.5, 1, 1.5]


def test_a_weight_that_is_written_is_replaced_alone() -> None:
    text = "version: 1\ntopics:\n- name: a\n  any: [{weight: 2.50, term: x-ray}]\n"
    assert apply(text, [reweighed(text, "x-ray", 3)]) == text.replace("2.50", "3")


def test_lists_that_are_not_there_are_written() -> None:
    none = Edit(topic="sleep", role="none", term="sleep mode")
    exclude = Edit(topic="", role="exclude", term="erratum")
    after = apply(BLOCK, [none, exclude, any_of("new", "brand new")])
    rules = loads_rules(after)
    assert [term.label for term in rules.exclude.any] == ["erratum"]
    assert [term.label for term in rules.topics[1].none] == ["sleep mode"]
    assert [term.label for term in rules.topics[2].any] == ["brand new"]
    assert loads_rules(apply(after, [exclude])).exclude.any[1].label == "erratum"


def test_a_file_that_takes_its_topics_from_another_gets_a_topic_of_that_name() -> None:
    after = apply("version: 1\ninclude: lab.yaml\n", [any_of("agents", "web agent")])
    assert after == "version: 1\ninclude: lab.yaml\ntopics:\n  - name: agents\n    any:\n      - web agent\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_the_byte_order_mark_stay(newline: str, start: str) -> None:
    text = start + BLOCK.replace("\n", newline)
    after = apply(text, [any_of("memory", "engram")])
    assert after.startswith(start + "version")
    assert after.count("\n") == after.count(newline) == text.count(newline) + 1


def test_a_file_without_a_last_line_end_is_patched() -> None:
    text = "version: 1\ntopics: [{name: a, any: [b-c]}]"
    after = apply(text, [any_of("a", "d e")])
    assert after == "version: 1\ntopics: [{name: a, any: [b-c, d e]}]"
    assert difference("rules.yaml", text, after).endswith("\n\\ No newline at end of file\n")


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(CannotPlaceError):
        apply("{version: 1, topics: [{name: a, any: [bc]}]}", [any_of("other", "d e")])
    with pytest.raises(CannotPlaceError):
        apply(BLOCK, [Edit(topic="memory", role="any", term="recall", weight=2, at=Place("rules.yaml", 99, 1))])


@pytest.mark.parametrize("term", ["no", "NULL", "12", "3d vision", "a: b", "C#", "it's", "- xy", "[xy", "été", "q, r"])
def test_a_term_that_yaml_would_bend_is_quoted(term: str) -> None:
    assert spelled(term) == "'" + term.replace("'", "''") + "'"
    text = f"version: 1\ntopics:\n- name: {spelled(term)}\n  any: [{spelled(term)}, x-ray]\n"
    if any(map(str.isalpha, term)):
        assert loads_rules(text).topics[0].name == term


def test_a_name_with_a_space_ends_in_a_tab() -> None:
    assert difference("my rules.yaml", "a\n", "b\n").startswith("--- a/my rules.yaml\t\n+++ b/my rules.yaml\t\n")
    assert difference("rules.yaml", "a\n", "a\n") == ""
