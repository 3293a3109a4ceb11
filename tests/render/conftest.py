"""Lists to render, and the golden files of what a person sees."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from papertriage.errors import Place
from papertriage.model import Hit, Listed, MatchKind, Paper, Ranked, Score, ScoreLine, Span, TopicScore
from papertriage.render.verdict import Verdict
from papertriage.text import clean

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HOSTILE = Path(__file__).resolve().parents[1] / "data" / "hostile.json"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file of tests/golden, or write it with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            path.write_text(text, encoding="utf-8", newline="")
        assert text == path.read_bytes().decode(), f"{name} differs; --update-golden records what is shown now"

    return compare


@pytest.fixture(scope="session")
def hostile() -> dict[str, list[str]]:
    payloads: dict[str, list[str]] = json.loads(HOSTILE.read_text(encoding="utf-8"))
    # One payload is 10,000 letters: at a width of 1 and in every field that is a third of a million lines.
    return {group: [payload[:1000] for payload in texts] for group, texts in payloads.items()}


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Give the makers below: a conftest cannot be imported."""
    return SimpleNamespace(
        hit=hit, line=line, score=score, paper=paper, listed=listed, hostile=hostile_listed, verdict=verdict
    )


def hit(text: str, looked_for: str, *, topic: str = "t", field: str = "title", **fields: Any) -> Hit:
    """Make a hit at the first place of a string in a cleaned text."""
    start = clean(text).index(looked_for)
    values: dict[str, Any] = {
        "role": "any",
        "term": looked_for.casefold(),
        "similarity": 100.0,
        "kind": "exact",
        "place": Place("rules.yaml", 12, 9),
    }
    span = Span(start, start + len(looked_for))
    return Hit(topic=topic, field=field, text=looked_for, span=span, **(values | fields))


def line(hits: Sequence[Hit], points: float, formula: str = "", **fields: Any) -> ScoreLine:
    first = hits[0]
    values: dict[str, Any] = {"part": "topic", "topic": first.topic, "term": first.term, "field": first.field}
    return ScoreLine(points=points, hits=tuple(hits), formula=formula, place=first.place, **(values | fields))


def score(lines: Sequence[ScoreLine] = (), **fields: Any) -> Score:
    topics: dict[str, float] = {}
    for each in lines:
        if each.topic:
            topics[each.topic] = round(topics.get(each.topic, 0) + each.points, 2)
    values: dict[str, Any] = {
        "total": round(sum(each.points for each in lines), 2),
        "relevance": round(sum(each.points for each in lines if each.part in ("topic", "follow")), 2),
        "topics": tuple(TopicScore(name, points) for name, points in sorted(topics.items(), key=lambda t: -t[1])),
        "hits": tuple(found for each in lines for found in each.hits),
    }
    return Score(lines=tuple(lines), **(values | fields))


def paper(title: str = "A title", **fields: Any) -> Paper:
    values: dict[str, Any] = {
        "id": "arxiv:2510.01265",
        "day": dt.date(2025, 11, 24),
        "first_seen": dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC),
        "sources": ("hf-daily",),
    }
    return Paper(title=title, **(values | fields))


def listed(rows: Sequence[tuple[Paper, Score]], **fields: Any) -> Listed:
    values: dict[str, Any] = {
        "since": dt.date(2025, 11, 22),
        "as_of": dt.date(2025, 11, 24),
        "cached": 345,
        "in_window": 120,
    }
    ranked = tuple(Ranked(rank=rank, paper=paper, score=score) for rank, (paper, score) in enumerate(rows, 1))
    return Listed(rows=ranked, **(values | fields))


def verdict(row: Ranked, **fields: Any) -> Verdict:
    """Say how a row of `listed` stands before the list."""
    values: dict[str, Any] = {
        "day": row.paper.day,
        "since": dt.date(2025, 11, 22),
        "as_of": dt.date(2025, 11, 24),
        "excluded": row.score.excluded,
        "below": row.score.below,
        "limit": 50,
    }
    values |= fields
    if not Verdict(**values).reasons:
        values |= {"rank": row.rank, "of": 12} | fields
    return Verdict(**values)


def hostile_listed(text: str) -> Listed:
    """Make a list of one paper that has the text in every field that takes text, and in its rules."""
    size = len(clean(text))
    place = Place(text, 3)
    kind: MatchKind = "fuzzy"
    hits = tuple(
        Hit(
            topic=text,
            role=role,
            term=text,
            field=field,
            text=clean(text),
            span=Span(0, size),
            similarity=91.5,
            kind=kind,
            place=place,
        )
        for field in ("title", "abstract", "authors")
        for role in ("any", "none")
    )
    lines = [line([found], 1.25, text) for found in hits if found.role == "any"]
    hostile_paper = paper(
        text,
        id=text,
        ids={"arxiv": (text,), text: (text,)},
        abstract=text,
        authors=(text, text),
        published=text,
        updated=text,
        announce_type={text: "new"},
        categories=(text,),
        urls={"page": text, "pdf": text, text: text},
        venue=text,
        organization=text,
        submitter=text,
        comment=text,
        signals={"upvotes": 3.0, text: 1.0},
        extra={text: [text, {text: text}]},
        sources=(text,),
        aliases=(text,),
        provenance={"title": text, text: text},
    )
    scored = score(lines, hits=hits, excluded=text, below=text, notes=(text,))
    row = Ranked(rank=1, paper=hostile_paper, score=scored, state="later", note=text)
    return msgspec.structs.replace(listed([]), rows=(row,), left_out={"no topic": 3})


