"""arXiv's announcement days, from its schedule and the data file of holidays."""

from __future__ import annotations

import datetime as dt

import pytest

from papertriage.sources.arxiv_days import announced_on, announces, eastern, not_covered, years


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        # November is winter time in New York: 14:00 is 19:00 UTC
        ("2025-11-03T18:59:59", "2025-11-04"),  # Monday before the deadline
        ("2025-11-03T19:00:00", "2025-11-05"),
        ("2025-11-06T18:59:59", "2025-11-07"),  # Thursday
        ("2025-11-06T19:00:00", "2025-11-10"),  # announced on Sunday evening
        ("2025-11-07T18:59:59", "2025-11-10"),
        ("2025-11-07T19:00:00", "2025-11-11"),
        ("2025-11-09T12:00:00", "2025-11-11"),  # Sunday: Monday evening
        # summer time: 18:00 UTC
        ("2025-08-04T17:59:59", "2025-08-05"),
        ("2025-08-04T18:00:00", "2025-08-06"),
        # Thanksgiving has no announcement on its evening: Friday has no listing
        ("2025-11-26T19:30:00", "2025-12-01"),
        ("2025-11-28T12:00:00", "2025-12-01"),
        # the Sunday after the fourth of July 2025
        ("2025-07-04T12:00:00", "2025-07-08"),
    ],
)
def test_a_submission_is_listed_by_the_published_schedule(submitted: str, listed: str) -> None:
    assert announced_on(dt.datetime.fromisoformat(submitted + "+00:00")) == date(listed)


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        ("2026-03-08T06:59:59", 1),
        ("2026-03-08T07:00:00", 3),
        ("2026-11-01T05:59:59", 1),
        ("2026-11-01T06:00:00", 1),
        ("2026-11-01T07:00:00", 2),
    ],
)
def test_eastern_time_changes_in_march_and_november(moment: str, hour: int) -> None:
    assert eastern(dt.datetime.fromisoformat(moment + "+00:00")).hour == hour


def test_eastern_time_agrees_with_the_table_of_time_zones() -> None:
    zoneinfo = pytest.importorskip("zoneinfo")
    try:
        zone = zoneinfo.ZoneInfo("America/New_York")
    except zoneinfo.ZoneInfoNotFoundError:
        pytest.skip("no table of time zones on this machine")
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for hours in range(0, 24 * 365 * 8, 7):
        moment = start + dt.timedelta(hours=hours)
        assert eastern(moment).utcoffset() == moment.astimezone(zone).utcoffset()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-11-27", True),  # Thanksgiving itself: announced on Wednesday evening
        ("2025-11-28", False),
        ("2025-11-29", False),
        ("2025-11-30", False),
        ("2025-12-01", True),
        ("2025-12-25", None),  # arXiv had not decided of December
        ("2026-11-27", None),  # no list of 2026 was read
        ("2026-11-24", True),
        ("2031-12-25", True),  # not covered: every working day counts
    ],
)
def test_a_day_has_a_listing_or_none_or_perhaps(day: str, expected: bool | None) -> None:
    assert announces(date(day)) is expected


def test_a_year_that_is_not_covered_is_told() -> None:
    assert not_covered(date("2026-05-01")) is None
    assert not_covered(date("2031-05-01")) == (
        "papertriage knows arXiv's holidays of 2023 to 2027 only, not those of 2031."
    )


def test_the_data_file_names_working_evenings_of_its_own_year() -> None:
    for year, known in years().items():
        for evening in known.none | known.possible:
            assert evening.year == year
            assert evening.weekday() not in (4, 5), f"{evening} has no announcement anyway"
        assert known.published or not known.none


def test_the_days_that_get_submissions_are_the_days_with_a_listing() -> None:
    start = dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    listed = [announced_on(start + dt.timedelta(hours=hours)) for hours in range(24 * 330)]
    assert listed == sorted(listed)
    first, last = listed[0], listed[-1]
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    assert sorted(set(listed)) == [day for day in days if announces(day) is not False]
