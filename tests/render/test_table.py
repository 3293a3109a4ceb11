"""The table that a person sees."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest

from papertriage.model import STATES, Listed, State
from papertriage.render.lines import cells
from papertriage.render.table import left_out_line, svg, table
from papertriage.text import clean

Golden = Callable[[str, str], None]
TITLE = "Continual Pre-training of Large Language Models: How to (re)warm Your Model?"


def bare(painted: str) -> str:
    """Strip the escapes that papertriage itself paints; anything else is left to be found."""
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", painted)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_table_fits_the_terminal(sample: Listed, golden: Golden, width: int) -> None:
    text = table(sample, width=width)
    golden(f"table-{width}.txt", text)
    assert max(cells(line) for line in text.split("\n")) <= width


def test_on_a_terminal_matches_are_marked_and_titles_are_links(sample: Listed, golden: Golden) -> None:
    text = table(sample, width=80, color=True, links=True)
    golden("table-80-color.txt", text.replace("\x1b", "␛"))
    assert bare(text) == table(sample, width=80)


def test_in_a_pipe_each_paper_is_one_plain_line_with_its_whole_title(sample: Listed, golden: Golden) -> None:
    text = table(sample)
    golden("table-pipe.txt", text)
    lines = text.rstrip("\n").split("\n")
    assert len(lines) == 1 + len(sample.rows)
    assert lines[1].endswith(TITLE)
    assert "arxiv:2510.01265" in lines[1]
    assert "\x1b" not in text


def test_an_ascii_terminal_gets_ascii(sample: Listed, golden: Golden) -> None:
    text = table(sample, width=80, ascii_only=True)
    golden("table-80-ascii.txt", text)
    assert text.isascii()


@pytest.mark.parametrize("width", [1, 2, 7, 20, 500, 100_000])
@pytest.mark.parametrize("color", [True, False])
def test_no_width_loses_a_letter_of_a_title_or_an_id(sample: Listed, width: int, *, color: bool) -> None:
    text = re.sub(r"\s", "", bare(table(sample, width=width, color=color, links=color)))
    compact = re.sub(r"\s", "", TITLE)
    if width < 50:  # nothing stands beside a title there
        assert compact in text
        assert "arxiv:2510.01265" in text
    assert all(sign in text for sign in compact)


def test_a_table_without_rows_is_empty(make: SimpleNamespace) -> None:
    assert table(make.listed([]), width=80, color=True) == ""


def test_a_long_list_of_topics_is_cut_with_a_count(make: SimpleNamespace) -> None:
    lines = [make.line([make.hit("A title", "title", topic=f"topic-{n}")], 5.0 - n) for n in range(5)]
    text = table(make.listed([(make.paper(), make.score(lines))]))
    assert "topic-0, topic-1, topic-2, … 2 more" in text


def test_only_wanted_terms_are_marked(make: SimpleNamespace) -> None:
    title = "Time Series and Language"
    hits = (make.hit(title, "Time Series", role="none"), make.hit(title, "Language"))
    text = table(make.listed([(make.paper(title), make.score(hits=hits))]), width=80, color=True)
    assert "\x1b[1;35mLanguage\x1b[0m" in text
    assert "35mTime" not in text


def test_the_users_decision_is_shown(make: SimpleNamespace) -> None:
    listed = make.listed([(make.paper(), make.score())])
    starred = msgspec.structs.replace(listed, rows=(msgspec.structs.replace(listed.rows[0], state="star"),))
    assert re.search(r"^1 +0\.00 .* star ", table(starred), re.MULTILINE)
    assert "State" not in table(listed)
    for width in (1, 10, 30, 80, 200):
        assert "★" in table(starred, width=width)
        assert "*" in table(starred, width=width, ascii_only=True)
        assert "★" not in table(listed, width=width)


@pytest.mark.parametrize(("state", "sign", "ascii_sign"), [*zip(STATES, "★◷✗✓", "*>xv", strict=True)])
def test_each_decision_has_its_sign_beside_the_title(
    make: SimpleNamespace, state: State, sign: str, ascii_sign: str
) -> None:
    listed = make.listed([(make.paper("One"), make.score()), (make.paper("Two"), make.score())])
    rows = (msgspec.structs.replace(listed.rows[0], state=state), listed.rows[1])
    listed = msgspec.structs.replace(listed, rows=rows)
    for ascii_only, shown in ((False, sign), (True, ascii_sign)):
        lines = table(listed, width=80, ascii_only=ascii_only).split("\n")
        assert f"0.00  {shown}  One" in lines[1]
        assert "0.00     Two" in lines[3]
    assert cells(sign) == 1


def test_a_near_miss_says_why_it_is_out(make: SimpleNamespace) -> None:
    line = make.line([make.hit("A title", "title")], 0.5)
    listed = make.listed([(make.paper(), make.score([line], below="0.50 is under the threshold of 1."))])
    assert "0.50 is under the threshold of 1." in table(listed, width=80)


def test_days_of_another_year_have_their_year(make: SimpleNamespace) -> None:
    old, new = make.paper("Old", day=dt.date(2024, 3, 1)), make.paper("New")
    assert "2024-03-01" in table(make.listed([(old, make.score()), (new, make.score())]), width=80)
    assert "2025" not in table(make.listed([(new, make.score())]), width=80).replace("2510", "")


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
def test_hostile_text_neither_acts_nor_vanishes(
    hostile: dict[str, list[str]], make: SimpleNamespace, group: str
) -> None:
    for payload in hostile[group]:
        listed = make.hostile(payload)
        for width in (None, 1, 20, 80, 250):
            for color in (True, False):
                text = bare(table(listed, width=width, color=color, links=color))
                assert all(sign == "\n" or sign.isprintable() or sign == "\u200d" for sign in text), payload
                assert "\u202e" not in text


def test_markup_is_shown_letter_by_letter(hostile: dict[str, list[str]], make: SimpleNamespace) -> None:
    for payload in hostile["markup"]:
        listed = make.listed([(make.paper(payload), make.score())])
        # A backslash before a bracket is LaTeX, and `clean` resolves it.
        assert clean(payload) in bare(table(listed, width=200, color=True, links=True))


def test_no_hyperlink_comes_from_input(hostile: dict[str, list[str]], make: SimpleNamespace) -> None:
    for payload in (*hostile["links"], *hostile["terminal"], *hostile["markup"]):
        painted = table(make.hostile(payload), width=80, color=True, links=True)
        for target in re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)", painted):
            assert re.fullmatch(r"https?://[!-~]+", target)
            assert not target.startswith("http://evil")


def test_the_picture_shows_what_the_table_shows(sample: Listed, make: SimpleNamespace) -> None:
    picture = svg(sample, width=100, title="papertriage <list>")
    assert picture == svg(sample, width=100, title="papertriage <list>")
    shown = "".join(ET.fromstring(picture).itertext()).replace("\u00a0", " ")
    assert "papertriage <list>" in shown
    assert "Continual Pre-training" in shown
    ET.fromstring(svg(make.hostile("<script>\x1b[1m&\ud800"), width=60))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "No papers from 2025-11-22 to 2025-11-24 (345 papers cached, the newest of 2025-11-20);"),
        ({"cached": 0}, "No papers: the cache is empty. `papertriage fetch` fills it."),
        ({"since": None}, "No papers up to 2025-11-24 (345 papers cached, the newest of 2025-11-20)."),
        (
            {"left_out": {"filtered out": 48}},
            "No papers to show: none of 48 papers from 2025-11-22 to 2025-11-24 has the state, source, category",
        ),
        (
            {"left_out": {"no topic": 110, "below the threshold": 10}},
            "No papers to show: of 120 papers from 2025-11-22 to 2025-11-24 110 no topic, 10 below",
        ),
    ],
)
def test_an_empty_list_says_why(make: SimpleNamespace, fields: dict[str, object], sentence: str) -> None:
    assert left_out_line(make.listed([], **fields), newest=dt.date(2025, 11, 20)).startswith(sentence)


def test_a_day_before_all_that_is_cached_is_not_an_empty_cache(make: SimpleNamespace) -> None:
    line = left_out_line(make.listed([], cached=0), newest=dt.date(2025, 11, 30))
    assert line == "No papers: all that is cached is later than 2025-11-24, the newest of 2025-11-30."


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ({}, ""),
        (
            {"no topic": 30, "below the threshold": 7},
            "37 papers not shown: 30 no topic, 7 below the threshold; --all shows them.",
        ),
        ({"excluded": 1}, "1 paper not shown: 1 excluded."),
        (
            {"excluded": 1, "no topic": 2},
            "3 papers not shown: 1 excluded, 2 no topic; --all shows all but the excluded.",
        ),
        ({"past the limit": 9}, "9 papers not shown: 9 past the limit; --limit shows more."),
    ],
)
def test_what_is_left_out_is_counted(make: SimpleNamespace, left_out: dict[str, int], sentence: str) -> None:
    assert left_out_line(make.listed([(make.paper(), make.score())], left_out=left_out)) == sentence


def test_a_list_in_a_pipe_needs_no_rich() -> None:
    code = (
        "import sys, datetime as dt\n"
        "from papertriage.model import Listed, Paper, Ranked, Score\n"
        "from papertriage.render.base import render\n"
        "now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)\n"
        "paper = Paper(id='arxiv:1', title='A title', day=now.date(), first_seen=now)\n"
        "row = Ranked(rank=1, paper=paper, score=Score(total=1, lines=(), topics=(), hits=(), relevance=1))\n"
        "render(Listed(rows=(row,), since=None, as_of=now.date(), cached=1, in_window=1), 'table')\n"
        "print([name for name in ('rich', 'requests', 'json', 'csv', 'anyascii', 'yaml') if name in sys.modules])\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"


def test_ten_thousand_rows_take_seconds_at_most(make: SimpleNamespace) -> None:
    row = (make.paper(TITLE), make.score([make.line([make.hit(TITLE, "Language")], 1.0)]))
    text = table(make.listed([row] * 10_000), width=100, color=True, links=True)
    assert text.count("arxiv:2510.01265") == 10_000
