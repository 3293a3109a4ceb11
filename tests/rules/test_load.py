"""The language of the rules: what it means, and every mistake in it with its place."""

# ruff: noqa: E501  messages stand whole, one a line where they can

from __future__ import annotations

import datetime as dt
import json
import random
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import ExitCode, Place, RulesError
from papertriage.rules.load import check_rules, check_text, loads_rules
from papertriage.rules.terms import Author, Example, Near, Pattern, Phrase, Recency, Rules, Signal, Term, Topic

TODAY = dt.date(2026, 11, 24)
ROOT = Path(__file__).parents[2]

DESIGN = r"""version: 1
match: {fuzzy: 80, fields: {title: 3, abstract: 1}}   # defaults for every term
min_score: 1                                          # command line > topic > here
exclude:                                              # hard: out, whatever the score
  any: ["retraction notice"]
  categories: [q-fin.*]
topics:
  - name: continual-pretraining
    weight: 2
    any:                                              # at least one; each that hits adds points
      - continual pre-training                        # also pretraining, pre training, pretrainig
      - {term: domain-adaptive pretraining, weight: 1.5}
      - {term: CPT, fuzzy: off}
      - {regex: 'LLaMA-?\d'}
      - {near: [learning, curve], within: 4}
    all: [language model]                             # every one, or the topic scores nothing
    none: [time series]                               # any one, and the topic scores nothing
    authors: [Zeyuan Allen-Zhu]
    categories: [cs.CL, cs.LG]                        # only inside these
    sources: [hf-daily]
    min_score: 2
    until: 2027-01-01
    comment: for the survey
    examples: {match: ["Continual pretraining of LLMs"], no_match: ["Pre-trained vision models"]}
follow:
  authors: {Chelsea Finn: 5}
signals: {recency: {weight: 1, half_life: 14d}, upvotes: {weight: 0.5}}
"""


def topic(body: str) -> Topic:
    """Load one topic, the body of which begins in line 4, column 3."""
    return loads_rules(f"version: 1\ntopics:\n- name: t\n  {body}").topics[0]


def term(spelled: str) -> Term:
    """Load one term of an `any`, which begins in line 4, column 9."""
    return topic(f"any: [{spelled}]").any[0]


