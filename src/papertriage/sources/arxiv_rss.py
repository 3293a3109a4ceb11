"""arXiv's announcement feeds: `rss.arxiv.org/rss/cs.CL+cs.LG`, the current announcement only.

Described at https://info.arxiv.org/help/rss.html. What is not said there and matters:

* a feed without items is valid on weekends and holidays;
* all authors are one text, parted by commas outside the parentheses of affiliations;
* the guid carries the version; the description begins with the id and the announce type;
* one unknown category fails the whole request with HTTP 400 and a feed that names it and the good ones;
* replacements from the sixth version on are left out by arXiv;
* the feed is dated by the clock, so an old announcement can wear a new date: whoever keeps the log finds
  out by comparing `native`, which is the guid with its version.

`published` stays absent: the date of an item is that of its announcement.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import msgspec

from papertriage.errors import SourceError, UsageError
from papertriage.identity import Identity, arxiv_version, parse_identity
from papertriage.model import AnnounceType, Listing, Observation, Skipped, Status
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.arxiv_days import is_quiet, not_covered
from papertriage.sources.base import setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Reply, Session
from papertriage.sources.xmlsafe import UnreadableXmlError, child_text, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BASE_URL = "https://rss.arxiv.org"

OUT_BY = dt.time(8)
"""The day's announcement is in the feed at midnight in New York, 04:00 or 05:00 UTC; later than this it is late."""

