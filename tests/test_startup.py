"""What starts with the program: modules that `--help` and `list` may import. A list, not a stopwatch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "bibtexparser",
    "email",
    "feedparser",
    "http",
    "jinja2",
    "multiprocessing",
    "numpy",
    "pydantic",
    "requests",
    "rich",
    "smtplib",
    "ssl",
    "textual",
    "urllib3",
    "xml",
}
"""Modules that neither needs."""

HELP_ONLY = {
    "anyascii",
    "filelock",
    "json",
    "msgspec",
    "platformdirs",
    "rapidfuzz",
    "re2",
    "snowballstemmer",
    "sqlite3",
    "yaml",
}
"""Modules that `list` uses and `--help` does not."""


def imported(tmp_path: Path, *arguments: str) -> set[str]:
    """Give the top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "papertriage", *arguments],
        env={"PATH": os.environ["PATH"], "PAPERTRIAGE_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    names = (line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {name.split(".")[0] for name in names}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    imported(folder, "quickstart", "--offline", "-o", str(folder / "reading-list.md"))
    imported(folder, "list", "--all")  # what is new is searched once
    return folder


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["list", "--help"]])
def test_help_imports_the_command_line_and_nothing_behind_it(tmp_path: Path, command: list[str]) -> None:
    assert not imported(tmp_path, *command) & (HEAVY | HELP_ONLY)


@pytest.mark.parametrize("command", [["list", "--all"], ["search", '"language models" agent*']])
def test_a_list_of_what_was_searched_before_imports_no_network_and_no_rich(home: Path, command: list[str]) -> None:
    assert not imported(home, *command) & HEAVY
