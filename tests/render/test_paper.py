"""One paper in full."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from papertriage.model import Listed, Observation
from papertriage.render.paper import paper_json, paper_text

OBSERVATIONS = [
    Observation(
        id="arxiv:2510.01265",
        source="hf-daily",
        title="A title",
        seen=dt.datetime(2025, 11, day, 6, tzinfo=dt.UTC),
        announced=dt.date(2025, 11, 22),
        signals={"upvotes": votes},
    )
    for day, votes in ((22, 3), (23, 41), (24, 128))
]


@pytest.mark.parametrize("width", [40, 100])
def test_a_paper_in_full(sample: Listed, golden: Callable[[str, str], None], width: int) -> None:
    paper = sample.rows[0].paper
    golden(f"show-{width}.txt", paper_text(paper, observations=OBSERVATIONS, state="star", note="first", width=width))


def test_provenance_stands_beside_each_field(sample: Listed) -> None:
    paper = sample.rows[0].paper
    text = paper_text(paper, provenance=True)
    assert "Your Model?  [arxiv-rss]\n" in text
    assert "128  [hf-daily]\n" in text
    assert "[" not in paper_text(paper)


def test_signals_have_a_history_and_sources_their_days(sample: Listed) -> None:
    text = paper_text(sample.rows[0].paper, observations=OBSERVATIONS)
    assert "Upvotes     128 (2025-11-22: 3, 2025-11-23: 41, 2025-11-24: 128)" in text
    assert "Sources     hf-daily (2025-11-22), arxiv-rss" in text


def test_addresses_are_links_only_when_they_are_web_addresses(make: SimpleNamespace) -> None:
    paper = make.paper(urls={"page": "https://a.example/x", "pdf": "javascript:alert(1)"})
    text = paper_text(paper, color=True, links=True)
    assert "\x1b]8;id=1;https://a.example/x\x1b\\" in text
    assert ";javascript" not in text
    assert "javascript:alert(1)" in text


def test_json_has_the_fields_that_have_a_value(sample: Listed) -> None:
    text = paper_json(sample.rows[0].paper, observations=OBSERVATIONS, provenance=True, state="star")
    assert text.count("\n") == 1
    record = json.loads(text)
    assert record["provenance"]["title"] == "arxiv-rss"
    assert [seen["signals"]["upvotes"] for seen in record["observations"]] == [3, 41, 128]
    assert record["state"] == "star"
    assert "venue" not in record


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
def test_hostile_text_is_safe(hostile: dict[str, list[str]], make: SimpleNamespace, group: str) -> None:
    for payload in hostile[group]:
        paper = make.hostile(payload).rows[0].paper
        seen = [Observation(id=payload, source=payload, title=payload, seen=paper.first_seen, signals={payload: 1.0})]
        for width in (None, 1, 20, 80):
            for ascii_only in (True, False):
                text = paper_text(
                    paper, observations=seen, provenance=True, note=payload, width=width, ascii_only=ascii_only
                )
                assert all(sign == "\n" or sign.isprintable() for sign in text), payload
                assert text.isascii() or not ascii_only
        assert paper_json(paper, observations=seen, provenance=True, note=payload)[:-1].isprintable()
