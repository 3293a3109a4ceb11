"""Which days a fetch asks for, and what the ledger then says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from papertriage.errors import ExitCode, SourceError
from papertriage.model import Listing, Observation, Run, Status
from papertriage.pipeline.fetching import FetchReport, days_to_ask, fetch
from papertriage.store.ledger import Ledger
from papertriage.store.log import Log

TODAY = dt.date(2026, 11, 24)
SESSION: Any = SimpleNamespace(requests=0)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@dataclass
class Service:
    """A source that answers from a table; a day that is not in it is empty and complete."""

    name: str = "service"
    query: str = ""
    recheck_days: int = 0
    keeps_past: bool = True
    announces_daily: bool = True
    listings: dict[dt.date, Listing | SourceError] = field(default_factory=dict)
    asked: list[dt.date] = field(default_factory=list)

    def fetch(
        self, session: Any, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        for day in days:
            self.asked.append(day)
            answer = self.listings.get(day, Listing(day=day, status=Status.COMPLETE))
            if isinstance(answer, SourceError):
                raise answer
            yield answer


class Silent:
    def plan(self, source: str, days: int) -> None: ...

    def done(self, source: str, listing: Listing, appended: Any) -> None: ...


def paper(number: int, day: dt.date, source: str = "service") -> Observation:
    native = f"2611.{number:05}"
    return Observation(
        id=f"arxiv:{native}", ids={"arxiv": (native,)}, source=source, title=f"Paper {number}", seen=NOON, announced=day
    )


def run_of(day: dt.date, status: Status, *, at: dt.date | None = None) -> Run:
    moment = dt.datetime.combine(at or day, dt.time(9), tzinfo=dt.UTC)
    return Run(source="service", query="", day=day, status=status, at=moment)


def known(*runs: Run) -> dict[tuple[str, str, dt.date], Run]:
    return {(run.source, run.query, run.day): run for run in runs}


def fetch_once(source: Any, folder: Path, *, at: dt.datetime = NOON) -> FetchReport:
    return fetch([source], SESSION, Log(folder), Ledger(folder), now=lambda: at, asked=None, progress=Silent())


def test_a_first_run_takes_three_days() -> None:
    assert days_to_ask(Service(), {}, today=TODAY) == [ago(2), ago(1), TODAY]


def test_days_since_the_last_run_are_caught_up() -> None:
    runs = known(run_of(ago(6), Status.COMPLETE), run_of(ago(5), Status.PARTIAL))
    assert days_to_ask(Service(), runs, today=TODAY) == [ago(5), ago(4), ago(3), ago(2), ago(1), TODAY]


def test_days_missed_before_one_that_was_asked_for_by_name_are_caught_up() -> None:
    runs = known(run_of(ago(9), Status.COMPLETE), run_of(ago(8), Status.COMPLETE), run_of(ago(1), Status.COMPLETE))
    assert days_to_ask(Service(), runs, today=TODAY) == [*(ago(days) for days in range(7, 1, -1)), TODAY]


def test_failed_days_are_asked_again_however_old() -> None:
    runs = known(run_of(ago(40), Status.FAILED), *(run_of(ago(days), Status.COMPLETE) for days in range(1, 40)))
    assert days_to_ask(Service(), runs, today=TODAY) == [ago(40), TODAY]


def test_recent_days_that_still_change_are_asked_again() -> None:
    runs = known(*(run_of(ago(days), Status.COMPLETE) for days in range(1, 10)))
    assert days_to_ask(Service(recheck_days=7), runs, today=TODAY) == [ago(days) for days in range(6, -1, -1)]


def test_a_day_of_long_ago_that_was_asked_for_by_name_starts_no_catching_up() -> None:
    runs = known(run_of(dt.date(2024, 5, 27), Status.COMPLETE, at=TODAY))
    assert days_to_ask(Service(), runs, today=TODAY) == [ago(2), ago(1), TODAY]


def test_a_feed_is_asked_for_the_days_that_it_might_still_explain() -> None:
    feed = Service(keeps_past=False)
    assert days_to_ask(feed, {}, today=TODAY) == [TODAY]
    runs = known(run_of(ago(4), Status.COMPLETE), run_of(ago(3), Status.STALE))
    assert days_to_ask(feed, runs, today=TODAY) == [ago(3), ago(2), ago(1), TODAY]


def test_the_ledger_is_written_after_the_papers_it_speaks_of(tmp_path: Path) -> None:
    source = Service(listings={TODAY: Listing(day=TODAY, status=Status.PARTIAL, observations=(paper(1, TODAY),))})

    class Full(Ledger):
        def append(self, runs: Any) -> None:
            assert [observation.id for observation in Log(tmp_path).read()] == ["arxiv:2611.00001"]
            super().append(runs)

    report = fetch([source], SESSION, Log(tmp_path), Full(tmp_path), now=lambda: NOON, asked=[TODAY], progress=Silent())
    assert (report.sources[0].new, report.exit_code) == (1, ExitCode.DONE)
    assert Ledger(tmp_path).read()[("service", "", TODAY)].status is Status.PARTIAL


def test_days_read_before_a_source_fails_are_kept_and_the_others_told(tmp_path: Path) -> None:
    source = Service(
        listings={
            ago(2): Listing(day=ago(2), status=Status.COMPLETE, observations=(paper(1, ago(2)),)),
            ago(1): SourceError("service answers 503.", "The next fetch asks again."),
        }
    )
    report = fetch_once(source, tmp_path)
    assert (report.sources[0].status, report.sources[0].new, report.exit_code) == ("partial", 1, ExitCode.PARTIAL)
    standing = {day: run.status for (_, _, day), run in Ledger(tmp_path).read().items()}
    assert standing == {ago(2): Status.COMPLETE, ago(1): Status.FAILED, TODAY: Status.FAILED}
    assert "503" in (report.sources[0].error or "")


def test_a_whole_day_is_not_hidden_behind_a_later_failure(tmp_path: Path) -> None:
    whole = Listing(day=ago(1), status=Status.COMPLETE, observations=(paper(1, ago(1)),))
    source = Service(recheck_days=7, listings={ago(1): whole})
    fetch_once(source, tmp_path)
    source.listings[ago(1)] = Listing(day=ago(1), status=Status.FAILED, error="service is down.")
    report = fetch_once(source, tmp_path)
    assert report.exit_code == ExitCode.PARTIAL
    assert Ledger(tmp_path).read()[("service", "", ago(1))].status is Status.COMPLETE


def test_a_feed_that_repeats_yesterday_under_todays_date_is_stale(tmp_path: Path) -> None:
    yesterday = Listing(day=ago(1), status=Status.COMPLETE, observations=(paper(1, ago(1)), paper(2, ago(1))))
    feed = Service(keeps_past=False, listings={ago(1): yesterday})
    fetch_once(feed, tmp_path, at=NOON - dt.timedelta(days=1))
    feed.listings[TODAY] = Listing(
        day=TODAY, status=Status.COMPLETE, observations=(paper(1, TODAY), paper(2, TODAY)), validators={"etag": '"x"'}
    )
    report = fetch_once(feed, tmp_path)
    assert report.exit_code == ExitCode.PARTIAL
    assert "repeats an earlier announcement" in (report.sources[0].error or "")
    run = Ledger(tmp_path).read()[("service", "", TODAY)]
    assert (run.status, run.validators) == (Status.STALE, {})
    assert {observation.announced for observation in Log(tmp_path).read()} == {ago(1)}


def test_an_unchanged_second_run_writes_nothing(tmp_path: Path) -> None:
    source = Service(listings={TODAY: Listing(day=TODAY, status=Status.PARTIAL, observations=(paper(1, TODAY),))})
    fetch_once(source, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    fetch_once(source, tmp_path, at=NOON + dt.timedelta(hours=3))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")} == before


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([Status.COMPLETE], ExitCode.DONE),
        ([Status.EXPECTED_EMPTY], ExitCode.DONE),
        ([Status.FAILED], ExitCode.NOTHING_FETCHED),
        ([Status.COMPLETE, Status.FAILED], ExitCode.PARTIAL),
    ],
)
def test_exit_codes_tell_all_some_and_nothing(tmp_path: Path, statuses: list[Status], code: ExitCode) -> None:
    sources: list[Any] = [
        Service(
            name=f"service-{number}",
            keeps_past=False,
            announces_daily=False,
            listings={
                TODAY: Listing(day=TODAY, status=status, error="service is down." if status is Status.FAILED else None)
            },
        )
        for number, status in enumerate(statuses)
    ]
    report = fetch(sources, SESSION, Log(tmp_path), Ledger(tmp_path), now=lambda: NOON, asked=None, progress=Silent())
    assert report.exit_code == code


@dataclass
class Paged:
    """A source that gives one day in pages and says beside each where it goes on."""

    pages: list[list[Observation]]
    last: Status = Status.COMPLETE
    name: str = "service"
    query: str = ""
    recheck_days: int = 0
    keeps_past: bool = True
    announces_daily: bool = True
    handed: dict[str, str] = field(default_factory=dict)

    def fetch(
        self, session: Any, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        self.handed = dict(validators)
        first = int(validators.get("page", 0))
        for number, page in enumerate(self.pages[first:], first + 1):
            status = self.last if number == len(self.pages) else Status.PARTIAL
            yield Listing(
                day=TODAY, status=status, observations=tuple(page), requests=1, validators={"page": str(number)}
            )


def test_pages_of_one_day_are_counted_together(tmp_path: Path) -> None:
    source = Paged([[paper(1, TODAY), paper(2, TODAY)], [paper(3, TODAY)], []])
    report = fetch_once(source, tmp_path)
    run = Ledger(tmp_path).read()["service", "", TODAY]
    assert (run.status, run.new, run.requests) == (Status.COMPLETE, 3, 3)
    assert (report.sources[0].new, report.sources[0].days) == (3, {str(TODAY): "complete"})


def test_a_source_is_handed_what_its_last_saved_page_said(tmp_path: Path) -> None:
    source = Paged([[paper(1, TODAY)], [paper(2, TODAY)], [paper(3, TODAY)]])
    pages = fetch_pages(source, tmp_path, stop_after=2)
    assert pages == 2
    assert Ledger(tmp_path).read()["service", "", TODAY].status is Status.PARTIAL
    fetch_once(source, tmp_path)
    assert source.handed == {"page": "2"}
    assert len(list(Log(tmp_path).read())) == 3


def fetch_pages(source: Any, folder: Path, *, stop_after: int) -> int:
    """Fetch until so many pages are saved, and end there as a kill would."""

    class Killer(Silent):
        pages = 0

        def done(self, source: str, listing: Listing, appended: Any) -> None:
            self.pages += 1
            if self.pages == stop_after:
                raise KeyboardInterrupt

    killer = Killer()
    with pytest.raises(KeyboardInterrupt):
        fetch([source], SESSION, Log(folder), Ledger(folder), now=lambda: NOON, asked=None, progress=killer)
    return killer.pages


def test_a_whole_day_that_comes_in_pages_again_ends_whole(tmp_path: Path) -> None:
    fetch_once(Paged([[paper(1, TODAY)]]), tmp_path)
    fetch_once(Paged([[], [paper(1, TODAY)], []]), tmp_path)
    assert Ledger(tmp_path).read()["service", "", TODAY].status is Status.COMPLETE


def test_what_was_wrong_and_is_repaired_stands_in_the_ledger_without_being_a_fault(tmp_path: Path) -> None:
    repaired = Listing(day=TODAY, status=Status.COMPLETE, note="Read from elsewhere.")
    report = fetch_once(Service(listings={TODAY: repaired}), tmp_path)
    assert (report.sources[0].status, report.exit_code) == ("ok", ExitCode.DONE)
    assert Ledger(tmp_path).read()["service", "", TODAY].note == "Read from elsewhere."
