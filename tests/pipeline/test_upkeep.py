"""What `cache info` counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from papertriage.model import Decision, Observation
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.library import Library
from papertriage.pipeline.upkeep import info_lines, verify_cache
from papertriage.store.decisions import Decisions
from papertriage.store.log import Log

NOW = dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)
IDS = [("arxiv:2611.00001", "doi:10.1000/a"), ("arxiv:2611.00002", "doi:10.1000/a"), ("arxiv:2611.00003",)]


def filled(folder: Path, *decisions: tuple[tuple[str, ...], dict[str, Any]]) -> Path:
    """Make a cache of three papers, of which two share a DOI, and decide on them."""
    Log(folder).append(
        Observation(
            id=names[0], source="arxiv-rss", seen=NOW, title=f"Paper {names[0]}",
            ids={kind: (value,) for kind, value in (name.split(":") for name in names)},
        )
        for names in IDS
    )  # fmt: skip
    Decisions(folder).append(Decision(at=NOW, ids=ids, **given) for ids, given in decisions)
    return folder


def counted(folder: Path) -> list[str]:
    return [line for line in info_lines(folder, Library(folder)) if line.startswith(("decisions", "notes"))]


def test_papers_that_are_decided_on_are_counted_once_by_what_holds_now(tmp_path: Path) -> None:
    star = {"state": "star"}
    folder = filled(tmp_path, (IDS[0], star), (IDS[2], star), (IDS[2], {"state": "skip"}), (IDS[2], {"note": "n"}))
    assert counted(folder) == ["decisions  2 (1 star, 1 skip)", "notes      1"]


def test_a_paper_that_shares_a_doi_with_a_decided_one_is_not_counted(tmp_path: Path) -> None:
    folder = filled(tmp_path, (IDS[0], {"state": "later"}))
    assert counted(folder) == ["decisions  1 (1 later)"]
    cached = read_cache(folder)
    assert [cached.state(paper)[0] for paper in cached.papers] == ["later", None, None]


def test_what_was_taken_back_is_not_counted(tmp_path: Path) -> None:
    assert counted(filled(tmp_path, (IDS[0], {"state": "star"}), (IDS[0], {}))) == []


def test_looking_at_the_files_leaves_the_decisions_as_they_are(tmp_path: Path) -> None:
    folder = filled(tmp_path, (IDS[0], {"state": "star"}))
    before = (folder / "decisions.jsonl").read_bytes()
    info_lines(folder, Library(folder))
    assert verify_cache(folder).lines == 4
    assert (folder / "decisions.jsonl").read_bytes() == before
