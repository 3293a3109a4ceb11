"""The schema for editors takes what the loader takes, and refuses the mistakes that a schema can express."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from papertriage.errors import RulesError
from papertriage.rules import schema
from papertriage.rules.json_schema import DESCRIPTIONS, rules_schema
from papertriage.rules.load import loads_rules
from papertriage.yamlfile import Placed

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(rules_schema())


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `off` and `2027-01-01` are texts."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", "[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


def takes(text: str) -> bool:
    return SCHEMA.is_valid(yaml.load(text, Core))


def loads(text: str) -> bool:
    try:
        loads_rules(text)
    except RulesError:
        return False
    return True


def topic(body: str) -> str:
    return f"version: 1\ntopics:\n  - name: t\n{textwrap.indent(body, '    ')}\n"


def blocks() -> list[str]:
    page = (ROOT / "docs/rules.md").read_text("utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [topic("any:\n" + block) if block.startswith("- ") else block for block in found]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(rules_schema())


@pytest.mark.parametrize("name", ["src/papertriage/data/starter/rules.yaml", "examples/rules.yaml"])
def test_the_files_that_users_begin_with_are_valid(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert [error.message for error in SCHEMA.iter_errors(yaml.load(text, Core))] == []


@pytest.mark.parametrize("block", blocks(), ids=str.splitlines)
def test_the_examples_of_the_manual_are_valid(block: str) -> None:
    assert takes(block if "version:" in block else f"version: 1\n{block}")


def test_every_key_is_described() -> None:
    records = {
        record.__name__: record
        for record in vars(schema).values()
        if isinstance(record, type) and issubclass(record, Placed) and record is not Placed
    }
    missing = [
        (name, field.name)
        for name, record in records.items()
        for field in msgspec.structs.fields(record)
        if field.name not in Placed.__struct_fields__ and field.name not in DESCRIPTIONS.get(name, {})
    ]
    assert missing == []


@pytest.mark.parametrize(
    "text",
    [
        "topics: [{name: t, any: [agent]}]",
        "version: 2\nfollow: {authors: [Ada Example]}",
        "version: 1\nmin_scor: 1",
        "version: 1\nmatch: {fuzzy: 0.8}",
        "version: 1\nmatch: {fuzzy: no}",
        "version: 1\nmatch: {fields: {titel: 3}}",
        "version: 1\nmatch: {fields: [authors]}",
        "version: 1\nmatch: {fields: {title: 0}}",
        "version: 1\nmatch: {fields: {}}",
        "version: 1\nmin_score: high",
        "version: 1\ntopics: {name: t, any: [agent]}",
        "version: 1\ntopics: [{any: [agent]}]",
        "version: 1\ntopics: [{name: '', any: [agent]}]",
        topic("keywords: [learning curve]"),
        topic("any: agent"),
        topic("weight: 2"),
        topic("any: [a]"),
        topic("any: [{fuzzy: 80}]"),
        topic("any: [{term: agent, fuzy: 80}]"),
        topic("any: [{term: agent, fuzzy: 30}]"),
        topic("any: [{term: agent, weight: high}]"),
        topic("any: [{regex: 'x+y', fuzzy: 80}]"),
        topic("any: [{near: [learning]}]"),
        topic("any: [{near: [pre training, replay]}]"),
        topic("any: [{near: [learning, curve], within: -1}]"),
        topic("any: [{near: [learning, curve], within: many}]"),
        topic("any: [[agent]]"),
        topic(f"any: [{'x' * 201}]"),
        topic("any: [agent]\nuntil: 2027-1-1"),
        topic("any: [agent]\nuntil: tomorrow"),
        topic("any: [agent]\nsources: [a b]"),
        topic("any: [agent]\nexamples: [a title]"),
        "version: 1\nfollow: {authors: {Chelsea Finn: five}}",
        "version: 1\nfollow: [Chelsea Finn]",
        "version: 1\nsignals: {recency: {half_life: 14d}}",
        "version: 1\nsignals: {recency: {weight: 1, half_life: a month}}",
        "version: 1\nsignals: {upvotes: {weight: 1, half_life: 14d}}",
        "version: 1\nsignals: {upvotes: 0.5}",
    ],
)
def test_a_mistake_that_a_schema_can_express_is_refused_as_the_loader_refuses_it(text: str) -> None:
    assert not loads(text)
    assert not takes(text)


@pytest.mark.parametrize(
    "text",
    [
        topic("any: [no, on, 12:30, 1e3, 2508.13420, true]"),
        topic("any:\nall: [agent]\nmin_score:\ncomment:"),
        topic("any: [{term: agent, fuzzy: off}, {term: agent system, fuzzy: 85, fields: [title, venue]}]"),
        topic("any: [agent]\nweight: '2'\nuntil: 2027-01-01\ncomment: 12"),
        topic("authors: {Ada Example: 2, Grace Example: 0.5}"),
        topic("authors: [Ada Example, {name: Grace Example, weight: 3}]"),
        "version: '1'\nfollow: {authors: [Ada Example]}",
        "version: 1\nfollow: {authors: [Ada Example]}\nsignals: {recency: {weight: 1, half_life: 2w}, a: {weight: 1}}",
        "version: 1\nfollow: {authors: [Ada Example]}\nexclude:\nmatch:\nsignals:",
    ],
)
def test_what_the_loader_takes_is_valid(text: str) -> None:
    assert loads(text)
    assert takes(text)


NUMBERS = ["0", "1", "-1", "0.5", "50", "100", "101", "1e3", ".5", "5.", "+7", "1,5", "abc", "", "off", "1000", "36500"]


ANY_NUMBER = st.sampled_from(NUMBERS) | st.integers(-2000, 2000).map(str) | st.floats(0, 2000).map(str)


@given(key=st.sampled_from(["weight", "fuzzy", "within"]), value=ANY_NUMBER)
def test_numbers_are_taken_and_refused_alike(key: str, value: str) -> None:
    text = topic(f"any: [{{near: [learning, curve], {key}: {value}}}]")
    assert takes(text) == loads(text)


@given(value=ANY_NUMBER)
def test_numbers_in_quotes_are_taken_and_refused_alike(value: str) -> None:
    text = topic(f"any: [{{near: [learning, curve], weight: '{value}'}}]")
    assert takes(text) == loads(text)


@pytest.mark.parametrize(
    "value", ["14d", "2w", "3 weeks", "7", "0.5", "1m", "7 days", "d", "-1", "0", "40000", "36500"]
)
def test_lengths_of_time_are_taken_and_refused_alike(value: str) -> None:
    text = f"version: 1\nfollow: {{authors: [A Example]}}\nsignals: {{recency: {{weight: 1, half_life: {value}}}}}"
    assert takes(text) == loads(text)


def test_no_text_of_an_editor_can_break_the_validator() -> None:
    values: list[Any] = [None, [], {}, 1, "x", {"version": None}, {"version": 1, "topics": [None, 3, {}]}]
    assert not any(SCHEMA.is_valid(value) for value in values)
