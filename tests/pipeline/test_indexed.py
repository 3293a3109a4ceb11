"""A list from the index is the list of the scan, row by row, for rules and queries of every kind."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index.logs import EXAMPLES, MEMORY, TEXTS, TITLES, Change, days, histories, small_blocks

from papertriage.index.index import Index
from papertriage.model import STATES, Decision, Observation
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.importing import import_file
from papertriage.pipeline.indexed import indexed_listing
from papertriage.pipeline.library import Library
from papertriage.pipeline.listing import NO_STATE, Query, listing
from papertriage.rules.load import check_rules, loads_rules
from papertriage.rules.terms import Rules
from papertriage.store.decisions import States
from papertriage.store.log import Log

ROOT = Path(__file__).parents[2]
WHOLE = os.environ.get("PAPERTRIAGE_CORPUS") == "1"


@pytest.fixture(scope="module")
def _several_blocks() -> Iterator[None]:
    with small_blocks():
        yield


# -- rules ----------------------------------------------------------------------------------------------------

PHRASES = (
    "continual pre-training", "pretraining", "language model", "learning curve", "agent", "planning agents", "model",
    "large language models", "curve of learning", "learn", "plans", "Sprache", "of", "survey", "LLaMA-3",
)  # fmt: skip
numbers = st.sampled_from((1, 2, 0.5, -1, 1.5))


@st.composite
def terms(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(("plain", "plain", "term", "term", "near", "regex")))
    if kind == "plain":
        return draw(st.sampled_from(PHRASES))
    term: dict[str, Any] = {"weight": draw(numbers)}
    if kind == "term":
        term["term"] = draw(st.sampled_from(PHRASES))
        term["fuzzy"] = draw(st.sampled_from(("off", 70, 80, 90)))
    elif kind == "near":
        words = ["learning", "curve", "model", "language", "plan", "pretraining"]
        term["near"] = draw(st.lists(st.sampled_from(words), min_size=2, max_size=3, unique=True))
        term["within"] = draw(st.integers(0, 5))
    else:
        term["regex"] = draw(st.sampled_from((r"LLaMA-?\d", "(?i)plan", r"^Cont", "models?", r"\bcurve\b.*learn")))
    if draw(st.booleans()):
        names = st.lists(st.sampled_from(("title", "abstract", "comment")), min_size=1, max_size=3, unique=True)
        term["fields"] = {name: draw(st.sampled_from((1, 3))) for name in draw(names)}
    return term


few_terms = st.lists(terms(), max_size=2)
authors = st.lists(
    st.sampled_from(("Ada Lovelace", "A. Lovelace", "Chelsea Finn", "Müller", "Yi Li", "Zeyuan Allen-Zhu")),
    max_size=2, unique=True,
)  # fmt: skip


@st.composite
def topics(draw: st.DrawFn, name: str) -> dict[str, Any]:
    topic: dict[str, Any] = {"name": name, "weight": draw(numbers), "any": draw(few_terms)}
    for key, values in (("all", few_terms), ("none", few_terms), ("authors", authors)):
        if draw(st.booleans()) and (found := draw(values)):
            topic[key] = found
    if not (topic["any"] or topic.get("all") or topic.get("authors")):
        topic["any"] = ["language model"]
    if draw(st.integers(0, 3)) == 0:
        topic["categories"] = draw(st.sampled_from((["cs.CL"], ["cs.*"], ["stat.ML", "q-fin.*"])))
    if draw(st.integers(0, 3)) == 0:
        topic["sources"] = [draw(st.sampled_from(("arxiv-*", "hf-daily", "pubmed")))]
    if draw(st.integers(0, 2)) == 0:
        topic["min_score"] = draw(st.sampled_from((0.5, 2, 4)))
    if draw(st.integers(0, 3)) == 0:
        topic["at_most"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 4)) == 0:
        topic["until"] = draw(days).isoformat()
    return topic


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    found: dict[str, Any] = {"version": 1, "min_score": draw(st.sampled_from((0, 1, 3)))}
    found["topics"] = [draw(topics(f"topic{n}")) for n in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        found["exclude"] = {"any": draw(few_terms), "categories": draw(st.sampled_from(([], ["q-fin.*"])))}
    if draw(st.booleans()):
        found["follow"] = {"authors": {name: draw(numbers) for name in draw(authors)}}
    if draw(st.booleans()):
        found["signals"] = {"recency": {"weight": 1, "half_life": "3d"}, "upvotes": {"weight": 0.5}}
    return loads_rules(json.dumps(found), "rules.yaml")


# -- queries --------------------------------------------------------------------------------------------------


@st.composite
def queries(draw: st.DrawFn) -> Query:
    as_of = draw(days)
    some = st.booleans()
    return Query(
        as_of=as_of,
        since=draw(st.sampled_from((None, 0, 2, 6)).map(lambda n: n if n is None else as_of - dt.timedelta(days=n))),
        topics=("topic0",) if draw(st.integers(0, 3)) == 0 else (),
        min_score=draw(st.sampled_from((None, None, 0.0, 2.0, 5.0))),
        limit=draw(st.sampled_from((None, 0, 1, 3, 50))),
        per_topic=draw(st.sampled_from((None, None, None, 1))),
        everything=draw(some),
        sources=tuple(draw(st.sampled_from(((), (), ("hf-*",), ("arxiv-rss", "feed"))))),
        categories=tuple(draw(st.sampled_from(((), (), ("cs.*",), ("stat.ML",))))),
        author=draw(st.sampled_from((None, None, "lovelace", "Zhu", "Jörg Müller"))),
        states=tuple(draw(st.sampled_from(((), (), ("star",), (NO_STATE, "skip"))))),
        sort=draw(st.sampled_from(("score", "score", "date", "upvotes", "title", "trending"))),
    )


SAID = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
_NAMES = ("arxiv:2603.00001", "arxiv:2603.00002", "doi:10.1000/1", "pmid:1", "feed:n0")
decisions = st.lists(
    st.builds(
        lambda name, state, note: Decision(at=SAID, ids=(name,), state=state, note=note),
        st.sampled_from(_NAMES),
        st.sampled_from((*STATES, None)),
        st.sampled_from((None, "read it")),
    ),
    max_size=3,
)


@pytest.mark.usefixtures("_several_blocks")
@settings(max_examples=EXAMPLES)
@given(histories, st.lists(st.tuples(rules(), queries(), st.booleans()), min_size=1, max_size=3), decisions)
def test_a_list_from_the_index_is_that_of_the_scan(
    history: list[list[Change]], asked: list[tuple[Rules, Query, bool]], decided: list[Decision]
) -> None:
    states = States(decided)
    with TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        (folder / "papers").mkdir()
        for step, happened in enumerate(history):
            for change in happened:
                change(folder / "papers")
            ours, query, is_cut = asked[step % len(asked)]
            cut = query.as_of if is_cut else None
            cached = msgspec.structs.replace(read_cache(folder, as_of=cut), states=states)
            wanted = listing(cached, ours, query)
            for _ in range(2):  # found, and then kept
                with Index(folder) as index:
                    assert indexed_listing(index, states, ours, query, cut=cut) == wanted


def test_in_many_papers_at_once_the_index_finds_what_the_scan_finds_one_by_one(tmp_path: Path) -> None:
    texts = list(itertools.product(TITLES, [text for text in TEXTS if text]))
    Log(tmp_path).append(
        [
            Observation(id=f"feed:{n}", source="feed", title=f"{title} {n}", abstract=text, seen=SAID)
            for n, (title, text) in enumerate(texts * 4)
        ]
    )
    terms = [*PHRASES, "language model learns", "pre training of modells", {"near": ["plan", "agent"], "within": 2}]
    ours = loads_rules(json.dumps({"version": 1, "topics": [{"name": "all", "any": terms}]}), "rules.yaml")
    query = Query(as_of=SAID.date(), limit=None, everything=True)
    assert Library(tmp_path).listing(ours, query)[0] == listing(read_cache(tmp_path), ours, query)


def test_two_papers_with_one_id_stand_in_the_same_order_on_both_ways(tmp_path: Path) -> None:
    log = Log(tmp_path)
    ours = loads_rules("{version: 1, topics: [{name: t, any: [model]}]}", "rules.yaml")

    def write(pmid: str, title: str) -> None:
        ids = {"doi": ("10.1000/1",), "pmid": (pmid,)}
        log.append(
            [Observation(id="doi:10.1000/1", source="pubmed", title=title, seen=SAID, ids=ids, version=len(title))]
        )

    for pmid in ("3", "1", "2"):
        write(pmid, "A model")
    with Index(tmp_path):
        pass
    write("3", "The model")  # another text: a number behind all others in the index
    for limit in (None, 1, 2, 3):
        query = Query(as_of=SAID.date(), limit=limit)
        wanted = listing(read_cache(tmp_path), ours, query)
        assert Library(tmp_path).listing(ours, query)[0] == wanted
        assert len(wanted.rows) == (limit or 3)


# -- the corpus -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    some = folder / "some.jsonl"
    with gzip.open(shared / "corpus/arxiv-20k.jsonl.gz", "rb") as lines:
        some.write_bytes(b"".join(line for nth, line in enumerate(lines) if WHOLE or nth % 25 == 0))
    log = Log(folder / "data")
    import_file(
        some, log, source="corpus", now=lambda: dt.datetime(2026, 11, 24, tzinfo=dt.UTC), state=folder,
        look_up=lambda wanted: iter(()), progress=lambda taken: None,
    )  # fmt: skip
    return folder / "data"


def test_of_the_corpus_every_paper_is_scored_as_by_the_scan(corpus: Path) -> None:
    ours = check_rules(ROOT / "examples/rules.yaml")[0]
    query = Query(as_of=dt.date(2026, 11, 24), limit=None, everything=True)
    found, _ = Library(corpus).listing(ours, query)
    wanted = listing(read_cache(corpus), ours, query)
    assert found == wanted
    assert len(found.rows) > (19_000 if WHOLE else 760)
