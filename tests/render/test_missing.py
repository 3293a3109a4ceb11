"""Lists of what is not listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest

from papertriage.model import Lacked, Listed
from papertriage.render.base import Look, render
from papertriage.render.missing import near_misses_line, sample_line


@pytest.fixture(scope="module")
def missed(sample: Listed) -> Listed:
    missing = [
        Lacked(topic="vision", things=("its `all` term “image” (rules.yaml:50) is missing",), would_score=12.4),
        Lacked(
            topic="scaling-laws",
            things=(
                "it looks only inside cs.CL, cs.LG, not math.CO",
                "0.75 is under its min_score of 2",
            ),
            would_score=4.5,
        ),
        Lacked(topic="", things=("0.50 is 1.00 under the threshold of 1.5",), would_score=0.5),
    ]
    rows = tuple(msgspec.structs.replace(row, lacked=lacked) for row, lacked in zip(sample.rows, missing, strict=False))
    return msgspec.structs.replace(sample, rows=rows, left_out={"past the limit": 9})


@pytest.mark.parametrize("width", [60, 80, 120])
def test_near_misses_as_a_table(missed: Listed, golden: Callable[[str, str], None], width: int) -> None:
    golden(f"near-misses-{width}.txt", render(missed, "table", Look(width=width)))


def test_near_misses_in_ascii_in_colour_and_in_a_pipe(missed: Listed, golden: Callable[[str, str], None]) -> None:
    golden("near-misses-80-ascii.txt", render(missed, "table", Look(width=80, ascii_only=True)))
    golden("near-misses-80-color.txt", render(missed, "table", Look(width=80, color=True)))
    golden("near-misses-pipe.txt", render(missed, "table"))


def test_programs_are_told_what_was_lacked(missed: Listed) -> None:
    rows = [json.loads(line) for line in render(missed, "jsonl").splitlines()]
    assert rows[0]["lacked"] == {
        "topic": "vision",
        "things": ["its `all` term “image” (rules.yaml:50) is missing"],
        "would_score": 12.4,
    }
    assert rows[2]["lacked"]["topic"] is None
    assert [row["lacked"] for row in json.loads(render(missed, "json"))["papers"]] == [row["lacked"] for row in rows]
    heading, first, *_ = (line.split("\t") for line in render(missed, "tsv").splitlines())
    assert dict(zip(heading, first, strict=True))["lacked"].endswith("(rules.yaml:50) is missing; else 12.40")
    assert "lacked" not in render(missed, "csv")


def test_a_plain_list_says_nothing_of_it(sample: Listed) -> None:
    assert not any("lacked" in render(sample, name).lower() for name in ("table", "jsonl", "tsv"))


@pytest.mark.parametrize(
    ("count", "more", "told"),
    [
        (3, 9, "12 near misses among 120 papers from 2025-11-22 to 2025-11-24; 3 shown, --limit shows more."),
        (1, 0, "1 near miss among 120 papers from 2025-11-22 to 2025-11-24."),
        (0, 0, "0 near misses among 120 papers from 2025-11-22 to 2025-11-24."),
    ],
)
def test_near_misses_are_counted(missed: Listed, count: int, more: int, told: str) -> None:
    cut = msgspec.structs.replace(missed, rows=missed.rows[:count], left_out={"past the limit": more} if more else {})
    assert near_misses_line(cut) == told


def test_a_sample_says_of_how_many_it_is(missed: Listed) -> None:
    few = msgspec.structs.replace(missed, rows=missed.rows[:2])
    told = "2 picked at random of 11 papers that no rule takes, among 120 papers from 2025-11-22 to 2025-11-24."
    assert sample_line(few) == told
    assert sample_line(few, ("agents", "scaling")) == told.replace("that no rule takes", "not in agents or scaling")


def test_hostile_text_is_safe(hostile: dict[str, list[str]], make: SimpleNamespace) -> None:
    for payload in hostile["terminal"] + hostile["markup"]:
        listed = make.hostile(payload)
        lacked = Lacked(topic=payload, things=(payload, payload), would_score=1.0)
        listed = msgspec.structs.replace(listed, rows=(msgspec.structs.replace(listed.rows[0], lacked=lacked),))
        for width in (None, 20, 80):
            text = render(listed, "table", Look(width=width))
            assert all(sign == "\n" or sign.isprintable() for sign in text), payload
        assert all(sign in "\t\n" or sign.isprintable() for sign in render(listed, "tsv"))
