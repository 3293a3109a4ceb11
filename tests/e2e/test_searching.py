"""`search` as a user runs it, on the shipped sample."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cached(home: Path) -> Path:
    (home / "papers").mkdir()
    shutil.copy(ROOT / "src/papertriage/data/sample.jsonl", home / "papers/2026-04.jsonl")
    return home


def test_what_is_found_can_be_read_by_people_and_programs(run: Run, cached: Path) -> None:
    done = run("search", "language", "model", "--limit", "3")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert done.stdout.splitlines()[0].startswith("1  2026-")
    assert "«" in done.stdout
    assert "3 shown, --limit shows more." in done.stderr
    papers = [json.loads(line) for line in run("search", "language model", "--format", "jsonl").stdout.splitlines()]
    assert [paper["rank"] for paper in papers] == list(range(1, len(papers) + 1))
    assert len(papers) > 10
    assert all(paper["hits"] and paper["score"] > 0 for paper in papers)
    assert papers[0]["hits"][0]["rule"].startswith("QUERY:1:")
    ids = run("search", "language model", "--format", "ids").stdout.split()
    assert ids == [paper["id"] for paper in papers]
    assert run("search", "language model", "--format", "ids").stdout.split() == ids


def test_the_ranks_of_a_search_name_its_papers(run: Run, cached: Path) -> None:
    second = run("search", "agent", "--format", "ids").stdout.split()[1]
    run("search", "agent")
    assert run("star", "2").returncode == 0
    assert run("search", "agent", "--state", "star", "--format", "ids").stdout.split() == [second]


def test_nothing_found_is_no_failure(run: Run, cached: Path) -> None:
    done = run("search", "zyzzogeton")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("No paper fits (")


@pytest.mark.parametrize("folder", ["home", "home/none"])
def test_an_empty_cache_says_so(run: Run, tmp_path: Path, folder: str) -> None:
    done = run("search", "model", PAPERTRIAGE_HOME=str(tmp_path / folder))
    assert (done.returncode, done.stderr) == (0, "No papers: the cache is empty. `papertriage fetch` fills it.\n")


def test_a_mistake_is_shown_with_a_caret(run: Run, cached: Path) -> None:
    done = run("search", 'model (OR "agent"')
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "QUERY:1:8: OR stands between two words. In lower case, or in quotation marks, it is a word.\n"
        '    1 | model (OR "agent"\n'
        "      |        ^\n"
    )


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "(((((",
        "NEAR(model agent, 2)",
        "model AND",
        "* : ^ { } ' -- ;",
        "title:{abstract} : model",
        "😀",
        "\u202e\x1b[31m model",
        "x " * 10_000,
        "(" * 10_000,
        "a" * 100_000,
        "-a" * 50_000,
        "model~ " * 100,
        "mo* " * 100,
    ],
    ids=lambda query: query[:12].encode("ascii", "backslashreplace").decode(),
)
def test_a_hostile_query_gets_an_answer_or_a_caret(run: Run, cached: Path, query: str) -> None:
    done = run("search", "--", query)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    if done.returncode:
        assert done.stderr.splitlines()[0].startswith("QUERY:1:")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "xml"], "--format: there is no “xml”."),
        (["--sort", "votes"], "--sort: there is no “votes”."),
        (["--since", "soon"], "--since: “soon” is neither a date nor a time."),
        (["--state", "starred"], "--state: there is no “starred”."),
        (["--limit", "0"], "0 is not in the range"),
    ],
)
def test_a_wrong_option_is_refused(run: Run, options: list[str], message: str) -> None:
    done = run("search", "model", *options)
    assert done.returncode == 2
    assert message in done.stderr
