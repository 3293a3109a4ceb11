"""A year of arXiv, fetched every day at noon: the log ends with exactly the papers that were announced.

The year has weekends, holidays (known and only possible ones), a stale feed, an outage of three days, a day that is
also fetched at one minute past midnight, papers that moderation held, cross-lists that come a day late, replacements,
journal references, and a week in which nobody fetched. `PAPERTRIAGE_YEAR_SEED` makes another year: one in six has a
paper whose day OAI-PMH leaves open, since only some papers a day are drawn (see `arxiv_rebuild.py`).
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from papertriage.errors import ExitCode
from papertriage.model import Status
from papertriage.pipeline.fetching import fetch
from papertriage.sources.arxiv_days import announces
from papertriage.sources.base import build_source
from papertriage.store.ledger import Ledger
from papertriage.store.log import Log

FIRST, LAST = dt.date(2025, 1, 3), dt.date(2025, 12, 31)
DAY = dt.timedelta(days=1)
QUIET_AFTER_ALL = {dt.date(2025, 12, 25), dt.date(2025, 12, 26)}
STALE = dt.date(2025, 3, 12)  # a Wednesday
OUTAGE = {dt.date(2025, 5, 6), dt.date(2025, 5, 7), dt.date(2025, 5, 8)}
MIDNIGHT = dt.date(2025, 9, 16)
SEED = int(os.environ.get("PAPERTRIAGE_YEAR_SEED", "2025"))
AWAY = {dt.date(2025, 7, 21) + n * DAY for n in range(5)}


def each(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


@dataclass
class Paper:
    """A paper of this world.

    Attributes:
        listed: day to how it is listed in cs.CL then.
        versions: the listing day of each version, with the moment of its submission.
        crossed: the day from which it is in cs.CL too, where that is not its own category.
        changed: the days on which its record changed.
    """

    number: str
    own: str
    listed: dict[dt.date, str] = field(default_factory=dict)
    versions: list[tuple[dt.date, dt.datetime]] = field(default_factory=list)
    crossed: dt.date | None = None
    changed: list[dt.date] = field(default_factory=list)
    reference: dt.date | None = None

    def categories(self, today: dt.date) -> str:
        return self.own if self.own == "cs.CL" or not self.crossed or today < self.crossed else f"{self.own} cs.CL"


class World:
    """What arXiv announces, and what its services answer at a moment."""

    def __init__(self, seed: int) -> None:
        self.days = [day for day in each(FIRST, LAST) if announces(day) is not False and day not in QUIET_AFTER_ALL]
        self.papers: list[Paper] = []
        chance = random.Random(seed)
        counts: dict[str, int] = defaultdict(int)
        for place, day in enumerate(self.days):
            for _ in range(chance.randrange(3, 7)):
                counts[f"{day:%y%m}"] += chance.randrange(1, 40)
                paper = Paper(f"{day:%y%m}.{counts[f'{day:%y%m}']:05}", chance.choice(["cs.CL", "cs.CL", "cs.LG"]))
                held = chance.random() < 0.05 and place > 4
                self._version(paper, day, self.days[place - 3] if held else day)
                self._listed_first(paper, place, chance)
                self.papers.append(paper)
            for paper in chance.sample(self.papers, min(2, len(self.papers))):
                if max(paper.changed) < day and len(paper.versions) < 4 and paper.categories(day).find("cs.CL") >= 0:
                    self._version(paper, day, day)
                    paper.listed[day] = "replace" if paper.own == "cs.CL" else "replace-cross"
            for paper in chance.sample(self.papers, min(1, len(self.papers))):
                if max(paper.changed) < day and paper.own == "cs.CL":
                    paper.reference = day
                    paper.changed.append(day)

    def _version(self, paper: Paper, day: dt.date, submitted_for: dt.date) -> None:
        """Submit in the morning of the last day whose deadline is for the listing."""
        morning = submitted_for - (3 if submitted_for.weekday() == 0 else 1) * DAY
        paper.versions.append((day, dt.datetime.combine(morning, dt.time(11, len(paper.versions)), dt.UTC)))
        paper.changed.append(day)

    def _listed_first(self, paper: Paper, place: int, chance: random.Random) -> None:
        day = self.days[place]
        if paper.own == "cs.CL":
            paper.listed[day] = "new"
        elif chance.random() < 0.7 or place + 1 == len(self.days):
            paper.crossed = day
            paper.listed[day] = "cross"
        else:
            paper.crossed = self.days[place + 1]
            paper.changed.append(paper.crossed)
            paper.listed[paper.crossed] = "cross"

    @property
    def truth(self) -> set[tuple[str, dt.date, str]]:
        return {(paper.number, day, word) for paper in self.papers for day, word in paper.listed.items()}

    def feed(self, now: dt.datetime) -> bytes:
        """Give the feed: built at 05:00 UTC each day, with nothing in it on days without an announcement."""
        day = now.date() if now.hour >= 5 else now.date() - DAY
        shown = self.days[self.days.index(day) - 1] if day == STALE else day
        items = []
        for paper in self.papers:
            if word := paper.listed.get(shown):
                version = sum(listed <= shown for listed, _ in paper.versions)
                words = "".join(f"<category>{name}</category>" for name in paper.categories(shown).split())
                items.append(
                    f"<item><title>Paper {paper.number}</title><guid>oai:arXiv.org:{paper.number}v{version}</guid>"
                    f"{words}<arxiv:announce_type>{word}</arxiv:announce_type><description>x</description></item>"
                )
        return (
            '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>cs.CL</title>'
            f"<pubDate>{day:%a, %d %b %Y} 00:00:00 -0500</pubDate>{''.join(items)}</channel></rss>"
        ).encode()

    def records(self, make: Any, today: dt.date) -> list[Any]:
        found = []
        for paper in self.papers:
            if paper.versions[0][0] > today or "cs.CL" not in paper.categories(today):
                continue
            more = "<journal-ref>J. 1</journal-ref>" if paper.reference and paper.reference <= today else ""
            found.append(
                make(
                    id=paper.number,
                    stamp=str(max(day for day in paper.changed if day <= today)),
                    versions=[f"{at:%Y-%m-%dT%H:%M:%S}" for day, at in paper.versions if day <= today],
                    categories=paper.categories(today),
                    more=more,
                )
            )
        return sorted(found, key=lambda record: (record.stamp, record.id))


class Silent:
    def plan(self, source: str, days: int) -> None: ...

    def done(self, source: str, listing: Any, appended: Any) -> None: ...


def test_a_year_of_arxiv_is_kept_whole(wire, session, archive, tmp_path: Path) -> None:
    world = World(SEED)
    server = archive(page_size=50)
    make = type(archive({"id": "x", "stamp": "x", "versions": []}).records[0])
    moment = dt.datetime.combine(FIRST, dt.time(12), dt.UTC)

    def feed(connection: Any) -> None:
        down = moment.date() in OUTAGE
        connection.sendall(wire.reply(b"", "404 Not Found") if down else wire.reply(world.feed(moment)))

    def oai(connection: Any) -> None:
        server.records = world.records(make, moment.date())
        server.down = moment.date() in OUTAGE
        body = server.reply(dict(parse_qsl(urlsplit(wire.heads[-1].split(" ")[1]).query)))
        connection.sendall(wire.reply(body) if body else wire.reply(b"", "404 Not Found"))

    wire.answer("/rss/cs.CL", feed)
    wire.answer("/oai", oai)
    source = build_source({"type": "arxiv", "base_url": wire.url, "categories": ["cs.CL"]})
    codes: dict[dt.date, int] = {}
    log, ledger = Log(tmp_path, now=lambda: moment), Ledger(tmp_path)

    def run() -> None:
        report = fetch([source], session, log, ledger, now=lambda: moment, asked=None, progress=Silent())
        codes[moment.date()] = report.exit_code

    for day in each(FIRST, LAST):
        if day == MIDNIGHT:
            moment = dt.datetime.combine(day, dt.time(0, 1), dt.UTC)
            run()
        if day not in AWAY:
            moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
            run()

    kept = [
        (paper.ids["arxiv"][0], paper.announced, word)
        for paper in Log(tmp_path).read()
        for word in set(paper.announce_type.values())
    ]
    assert len(world.days) == pytest.approx(250, abs=5)
    assert set(kept) - world.truth == set()
    assert world.truth - set(kept) == set()
    assert len(kept) == len(set(kept))

    runs = {run.day: run for run in Ledger(tmp_path).read().values()}
    first_days = set(each(FIRST - 2 * DAY, FIRST - DAY))
    assert set(runs) == set(each(FIRST, LAST)) | first_days
    assert {day for day, run in runs.items() if run.status is Status.COMPLETE} == set(world.days)
    empty = {day for day, run in runs.items() if run.status is Status.EXPECTED_EMPTY}
    assert empty | first_days == set(runs) - set(world.days)
    assert {day for day, run in runs.items() if run.error} - first_days == set()

    noted = {day: run.note for day, run in runs.items() if run.note}
    assert set(noted) - first_days == {STALE, *OUTAGE, *AWAY}
    assert "is stale: it repeats the announcement of 2025-03-11." in noted[STALE]
    assert all("Worked out from OAI-PMH on 2025-05-09." in noted[day] for day in OUTAGE)
    assert all("Worked out from OAI-PMH on 2025-07-26." in noted[day] for day in AWAY)
    assert {day for day, code in codes.items() if code != ExitCode.DONE} - first_days == OUTAGE
