"""Announcements of past days, worked out from the records of OAI-PMH.

OAI-PMH tells for each paper when its versions were submitted (format `arXivRaw`) and on which day its record was
changed last, but not when it was announced. That follows:

* a version is announced on the day that the schedule gives for its submission;
* unless moderation held it: then its id, given at the announcement and growing from day to day, lies among the ids
  of another day;
* a record changed after its announcement without a new version was cross-listed, or got a journal reference or a
  DOI. A cross-list is taken for one where the primary category was not asked for and there is neither of these.

Replacements from the sixth version on are left out, as in arXiv's own listings. A replaced paper has the title and
abstract of its latest version, for OAI-PMH has no other. What OAI-PMH cannot tell: that a paper was cross-listed
before it was replaced (it is listed as a replacement then), and on which of two days a paper was announced that
moderation held and whose id lies between the ids of both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from papertriage.errors import SourceError
from papertriage.model import Observation, Skipped
from papertriage.sources.arxiv_days import announced_on, announces
from papertriage.sources.arxiv_records import observation, versions
from papertriage.sources.arxiv_rss import announce_types
from papertriage.sources.http import NEXT_FETCH
from papertriage.sources.oaipmh import Page, Reader, Record

LAST_REPLACEMENT = 5
"""https://info.arxiv.org/help/replace.html: later versions are not in the listings."""

MAX_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Announced:
    """A paper of a listing.

    Attributes:
        word: new, cross, replace or replace-cross.
    """

    day: dt.date
    word: str
    paper: Observation


