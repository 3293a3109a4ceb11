"""The cache as papers: which paper an id names, and what was said of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from papertriage.model import Observation
from papertriage.pipeline.cached import find_papers, read_cache
from papertriage.store.log import Log

NOW = dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)


def said(number: int, title: str, **ids: tuple[str, ...]) -> Observation:
    native = f"2611.{number:05}"
    fields: dict[str, Any] = {"source": "arxiv-rss", "seen": NOW, "title": title}
    return Observation(id=f"arxiv:{native}", ids={"arxiv": (native,), **ids}, **fields)


def titles(folder: Path, *wanted: str) -> list[str]:
    return [paper.title for paper in find_papers(read_cache(folder).papers, wanted)[0]]


def test_a_paper_is_found_by_any_spelling_of_any_id(tmp_path: Path) -> None:
    Log(tmp_path).append([said(1, "One", doi=("10.1000/a",)), said(2, "Two")])
    assert titles(tmp_path, "https://arxiv.org/abs/2611.00002v3", "https://doi.org/10.1000/A") == ["Two", "One"]
    _, unknown = find_papers(read_cache(tmp_path).papers, ["2611.00009", "no id at all"])
    assert [error.message for error in unknown] == [
        "No paper arxiv:2611.00009 is in the cache.",
        "“no id at all” is not an id.",
    ]


def test_an_id_names_the_paper_that_is_called_by_it_before_one_that_mentions_it(tmp_path: Path) -> None:
    mentions = said(1, "A reply to the other", arxiv=("2611.00001", "2611.00002"))
    for number, order in enumerate(([said(2, "The other"), mentions], [mentions, said(2, "The other")])):
        folder = tmp_path / str(number)
        Log(folder).append(order)
        assert titles(folder, "2611.00002") == ["The other"]


def test_of_papers_that_share_an_id_and_are_not_called_by_it_the_first_is_found(tmp_path: Path) -> None:
    shared = {"doi": ("10.1000/a",)}
    Log(tmp_path).append([said(1, "One", **shared), said(2, "Two", **shared)])
    assert titles(tmp_path, "10.1000/a") == ["One"]


def test_what_was_said_of_a_paper_is_not_told_of_another_that_shares_an_id(tmp_path: Path) -> None:
    shared = {"doi": ("10.1000/a",)}
    Log(tmp_path).append([said(1, "One", **shared), said(2, "Two", **shared)])
    cached = read_cache(tmp_path, records=True)
    assert {name: [one.title for one in group] for name, group in cached.said.items()} == {
        "arxiv:2611.00001": ["One"],
        "arxiv:2611.00002": ["Two"],
    }


def test_with_as_of_later_observations_are_as_if_not_there(tmp_path: Path) -> None:
    Log(tmp_path).append([said(1, "One"), said(2, "Two")])
    assert len(read_cache(tmp_path, as_of=NOW.date()).papers) == 2
    cached = read_cache(tmp_path, as_of=NOW.date() - dt.timedelta(days=1), records=True)
    assert (cached.papers, cached.said) == ((), {})
