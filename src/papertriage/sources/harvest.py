"""A harvest by OAI-PMH: the days asked for, page by page, to be taken up again after any interruption.

A day is a datestamp. The state of a harvest goes into the `validators` of each listing, so it is on disk, in the
ledger, as soon as the papers of a page are. A page gives one listing a day that it has records of, and only the
last of them says that the page is done: killed at whatever moment, a harvest goes on with the page whose listings
are not all saved.

Where the service gives records in the order of their datestamps, as arXiv has since 2025, a day is complete when
the first record of a later one has come, and an expired token costs the pages of one day; elsewhere all days end
with the last page, and an expired token sends the harvest back to its beginning.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from papertriage.errors import SourceError
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources.http import NEXT_FETCH, Session
from papertriage.sources.oaipmh import OaiError, Page
from papertriage.sources.walk import unread

EMPTY_PAGES = 3
"""After so many pages without a record in a row, each with a token, the service is taken to be broken."""

FRESH_DAYS = 7
"""For so long an empty working day is a fault, and records that cannot be read keep a day from being complete."""

STATE, PAUSED = "harvest", "paused"
"""Names in `validators`: the harvest that goes on, and one of other days that was not finished."""

_DAY = dt.timedelta(days=1)
_TOLD_OF_LONG_SPANS = 92

Ask = Callable[[Mapping[str, str]], Page]
"""Gets a page by the arguments of `ListRecords`, verb and format aside."""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a harvest has come.

    Attributes:
        first, last: the days asked for.
        began: the day on which it began; days from then on were still filling.
        place: which of the sets is read.
        token: asks for the next page; None for a first page.
        reached: the latest datestamp in the set that is read.
        ordered: datestamps never went back so far.
        told: the first day that was not told whole, where the page after `token` is saved in part.
        done: nothing is left.
    """

    first: dt.date
    last: dt.date
    began: dt.date
    place: int = 0
    token: str | None = None
    reached: dt.date | None = None
    ordered: bool = True
    told: dt.date | None = None
    done: bool = False

    @property
    def start(self) -> dt.date:
        """The first day that is not whole in the set that is read."""
        return self.reached if self.ordered and self.reached else self.first

    def goes_on_in(self, first: dt.date, last: dt.date) -> bool:
        """Say whether what is left of it is what some days ask for."""
        return not self.done and self.last <= last and first in (self.first, self.told or self.start)


