"""arXiv's announcements, every day of them: today's from the feed, missed ones from OAI-PMH.

What a user means by "cs.CL every day". The feed (`arxiv_rss.py`) shows the current announcement only; a day that it
no longer shows, that it could not give, or for which it repeated an old one, is worked out from OAI-PMH
(`arxiv_rebuild.py`), and the ledger says so. A feed is stale when it is dated anew but brings no id that is new:
ids grow from one announcement to the next. Announcement days and holidays are in `arxiv_days.py`.

`announced` is the date of the listing: the day after the evening in New York on which it came out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from msgspec.structs import replace

from papertriage.errors import SourceError, UsageError
from papertriage.model import Listing, Observation, Status
from papertriage.sources.arxiv_days import announces, not_covered
from papertriage.sources.arxiv_oai import BASE_URL as OAI_URL
from papertriage.sources.arxiv_oai import ask_page, set_of
from papertriage.sources.arxiv_rebuild import Rebuild, number_of, read_all
from papertriage.sources.arxiv_rss import BASE_URL as FEED_URL
from papertriage.sources.arxiv_rss import OUT_BY, ArxivRss, read_categories
from papertriage.sources.base import setting_url
from papertriage.sources.harvest import FRESH_DAYS
from papertriage.sources.http import NEXT_FETCH, Session
from papertriage.sources.walk import host_of, unread

AT_ONCE = 2_000
"""So many papers of past days are held until they are handed on."""

LOOK_BACK = dt.timedelta(days=5)
"""Before the first day that is worked out: where the ids of the days before it end tells what is not its own."""

_CROSS = ("cross", "replace-cross")
_REPLACED = ("replace", "replace-cross")


@dataclass(frozen=True, slots=True)
class Arxiv:
    """The announcements of some categories or whole archives.

    Attributes:
        cross: with papers of other categories that are cross-listed.
        replacements: with new versions of papers that were announced before.
    """

    categories: tuple[str, ...]
    cross: bool = True
    replacements: bool = True
    name: str = "arxiv"
    feed_url: str = FEED_URL
    oai_url: str = OAI_URL
    recheck_days: int = 0
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The categories in alphabetical order, and what is left out."""
        left_out = ["" if self.cross else "-cross", "" if self.replacements else "-replacements"]
        return " ".join(filter(None, ["+".join(sorted(self.categories)), *left_out]))

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what the feed shows, then the days that it does not; see `Source.fetch`.

        Past days may come in several listings, the last of which is not partial.
        """
        today = now.date()
        open_days = [day for day in days if day <= today]
        told = dict(validators)
        listing = trouble = None
        for day in days:
            if day > today:
                yield Listing(day=day, status=Status.FAILED, error=f"{day} is in the future: nothing is announced yet.")
        if today in open_days or not days:
            listing, trouble, told = self._current(session, now, validators)
            if listing:
                yield listing
                open_days = [day for day in open_days if day != listing.day]
        missing = []
        for day in open_days:
            if announces(day) is False:
                yield Listing(day=day, status=Status.EXPECTED_EMPTY, validators=told)
            elif day < today or now.time() >= OUT_BY:
                missing.append(day)
            elif not listing:
                yield Listing(day=day, status=Status.FAILED, error=trouble, validators=told)
        if missing:
            shown = frozenset(paper.id for paper in listing.observations) if listing else frozenset()
            yield from self._past(session, missing, now, told, trouble, shown=shown)

    def _current(
        self, session: Session, now: dt.datetime, validators: Mapping[str, str]
    ) -> tuple[Listing | None, str | None, dict[str, str]]:
        """Read the feed.

        Returns:
            its listing, None where it is of no use; why today is not in it, None where it is; and what the next
            fetch is to be handed.
        """
        told = dict(validators)
        feed = ArxivRss(self.categories, self.name, self.feed_url)
        try:
            listing = next(iter(feed.fetch(session, (), now=now, validators=validators)))
        except SourceError as error:
            return None, str(error), told
        before = _day(validators.get("feed_day"))
        if listing.status is Status.NOT_MODIFIED and before:
            listing = replace(listing, day=before, validators=told)
        elif listing.status in (Status.STALE, Status.FAILED):
            return None, listing.error, told
        elif listing.observations:
            marks = _marks(listing)
            if before and (listing.day < before or (listing.day > before and _is_old(marks, validators))):
                without = {name: value for name, value in told.items() if name in marks}
                return None, f"{host_of(self.feed_url)} is stale: it repeats the announcement of {before}.", without
            kept = tuple(paper for paper in listing.observations if self._takes(paper.announce_type.values()))
            told = {**listing.validators, **marks}
            listing = replace(listing, observations=kept, validators=told)
        late = f"{host_of(self.feed_url)} still shows the announcement of {listing.day}."
        return listing, None if listing.day == now.date() else late, told

    def _past(
        self,
        session: Session,
        days: Sequence[dt.date],
        now: dt.datetime,
        told: dict[str, str],
        trouble: str | None,
        *,
        shown: frozenset[str],
    ) -> Iterator[Listing]:
        """Work days out from OAI-PMH; they are whole once the records changed since then are read in every set."""
        rebuild = Rebuild(frozenset(days), self.categories, now, self.name, shown)
        ask = partial(ask_page, session, self.oai_url, "arXivRaw")
        held: dict[dt.date, dict[str, Observation]] = {}
        papers: dict[dt.date, int] = dict.fromkeys(days, 0)
        requests = session.requests
        fault = None
        try:
            for category in sorted(self.categories):
                for one in read_all(ask, rebuild, set_of(category), days[0] - LOOK_BACK, now.date()):
                    if not self._takes([one.word]):
                        continue
                    held.setdefault(one.day, {})[one.paper.native or one.paper.id] = one.paper
                    papers[one.day] += 1
                    if sum(map(len, held.values())) >= AT_ONCE:
                        for day, some in sorted(held.items()):
                            found = tuple(some.values())
                            yield Listing(day=day, status=Status.PARTIAL, observations=found, validators=told)
                        held.clear()
        except SourceError as error:
            fault = str(error)
        for day in days:
            why = trouble if day == now.date() else None
            status, error_text = self._standing(day, now, papers[day], len(rebuild.unread.get(day, ())), fault)
            yield Listing(
                day=day,
                status=status,
                observations=tuple(held.get(day, {}).values()),
                skipped=tuple(rebuild.unread.get(day, ())),
                requests=session.requests - requests if day == days[0] else 0,
                error=" ".join(filter(None, [why, error_text])) if error_text else None,
                note=None if error_text else _note(day, now, why),
                validators=told,
            )

    def _standing(
        self, day: dt.date, now: dt.datetime, papers: int, skipped: int, fault: str | None
    ) -> tuple[Status, str | None]:
        """Say how a day stands that was worked out, and what the user is told of it."""
        fresh = (now.date() - day).days < FRESH_DAYS
        if fault:
            return Status.PARTIAL if papers else Status.FAILED, fault
        if skipped and fresh:
            return Status.PARTIAL, unread(skipped, day)
        if papers:
            return Status.COMPLETE, None
        if not fresh or announces(day) is None:
            return Status.EXPECTED_EMPTY, None
        known = not_covered(day)
        said = f"{host_of(self.oai_url)} has nothing for {day}, a {day:%A}, which is unusual."
        return Status.STALE, " ".join(filter(None, [said, known, NEXT_FETCH]))

    def _takes(self, words: Iterable[str]) -> bool:
        """Say whether a paper is wanted that is listed so; one that does not say how is."""
        words = list(words)
        left_out = (*(() if self.cross else _CROSS), *(() if self.replacements else _REPLACED))
        return not words or any(word not in left_out for word in words)


def build(settings: Mapping[str, object]) -> Arxiv:
    """Make the source from its settings: `name`, `base_url`, `categories`, `cross` and `replacements` (true or false).

    Raises:
        UsageError: there are no categories, or what stands there is none; or one of the others is no truth value.
    """
    chosen = {}
    for key in ("cross", "replacements"):
        value = settings.get(key)
        if value is not None and not isinstance(value, bool):
            raise UsageError(f"{key!r} of the source {settings['name']!r} is neither true nor false.")
        chosen[key] = value is not False
    own = setting_url(settings, "base_url").rstrip("/") if settings.get("base_url") else None
    return Arxiv(
        categories=read_categories(settings),
        cross=chosen["cross"],
        replacements=chosen["replacements"],
        name=str(settings["name"]),
        feed_url=own or FEED_URL,
        oai_url=own or OAI_URL,
    )


def _marks(listing: Listing) -> dict[str, str]:
    """Give what an announcement is known by when it comes again: its day, its newest id and all its ids hashed."""
    natives = sorted(paper.native or paper.id for paper in listing.observations)
    fresh = [number_of(paper) or 0 for paper in listing.observations if "new" in paper.announce_type.values()]
    return {
        "feed_day": listing.day.isoformat(),
        "newest": str(max(fresh, default=0)),
        "digest": sha256("\n".join(natives).encode("utf-8", "replace")).hexdigest()[:32],
    }


def _is_old(marks: Mapping[str, str], before: Mapping[str, str]) -> bool:
    newest, old = marks["newest"], before.get("newest", "0")
    return marks["digest"] == before.get("digest") or (old.isdigit() and 0 < int(newest) <= int(old))


def _note(day: dt.date, now: dt.datetime, why: str | None) -> str:
    parts = [why, f"Worked out from OAI-PMH on {now:%Y-%m-%d}.", not_covered(day)]
    return " ".join(filter(None, parts))


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
