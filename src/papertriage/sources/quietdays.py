"""Days on which arXiv announces nothing."""

from __future__ import annotations

import datetime as dt


def is_quiet(day: dt.date) -> bool:
    """Say whether an empty announcement on a day is what to expect.

    Weekends are quiet, and holidays with the day after each: what would be announced in the evening of a
    holiday carries the next day's date. See https://info.arxiv.org/help/availability.html; the list there
    is made anew each year, so this one errs on the side of calling a day quiet.
    """
    if day.weekday() >= 5:
        return True
    return any(near in _holidays(near.year) for near in (day, day - dt.timedelta(days=1)))


def _holidays(year: int) -> set[dt.date]:
    thanksgiving = _nth(year, 11, weekday=3, n=4)
    return {
        dt.date(year, 1, 1),
        _nth(year, 1, weekday=0, n=3),  # Martin Luther King's day
        _nth(year, 6, weekday=0, n=1) - dt.timedelta(days=7),  # Memorial day, the last Monday of May
        dt.date(year, 6, 19),
        dt.date(year, 7, 4),
        _nth(year, 9, weekday=0, n=1),  # Labor day
        thanksgiving,
        thanksgiving + dt.timedelta(days=1),
        *(dt.date(year, 12, day) for day in (24, 25, 26, 31)),
    }


def _nth(year: int, month: int, *, weekday: int, n: int) -> dt.date:
    """Give the n-th of a weekday (Monday is 0) in a month."""
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
