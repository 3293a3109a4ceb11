"""A caret stands under the place, whatever is in the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import Fault, Place
from papertriage.render.faults import fault_lines, source_lines
from papertriage.render.lines import cells


def shown(source: str, column: int, width: int = 40, *, ascii_only: bool = False) -> tuple[str, str]:
    line, caret = source_lines(
        Fault(Place("f.yaml", 12, column), "Wrong.", source=source), width=width, ascii_only=ascii_only
    )
    assert line.startswith("   12 | ")
    assert caret.startswith("      | ")
    return line[8:], caret[8:]


def test_a_mistake_is_told_with_its_line_and_a_caret() -> None:
    assert fault_lines(Fault(Place("f.yaml", 2, 5), "Wrong.", "Did you mean `b`?", "    a: 1")) == [
        "f.yaml:2:5: Wrong. Did you mean `b`?",
        "    2 |     a: 1",
        "      |     ^",
    ]


@pytest.mark.parametrize(("source", "line", "column"), [("", 2, 1), ("   ", 2, 1), ("a: 1", 0, 0), ("a: 1", 1, 0)])
def test_where_there_is_nothing_to_show_there_is_the_message_alone(source: str, line: int, column: int) -> None:
    assert fault_lines(Fault(Place("f.yaml", line, column), "Wrong.", source=source))[1:] == []


@pytest.mark.parametrize(
    ("source", "column", "line", "before"),
    [
        ("any: [学习, x]", 11, "any: [学习, x]", 12),
        ("\tname: x", 1, "␉name: x", 0),
        ("- \tname: x", 4, "- ␉name: x", 3),
        ("a\u0301b: x", 3, "a\u0301b: x", 1),
        ("a\u202eb: x", 3, "a\\u202eb: x", 7),
        ("a\x1b[1m: x", 2, "a␛[1m: x", 1),
        ("a🤗: x", 3, "a🤗: x", 3),
        ("a: 'x", 99, "a: 'x", 5),
    ],
)
def test_wide_combining_and_hidden_signs_keep_the_caret_in_its_place(
    source: str, column: int, line: str, before: int
) -> None:
    assert shown(source, column) == (line, " " * before + "^")


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = "".join(f"{number:04}" for number in range(500))
    assert shown(text, 1) == ("00000001000200030004000500060…", "^")
    middle, caret = shown(text, 1001)
    assert middle[len(caret) - 1 :].startswith("0250")
    assert middle[0] == middle[-1] == "…"
    assert shown(text, 1001, ascii_only=True)[0].startswith("...")


@given(st.text(max_size=300), st.integers(1, 320), st.integers(10, 100), st.booleans())
def test_the_line_fits_and_the_caret_points_at_the_sign(source: str, column: int, width: int, ascii_only: bool) -> None:
    fault = Fault(Place("f.yaml", 3, column), "Wrong.", source=source)
    lines = source_lines(fault, width=width, ascii_only=ascii_only)
    if not lines:
        assert not source.strip()
        return
    line, caret = lines
    assert line.isprintable()
    assert cells(line) <= max(width, 8 + 21)
    assert len(caret) <= cells(line) + 1
    if ascii_only:
        assert line.isascii()
