"""bioRxiv and medRxiv: `/details/SERVER/FROM/TO/CURSOR` of api.biorxiv.org, what was posted on a day.

The API is described at https://api.biorxiv.org/details/biorxiv/help. The day is the one on which a version
was posted, and that is its announcement. Each version is a record of its own; all carry one DOI, and once
the work is published, the DOI of that too.

What experience adds to the description: the size of a page is the server's and has changed, so the next
page begins where this one ended; `total` counts records that never come (ropensci/medrxivr#19,
nicholasmfraser/rbiorxiv#2), so the walk ends at an empty page and not at a sum; "NA" stands for nothing;
numbers are sometimes texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papertriage.model import Listing, Observation, Skipped
from papertriage.sources import fields
from papertriage.sources.base import setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, Session
from papertriage.sources.jsonsafe import UnreadableJsonError, parse_json, rows, table
from papertriage.sources.markup import plain_fragment
from papertriage.sources.people import split_authors
from papertriage.sources.walk import MAX_PAGES, Page, UnreadableReplyError, day_listings, host_of, short_of

BASE_URL = "https://api.biorxiv.org"

RECHECK_DAYS = 3
"""A day's last versions appear some hours after it ended."""

MISSING_SHARE = 0.2
"""Of `total`, what may never come without being called missing: 22 of 212 in one day that was reported."""


@dataclass(frozen=True, slots=True)
class Biorxiv:
    """What one of the two servers posted.

    Attributes:
        server: biorxiv or medrxiv.
        categories: subjects that are wanted, in lower case with spaces; none for all.
    """

    name: str
    server: str
    base_url: str = BASE_URL
    categories: tuple[str, ...] = ()
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The categories."""
        return "+".join(self.categories)

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield one listing a day; see `Source.fetch`.

        Raises:
            SourceError: the API cannot be reached, or failed on two days in a row.
        """
        del validators
        return day_listings(
            session,
            days,
            lambda day: self._pages(session, day, now),
            now=now,
            host=host_of(self.base_url),
            recheck_days=self.recheck_days,
            never_empty=not self.categories,
        )

    def _pages(self, session: Session, day: dt.date, now: dt.datetime) -> Iterator[Page]:
        cursor, total, empty = 0, 0, 0
        for _ in range(MAX_PAGES):
            address = f"{self.base_url}/details/{self.server}/{day}/{day}/{cursor}/json"
            page = parse(session.get(address, expect="json").body, seen=now, source=self.name, wanted=self.categories)
            total = max(total, page.total or 0)
            if page.entries:
                empty = 0
                cursor += page.entries
                yield page
            elif cursor >= total or empty:
                break
            else:
                empty += 1  # an empty page before the end: once more, it may have been a hiccup
        missing = total - cursor
        if missing > max(1, MISSING_SHARE * total):
            raise short_of(host_of(self.base_url), cursor, total)


def build(settings: Mapping[str, object]) -> Biorxiv:
    """Make the source from its settings: `name`, `type`, `base_url`, `categories`."""
    return Biorxiv(
        name=str(settings["name"]),
        server=str(settings["type"]),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
        categories=tuple(sorted({_subject(category) for category in setting_texts(settings, "categories")})),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "biorxiv", wanted: Sequence[str] = ()) -> Page:
    """Read a reply of `/details`; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.
        wanted: categories; none for all.

    Returns:
        The page; `entries` is how far it moves the cursor, records of other categories included.

    Raises:
        UnreadableReplyError: it is not such a reply.
    """
    try:
        reply = table(parse_json(body))
    except UnreadableJsonError:
        raise UnreadableReplyError("The list of preprints is not whole JSON.", NEXT_FETCH) from None
    messages = rows(reply.get("messages"))
    message = table(messages[0]) if messages else {}
    status = fields.text(message.get("status")) or ""
    collection = reply.get("collection")
    if not isinstance(collection, list) or (status.lower() != "ok" and "no posts" not in status.lower()):
        told = f"it says “{status}”" if status else "it has no status"
        raise UnreadableReplyError(f"The reply is no list of preprints: {told}.", NEXT_FETCH)
    observations, skipped = [], []
    for place, record in enumerate(collection, 1):
        if wanted and _subject(table(record).get("category")) not in wanted:
            continue
        found = observation(record, seen=seen, source=source)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            native = fields.text(table(record).get("doi")) or f"record {place}"
            skipped.append(Skipped(where=native, reason=found))
    count = _number(message.get("count"))
    # Where the two disagree the shorter step reads some records twice and skips none.
    entries = min(count, len(collection)) if count else len(collection)
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        total=_number(message.get("total")),
        entries=entries,
    )


def observation(record: object, *, seen: dt.datetime, source: str = "biorxiv") -> Observation | str:
    """Read one version of a preprint, from the API or from a dump made of it; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(record, dict):
        return "is no record of a preprint"
    identity = fields.doi(record.get("doi"))
    if not identity:
        return "has no DOI"
    title = fields.title(plain_fragment(_told(record, "title")))
    if not title:
        return "has no title"
    day = fields.moment(_told(record, "date"), seen=seen)
    version = _number(record.get("version"))
    return Observation(
        id=str(identity),
        ids=fields.gathered(identity, fields.doi(_told(record, "published"))),
        native=f"{identity.value}v{version}" if version else None,
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(plain_fragment(_told(record, "abstract"))),
        authors=_authors(_told(record, "authors")),
        published=day if not version or version == 1 else None,
        updated=day if version and version > 1 else None,
        announced=dt.date.fromisoformat(day[:10]) if day else None,
        categories=(category,) if (category := _told(record, "category")) else (),
        urls=_urls(record, identity.value, version),
        venue=_told(record, "server"),
        organization=_told(record, "author_corresponding_institution"),
        version=version,
        extra=_extra(record),
    )


def _told(record: dict[str, Any], key: str) -> str | None:
    """Give a text of a record; the API writes "NA" where it has nothing."""
    value = fields.text(record.get(key), fields.ABSTRACT_BYTES)
    return None if value in (None, "NA", "N/A") else value


def _authors(text: str | None) -> tuple[str, ...]:
    """Part the authors. A semicolon at the end says that commas turn names round, also of one author."""
    return fields.names(split_authors(f"{text};")) if text else ()


def _urls(record: dict[str, Any], doi: str, version: int | None) -> dict[str, str]:
    server = (_told(record, "server") or "").lower()
    urls = {"page": f"https://doi.org/{doi}"}
    if server in ("biorxiv", "medrxiv") and version:
        page = f"https://www.{server}.org/content/{doi}v{version}"
        urls |= {"abs": page, "pdf": f"{page}.full.pdf"}
    return urls


def _extra(record: dict[str, Any]) -> dict[str, Any]:
    funders = [name for funder in rows(record.get("funder")) if (name := fields.text(table(funder).get("name")))]
    extra: dict[str, Any] = {name: _told(record, name) for name in ("type", "license", "published", "jatsxml")}
    extra["author_corresponding"] = _told(record, "author_corresponding")
    extra["funder"] = funders[: fields.MAX_ITEMS]
    return {name: value for name, value in extra.items() if value}


def _subject(category: object) -> str:
    """Give a category in one spelling: the API takes `cell_biology` and gives `cell biology`."""
    return (fields.text(category) or "").lower().replace("_", " ")


def _number(value: object) -> int | None:
    """Give a whole number of at least 0 that may be written as a text."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None
