"""A year of daily fetches against the replay server: the log ends with what was announced, the ledger with why.

250 announcement days of 2025, with weekends, arXiv's holidays, a stale day, an outage of three days, a day fetched at
one minute past midnight and again at noon, cross-lists that come a day late, and replacements.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from replay.server import Replay, serving
from replay.world import DAY, World, votes

from papertriage.errors import ExitCode
from papertriage.model import Run, Status
from papertriage.pipeline.fetching import fetch
from papertriage.sources.base import build_source
from papertriage.sources.http import Session
from papertriage.sources.limiter import Clock
from papertriage.store.ledger import Ledger
from papertriage.store.log import Log

HOLIDAYS = frozenset(
    dt.date.fromisoformat(f"2025-{text}") for text in "01-01 01-02 01-21 06-20 07-07 09-02 11-28 12-25 12-26".split()
)
"""Weekdays without a listing: the days after the evenings in arXiv's own list of 2025, and two of December."""

FIRST = dt.date(2025, 1, 1)
BEFORE = [FIRST - 2 * DAY, FIRST - DAY]  # a first fetch takes three days
STALE = dt.date(2025, 3, 12)  # a Wednesday
OUTAGE = [dt.date(2025, 5, day) for day in (6, 7, 8)]
MIDNIGHT = dt.date(2025, 9, 16)
CATEGORIES = ["cs.CL"]


def at(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), dt.UTC)


class Silent:
    def plan(self, source: str, days: int) -> None: ...

    def done(self, source: str, listing: Any, appended: Any) -> None: ...


