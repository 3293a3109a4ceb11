"""OpenAlex: `/works` of its API, the works published on a day.

The API: https://developers.openalex.org/guides/page-through-results and
https://developers.openalex.org/api-reference/authentication; the records:
https://docs.openalex.org/api-entities/works/work-object. The day is that of publication
(`from_publication_date`), so nothing is announced by it, and a work may be indexed days later: recent days
are asked again. To ask by the day of indexing needs a paid plan.

Abstracts come as an inverted index. With a key pages are taken by cursor; without one cursors are refused (since
autumn 2026) and the first 10,000 works of a day can be had by page number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papertriage.errors import UsageError
from papertriage.identity import KINDS, Identity, parse_identity, primary
from papertriage.model import Listing, Observation, Skipped
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.jsonsafe import UnreadableJsonError, parse_json, rows, table
from papertriage.sources.markup import plain_fragment
from papertriage.sources.walk import (
    MAX_PAGES,
    Page,
    UnreadableReplyError,
    api_key,
    day_listings,
    host_of,
    short_of,
    with_reason,
)

BASE_URL = "https://api.openalex.org"
PER_PAGE = 100
MOST_BY_PAGE = 10_000
RECHECK_DAYS = 7
MOST_WORDS = 20_000
"""Of an abstract: what is more is no abstract."""

_FIELDS = (
    "id,doi,ids,title,publication_date,publication_year,type,primary_location,best_oa_location,locations,authorships,"
    "abstract_inverted_index,cited_by_count,topics,is_retracted,language"
)


@dataclass(frozen=True, slots=True)
class Openalex:
    """The works of one search.

    Attributes:
        words: searched for in titles, abstracts and full texts.
        filters: in OpenAlex's own language, without dates.
    """

    name: str
    words: str = ""
    filters: tuple[str, ...] = ()
    base_url: str = BASE_URL
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The search words and filters."""
        return " ".join([*([self.words] if self.words else []), *self.filters])

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
        )

    def _pages(self, session: Session, day: dt.date, now: dt.datetime) -> Iterator[Page]:
        filters = [f"from_publication_date:{day}", f"to_publication_date:{day}", *self.filters]
        params: dict[str, str | int] = {"filter": ",".join(filters), "per_page": PER_PAGE, "select": _FIELDS}
        if self.words:
            params["search"] = self.words
        if session.contact:
            params["mailto"] = session.contact
        key = api_key(session, "OPENALEX")
        if key:
            params["api_key"] = key
        place: dict[str, str | int] = {"cursor": "*"} if key else {"page": 1}
        read: set[str] = set()
        total = 0
        for number in range(2, MAX_PAGES):
            page = self._page(session, {**params, **place}, now, key)
            yield page
            read |= page.records
            total = page.total or 0
            there_is_more = bool(page.after) if key else (number - 1) * PER_PAGE < MOST_BY_PAGE
            if not page.entries or len(read) >= total or not there_is_more:
                break
            place = {"cursor": page.after or ""} if key else {"page": number}
        if len(read) < total and day < now.date():
            raise short_of(host_of(self.base_url), len(read), total)

    def _page(self, session: Session, params: Mapping[str, str | int], now: dt.datetime, key: str | None) -> Page:
        try:
            reply = session.get(f"{self.base_url}/works", params=params, expect="json")
        except HttpStatusError as error:
            told = with_reason(error, _reason(error.body), key)
            if key is None and error.status in (401, 403, 429):
                message = f"{told.message} A free key of openalex.org in PAPERTRIAGE_OPENALEX_KEY lifts its limits."
                told = HttpStatusError(message, told.hint, url=told.url, status=told.status, body=told.body)
            raise told from None
        return parse(reply.body, seen=now, source=self.name)


def build(settings: Mapping[str, object]) -> Openalex:
    """Make the source from its settings: `name`, `base_url`, and `query`, `journals`, `filter`, any of them.

    Raises:
        UsageError: there is none of the three.
    """
    words, journals = setting_text(settings, "query", ""), setting_texts(settings, "journals")
    filters = [f"primary_location.source.issn:{'|'.join(sorted(journals))}"] if journals else []
    filters += [text] if (text := setting_text(settings, "filter", "")) else []
    if not words and not filters:
        raise UsageError(f"The source {settings['name']!r} needs a 'query', 'journals' or a 'filter'.")
    return Openalex(
        name=str(settings["name"]),
        words=words,
        filters=tuple(filters),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "openalex") -> Page:
    """Read a list of works; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.

    Raises:
        UnreadableReplyError: it is no list.
    """
    try:
        reply = table(parse_json(body))
    except UnreadableJsonError:
        raise UnreadableReplyError("OpenAlex's reply is not whole JSON.", NEXT_FETCH) from None
    meta, results = table(reply.get("meta")), reply.get("results")
    if not isinstance(results, list):
        raise UnreadableReplyError("OpenAlex's reply is no list of works.", NEXT_FETCH)
    observations, skipped = [], []
    for place, work in enumerate(results, 1):
        found = observation(work, seen=seen, source=source)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(Skipped(where=fields.text(table(work).get("id")) or f"record {place}", reason=found))
    count = meta.get("count")
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        total=count if isinstance(count, int) else None,
        after=fields.text(meta.get("next_cursor"), 10_000),
        entries=len(results),
    )


