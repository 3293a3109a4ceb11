"""The index and the scan give one answer, whatever became of the log."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from papertriage.index.index import Index
from papertriage.model import Decision, Listed
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.library import Library
from papertriage.pipeline.searching import Search, indexed_search, scanned_search
from papertriage.search.language import parse
from papertriage.store.decisions import Decisions, States, read_decisions

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "src/papertriage/data/sample.jsonl"
DAY = dt.date(2026, 5, 1)
QUERIES = [
    "language model",
    '"language models"',
    '"a" OR "the"',
    "model*",
    "transfromer~ OR reinforcment~85",
    "title:agent* -abstract:benchmark",
    "pre-training OR pretraining OR posttraining",
    "author:wang",
    'author:"Li Wang" OR author:"Wang Yu"',
    "-the",
    "category:cs.CL OR year:2026 -model",
]


def search(query: str, **fields: Any) -> Search:
    return Search(query=parse(query), as_of=DAY, **fields)


def both(folder: Path, asked: Search, cut: dt.date | None = None) -> Listed:
    states = States(read_decisions(folder)[0])
    with Index(folder) as index:
        found = indexed_search(index, states, asked, cut=cut)
    assert found == scanned_search(read_cache(folder, as_of=cut), asked)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    (folder / "papers").mkdir()
    shutil.copy(SAMPLE, folder / "papers/2026-04.jsonl")
    return folder


@pytest.mark.parametrize("query", QUERIES)
def test_the_index_finds_what_a_scan_finds(folder: Path, query: str) -> None:
    assert both(folder, search(query)).rows


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": None},
        {"limit": 1, "sort": "date"},
        {"since": DAY - dt.timedelta(days=2)},
        {"until": DAY - dt.timedelta(days=2)},
        {"sources": ("hf-*",)},
        {"categories": ("cs.CL",)},
        {"states": ("none",)},
    ],
)
def test_with_every_filter_too(folder: Path, fields: dict[str, Any]) -> None:
    assert both(folder, search("model", **fields)).rows


@pytest.mark.parametrize("day", [dt.date(2026, 4, 28), dt.date(2026, 4, 30)])
@pytest.mark.parametrize("query", QUERIES[:4])
def test_of_an_earlier_day_both_know_what_was_known_then(folder: Path, query: str, day: dt.date) -> None:
    both(folder, search(query, until=day), cut=day)


def test_a_text_that_has_changed_is_found_by_its_new_words_alone(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    lines = SAMPLE.read_text("utf-8").splitlines()
    (papers / "2026-04.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    before = both(tmp_path, search("model"))
    first = json.loads(lines[0])
    changed = first | {"title": "Zyzzogeton", "abstract": "A leafhopper.", "seen": "2026-05-02T00:00:00Z", "version": 9}
    with (papers / "2026-05.jsonl").open("w", encoding="utf-8") as file:
        file.write(json.dumps(changed) + "\n")
    after = both(tmp_path, search("zyzzogeton"))
    assert [row.paper.title for row in after.rows] == ["Zyzzogeton"]
    assert after.cached == before.cached
    for query in QUERIES:
        both(tmp_path, search(query))


def test_the_states_that_the_user_gave_are_asked_for(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "papers", tmp_path / "papers")
    best = both(tmp_path, search("model", limit=1)).rows[0].paper
    Decisions(tmp_path).append([Decision(at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC), ids=best.aliases, state="star")])
    (row,) = both(tmp_path, search("model", states=("star",))).rows
    assert (row.paper.id, row.state) == (best.id, "star")
    assert best.id not in {row.paper.id for row in both(tmp_path, search("model", states=("none",))).rows}


def test_every_paper_is_shown_with_places_that_are_where_they_say(folder: Path) -> None:
    from papertriage.render.excerpts import field_text

    for query in QUERIES[:9]:
        for row in both(folder, search(query)).rows:
            assert row.score.hits
            for hit in row.score.hits:
                assert field_text(row.paper, hit)[hit.span.start : hit.span.end] == hit.text


def test_where_there_can_be_no_index_the_log_is_read(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "papers", tmp_path / "papers")
    (tmp_path / "index.sqlite3").mkdir()  # nothing can be opened there
    told: list[str] = []
    found, cached = Library(tmp_path, telling=told.append).search(search("model"))
    assert found == both(folder, search("model"))
    assert cached.size == found.cached
    assert len(told) == 1
