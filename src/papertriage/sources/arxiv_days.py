"""When arXiv announces: the weekly schedule, and the evenings without an announcement from a data file.

The schedule is https://info.arxiv.org/help/availability.html, all in Eastern US time: what is submitted by 14:00
on a working day is announced at 20:00 of that day, Friday's on Sunday; the listing carries the date of the day
after. Before 2017 the deadline was at 16:00: for that time, what follows from the deadline can be a day off.
Holidays are in `data/arxiv_days.toml`, by year.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

CUTOFF = dt.time(14)

_FRIDAY, _SUNDAY = 4, 6
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of one year.

    Attributes:
        published: arXiv's own list was read; otherwise all is expected from other years.
        none: evenings without an announcement.
        possible: evenings that may be without one.
    """

    published: bool
    none: frozenset[dt.date]
    possible: frozenset[dt.date]


@cache
def years() -> dict[int, Year]:
    """Give the years that the data file covers."""
    import tomllib
    from importlib.resources import files

    text = (files("papertriage") / "data" / "arxiv_days.toml").read_text("utf-8")
    return {
        int(year): Year(table["published"], frozenset(table.get("none", ())), frozenset(table.get("possible", ())))
        for year, table in tomllib.loads(text).items()
    }


def announces(day: dt.date) -> bool | None:
    """Say whether a listing carries the date of a day; None where it is a holiday that is not certain.

    In a year that is not covered every working day counts.
    """
    evening = day - _DAY
    if not _is_evening(evening):
        return False
    known = years().get(evening.year)
    if known and evening in known.none:
        return False
    # Where only the pattern of other years is known, it can as well be the evening before the holiday.
    return None if known and (evening in known.possible or day in known.possible) else True


def is_quiet(day: dt.date) -> bool:
    """Say whether an empty listing of a day is what to expect: a weekend, a holiday, or what may be one."""
    return announces(day) is not True


def not_covered(day: dt.date) -> str | None:
    """Say, in a sentence, that the holidays of a day's year are not known; None where they are."""
    covered = sorted(years())
    if day.year in covered:
        return None
    return f"papertriage knows arXiv's holidays of {covered[0]} to {covered[-1]} only, not those of {day.year}."


def announced_on(submitted: dt.datetime) -> dt.date:
    """Give the date of the listing that a submission comes in, by the schedule; moderation may hold it longer.

    Args:
        submitted: aware.
    """
    local = eastern(submitted)
    evening = local.date()
    # A week and a half is longer than any stretch of holidays.
    for _ in range(30):
        if _cutoff(evening) > local.replace(tzinfo=None) and _takes_place(evening):
            break
        evening += _DAY
    return evening + _DAY


def eastern(moment: dt.datetime) -> dt.datetime:
    """Give a moment in Eastern US time, by the rule that holds since 2007.

    Computed here, since not every machine has a table of time zones.
    """
    utc = moment.astimezone(dt.UTC)
    # 02:00 local time is 07:00 UTC in winter and 06:00 UTC in summer.
    march = dt.datetime.combine(_sunday(utc.year, 3, 2), dt.time(7), dt.UTC)
    november = dt.datetime.combine(_sunday(utc.year, 11, 1), dt.time(6), dt.UTC)
    return utc.astimezone(dt.timezone(dt.timedelta(hours=-4 if march <= utc < november else -5)))


def _sunday(year: int, month: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (n - 1))


def _is_evening(day: dt.date) -> bool:
    return day.weekday() == _SUNDAY or day.weekday() < _FRIDAY


def _takes_place(evening: dt.date) -> bool:
    known = years().get(evening.year)
    return _is_evening(evening) and not (known and evening in known.none)


def _cutoff(evening: dt.date) -> dt.datetime:
    """Give the local time up to which submissions come into the announcement of an evening."""
    return dt.datetime.combine(evening - 2 * _DAY if evening.weekday() == _SUNDAY else evening, CUTOFF)
