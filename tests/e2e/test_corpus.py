"""Real papers by the thousand: everything listed is explained, line by line, the same.

By default every twentieth of the 20,000 is taken; PAPERTRIAGE_CORPUS=1 takes all.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

EVERY = 1 if os.environ.get("PAPERTRIAGE_CORPUS") else 20

TERMS = """
continual pre-training; language model; diffusion model; reinforcement learning; graph neural network; point cloud;
object detection; semantic segmentation; federated learning; knowledge distillation; contrastive learning; speech
recognition; machine translation; question answering; retrieval augmented generation; chain of thought; tool use;
language agent; multi-agent; code generation; program synthesis; theorem proving; quantum computing; dark matter;
gravitational wave; black hole; exoplanet; galaxy cluster; topological insulator; superconductivity; magnetic field;
fluid dynamics; turbulence; climate model; epidemic; protein structure; drug discovery; medical imaging; tumour;
electroencephalography; robotics manipulation; autonomous driving; optimal transport; stochastic gradient descent;
convex optimization; random matrix; number theory; Calabi-Yau; Erdős; privacy
"""


@pytest.fixture
def rules(home: Path) -> int:
    terms = [" ".join(term.split()) for term in TERMS.split(";")]
    assert len(terms) == 50
    topics = [terms[start : start + 10] for start in range(0, 50, 10)]
    text = "version: 1\ntopics:\n" + "".join(
        f"  - name: topic-{number}\n    any: [{', '.join(topic)}]\n" for number, topic in enumerate(topics)
    )
    (home / "rules.yaml").write_text(text, encoding="utf-8")
    return len(terms)


def test_each_hit_in_a_list_of_everything_is_confirmed_by_why(run: Any, home: Path, shared: Path, rules: int) -> None:
    with gzip.open(shared / "corpus" / "arxiv-20k.jsonl.gz", "rb") as corpus:
        lines = corpus.read().splitlines(keepends=True)[::EVERY]
    (home / "papers.jsonl").write_bytes(b"".join(lines))
    imported = run("import", str(home / "papers.jsonl"))
    assert imported.returncode == 0, imported.stderr
    assert f"{len(lines)} new" in imported.stderr

    rows = [json.loads(line) for line in run("list", "--all", "--format", "jsonl").stdout.splitlines()]
    assert len(rows) == len(lines) == 20_000 / EVERY
    ids = "\n".join(row["id"] for row in rows)
    reasons = [json.loads(line) for line in run("why", "-", "--format", "json", stdin=ids).stdout.splitlines()]
    assert [reason["id"] for reason in reasons] == [row["id"] for row in rows]

    hits = 0
    for row, reason in zip(rows, reasons, strict=True):
        assert row["score"] == reason["score"] == round(sum(line["points"] for line in reason["lines"]), 2)
        confirmed = [
            {name: value for name, value in hit.items() if name != "sentence"}
            for line in reason["lines"]
            for hit in line["hits"]
        ]
        for hit in row["hits"]:
            assert hit in confirmed, (row["id"], hit)
            hits += 1
            if hit["field"] in ("title", "abstract"):
                assert row[hit["field"]][hit["start"] : hit["end"]] == hit["text"]
    assert hits > 10_000 / EVERY
