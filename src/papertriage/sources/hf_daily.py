"""Hugging Face's Daily Papers: `/api/daily_papers?date=&p=&limit=`, the list of one day, page by page.

What is known of the API is what recorded replies show: its records have grown since 2024, older
ones lack fields. A day's list fills while the day lasts and its votes grow for days, so recent days
are asked again. `submitter=` gives the papers that one user submitted.

`week=2026-W12` and `month=2026-03` give the lists of several days in a few requests, for catching up.
In all 925 records of two months `submittedOnDailyAt` is the day of the list, so that it parts
them by day; records from before 2025 have none, and then no `announced`. The service knows weeks up to
W52: the days of a 53rd are asked for one by one.

`announced` is the day of the list. Two times are kept apart in `extra`, by the
service's own names: the outer `publishedAt` (in 2024 the time of listing, later the paper's own date
moved by a time zone) and `submittedOnDailyAt`.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from papertriage.errors import SourceError, UsageError
from papertriage.identity import own_identity, parse_identity
from papertriage.model import Listing, Observation, Skipped, Status, day_of
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session

BASE_URL = "https://huggingface.co"

PAGE_SIZE = 100
"""What is asked for: the most that the service gives on one page."""

SHORT_PAGE = 50
"""A page of a day with fewer is the last one. The service's own size; it may take less than we ask for."""

MAX_PAGES = 50

RECHECK_DAYS = 7

