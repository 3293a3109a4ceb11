"""Matches in their sentences."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from papertriage.model import Span
from papertriage.render.excerpts import excerpts
from papertriage.text import clean


def excerpts_of(make: SimpleNamespace, text: str, *matches: str) -> list[tuple[str, list[str]]]:
    """Give each excerpt of an abstract with the words that are marked in it."""
    hits = [make.hit(text, match, field="abstract") for match in matches]
    return [
        (stretch, [stretch[span.start : span.end] for span in spans])
        for _, stretch, spans in excerpts(make.paper(abstract=text), hits)
    ]


def test_a_match_is_shown_in_its_sentence(make: SimpleNamespace) -> None:
    text = "One is first. Two has e.g. a word in it. Three is last."
    assert excerpts_of(make, text, "word") == [("Two has e.g. a word in it.", ["word"])]


def test_matches_alike_in_one_sentence_are_shown_together(make: SimpleNamespace) -> None:
    text = "First a word and this. Then that."
    assert excerpts_of(make, text, "word", "this", "that") == [
        ("First a word and this.", ["word", "this"]),
        ("Then that.", ["that"]),
    ]
    hits = [make.hit(text, "word", field="abstract"), make.hit(text, "this", field="abstract", kind="fuzzy")]
    assert len(excerpts(make.paper(abstract=text), hits)) == 2


def test_a_long_sentence_is_cut_at_words_on_both_sides(make: SimpleNamespace) -> None:
    [(stretch, words)] = excerpts_of(make, "before " * 40 + "match" + " after" * 40, "match")
    assert words == ["match"]
    assert stretch.startswith("[…] before ")
    assert stretch.endswith(" after […]")
    assert len(stretch) < 170


def test_a_title_is_shown_whole(make: SimpleNamespace) -> None:
    title = "Is it so? " + "On and on " * 20 + "we ask. It is."
    assert [text for _, text, _ in excerpts(make.paper(title), [make.hit(title, "we ask")])] == [title]


@given(st.text(st.sampled_from("ab .!?…。\u202e"), min_size=1, max_size=300), st.data())
def test_an_excerpt_always_holds_its_match(make: SimpleNamespace, text: str, data: st.DataObject) -> None:
    title = clean(text)
    hits = []
    for _ in range(3 if title else 0):
        start = data.draw(st.integers(0, len(title) - 1))
        end = data.draw(st.integers(start + 1, len(title)))
        hits.append(
            msgspec.structs.replace(make.hit("x", "x", field="abstract"), text=title[start:end], span=Span(start, end))
        )
    shown = [
        stretch[span.start : span.end]
        for _, stretch, spans in excerpts(make.paper(abstract=text), hits)
        for span in spans
    ]
    assert shown == [hit.text for hit in hits]