MAX_BAD_CATEGORIES = 5
"""arXiv names one unknown category at a time, and each takes a request."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CATEGORY = pattern(r"[a-z]+(-[a-z]+)*(\.[A-Za-z]+(-[A-Za-z]+)*)?", re.ASCII)
_DESCRIPTION = pattern(
    r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[a-z-]+)\s+(?:Abstract:\s*)?(?P<abstract>.*)", re.DOTALL
)
_TYPES: dict[str, AnnounceType] = {
    "new": "new",
    "cross": "cross",
    "replace": "replace",
    "replace-cross": "replace-cross",
    "absonly": "replace",  # arXiv's own word for a change of the metadata alone
}


@dataclass(frozen=True, slots=True)
class ArxivRss:
    """The announcements of some categories or whole archives."""

    categories: tuple[str, ...]
    name: str = "arxiv-rss"
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The categories in the order of the alphabet: `cs.CL+cs.LG`."""
        return "+".join(sorted(self.categories))

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield the current announcement, under its own date; see `Source.fetch`.

        Of the other days asked for, earlier ones are missed, for the feed can no longer give them; later
        ones are late. Quiet days are neither.

        Raises:
            SourceError: arXiv cannot be read, or none of the categories exists.
        """
        before = session.requests
        reply, bad = self._ask(session, validators)
        if reply.not_modified:
            others = {listing.day: listing for listing in _other_days(days, None, now)}
            unchanged = Listing(day=now.date(), status=Status.NOT_MODIFIED, validators=dict(validators))
            first = others.pop(now.date(), unchanged)
            yield msgspec.structs.replace(first, requests=session.requests - before)
            yield from others.values()
            return
        good = tuple(category for category in self.categories if category not in bad)
        feed = parse(reply.body, seen=now, source=self.name, requested=good)
        status, error = _standing(feed, bad)
        yield Listing(
            # Of a feed that could not be read, the date is not to be believed either.
            day=feed.day if status is not Status.FAILED else now.date(),
            status=status,
            observations=feed.observations,
            skipped=feed.skipped,
            requests=session.requests - before,
            error=error,
            validators={} if bad or status is not Status.COMPLETE else reply.validators,
        )
        if status is not Status.FAILED:
            yield from _other_days(days, feed.day, now)

    def _ask(self, session: Session, validators: Mapping[str, str]) -> tuple[Reply, tuple[str, ...]]:
        """Get the feed; where arXiv refuses a category, without it."""
        bad: list[str] = []
        while True:
            wanted = [category for category in sorted(self.categories) if category not in bad]
            if not wanted:
                raise SourceError(f"arXiv knows none of the categories {self.query}.", "Correct them in config.yaml.")
            try:
                reply = session.get(
                    f"{self.base_url}/rss/{'+'.join(wanted)}",
                    etag=None if bad else validators.get("etag"),
                    last_modified=None if bad else validators.get("last_modified"),
                    expect="xml",
                )
            except HttpStatusError as error:
                refused = _refused(error, wanted)
                if not refused or len(bad) >= MAX_BAD_CATEGORIES:
                    raise
                bad += refused
            else:
                return reply, tuple(bad)


@dataclass(frozen=True, slots=True)
class Feed:
    """One announcement.

    Attributes:
        day: its date as the feed has it; the day of fetching where that is missing or absurd.
    """

    day: dt.date
    observations: tuple[Observation, ...]
    skipped: tuple[Skipped, ...]


def build(settings: Mapping[str, object]) -> ArxivRss:
    """Make the source from its settings: `name`, `base_url`, and `categories` (cs.CL, math and the like).

    Raises:
        UsageError: there are no categories, or what stands there is none.
    """
    return ArxivRss(
        categories=read_categories(settings),
        name=str(settings["name"]),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def read_categories(settings: Mapping[str, object]) -> tuple[str, ...]:
    """Give the categories in a source's settings, each once.

    Raises:
        UsageError: there are none, or what stands there is none.
    """
    categories = settings.get("categories")
    if isinstance(categories, str):
        categories = re.split(r"[+,\s]+", categories.strip())
    if not isinstance(categories, list | tuple) or not categories:
        raise UsageError(f"The source {settings['name']!r} needs 'categories', a list like [cs.CL, cs.LG].")
    for category in categories:
        if not isinstance(category, str) or not _CATEGORY.fullmatch(category):
            raise UsageError(
                f"{category!r} in 'categories' of the source {settings['name']!r} is no arXiv category.",
                "Categories are written as in https://arxiv.org/category_taxonomy: cs.CL, hep-th, math.",
            )
    return tuple(dict.fromkeys(categories))


def parse(body: bytes, *, seen: dt.datetime, source: str = "arxiv-rss", requested: Sequence[str] = ()) -> Feed:
    """Read an announcement in RSS or Atom; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.
        requested: the categories that were asked for; cross-lists are told for these.

    Raises:
        SourceError: it is no feed of arXiv's, or not a whole one.
    """
    try:
        root = parse_xml(body)
    except UnreadableXmlError as error:
        raise SourceError(f"arXiv's feed cannot be read: {error}.", NEXT_FETCH) from error
    channel = root.find("channel") if root.tag == "rss" else root if root.tag == f"{_ATOM}feed" else None
    if channel is None:
        raise SourceError("What arXiv sent is neither RSS nor Atom.", NEXT_FETCH)
    if _either(channel, "title").startswith("Feed error"):
        raise SourceError("arXiv sent an error instead of a feed.", NEXT_FETCH)
    day = _day(_either(channel, "pubDate", "updated"), seen) or seen.date()
    observations: dict[str, Observation] = {}
    skipped = []
    for place, item in enumerate([*channel.iterfind("item"), *channel.iterfind(f"{_ATOM}entry")], 1):
        found = _observation(item, day, seen, source, requested)
        if isinstance(found, str):
            skipped.append(Skipped(where=f"item {place}", reason=found))
        elif twin := observations.get(found.id):
            both = {**found.announce_type, **twin.announce_type}
            observations[found.id] = msgspec.structs.replace(twin, announce_type=both)
        else:
            observations[found.id] = found
    return Feed(day, tuple(observations.values()), tuple(skipped))


def _observation(
    item: Element, day: dt.date, seen: dt.datetime, source: str, requested: Sequence[str]
) -> Observation | str:
    guid = _either(item, "guid", "id").strip()
    link = _link(item)
    identity = next((found for text in (guid, link) if (found := parse_identity(text)) and found.kind == "arxiv"), None)
    title = fields.title(_either(item, "title"))
    if not identity:
        return "has no arXiv id"
    if not title:
        return f"has no title ({identity})"
    description = _DESCRIPTION.fullmatch(_either(item, "description", "summary"))
    categories = fields.words([part.get("term") or part.text for part in _all(item, "category")])
    word = (child_text(item, f"{_ARXIV}announce_type") or (description["type"] if description else "")).strip()
    affiliated = split_authors(child_text(item, f"{_DC}creator") or "")
    affiliations = {name: where for name, where in affiliated[: fields.MAX_ITEMS] if where}
    rights = fields.text(child_text(item, f"{_DC}rights"))
    dois = [found.value for text in (child_text(item, f"{_ARXIV}DOI") or "").split() if (found := _doi(text))]
    paper = identity.value
    return Observation(
        id=str(identity),
        source=source,
        title=title,
        seen=seen,
        ids={"arxiv": (paper,), **({"doi": tuple(dict.fromkeys(dois))} if dois else {})},
        native=fields.text(guid) if guid != paper else None,
        abstract=fields.abstract(description["abstract"] if description else _either(item, "description", "summary")),
        authors=fields.names(name for name, _ in affiliated),
        announced=_day(_either(item, "pubDate", "published"), seen) or day,
        announce_type=announce_types(word, categories, requested),
        categories=categories,
        urls={"abs": f"https://arxiv.org/abs/{paper}", "pdf": f"https://arxiv.org/pdf/{paper}"},
        venue=fields.text(child_text(item, f"{_ARXIV}journal_reference")),
        version=arxiv_version(guid) or arxiv_version(link),
        extra={
            **({"rights": rights} if rights else {}),
            **({"affiliations": affiliations} if affiliations else {}),
        },
    )


def announce_types(word: str, categories: Sequence[str], requested: Sequence[str]) -> dict[str, AnnounceType]:
    """Say for which categories an announce type holds.

    `new` and `replace` are told of the primary category, the first; `cross` and `replace-cross` of those
    beyond it that were asked for (an archive `cs` means every `cs.…`), all of them where none was.
    """
    kind = _TYPES.get(word)
    if not kind or not categories:
        return {}
    if kind in ("new", "replace"):
        return {categories[0]: kind}
    beyond = categories[1:]
    asked = [name for name in beyond if name in requested or name.partition(".")[0] in requested]
    return dict.fromkeys(asked or beyond, kind)


def split_authors(text: str) -> list[tuple[str, str | None]]:
    """Part the one text of all authors into names, each with its affiliation or None.

    >>> split_authors("Ann Lee (MIT, Boston), Bo Ek")
    [('Ann Lee', 'MIT, Boston'), ('Bo Ek', None)]
    """
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif sign == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    found = []
    for part in parts[: fields.MAX_AUTHORS]:
        name, _, where = part.partition("(")
        if shown := fields.text(name) or fields.text(where.rstrip(") ")):
            found.append((shown, fields.text(where.rstrip().removesuffix(")")) if name.strip() else None))
    return found


def _standing(feed: Feed, bad: Sequence[str]) -> tuple[Status, str | None]:
    if bad:
        names, be = ", ".join(bad), "is no category" if len(bad) == 1 else "are no categories"
        return (
            Status.PARTIAL if feed.observations else Status.FAILED,
            f"{names} {be} of arXiv's; the others were read. Correct it in config.yaml.",
        )
    if feed.skipped:
        many = len(feed.skipped)
        if not feed.observations:
            return Status.FAILED, f"None of the {many} items of arXiv's feed could be read. {NEXT_FETCH}"
        return Status.PARTIAL, f"{many} items of arXiv's feed could not be read; the others are saved."
    if feed.observations:
        return Status.COMPLETE, None
    if is_quiet(feed.day):
        return Status.EXPECTED_EMPTY, None
    said = f"arXiv's feed of {feed.day}, a {feed.day:%A}, is empty, which is unusual."
    return Status.STALE, " ".join(filter(None, [said, not_covered(feed.day), NEXT_FETCH]))


def _other_days(days: Sequence[dt.date], shown: dt.date | None, now: dt.datetime) -> Iterator[Listing]:
    """Say of each day asked for, but the one that the feed shows, how it stands.

    Args:
        days: days that are not settled, up to today.
        shown: the day that the feed shows; None where it is the one that was saved last.
    """
    for day in sorted(days):
        if day == shown:
            continue
        if is_quiet(day):
            yield Listing(day=day, status=Status.EXPECTED_EMPTY)
        elif shown is not None and day < shown:
            yield Listing(
                day=day,
                status=Status.MISSED,
                error=f"arXiv's announcement of {day} was not fetched, and its feed shows only that of {shown}.",
            )
        elif day < now.date() or now.time() >= OUT_BY:
            still = f"the announcement of {shown}" if shown else "the announcement before it"
            yield Listing(
                day=day,
                status=Status.STALE,
                error=f"arXiv's feed still shows {still}; that of {day} is late. {NEXT_FETCH}",
            )


def _refused(error: HttpStatusError, wanted: Sequence[str]) -> list[str]:
    """Find which of the categories the error feed of an HTTP 400 calls unknown."""
    if error.status != 400:
        return []
    try:
        root = parse_xml(error.body)
        text = " ".join(root.itertext())
    except UnreadableXmlError:
        text = error.body.decode("utf-8", "replace")
    # "Bad subject class 'XX'. Valid subject classes for the archive 'cs' are: …", "Bad archive 'xy'. …"
    names = re.search(r"Bad (?P<what>archive|subject class)[^']{0,40}'(?P<name>[^']{1,50})'", text)
    if not names:
        return []
    archive = re.search(r"for\s+the archive '([a-z-]{1,30})'", text)
    named = names["name"].lower()
    if names["what"] == "subject class" and archive:
        named = f"{archive[1]}.{named}"
    return [category for category in wanted if category.lower() == named or category.lower().split(".")[0] == named]


def _doi(text: str) -> Identity | None:
    found = parse_identity(text)
    return found if found and found.kind == "doi" else None


def _either(element: Element, *tags: str) -> str:
    """Give the text of the first child that has one of the names, in RSS or in Atom; "" without one."""
    for tag in tags:
        for known in (tag, _ATOM + tag):
            if found := child_text(element, known):
                return found
    return ""


def _all(element: Element, tag: str) -> list[Element]:
    return [*element.iterfind(tag), *element.iterfind(_ATOM + tag)]


def _link(item: Element) -> str:
    return next((text for link in _all(item, "link") if (text := (link.get("href") or link.text or "").strip())), "")


def _day(text: str, seen: dt.datetime) -> dt.date | None:
    """Give the day of a date in RFC 5322 or ISO 8601, in its own time zone; None for an absurd one."""
    text = text.strip()[:60]
    try:
        day = (dt.datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Tomorrow is possible east of Greenwich, a year-old announcement is not current.
    return day if -1 <= (seen.date() - day).days <= 366 * 40 else None
