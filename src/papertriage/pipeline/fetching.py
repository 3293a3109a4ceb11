"""`fetch`: ask each source for the days that are not settled, save, and write the ledger.

The papers of a day are on disk before the ledger speaks of that day, so a run can be killed at any
moment and run again: a day without a ledger line is asked again, and what is on disk already adds
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from papertriage.config import Config
from papertriage.errors import ExitCode, SourceError
from papertriage.model import Listing, Run, Status
from papertriage.sources.base import Source, build_source
from papertriage.sources.http import Session
from papertriage.store.ledger import Ledger
from papertriage.store.log import Appended, Log

FIRST_RUN_DAYS = 3
"""How far back the first fetch of a source goes."""

SETTLED = (Status.COMPLETE, Status.EXPECTED_EMPTY, Status.MISSED)
"""A day with one of these is not asked again, unless its source still changes it."""


class Progress(Protocol):
    """What a fetch tells while it goes on."""

    def plan(self, source: str, days: int) -> None:
        """Tell that a source is to be asked for so many days."""

    def done(self, source: str, listing: Listing, appended: Appended) -> None:
        """Tell that a day of a source is saved."""


class SourceReport(msgspec.Struct, kw_only=True):
    """What came of one source.

    Attributes:
        status: ok, partial (some days or records failed) or failed (nothing could be fetched).
        new, updated, unchanged: papers; skipped: records that could not be read.
        error: the first thing that went wrong, with what to do.
        days: the state of each day that was asked.
    """

    name: str
    status: str = "ok"
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    requests: int = 0
    error: str | None = None
    days: dict[str, str] = {}


class FetchReport(msgspec.Struct, kw_only=True):
    """What came of a fetch; `fetch --json` prints it."""

    sources: list[SourceReport]
    exit_code: int


def configured(config: Config) -> list[Source]:
    """Build the sources of a config.

    Raises:
        UsageError: one has a type or an option that does not exist.
    """
    return [
        build_source(
            {"name": source.name, "type": source.type, **source.options}
            | ({"base_url": source.base_url} if source.base_url else {})
        )
        for source in config.sources
    ]


def fetch(
    sources: Sequence[Source],
    session: Session,
    log: Log,
    ledger: Ledger,
    *,
    now: Callable[[], dt.datetime],
    asked: Sequence[dt.date] | None,
    progress: Progress,
) -> FetchReport:
    """Bring the cache up to date.

    Args:
        asked: the days to ask for; None lets the ledger decide.
        now: the clock.

    Raises:
        StorageError, LockedError: nothing more can be saved; what was saved stays.
    """
    started = now()
    reports = []
    runs = ledger.read()
    for source in sources:
        report = SourceReport(name=source.name)
        reports.append(report)
        days = days_to_ask(source, runs, today=started.date(), asked=asked)
        progress.plan(source.name, len(days))
        sums: dict[dt.date, Run] = {}
        failures: dict[dt.date, str] = {}
        requests = session.requests
        for given in _listings(source, session, days, runs, now=now):
            listing = _stale_or_not(given, source, log)
            appended = log.append(listing.observations)
            run = sums[listing.day] = _run(source, listing, appended, now(), sums.get(listing.day))
            if appended.new or appended.updated or _tells_something(run, runs):
                ledger.append([run])
                runs[run.source, run.query, run.day] = run
            _add(report, listing, appended)
            if error := listing.error or _skipped(listing):
                failures.setdefault(listing.day, error)
            progress.done(source.name, listing, appended)
        report.requests = session.requests - requests
        report.error = _told(failures, today=started.date())
        report.status = _standing(report)
    return FetchReport(sources=reports, exit_code=_exit_code(reports))


def days_to_ask(
    source: Source,
    runs: Mapping[tuple[str, str, dt.date], Run],
    *,
    today: dt.date,
    asked: Sequence[dt.date] | None = None,
) -> list[dt.date]:
    """Decide which days a source is asked for, oldest first.

    Without `asked`: today, the days since the first run that the ledger does not know, days that were
    never settled, and recent days that the source still changes. The first run takes three days.
    """
    if asked is not None and source.keeps_past:
        return sorted(asked)
    if not source.announces_daily:
        return [today]
    known = {day: run for (name, query, day), run in runs.items() if (name, query) == (source.name, source.query)}
    # A line about a day of its own time is a daily run; one about a day long past was asked for by name.
    daily = [day for day, run in known.items() if (run.at.date() - day).days < FIRST_RUN_DAYS and day <= today]
    if source.keeps_past:
        # From the first of them, not the last: a day that was asked for by name may stand behind days that were missed.
        start = min(daily, default=today - dt.timedelta(days=FIRST_RUN_DAYS - 1))
    else:
        start = max(daily, default=today)
    wanted = {start + dt.timedelta(days=n) for n in range((today - start).days + 1)}
    wanted |= {day for day, run in known.items() if run.status not in SETTLED}
    wanted |= {day for day in known if 0 <= (today - day).days < source.recheck_days}
    return sorted(day for day in wanted if day <= today and (day not in known or _open(day, known[day], source, today)))


def _open(day: dt.date, run: Run, source: Source, today: dt.date) -> bool:
    """Say whether asking again for a day can bring more than is known of it."""
    if source.keeps_past:
        return run.status not in SETTLED or (today - day).days < max(source.recheck_days, 1)
    # What a feed gave in part on an earlier day it can no longer give whole.
    return run.status not in SETTLED and not (run.status is Status.PARTIAL and day < today)


def _listings(
    source: Source,
    session: Session,
    days: Sequence[dt.date],
    runs: Mapping[tuple[str, str, dt.date], Run],
    *,
    now: Callable[[], dt.datetime],
) -> Iterator[Listing]:
    """Ask a source; what it raises becomes a failed day for each that it did not come to."""
    left = list(days)
    try:
        for listing in source.fetch(session, days, now=now(), validators=_validators(source, runs)):
            left = [day for day in left if day != listing.day]
            yield listing
    except SourceError as error:
        for day in left or [now().date()]:
            yield Listing(day=day, status=Status.FAILED, error=str(error))


def _validators(source: Source, runs: Mapping[tuple[str, str, dt.date], Run]) -> Mapping[str, str]:
    """Give the validators of the source's last listing that was saved."""
    own = [run for (name, query, _), run in runs.items() if (name, query) == (source.name, source.query)]
    # Of several lines of one moment the latest day: pages come in the order of days.
    last = max((run for run in own if run.validators), key=lambda run: (run.at, run.day), default=None)
    return last.validators if last else {}


