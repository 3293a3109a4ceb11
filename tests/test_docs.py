"""The manual is true: its examples load, its tables go through the real matcher, the rest comes from the program."""

from __future__ import annotations

import datetime as dt
import os
import re
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from papertriage.config import SOURCE_TYPES, load_config
from papertriage.errors import RulesError
from papertriage.lexicon import load_lexicon
from papertriage.match.hits import hits
from papertriage.model import Paper
from papertriage.pipeline.checking import check
from papertriage.rules import compile as compiling
from papertriage.rules import schema
from papertriage.rules.load import loads_rules
from papertriage.text import clean
from papertriage.yamlfile import Placed

ROOT = Path(__file__).resolve().parents[1]
RULES = (ROOT / "docs/rules.md").read_text("utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text("utf-8")
DAY = dt.date(2026, 11, 24)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def rows(page: str, *header: str) -> list[list[str]]:
    """Give the cells of every table with this header."""
    tables = re.findall(
        rf"^{re.escape('| ' + ' | '.join(header) + ' |')}\n\|[-|]+\|\n((?:\|.*\n)+)", page, re.MULTILINE
    )
    assert tables, f"no table {header}"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for table in tables for line in table.splitlines()]


def names(page: str, *header: str) -> set[str]:
    """Give what the first column of a table names."""
    return {name for row in rows(page, *header) for name in re.findall(r"`([^`]+)`", row[0])}


def completed(fragment: str) -> str:
    """Make a rules file of a part of one: of keys of the file, or of terms."""
    if fragment.startswith("- "):
        return f"version: 1\ntopics:\n  - name: t\n    any:\n{textwrap.indent(fragment, '      ')}"
    takes_any = re.search("^(topics|follow):", fragment, re.MULTILINE)
    version = "" if fragment.startswith("version:") else "version: 1\n"
    return version + fragment + ("" if takes_any else "\nfollow: {authors: [Ada Example]}")


def paper(**fields: Any) -> Paper:
    seen = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return Paper(id="arxiv:2611.00001", day=DAY, first_seen=seen, **fields)


# -- the rules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks(RULES, "yaml"), ids=str.splitlines)
def test_each_example_of_the_rules_loads(block: str) -> None:
    loads_rules(completed(block), read=lambda path, _: included(path))


def included(path: Path) -> str:
    """Give the file that the manual shows as one to include."""
    shown = dict(re.findall(r"<!-- included as (\S+) -->\n```yaml\n(.*?)^```$", RULES, re.DOTALL | re.MULTILINE))
    return shown[str(path)]


def test_a_file_of_its_own_over_a_shared_one_does_what_the_manual_says() -> None:
    block = next(block for block in blocks(RULES, "yaml") if "include:" in block)
    rules = loads_rules(block, read=lambda path, _: included(path))
    agents, own = rules.topics
    assert (agents.name, agents.weight, own.name) == ("agents", 3, "my-own")
    assert [(term.label, term.weight, term.place.file) for term in agents.any] == [
        ("language agent", 2, "rules.yaml"),
        ("web agent", 1, "rules.yaml"),
    ]
    assert [(author.name, author.weight) for author in rules.follow] == [("Chelsea Finn", 8)]


@pytest.mark.parametrize(("term", "text", "how", "because"), rows(RULES, "term", "text", "how", "because"))
def test_a_term_takes_what_the_manual_says(term: str, text: str, how: str, because: str) -> None:
    rules = loads_rules(completed(f"- {term.strip('`')}"))
    text = text.strip("`")
    found = hits(paper(title=re.sub("[«»]", "", text)), rules, load_lexicon())
    assert [hit.text for hit in found] == [clean(marked) for marked in re.findall("«(.*?)»", text)], because
    kinds = {f"fuzzy {hit.similarity:.1f}" if hit.kind == "fuzzy" else hit.kind for hit in found}
    assert kinds == {how} - {"–"}


@pytest.mark.parametrize(
    ("rule", "listing", "same", "because"), rows(RULES, "rule", "listing", "same person", "because")
)
def test_a_name_is_whose_the_manual_says(rule: str, listing: str, same: str, because: str) -> None:
    rules = loads_rules(f"version: 1\nfollow: {{authors: [{rule}]}}")
    found = hits(paper(title="Any", authors=(listing,)), rules, load_lexicon())
    assert bool(found) is {"yes": True, "no": False}[same], because


