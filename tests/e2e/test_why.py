"""`why`, `list --near-misses` and `list --sample`, as a user calls them, on real papers under the example rules.

By default every fiftieth of the 20,000 papers is taken; PAPERTRIAGE_CORPUS=1 takes all.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from papertriage.text import clean

EVERY = 1 if os.environ.get("PAPERTRIAGE_CORPUS") else 50
EXAMPLES = Path(__file__).parents[2] / "examples"


def cents(points: float) -> int:
    exact = Decimal(str(points)) * 100
    assert exact == int(exact), points
    return int(exact)


def test_the_lines_of_why_sum_to_the_score_in_list_and_each_span_is_where_it_says(
    run: Any, home: Path, shared: Path
) -> None:
    with gzip.open(shared / "corpus" / "arxiv-20k.jsonl.gz", "rb") as corpus:
        lines = corpus.read().splitlines(keepends=True)[::EVERY]
    (home / "papers.jsonl").write_bytes(b"".join(lines))
    shutil.copy(EXAMPLES / "rules.yaml", home)
    assert run("import", str(home / "papers.jsonl")).returncode == 0

    def records(*arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        done = run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    day = ("--as-of", "2026-07-31")
    listed = {row["id"]: row for row in records("list", "--all", *day, "--format", "jsonl")}
    papers = {paper["id"]: paper for paper in map(json.loads, lines)}
    why = records("why", "-", *day, "--format", "json", stdin="\n".join(papers))
    assert len(why) == len(lines)

    kinds: Counter[str] = Counter()
    for reason in why:
        score = sum(cents(line["points"]) for line in reason["lines"])
        if reason["verdict"]["excluded"] is None:
            assert score == cents(reason["score"]) == cents(listed[reason["id"]]["score"])
        else:
            assert reason["id"] not in listed
        relevance = sum(cents(line["points"]) for line in reason["lines"] if line["part"] in ("topic", "follow"))
        assert relevance == cents(reason["relevance"])
        assert reason["verdict"]["in"] == (not reason["verdict"]["reason"])
        for line in reason["lines"]:
            assert line["place"]["file"].endswith("rules.yaml")
            assert line["place"]["line"] > 0
        hits = [hit for line in reason["lines"] for hit in line["hits"]]
        for hit in [*hits, *reason["uncounted"]]:
            kinds[hit["kind"]] += 1
            value = papers[reason["id"]][hit["field"]]
            texts = [clean(text) for text in (value if isinstance(value, list) else [value])]
            assert hit["text"] in [text[hit["start"] : hit["end"]] for text in texts], (reason["id"], hit)
            assert hit["text"] in hit["sentence"]
    assert sum(kinds.values()) > 10_000 / EVERY
    assert {"exact", "inflection", "join"} <= set(kinds)

    with_near_misses(records, day, listed)


def with_near_misses(records: Any, day: tuple[str, ...], listed: dict[str, Any]) -> None:
    """Hold near misses and samples of the same cache against what is listed."""
    taken = {name for name, row in listed.items() if "below" not in row}
    assert taken
    missed = records("list", "--near-misses", "--all", *day, "--limit", "50", "--format", "jsonl")
    assert len(missed) == 50
    assert not taken & {row["id"] for row in missed}
    assert {row["id"] for row in missed} <= set(listed)
    assert all(row["lacked"]["things"] for row in missed)
    sample = records("list", "--sample", "30", "--all", *day, "--format", "jsonl")
    assert len(sample) == 30
    assert not taken & {row["id"] for row in sample}


@pytest.fixture
def small(run: Any, home: Path) -> Path:
    rules = """version: 1
min_score: 2
topics:
  - name: agents
    any: [{term: tool use, fields: [title, abstract]}]
    all: [{term: language model, weight: 0}]
"""
    (home / "rules.yaml").write_text(rules, encoding="utf-8")
    papers = [
        {"id": "2611.00001", "title": "Tool use of language models", "published": "2026-11-24"},
        {"id": "2611.00002", "title": "Tool use by crows", "published": "2026-11-24"},
        {"id": "2611.00003", "title": "Stone bridges", "published": "2026-11-24"},
        {"id": "2611.00004", "title": "Language models and tool use of old", "published": "2025-11-24"},
    ]
    (home / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    assert run("import", str(home / "papers.jsonl")).returncode == 0
    return home


def test_why_says_how_each_paper_stands_before_the_list(run: Any, small: Path) -> None:
    run("later", "2611.00001")
    ids = "2611.00001\n2611.00002\n2611.00004\n"
    done = run("why", "-", "--as-of", "2026-11-24", stdin=ids)
    assert "Your decision: later." in done.stdout
    assert "Listed. It is number 1 of 1 paper from 2026-11-22 to 2026-11-24." in done.stdout
    assert "Not listed. No topic takes it, and no followed author wrote it." in done.stdout
    assert "its `all` term “language model”" in done.stdout
    assert "Its day, 2025-11-24, lies outside the window from 2026-11-22 to 2026-11-24." in done.stdout


def test_near_misses_and_samples_are_listed_and_counted(run: Any, small: Path) -> None:
    day = ("--as-of", "2026-11-24")
    missed = run("list", "--near-misses", *day)
    assert "Tool use by crows" in missed.stdout
    assert "agents: its `all` term “language model” (rules.yaml:6) is missing; else 3.00" in missed.stdout
    assert missed.stderr == "1 near miss among 3 papers from 2026-11-22 to 2026-11-24.\n"
    assert run("list", "--near-misses", *day, "--format", "ids").stdout == "arxiv:2611.00002\n"

    sample = run("list", "--sample", "1", *day)
    assert sample.stderr == (
        "1 picked at random of 2 papers that no rule takes, among 3 papers from 2026-11-22 to 2026-11-24.\n"
    )
    assert sample.stdout == run("list", "--sample", "1", *day).stdout

    nothing = run("list", "--near-misses", "--as-of", "2024-01-01")
    assert nothing.stdout == ""
    assert nothing.stderr.startswith("No papers")


def test_what_does_not_go_together_is_refused(run: Any, small: Path) -> None:
    for arguments, told in (
        (["--sample", "3", "--near-misses"], "--sample and --near-misses do not go together."),
        (["--sample", "3", "--limit", "4"], "--sample and --limit do not go together."),
        (["--sample", "0"], "--sample"),
        (["--near-misses", "--topic", "agent"], "Did you mean agents?"),
    ):
        done = run("list", *arguments)
        assert done.returncode == 2
        assert told in done.stderr
