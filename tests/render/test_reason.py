"""The ledger of a score."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import Place
from papertriage.model import Listed, Span
from papertriage.render.reason import excerpts, reason_json, reason_text
from papertriage.text import clean


@pytest.mark.parametrize("width", [60, 120])
def test_the_ledger_of_a_score(sample: Listed, golden: Callable[[str, str], None], width: int) -> None:
    golden(f"why-{width}.txt", reason_text(sample.rows[0], sample.as_of, width=width))


def test_matches_are_marked_by_style_where_there_is_colour(sample: Listed) -> None:
    text = reason_text(sample.rows[0], sample.as_of, width=120, color=True)
    assert "We study \x1b[1;35mcontinual pretrainig\x1b[0m of LLMs" in text
    assert "«" not in text


@pytest.mark.parametrize("width", [None, 40, 80, 120])
def test_the_printed_lines_add_up_to_the_printed_score(sample: Listed, width: int | None) -> None:
    for row in sample.rows:
        text = reason_text(row, sample.as_of, width=width)
        above, below = text.split("------\n")
        points = re.findall(r"^ *(-?\d+\.\d\d)  ", above, re.MULTILINE)
        assert len(points) == len(row.score.lines)
        total = re.match(r" *(-?\d+\.\d\d)  score", below)
        assert total is not None
        assert sum(map(Decimal, points)) == Decimal(total[1])


def test_every_line_names_its_rule(sample: Listed) -> None:
    text = reason_text(sample.rows[0], sample.as_of)
    assert re.search(r"6\.00  continual-pretraining .* title .* 2 × 1 × 3 × 1 × 1 .* rules\.yaml:12\n", text)
    assert re.search(r"2\.43  signal .* upvotes .* rules\.yaml:41\n", text)


def test_a_paper_that_is_out_is_told_what_put_it_out(make: SimpleNamespace) -> None:
    title = "Retraction notice: A title"
    hits = (make.hit(title, "Retraction notice", topic="", role="exclude"),)
    score = make.score(
        hits=hits, excluded="Excluded by the term “retraction notice” (rules.yaml:4:9).", below="No topic."
    )
    listed = make.listed([(make.paper(title), score)])
    text = reason_text(listed.rows[0], listed.as_of)
    assert "\nNot listed. Excluded by the term “retraction notice” (rules.yaml:4:9).\n" in text
    assert "Found, but not counted:\n  exclude  retraction notice  title  rules.yaml:12\n" in text
    assert "«Retraction notice»: A title" in text


def test_the_rules_file_is_named_once_in_full(make: SimpleNamespace) -> None:
    line = make.line([make.hit("A title", "title", place=Place("/home/a/rules.yaml", 7, 1))], 1.0)
    listed = make.listed([(make.paper(), make.score([line]))])
    text = reason_text(listed.rows[0], listed.as_of)
    assert text.count("/home/a/rules.yaml") == 1
    assert "  rules.yaml:7\n" in text


def test_json_has_the_same_lines(sample: Listed) -> None:
    text = reason_json(sample.rows[0], sample.as_of)
    assert text.count("\n") == 1
    ledger = json.loads(text)
    assert sum(Decimal(str(line["points"])) for line in ledger["lines"]) == Decimal(str(ledger["score"]))
    assert ledger["listed"] is True
    assert ledger["lines"][0]["hits"][0]["text"] == "Continual Pre-training"
    assert ledger["lines"][0]["rule"] == "rules.yaml:12"


def excerpts_of(make: SimpleNamespace, text: str, *matches: str) -> list[tuple[str, list[str]]]:
    """Give each excerpt of a title with the words that are marked in it."""
    hits = [make.hit(text, match) for match in matches]
    return [
        (stretch, [stretch[span.start : span.end] for span in spans])
        for _, stretch, spans in excerpts(make.paper(text), hits)
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
    hits = [make.hit(text, "word"), make.hit(text, "this", similarity=90.0, kind="fuzzy")]
    assert len(excerpts(make.paper(text), hits)) == 2


def test_a_long_sentence_is_cut_at_words_on_both_sides(make: SimpleNamespace) -> None:
    [(stretch, words)] = excerpts_of(make, "before " * 40 + "match" + " after" * 40, "match")
    assert words == ["match"]
    assert stretch.startswith("…before ")
    assert stretch.endswith(" after…")
    assert len(stretch) < 160


@given(st.text(st.sampled_from("ab .!?…。\u202e"), min_size=1, max_size=300), st.data())
def test_an_excerpt_always_holds_its_match(make: SimpleNamespace, text: str, data: st.DataObject) -> None:
    title = clean(text)
    hits = []
    for _ in range(3 if title else 0):
        start = data.draw(st.integers(0, len(title) - 1))
        end = data.draw(st.integers(start + 1, len(title)))
        hits.append(msgspec.structs.replace(make.hit("x", "x"), text=title[start:end], span=Span(start, end)))
    shown = [stretch[span.start : span.end] for _, stretch, spans in excerpts(make.paper(text), hits) for span in spans]
    assert shown == [hit.text for hit in hits]


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
def test_hostile_text_is_safe(hostile: dict[str, list[str]], make: SimpleNamespace, group: str) -> None:
    for payload in hostile[group]:
        row = make.hostile(payload).rows[0]
        for width in (None, 1, 20, 80):
            for ascii_only in (True, False):
                text = reason_text(row, row.paper.day, width=width, ascii_only=ascii_only)
                assert all(sign == "\n" or sign.isprintable() for sign in text), payload
                assert text.isascii() or not ascii_only
        assert reason_json(row, row.paper.day)[:-1].isprintable()
