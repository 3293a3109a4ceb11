"""Days as a calendar: what is whole at a glance, and what is not, with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

from papertriage.model import Run, Standing, Status
from papertriage.render.calendar import status_text

TODAY = dt.date(2026, 11, 24)
LATE = "arXiv's feed still shows the announcement before it. The next fetch asks again."


def run(days_ago: int, status: Status, error: str | None = None) -> Run:
    day = TODAY - dt.timedelta(days=days_ago)
    at = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    return Run(source="arxiv-rss", query="cs.CL", day=day, status=status, at=at, error=error)


STANDING = Standing(
    source="arxiv-rss",
    query="cs.CL",
    runs=(
        *(run(ago, Status.COMPLETE) for ago in (15, 14, 13, 12, 11)),
        *(run(ago, Status.EXPECTED_EMPTY) for ago in (10, 9)),
        run(8, Status.MISSED, "arXiv's announcement of 2026-11-16 was not fetched."),
        run(7, Status.PARTIAL, "3 items could not be read."),
        *(run(ago, Status.COMPLETE) for ago in (6, 5, 4)),
        *(run(ago, Status.EXPECTED_EMPTY) for ago in (3, 2)),
        run(1, Status.STALE, LATE),
        run(0, Status.STALE, LATE),
    ),
    earlier=30,
)


def test_a_calendar_shows_each_day_and_tells_what_went_wrong(golden: Callable[[str, str], None]) -> None:
    golden("status.txt", status_text([STANDING], last=TODAY, weeks=3))
    golden("status_ascii.txt", status_text([STANDING], last=TODAY, weeks=3, ascii_only=True))


def test_nothing_fetched_is_nothing_shown() -> None:
    assert status_text([], last=TODAY, weeks=5) == ""


def test_text_of_a_service_is_shown_and_not_obeyed() -> None:
    hostile = Standing(source="x\x1b[31m", query="", runs=(run(0, Status.FAILED, "bad\x1b]0;t\x07\nline"),))
    text = status_text([hostile], last=TODAY, weeks=1)
    assert "\x1b" not in text
    assert "bad␛]0;t␇␊line" in text


def test_a_day_that_was_repaired_tells_how() -> None:
    repaired = msgspec.structs.replace(run(0, Status.COMPLETE), note="The feed was stale. Read from elsewhere.")
    text = status_text([Standing(source="arxiv", query="cs.CL", runs=(repaired,))], last=TODAY, weeks=1)
    assert "  2026-11-24  repaired  The feed was stale. Read from elsewhere." in text.splitlines()
