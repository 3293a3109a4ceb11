"""Styled lines: marking, wrapping and painting lose nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from papertriage.model import Span
from papertriage.render.lines import Line, Piece, cells, length, marked, pad, paint, wrap

TEXT = st.text(st.sampled_from("ab Z-é深👍\u0301"), max_size=60)


def plain(line: Line) -> str:
    return "".join(piece.text for piece in line)


def test_matched_words_are_marked_and_overlapping_ones_are_one() -> None:
    line = marked("deep learning curves", [Span(5, 13), Span(0, 6), Span(14, 99)])
    assert [(piece.text, piece.style) for piece in line] == [("deep learning", "match"), (" ", ""), ("curves", "match")]


def test_a_span_is_counted_before_text_is_made_safe() -> None:
    line = marked("\x1b[1m learning", [Span(5, 13)])
    assert [piece.text for piece in line] == ["␛[1m ", "learning"]


def test_matches_have_guillemets_where_styles_are_not_seen() -> None:
    assert plain(marked("a b c", [Span(2, 3)], brackets=True)) == "a «b» c"
    assert plain(marked("a b c", [Span(2, 3)], brackets=True, ascii_only=True)) == "a <<b>> c"


def test_lines_break_at_spaces_and_a_long_word_is_cut_inside() -> None:
    wrapped = wrap([Piece("one two "), Piece("threefourfive six", "match")], 7)
    assert [plain(line) for line in wrapped] == ["one two", "threefo", "urfive", "six"]
    assert wrapped[1] == [Piece("threefo", "match")]


def test_the_time_to_wrap_a_long_word_is_linear() -> None:
    assert len(wrap([Piece("a" * 200_000)], 1)) == 200_000


def test_wide_characters_can_begin_a_line_each() -> None:
    assert [plain(line) for line in wrap([Piece("深層学習 model")], 5)] == ["深層", "学習", "model"]


@given(TEXT, st.integers(1, 30))
def test_wrapping_loses_only_spaces_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrap([Piece(text)], width)
    assert re.sub(" ", "", "".join(plain(line) for line in lines)) == re.sub(" ", "", text)
    for line in lines:
        assert length(line) <= max(width, 2)


@given(st.lists(st.tuples(TEXT, st.sampled_from(["", "match", "strong"]))), st.integers(1, 30))
def test_styles_stay_with_their_letters(parts: list[tuple[str, str]], width: int) -> None:
    line = [Piece(text, style) for text, style in parts]
    before = [(sign, piece.style) for piece in line for sign in piece.text if sign != " "]
    after = [(s, piece.style) for part in wrap(line, width) for piece in part for s in piece.text if s != " "]
    assert after == before


def test_padding_counts_cells() -> None:
    assert plain(pad([Piece("深")], 4)) == "深  "
    assert plain(pad([Piece("7")], 3, right=True)) == "  7"
    assert cells("深a\u0301") == 3


@pytest.mark.parametrize(
    "text",
    [
        "Erdős",
        "深層学習",
        "テスト",
        "한국어",
        "हिन्दी",
        "العربية",
        "👨‍👩‍👧",
        "❤️‍🔥",
        "1️⃣",
        "👍🏽",
        "🇩🇪",
        "a\u0301",
        "ﬁ½≤→•",
        "क्‍ष",
    ],
)
def test_widths_are_those_that_rich_measures(text: str) -> None:
    assert cells(text) == cell_len(text)


def test_without_colour_there_is_no_escape_and_no_space_at_the_end() -> None:
    assert paint([[Piece("a", "match", "https://a.example/"), Piece("  ")], []], links=True) == "a\n\n"


def test_a_link_is_painted_alike_each_time() -> None:
    line = [Piece("a", "match", "https://a.example/"), Piece("b", "", "https://a.example/")]
    once = paint([line], color=True, links=True)
    assert once == paint([line], color=True, links=True)
    assert once.count("\x1b]8;id=1;https://a.example/\x1b\\") == 2


@pytest.mark.parametrize("links", [True, False])
def test_painted_text_without_its_escapes_is_the_plain_text(links: bool) -> None:
    lines = [[Piece("Title ", "strong", "https://a.example/"), Piece("深層", "match")], [Piece("x", "faint")]]
    painted = paint(lines, color=True, links=links)
    bare = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", painted)
    assert bare == paint(lines)
