from __future__ import annotations

from pathlib import Path

import pytest

from papertriage.errors import RulesError
from papertriage.rules.one_term import match_defaults, read_term
from papertriage.rules.schema import MatchSpec
from papertriage.rules.terms import Near, Pattern, Phrase, Term


def term(written: str) -> Term:
    return read_term(written, MatchSpec())[0]


def mistakes(written: str) -> list[str]:
    with pytest.raises(RulesError) as error:
        read_term(written, MatchSpec())
    assert all(fault.source for fault in error.value.faults)
    return [str(fault) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("written", "label", "kind"),
    [
        ("learning curve", "learning curve", Phrase),
        ("attention: is it all # you need?", "attention: is it all # you need?", Phrase),
        ("no", "no", Phrase),
        ("'quoted, as in YAML'", "quoted, as in YAML", Phrase),
        ("{term: CPT, fuzzy: off}", "CPT", Phrase),
        ("{near: [learning, curve], within: 2}", "learning … curve (near, within 2)", Near),
        ("near: [learning, curve]", "learning … curve (near, within 4)", Near),
        (r"{regex: 'LLaMA-?\d'}", r"LLaMA-?\d", Pattern),
    ],
)
def test_a_term_is_written_as_in_the_rules_or_as_a_bare_phrase(written: str, label: str, kind: type) -> None:
    found = term(written)
    assert found.label == label
    assert isinstance(found.look_for, kind)


def test_the_defaults_of_the_file_hold_unless_the_term_has_its_own(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("version: 1\nmatch: {fuzzy: 90, fields: [title]}\ntopics: [{name: not read here}]\n", "utf-8")
    match = match_defaults(rules)
    plain, is_own = read_term("diffusion", match)
    assert (plain.fuzzy, dict(plain.fields), is_own) == (90, {"title": 1.0}, False)
    own, is_own = read_term("{term: diffusion, fuzzy: off, fields: {abstract: 2}}", match)
    assert (own.fuzzy, dict(own.fields), is_own) == (None, {"abstract": 2.0}, True)


@pytest.mark.parametrize("text", [None, "version: 1\n", "version: 1\nmatch:\n", ""])
def test_without_a_file_or_a_word_on_it_the_defaults_of_the_language_hold(tmp_path: Path, text: str | None) -> None:
    rules = tmp_path / "rules.yaml"
    if text is not None:
        rules.write_text(text, "utf-8")
    assert match_defaults(rules).fuzzy == MatchSpec().fuzzy


def test_defaults_with_a_mistake_are_refused(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("version: 1\nmatch: {fuzzy: 0.8}\n", "utf-8")
    with pytest.raises(RulesError, match="Did you mean `80`"):
        match_defaults(rules)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "TERM:1:1: this term is empty"),
        ("?!", "TERM:1:1: the term `?!` holds no letter or digit"),
        ("{term: x1, fuzy: 80}", "TERM:1:12: unknown key `fuzy` in a term"),
        ("{near: [pre-training, replay]}", "TERM:1:9: `pre-training` is 2 words"),
        ("{regex: '(?<!a)b'}", "TERM:1:9: the regex `(?<!a)b` looks ahead or behind"),
        ("{term: [x]", "TERM:1:11: the map that opens with `{` in line 1 is not closed"),
        ("[a, b]", "TERM:1:1: the term is a list"),
        ("{term: learning, fuzzy: 30}", "TERM:1:25: `fuzzy` is `30`"),
    ],
)
def test_a_mistake_is_told_with_its_place_in_the_text(written: str, told: str) -> None:
    if written == "":
        with pytest.raises(RulesError, match="TERM:1:1: this term is empty"):
            term(written)
        return
    assert mistakes(written)[0].startswith(told)
