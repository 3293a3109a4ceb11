"""`rules test`, `diff`, `stats`, `schema` and `try` as a user runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

RULES = """version: 1
topics:
  - name: pretraining
    any: [pretraining, {term: zzz, fuzzy: off}]
    examples: {match: [Pre-training of models]}
"""


SAMPLE = Path(__file__).parents[2] / "src/papertriage/data/sample.jsonl"


@pytest.fixture
def filled(home: Path) -> Path:
    (home / "papers").mkdir()
    shutil.copy(SAMPLE, home / "papers/2026-04.jsonl")
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    return home


def test_failing_examples_leave_with_2_and_passing_ones_with_0(run: Any, filled: Path) -> None:
    done = run("rules", "test")
    assert (done.returncode, done.stdout) == (0, "pretraining  1 match, 0 no_match, all pass\n")
    (filled / "rules.yaml").write_text(RULES.replace("Pre-training of models", "Training of models"), "utf-8")
    done = run("rules", "test", "--format", "json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["failed"] == 1
    done = run("rules", "test", "--topic", "pretrainin")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean pretraining?" in done.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_git_revision_of_the_rules_is_compared_with_the_file_of_now(run: Any, filled: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "rules.yaml"],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", "-C", str(filled), *command], check=True, capture_output=True)
    (filled / "rules.yaml").write_text(RULES.replace("zzz", "reasoning"), "utf-8")
    done = run("rules", "diff", "HEAD", "--all", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["counts"]["enter"] == len(found["enter"]) > 0
    assert {cause["term"] for change in found["enter"] for cause in change["causes"]} == {"reasoning"}
    back = json.loads(run("rules", "diff", str(filled / "rules.yaml"), "HEAD", "--all", "-f", "json").stdout)
    assert [row["id"] for row in back["leave"]] == [row["id"] for row in found["enter"]]
    listed = run("list", "--since", "2000-01-01", "--limit", "1000", "--format", "ids").stdout.split()
    assert {row["id"] for row in found["enter"]} <= set(listed)
    assert len(listed) == sum(found["counts"][kind] for kind in ("enter", "move", "same"))
    done = run("rules", "diff", "nope")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_terms_are_counted_over_the_cache(run: Any, filled: Path) -> None:
    done = run("rules", "stats")
    assert done.returncode == 0
    assert "zzz" in done.stdout
    assert "never fires" in done.stdout
    terms = json.loads(run("rules", "stats", "--topic", "pretraining", "-f", "json").stdout)["terms"]
    assert [term["papers"] > 0 for term in terms] == [True, False]


def test_a_term_is_tried_and_a_wrong_one_is_pointed_at(run: Any, filled: Path) -> None:
    found = json.loads(run("rules", "try", "pre-training", "--fuzzy", "off", "-f", "json").stdout)
    assert found["fuzzy"] == "off"
    assert "pretraining" in [row["spelling"] for row in found["spellings"]]
    done = run("rules", "try", "{term: agent, fuzy: 80}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("TERM:1:15: unknown key `fuzy`")
    assert done.stderr.splitlines()[-1].endswith("^")
    done = run("rules", "try", "agent", "--fuzzy", "30")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_schema_is_json(run: Any) -> None:
    assert json.loads(run("rules", "schema").stdout)["required"] == ["version"]
