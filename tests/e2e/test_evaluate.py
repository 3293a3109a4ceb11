"""`evaluate` and the learned line, as a user calls them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

RULES = "version: 1\ntopics:\n  - name: migraine\n    any: [migraine]\n"


def screening(folder: Path) -> Path:
    rows = [
        f"Migraine and triptan trial number {number},1" if number % 8 == 0 else f"Concrete bridge number {number},0"
        for number in range(80)
    ]
    path = folder / "screening.csv"
    path.write_text("\n".join(["title,included", *rows, ""]), encoding="utf-8")
    return path


def test_a_screening_is_replayed_by_rules_by_learning_and_by_both(run: Any, home: Path, tmp_path: Path) -> None:
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    table = str(screening(tmp_path))
    done = run("evaluate", table, "--seeds", "2", "--plot", "recall.svg", "--format", "json")
    assert done.returncode == 0, done.stderr
    ways = {way["way"]: way for way in json.loads(done.stdout)["ways"]}
    assert list(ways) == ["rules", "learned", "both"]
    # Nine included papers of 78 are left after the start, and each way puts them first.
    assert all(way["mean"]["atd"] == 5 for way in ways.values())
    assert (tmp_path / "recall.svg").read_text("utf-8").startswith("<svg ")
    assert done.stderr.splitlines()[-1].startswith("80 papers, 10 included by `included`, rules from ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.csv"], "There is no file none.csv."),
        (["screening.csv", "--way", "luck"], "--way: there is no “luck”. There are rules, learned and both."),
        (["screening.csv", "--label", "x"], "has no column “x”"),
        (["screening.csv", "--plot", "no/where.svg"], "cannot be written"),
        (["one.csv", "--way", "learned"], "One paper alone is included in `included`."),
    ],
)
def test_what_cannot_be_evaluated_is_told(run: Any, tmp_path: Path, arguments: list[str], told: str) -> None:
    screening(tmp_path)
    (tmp_path / "one.csv").write_text("title,included\nOne,1\nTwo,0\nThree,0\n", encoding="utf-8")
    done = run("evaluate", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_learned_line_is_off_until_the_rules_ask_and_then_sums_to_the_score(run: Any, home: Path) -> None:
    records = [
        {
            "id": str(n),
            "title": f"Migraine trial of {'triptans' if n < 6 else 'massage'} {n}",
            "published": "2026-11-22",
        }
        for n in range(14)
    ]
    (home / "p.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    assert run("import", str(home / "p.jsonl")).returncode == 0
    assert run("star", *(f"import:{n}" for n in range(5))).returncode == 0
    assert run("skip", *(f"import:{n}" for n in range(6, 12))).returncode == 0

    def why() -> dict[str, Any]:
        done = run("why", "import:5", "--as-of", "2026-11-24", "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert [line["part"] for line in why()["lines"]] == ["topic"]
    (home / "rules.yaml").write_text(RULES + "signals:\n  learned: {weight: 2}\n", encoding="utf-8")
    reason = why()
    assert [line["part"] for line in reason["lines"]] == ["topic", "learned"]
    assert reason["score"] == round(sum(line["points"] for line in reason["lines"]), 2)
    assert reason["lines"][1]["points"] > 0
    assert reason["lines"][1]["words"][0]["words"] in {"triptans", "of triptans"}
    listed = run("list", "--all", "--as-of", "2026-11-24", "--format", "jsonl", "--unread")
    assert "The learned line comes from 11 decisions: 5 kept, 6 skipped." in listed.stderr
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert rows[0]["id"] == "import:5"
    assert rows[0]["score"] == reason["score"]


def test_scikit_learn_is_imported_only_to_train() -> None:
    import subprocess

    code = "import sys, papertriage.pipeline.learning, papertriage.pipeline.evaluating; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
