"""Crossref: `/works` of its REST API, the records of DOIs created on a day.

The API: https://api.crossref.org and https://www.crossref.org/documentation/retrieve-metadata/rest-api/; the
records: https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md. The day is the one on which the
DOI was created (`from-created-date`), and that is its announcement. With `date: indexed` it is the one on which
Crossref last touched the record (`from-index-date`): corrections come again, and nothing is announced by it.

Titles and abstracts carry JATS and MathML; dates are as precise as the publisher made them, down to
`[[null]]`; the cursor of the next page may be the same text again, so a walk ends by what it has read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from papertriage.errors import UsageError
from papertriage.identity import Identity, primary
from papertriage.model import Listing, Observation, Skipped
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.jsonsafe import UnreadableJsonError, parse_json, rows, table
from papertriage.sources.markup import plain_fragment
from papertriage.sources.walk import (
    MAX_PAGES,
    SLOW_SECONDS,
    Page,
    UnreadableReplyError,
    day_listings,
    host_of,
    short_of,
    with_reason,
)

BASE_URL = "https://api.crossref.org"
ROWS = 200
AT_ONCE = 50
"""How many DOIs are looked up with one request."""
RECHECK_DAYS = 2
TYPES = ("journal-article", "posted-content", "proceedings-article")
"""What is asked for unless the user says otherwise: the rest is books, data sets, parts and grants."""

_FIELDS = (
    "DOI,title,subtitle,abstract,author,editor,container-title,issued,published,posted,created,indexed,type,"
    "publisher,group-title,ISSN,is-referenced-by-count,URL,relation,subject"
)
"""What is read of a record. Left out are above all its references."""

_SAME_WORK = ("is-preprint-of", "has-preprint", "is-identical-to")


@dataclass(frozen=True, slots=True)
class Crossref:
    """The works of one search.

    Attributes:
        words: searched for in titles, authors and journals.
        journals: ISSNs, any of which suffices.
        types: of records, as Crossref calls them; none for all.
        date: which day of a record counts.
    """

    name: str
    words: str = ""
    journals: tuple[str, ...] = ()
    types: tuple[str, ...] = TYPES
    date: Literal["created", "indexed"] = "created"
    base_url: str = BASE_URL
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The search words, journals and types."""
        by = [f"issn={','.join(self.journals)}"] if self.journals else []
        by += [f"type={','.join(self.types)}"] if self.types != TYPES else []
        by += [f"date={self.date}"] if self.date != "created" else []
        return " ".join([*([self.words] if self.words else []), *by])

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
        stem = "created" if self.date == "created" else "index"
        filters = [f"from-{stem}-date:{day}", f"until-{stem}-date:{day}"]
        filters += [f"type:{name}" for name in self.types] + [f"issn:{issn}" for issn in self.journals]
        params: dict[str, str | int] = {"filter": ",".join(filters), "rows": ROWS, "select": _FIELDS}
        if self.words:
            params["query"] = self.words
        if session.contact:
            params["mailto"] = session.contact
        cursor = "*"
        read: set[str] = set()
        total = 0
        for _ in range(MAX_PAGES):
            page = self._page(session, {**params, "cursor": cursor}, day, now)
            yield page
            total = page.total or 0
            fresh = page.records - read
            read |= fresh
            if not fresh or not page.after or len(read) >= total:
                break
            cursor = page.after
        if len(read) < total and day < now.date():
            raise short_of(host_of(self.base_url), len(read), total)

    def lookup(self, session: Session, ids: Sequence[str], *, now: dt.datetime) -> Iterator[Page]:
        """Look works up by their DOIs, fifty at a time; what Crossref does not know is left out of the answer.

        A DOI with a comma is not asked for: commas part the filters of the API.

        Raises:
            SourceError: the API cannot be reached, or what comes is no list of works.
        """
        usable = [doi for doi in ids if "," not in doi]
        for start in range(0, len(usable), AT_ONCE):
            some = usable[start : start + AT_ONCE]
            params: dict[str, str | int] = {"filter": ",".join(f"doi:{doi}" for doi in some), "rows": len(some)}
            if session.contact:
                params["mailto"] = session.contact
            yield self._page(session, {**params, "select": _FIELDS}, None, now)

    def _page(self, session: Session, params: Mapping[str, str | int], day: dt.date | None, now: dt.datetime) -> Page:
        try:
            reply = session.get(f"{self.base_url}/works", params=params, expect="json", reply_seconds=SLOW_SECONDS)
        except HttpStatusError as error:
            raise with_reason(error, refusal(error.body)) from None
        announced = day if self.date == "created" else None
        return parse(reply.body, seen=now, source=self.name, announced=announced)


