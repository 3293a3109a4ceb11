"""Which papers fit, held against SQLite's own full-text search; and how well, against the formula."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.lexicon import load_lexicon
from papertriage.model import Paper
from papertriage.search.answer import Answer, best
from papertriage.search.language import parse
from papertriage.search.texts import MemoryTexts
from papertriage.text import clean, keys

WORDS = ["graph", "grape", "gra", "c++", "graphs", "深", "of", "model", "x1"]
TODAY = dt.date(2026, 5, 1)

texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


def paper(number: int, title: str, abstract: str | None = None, **fields: object) -> Paper:
    values = {
        "day": TODAY,
        "first_seen": dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
        "sources": ("arxiv",),
        "venue": "everywhere",
        "authors": (),
    }
    return Paper(id=f"t:{number:03}", title=title, abstract=abstract, **(values | fields))  # type: ignore[arg-type]


papers = st.lists(st.tuples(texts, texts), min_size=1, max_size=6).map(
    lambda rows: [paper(number, *row) for number, row in enumerate(rows)]
)


@st.composite
def leaves(draw: st.DrawFn) -> tuple[str, str]:
    """Give the same question in our language and in that of FTS5."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    phrase = " ".join(words)
    star = draw(st.booleans())
    field = draw(st.sampled_from(["", "title", "abstract"]))
    ours = f'"{phrase}"' + "*" * star
    theirs = f'"{phrase}"' + " *" * star
    return (f"{field}:{ours}", f"{{{field}}} : {theirs}") if field else (ours, theirs)


queries = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]} {two[1][0]})", f"({two[0][1]} AND {two[1][1]})")),
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]} AND {two[1][0]})", f"({two[0][1]} AND {two[1][1]})")),
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]} OR {two[1][0]})", f"({two[0][1]} OR {two[1][1]})")),
        inner.map(lambda one: (f"(NOT {one[0]})", f'("everywhere" NOT {one[1]})')),
        inner.map(lambda one: (f"(-{one[0]})", f'("everywhere" NOT {one[1]})')),
    ),
    max_leaves=5,
)


def fitting(query: str, of: list[Paper]) -> Answer:
    answer = Answer(parse(query), len(of))
    answer.look(MemoryTexts(of, load_lexicon(), first=0, state_of=lambda _: "none"))
    return answer


def places(answer: Answer) -> set[int]:
    return {-1 - number for number in answer.numbers}


def has_fts5() -> bool:
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.OperationalError:
        return False
    return True


@pytest.mark.skipif(not has_fts5(), reason="this SQLite lacks FTS5, which is the oracle here")
@settings(max_examples=150)
@given(papers, queries)
def test_the_papers_that_fit_are_those_that_sqlite_finds(of: list[Paper], query: tuple[str, str]) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(title, abstract, venue, tokenize=\"ascii tokenchars '+#'\")")
    for number, one in enumerate(of):
        row = (" ".join(keys(clean(text or ""))) for text in (one.title, one.abstract, one.venue))
        db.execute("INSERT INTO t (rowid, title, abstract, venue) VALUES (?, ?, ?, ?)", (number, *row))
    expected = {number for (number,) in db.execute("SELECT rowid FROM t WHERE t MATCH ?", (query[1],))}
    assert places(fitting(query[0], of)) == expected


MANY = [
    paper(0, "Pre-training of language models", "We pretrain models. Tokenisation matters."),
    paper(1, "Reinforcement learning for robots", "A robot learns in C++.", categories=("cs.RO",)),
    paper(2, "Regression", "A transfomer is trained on organizations.", authors=("Chelsea B. Finn", "Ada Lovelace")),
    paper(3, "深層学習による考察", "On GANs", day=dt.date(2024, 3, 1), sources=("hf-daily",)),
    paper(4, "E\\'tude of $\\alpha$-divergences", "pre training, trained"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pretraining", {0, 4}),  # inflected, joined, parted
        ("pre-training", {0, 4}),
        ('"pretrain"', {0}),
        ("training", {0, 2, 4}),
        ('"training"', {0, 4}),
        ("tokenization", {0}),  # spelt the American way
        ("model robot", set()),
        ("model OR robot", {0, 1}),
        ("c++", {1}),
        ("c", set()),
        ("gan", {3}),  # and not organization
        ("学習", {3}),
        ("étude", {4}),
        ("alpha", set()),
        ("α", {4}),
        ("transformer", set()),
        ("transformer~", {2}),
        ("reinforcment", set()),
        ("reinforcment~", {1}),  # the slip may be in the query
        ("repression~", set()),  # one well-known word is not another
        ("trans*", {2}),
        ("title:learning", {1}),
        ("title:(learning OR regression)", {1, 2}),
        ("abstract:learning", {1}),
        ('author:"Finn, Chelsea"', {2}),
        ('author:"Ada Finn"', set()),
        ("author:finn", {2}),
        ("finn", {2}),
        ("category:cs.*", {1}),
        ("source:hf-*", {3}),
        ("year:2024", {3}),
        ("year:2023-2025", {3}),
        ("-year:2024 -category:cs.RO", {0, 2, 4}),
        ("regression OR (learning -robot)", {2}),
        ("NOT (robot OR regression) trained", {0, 4}),
    ],
)
def test_what_a_query_finds(query: str, found: set[int]) -> None:
    assert places(fitting(query, MANY)) == found


def test_the_score_is_bm25_times_freshness() -> None:
    of = [
        paper(0, "graph of graphs", "a graph " + "word " * 98),
        paper(1, "nothing", "a graph", day=TODAY - dt.timedelta(days=365)),
        paper(2, "nothing"),
        paper(3, "a graph"),
    ]
    answer = fitting('"graph"', of)
    idf = math.log(1 + (4 - 3 + 0.5) / (3 + 0.5))

    def score(hits: int, length: int, age: int) -> int:
        relevance = idf * hits * 2.2 / (hits + 1.2 * (0.25 + 0.75 * length / 200))
        return round(100 * relevance * (1 + 0.25 * 0.5 ** (age / 365.25)))

    # A hit in the title counts three; what has no abstract is taken to be of the usual length.
    assert answer.cents(TODAY.toordinal()) == [score(4, 103, 0), score(1, 3, 365), score(3, 200, 0)]


def test_of_papers_that_fit_alike_the_newer_is_first_and_then_the_least_id() -> None:
    of = [
        paper(3, "graph"),
        paper(2, "graph"),
        paper(1, "graph", day=TODAY - dt.timedelta(days=400)),
        paper(4, "graph", "a text without it"),
        paper(5, "none"),
    ]

    def order(limit: int | None, *, by_date: bool = False) -> list[int]:
        found = best(
            fitting("graph", of),
            today=TODAY.toordinal(),
            limit=limit,
            by_date=by_date,
            ids=lambda numbers: {number: of[-1 - number].id for number in numbers},
        )
        assert found.total == 4
        return [-1 - number for number, _ in found.papers]

    assert order(None) == [3, 1, 0, 2]
    assert [order(limit) for limit in (1, 2, 3)] == [[3], [3, 1], [3, 1, 0]]
    assert order(None, by_date=True) == [3, 1, 0, 2]
    assert order(2, by_date=True) == [3, 1]


def test_a_word_twice_in_a_query_counts_once() -> None:
    of = [paper(0, "graph"), paper(1, "none")]
    assert fitting("graph", of).cents(0) == fitting("graph OR graph", of).cents(0)