class Harvest:
    """Reads days from a service.

    Args:
        ask: gets a page.
        sets: read one after another; "" is everything.
        is_quiet: whether a day without records is what to expect.
        host: how the service is called in messages.
    """

    def __init__(
        self,
        session: Session,
        ask: Ask,
        sets: Sequence[str],
        *,
        now: dt.datetime,
        is_quiet: Callable[[dt.date], bool],
        host: str,
    ) -> None:
        self._session = session
        self._ask = ask
        self._sets = sets
        self._now = now
        self._is_quiet = is_quiet
        self._host = host
        self._paused: State | None = None
        self._read: Counter[dt.date] = Counter()
        self._unread: Counter[dt.date] = Counter()
        self._knows_all = True

    def listings(self, days: Sequence[dt.date], saved: Mapping[str, str]) -> Iterator[Listing]:
        """Yield the listings of the days, beginning where the saved state left off.

        A failure ends it with a listing that tells it; the days that follow are asked for by the next fetch.

        Args:
            saved: the validators of the last listing that was saved.
        """
        today = self._now.date()
        for day in days:
            if day > today:
                yield Listing(day=day, status=Status.FAILED, error=f"{day} is in the future: nothing is listed yet.")
        kept = [state for name in (STATE, PAUSED) if (state := self._decoded(saved.get(name))) and not state.done]
        for first, last in spans([day for day in days if day <= today]):
            state = next((state for state in kept if state.goes_on_in(first, last)), None)
            kept = [other for other in kept if other is not state]
            self._paused = kept[0] if kept else None
            if state and not (yield from self._span(state)):
                return
            left = max(first, min(state.last + _DAY, state.began)) if state else first
            if left <= last and not (yield from self._span(State(first=left, last=last, began=today))):
                return

    def _span(self, state: State) -> Generator[Listing, None, bool]:
        """Read a stretch of days; return whether it was read to its end."""
        self._begin(state)
        restarted: dt.date | None = None
        told: set[bytes] = set()
        before = Page()
        empty = 0
        while not state.done:
            requests = self._session.requests
            try:
                page = self._ask(self._arguments(state))
            except SourceError as error:
                expired = isinstance(error, OaiError) and error.code == "badResumptionToken" and state.token
                if not expired or restarted == state.start:
                    yield self._failed(state, str(error), self._session.requests - requests)
                    return False
                restarted = state.start
                state, before = replace(state, token=None), Page()
                told.clear()
                continue
            empty = 0 if page.entries else empty + 1
            fault = _fault(page, before, told, empty)
            after = self._after(state, page)
            if fault:  # what came is kept, and the next fetch asks anew from the last day that is not whole
                after = replace(after, token=None)
            yield from self._page(state, after, page, self._session.requests - requests)
            if fault:
                yield self._failed(after, f"{self._host} {fault}; what came before is kept. {NEXT_FETCH}", 0)
                return False
            state, before = after, page
        return True

    def _begin(self, state: State) -> None:
        self._read = Counter({state.reached: 1} if state.reached else {})
        self._unread = Counter()
        # What an earlier run has read of days that are not whole is not known here.
        resumed = bool(state.token or state.place or state.reached)
        self._knows_all = not resumed or (state.ordered and len(self._sets) == 1)

    def _arguments(self, state: State) -> dict[str, str]:
        if state.token:
            return {"resumptionToken": state.token}
        window = {"from": state.start.isoformat(), "until": state.last.isoformat()}
        name = self._sets[state.place]
        return {**window, "set": name} if name else window

    def _after(self, state: State, page: Page) -> State:
        """Give the state once a page is saved."""
        stamps = [_stamp(text, state) for text, _ in page.entries]
        along = [*([state.reached] if state.reached else []), *stamps]
        ordered = state.ordered and all(one <= two for one, two in pairwise(along))
        state = replace(state, told=None)
        if page.token:
            return replace(state, token=page.token, reached=max(along, default=None), ordered=ordered)
        if state.place + 1 < len(self._sets):
            return replace(state, token=None, place=state.place + 1, reached=None, ordered=ordered)
        return replace(state, token=None, reached=max(along, default=None), ordered=ordered, done=True)

    def _page(self, state: State, after: State, page: Page, requests: int) -> Iterator[Listing]:
        """Yield the listings of a page, one a day; the last says that the page is done."""
        papers: dict[dt.date, list[Observation]] = {}
        skipped: dict[dt.date, list[Skipped]] = {}
        for text, entry in page.entries:
            day = _stamp(text, state)
            if isinstance(entry, Observation):
                papers.setdefault(day, []).append(entry)
            elif entry:
                skipped.setdefault(day, []).append(entry)
            self._read[day] += 1
        self._unread.update({day: len(some) for day, some in skipped.items()})
        whole = self._whole(state, after)
        days = {*whole, *papers, *skipped}
        if state.ordered and not after.ordered and (state.last - state.first).days < _TOLD_OF_LONG_SPANS:
            # No day is forgotten if this run ends before all are whole.
            days.update(_each(state.first, state.last))
        for day in sorted(days):
            is_last = day == max(days)
            part = replace(state, told=day + _DAY) if day in whole and after.ordered else state
            status, error = self._standing(day, state) if day in whole else (Status.PARTIAL, None)
            yield Listing(
                day=day,
                status=status,
                observations=tuple(papers.get(day, ())),
                skipped=tuple(skipped.get(day, ())),
                requests=requests if is_last else 0,
                error=error,
                validators=self._validators(after if is_last else part),
            )

    def _whole(self, state: State, after: State) -> set[dt.date]:
        """Give the days that became whole with a page."""
        if after.done:
            return set(_each(state.start if after.ordered else state.first, state.last))
        if not after.ordered or after.place != state.place or state.place + 1 < len(self._sets) or not after.reached:
            return set()
        return set(_each(state.start, after.reached - _DAY))

    def _standing(self, day: dt.date, state: State) -> tuple[Status, str | None]:
        """Say how a day stands of which every page was read."""
        fresh = (self._now.date() - day).days < FRESH_DAYS
        if day >= state.began:
            return Status.PARTIAL, None  # it still fills
        if fresh and self._unread[day]:
            return Status.PARTIAL, unread(self._unread[day], day)
        if self._read[day] or not self._knows_all:
            return Status.COMPLETE, None
        if not fresh or self._is_quiet(day):
            return Status.EXPECTED_EMPTY, None
        return Status.STALE, f"{self._host} has nothing for {day}, a {day:%A}, which is unusual. {NEXT_FETCH}"

    def _failed(self, state: State, error: str, requests: int) -> Listing:
        """Tell of the day that is not whole that the rest could not be read."""
        if state.start < state.last:
            error = f"{error} {state.start} to {state.last} are not whole."
        status = Status.PARTIAL if self._read[state.start] else Status.FAILED
        return Listing(
            day=state.start, status=status, requests=requests, error=error, validators=self._validators(state)
        )

    def _validators(self, state: State) -> dict[str, str]:
        named = {STATE: state, PAUSED: self._paused}
        return {name: msgspec.json.encode(one).decode() for name, one in named.items() if one}

    def _decoded(self, text: str | None) -> State | None:
        try:
            state = msgspec.json.decode(text or "", type=State)
        except msgspec.DecodeError:
            return None
        return state if state.place < len(self._sets) else None


def spans(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """Give the stretches of days that follow each other, each by its first and last day."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == _DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _fault(page: Page, before: Page, told: set[bytes], empty: int) -> str | None:
    """Say what is wrong with a service whose pages would never end; note the token as told."""
    if not page.token:
        return None
    key = sha256(page.token.encode("utf-8", "replace")).digest()
    if key in told:
        return "gives the same resumption token twice"
    told.add(key)
    if page.identifiers and page.identifiers == before.identifiers:
        return "gives the same page twice"
    return "gives page after page without a record" if empty > EMPTY_PAGES else None


def _stamp(text: str, state: State) -> dt.date:
    """Give the day of a datestamp, within the days asked for; the day reached where it cannot be read."""
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        day = state.start
    return min(max(day, state.first), state.last)


def _each(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + n * _DAY for n in range((last - first).days + 1))