def mistakes(text: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        loads_rules(text, "r.yaml")
    return [str(fault) for fault in caught.value.faults]


def mistake(body: str) -> str:
    """Load a topic with exactly one mistake."""
    (message,) = mistakes(f"version: 1\ntopics:\n- name: t\n  {body}")
    return message


def warnings(text: str) -> list[str]:
    return [str(warning) for warning in check_text(text, "r.yaml", TODAY)[1]]


def keys(found: Term) -> list[str]:
    assert isinstance(found.look_for, Phrase)
    return [token.key for token in found.look_for.tokens]


# --- what the language means ---


def test_the_example_of_the_design_loads_whole() -> None:
    rules, warned = check_text(DESIGN, "rules.yaml", TODAY)
    (found,) = rules.topics
    assert not warned
    assert rules.min_score == 1
    assert [(one.label, one.fuzzy) for one in rules.exclude.any] == [("retraction notice", None)]
    assert rules.exclude.categories == (("q-fin.*", Place("rules.yaml", 6, 16)),)
    assert rules.follow == (Author("Chelsea Finn", 5, Place("rules.yaml", 26, 13)),)
    assert rules.recency == Recency(1, 14, Place("rules.yaml", 27, 11))
    assert rules.signals == (Signal("upvotes", 0.5, Place("rules.yaml", 27, 49)),)
    assert (found.name, found.weight, found.min_score, found.comment) == (
        "continual-pretraining",
        2,
        2,
        "for the survey",
    )
    assert (found.categories, found.sources, found.until) == (("cs.CL", "cs.LG"), ("hf-daily",), dt.date(2027, 1, 1))
    assert found.authors == (Author("Zeyuan Allen-Zhu", 1, Place("rules.yaml", 18, 15)),)
    assert found.examples.match == (Example("Continual pretraining of LLMs", Place("rules.yaml", 24, 24)),)
    assert [example.text for example in found.examples.no_match] == ["Pre-trained vision models"]
    assert [(one.label, one.weight, one.fuzzy, one.place.line) for one in found.any] == [
        ("continual pre-training", 1, 80, 11),
        ("domain-adaptive pretraining", 1.5, 80, 12),
        ("CPT", 1, None, 13),
        (r"LLaMA-?\d", 1, None, 14),
        ("learning … curve (near, within 4)", 1, 80, 15),
    ]
    assert [(one.label, one.fuzzy) for one in found.all] == [("language model", 80)]
    assert [(one.label, one.fuzzy) for one in found.none] == [("time series", None)]
    assert keys(found.any[0]) == ["continual", "pre", "training"]
    assert isinstance(found.any[3].look_for, Pattern)
    assert found.any[3].look_for.compiled.search("LLaMA-2")
    near = found.any[4].look_for
    assert isinstance(near, Near)
    assert ([word.key for word in near.words], near.within) == (["learning", "curve"], 4)


def test_what_is_left_out_has_the_defaults_of_the_language() -> None:
    found = term("some words")
    assert (found.fuzzy, found.weight, dict(found.fields)) == (80, 1, {"title": 3, "abstract": 1})
    rules = loads_rules("version: 1\nfollow: {authors: [A Name]}")
    assert rules == Rules(file="rules.yaml", follow=(Author("A Name", 1, Place("rules.yaml", 2, 20)),))


def test_defaults_of_the_file_reach_every_term_but_those_that_remove() -> None:
    rules = loads_rules(
        "version: 1\nmatch: {fuzzy: 90, fields: {title: 2}}\nexclude: {any: [aa bb, {term: cc dd, fuzzy: 70}]}\n"
        "topics:\n- {name: t, any: [ee ff], all: [gg hh], none: [ii jj, {near: [kk, ll], fuzzy: 75}]}"
    )
    (found,) = rules.topics
    assert [one.fuzzy for one in (*found.any, *found.all)] == [90, 90]
    assert [one.fuzzy for one in (*found.none, *rules.exclude.any)] == [None, 75, None, 70]
    assert all(dict(one.fields) == {"title": 2} for one in (*found.any, *found.all, *found.none, *rules.exclude.any))


def test_fuzzy_off_for_all_can_be_asked_for_by_one_term() -> None:
    rules = loads_rules("version: 1\nmatch: {fuzzy: off}\ntopics: [{name: t, any: [ab cd, {term: ef gh, fuzzy: 80}]}]")
    assert [one.fuzzy for one in rules.topics[0].any] == [None, 80]


def test_a_list_of_fields_keeps_their_weights() -> None:
    assert dict(term("{term: some words, fields: [title, comment]}").fields) == {"title": 3, "comment": 1}
    assert dict(term("{term: some words, fields: {abstract: 0.5}}").fields) == {"abstract": 0.5}


@pytest.mark.parametrize(
    "spelled", ["no", "on", "null", "2508.13420", "12:30", "1e3", "0x1F", "2026-01-01", "C", "R", "β"]
)
def test_a_plain_term_keeps_its_spelling(spelled: str) -> None:
    assert term(spelled).label == spelled


@pytest.mark.parametrize(
    "spelled", ["学习", "学", "naïve Bayes", "Erdős–Rényi graphs", "C++", "C#", "🤗 Transformers", "µP"]
)
def test_terms_of_any_script_are_taken(spelled: str) -> None:
    assert term(f'"{spelled}"').label == spelled


@given(st.sampled_from(["naïve", "Erdős", "Škoda", "Ré", "ångström"]))
def test_composed_and_decomposed_terms_are_one(word: str) -> None:
    forms = [unicodedata.normalize(form, word) for form in ("NFC", "NFD")]
    assert keys(term(f'"{forms[0]} x"')) == keys(term(f'"{forms[1]} x"'))
    patterns = [term(f'{{regex: "{form}"}}').look_for for form in forms]
    assert all(isinstance(pattern, Pattern) and pattern.compiled.search(forms[0]) for pattern in patterns)


def test_authors_are_names_maps_or_a_map_of_weights() -> None:
    listed = topic("authors: [Ada Lovelace, {name: Emmy Noether, weight: 2}]").authors
    mapped = topic("authors: {Ada Lovelace: 1, Emmy Noether: 2}").authors
    assert [(one.name, one.weight) for one in listed] == [(one.name, one.weight) for one in mapped]


def test_weights_can_be_negative_or_nothing() -> None:
    rules = loads_rules("version: 1\ntopics: [{name: t, weight: -1, any: [{term: aa bb, weight: 0}]}]")
    assert rules.topics[0].weight == -1
    assert rules.topics[0].any[0].weight == 0


def test_half_lives_are_days_or_weeks() -> None:
    halves = [
        loads_rules(f"version: 1\nsignals: {{recency: {{weight: 1, half_life: {h}}}}}").recency for h in ("2w", "3d")
    ]
    assert [one and one.half_life for one in halves] == [14, 3]
    without = loads_rules("version: 1\nsignals: {recency: {weight: 1}}").recency
    assert without
    assert without.half_life == 14


def test_labels_are_as_their_user_wrote_them() -> None:
    assert term("{near: [Learning, Curves]}").label == "Learning … Curves (near, within 4)"
    assert term("Pre-Training").label == "Pre-Training"


# --- mistakes of form and of meaning ---


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("keyword: [x]", "r.yaml:4:3: unknown key `keyword` in a topic; expected one of name, weight, any, all, none, authors, categories, sources, min_score, at_most, until, comment, examples, disabled, remove. Did you mean `any`?"),
        ("anny: [x y]", "r.yaml:4:3: unknown key `anny` in a topic; expected one of name, weight, any, all, none, authors, categories, sources, min_score, at_most, until, comment, examples, disabled, remove. Did you mean `any`?"),
        ("any: words", "r.yaml:4:8: `any` is the text `words`; expected a list. Write `[words]`."),
        ("any: []", "r.yaml:3:3: the topic `t` looks for nothing; expected `any`, `all` or `authors`."),
        ("none: [aa bb]", "r.yaml:3:3: the topic `t` looks for nothing; expected `any`, `all` or `authors`."),
        ("any: [{trem: aa}]", "r.yaml:4:10: an entry of `any` is a map without `term`, `regex` or `near`, only `trem`. Did you mean `term`?"),
        ("any: [C: a language]", "r.yaml:4:9: an entry of `any` is a map without `term`, `regex` or `near`, only `C`. If a text is meant, put quotes around it."),
        ("any: [{term: aa bb, within: 3}]", "r.yaml:4:23: unknown key `within` in a term; expected one of term, weight, fuzzy, fields."),
        ("any: [{regex: aa, fuzzy: 80}]", "r.yaml:4:21: unknown key `fuzzy` in a regex; expected one of regex, weight, fields."),
        ("any: [{term: aa bb, weight: .nan}]", "r.yaml:4:31: `weight` is `.nan`; expected a finite number."),
        ("any: [{term: aa bb, weight: .inf}]", "r.yaml:4:31: `weight` is `.inf`; expected a finite number."),
        ("any: [{term: CPT, fuzzy: no}]", "r.yaml:4:28: `fuzzy` is `no`; expected `off` or a whole number from 50 to 100. Did you mean `off`?"),
        ("any: [{term: CPT, fuzzy: 0.8}]", "r.yaml:4:28: `fuzzy` is `0.8`; expected `off` or a whole number from 50 to 100. Did you mean `80`?"),
        ("any: [{term: CPT, fuzzy: 49}]", "r.yaml:4:28: `fuzzy` is `49`; expected `off` or a whole number from 50 to 100."),
        ("any: [{term: aa bb, fields: [titel]}]", "r.yaml:4:32: an entry of `fields` is `titel`; expected one of title, abstract, comment, venue, organization, submitter. Did you mean `title`?"),
        ("any: [{term: aa bb, fields: [authors]}]", "r.yaml:4:32: an entry of `fields` is `authors`; expected one of title, abstract, comment, venue, organization, submitter. A topic looks for authors with `authors:`, not in a field."),
        ("any: [{term: aa bb, fields: {title: 0}}]", "r.yaml:4:39: `title` is `0`; expected a finite number above 0. Leave a field out to not look there."),
        ("any: [{term: aa bb, fields: []}]", "r.yaml:4:9: `fields` names no field, so the term could look nowhere."),
        ("any: ['']", "r.yaml:4:9: this term is empty."),
        ("any: ['?!']", "r.yaml:4:9: the term `?!` holds no letter or digit."),
        ("any: [🤗]", "r.yaml:4:9: the term `🤗` holds no letter or digit."),
        ("any: [x]", "r.yaml:4:9: the term `x` is a single sign, which stands in nearly every text. Write a longer term; a regex can look for a sign with its case."),
        ("any: [A]", "r.yaml:4:9: the term `A` is a single sign, which stands in nearly every text. Write a longer term; a regex can look for a sign with its case."),
        ("any: [7]", "r.yaml:4:9: the term `7` is a single sign, which stands in nearly every text. Write a longer term; a regex can look for a sign with its case."),
        (f"any: [{'x' * 2000}]", "r.yaml:4:9: a term of 2,000 characters; at most 200 are read."),
        ("any: [{near: [learning]}]", "r.yaml:4:9: `near` needs at least two words."),
        ("any: [{near: [pre-training, curve]}]", "r.yaml:4:17: `pre-training` is 2 words (`pre, training`); `near` takes single ones."),
        ("any: [{near: learning curve}]", "r.yaml:4:16: `near` is the text `learning curve`; expected a list. Write `[learning curve]`."),
        ("any: [{near: [aa, bb], within: -1}]", "r.yaml:4:34: `within` is `-1`; expected a whole number from 0 to 1000."),
        ("any: [{near: [aa, bb], within: 1.5}]", "r.yaml:4:34: `within` is `1.5`; expected a whole number from 0 to 1000."),
        ("authors: [{nmae: Ada}]", "r.yaml:4:14: unknown key `nmae` in an author; expected one of name, weight. Did you mean `name`?"),
        ("authors: ['?']", "r.yaml:4:13: the name `?` holds no letter."),
        ("authors: {Ada Lovelace: much}", "r.yaml:4:27: `Ada Lovelace` is `much`; expected a finite number."),
        ("any: [aa bb]\n  until: soon", "r.yaml:5:10: `until` is `soon`; expected a day, as in `2027-01-31`."),
        ("any: [aa bb]\n  until: 2027-02-30", "r.yaml:5:10: `until` is `2027-02-30`; expected a day, as in `2027-01-31`. There is no such day."),
        ("any: [aa bb]\n  min_score: low", "r.yaml:5:14: `min_score` is `low`; expected a finite number."),
        ("any: [aa bb]\n  categories: ['cs.CL, cs.LG']", "r.yaml:5:16: `cs.CL, cs.LG` can never be one category. Write a list, as in `[cs.CL, cs.LG]`."),
        ("any: [aa bb]\n  sources: [hf daily]", "r.yaml:5:13: an entry of `sources` is `hf daily`; expected the name of a source, as in `hf-daily` or `arxiv-*`."),
        ("any: [aa bb]\n- name: T\n  any: [cc dd]", "r.yaml:5:3: a topic `T` stands already in line 3. Give it another name."),
        ("any: [aa bb]\n- name: ''\n  any: [cc dd]", "r.yaml:5:9: `name` is empty; expected a name."),
        ('any: [aa bb]\n- name: "\\e[31m"\n  any: [cc dd]', "r.yaml:5:9: `name` is `\\x1b[31m`; expected a name of printable characters on one line."),
        ("any: [aa bb]\n- any: [cc dd]", "r.yaml:5:3: a topic lacks `name`."),
        ("any: [aa bb]\nsignals: {recensy: {weight: 1, half_life: 14d}}", "r.yaml:5:11: the signal `recensy` has a `half_life`; only `recency` has one. Did you mean `recency`?"),
        ("any: [aa bb]\nsignals: {recency: {weight: 1, half_life: 3m}}", "r.yaml:5:43: `half_life` is `3m`; expected a length of time above 0, as in `14d` or `2w`. Months and years are written in days: `90d`, `365d`."),
        ("any: [aa bb]\nsignals: {upvotes: 0.5}", "r.yaml:5:20: `upvotes` is the text `0.5`; expected a map with `weight`."),
        ("any: [aa bb]\nmatch: {fields: {}}", "r.yaml:5:8: `fields` names no field, so no term could look anywhere."),
        ("any: [aa bb]\nfollow: [Ada]", "r.yaml:5:9: `follow` is a list; expected a map with `authors` or `remove`."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_the_right_word(body: str, message: str) -> None:
    assert mistake(body) == message


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        ("(?=.*llm)x", "looks ahead or behind with `(?=`, which is not available. Write each part as a term of its own under `all`, or match what follows too."),
        ("(?<!a)b", "looks ahead or behind with `(?<!`, which is not available. Put what must not be there under `none`, or write `\\b` for the beginning of a word."),
        (r"(\w+) \1", r"refers back with `\1`, which is not available. Write the same thing out again."),
        ("(?>a)b", "has `(?>`, which is not available. Write `(?:`: no pattern is slow here, so nothing is won by not going back."),
        ("ab++", "has `++`, which is not available. Leave the second sign out: no pattern is slow here."),
        ("(?P<x>a)(?P=x)", "refers back with `(?P`, which is not available. Write the same thing out again."),
        ("(?:a{1000}){1000}", "repeats too often at `{1000}`. At most 1000 repetitions, nested ones multiplied; or write `*`."),
        (r"(?:(?:\pL{9}\pN{9}){9}\pL{9}){9}x{900}", "is too large when its repetitions are written out. Repeat less often, or write `*`."),
        (r"llm\Z", r"has `\Z`, which is not available. Write `\z`."),
        (r"a\hb", r"has `\h`, which is not available. Write `[ \t]`."),
        ("(unclosed", "cannot be read: missing )."),
        ("[", "cannot be read: missing ]."),
        ("x[z-a]", "cannot be read: invalid character class range at `z-a`."),
        ("a*", "can match nothing at all, so it would hit everywhere. A `*` or `?` may stand where a `+` is meant."),
        (r"\b", "can match nothing at all, so it would hit everywhere. A `*` or `?` may stand where a `+` is meant."),
        (".", "hits in nearly any text. Write what sets the papers apart."),
        (r"(\w+\s?)+$", "hits in nearly any text. Write what sets the papers apart."),
    ],
)  # fmt: skip
def test_a_regex_that_cannot_be_used_is_refused_with_the_reason(regex: str, reason: str) -> None:
    assert mistake(f"any: [{{regex: '{regex}'}}]") == f"r.yaml:4:17: the regex `{regex}` {reason}"


