"""Papers from a Daily Papers page of huggingface.co, saved as HTML or copied as text.

A page copied from a browser is a run of blocks: title, abstract of one or more paragraphs, then what
a block ends with, the number of authors or an organization and the date with the number of comments:

      • 5 authors
    ·
    Oct 14, 2024 1

There are no ids on it, so a paper gets the one made of its title (`title_id`), and importing the page
again finds nothing new. A saved page carries the data of its list as JSON in an attribute.
"""

from __future__ import annotations

import datetime as dt
import html.parser
import re
from collections.abc import Iterator
from typing import Any

from papertriage.errors import UsageError
from papertriage.model import Observation, Skipped, day_of
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.hf_daily import observation_from_entry
from papertriage.sources.plain import UnusableError, title_id
from papertriage.sources.records import decode

SOURCE = "hf-daily"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_BULLET = "•·∙⋅‧・"
_MARK = pattern(rf"[{_BULLET}|–—-]+")
_DATE = pattern(
    # The count of comments may stand right behind the year: `Aug 26, 202440`.
    rf"(?:(?P<before>.*?)[{_BULLET}]|[-*–—])?\s*(?:published on )?{_MONTH} (?P<day>\d\d?)"
    rf"(?:, ?(?P<year>(?:19|20)\d\d))?\s*[{_BULLET}]?\s*(?P<comments>\d{{0,6}})(?: comments?)?",
    re.IGNORECASE | re.ASCII,
)
_BULLETED = pattern(rf"[^{_BULLET}]*[{_BULLET}] ")
_AUTHORS = pattern(rf"(?:[{_BULLET}*–—-] ?)?(?P<count>\d[\d,]*) authors?", re.IGNORECASE | re.ASCII)
_FURNITURE = pattern(
    r"new|subscribe|daily papers|trending papers|get trending papers in your email inbox!?|"
    r"daily|weekly|monthly|trending|"
    r"by ?\S+ and the research community|upvote|submitted by|load more|previous|next|papers|\d+",
    re.IGNORECASE,
)
_LONG = 250
"""Characters: a line longer than this is part of an abstract, titles are shorter."""


def looks_copied(text: str) -> bool:
    """Tell whether a text has the lines with which a paper ends on a copied page."""
    lines = [_line(line) for line in text.splitlines()]
    dated = any(_DATE.fullmatch(line) for line in lines)
    return dated and any(_AUTHORS.fullmatch(line) or _MARK.fullmatch(line) or _BULLETED.match(line) for line in lines)