@dataclass(slots=True)
class Rebuild:
    """Works out the listings of some days for some categories.

    Attributes:
        wanted: the days.
        requested: the categories, or whole archives.
        shown: ids of the papers in today's feed, which is read: they were cross-listed today, if a change of
            today says so.
        unread: records that changed on these days and cannot be read.
    """

    wanted: Collection[dt.date]
    requested: Sequence[str]
    seen: dt.datetime
    source: str
    shown: Collection[str] = ()
    unread: dict[dt.date, list[Skipped]] = field(default_factory=dict)
    _ranges: dict[dt.date, tuple[int, int]] = field(default_factory=dict)
    _unsure: list[tuple[Observation, int, dt.date, dt.date]] = field(default_factory=list)
    _versions: dict[str, list[tuple[int, dt.datetime]]] = field(default_factory=dict)

    def read(self, record: Record) -> Observation | Skipped:
        """Read a record, for `oaipmh.ask`; keeps when its versions were submitted."""
        found = observation(record, seen=self.seen, source=self.source)
        if isinstance(found, Observation):
            told = versions(record.metadata, seen=self.seen) if record.metadata is not None else []
            if not told:
                return Skipped(where=found.native or found.id, reason="tells no version")
            self._versions[found.id] = told
        return found

    def page(self, page: Page) -> Iterator[Announced]:
        """Give what a page tells of the wanted days; what it leaves open comes from `rest`."""
        for text, entry in page.entries:
            stamp = _stamp(text)
            if isinstance(entry, Observation) and stamp:
                yield from self._paper(entry, stamp, self._versions.pop(entry.id, []))
            elif isinstance(entry, Skipped) and stamp and stamp in self.wanted:
                self.unread.setdefault(stamp, []).append(entry)

    def rest(self) -> Iterator[Announced]:
        """Give the papers whose day shows only once the ids of all days are known."""
        for paper, number, scheduled, stamp in self._unsure:
            word = self._word(paper, number)
            if number > 1:
                took_place = scheduled in self._ranges or stamp not in self._ranges
                day = scheduled if took_place else stamp
            else:
                day = self._by_id(paper, scheduled, stamp)
                unexplained = not paper.venue and "doi" not in paper.ids
                if word == "cross" and day < stamp == self.seen.date() and paper.id in self.shown:
                    continue
                if word == "cross" and unexplained and stamp in self.wanted and announces(stamp) is not False:
                    day = stamp  # cross-listed then, if not announced then
            if day in self.wanted:
                yield self._announced(paper, number, day, word)
        self._unsure.clear()

    def _paper(
        self, paper: Observation, stamp: dt.date, told: Sequence[tuple[int, dt.datetime]]
    ) -> Iterator[Announced]:
        # Of several versions in one listing it shows the last.
        for day, number in {announced_on(at): number for number, at in told}.items():
            alone = number == 1 and len(told) == 1
            if alone and day == stamp:
                self._widen(stamp, number_of(paper))
            if number > LAST_REPLACEMENT:
                continue
            if day < stamp and (alone or announces(day) is None):
                if any(day <= wanted <= stamp for wanted in self.wanted):
                    self._unsure.append((paper, number, day, stamp))
            elif day in self.wanted:
                yield self._announced(paper, number, day, self._word(paper, number))

    def _widen(self, day: dt.date, number: int | None) -> None:
        if number is not None:
            low, high = self._ranges.get(day, (number, number))
            self._ranges[day] = (min(low, number), max(high, number))

    def _by_id(self, paper: Observation, scheduled: dt.date, stamp: dt.date) -> dt.date:
        """Give the day, from the scheduled one to that of the last change, whose ids are nearest."""
        number = number_of(paper)
        days = sorted(day for day in self._ranges if scheduled <= day <= stamp)
        if number is None or not days:
            return scheduled
        nearest = min(days, key=lambda day: _distance(number, *self._ranges[day]))
        low, high = self._ranges[nearest]
        if low <= number <= high:
            return nearest
        if scheduled in self._ranges:
            # Between the ids of two days it is the scheduled one's, where that is one of them.
            below = [day for day in days if self._ranges[day][1] < number]
            return scheduled if below == [scheduled] else nearest
        # The scheduled day lies before all that was read: it is another day only by an id close to that day's.
        return scheduled if _distance(number, low, high) > (high - low) / 2 else nearest

    def _word(self, paper: Observation, number: int) -> str:
        primary = paper.categories[0] if paper.categories else ""
        is_own = primary in self.requested or primary.partition(".")[0] in self.requested
        return ("new" if is_own else "cross") if number == 1 else ("replace" if is_own else "replace-cross")

    def _announced(self, paper: Observation, number: int, day: dt.date, word: str) -> Announced:
        types = announce_types(word, paper.categories, self.requested)
        # As in the feed, so that a paper read there and here is one record.
        native = f"oai:arXiv.org:{paper.ids['arxiv'][0]}v{number}"
        return Announced(day, word, replace(paper, native=native, version=number, announced=day, announce_type=types))


def read_all(
    ask: Callable[[Mapping[str, str], Reader], Page], rebuild: Rebuild, name: str, first: dt.date, last: dt.date
) -> Iterator[Announced]:
    """Read one set from the first day on and give what it tells of the wanted days.

    Raises:
        SourceError: it cannot be read to its end; what was given before holds.
    """
    arguments = {"from": first.isoformat(), "until": last.isoformat(), "set": name}
    told: set[str] = set()
    while True:
        page = ask(arguments, rebuild.read)
        yield from rebuild.page(page)
        if not page.token:
            break
        if page.token in told or len(told) >= MAX_PAGES:
            raise SourceError("arXiv gives the same resumption token twice.", NEXT_FETCH)
        told.add(page.token)
        arguments = {"resumptionToken": page.token}
    yield from rebuild.rest()


def _stamp(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def number_of(paper: Observation) -> int | None:
    """Give an id as a number that grows with time; None for ids before April 2007."""
    found = re.fullmatch(r"(\d{4})\.(\d{4,5})", paper.ids["arxiv"][0], re.ASCII)
    return int(found[1]) * 10**6 + int(found[2]) if found else None


def _distance(number: int, low: int, high: int) -> int:
    return max(low - number, number - high, 0)
