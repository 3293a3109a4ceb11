"""Deciding from the command line: by id, by rank, from stdin; and lists of what was decided."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from papertriage.model import Observation
from papertriage.pipeline.cached import read_cache
from papertriage.store.decisions import read_decisions
from papertriage.store.log import Log

RULES = "version: 1\ntopics: [{name: agents, any: [language agent]}]\nsignals: {upvotes: {weight: 1}}\n"
COUNT = 24


@pytest.fixture
def filled(home: Path) -> Path:
    """Fill a cache with papers of today in the order of their numbers; the last two share a DOI."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    Log(home).append(
        Observation(
            id=f"arxiv:2611.{number:05}", source="hf-daily", seen=now, title=f"Language Agents, Part {number}",
            ids={"arxiv": (f"2611.{number:05}",), **({"doi": ("10.1000/a",)} if number > COUNT - 2 else {})},
            announced=now.date(), signals={"upvotes": 1000.0 - number},
        )
        for number in range(1, COUNT + 1)
    )  # fmt: skip
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    return home


def states(home: Path) -> dict[str, tuple[str | None, str | None]]:
    """Give what was said of each paper of which anything was, by the end of its id."""
    cached = read_cache(home)
    said = {paper.id[-2:]: cached.state(paper) for paper in cached.papers}
    return {name: pair for name, pair in said.items() if pair != (None, None)}


def test_papers_are_decided_on_by_rank_by_id_and_from_stdin(filled: Path, run: Any) -> None:
    assert run("list", "--limit", "9").returncode == 0
    run("list", "--format", "ids", "--sort", "title")  # for a program: what the person sees keeps its numbers
    done = run("star", "3", "7-8", "https://arxiv.org/abs/2611.00001v2", "12", "nonsense")
    assert done.returncode == 3
    assert "Starred: arxiv:2611.00003  Language Agents, Part 3\n" in done.stderr
    assert "The last list has no number 12: it goes from 1 to 9." in done.stderr
    assert "“nonsense” is not an id." in done.stderr
    assert states(filled) == dict.fromkeys(("01", "03", "07", "08"), ("star", None))

    before = (filled / "decisions.jsonl").read_bytes()
    again = run("star", "3")
    assert (again.returncode, again.stderr) == (0, "Already starred: arxiv:2611.00003  Language Agents, Part 3\n")
    assert (filled / "decisions.jsonl").read_bytes() == before

    unread = run("list", "--unread", "--format", "ids")
    assert len(unread.stdout.split()) == COUNT - 4
    later = run("later", "-", stdin=unread.stdout)
    assert later.returncode == 0
    assert later.stderr.count("Language Agents") == 5
    assert later.stderr.endswith(f"Kept for later: {COUNT - 4 - 5} more\n")
    assert "Unmarked (was star): arxiv:2611.00003" in run("unmark", "3").stderr
    assert states(filled)["07"] == ("star", None)
    assert "03" not in states(filled)


def test_a_list_is_of_papers_in_a_state_and_a_reading_list_shows_it(filled: Path, run: Any, tmp_path: Path) -> None:
    run("list")
    run("read", "2")
    run("star", "1")
    assert run("note", "1", "compare", "with", "<ours>").returncode == 0
    listed = run("list", "--state", "star,read", "--format", "json")
    page = json.loads(listed.stdout)
    assert [(row["id"], row["state"], row.get("note")) for row in page["papers"]] == [
        ("arxiv:2611.00001", "star", "compare with <ours>"),
        ("arxiv:2611.00002", "read", None),
    ]
    assert page["left_out"] == {"filtered out": COUNT - 2}
    assert run("export", "--state", "star", "--state", "read", "-o", "list.md").returncode == 0
    text = (tmp_path / "list.md").read_text(encoding="utf-8")
    assert "- [ ] ★ **[Language Agents, Part 1](" in text
    assert "  - Note: compare with \\<ours> <!-- decision -->" in text
    assert "- [x] **[Language Agents, Part 2](" in text
    wrong = run("list", "--state", "loved")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "There are star, later, skip, read, none." in wrong.stderr
    # A rank names a paper for what shows one, too.
    assert json.loads(run("why", "2", "--format", "json").stdout)["id"] == "arxiv:2611.00002"


def test_a_decision_on_one_of_two_papers_with_one_doi_is_not_shown_on_the_other(filled: Path, run: Any) -> None:
    assert run("skip", f"2611.{COUNT:05}").returncode == 0
    assert states(filled) == {f"{COUNT}": ("skip", None)}
    assert "decisions  1 (1 skip)" in run("cache", "info").stdout


def test_two_processes_that_decide_at_once_lose_nothing(filled: Path, run: Any) -> None:
    home = {name: os.environ[name] for name in ("PATH",)} | {"PAPERTRIAGE_HOME": str(filled), "HOME": str(filled)}
    halves = [range(1, COUNT // 2 + 1), range(COUNT // 2 + 1, COUNT + 1)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "papertriage", state, *(f"2611.{number:05}" for number in half)],
            env=home,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for state, half in zip(("star", "skip"), halves, strict=True)
    ]
    for process in processes:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
    decisions, damage = read_decisions(filled)
    assert (len(decisions), damage) == (COUNT, ())
    assert {state for state, _ in states(filled).values()} == {"star", "skip"}
    assert len(states(filled)) == COUNT


def test_a_note_without_a_text_is_wrong_usage_in_a_pipe(filled: Path, run: Any) -> None:
    done = run("note", "2611.00001", stdin="a text that is not read")
    assert done.returncode == 2
    assert "Which note?" in done.stderr
    assert not (filled / "decisions.jsonl").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX's")
def test_a_note_without_a_text_opens_the_editor_on_a_terminal(filled: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ncat "$1" >> "$HOME/before"\nprintf "from the\\neditor\\n" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    home = {"PATH": os.environ["PATH"], "PAPERTRIAGE_HOME": str(filled), "HOME": str(tmp_path), "EDITOR": str(editor)}
    person, terminal = os.openpty()
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "papertriage", "note", "2611.00001"],
            env=home, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, encoding="utf-8",
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    os.close(person)
    os.close(terminal)
    assert done.stderr == "Noted already: arxiv:2611.00001  Language Agents, Part 1\n"
    assert states(filled) == {"01": (None, "from the\neditor")}
    assert (tmp_path / "before").read_text(encoding="utf-8") == "from the\neditor\n"