def parse_copied(text: str, *, seen: dt.datetime, source: str = SOURCE) -> Iterator[Observation | Skipped]:
    """Read a Daily Papers page that was copied as text.

    Args:
        seen: when it is read (UTC, aware). A date without a year is the last such day before it.
        source: name of the source that the papers get.

    Raises:
        UsageError: no paper was found.
    """
    block: list[str] = []
    last, long = "", False  # of the block: its last line that is not empty; whether it has an abstract
    found = 0
    lines = [_line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines.append("")
    for number, line in enumerate(lines[:-1]):
        date = _DATE.fullmatch(line)
        if not date or not _ends_block(date, last, long=long):
            block.append(line)
            last = line or last
            long = long or len(line) > _LONG
            continue
        comments = date["comments"]
        if not comments and re.fullmatch(r"\d{1,5}", lines[number + 1]):
            comments, lines[number + 1] = lines[number + 1], ""
        if date["before"]:
            block += re.split(f"[{_BULLET}]", date["before"])
        paper = _paper(block, date, comments, first=not found, seen=seen, source=source)
        found += paper is not None
        yield paper or Skipped(where=f"line {number + 1}", reason="there is no title above this date")
        block, last, long = [], "", False
    if not found:
        raise UsageError(
            "No paper was found in the copied page.",
            "Select the whole list in the browser, titles, abstracts and dates, and copy it as text.",
        )
    if long:
        yield Skipped(where=f"line {len(lines) - 1}", reason="the last paper is cut off before its date")


def _line(line: str) -> str:
    return " ".join(line.replace("\u200b", "").split())


def _ends_block(date: re.Match[str], last: str, *, long: bool) -> bool:
    """Tell the date below a paper from one above the list (`Jan 7`) or one within an abstract."""
    if date["before"] is not None or _MARK.fullmatch(last) or _AUTHORS.fullmatch(last):
        return True
    return long and date["year"] is not None


def _paper(
    block: list[str], date: re.Match[str], comments: str, *, first: bool, seen: dt.datetime, source: str
) -> Observation | None:
    count, organization = None, None
    lines = [line.strip() for line in block]
    # Take away from below what is not the abstract: marks, the number of authors, an organization.
    marked = date["before"] is not None
    while lines and (not lines[-1] or _MARK.fullmatch(lines[-1]) or _AUTHORS.fullmatch(lines[-1])):
        last = lines.pop()
        if authors := _AUTHORS.fullmatch(last):
            count = int(authors["count"].replace(",", "")[:9])
        marked = marked or bool(last)
    if marked and count is None and len(lines) > 2 and _is_name(lines[-1]):
        organization = _organization(lines.pop().lstrip(_BULLET + " "))
        while len(lines) > 2 and lines[-1] and lines[-1].casefold().replace("-", " ") == organization.casefold():
            lines.pop()  # the name of its picture on a line of its own
    lines = _without_furniture(lines, first=first)
    title = fields.title(lines[0]) if lines else None
    if not title:
        return None
    return Observation(
        id=title_id(source, title),
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract("\n".join(lines[1:])),
        author_count=count,
        published=_published(date, seen),
        organization=organization,
        signals={"comments": int(comments)} if comments else {},
    )


def _without_furniture(lines: list[str], *, first: bool) -> list[str]:
    """Drop what the page shows above a title: headings, buttons, its own date."""
    start = 0
    while start < len(lines) - 1 and (
        not lines[start] or _FURNITURE.fullmatch(lines[start]) or _DATE.fullmatch(lines[start])
    ):
        start += 1
    lines = lines[start:]
    if first and (long := next((n for n, line in enumerate(lines) if len(line) > _LONG), 0)):
        # Furniture that is not known: the title is the last line above the abstract that is no sentence.
        titles = [n for n in range(long) if lines[n] and lines[n][-1] not in ".:;"]
        lines = lines[titles[-1] :] if titles else lines
    return lines


def _is_name(line: str) -> bool:
    return 0 < len(line) <= 80 and line[-1] not in ".!?:;" and "://" not in line and len(line.split()) <= 10


def _organization(line: str) -> str:
    """Drop the short name that stands for a logo: `nvidia NVIDIA`, `ByteDance-Seed ByteDance Seed`."""
    handle, _, name = line.partition(" ")
    short, full = (re.sub(r"[\W_]", "", part).casefold() for part in (handle, name))
    return name if short and full.startswith(short) else line


def _published(date: re.Match[str], seen: dt.datetime) -> str | None:
    month, day = _MONTHS.index(date["month"].lower()[:3]) + 1, int(date["day"])
    year = int(date["year"] or seen.year)
    if not date["year"] and (month, day) > (seen.month, seen.day):
        year -= 1
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


# --- a saved page ------------------------------------------------------------------------------------


_PROPS = 'data-props="'


class _Tag(html.parser.HTMLParser):
    """Reads the attributes of the first tag."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.attributes = self.attributes or dict(attrs)


def _props(text: str) -> dict[str, Any] | None:
    """Find the data that the page's list of papers is drawn from.

    Only the tag that has it is parsed: `html.parser` takes quadratic time on some broken pages.
    """
    place = 0
    for _ in range(10):
        place = text.find("dailyPapers", place + 1)
        name = text.rfind(_PROPS, 0, max(0, place))
        start = text.rfind("<", 0, max(0, name))
        end = text.find('"', place)
        if start < 0 or end < 0:
            return None
        tag = _Tag()
        tag.feed(text[start : end + 1] + ">")
        try:
            props = decode((tag.attributes.get("data-props") or "").encode("utf-8", "replace"))
        except UnusableError:
            continue
        if isinstance(props, dict) and isinstance(props.get("dailyPapers"), list):
            return props
    return None


def parse_html(text: str, *, seen: dt.datetime, source: str = SOURCE) -> Iterator[Observation | Skipped]:
    """Read a Daily Papers page saved as HTML: https://huggingface.co/papers/date/2024-08-01.

    Raises:
        UsageError: the page does not carry a list of papers.
    """
    props = _props(text)
    if props is None:
        raise UsageError(
            "The saved page carries no list of papers.",
            "Save a Daily Papers page of one day, https://huggingface.co/papers/date/YYYY-MM-DD, as HTML.",
        )
    day = day_of(str(props.get("date") or ""))
    for number, entry in enumerate(props["dailyPapers"], start=1):
        found = observation_from_entry(entry, day=day, seen=seen, source=source)
        yield Skipped(where=f"item {number}", reason=f"it {found}") if isinstance(found, str) else found