@dataclass
class Time:
    """Stands still at a moment, but for what is slept."""

    at: dt.datetime = field(default_factory=lambda: at(FIRST))
    slept: float = 0.0

    def moment(self) -> dt.datetime:
        return self.at

    def wall(self) -> float:
        return self.at.timestamp() + self.slept

    def steady(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@dataclass
class Year:
    """The year as it went.

    Attributes:
        announced: the announcement days.
        days: all days.
        codes: the exit code of each fetch.
    """

    folder: Path
    world: World
    announced: list[dt.date]
    days: list[dt.date]
    codes: dict[dt.datetime, int] = field(default_factory=dict)

    def kept(self, source: str) -> Counter[tuple[str, dt.date | None, str]]:
        """Give what the log has of a source: id with version, day, and how it was announced."""
        return Counter(
            (
                observation.native or observation.id,
                observation.announced,
                " ".join(set(observation.announce_type.values())),
            )
            for observation in Log(self.folder).read()
            if observation.source == source
        )

    def listed(self, days: Sequence[dt.date]) -> Counter[tuple[str, dt.date | None, str]]:
        """Give what arXiv announced on some days."""
        return Counter(
            (f"oai:arXiv.org:{paper.number}v{version}", day, word)
            for day in days
            for paper, word, version in self.world.listing(day, CATEGORIES)
        )

    def asked_for(self, day: dt.date) -> set[dt.date]:
        """Give the days on which Daily Papers of a day could be asked for: for a week, and once the outage was over."""
        week = {day + n * DAY for n in range(7)} & {*self.days}
        return week - {*OUTAGE} or {OUTAGE[-1] + DAY}

    def runs(self, source: str) -> dict[dt.date, Run]:
        return {day: run for (name, _, day), run in Ledger(self.folder).read().items() if name == source}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    world = World(HOLIDAYS)
    days = [FIRST]
    while sum(map(world.announces, days)) < 250:
        days.append(days[-1] + DAY)
    year = Year(folder / "data", world, [day for day in days if world.announces(day)], days)
    time = Time()
    with serving(Replay(world, now=time.moment)) as replay:
        clock = Clock(time.wall, time.steady, time.sleep, lambda: 0.5)
        session = Session(folder / "state", clock=clock)
        sources = [
            build_source({"type": "hf-daily", "base_url": replay.url, "by": "week"}),
            build_source({"type": "arxiv-rss", "base_url": replay.url, "categories": CATEGORIES}),
            build_source({"type": "arxiv", "base_url": replay.url, "categories": CATEGORIES}),
        ]
        log, ledger = Log(year.folder, now=time.moment), Ledger(year.folder)
        for day in days:
            down = ["503"] if day in OUTAGE else []
            replay.switch_on(*down, *(["stale"] if day == STALE else []))
            for time.at in [at(day, 0, 1), at(day)] if day == MIDNIGHT else [at(day)]:
                report = fetch(sources, session, log, ledger, now=time.moment, asked=None, progress=Silent())
                year.codes[time.at] = report.exit_code
            if day.day == 1:  # as another process would find it
                log, ledger = Log(year.folder, now=time.moment), Ledger(year.folder)
    return year


def test_the_log_holds_every_announcement_of_arxiv_once(year: Year) -> None:
    assert len(year.announced) == 250
    assert year.kept("arxiv") == year.listed([*BEFORE, *year.announced])


def test_the_feed_alone_holds_what_was_in_it_when_it_was_asked(year: Year) -> None:
    gone = {STALE, *OUTAGE}
    assert year.kept("arxiv-rss") == year.listed([day for day in year.announced if day not in gone])


def test_daily_papers_are_all_there_with_their_last_votes(year: Year) -> None:
    last = at(year.days[-1])
    listed = {
        (paper.number, day): votes(paper, day, at(max(year.asked_for(day))))
        for day in [*BEFORE, *year.days]
        for paper in year.world.popular(day, last)
    }
    kept = {
        (observation.ids["arxiv"][0], observation.announced): observation.signals["upvotes"]
        for observation in Log(year.folder).read()
        if observation.source == "hf-daily"
    }
    assert kept == listed


def test_the_ledger_names_the_days_that_went_wrong_and_how_they_were_repaired(year: Year) -> None:
    runs = year.runs("arxiv")
    assert set(runs) == {*BEFORE, *year.days}
    assert {day for day in year.days if runs[day].status is Status.COMPLETE} == set(year.announced)
    assert {day for day in year.days if runs[day].status is Status.EXPECTED_EMPTY} == {*year.days} - {*year.announced}
    assert {day for day in year.days if runs[day].error} == set()
    notes = {day: runs[day].note for day in year.days if runs[day].note}
    assert set(notes) == {STALE, *OUTAGE}
    assert "is stale: it repeats the announcement of 2025-03-11." in (notes[STALE] or "")
    assert all(notes[day] == "Worked out from OAI-PMH on 2025-05-09." for day in OUTAGE)


def test_the_ledger_names_the_days_that_a_feed_missed(year: Year) -> None:
    runs = year.runs("arxiv-rss")
    assert {day for day in year.days if runs[day].status is Status.COMPLETE} == {*year.announced} - {STALE, *OUTAGE}
    missed = {day: run.error for day, run in runs.items() if run.status is Status.MISSED}
    assert set(missed) == {STALE, *OUTAGE}
    assert missed[STALE] == (
        "arXiv's announcement of 2025-03-12 was not fetched, and its feed shows only that of 2025-03-13."
    )
    assert {day for day in year.days if runs[day].status is Status.EXPECTED_EMPTY} == {*year.days} - {*year.announced}


def test_the_ledger_has_daily_papers_whole(year: Year) -> None:
    runs = year.runs("hf-daily")
    weekdays = {day for day in year.days[:-1] if day.weekday() < 5}
    assert {day for day in year.days if runs[day].status is Status.COMPLETE} == weekdays
    assert {day for day in year.days if runs[day].error} == set()


def test_only_the_outage_and_the_stale_day_end_with_another_exit_code(year: Year) -> None:
    wrong = {moment.date(): code for moment, code in year.codes.items() if code != ExitCode.DONE}
    outage = dict.fromkeys(OUTAGE, ExitCode.NOTHING_FETCHED)
    repaired = dict.fromkeys([STALE, STALE + DAY, OUTAGE[-1] + DAY], ExitCode.PARTIAL)
    assert wrong == {**outage, **repaired}