@pytest.mark.parametrize(("written", "told"), rows(RULES, "written", "told"))
def test_a_mistake_is_told_as_the_manual_says(written: str, told: str, tmp_path: Path) -> None:
    found = re.match(r"`(.*)`( in a topic)?$", written)
    assert found
    text = f"topics:\n  - name: t\n    authors: [Ada Example]\n    {found[1]}" if found[2] else found[1]
    file = tmp_path / "rules.yaml"
    file.write_text(completed(text), "utf-8")
    try:
        faults = check(file, tmp_path / "cache", today=DAY).warnings
        is_mistake = False
    except RulesError as error:
        faults, is_mistake = tuple(error.faults), True
    assert len(faults) == 1
    assert told in str(faults[0])
    assert is_mistake is (RULES.index(written) < RULES.index("Once there are no mistakes it warns"))


def test_the_manual_names_every_key_of_the_rules() -> None:
    def keys(*records: type[Placed]) -> set[str]:
        return {key for record in records for key in record.__struct_fields__} - {*Placed.__struct_fields__}

    assert names(RULES, "key", "what it is", "default") == keys(schema.RulesSpec)
    assert names(RULES, "key", "what it does", "default") == keys(schema.TopicSpec)
    forms = keys(schema.PhraseSpec, schema.RegexSpec, schema.NearSpec)
    assert names(RULES, "key of a map", "what it does", "default") == forms - {"term", "regex", "near"}
    assert set(re.findall(r"`(\w+)`", RULES.partition("Fields are ")[2].partition(".")[0])) == set(schema.FIELDS)
    assert names(RULES, "signal", "adds", "known from") == set(compiling.SIGNALS)


def test_the_manual_names_the_defaults_and_limits_that_hold() -> None:
    written = next(row[2] for row in rows(RULES, "key", "what it is", "default") if row[0] == "`match`")
    told, held = (
        loads_rules(f"version: 1\n{match}\ntopics: [{{name: t, any: [scaling law]}}]").topics[0].any[0]
        for match in (f"match: {written.strip('`')}", "")
    )
    assert (told.fuzzy, told.fields) == (held.fuzzy, held.fields)
    assert f"half after a half-life ({compiling.DEFAULT_HALF_LIFE:g}d;" in RULES
    most = (
        f"{compiling.MAX_TERM} characters, a regex {compiling.MAX_TERM * 5:,}, `near` 2 to {compiling.MAX_NEAR} words"
    )
    assert most in RULES


def test_the_worked_example_is_what_why_prints(tmp_path: Path) -> None:
    parts = dict(re.findall(r"<!-- example (\w+) -->\n```\w+\n(.*?)^```$", RULES, re.DOTALL | re.MULTILINE))
    (tmp_path / "rules.yaml").write_text(parts["rules"], "utf-8")
    (tmp_path / "paper.jsonl").write_text(parts["record"], "utf-8")
    command = re.search(r"^`papertriage (.* why .*?)` prints$", RULES, re.MULTILINE)
    assert command
    environ = {"PAPERTRIAGE_HOME": str(tmp_path), "COLUMNS": "100", "PYTHONUTF8": "1", "PATH": os.environ["PATH"]}
    for arguments in (["import", "paper.jsonl"], command[1].split()):
        done = subprocess.run(
            [sys.executable, "-m", "papertriage", *arguments],
            cwd=tmp_path, env=environ, capture_output=True, encoding="utf-8", check=True, timeout=60,
        )  # fmt: skip
    assert done.stdout == parts["sum"]


# -- settings and commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks(SETTINGS, "yaml"), ids=str.splitlines)
def test_each_example_of_the_settings_loads(block: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(block, "utf-8")
    config = load_config(file, {"PAPERTRIAGE_HOME": str(tmp_path)})
    assert not config.warnings


def test_the_manual_shows_every_type_of_source_with_its_options() -> None:
    for kind, spec in SOURCE_TYPES.items():
        section = re.search(rf"^### {kind}\n(.*?)(?=^### |\Z)", SETTINGS, re.DOTALL | re.MULTILINE)
        assert section, kind
        options = set(spec.__struct_fields__) - names(SETTINGS, "key", "what it is")
        assert options == (names(section[1], "key", "what it is", "default") if options else set())
        assert kind in str(blocks(section[1], "yaml"))


@pytest.mark.parametrize("name", ["settings.md", "commands.md"])
def test_a_page_from_the_program_is_up_to_date(name: str) -> None:
    page = runpy.run_path(str(ROOT / "tasks/write_docs.py"))["page"](name)
    assert (ROOT / "docs" / name).read_text("utf-8") == page, "run `make docs`"