def test_an_empty_regex_is_refused() -> None:
    assert mistake("any: [{regex: ''}]") == "r.yaml:4:17: this regex is empty, so it would hit everywhere."


def test_every_hostile_regex_is_refused_or_runs_in_linear_time(shared: Path) -> None:
    text = "a" * 3000 + " word word, x " * 100
    for regex in json.loads((shared / "hostile" / "payloads.json").read_text("utf-8"))["regexes"]:
        try:
            found = term(json.dumps({"regex": regex}))
        except RulesError:
            continue
        start = time.perf_counter()
        assert isinstance(found.look_for, Pattern)
        found.look_for.compiled.search(text)
        assert time.perf_counter() - start < 1


def test_ten_mistakes_in_one_file_are_ten_messages_on_the_right_lines() -> None:
    text = r"""version: 1
match: {fuzzy: 120}
min_score: high
topics:
  - name: one
    keyword: [x y]
    any: ["?"]
  - name: one
    any: [{regex: '(?=a)'}]
    until: never
  - name: two
    weight: .nan
    all: [{near: [alone]}]
follow: {authors: {Ada: x}}
signals: {recency: {weight: 1, half_life: 3 months}}
"""
    found = mistakes(text)
    assert [int(message.split(":")[1]) for message in found] == [2, 3, 6, 7, 8, 9, 10, 12, 13, 14, 15]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "r.yaml:1:1: the file is empty; expected rules. `papertriage init` writes one to begin with."),
        ("# nothing\n", "r.yaml:1:1: the file is empty; expected rules. `papertriage init` writes one to begin with."),
        ("topics: []", "r.yaml:1:1: the rules lack `version`. Write `version: 1` in the first line."),
        ("versoin: 1", "r.yaml:1:1: unknown key `versoin` in the rules; expected one of version, include, match, min_score, exclude, topics, follow, signals. Did you mean `version`?"),
        ("version:\n", "r.yaml:1:9: the rules lack `version`. Write `version: 1` in the first line."),
        ("version: 2\nnew: things\n", "r.yaml:1:10: version 2 is from a later papertriage; this one reads version 1. Update papertriage."),
        ("version: 0", "r.yaml:1:10: there is no version 0; expected `1`."),
        ("version: one", "r.yaml:1:10: `version` is `one`; expected a whole number."),
        ("words", "r.yaml:1:1: the file is the text `words`; expected a map with `version`."),
        ("- words", "r.yaml:1:1: the file is a list; expected a map with `version`."),
        ("version: 1\ntopics:\n\t- name: x", "r.yaml:3:1: a tab; YAML is indented with spaces only."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rules_at_all_is_told(text: str, message: str) -> None:
    assert mistakes(text) == [message]


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(RulesError) as caught:
        check_rules(tmp_path / "rules.yaml")
    assert caught.value.exit_code is ExitCode.USAGE
    assert str(caught.value) == (
        f"{tmp_path / 'rules.yaml'}: there is no such file; the rules are read from it. "
        "`papertriage init` writes one to begin with."
    )


def test_a_folder_in_place_of_the_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"this is a folder; expected a YAML file\."):
        check_rules(tmp_path)