def build(settings: Mapping[str, object]) -> Crossref:
    """Make the source from its settings: `name`, `base_url`, `query`, `journals`, `types`, `date`.

    Raises:
        UsageError: there is neither query nor journal, or a date that is none.
    """
    date = setting_text(settings, "date", "created")
    words, journals = setting_text(settings, "query", ""), setting_texts(settings, "journals")
    if not words and not journals:
        raise UsageError(f"The source {settings['name']!r} needs a 'query' or 'journals'.")
    if date not in ("created", "indexed"):
        raise UsageError(f"'date' of the source {settings['name']!r} is 'created' or 'indexed', not {date!r}.")
    return Crossref(
        name=str(settings["name"]),
        words=words,
        journals=tuple(sorted(journals)),
        types=TYPES if settings.get("types") is None else setting_texts(settings, "types"),
        date=cast("Literal['created', 'indexed']", date),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "crossref", announced: dt.date | None = None) -> Page:
    """Read a list of works, or the reply for a single one; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.
        announced: the day on which the DOIs were created, where they were asked for by it.

    Raises:
        UnreadableReplyError: it is neither.
    """
    try:
        reply = table(parse_json(body))
    except UnreadableJsonError:
        raise UnreadableReplyError("Crossref's reply is not whole JSON.", NEXT_FETCH) from None
    message = reply.get("message")
    if reply.get("status") != "ok" or not isinstance(message, dict):
        reason = refusal(body)
        told = f": it says “{reason}”" if reason else ""
        raise UnreadableReplyError(f"Crossref's reply is no list of works{told}.", NEXT_FETCH)
    is_list = reply.get("message-type") == "work-list" or "items" in message
    items = rows(message.get("items")) if is_list else [message]
    observations, skipped = [], []
    for place, item in enumerate(items, 1):
        found = observation(item, seen=seen, source=source, announced=announced)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(Skipped(where=fields.text(table(item).get("DOI")) or f"record {place}", reason=found))
    total = message.get("total-results")
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        total=total if isinstance(total, int) else None,
        after=fields.text(message.get("next-cursor"), 10_000),
        entries=len(items),
    )


def refusal(body: bytes) -> str | None:
    """Give what Crossref says of a request that it refuses; pure."""
    try:
        reasons = rows(table(parse_json(body)).get("message"))
    except UnreadableJsonError:
        return None
    return next((text for reason in reasons if (text := fields.text(table(reason).get("message")))), None)


def observation(
    item: object, *, seen: dt.datetime, source: str = "crossref", announced: dt.date | None = None
) -> Observation | str:
    """Read one work; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(item, dict):
        return "is no record of a work"
    identity = fields.doi(item.get("DOI"))
    if not identity:
        return "has no DOI"
    title = _title(item)
    if not title:
        return "has no title"
    ids = fields.gathered(identity, *_same_work(item))
    strongest = primary(ids) or str(identity)
    citations = fields.number(item.get("is-referenced-by-count"))
    people = rows(item.get("author")) or rows(item.get("editor"))
    return Observation(
        id=strongest,
        ids=ids,
        native=None if strongest == str(identity) else identity.value,
        source=source,
        title=title,
        seen=seen,
        abstract=_abstract(item),
        authors=fields.names(_name(table(person)) for person in people),
        published=_published(item, seen),
        announced=announced,
        categories=fields.words(item.get("subject")),
        urls={"page": f"https://doi.org/{identity.value}"} if identity.kind == "doi" else {},
        venue=next(
            (text for key in ("container-title", "group-title", "publisher") if (text := _first(item, key))), None
        ),
        signals={"citations": citations} if citations is not None else {},
        extra=_extra(item),
    )


def _title(item: dict[str, Any]) -> str | None:
    title, subtitle = _first(item, "title"), _first(item, "subtitle")
    if title and subtitle and not title.casefold().endswith(subtitle.casefold()):
        title = f"{title.rstrip(':')}{'' if title[-1] in '!?' else ':'} {subtitle}"
    return fields.title(title)


def _first(item: dict[str, Any], key: str) -> str | None:
    """Give the first text of what is a list of them, or one text."""
    value = item.get(key)
    values = value if isinstance(value, list) else [value]
    return next((text for one in values if (text := fields.text(plain_fragment(one), fields.TITLE_BYTES * 4))), None)


def _abstract(item: dict[str, Any]) -> str | None:
    text = fields.abstract(plain_fragment(item.get("abstract")))
    # Some publishers deposit the heading alone.
    return None if text is None or text.casefold() in ("abstract", "summary") else text


def _same_work(item: dict[str, Any]) -> Iterator[Identity | None]:
    """Give the identities of the same work elsewhere: of a preprint its article, and the other way round."""
    relation = table(item.get("relation"))
    for name in _SAME_WORK:
        for other in rows(relation.get(name))[: fields.MAX_ITEMS]:
            if table(other).get("id-type") == "doi":
                yield fields.doi(other.get("id"))


def _name(person: dict[str, Any]) -> str | None:
    parts = [fields.text(person.get(part)) for part in ("given", "family", "suffix")]
    return " ".join(part for part in parts if part) or fields.text(person.get("name"))


def _published(item: dict[str, Any], seen: dt.datetime) -> str | None:
    for key in ("issued", "published", "posted"):
        parts = rows(table(item.get(key)).get("date-parts"))
        if parts and isinstance(parts[0], list) and parts[0]:
            year, month, day = [*parts[0], None, None][:3]
            if date := fields.partial_date(year, month, day, seen=seen):
                return date
    return None


def _extra(item: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "type": fields.text(item.get("type")),
        "publisher": fields.text(item.get("publisher")),
        "ISSN": list(fields.words(item.get("ISSN"))),
        "created": fields.text(table(item.get("created")).get("date-time")),
    }
    return {name: value for name, value in extra.items() if value}
