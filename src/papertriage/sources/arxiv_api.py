"""arXiv's query API: `export.arxiv.org/api/query`, what was submitted on each day and fits a query.

Described at https://info.arxiv.org/help/api/user-manual.html. A day is the UTC day on which the first version was
submitted (`submittedDate`), or the latest (`lastUpdatedDate`). A submission enters the index after its
announcement, one to four days later, so recent days are asked again. What the manual does not say and matters:

* a page can be shorter than asked for, empty or the same as the one before while more is left; so pages are
  counted by what came, an empty one is asked again, and what is missing in the end is told;
* `totalResults` can be wrong: it counts works that are never given;
* an error is an Atom entry titled `Error`, with HTTP 200 or 400;
* an author can have several affiliations, which feed libraries fold into one name;
* for about half an hour after midnight UTC the service may answer with 429 or 503 only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from papertriage.errors import SourceError, UsageError
from papertriage.identity import arxiv_version, parse_identity
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources import fields
from papertriage.sources.arxiv_days import announced_on
from papertriage.sources.arxiv_records import COMMENT_BYTES
from papertriage.sources.arxiv_rss import read_categories
from papertriage.sources.base import setting_text, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.walk import MAX_PAGES, Page, UnreadableReplyError, day_listings, host_of, short_of
from papertriage.sources.xmlsafe import UnreadableXmlError, child_text, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BASE_URL = "https://export.arxiv.org"

PAGE_SIZE = 200
"""arXiv gives up to 2,000 at a time, and is the more likely to fail the more are asked for."""

AT_ONCE = 100
"""How many ids are looked up with one request."""

ATTEMPTS = 3
"""How often a page is asked for that brings nothing though something is left."""

RECHECK_DAYS = 7
"""Moderation holds some submissions for days."""

MAX_BYTES = 64 * 2**20
REPLY_SECONDS = 60.0

DATES = {"submitted": "submittedDate", "updated": "lastUpdatedDate"}

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@dataclass(frozen=True, slots=True)
class ArxivApi:
    """What was submitted on a day to some categories and fits a search.

    Attributes:
        search: in arXiv's own syntax, as `ti:"language model" AND abs:reasoning`; "" for all in the categories.
        by: `submitted`, or `updated` for new versions too.
    """

    categories: tuple[str, ...] = ()
    search: str = ""
    by: str = "submitted"
    name: str = "arxiv-api"
    base_url: str = BASE_URL
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """What is asked, days aside, in arXiv's syntax."""
        fitting = " OR ".join(f"cat:{category}" for category in sorted(self.categories))
        parts = [f"({fitting})" if len(self.categories) > 1 else fitting, f"({self.search})" if self.search else ""]
        return " AND ".join(filter(None, parts)) + ("" if self.by == "submitted" else f" by {self.by}")

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield one listing a day; see `Source.fetch`.

        A day stays partial until all of it must have been announced.

        Raises:
            SourceError: arXiv cannot be reached, or failed on two days in a row.
        """
        del validators
        for listing in day_listings(
            session,
            days,
            partial(self._pages, session, now),
            now=now,
            host=host_of(self.base_url),
            recheck_days=RECHECK_DAYS,
            never_empty=not self.search,
        ):
            yield _until_announced(listing, now)

    def _pages(self, session: Session, now: dt.datetime, day: dt.date) -> Iterator[Page]:
        """Ask for a day until everything came that arXiv says it has."""
        fitting = self.query.removesuffix(f" by {self.by}")
        search = f"{fitting} AND {DATES[self.by]}:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]"
        order = {"sortBy": DATES[self.by], "sortOrder": "ascending"}
        known: set[str] = set()
        start = barren = total = 0
        for _ in range(MAX_PAGES):
            asked: dict[str, str | int] = {"search_query": search, "start": start, "max_results": PAGE_SIZE, **order}
            page = ask(session, self.base_url, asked, now=now, source=self.name)
            total = page.total or 0
            names = {paper.native or paper.id for paper in page.observations} | {one.where for one in page.skipped}
            barren = 0 if names - known else barren + 1
            if not barren:
                yield page
                known |= names
                start += page.entries
            if len(known) >= total:
                return
            if barren == ATTEMPTS:
                if start >= total:
                    break
                start += PAGE_SIZE  # what comes behind a page that cannot be had is not given up with it
                barren = 0
        raise short_of(host_of(self.base_url), len(known), total)


def ask(session: Session, base_url: str, params: Mapping[str, str | int], *, now: dt.datetime, source: str) -> Page:
    """Get one page of a query.

    Raises:
        SourceError: arXiv cannot be reached, refuses the query, or sends something else.
    """
    host = host_of(base_url)
    try:
        body = session.get(
            f"{base_url}/api/query", params=params, expect="xml", max_bytes=MAX_BYTES, reply_seconds=REPLY_SECONDS
        ).body
    except HttpStatusError as error:
        if said := _refusal_in(error.body):
            raise _refused(host, said, error.url) from error
        raise
    return parse(body, seen=now, source=source, host=host)


def lookup(
    session: Session, ids: Sequence[str], *, now: dt.datetime, source: str = "arxiv-api", base_url: str = BASE_URL
) -> Iterator[Page]:
    """Look papers up by their arXiv ids, with or without a version, a hundred at a time.

    An id that arXiv does not know is left out of the answer; one that cannot be an id fails its page.

    Raises:
        SourceError: as `ask`.
    """
    for place in range(0, len(ids), AT_ONCE):
        some = ids[place : place + AT_ONCE]
        yield ask(session, base_url, {"id_list": ",".join(some), "max_results": len(some)}, now=now, source=source)


def build(settings: Mapping[str, object]) -> ArxivApi:
    """Make the source from its settings: `name`, `base_url`, `by`, and `categories` or `query` or both.

    Raises:
        UsageError: there is neither, or one of them cannot be.
    """
    search = setting_text(settings, "query", "") if settings.get("query") else ""
    by = setting_text(settings, "by", "submitted")
    if by not in DATES:
        raise UsageError(f"{by!r} in 'by' of the source {settings['name']!r} is no date.", f"There are {list(DATES)}.")
    if not search.isprintable():
        raise UsageError(f"'query' of the source {settings['name']!r} has control characters.")
    return ArxivApi(
        categories=() if search and not settings.get("categories") else read_categories(settings),
        search=" ".join(search.split()),
        by=by,
        name=str(settings["name"]),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "arxiv-api", host: str = "arXiv") -> Page:
    """Read a page of results; pure.

    Raises:
        UnreadableReplyError: it is none, or not a whole one.
        SourceError: it holds an error instead of results.
    """
    try:
        root = parse_xml(body)
    except UnreadableXmlError as error:
        raise UnreadableReplyError(f"What {host} sent cannot be read: {error}.", NEXT_FETCH) from error
    if root.tag != f"{_ATOM}feed":
        raise UnreadableReplyError(f"What {host} sent is no list of search results.", NEXT_FETCH)
    if said := _refusal(root):
        raise _refused(host, said, "")
    told = (child_text(root, f"{_OPENSEARCH}totalResults") or "").strip()
    if not re.fullmatch(r"\d{1,9}", told, re.ASCII):
        raise UnreadableReplyError(f"{host} does not say how many results there are.", NEXT_FETCH)
    observations, skipped, entries = [], [], 0
    for entry in root.iterfind(f"{_ATOM}entry"):
        entries += 1
        found = _observation(entry, seen, source)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(found)
    return Page(tuple(observations), tuple(skipped), total=int(told), entries=entries)


def _observation(entry: Element, seen: dt.datetime, source: str) -> Observation | Skipped:
    own_id = fields.text(child_text(entry, f"{_ATOM}id")) or ""
    identity = parse_identity(own_id)
    title = fields.title(child_text(entry, f"{_ATOM}title"))
    if not identity or identity.kind != "arxiv":
        return Skipped(where=own_id or "an entry", reason="has no arXiv id")
    if not title:
        return Skipped(where=own_id, reason="has no title")
    paper = identity.value
    doi = parse_identity((child_text(entry, f"{_ARXIV}doi") or "").strip())
    terms = [*entry.iterfind(f"{_ARXIV}primary_category"), *entry.iterfind(f"{_ATOM}category")]
    authors = list(entry.iterfind(f"{_ATOM}author"))[: fields.MAX_AUTHORS]
    affiliations = {
        name: where
        for author in authors[: fields.MAX_ITEMS]
        if (name := fields.text(child_text(author, f"{_ATOM}name")))
        and (
            where := fields.text("; ".join(part.text or "" for part in author.iterfind(f"{_ARXIV}affiliation")), 1_000)
        )
    }
    return Observation(
        id=str(identity),
        source=source,
        title=title,
        seen=seen,
        ids={"arxiv": (paper,), **({"doi": (doi.value,)} if doi and doi.kind == "doi" else {})},
        native=own_id,
        abstract=fields.abstract(child_text(entry, f"{_ATOM}summary")),
        authors=fields.names(child_text(author, f"{_ATOM}name") for author in authors),
        published=fields.moment(child_text(entry, f"{_ATOM}published"), seen=seen),
        updated=fields.moment(child_text(entry, f"{_ATOM}updated"), seen=seen),
        categories=tuple(dict.fromkeys(fields.words([term.get("term") for term in terms]))),
        urls={"abs": f"https://arxiv.org/abs/{paper}", "pdf": f"https://arxiv.org/pdf/{paper}"},
        venue=fields.text(child_text(entry, f"{_ARXIV}journal_ref"), 1_000),
        comment=fields.text(child_text(entry, f"{_ARXIV}comment"), COMMENT_BYTES),
        version=arxiv_version(own_id),
        extra={"affiliations": affiliations} if affiliations else {},
    )


def _until_announced(listing: Listing, now: dt.datetime) -> Listing:
    """Leave a day partial while submissions of it wait for their announcement, or for the index after it."""
    whole_after = announced_on(dt.datetime.combine(listing.day, dt.time(23, 59, 59), dt.UTC))
    if now.date() > whole_after or listing.status not in (Status.COMPLETE, Status.STALE, Status.EXPECTED_EMPTY):
        return listing
    return msgspec.structs.replace(listing, status=Status.PARTIAL, error=None)


def _refusal(root: Element) -> str | None:
    """Give the text of an error entry, None without one."""
    for entry in root.iterfind(f"{_ATOM}entry"):
        if "/api/errors" in (child_text(entry, f"{_ATOM}id") or ""):
            return fields.text(child_text(entry, f"{_ATOM}summary")) or "an error without a text"
    return None


def _refusal_in(body: bytes) -> str | None:
    try:
        return _refusal(parse_xml(body))
    except UnreadableXmlError:
        return None


def _refused(host: str, said: str, url: str) -> SourceError:
    return SourceError(f"{host} refuses the query: “{said}”.", "Correct it in config.yaml.", url=url)