# --- warnings ---


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("any: [aa bb]\n  until: 2026-11-23", "r.yaml:3:3: the topic `t` ended on 2026-11-23 and takes nothing now."),
        ("any: [aa bb, Aa-Bb]", "r.yaml:4:16: `Aa-Bb` stands already in line 4 and counts twice."),
        ("any: [aa bb]\n  none: [cc dd, cc dd]", "r.yaml:5:17: `cc dd` stands already in line 5."),
        ("any: [aa bb]\n  none: [{term: cc dd, weight: 2}]", "r.yaml:5:10: a `weight` has no effect here: one hit of `none` silences the topic."),
        ("authors: [Ada L, ADA L]", "r.yaml:4:20: `ADA L` stands already in line 4; the higher weight counts."),
        ("any: [aa bb]\n  categories: [cs]", "r.yaml:5:16: `cs` is an archive, not a category. Did you mean `cs.*`?"),
        ("any: [aa bb]\n  categories: [cs.AL]", "r.yaml:5:16: arXiv has no category `cs.AL`. Did you mean `cs.AI`?"),
        ("any: [aa bb]\n  categories: [q-fim.*]", "r.yaml:5:16: arXiv has no category `q-fim.*`. Did you mean `q-fin.*`?"),
        ("any: [aa bb]\nsignals: {upvote: {weight: 1}}", "r.yaml:5:11: no source that ships with papertriage gives `upvote`. Did you mean `upvotes`?"),
        ("any: [{regex: 'pre–train'}]", "r.yaml:4:17: texts are searched with every dash made `-`. Write `-` in the regex."),
    ],
)  # fmt: skip
def test_a_likely_slip_is_a_warning(body: str, warning: str) -> None:
    assert warnings(f"version: 1\ntopics:\n- name: t\n  {body}") == [warning]