PERIODS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class HfDaily:
    """The Daily Papers of each day.

    Attributes:
        by: what one request asks for: a `day`, a `week` or a `month`.
        submitter: a user's name; only what that user submitted.
    """

    name: str = "hf-daily"
    base_url: str = BASE_URL
    by: str = "day"
    submitter: str | None = None
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The submitter; how many days are asked for at once changes nothing of what is listed."""
        return f"submitter={self.submitter}" if self.submitter else ""

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield one listing a day; see `Source.fetch`.

        Validators are not used: a day may have several pages, and empty days look alike.

        Raises:
            SourceError: huggingface.co cannot be reached, or failed twice in a row; the days not yet
                yielded were not read.
        """
        del validators
        failed_before = False
        for period, group in groupby(days, key=self._period):
            asked = list(group)
            before = session.requests
            try:
                yield from self._listings(session, period, asked, now)
            except HttpStatusError as error:
                # The service is there: one list may fail alone, two in a row are an outage.
                if failed_before:
                    raise
                failed_before = True
                requests = session.requests - before
                for day in asked:
                    yield Listing(day=day, status=Status.FAILED, requests=requests, error=str(error))
                    requests = 0
            else:
                failed_before = False

    def _period(self, day: dt.date) -> tuple[str, str]:
        """Give the parameter that asks for the list with this day, and its value."""
        year, week, _ = day.isocalendar()
        if self.by == "month":
            return "month", f"{day:%Y-%m}"
        if self.by == "week" and week <= 52:
            return "week", f"{year}-W{week:02}"
        return "date", day.isoformat()

    def _listings(
        self, session: Session, period: tuple[str, str], days: Sequence[dt.date], now: dt.datetime
    ) -> Iterator[Listing]:
        """Read the list of a period, and give the listing of each of the days."""
        before = session.requests
        ready = [day for day in days if day <= now.date()]
        if ready:
            papers, skipped, fault = self._pages(session, period, now)
            by_day: dict[dt.date, list[Observation]] = {day: [] for day in ready}
            for paper in papers:
                # One whose record does not tell its day is kept with the first that was asked for.
                by_day.get(paper.announced or ready[0], []).append(paper)
        for day in ready:
            own = () if day != ready[0] else tuple(skipped)
            status, error_text = self._standing(day, now, len(by_day[day]), len(own), fault)
            yield Listing(
                day=day,
                status=status,
                observations=tuple(by_day[day]),
                skipped=own,
                requests=session.requests - before,
                error=error_text,
            )
            before = session.requests
        for day in days[len(ready) :]:
            error_text = f"{day} is in the future: its Daily Papers are listed on that day."
            yield Listing(day=day, status=Status.FAILED, error=error_text)

    def _pages(
        self, session: Session, period: tuple[str, str], now: dt.datetime
    ) -> tuple[list[Observation], list[Skipped], str | None]:
        """Read all pages of a list: the papers, what could not be read, and what went wrong after that."""
        day = dt.date.fromisoformat(period[1]) if period[0] == "date" else None
        papers: dict[tuple[str, dt.date | None], Observation] = {}
        skipped: list[Skipped] = []
        try:
            for number in range(MAX_PAGES):
                found = self._page(session, period, number, now)
                fresh = {(item.id, item.announced): item for item in found.observations}
                fresh = {key: item for key, item in fresh.items() if key not in papers}
                papers |= fresh
                if fresh or not number:
                    skipped += found.skipped
                # A list of many days goes on until a page brings nothing: a page of it may come short.
                if not fresh or (day and found.entries < SHORT_PAGE):
                    break
        except HttpStatusError as error:
            if error.status != 400 and not papers:
                raise
            fault = str(error)
            if error.status == 400:
                what = "day that it has listed" if day else f"{period[0]} that it has"
                fault = f"{self._host} takes {period[1]} for no {what} (HTTP 400). {NEXT_FETCH}"
            return list(papers.values()), skipped, fault
        except SourceError as error:
            if not papers and not isinstance(error, UnreadableError):
                raise
            return list(papers.values()), skipped, str(error)
        return list(papers.values()), skipped, None

    def _page(self, session: Session, period: tuple[str, str], number: int, now: dt.datetime) -> Page:
        params: dict[str, str | int] = {period[0]: period[1], "p": number, "limit": PAGE_SIZE}
        if self.submitter:
            params["submitter"] = self.submitter
        reply = session.get(f"{self.base_url}/api/daily_papers", params=params, expect="json")
        day = dt.date.fromisoformat(period[1]) if period[0] == "date" else None
        return parse_page(reply.body, day, now, self.name, what=period[1])

    def _standing(
        self,
        day: dt.date,
        now: dt.datetime,
        papers: int,
        skipped: int,
        fault: str | None,
    ) -> tuple[Status, str | None]:
        """Decide what a day's answer means, and what the user is told of it."""
        if fault:
            return (Status.PARTIAL if papers else Status.FAILED), fault
        if skipped:
            text = f"{skipped} entries of {day} could not be read; the others are saved. {NEXT_FETCH}"
            if not papers:
                return Status.FAILED, f"None of the {skipped} entries of {day} could be read. {NEXT_FETCH}"
            return Status.PARTIAL, text
        if day >= now.date():
            return Status.PARTIAL, None  # the list still fills
        if papers:
            return Status.COMPLETE, None
        if day.weekday() >= 5 or (now.date() - day).days > RECHECK_DAYS or self.submitter:
            return Status.EXPECTED_EMPTY, None
        return Status.STALE, f"{self._host} lists nothing for {day}, a {day:%A}, which is unusual. {NEXT_FETCH}"

    @property
    def _host(self) -> str:
        return self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a day's list.

    Attributes:
        entries: how many records it has, readable or not.
    """

    entries: int
    observations: tuple[Observation, ...]
    skipped: tuple[Skipped, ...]


class UnreadableError(SourceError):
    """The service answered, but not with a list of papers."""


def build(settings: Mapping[str, object]) -> HfDaily:
    """Make the source from its settings: `name`, `base_url`, `by`, `submitter`.

    Raises:
        UsageError: one of them is wrong.
    """
    by = setting_text(settings, "by", "day")
    if by not in PERIODS:
        raise UsageError(f"The source {settings['name']!r} cannot ask by {by!r}.", f"There are {', '.join(PERIODS)}.")
    return HfDaily(
        name=str(settings["name"]),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
        by=by,
        submitter=setting_text(settings, "submitter", "") or None,
    )


def parse(
    body: bytes, day: dt.date, seen: dt.datetime, source: str = "hf-daily"
) -> tuple[tuple[Observation, ...], tuple[Skipped, ...]]:
    """Read a page of a day's list as the API gives it; pure.

    Args:
        day: of the list.
        seen: when it was fetched.
        source: the name that observations carry.

    Raises:
        UnreadableError: it is not a list in JSON.
    """
    page = parse_page(body, day, seen, source)
    return page.observations, page.skipped


def parse_page(body: bytes, day: dt.date | None, seen: dt.datetime, source: str, *, what: str = "") -> Page:
    """Read a page as `parse` does, with the number of its records.

    Args:
        day: of the list; None where each record tells its own.
        what: the list, for messages; its day where that is left out.
    """
    what = what or str(day)
    entries = decoded(body, what)
    observations: dict[str, Observation] = {}
    skipped = []
    for place, entry in enumerate(entries, 1):
        found = observation_from_entry(entry, day=day or listing_day(entry, seen), seen=seen, source=source)
        if isinstance(found, Observation):
            observations.setdefault(f"{found.id} {found.announced}", found)
        else:
            skipped.append(Skipped(where=f"{what} entry {place}", reason=found))
    return Page(len(entries), tuple(observations.values()), tuple(skipped))


def decoded(body: bytes, what: str) -> list[Any]:
    """Decode a list in JSON.

    Raises:
        UnreadableError: it is none.
    """
    try:
        entries = json.loads(
            body.decode("utf-8-sig"), parse_constant=lambda _: None, parse_int=_whole, parse_float=_fraction
        )
    except (ValueError, RecursionError):
        raise UnreadableError(f"The list of {what} is not whole JSON.", NEXT_FETCH) from None
    if not isinstance(entries, list):
        raise UnreadableError(f"The reply for {what} is not a list of papers.", NEXT_FETCH)
    return entries


def listing_day(entry: object, seen: dt.datetime) -> dt.date | None:
    """Tell the day on which a record was listed, which records have carried since 2025."""
    paper = entry.get("paper") if isinstance(entry, dict) else None
    listed = paper.get("submittedOnDailyAt") if isinstance(paper, dict) else None
    return day_of(fields.moment(listed, seen=seen))


def observation_from_entry(
    entry: object, *, day: dt.date | None, seen: dt.datetime, source: str = "hf-daily"
) -> Observation | str:
    """Read one record of a list, from the API or from the data inside a saved page; pure.

    Args:
        day: of the list; None where it is not known.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    paper = entry.get("paper") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(paper, dict):
        return f"is {_kind(entry)}, not a record of a paper"
    native = fields.text(paper.get("id"))
    title = fields.title(paper.get("title")) or fields.title(entry.get("title"))
    if not native:
        return "has no id"
    if not title:
        return f"has no title ({native})"
    identity = parse_identity(native)
    arxiv = identity.value if identity and identity.kind == "arxiv" else None
    # Hidden authors are authors too: `hidden` only keeps their name off the page of the service.
    authors = paper.get("authors")
    if not isinstance(authors, list):
        authors = []
    signals = {
        "upvotes": fields.number(paper.get("upvotes")),
        "comments": fields.number(entry.get("numComments")),
        "github_stars": fields.number(paper.get("githubStars")),
    }
    return Observation(
        id=f"arxiv:{arxiv}" if arxiv else str(own_identity(source, native)),
        source=source,
        title=title,
        seen=seen,
        ids={"arxiv": (arxiv,)} if arxiv else {source: (own_identity(source, native).value,)},
        abstract=fields.abstract(paper.get("summary")) or fields.abstract(entry.get("summary")),
        authors=fields.names(author.get("name") if isinstance(author, dict) else author for author in authors),
        published=fields.moment(paper.get("publishedAt"), seen=seen),
        announced=day,
        urls=_urls(paper, native, arxiv),
        organization=_name(paper.get("organization")) or _name(entry.get("organization")),
        submitter=_name(paper.get("submittedOnDailyBy")) or _name(entry.get("submittedBy")),
        signals={name: value for name, value in signals.items() if value is not None},
        extra=_extra(entry, paper),
    )