def observation(work: object, *, seen: dt.datetime, source: str = "openalex") -> Observation | str:
    """Read one work; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(work, dict):
        return "is no record of a work"
    native = re.fullmatch(r"(?:https?://openalex\.org/)?(W\d{3,15})", str(work.get("id")), re.ASCII)
    identity = parse_identity(f"openalex:{native[1]}") if native else None
    if not identity:
        return "has no id of a work"
    title = fields.title(plain_fragment(work.get("title") or work.get("display_name")))
    if not title:
        return "has no title"
    ids = fields.gathered(*_identities(work), identity)
    strongest = primary(ids) or str(identity)
    citations = fields.number(work.get("cited_by_count"))
    people = [table(one) for one in rows(work.get("authorships"))]
    year = work.get("publication_year")
    return Observation(
        id=strongest,
        ids=ids,
        native=None if strongest == str(identity) else identity.value,
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(plain_fragment(abstract_of(work.get("abstract_inverted_index")))),
        authors=fields.names(
            table(one.get("author")).get("display_name") or one.get("raw_author_name") for one in people
        ),
        published=fields.moment(work.get("publication_date"), seen=seen) or fields.partial_date(year, seen=seen),
        categories=fields.words([table(topic).get("display_name") for topic in rows(work.get("topics"))]),
        urls=_urls(work, ids),
        venue=fields.text(table(table(work.get("primary_location")).get("source")).get("display_name")),
        signals={"citations": citations} if citations is not None else {},
        extra=_extra(work),
    )


def abstract_of(index: object) -> str | None:
    """Put an inverted abstract together again: each word to the places where it stands.

    >>> abstract_of({"to": [0, 2], "be": [1], "learn": [3]})
    'to be to learn'
    """
    placed: dict[int, str] = {}
    for word, places in table(index).items():
        for place in rows(places):
            if type(place) is int and 0 <= place < MOST_WORDS:
                placed[place] = word
    return " ".join(placed[place] for place in sorted(placed)) or None


def _identities(work: dict[str, Any]) -> Iterator[Identity | None]:
    """Give the ids of a work, and those that the addresses of its copies carry."""
    named = table(work.get("ids"))
    yield fields.doi(work.get("doi") or named.get("doi"))
    for kind in ("pmid", "pmcid"):
        # PMC ids stand in their address without the letters before them.
        digits = re.search(r"(\d{1,10})/?$", str(named.get(kind) or ""), re.ASCII)
        yield parse_identity(f"{kind}:{digits[1]}") if digits else None
    for location in rows(work.get("locations"))[: fields.MAX_ITEMS]:
        address = fields.url(table(location).get("landing_page_url"))
        found = parse_identity(address) if address else None
        yield found if found and found.kind in KINDS else None


def _urls(work: dict[str, Any], ids: Mapping[str, Sequence[str]]) -> dict[str, str]:
    best, first = table(work.get("best_oa_location")), table(work.get("primary_location"))
    doi = ids.get("doi")
    arxiv = ids.get("arxiv")
    urls = {
        "page": f"https://doi.org/{doi[0]}" if doi else fields.url(first.get("landing_page_url")),
        "abs": f"https://arxiv.org/abs/{arxiv[0]}" if arxiv else None,
        "pdf": fields.url(best.get("pdf_url")) or fields.url(first.get("pdf_url")),
    }
    return {kind: url for kind, url in urls.items() if url}


def _extra(work: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "type": fields.text(work.get("type")),
        "language": fields.text(work.get("language")),
        "is_retracted": work.get("is_retracted") is True,
    }
    return {name: value for name, value in extra.items() if value}


def _reason(body: bytes) -> str | None:
    try:
        told = table(parse_json(body))
    except UnreadableJsonError:
        return None
    return fields.text(told.get("message")) or fields.text(told.get("error"))
