"""What a search found, as a person sees it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest

from papertriage.lexicon import load_lexicon
from papertriage.model import Listed, Ranked
from papertriage.render.found import found, found_line
from papertriage.render.lines import cells
from papertriage.search.highlight import hits_of
from papertriage.search.language import parse

Golden = Callable[[str, str], None]
QUERY = 'continual pretraining OR learning OR "ada lovelace" OR 深層学習 OR graph*'


@pytest.fixture(scope="module")
def listed(sample: Listed) -> Listed:
    """Give the papers of the sample as a search finds them."""
    rows = []
    for row in sample.rows:
        score = msgspec.structs.replace(row.score, hits=hits_of(parse(QUERY), row.paper, load_lexicon()), topics=())
        rows.append(msgspec.structs.replace(row, score=score))
    rows[1] = msgspec.structs.replace(rows[1], state="star")
    return msgspec.structs.replace(sample, rows=tuple(rows), left_out={"past the limit": 116})


@pytest.mark.parametrize("width", [40, 80, 120])
def test_each_paper_has_the_sentences_for_which_it_was_found(listed: Listed, golden: Golden, width: int) -> None:
    text = found(listed, width=width)
    golden(f"found-{width}.txt", text)
    assert max(cells(line) for line in text.split("\n")) <= width


def test_with_colours_matches_are_painted_and_titles_are_links(listed: Listed, golden: Golden) -> None:
    text = found(listed, width=80, color=True, links=True)
    golden("found-80-color.txt", text.replace("\x1b", "␛"))
    bare = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)
    assert bare.split() == found(listed, width=80).replace("«", "").replace("»", "").split()


def test_in_a_pipe_each_paper_is_one_line(listed: Listed, golden: Golden) -> None:
    text = found(listed)
    golden("found-pipe.txt", text)
    assert len(text.splitlines()) == 1 + len(listed.rows)


def test_an_ascii_terminal_gets_ascii(listed: Listed) -> None:
    assert found(listed, width=80, ascii_only=True).isascii()


@pytest.mark.parametrize("width", [None, 1, 7, 30, 80])
def test_nothing_hostile_reaches_the_terminal(hostile: dict[str, list[str]], make: SimpleNamespace, width: int) -> None:
    for payload in (text for texts in hostile.values() for text in texts):
        text = found(make.hostile(payload), width=width)
        assert all(line.isprintable() or "\u200d" in line or "\ufe0f" in line for line in text.split("\n"))


def test_how_much_was_found_is_one_sentence(listed: Listed) -> None:
    one: tuple[Ranked, ...] = listed.rows[:1]
    assert found_line(listed) == "120 papers fit; 4 shown, --limit shows more."
    assert found_line(msgspec.structs.replace(listed, rows=one, in_window=1)) == "1 paper fits."
    none = msgspec.structs.replace(listed, rows=(), in_window=0)
    assert found_line(none, newest=dt.date(2025, 11, 24)).startswith(
        "No paper fits (345 papers cached, the newest of 2025-11-24)."
    )
    assert "is empty" in found_line(msgspec.structs.replace(none, cached=0))
    assert found(none, width=80) == found(none) == ""
