"""What there is to list: papers made from their day alone, so that any day can be asked for and is always the same.

Each announcement day has eight papers, by number (k):
    0 1 4 5   cs.CL; 0 gets a journal reference three announcement days later, 1 and 5 are in cs.LG too
    2 6       cs.LG, cross-listed in cs.CL: 2 at once, 6 one announcement day later
    3 7       cs.AI; 7 gets a second version six announcement days later, as 5 does
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

DAY = dt.timedelta(days=1)
PER_DAY = 8
REPLACED_AFTER, REFERENCED_AFTER = 6, 3
LISTED = 4  # papers of a day that Hugging Face lists on the day after
HOURS = (2, 8, 14, 20)  # at which it lists them

_CATEGORIES = ("cs.CL", "cs.CL cs.LG", "cs.LG cs.CL", "cs.AI", "cs.CL", "cs.CL cs.LG", "cs.LG cs.CL", "cs.AI")
_THINGS = "graphs tokens proofs robots images agents cells corpora".split()
_DEEDS = "Growing Sorting Reading Measuring Joining Pruning Teaching Asking".split()
_GIVEN = "Ana Bo Chen Dai Eva Femi Gus Hana".split()
_FAMILY = "Lima Ek Wei O'Neil Łukasz Adeyemi Müller Sato".split()


@dataclass(frozen=True)
class Paper:
    """A paper of arXiv, of which other services speak too.

    Attributes:
        announced: the date of the listing in which it is new.
        categories: its own first.
    """

    number: str
    announced: dt.date
    k: int

    @property
    def own(self) -> str:
        return _CATEGORIES[self.k].split()[0]

    @property
    def categories(self) -> str:
        return _CATEGORIES[self.k]

    @cached_property
    def title(self) -> str:
        chance = Random(self.number)
        return f"{chance.choice(_DEEDS)} {chance.choice(_THINGS)} with {chance.choice(_THINGS)}, part {self.number}"

    @property
    def abstract(self) -> str:
        return f"We study {self.title.lower()}. It works on {self.k + 2} of nine examples & costs < 1 %."

    @property
    def authors(self) -> list[tuple[str, str]]:
        """Given and family names."""
        chance = Random(f"authors {self.number}")
        return [(chance.choice(_GIVEN), chance.choice(_FAMILY)) for _ in range(1 + self.k % 3)]

    @property
    def names(self) -> list[str]:
        return [f"{given} {family}" for given, family in self.authors]

    @property
    def doi(self) -> str:
        """Of the published form."""
        return f"10.5555/replay.{self.number}"

    @property
    def serial(self) -> int:
        """A number of its own, for services that count."""
        return self.announced.toordinal() * PER_DAY + self.k


@dataclass(frozen=True)
class Version:
    """One version of a paper.

    Attributes:
        announced: the date of its listing.
        submitted: in the morning before its deadline.
    """

    number: int
    announced: dt.date

    @property
    def submitted(self) -> dt.datetime:
        morning = self.announced - (3 if self.announced.weekday() == 0 else 1) * DAY
        return dt.datetime.combine(morning, dt.time(11, 0, self.number), dt.UTC)


@dataclass
class World:
    """All papers.

    Attributes:
        holidays: weekdays whose date no listing of arXiv's carries.
    """

    holidays: Collection[dt.date] = ()
    _days: dict[dt.date, tuple[Paper, ...]] = field(default_factory=dict)

    def announces(self, day: dt.date) -> bool:
        """Say whether a listing of arXiv's carries the date."""
        return day.weekday() < 5 and day not in self.holidays

    def after(self, day: dt.date, count: int) -> dt.date:
        """Give the announcement day so many after another one; before it, where the count is negative."""
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.announces(day)
        return day

    def new(self, day: dt.date) -> tuple[Paper, ...]:
        """Give the papers that are new in the listing of a day."""
        if day not in self._days:
            made = (Paper(f"{day:%y%m}.{day.day * 500 + 7 * k:05}", day, k) for k in range(PER_DAY))
            self._days[day] = tuple(made) if self.announces(day) else ()
        return self._days[day]

    def versions(self, paper: Paper, today: dt.date) -> list[Version]:
        """Give the versions announced until a day."""
        days = [paper.announced, *([self.after(paper.announced, REPLACED_AFTER)] if paper.k in (5, 7) else [])]
        return [Version(n, day) for n, day in enumerate(days, 1) if day <= today]

    def categories(self, paper: Paper, today: dt.date) -> list[str]:
        """Give the categories that a paper has on a day: a late cross-list comes one announcement day later."""
        late = paper.k == 6 and today < self.after(paper.announced, 1)
        return [paper.own] if late else paper.categories.split()

    def changed(self, paper: Paper, today: dt.date) -> dt.date:
        """Give the day on which the record of a paper was changed last."""
        days = [version.announced for version in self.versions(paper, today)]
        if paper.k == 0:
            days.append(self.after(paper.announced, REFERENCED_AFTER))
        if paper.k == 6:
            days.append(self.after(paper.announced, 1))
        return max(day for day in days if day <= today)

    def is_referenced(self, paper: Paper, today: dt.date) -> bool:
        """Say whether a paper has a journal reference by a day."""
        return paper.k == 0 and today >= self.after(paper.announced, REFERENCED_AFTER)

    def listing(self, day: dt.date, wanted: Collection[str]) -> Iterator[tuple[Paper, str, int]]:
        """Give what the listing of a day holds for some categories: papers with announce type and version."""
        if not self.announces(day):
            return
        for paper in self.new(day):
            if matches([paper.own], wanted):
                yield paper, "new", 1
            elif matches(self.categories(paper, day), wanted):
                yield paper, "cross", 1
        for paper in self.new(self.after(day, -1)):
            if paper.k == 6 and matches(paper.categories.split()[1:], wanted) and not matches([paper.own], wanted):
                yield paper, "cross", 1
        for paper in self.new(self.after(day, -REPLACED_AFTER)):
            if len(self.versions(paper, day)) == 2 and matches(self.categories(paper, day), wanted):
                yield paper, "replace" if matches([paper.own], wanted) else "replace-cross", 2

    def records(self, first: dt.date, last: dt.date, today: dt.date) -> Iterator[tuple[dt.date, Paper]]:
        """Give the records that were changed last between two days, in that order."""
        start = self.after(first, -REPLACED_AFTER - 1)
        found = []
        for number in range((min(last, today) - start).days + 1):
            for paper in self.new(start + number * DAY):
                changed = self.changed(paper, today)
                if first <= changed <= last:
                    found.append((changed, paper.number, paper))
        yield from ((changed, paper) for changed, _, paper in sorted(found))

    def popular(self, day: dt.date, now: dt.datetime) -> list[Paper]:
        """Give what Hugging Face lists on a weekday at a moment: the list fills hour by hour."""
        if day.weekday() >= 5 or day > now.date():
            return []
        papers = self.new(self.after(day, -1))
        papers = papers[:LISTED] if self.announces(day) else papers[LISTED:]
        return [
            paper
            for paper, hour in zip(papers, HOURS, strict=True)
            if dt.datetime.combine(day, dt.time(hour)) <= naive(now)
        ]


def votes(paper: Paper, day: dt.date, now: dt.datetime) -> int:
    """Give the votes for a paper at Hugging Face: they grow for a week after it was listed."""
    return (paper.k + 1) * (1 + min((now.date() - day).days, 6))


def matches(categories: Collection[str], wanted: Collection[str]) -> bool:
    """Say whether one of some categories is wanted, itself or as one of a whole archive."""
    return any(name in wanted or name.partition(".")[0] in wanted for name in categories)


def naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
