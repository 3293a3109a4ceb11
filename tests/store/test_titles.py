"""One work across services without a shared id: by title, first author and year, and its traps."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from papertriage.model import Observation
from papertriage.store.merge import merge

PAIRS = Path(__file__).resolve().parents[1] / "data" / "title_pairs.tsv"


def record(number: int, source: str, title: str, author: str, year: str, **more: Any) -> Observation:
    return Observation(
        id=f"{source}:{number}",
        source=source,
        title=title,
        authors=tuple(author.split("; ")),
        published=year,
        seen=dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
        **more,
    )


def are_one(first: tuple[str, str, str], second: tuple[str, str, str], source: str = "crossref") -> bool:
    return len(merge([record(1, "arxiv-rss", *first), record(2, source, *second)])) == 1


def test_f1_over_two_hundred_pairs_is_098_at_least() -> None:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) >= 200
    wrong = []
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for row in rows:
        found = are_one(
            (row["title"], row["authors"], row["year"]), (row["other_title"], row["other_authors"], row["other_year"])
        )
        same = row["same"] == "yes"
        counts[same, found] += 1
        if same != found:
            wrong.append((row["why"], row["title"], row["other_title"]))
    assert 0.45 <= sum(row["same"] == "no" for row in rows) / len(rows) <= 0.55
    f1 = 2 * counts[True, True] / (2 * counts[True, True] + counts[True, False] + counts[False, True])
    assert f1 >= 0.98, wrong


FINN = ("Chelsea Finn", "2024")


def test_records_of_one_service_are_never_joined_by_title() -> None:
    assert are_one(("On the Limits of Learning", *FINN), ("On the Limits of Learning", *FINN))
    assert not are_one(("On the Limits of Learning", *FINN), ("On the Limits of Learning", *FINN), source="arxiv-oai")


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Spectral Theory of Graphs, Part I", "Spectral Theory of Graphs, Part II"),
        (
            "A Survey of Supervised Methods in Clinical Practice",
            "A Survey of Unsupervised Methods in Clinical Practice",
        ),
        (
            "Comment on the Conductance of Long Nanowires in Strong Fields",
            "The Conductance of Long Nanowires in Strong Fields",
        ),
    ],
)
def test_titles_that_differ_by_a_word_that_matters_are_two(title: str, other: str) -> None:
    assert not are_one((title, *FINN), (other, *FINN))


def test_two_arxiv_ids_are_two_papers_whatever_the_title() -> None:
    papers = [
        record(1, "arxiv-rss", "On the Limits of Learning", *FINN, ids={"arxiv": ("2401.00001",)}),
        record(2, "hf-daily", "On the Limits of Learning", *FINN, ids={"arxiv": ("2401.00002",)}),
    ]
    assert len(merge(papers)) == 2


def test_a_third_record_does_not_join_two_that_are_held_apart() -> None:
    records = [
        record(n, source, "On the Limits of Learning", *FINN) for n, source in enumerate(("crossref", "dblp", "nature"))
    ]
    assert len(merge(records)) == 1
    apart = ((frozenset({"crossref:0"}), frozenset({"dblp:1"})),)
    assert len(merge(records, apart=apart)) == 2


def test_the_order_of_the_records_does_not_matter() -> None:
    records = [
        record(n, source, "On the Limits of Learning", *FINN) for n, source in enumerate(("crossref", "dblp", "nature"))
    ]
    ids = {
        tuple(sorted(paper.id for paper in merge(order)))
        for order in (records, records[::-1], records[1:] + records[:1])
    }
    assert len(ids) == 1


def test_a_record_that_names_both_works_does_not_join_what_is_held_apart() -> None:
    arxiv = record(1, "arxiv-rss", "On the Limits of Learning", *FINN, ids={"arxiv": ("2401.00001",)})
    journal = record(2, "crossref", "On the Limits of Learning", *FINN, ids={"doi": ("10.1000/x",)})
    both = record(
        3, "openalex", "On the Limits of Learning", *FINN, ids={"arxiv": ("2401.00001",), "doi": ("10.1000/x",)}
    )
    assert len(merge([arxiv, journal, both])) == 1
    apart = ((frozenset({"arxiv:2401.00001"}), frozenset({"doi:10.1000/x"})),)
    assert sorted(paper.sources for paper in merge([arxiv, journal, both], apart=apart)) == [
        ("arxiv-rss", "openalex"),
        ("crossref",),
    ]