def _urls(paper: dict[str, Any], native: str, arxiv: str | None) -> dict[str, str]:
    urls = {
        "page": fields.url(f"{BASE_URL}/papers/{native}"),
        "abs": f"https://arxiv.org/abs/{arxiv}" if arxiv else None,
        "pdf": f"https://arxiv.org/pdf/{arxiv}" if arxiv else None,
        "code": fields.url(paper.get("githubRepo")),
        "project": fields.url(paper.get("projectPage")),
    }
    return {kind: url for kind, url in urls.items() if url}


def _extra(entry: dict[str, Any], paper: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "publishedAt": fields.text(entry.get("publishedAt")),
        "submittedOnDailyAt": fields.text(paper.get("submittedOnDailyAt")),
        "discussionId": fields.text(paper.get("discussionId")),
        "ai_summary": fields.text(paper.get("ai_summary"), 2_000),
        "ai_keywords": list(fields.words(paper.get("ai_keywords"))),
    }
    return {name: value for name, value in extra.items() if value}


def _name(value: object) -> str | None:
    """Give the name of a user or an organization: the full one, else the short one."""
    if not isinstance(value, dict):
        return fields.text(value)
    return next((name for key in ("fullname", "name", "user") if (name := fields.text(value.get(key)))), None)


def _kind(value: object) -> str:
    kinds = {str: "a text", list: "a list", dict: "a record of something else", type(None): "empty"}
    return kinds.get(type(value), "a number")


def _whole(digits: str) -> int | None:
    """Read a whole number; one of thousands of digits would be refused by `int` and fail the page."""
    return int(digits) if len(digits) <= 30 else None


def _fraction(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None
