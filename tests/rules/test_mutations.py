"""A hundred rule files with mistakes: each loads, or every mistake in it has a line and a column and can be shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rules.mutations import many

from papertriage.errors import Fault, Place, RulesError
from papertriage.render.faults import fault_lines
from papertriage.render.lines import cells
from papertriage.rules.load import check_rules

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("PAPERTRIAGE_MUTATIONS", "100"))

FILES = {
    "rules.yaml": r"""version: 1
include: [shared.yaml, people.yaml]
match: {fuzzy: 80, fields: {title: 3, abstract: 1}}
min_score: 1
exclude:
  any: ["retraction notice", {term: withdrawn, fuzzy: 85}]
  categories: [q-fin.*]
  remove: [econ.*]
topics:
  - name: continual-pretraining
    weight: 2
    any:
      - continual pre-training
      - {term: domain-adaptive pretraining, weight: 1.5}
      - {term: CPT, fuzzy: off}
      - {regex: 'LLaMA-?\d'}
      - {near: [learning, curve], within: 4}
    all: [language model]
    none: [time series]
    authors: [Zeyuan Allen-Zhu, {name: Müller, weight: 2}]
    categories: [cs.CL, cs.LG]
    sources: [hf-daily]
    min_score: 2
    at_most: 5
    until: 2027-01-01
    comment: for the survey
    examples: {match: ["Continual pretraining of LLMs"], no_match: ["Pre-trained vision models"]}
  - name: agents
    remove: [tool use]
    any: [强化学习, web agent]
  - {name: vision, disabled: true}
signals: {recency: {weight: 1, half_life: 14d}, upvotes: {weight: 0.5}}
""",
    "shared.yaml": """version: 1
include: people.yaml
exclude: {categories: [econ.*]}
topics:
- name: agents
  any: [language agent, tool use]
- name: vision
  any:
  - image segmentation
""",
    "people.yaml": """version: 1
follow:
  authors:
    Chelsea Finn: 5
    Percy Liang: 4
""",
    "starter.yaml": (ROOT / "src/papertriage/data/starter/rules.yaml").read_text("utf-8"),
    "example.yaml": (ROOT / "examples/rules.yaml").read_text("utf-8"),
}


def told(path: Path) -> tuple[Fault, ...]:
    """Read the rules: their mistakes, or else their warnings."""
    try:
        return check_rules(path)[1]
    except RulesError as error:
        return error.faults or (Fault(Place(""), "Nothing is told."),)


def test_the_files_that_are_changed_are_good(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert [str(fault) for name in FILES for fault in told(tmp_path / name)] == []


def test_a_changed_file_loads_or_every_mistake_has_a_line_and_a_column(tmp_path: Path) -> None:
    mistaken = carets = 0
    for number, files in enumerate(many(FILES, COUNT)):
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        changed = next((name for name in files if files[name] != FILES[name].encode()), "rules.yaml")
        faults = told(tmp_path / (changed if changed in {"starter.yaml", "example.yaml"} else "rules.yaml"))
        for fault in faults:
            assert fault.place.line >= 1, (number, str(fault))
            assert fault.place.column >= 1, (number, str(fault))
            lines = fault_lines(fault, width=100)
            assert all(line.isprintable() for line in lines), (number, lines)
            assert all(cells(line) <= 100 for line in lines[1:]), (number, lines)
            carets += len(lines) == 3
        mistaken += bool(faults)
    assert mistaken > COUNT / 2
    assert carets > COUNT / 2


@pytest.mark.parametrize("number", range(3))
def test_a_change_is_the_same_each_time(number: int) -> None:
    first, second = ([*many(FILES, number + 1)][-1] for _ in range(2))
    assert first == second
