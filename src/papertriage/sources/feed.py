"""Any RSS, Atom or RDF feed: a journal's table of contents, a blog, a search that a service saves.

The feed is decoded and checked here (`feedtext.py`), parsed by feedparser in a process that can be
killed (`feed_worker.py`), and its entries become observations by a pure function.

An entry's identity is the strongest found in its DOI elements, its guid and its links; an entry without
one is `NAME:<guid or link>`. `announced` is the day of its own date (published, else updated), so that
an entry that stays in the feed for weeks is one record; an entry without a date has no `announced`, and
counts by the day on which it was first seen.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papertriage.errors import SourceError
from papertriage.identity import KINDS, arxiv_version, own_identity, parse_identity, primary
from papertriage.model import Listing, Observation, Skipped, Status, day_of
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.base import setting_url
from papertriage.sources.feedtext import UnreadableTextError, feed_text
from papertriage.sources.http import NEXT_FETCH, Session

PARSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed.

    Attributes:
        url: its address, as the user wrote it.
        parse_seconds: after this its parser is killed.
    """

    name: str
    url: str
    parse_seconds: float = PARSE_SECONDS
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    @property
    def query(self) -> str:
        """The address of the feed."""
        return self.url

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what the feed has now, under today's date; see `Source.fetch`.

        Raises:
            SourceError: it cannot be fetched, or what came is no feed.
        """
        del days
        before = session.requests
        reply = session.get(
            self.url, etag=validators.get("etag"), last_modified=validators.get("last_modified"), expect="xml"
        )
        today = now.date()
        requests = session.requests - before
        if reply.not_modified:
            yield Listing(day=today, status=Status.NOT_MODIFIED, requests=requests, validators=dict(validators))
            return
        content = parse(
            reply.body,
            seen=now,
            source=self.name,
            content_type=reply.headers.get("content-type", ""),
            seconds=self.parse_seconds,
        )
        status, error = self._standing(content, today)
        yield Listing(
            day=today,
            status=status,
            observations=content.observations,
            skipped=content.skipped,
            requests=requests,
            error=error,
            validators=reply.validators if status is Status.COMPLETE else {},
        )

    def _standing(self, content: Content, today: dt.date) -> tuple[Status, str | None]:
        some = Status.PARTIAL if content.observations else Status.FAILED
        if content.cut:
            return some, f"The feed {self.name} was cut short; its last entry was left out. {NEXT_FETCH}"
        if content.skipped:
            return some, f"{len(content.skipped)} entries of the feed {self.name} could not be read."
        if content.observations:
            return Status.COMPLETE, None
        if today.weekday() >= 5:
            return Status.EXPECTED_EMPTY, None
        return Status.STALE, f"The feed {self.name} has no entries, which is unusual. {NEXT_FETCH}"


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a feed.

    Attributes:
        cut: it ends before its root element does; the last entry was dropped.
    """

    observations: tuple[Observation, ...]
    skipped: tuple[Skipped, ...]
    cut: bool = False


def build(settings: Mapping[str, object]) -> Feed:
    """Make the source from its settings: `name`, and its address as `url` or `base_url`."""
    key = "url" if settings.get("url") else "base_url" if settings.get("base_url") else "url"
    return Feed(name=str(settings["name"]), url=setting_url(settings, key))


def parse(
    body: bytes, *, seen: dt.datetime, source: str, content_type: str = "", seconds: float = PARSE_SECONDS
) -> Content:
    """Read a feed; takes a process, but nothing outside it.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.
        content_type: the HTTP header, for its charset.
        seconds: after this the parser is killed.

    Raises:
        SourceError: it is no feed, has a DTD, or cannot be parsed within the limits.
    """
    try:
        text, _, closed = feed_text(body, content_type)
    except UnreadableTextError as error:
        raise SourceError(f"The feed {source} cannot be read: {error}.", NEXT_FETCH) from error
    parsed = _parse_in_process(text.encode("utf-8"), source, seconds)
    if not parsed["version"]:
        raise SourceError(f"What the feed {source} gives is not RSS, Atom or RDF.", "Check its address in config.yaml.")
    entries = parsed["entries"] if closed else parsed["entries"][:-1]
    observations: dict[tuple[str, dt.date | None], Observation] = {}
    skipped = []
    for place, entry in enumerate(entries, 1):
        found = observation_from_entry(entry, seen=seen, source=source)
        if isinstance(found, str):
            skipped.append(Skipped(where=f"entry {place}", reason=found))
        else:
            observations.setdefault((found.native or found.id, found.announced), found)
    return Content(tuple(observations.values()), tuple(skipped), cut=not closed)