@pytest.mark.parametrize(
    "category", ["cs.*", "cs.CL", "cs.cl", "q-fin.*", "hep-th", "astro-ph.*", "*", "Neuroscience", "Cancer Biology"]
)
def test_categories_of_every_service_pass_in_silence(category: str) -> None:
    assert warnings(f"version: 1\ntopics:\n- name: t\n  any: [aa bb]\n  categories: ['{category}']") == []


def test_a_term_and_an_acronym_of_the_same_letters_are_two() -> None:
    assert warnings("version: 1\ntopics: [{name: t, any: [RAG, rag]}]") == []


def test_rules_that_list_nothing_are_warned_of() -> None:
    assert warnings("version: 1") == ["r.yaml:1:1: no topic and no followed author: no paper can be listed."]


def test_the_last_day_of_a_topic_is_no_warning() -> None:
    assert warnings("version: 1\ntopics: [{name: t, any: [aa bb], until: 2026-11-24}]") == []


# --- whole files ---


@pytest.mark.parametrize("folder", ["src/papertriage/data/starter", "examples"])
def test_the_files_that_users_begin_with_have_neither_mistakes_nor_warnings(folder: str) -> None:
    rules, warned = check_rules(ROOT / folder / "rules.yaml", TODAY)
    assert len(rules.topics) >= 3
    assert not warned


def test_five_thousand_terms_load_within_two_seconds() -> None:
    pick = random.Random(1)
    words = ["".join(pick.choices("abcdefghilmnoprstu", k=pick.randint(5, 9))) for _ in range(3000)]
    lines = ["version: 1", "topics:"]
    for number in range(50):
        lines.append(f"- name: topic {number}\n  any:")
        lines += [f"  - {{term: {' '.join(pick.sample(words, 3))}, weight: 1.5, fuzzy: 85}}" for _ in range(100)]
    text = "\n".join(lines)
    assert len(text) > 250_000
    start = time.perf_counter()
    rules = loads_rules(text)
    assert time.perf_counter() - start < 2
    assert sum(len(found.any) for found in rules.topics) == 5000


@given(st.data())
def test_a_damaged_file_gives_rules_or_faults_but_nothing_else(data: st.DataObject) -> None:
    text = DESIGN
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.text(alphabet="ab1.:-[]{},#&*!'\"\n \t", max_size=4)) + text[end:]
    faults = []
    try:
        loads_rules(text)
    except RulesError as error:
        faults = [str(fault) for fault in error.faults] or ["nothing is told"]
    assert all(fault.startswith("rules.yaml") for fault in faults)
