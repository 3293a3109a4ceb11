"""The README is true: what it shows loads, what it says to type parses, what it points to exists."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from papertriage.cli.app import app, hoisted
from papertriage.rules.load import check_text

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples/README.md"]
README = PAGES[0].read_text("utf-8")


def commands_in(page: str) -> Iterator[list[str]]:
    """Give the arguments of every call of papertriage in a page: in shell blocks, examples of help texts, and prose."""
    fences = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    lines = []
    for language, block in fences.findall(page):
        if language in {"sh", ""}:
            lines += block.splitlines()
        elif language == "text":
            lines += re.findall(r"^ {4}((?:[A-Z_]+=\S+ )?papertriage .*)", block, re.MULTILINE)
    prose = fences.sub("", page)
    lines += re.findall(r"^ {4}(.*papertriage .*)", prose, re.MULTILINE)
    lines += re.findall(r"`(papertriage [^`]+)`", prose)
    for line in lines:
        for part in re.split(r"\||&&", line):
            words = shlex.split(part, comments=True)
            program = next((place for place, word in enumerate(words) if Path(word).name == "papertriage"), None)
            if program is not None:
                yield words[program + 1 :]


COMMANDS = sorted({tuple(words) for page in PAGES for words in commands_in(page.read_text("utf-8"))})


def test_the_rules_of_the_readme_have_neither_mistakes_nor_slips() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        rules, warnings = check_text(block, "README.md")
        assert rules.topics
        assert not warnings


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_line_of_the_manual_parses(words: tuple[str, ...]) -> None:
    """`--help` ends the command after its options were looked up and before anything is done."""
    is_bare = all(word.startswith("-") for word in words)
    arguments = ["--help", *words] if is_bare else [*hoisted(words), "--help"]
    result = CliRunner().invoke(app, arguments, prog_name="papertriage")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Usage: papertriage")


def test_command_lines_are_found_at_all() -> None:
    assert ("list", "--since", "7d", "--topic", "agents") in COMMANDS
    assert ("export", "-", "--format", "jsonl") in COMMANDS
    assert ("fetch",) in COMMANDS
    assert len(COMMANDS) > 30


def test_each_command_has_an_example_in_its_help_and_a_place_in_the_manual() -> None:
    lines = list(runpy.run_path(str(ROOT / "tasks/write_docs.py"))["command_lines"]())
    groups = {words[:-1] for words in lines}
    for words in set(lines) - groups:
        assert any(("papertriage", *typed)[: len(words)] == words for typed in COMMANDS), f"no example of {words}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_points_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_points_to_every_page_of_the_manual() -> None:
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in README] == []


def test_the_picture_is_what_the_program_draws() -> None:
    picture = runpy.run_path(str(ROOT / "tasks/draw_table.py"))["picture"]()
    assert (ROOT / "docs/table.svg").read_text("utf-8") == picture, "run `make picture`"