def _parse_in_process(body: bytes, source: str, seconds: float) -> dict[str, Any]:
    # -P keeps the current folder off the path: a feedparser.py there must not be run.
    command = [sys.executable, "-P", "-m", "papertriage.sources.feed_worker"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=body, capture_output=True, timeout=seconds, check=True
        )
        parsed: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"The feed {source} could not be parsed within {seconds:g} s; it was given up.", NEXT_FETCH
        ) from None
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        raise SourceError(f"The parser failed on the feed {source}.", NEXT_FETCH) from error
    return parsed


def observation_from_entry(entry: Mapping[str, Any], *, seen: dt.datetime, source: str) -> Observation | str:
    """Read one entry as `feed_worker.read` gives it; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    title = fields.title(entry.get("title"))
    addresses = dict.fromkeys([entry.get("link"), *entry.get("links", [])[:20]])
    links = [url for address in addresses if (url := fields.url(address))]
    guid = fields.text(entry.get("id"), 1_000)
    native = guid or next(iter(links), None)
    if not title:
        return f"has no title ({native or 'nor any id'})"
    if not native:
        return f"has neither a guid nor a link ({title[:60]})"
    ids = _identities(entry, guid, links)
    published = fields.moment(entry.get("published"), seen=seen)
    updated = fields.moment(entry.get("updated"), seen=seen)
    announced = day_of(published) or day_of(updated)
    if announced and announced > seen.date() + dt.timedelta(days=1):
        announced = None  # an issue dated ahead is listed now
    own = own_identity(source, native)
    abstract = max(entry.get("content", ""), entry.get("summary", ""), key=len)
    extra = {"arxiv_announce_type": entry.get("arxiv_announce_type"), "rights": entry.get("rights")}
    return Observation(
        id=primary(ids) or str(own),
        source=source,
        title=title,
        seen=seen,
        ids=ids or {own.kind: (own.value,)},
        native=native,
        abstract=fields.abstract(abstract),
        authors=split_names(entry.get("authors") or [entry.get("author")]),
        published=published,
        updated=updated,
        announced=announced,
        categories=fields.words(entry.get("tags", [])),
        urls=_urls(links, ids),
        venue=fields.text(entry.get("prism_publicationname")) or fields.text(entry.get("arxiv_journal_reference")),
        version=arxiv_version(native) if "arxiv" in ids else None,
        extra={name: text for name, value in extra.items() if (text := fields.text(value))},
    )


def _identities(entry: Mapping[str, Any], guid: str | None, links: Sequence[str]) -> dict[str, tuple[str, ...]]:
    ids: dict[str, tuple[str, ...]] = {}
    named = [entry.get(name) for name in ("prism_doi", "dc_identifier", "dc_source", "arxiv_doi")]
    for text in [*named, guid, *links]:
        found = parse_identity(text) if isinstance(text, str) else None
        if found and found.kind in KINDS and found.value not in ids.get(found.kind, ()):
            ids[found.kind] = (*ids.get(found.kind, ()), found.value)
    return ids


def _urls(links: Sequence[str], ids: Mapping[str, Sequence[str]]) -> dict[str, str]:
    urls = {"page": links[0]} if links else {}
    if papers := ids.get("arxiv"):
        urls |= {"abs": f"https://arxiv.org/abs/{papers[0]}", "pdf": f"https://arxiv.org/pdf/{papers[0]}"}
    return urls


_INITIALS = pattern(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "phd"})


def split_names(authors: Sequence[object]) -> tuple[str, ...]:
    """Give the names of an entry's authors as `Given Family`; one text with several is parted where that is safe.

    >>> split_names(["Ann Lee, Bo Ek"]), split_names(["Lee, A., Ek, B. C."]), split_names(["Lee, Ann"])
    (('Ann Lee', 'Bo Ek'), ('A. Lee', 'B. C. Ek'), ('Ann Lee',))
    """
    names: list[str] = []
    for author in authors:
        text = fields.text(author, fields.ABSTRACT_BYTES) or ""
        for part in text.split(";"):
            names += _split_at_commas(part)
    return fields.names(names)


def _split_at_commas(text: str) -> list[str]:
    parts = [part.strip().removeprefix("and ") for part in text.split(",") if part.strip()]
    if len(parts) < 2 or parts[-1].replace(".", "").lower() in _SUFFIXES:
        return [text]
    given = parts[1::2]
    if len(parts) % 2 == 0 and all(part.isupper() and _INITIALS.fullmatch(part) for part in given):
        return [f"{first} {last}" for last, first in zip(parts[::2], given, strict=True)]
    if all(" " in part for part in parts):
        return parts
    return [f"{parts[1]} {parts[0]}"] if len(parts) == 2 else [text]
