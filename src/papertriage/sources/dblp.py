"""dblp: its search for publications.

The API: https://dblp.org/faq/How+to+use+the+dblp+search+API.html. Records have a year and no day, and abstracts are
none; the source gives what a search finds now, the first 10,000 records of it, and what is new among them is
new to the cache. The JSON is made from XML: what is one is an object, what are several is a list, and a search
without a match has no `hit` at all. Namesakes are numbered (`Yang Liu 0001`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papertriage.errors import SourceError
from papertriage.identity import KINDS, Identity, parse_identity, primary
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_url
from papertriage.sources.http import NEXT_FETCH, Session
from papertriage.sources.jsonsafe import UnreadableJsonError, parse_json, table
from papertriage.sources.markup import plain_fragment
from papertriage.sources.walk import Page, UnreadableReplyError, host_of, short_of, unread

BASE_URL = "https://dblp.org"
PER_PAGE = 1_000
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Dblp:
    """What one search finds.

    Attributes:
        query: in dblp's own language: `year:2026: venue:acl: language$`.
    """

    name: str
    query: str
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what the search finds now, under today's date; see `Source.fetch`.

        Raises:
            SourceError: dblp cannot be reached.
        """
        del days, validators
        before = session.requests
        read: dict[str, Observation] = {}
        skipped: list[Skipped] = []
        fault = None
        try:
            for page in self._pages(session, now):
                read.update((paper.native or paper.id, paper) for paper in page.observations)
                skipped += page.skipped
        except SourceError as error:
            if not read:
                raise
            fault = str(error)
        if skipped and not fault:
            fault = unread(len(skipped), self.query)
        some = Status.PARTIAL if read else Status.FAILED
        yield Listing(
            day=now.date(),
            status=some if fault else Status.COMPLETE,
            observations=tuple(read.values()),
            skipped=tuple(skipped),
            requests=session.requests - before,
            error=fault,
        )

    def _pages(self, session: Session, now: dt.datetime) -> Iterator[Page]:
        first, total = 0, 0
        while first < MOST:
            params: dict[str, str | int] = {"q": self.query, "format": "json", "h": PER_PAGE, "f": first, "c": 0}
            reply = session.get(f"{self.base_url}/search/publ/api", params=params, expect="json")
            page = parse(reply.body, seen=now, source=self.name)
            yield page
            first += page.entries
            total = page.total or 0
            if not page.entries or first >= total:
                break
        if first < total:
            raise short_of(host_of(self.base_url), first, total)


def build(settings: Mapping[str, object]) -> Dblp:
    """Make the source from its settings: `name`, `base_url`, `query`.

    Raises:
        UsageError: there is no query.
    """
    return Dblp(
        name=str(settings["name"]),
        query=setting_text(settings, "query"),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "dblp") -> Page:
    """Read what a search found; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.

    Raises:
        UnreadableReplyError: it is no result of a search.
    """
    try:
        result = table(table(parse_json(body)).get("result"))
    except UnreadableJsonError:
        raise UnreadableReplyError("The reply of dblp is not whole JSON.", NEXT_FETCH) from None
    hits = result.get("hits")
    if not isinstance(hits, dict):
        raise UnreadableReplyError("The reply of dblp is no result of a search.", NEXT_FETCH)
    observations, skipped = [], []
    found = several(hits.get("hit"))
    for place, hit in enumerate(found, 1):
        paper = observation(table(hit).get("info"), seen=seen, source=source)
        if isinstance(paper, Observation):
            observations.append(paper)
        else:
            key = fields.text(table(table(hit).get("info")).get("key"))
            skipped.append(Skipped(where=key or f"hit {place}", reason=paper))
    total = str(hits.get("@total"))
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        total=int(total) if re.fullmatch(r"\d{1,9}", total, re.ASCII) else None,
        entries=len(found),
    )


def observation(info: object, *, seen: dt.datetime, source: str = "dblp") -> Observation | str:
    """Read one publication; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(info, dict):
        return "is no record of a publication"
    identity = parse_identity(f"dblp:{info.get('key')}")
    if not identity:
        return "has no key"
    title = fields.title(plain_fragment(info.get("title")))
    if not title:
        return "has no title"
    ids = fields.gathered(*_identities(info), identity)
    strongest = primary(ids) or str(identity)
    links = [url for link in several(info.get("ee")) if (url := fields.url(link))]
    venues = [text for venue in several(info.get("venue")) if (text := fields.text(plain_fragment(venue)))]
    urls = {"page": fields.url(info.get("url")), "abs": links[0] if links else None}
    people = several(table(info.get("authors")).get("author"))
    return Observation(
        id=strongest,
        ids=ids,
        native=None if strongest == str(identity) else identity.value,
        source=source,
        title=title.removesuffix("."),  # dblp ends every title with one
        seen=seen,
        authors=fields.names(_name(person) for person in people),
        published=fields.partial_date(info.get("year"), seen=seen),
        urls={kind: url for kind, url in urls.items() if url},
        venue=", ".join(venues) or None,
        extra={"type": kind} if (kind := fields.text(info.get("type"))) else {},
    )


def several(value: object) -> list[Any]:
    """Give a list of what is a list, one thing or nothing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _identities(info: dict[str, Any]) -> Iterator[Identity | None]:
    yield fields.doi(info.get("doi"))
    for link in several(info.get("ee")):
        address = fields.url(link)
        found = parse_identity(address) if address else None
        yield found if found and found.kind in KINDS else None


def _name(person: object) -> str | None:
    name = fields.text(plain_fragment(person.get("text") if isinstance(person, dict) else person))
    return re.sub(r"\s\d{4}$", "", name, flags=re.ASCII) if name else None
