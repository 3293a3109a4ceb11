"""The learned line against ASReview's default model, on screenings that reviewers did.

    python benchmarks/screening.py ../shared/labelled/*.csv.gz
    python benchmarks/screening.py --asreview ASR/bin/python ../shared/labelled/*.csv.gz
    python benchmarks/screening.py --asreview ASR/bin/python --write ../shared/labelled/*.csv.gz

The first measures papertriage alone. With --asreview, the Python of an environment with ASReview (`python -m venv ASR;
ASR/bin/pip install asreview`), each screening is simulated there too, from the same two papers for each seed; the
orders are kept in --keep and not simulated again. All figures are computed here, from the orders, by
`papertriage.learn.measures`; --write puts them into docs/evaluation.md. ASReview needs 3 to 130 seconds for a run, an
hour for all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from papertriage.findings import Quality
from papertriage.learn.grams import grams
from papertriage.learn.linear import Vectors
from papertriage.learn.measures import quality
from papertriage.learn.replay import by_learning, by_score, start
from papertriage.pipeline.evaluating import scores_of
from papertriage.rules.load import check_text
from papertriage.sources.labels import Labelled, read_labels

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"

FIRST_TERMS = {
    "cohen2006_ADHD": "attention deficit hyperactivity disorder",
    "cohen2006_Antihistamines": "antihistamine",
    "cohen2006_Estrogens": "estrogen",
    "cohen2006_Triptans": "migraine",
    "nagtegaal_2019": "evidence based",
    "kitchenham_2010": "systematic review",
}
"""The one term that the rules have: the first that the reviewers' question suggests."""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--asreview", type=Path, help="the Python of an environment with ASReview")
    parser.add_argument("--keep", type=Path, default=Path("build/asreview"), help="where its orders are kept")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/evaluation.md")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for path in sorted(given.labels):
        rows.append(measured(path, given.seeds, given.asreview, given.keep))
        print(f"{path.name}: {rows[-1]['seconds']:.0f} s", file=sys.stderr)
    text = tables(rows, given.seeds)
    print(text)
    if given.write:
        page = PAGE.read_text("utf-8")
        mark = r"(?<=<!-- measured -->\n).*(?=<!-- end -->)"
        PAGE.write_text(re.sub(mark, lambda _: text + "\n", page, flags=re.DOTALL), encoding="utf-8", newline="\n")


def measured(path: Path, seeds: int, asreview: Path | None, keep: Path) -> dict[str, Any]:
    """Measure one screening in all ways."""
    name = path.name.partition(".")[0]
    labelled = read_labels(path)
    wanted = labelled.wanted
    scores = None
    if term := FIRST_TERMS.get(name):
        rules, _ = check_text(f"version: 1\ntopics:\n  - name: first\n    any: [{term}]\n", "rules.yaml")
        scores = scores_of(labelled.papers, rules)
    started = time.perf_counter()
    vectors = Vectors(grams(paper.title, paper.abstract) for paper in labelled.papers)
    found: dict[str, Any] = {"name": name, "papers": len(wanted), "wanted": sum(wanted)}
    found["learned"] = [_quality(by_learning(vectors, wanted, seed), wanted) for seed in range(seeds)]
    found["seconds"] = time.perf_counter() - started
    if scores is not None:
        found["rules"] = [_quality(by_score(scores, wanted, seed), wanted) for seed in range(seeds)]
        found["both"] = [_quality(by_learning(vectors, wanted, seed, scores=scores), wanted) for seed in range(seeds)]
    if asreview:
        runs = [simulated(asreview, labelled, keep / f"{name}.{seed}.json", seed) for seed in range(seeds)]
        found["asreview"] = [_quality(_whole(run["order"], wanted, seed), wanted) for seed, run in enumerate(runs)]
        found["versions"] = {(run["asreview"], run["model"], run["scikit-learn"]) for run in runs}
    return found


def simulated(python: Path, labelled: Labelled, kept: Path, seed: int) -> dict[str, Any]:
    """Give what ASReview did from the same two papers."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        table = kept.with_suffix(".csv")
        _write_table(table, labelled)
        script = Path(__file__).with_name("asreview_order.py")
        words = [str(python), str(script), str(table), str(seed), *map(str, start(labelled.wanted, seed))]
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        kept.write_text(done.stdout, encoding="utf-8")
        table.unlink()
    run: dict[str, Any] = json.loads(kept.read_text("utf-8").splitlines()[-1])
    assert [bool(label) for label in run["labels"]] == [labelled.wanted[row] for row in run["order"]], kept
    return run


def _write_table(path: Path, labelled: Labelled) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["title", "abstract", "included"])
        for paper, wanted in zip(labelled.papers, labelled.wanted, strict=True):
            table.writerow([paper.title, paper.abstract or "", int(wanted)])


def _whole(order: Sequence[int], wanted: Sequence[bool], seed: int) -> list[int]:
    """Add the papers that were not screened, since all that were wanted had been found."""
    rest = set(range(len(wanted))) - set(order) - set(start(wanted, seed))
    assert not any(wanted[row] for row in rest)
    return [*order, *sorted(rest)]


def _quality(order: Sequence[int], wanted: Sequence[bool]) -> Quality:
    return quality([wanted[row] for row in order])


def _cell(runs: Sequence[Quality] | None, field: str) -> str:
    if not runs:
        return "–"
    values = [getattr(run, field) * (1 if field == "atd" else 100) for run in runs]
    return f"{fmean(values):.1f} ± {stdev(values) if len(values) > 1 else 0:.1f}"


def tables(rows: Sequence[dict[str, Any]], seeds: int) -> str:
    """Give the figures as Markdown."""
    versions = [
        f"ASReview {one}, model {model}, scikit-learn {sk}"
        for row in rows
        for one, model, sk in row.get("versions", ())
    ]
    ours = f"papertriage {version('papertriage')}, scikit-learn {version('scikit-learn')}"
    theirs = f"; {'; '.join(sorted(set(versions)))}" if versions else ""
    lines = [
        f"Measured with Python {platform.python_version()}, {os.cpu_count()} cores: {ours}{theirs}; {seeds} seeds.",
        "",
        "WSS@95 in per cent of all papers, mean ± standard deviation over the seeds:",
        "",
        "| set | papers | included | ASReview | learned alone | difference | rules alone | both |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    gains = []
    for row in rows:
        theirs_runs = row.get("asreview")
        gain = ""
        if theirs_runs:
            gains.append(100 * (fmean(run.wss_95 for run in row["learned"]) - fmean(run.wss_95 for run in theirs_runs)))
            gain = f"{gains[-1]:+.1f}"
        cells = [_cell(row.get(way), "wss_95") for way in ("asreview", "learned", "rules", "both")]
        named = f"| {row['name']} | {row['papers']} | {row['wanted']}"
        lines.append(f"{named} | {cells[0]} | {cells[1]} | {gain} | {cells[2]} | {cells[3]} |")
    if gains:
        lines.append(f"| mean | | | | | {fmean(gains):+.1f} | | |")
    for field, told in (
        ("atd", "Average time to discovery, in papers:"),
        ("recall_10", "Recall after 10 % of the papers, in per cent:"),
        ("recall_20", "Recall after 20 %, in per cent:"),
    ):
        lines += ["", told, "", "| set | ASReview | learned alone | rules alone | both |", "|---|---:|---:|---:|---:|"]
        for row in rows:
            cells = [_cell(row.get(way), field) for way in ("asreview", "learned", "rules", "both")]
            lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
