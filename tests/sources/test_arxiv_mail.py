"""arXiv's announcement mails: their sections, wrapped fields, and what a cut one gives."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from papertriage.model import Skipped
from papertriage.sources.arxiv_mail import read_mail

SEEN = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
LINE = "-" * 78
HEAD = f"Date: Fri,  9 Jun 23 00:44:20 GMT\nSubject: math.OA daily Subj-class mailing\n\n{LINE}\n"
NEW = rf"""\\
arXiv:2306.00001
Date: Wed, 7 Jun 2023 18:23:40 GMT   (14kb)

Title: A title that goes on
  in a second line
Authors: Fr\'ed\'eric A. Example, Bo Ek (1 and 2) and Cy Day ((1) Here, (2) There),
  Dee Fox
Categories: math.OA math.GR
Comments: 7 pages; Date: none
Journal-ref: J. Tests 1 (2023)
DOI: 10.1000/One
\\
  The first line
of an abstract, with \alpha.
\\ ( https://arxiv.org/abs/2306.00001 ,  14kb)
{LINE}
"""
CROSS = rf"""\\
arXiv:math/0211159 (*cross-listing*)
Date: Wed, 7 Jun 2023 18:23:40 GMT   (14kb)
Date (revised v2): Thu, 8 Jun 2023 18:23:40 GMT   (15kb)

Title: Two
Authors: A. One, B. Two, et al. (97 additional authors not shown)
Categories: math.GR math.DS math.OA
\\
  Abstract.
\\ ( https://arxiv.org/abs/math/0211159 ,  14kb)
{"%%--" * 19}%%
"""
REPLACED = rf"""{LINE}
\\
arXiv:2204.00003
replaced with revised version Thu, 8 Jun 2023 08:03:26 GMT   (25kb,D)

Title: Three
Authors: Bo Ek
Categories: math.PR math.OA
\\ ( https://arxiv.org/abs/2204.00003 ,  25kb)
"""


def read(text: str) -> list[Any]:
    return list(read_mail(text.splitlines(keepends=True), seen=SEEN))


def test_a_new_paper_gives_all_its_fields():
    (paper,) = read(HEAD + NEW)
    assert (paper.id, paper.source, paper.title) == (
        "arxiv:2306.00001", "arxiv-mail", "A title that goes on in a second line",
    )  # fmt: skip
    assert paper.ids == {"arxiv": ("2306.00001",), "doi": ("10.1000/one",)}
    assert paper.authors == (r"Fr\'ed\'eric A. Example", "Bo Ek", "Cy Day", "Dee Fox")
    assert paper.abstract == r"The first line of an abstract, with \alpha."
    assert (paper.announced, paper.published, paper.version) == (dt.date(2023, 6, 9), "2023-06-07T18:23:40Z", 1)
    assert (paper.categories, paper.announce_type) == (("math.OA", "math.GR"), {"math.OA": "new"})
    assert (paper.comment, paper.venue) == ("7 pages; Date: none", "J. Tests 1 (2023)")


def test_sections_give_the_announce_type():
    _, cross, replaced = read(HEAD + NEW + CROSS + REPLACED)
    assert (cross.id, cross.announce_type) == ("arxiv:math/0211159", {"math.OA": "cross"})
    assert (len(cross.authors), cross.author_count, cross.updated) == (2, 99, "2023-06-08T18:23:40Z")
    assert replaced.announce_type == {"math.OA": "replace-cross"}
    assert (replaced.abstract, replaced.published, replaced.updated) == (None, None, "2023-06-08T08:03:26Z")
    (own,) = read(HEAD.replace("math.OA", "math.PR") + REPLACED)
    assert own.announce_type == {"math.PR": "replace"}


def test_the_period_gives_the_day_where_there_is_no_date():
    period = " received from  Thu 22 Jan 26 19:00:00 GMT  to  Fri 23 Jan 26 19:00:00 GMT\n"
    (paper,) = read(period + NEW)
    assert paper.announced == dt.date(2026, 1, 26)
    (paper,) = read(period.replace("Fri 23", "Thu 22") + NEW)
    assert paper.announced == dt.date(2026, 1, 23)


def test_mails_one_after_another_have_each_its_day():
    found = read(HEAD + NEW + HEAD.replace(" 9 Jun", "12 Jun") + CROSS)
    assert [paper.announced.day for paper in found] == [9, 12]


def test_a_mail_that_is_cut_is_told_and_keeps_what_was_whole():
    whole = HEAD + NEW
    found = read(whole + CROSS[: CROSS.index("Abstract")])
    assert found[0].id == "arxiv:2306.00001"
    assert found[1] == Skipped(where=f"line {whole.count(chr(10)) + 1}", reason="the mail ends within this paper")


def test_a_block_that_is_no_paper_is_told():
    broken = NEW.replace("arXiv:2306.00001", "arXiv:nonsense")
    titleless = NEW.replace("Title: A title that goes on", "").replace("  in a second line\n", "")
    found = read(HEAD + broken + titleless + CROSS)
    assert [one.reason for one in found[:2]] == [
        "“arXiv:nonsense” names no paper of arXiv",
        "it has no title (arxiv:2306.00001)",
    ]
    assert found[2].id == "arxiv:math/0211159"


@pytest.mark.parametrize("text", ["(" * 200_000, "et" + " " * 200_000 + "x", ", and" * 50_000, "((1)" * 50_000])
def test_hostile_fields_are_read_in_no_time(text):
    start = time.monotonic()
    for field in ("Authors: ", "Date: ", "DOI: ", "Categories: "):
        read(HEAD + NEW.replace("Authors: ", field + text + "\nAuthors: "))
    assert time.monotonic() - start < 5
