"""Reading a Daily Papers page, copied as text or saved as HTML."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import UsageError
from papertriage.model import Observation, Skipped
from papertriage.sources.hf_page import looks_copied, parse_copied, parse_html
from papertriage.text import title_key

SEEN = dt.datetime(2026, 3, 7, 12, tzinfo=dt.UTC)
ABSTRACT = "We ask what a reader needs, and measure it on many pages. " * 6

PAGE = f"""new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Mar 7

Reading Pages: A Survey

{ABSTRACT}

It has two paragraphs.

  • 52 authors
·
May 10, 2022

Why Read?

{ABSTRACT}

nvidia NVIDIA
·
Oct 14, 2024 1

A Third One

{ABSTRACT}

  • 1 authors
·
Aug 26, 202440
"""


def read(page: str) -> list[Observation]:
    found = list(parse_copied(page, seen=SEEN))
    assert not [one for one in found if isinstance(one, Skipped)]
    return [one for one in found if isinstance(one, Observation)]


def facts(paper: Observation) -> tuple[str, str | None, int | None, str | None, float | None]:
    return paper.title, paper.published, paper.author_count, paper.organization, paper.signals.get("comments")


EXPECTED = [
    ("Reading Pages: A Survey", "2022-05-10", 52, None, None),
    ("Why Read?", "2024-10-14", None, "NVIDIA", 1),
    ("A Third One", "2024-08-26", 1, None, 40),
]


def test_a_copied_page_gives_its_papers() -> None:
    papers = read(PAGE)
    assert [facts(paper) for paper in papers] == EXPECTED
    assert papers[0].abstract == f"{ABSTRACT}It has two paragraphs."
    assert {paper.source for paper in papers} == {"hf-daily"}


def test_a_paper_of_a_copied_page_has_the_identity_of_its_title() -> None:
    (first, *_) = read(PAGE)
    assert first.id == f"hf-daily:t-{hashlib.sha256(title_key(first.title).encode()).hexdigest()[:16]}"
    assert read(PAGE.replace("Reading Pages: A", "Reading  pages – a"))[0].id == first.id
    assert first.announced is None


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("\n\n", "\n"),
        lambda page: page.replace("\n", "\r\n"),
        lambda page: page.replace(" ", "\xa0"),
        lambda page: page.replace("  • ", "- ").replace("\n·\n", "\n-\n"),
        lambda page: page.replace("  • ", "· "),
        lambda page: page.replace("  • ", ""),
        lambda page: page.replace("\n·\n", "\n\n·\n\n"),
        lambda page: page.replace("\n·\n", " · "),
        lambda page: page.replace("authors\n·\n", "authors\n").replace("\n·\n", "\n• "),
        lambda page: page.replace("2024 1\n", "2024\n1\n"),
        lambda page: page.replace("nvidia NVIDIA", "nvidia\nNVIDIA"),
        lambda page: page.replace("nvidia NVIDIA", "NVIDIA"),
        lambda page: page.replace("Oct 14,", "October 14,"),
        lambda page: page.replace("May 10", "Published on May 10"),
        lambda page: page[page.index("Reading Pages") :],
        lambda page: page.replace("Mar 7\n", "Mar 7\n\nSearch papers with AI\n\nSort by date\n"),
        lambda page: page + "\nPrevious\nNext\nCompany\n© Hugging Face\n",
    ],
)
def test_a_page_copied_elsewhere_gives_the_same(change: object) -> None:
    assert callable(change)
    assert [facts(paper) for paper in read(change(PAGE))] == EXPECTED


@pytest.mark.parametrize(
    ("line", "organization"),
    [
        ("nvidia NVIDIA", "NVIDIA"),
        ("ByteDance-Seed ByteDance Seed", "ByteDance Seed"),
        ("google Google DeepMind", "Google DeepMind"),
        ("Tsinghua University", "Tsinghua University"),
        ("  • Shanghai AI Lab", "Shanghai AI Lab"),
    ],
)
def test_an_organization_is_told_without_the_name_of_its_logo(line: str, organization: str) -> None:
    assert read(PAGE.replace("nvidia NVIDIA", line))[1].organization == organization


def test_an_abstract_is_not_taken_for_an_organization_or_a_date() -> None:
    page = PAGE.replace("It has two paragraphs.", "Code: https://example.org/x\n\n- first\n\nreleased on May 10, 2022")
    assert read(page)[0].abstract == f"{ABSTRACT}Code: https://example.org/x - first released on May 10, 2022"


def test_a_date_without_a_year_is_the_last_such_day() -> None:
    papers = read(PAGE.replace("May 10, 2022", "Mar 7").replace("Oct 14, 2024 1", "Mar 8 1"))
    assert [paper.published for paper in papers[:2]] == ["2026-03-07", "2025-03-08"]
    assert papers[1].signals == {"comments": 1}


def test_a_paper_cut_off_at_the_end_is_told() -> None:
    found = list(parse_copied(PAGE.replace("·\nAug 26, 202440\n", ""), seen=SEEN))
    assert found[2:] == [Skipped(where="line 36", reason="the last paper is cut off before its date")]


def test_a_date_without_a_title_is_told() -> None:
    found = list(parse_copied(PAGE + "\n  • 3 authors\n·\nMay 1, 2024\n", seen=SEEN))
    assert found[3:] == [Skipped(where="line 41", reason="there is no title above this date")]


@pytest.mark.parametrize("page", ["", "Daily Papers\n\nJan 7\n", "Some notes.\n\nOn May 10, 2022 nothing."])
def test_a_page_without_papers_is_an_error_that_says_what_to_do(page: str) -> None:
    with pytest.raises(UsageError, match=r"No paper was found in the copied page\. Select the whole list"):
        list(parse_copied(page, seen=SEEN))
    assert not looks_copied(page)


@given(
    st.lists(
        st.sampled_from(
            [
                "·",
                "• 5 authors",
                "May 10, 2022",
                "Jan 7",
                "Feb 30, 2024",
                "x",
                "",
                "3",
                "nvidia NVIDIA",
                ABSTRACT,
                "·" * 50,
            ]
        ),
        max_size=20,
    )
)
def test_no_page_breaks_the_reader(lines: list[str]) -> None:
    try:
        for found in parse_copied("\n".join(lines), seen=SEEN):
            assert not isinstance(found, Observation) or (found.title and found.seen == SEEN)
    except UsageError as error:
        assert error.hint  # noqa: PT017 - either outcome is right


def test_the_real_copied_page_is_read_whole(shared: Path) -> None:
    page = (shared / "recordings/hf_daily_page_copied.txt").read_text("utf-8")
    assert looks_copied(page[:250_000])
    papers = read(page)
    assert len(papers) == 41
    assert sum(paper.author_count is not None for paper in papers) == 40
    assert [paper.organization for paper in papers if paper.organization] == ["NVIDIA"]
    assert sum("comments" in paper.signals for paper in papers) == 9
    assert sum(paper.signals.get("comments", 0) for paper in papers) == 14
    # Every line of the page but furniture and endings of blocks is a title or an abstract, whole.
    endings = re.compile(r"• \d+ authors|·|nvidia NVIDIA|[A-Z][a-z]{2} \d{1,2}, \d{4}( \d+)?")
    lines = [line for line in (" ".join(line.split()) for line in page.splitlines()) if line]
    texts = [line for line in lines[6:] if not endings.fullmatch(line)]
    assert [text for paper in papers for text in (paper.title, paper.abstract)] == texts
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    dates = [re.match(r"([A-Z][a-z]{2}) (\d+), (\d{4})", line) for line in lines if endings.fullmatch(line)]
    assert [paper.published for paper in papers] == [
        f"{date[3]}-{months.index(date[1]) + 1:02}-{int(date[2]):02}" for date in dates if date
    ]


@pytest.mark.parametrize(
    "page", ["May 10, 2022\n" * 20_000, "May 10, 2022 · " * 20_000, "·\nMay 10, 2022\n" * 20_000, "x\n" * 100_000]
)
def test_a_hostile_copied_page_takes_no_quadratic_time(page: str) -> None:
    with contextlib.suppress(UsageError):  # 100 s and more where time grows with the square
        assert len(list(parse_copied(page, seen=SEEN))) <= 20_000


# --- saved as HTML -----------------------------------------------------------------------------------

ENTRY = {
    "paper": {"id": "2510.01265", "title": "T", "authors": [{"name": "Ana Lima"}], "upvotes": 7, "summary": "S."},
    "numComments": 2,
}


def saved(props: object) -> str:
    other = '<div data-target="MainHeader" data-props="{&quot;isWide&quot;:false}"></div>'
    return f'<!doctype html><html>{other}<div data-target="DailyPapers" data-props="{html.escape(json.dumps(props))}">'


def test_a_saved_page_gives_the_papers_of_its_data() -> None:
    page = saved({"date": "2024-08-01T00:00:00.000Z", "dailyPapers": [ENTRY, {"paper": None}, "x"]})
    paper, *skipped = parse_html(page, seen=SEEN)
    assert isinstance(paper, Observation)
    assert (paper.id, paper.authors, paper.announced) == ("arxiv:2510.01265", ("Ana Lima",), dt.date(2024, 8, 1))
    assert paper.signals == {"upvotes": 7, "comments": 2}
    assert [one.where for one in skipped if isinstance(one, Skipped)] == ["item 2", "item 3"]


@pytest.mark.parametrize(
    "page",
    ["<html></html>", saved({"dailyPapers": {}}), saved({"dailyPapers": []})[:-40], '<div data-props="dailyPapers[[">'],
)
def test_a_saved_page_without_a_list_is_an_error(page: str) -> None:
    with pytest.raises(UsageError, match="carries no list of papers"):
        list(parse_html(page, seen=SEEN))


def test_the_real_saved_page_is_read_whole(shared: Path) -> None:
    page = (shared / "recordings/hf_html/slbqc_huggingface_papers_2024-08-01.html").read_text("utf-8")
    papers = [one for one in parse_html(page, seen=SEEN) if isinstance(one, Observation)]
    assert len(papers) == 13
    assert {paper.announced for paper in papers} == {dt.date(2024, 8, 1)}
    assert all(paper.id.startswith("arxiv:240") and paper.authors and paper.signals["upvotes"] > 0 for paper in papers)
    assert papers[0].id == "arxiv:2407.21783"


@pytest.mark.parametrize("piece", ["<", "<!--", "<a data-props='", '<a data-props="dailyPapers ', "&", "<div a=b "])
def test_a_hostile_saved_page_takes_no_quadratic_time(piece: str) -> None:
    with pytest.raises(UsageError):
        list(parse_html(piece * 100_000, seen=SEEN))