def _stale_or_not(listing: Listing, source: Source, log: Log) -> Listing:
    """Tell a feed that repeats an earlier announcement under a fresh date.

    Its papers are not written again: they were not announced on that day.
    """
    if source.keeps_past or listing.status is not Status.COMPLETE or not source.announces_daily:
        return listing
    if not listing.observations or not all(
        any(day < listing.day for day in log.known(observation.source, observation.native or observation.id))
        for observation in listing.observations
    ):
        return listing
    return msgspec.structs.replace(
        listing,
        status=Status.STALE,
        observations=(),
        validators={},
        error=f"{source.name} repeats an earlier announcement under the date {listing.day}: it is stale, "
        "nothing new was read. The next fetch asks again.",
    )


def _run(source: Source, listing: Listing, appended: Appended, at: dt.datetime, before: Run | None) -> Run:
    """Make the line of a listing; what came before it of the same day, in pages, is counted with it."""
    return Run(
        source=source.name,
        query=source.query,
        day=listing.day,
        status=listing.status,
        at=at,
        new=appended.new + (before.new if before else 0),
        updated=appended.updated + (before.updated if before else 0),
        unchanged=appended.unchanged + (before.unchanged if before else 0),
        skipped=len(listing.skipped) + (before.skipped if before else 0),
        requests=listing.requests + (before.requests if before else 0),
        error=listing.error,
        note=listing.note,
        validators=listing.validators,
    )


def _tells_something(run: Run, runs: Mapping[tuple[str, str, dt.date], Run]) -> bool:
    """Say whether a line adds to the ledger: not one that would hide a whole day behind a lesser word."""
    before = runs.get((run.source, run.query, run.day))
    if before is None:
        return True
    if before.status in SETTLED and run.status in (Status.NOT_MODIFIED, Status.FAILED, Status.STALE):
        return False
    return (run.status, run.error, run.note, run.validators) != (
        before.status,
        before.error,
        before.note,
        before.validators,
    )


def _add(report: SourceReport, listing: Listing, appended: Appended) -> None:
    report.new += appended.new
    report.updated += appended.updated
    report.unchanged += appended.unchanged
    report.skipped += len(listing.skipped)
    report.days[listing.day.isoformat()] = listing.status.value


def _skipped(listing: Listing) -> str | None:
    if not listing.skipped:
        return None
    first, count = listing.skipped[0], len(listing.skipped)
    counted = "A record" if count == 1 else f"{count} records, the first of them"
    return f"{counted} could not be read: {first.where}: {first.reason}."


def _told(failures: Mapping[dt.date, str], *, today: dt.date) -> str | None:
    """Tell the first failure with its day, and how many more days there are."""
    if not failures:
        return None
    day, error = next(iter(failures.items()))
    told = error if day == today or day.isoformat() in error else f"{day}: {error}"
    more = len(failures) - 1
    return f"{told} And {more} more day{'s' if more > 1 else ''}; `papertriage status` shows them." if more else told


def _standing(report: SourceReport) -> str:
    if report.error is None:
        return "ok"
    answered = any(Status(day) is not Status.FAILED for day in report.days.values())
    return "partial" if answered else "failed"


def _exit_code(reports: Iterable[SourceReport]) -> ExitCode:
    standings = {report.status for report in reports}
    if standings == {"failed"}:
        return ExitCode.NOTHING_FETCHED
    return ExitCode.PARTIAL if standings & {"failed", "partial"} else ExitCode.DONE
