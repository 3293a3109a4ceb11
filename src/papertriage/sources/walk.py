"""What sources share that ask a service for one day after another, page by page.

A source gives the pages of a day; here they become a `Listing` that says honestly whether the day is
whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from papertriage.errors import SourceError
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources import fields
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session

MAX_PAGES = 1_000
"""Of one day: a service whose pages never end is left here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a day.

    Attributes:
        total: how many records the service says there are on all pages, None where it doesn't.
        after: what to ask the next page with, None on the last one or where it is counted.
        entries: how many records the page has, readable or not.
    """

    observations: tuple[Observation, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    total: int | None = None
    after: str | None = None
    entries: int = 0

    @property
    def records(self) -> set[str]:
        """What tells the records apart, readable or not: how far a walk has come, a page given twice aside."""
        return {paper.native or paper.id for paper in self.observations} | {one.where for one in self.skipped}


SLOW_SECONDS = 60.0
"""For a reply of a service that searches first and then sends megabytes."""


class UnreadableReplyError(SourceError):
    """The service answered, but not with what it was asked for, or not with all of it."""


def day_listings(
    session: Session,
    days: Sequence[dt.date],
    pages: Callable[[dt.date], Iterator[Page]],
    *,
    now: dt.datetime,
    host: str,
    recheck_days: int,
    never_empty: bool = False,
) -> Iterator[Listing]:
    """Read each day and yield its listing as soon as it is whole; for `Source.fetch`.

    Args:
        pages: reads one day; what it raises after a page was read keeps that page.
        host: how the service is called in messages.
        recheck_days: for so long records that cannot be read keep a day from being complete: they may
            be mended.
        never_empty: on a weekday of that time, no papers at all are a fault of the service.

    Raises:
        SourceError: the service cannot be reached, or failed on two days in a row; the days not yet
            yielded were not read.
    """
    failed_before = False
    for day in days:
        before = session.requests
        if day > now.date():
            yield Listing(day=day, status=Status.FAILED, error=f"{day} is in the future: nothing is listed yet.")
            continue
        read: dict[str, Observation] = {}
        skipped: dict[str, Skipped] = {}
        fault = None
        failed = False
        try:
            for page in pages(day):
                for paper in page.observations:
                    read.setdefault(paper.native or paper.id, paper)
                skipped.update((one.where, one) for one in page.skipped)
        except SourceError as error:
            failed = not read and not isinstance(error, UnreadableReplyError)
            # The service is there if it gave a status: one day may fail alone, two in a row are an outage.
            if failed and (failed_before or not isinstance(error, HttpStatusError)):
                raise
            fault = str(error)
        failed_before = failed
        fresh = (now.date() - day).days < max(recheck_days, 1)
        empty_fault = never_empty and fresh and day.weekday() < 5
        status, error_text = _standing(day, now, len(read), len(skipped), fault, fresh=fresh)
        if status is Status.COMPLETE and not read and empty_fault:
            status = Status.STALE
            error_text = f"{host} lists nothing for {day}, a {day:%A}, which is unusual. {NEXT_FETCH}"
        yield Listing(
            day=day,
            status=status,
            observations=tuple(read.values()),
            skipped=tuple(skipped.values()),
            requests=session.requests - before,
            error=error_text,
        )


def _standing(
    day: dt.date, now: dt.datetime, papers: int, skipped: int, fault: str | None, *, fresh: bool
) -> tuple[Status, str | None]:
    """Decide what a day's answer means, and what the user is told of it."""
    if fault:
        return (Status.PARTIAL if papers else Status.FAILED), fault
    if skipped and fresh:
        if papers:
            return Status.PARTIAL, unread(skipped, day)
        return Status.FAILED, f"None of the {skipped} records of {day} could be read. {NEXT_FETCH}"
    if day >= now.date():
        return Status.PARTIAL, None  # the day still fills
    if not papers and day.weekday() >= 5:
        return Status.EXPECTED_EMPTY, None
    return Status.COMPLETE, None


def unread(count: int, what: object) -> str:
    """Say that some records could not be read."""
    return f"{count} records of {what} could not be read; the others are saved. {NEXT_FETCH}"


def short_of(host: str, read: int, total: int) -> UnreadableReplyError:
    """Make the error for a service that announces more records than it gives."""
    return UnreadableReplyError(f"{host} says that it has {total} records and gave {read}.", NEXT_FETCH)


def host_of(base_url: str) -> str:
    """Give the host of an address, for messages."""
    return base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]


def api_key(session: Session, service: str) -> str | None:
    """Give the user's key for a service, `PAPERTRIAGE_<SERVICE>_KEY` of the environment, None without one."""
    value = session.environ.get(f"PAPERTRIAGE_{service}_KEY", "").strip()
    return value if value and value.isascii() and value.isprintable() else None


def with_reason(error: HttpStatusError, reason: object, secret: str | None = None) -> HttpStatusError:
    """Add to a refusal what the service gives as its reason, unless it repeats the key."""
    said = fields.text(reason, 300)
    if not said or (secret and secret in said):
        return error
    return HttpStatusError(
        f"{error.message} It says: “{said}”", error.hint, url=error.url, status=error.status, body=error.body
    )
