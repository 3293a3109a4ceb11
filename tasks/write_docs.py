"""Write what the manual takes from the program: the settings into docs/settings.md, the help into docs/commands.md.

Run it with `make docs` after a setting or a help text changes; a test compares. In each page all between the two marks
`<!-- generated -->` and `<!-- end -->` is replaced, and the rest is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from papertriage.cli.app import app
from papertriage.config import declared

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH = 80


def settings() -> str:
    """Give the table of all settings."""
    rows = [
        f"| `{row.name}` | {f'`{row.variable}`' if row.variable else '–'} | {row.default} | {row.prose} |"
        for row in declared()
    ]
    return "\n".join(["| setting | variable | default | what it is |", "|---|---|---|---|", *rows])


def command_lines() -> Iterator[tuple[str, ...]]:
    """Give every command, groups included, as the words that one types; the first is the program alone."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*words, name))

    yield from walk(get_command(app), ("papertriage",))


def commands() -> str:
    """Give the help of every command, at one width."""
    runner = CliRunner(env={"COLUMNS": str(WIDTH), "TERM": "dumb"})
    pages = []
    for words in command_lines():
        help_text = runner.invoke(app, [*words[1:], "--help"], prog_name=words[0], catch_exceptions=False).output
        pages.append(f"## {' '.join(words)}\n\n```text\n{help_text.rstrip()}\n```")
    return "\n\n".join(pages)


PAGES = {"settings.md": settings, "commands.md": commands}


def page(name: str) -> str:
    """Give a page of the manual as it should be: by hand what is by hand, the rest from the program."""
    parts = re.split(r"(?<=<!-- generated -->\n).*(?=<!-- end -->)", (DOCS / name).read_text("utf-8"), flags=re.DOTALL)
    before, after = parts
    return f"{before}\n{PAGES[name]()}\n\n{after}"


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8", newline="\n")