@pytest.fixture(scope="session")
def sample() -> Listed:
    """Give the list of the golden files: invented papers with what real listings bring."""
    first = "Continual Pre-training of Large Language Models: How to (re)warm Your Model?"
    second = (
        "Erd\\H{o}s-R\\'enyi Graphs and the Scaling Laws of <i>Sparse</i> Autoencoders: A Study with $n > 10^6$ Nodes"
    )
    third = "深層学習による大規模言語モデルの継続事前学習とスケーリング則の検証に関する考察"
    fourth = "Gradients Are Not All You Need [cs.LG]"
    cpt, laws = "continual-pretraining", "scaling-laws"
    abstract = (
        "Large models are trained on billions of words. We study continual pretrainig of LLMs as data shift. "
        "Rewarming the learning rate helps, e.g. when data are scarce; continual pretraining remains cheap."
    )
    term = "continual pre-training"
    return listed(
        [
            (
                paper(
                    first,
                    ids={"arxiv": ("2510.01265",)},
                    abstract=abstract,
                    authors=("Ada Lovelace", "Émilie du Châtelet", "Kurt Gödel"),
                    published="2025-11-20T17:34:15Z",
                    announced=dt.date(2025, 11, 24),
                    categories=("cs.CL", "cs.LG"),
                    urls={"page": "https://huggingface.co/papers/2510.01265"},
                    signals={"upvotes": 128.0, "comments": 3.0},
                    sources=("hf-daily", "arxiv-rss"),
                    aliases=("arxiv:2510.01265",),
                    provenance={"title": "arxiv-rss", "abstract": "arxiv-rss", "signals": "hf-daily"},
                ),
                score(
                    [
                        line([hit(first, "Continual Pre-training", topic=cpt)], 6.0, "2 × 1 × 3 × 1 × 1"),
                        line(
                            [
                                hit(
                                    abstract,
                                    "continual pretrainig",
                                    topic=cpt,
                                    field="abstract",
                                    term=term,
                                    similarity=98.2,
                                    kind="fuzzy",
                                ),
                                hit(
                                    abstract,
                                    "continual pretraining",
                                    topic=cpt,
                                    field="abstract",
                                    term=term,
                                    kind="join",
                                ),
                            ],
                            2.64,
                            "2 × 1 × 1 × 0.991 × 1.333",
                        ),
                        line(
                            [
                                hit(
                                    first,
                                    "Language Models",
                                    topic=laws,
                                    kind="inflection",
                                    place=Place("rules.yaml", 31, 9),
                                )
                            ],
                            0.75,
                            "1 × 0.25 × 3 × 1 × 1",
                        ),
                        ScoreLine(
                            part="recency",
                            points=1.0,
                            term="0 days old",
                            formula="1 × 0.5^(0/14)",
                            place=Place("rules.yaml", 40, 3),
                        ),
                        ScoreLine(
                            part="signal",
                            points=2.43,
                            term="upvotes",
                            formula="0.5 × ln(1 + 128)",
                            place=Place("rules.yaml", 41, 3),
                        ),
                    ],
                    notes=("Topic vision (rules.yaml:50:5) does not count: its `all` term “image” is missing.",),
                ),
            ),
            (
                paper(
                    second,
                    id="doi:10.1101/2024.01.01.573887",
                    ids={"doi": ("10.1101/2024.01.01.573887",)},
                    day=dt.date(2025, 11, 22),
                    authors=tuple(f"Author Number{n}" for n in range(1, 9)),
                    signals={"upvotes": 4.0},
                    sources=("biorxiv",),
                ),
                score([line([hit(second, "Scaling Laws", topic=laws)], 3.0, "1 × 1 × 3 × 1 × 1")]),
            ),
            (
                paper(third, id="arxiv:2511.00003", day=dt.date(2025, 11, 23), authors=("山田 太郎",)),
                score([line([hit(third, "継続事前学習", topic=cpt)], 2.0), line([hit(third, "則", topic=laws)], 0.5)]),
            ),
            (
                paper(fourth, id="hf-daily:t-0123456789abcdef", author_count=4),
                score(
                    [line([hit(fourth, "Gradients", topic="", role="follow", term="Chelsea Finn")], 1.5, part="follow")]
                ),
            ),
        ],
        left_out={"excluded": 2, "not in a topic": 110, "below the threshold": 4},
    )
