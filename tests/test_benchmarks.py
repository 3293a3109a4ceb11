"""The benchmarks run, at a size at which their figures say nothing."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from papertriage.store.log import Log

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def benchmark(script: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_generated_cache_is_a_log_of_distinct_papers_by_working_days(tmp_path: Path) -> None:
    told = benchmark(
        "generate.py", tmp_path, "1500", "--start", "300", "--corpus", tmp_path / "none", "--newest", "2026-11-24"
    )
    assert told.startswith("1,500 papers")
    log = Log(tmp_path)
    observations = list(log.read())
    assert not log.damage
    days = {one.id: one.day.isoformat() for one in observations if one.source != "hf-daily"}
    assert len(days) == 1500
    assert collections.Counter(days.values()) == {"2026-11-24": 600, "2026-11-23": 600, "2026-11-20": 300}
    seen = [one.seen for one in observations if one.source != "hf-daily"]
    assert seen == sorted(seen)


def test_what_is_put_together_brings_new_words_as_the_source_does(tmp_path: Path) -> None:
    benchmark("generate.py", tmp_path, "2000", "--start", "500", "--corpus", tmp_path / "none")
    words: set[str] = set()
    sizes = {}
    papers = [one for one in Log(tmp_path).read() if one.source != "hf-daily"]
    for number, one in enumerate(reversed(papers), 1):
        words.update(f"{one.title} {one.abstract}".lower().split())
        sizes[number] = len(words)
    before, after = sizes[500] / sizes[250], sizes[2000] / sizes[1000]
    assert 1.15 < after < before + 0.2


def test_half_of_the_gold_set_are_traps() -> None:
    rows = [json.loads(line) for line in (BENCHMARKS / "gold_terms.jsonl").read_text(encoding="utf-8").splitlines()]
    assert collections.Counter(row["match"] for row in rows) == {True: 100, False: 100}
    assert len({(row["term"], row["text"]) for row in rows}) == 200


def test_the_document_is_the_one_that_was_made_from_the_figures(tmp_path: Path) -> None:
    benchmark("report.py", BENCHMARKS / "results.json", tmp_path)
    docs = BENCHMARKS.parent / "docs"
    for name in ("performance.md", "performance.svg"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (docs / name).read_text(encoding="utf-8")
    ET.parse(tmp_path / "performance.svg")


@pytest.mark.skipif(not os.environ.get("PAPERTRIAGE_BENCH"), reason="half a minute; PAPERTRIAGE_BENCH=1 runs it")
@pytest.mark.skipif(sys.platform == "win32", reason="measures on a pseudo-terminal")
def test_one_command_measures_everything_and_writes_the_document(tmp_path: Path) -> None:
    told = benchmark(
        "run.py", "--sizes", "200", "400", "--runs", "1", "--pause", "0.1", "--work", tmp_path / "work",
        "--corpus", tmp_path / "none", "--bm25-python", tmp_path / "none",
        "--results", tmp_path / "results.json", "--docs", tmp_path,
    )  # fmt: skip
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert told.count("reached  ") == text.count("| yes |") + text.count("| **no** |") == 16
    assert "The corpus of real papers was absent" in text
    assert "A BM25 library could not be installed" in text
    assert text.count("\n| `papertriage ") == 3
    assert ET.parse(tmp_path / "performance.svg").getroot().tag.endswith("svg")
