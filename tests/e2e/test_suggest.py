"""Decisions become a patch of the rules, and a library becomes rules, as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

RULES = "version: 1\ntopics:\n  - name: memory   # mine\n    any: [memory]\n"


@pytest.fixture
def decided(run: Any, home: Path, tmp_path: Path) -> None:
    titles = [f"Memory in sleep {n}" for n in range(6)] + [f"Memory bandwidth {n}" for n in range(9)]
    records = [{"id": f"2611.{n:05}", "title": title, "published": "2026-11-24"} for n, title in enumerate(titles)]
    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    assert run("import", "papers.jsonl").returncode == 0
    assert run("star", *(f"2611.{n:05}" for n in range(5))).returncode == 0
    assert run("skip", *(f"2611.{n:05}" for n in range(6, 14))).returncode == 0


@pytest.mark.skipif(not shutil.which("patch"), reason="no patch on this machine")
def test_the_patch_applies_and_the_rules_check(run: Any, home: Path, decided: None) -> None:
    told = run("rules", "suggest", "--patch")
    assert told.returncode == 0
    assert "5 wanted (star, read) and 8 skipped" in told.stderr
    assert (home / "rules.yaml").read_text() == RULES
    subprocess.run(["patch", "-p0", "rules.yaml"], cwd=home, input=told.stdout, text=True, check=True, timeout=20)
    assert "sleep" in (home / "rules.yaml").read_text()
    assert run("rules", "check").returncode == 0


def test_all_is_told_as_text_and_as_json(run: Any, decided: None) -> None:
    text = run("rules", "suggest").stdout
    found = json.loads(run("rules", "suggest", "--format", "json").stdout)
    assert found["patch"]
    assert text.endswith(found["patch"])
    assert {"term", "weight", "precision", "recall", "enters", "leaves", "reason"} <= found["suggestions"][0].keys()


def test_without_decisions_it_says_what_is_missing(run: Any, home: Path) -> None:
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    told = run("rules", "suggest")
    assert (told.returncode, told.stdout) == (0, "")
    assert "too few decisions to learn from. At least 2 more that you want and 3 more that you skip" in told.stderr
    assert run("rules", "suggest", "--format", "xml").returncode == 2


def test_rules_are_made_of_a_library_and_not_over_others(run: Any, home: Path, tmp_path: Path) -> None:
    entries = [
        f"@article{{k{n}, title={{Spaced repetition and recall {n}}}, author={{Ada Example}}}}" for n in range(6)
    ]
    (tmp_path / "refs.bib").write_text("\n".join(entries), encoding="utf-8")
    told = run("init", "--from", "refs.bib")
    assert told.returncode == 0
    assert "1 topic and 1 followed author from 6 papers; the rules take 6 of them." in told.stderr
    assert run("rules", "check").returncode == 0
    made = (home / "rules.yaml").read_text(encoding="utf-8")
    again = run("init", "--from", "refs.bib")
    assert again.returncode == 2
    assert "exists already; nothing was written" in again.stderr
    assert (home / "rules.yaml").read_text(encoding="utf-8") == made
    assert run("init", "--from", "nowhere.bib").returncode == 2
