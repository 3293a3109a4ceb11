"""Semantic Scholar: searches by day of publication, or papers that it recommends from others.

The API: https://api.semanticscholar.org/api-docs/graph and https://api.semanticscholar.org/api-docs/recommendations.
A search asks `/graph/v1/paper/search/bulk` (boolean, all that match, token by token) or `/graph/v1/paper/search`
(by relevance, the first 1,000) with `publicationDateOrYear`; nothing is announced by that day, and papers are
indexed days later, so recent days are asked again. What the API calls `total` is an estimate. A paper with a
year only counts as published on its first of January.

Recommendations (`/recommendations/v1/papers/forpaper/ID`) are what it recommends now, for each paper named.

An abstract that its publisher withholds is `null`; that is kept in `extra`, as `abstract_elided`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, cast

from papertriage.errors import SourceError, UsageError
from papertriage.identity import Identity, parse_identity, primary
from papertriage.model import Listing, Observation, Skipped, Status
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
    api_key,
    day_listings,
    host_of,
    with_reason,
)

BASE_URL = "https://api.semanticscholar.org"
RECHECK_DAYS = 7
PER_PAGE = 100
MOST_BY_RELEVANCE = 1_000

_FIELDS = (
    "title,abstract,authors,externalIds,url,venue,journal,year,publicationDate,citationCount,"
    "influentialCitationCount,openAccessPdf,publicationTypes,fieldsOfStudy"
)
_EXTERNAL = {
    "ArXiv": "arxiv",
    "PubMed": "pmid",
    "PubMedCentral": "pmc",
    "ACL": "acl",
    "CorpusId": "corpusid",
    "DBLP": "dblp",
}
"""What Semantic Scholar calls ids, and how `parse_identity` does; DOIs apart."""

_ASKED = {"arxiv": "ARXIV", "doi": "DOI", "pmid": "PMID", "pmc": "PMCID", "acl": "ACL"}
"""How it wants to be asked for a paper."""


@dataclass(frozen=True, slots=True)
class SemanticScholar:
    """One search.

    Attributes:
        words: the search; for bulk with `+`, `|`, `-` and quotes.
        subjects: fields of study, any of which suffices.
    """

    name: str
    words: str
    subjects: tuple[str, ...] = ()
    search: Literal["bulk", "relevance"] = "bulk"
    base_url: str = BASE_URL
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The search and the fields of study."""
        by = [f"fieldsOfStudy={','.join(self.subjects)}"] if self.subjects else []
        by += ["by relevance"] if self.search == "relevance" else []
        return " ".join([self.words, *by])

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
        params: dict[str, str | int] = {"query": self.words, "fields": _FIELDS, "publicationDateOrYear": f"{day}:{day}"}
        if self.subjects:
            params["fieldsOfStudy"] = ",".join(self.subjects)
        path = "/graph/v1/paper/search" + ("/bulk" if self.search == "bulk" else "")
        if self.search == "relevance":
            params["limit"] = PER_PAGE
        place: dict[str, str | int] = {}
        read: set[str] = set()
        for _ in range(MAX_PAGES):
            reply = _ask(session, f"{self.base_url}{path}", {**params, **place})
            page = parse(reply, seen=now, source=self.name)
            yield page
            fresh = page.records - read
            read |= fresh
            if not page.after:
                return
            if not fresh:
                told = f"{host_of(self.base_url)} repeats itself before the end of {day}."
                raise UnreadableReplyError(told, NEXT_FETCH)
            if self.search == "bulk":
                place = {"token": page.after}
            elif not page.after.isdigit() or int(page.after) >= MOST_BY_RELEVANCE:
                told = f"More than {MOST_BY_RELEVANCE:,} papers of {day} match, and by relevance there are no more."
                raise UnreadableReplyError(told, "Use `search: bulk`, or narrow the query.")
            else:
                place = {"offset": page.after}


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What Semantic Scholar recommends from some papers.

    Attributes:
        like: the identities of those papers.
    """

    name: str
    like: tuple[Identity, ...]
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    @property
    def query(self) -> str:
        """The papers from which it recommends."""
        return " ".join(f"like={identity}" for identity in self.like)

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what is recommended now, under today's date; see `Source.fetch`."""
        del days, validators
        before = session.requests
        read: dict[str, Observation] = {}
        skipped: list[Skipped] = []
        faults: list[str] = []
        params: dict[str, str | int] = {"fields": _FIELDS, "limit": PER_PAGE, "from": "recent"}
        for identity in self.like:
            address = f"{self.base_url}/recommendations/v1/papers/forpaper/{_asked(identity)}"
            try:
                page = parse(_ask(session, address, params), seen=now, source=self.name)
            except SourceError as error:
                faults.append(f"{identity}: {error}")
                if isinstance(error, HttpStatusError | UnreadableReplyError):
                    continue  # one paper may be unknown there
                break
            skipped += page.skipped
            for paper in page.observations:
                read.setdefault(paper.native or paper.id, paper)
        status = Status.COMPLETE if not faults and not skipped else Status.PARTIAL if read else Status.FAILED
        yield Listing(
            day=now.date(),
            status=status,
            observations=tuple(read.values()),
            skipped=tuple(skipped),
            requests=session.requests - before,
            error=faults[0] if faults else None,
        )


def build(settings: Mapping[str, object]) -> SemanticScholar | Recommendations:
    """Make the source from its settings: `name`, `base_url`, and `query` (with `fields_of_study`, `search`) or `like`.

    Raises:
        UsageError: there is not just one of `query` and `like`, or an id is none.
    """
    name = str(settings["name"])
    words, like = setting_text(settings, "query", ""), setting_texts(settings, "like")
    if bool(words) == bool(like):
        raise UsageError(f"The source {name!r} needs a 'query' or papers that it is to be 'like', one of the two.")
    base_url = setting_url(settings, "base_url", BASE_URL).rstrip("/")
    if like:
        known = [(text, parse_identity(text)) for text in like]
        for text, identity in known:
            if identity is None or not _asked(identity):
                raise UsageError(f"{text!r} in 'like' of the source {name!r} is no id that Semantic Scholar knows.")
        return Recommendations(name=name, like=tuple(identity for _, identity in known if identity), base_url=base_url)
    search = setting_text(settings, "search", "bulk")
    if search not in ("bulk", "relevance"):
        raise UsageError(f"'search' of the source {name!r} is 'bulk' or 'relevance', not {search!r}.")
    return SemanticScholar(
        name=name,
        words=words,
        subjects=tuple(sorted(setting_texts(settings, "fields_of_study"))),
        search=cast("Literal['bulk', 'relevance']", search),
        base_url=base_url,
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "semantic-scholar") -> Page:
    """Read papers as the API gives them: found, recommended, or a single one; pure.

    Args:
        seen: when they were fetched.
        source: the name that observations carry.

    Raises:
        UnreadableReplyError: it is none of these.
    """
    try:
        reply = parse_json(body)
    except UnreadableJsonError:
        raise UnreadableReplyError("Semantic Scholar's reply is not whole JSON.", NEXT_FETCH) from None
    papers = _papers(reply)
    if papers is None:
        reason = _reason(reply)
        told = f": it says “{reason}”" if reason else ""
        raise UnreadableReplyError(f"Semantic Scholar's reply has no papers{told}.", NEXT_FETCH)
    observations, skipped = [], []
    for place, paper in enumerate(papers, 1):
        found = observation(paper, seen=seen, source=source)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(Skipped(where=fields.text(table(paper).get("paperId")) or f"record {place}", reason=found))
    after = table(reply).get("token") or table(reply).get("next")
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        after=str(after) if isinstance(after, str | int) else None,
        entries=len(papers),
    )


def observation(paper: object, *, seen: dt.datetime, source: str = "semantic-scholar") -> Observation | str:
    """Read one paper; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(paper, dict):
        return "is no record of a paper"
    native = parse_identity(f"s2:{paper.get('paperId')}")
    if not native:
        return "has no id"
    title = fields.title(plain_fragment(paper.get("title")))
    if not title:
        return "has no title"
    ids = fields.gathered(*_identities(paper), native)
    strongest = primary(ids) or str(native)
    signals = {
        "citations": fields.number(paper.get("citationCount")),
        "influential_citations": fields.number(paper.get("influentialCitationCount")),
    }
    venue = fields.text(paper.get("venue")) or fields.text(table(paper.get("journal")).get("name"))
    return Observation(
        id=strongest,
        ids=ids,
        native=None if strongest == str(native) else native.value,
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(plain_fragment(paper.get("abstract"))),
        authors=fields.names(table(author).get("name") for author in rows(paper.get("authors"))),
        published=fields.moment(paper.get("publicationDate"), seen=seen)
        or fields.partial_date(paper.get("year"), seen=seen),
        categories=fields.words(paper.get("fieldsOfStudy")),
        urls=_urls(paper, ids),
        venue=venue,
        signals={name: value for name, value in signals.items() if value is not None},
        extra=_extra(paper),
    )


def _ask(session: Session, address: str, params: Mapping[str, str | int]) -> bytes:
    key = api_key(session, "SEMANTIC_SCHOLAR")
    headers = {"x-api-key": key} if key else None
    try:
        return session.get(address, params=params, expect="json", headers=headers, reply_seconds=SLOW_SECONDS).body
    except HttpStatusError as error:
        reason = None
        with suppress(UnreadableJsonError):
            reason = _reason(parse_json(error.body))
        raise with_reason(error, reason, key) from None


def _papers(reply: object) -> list[Any] | None:
    if isinstance(reply, list):
        return reply
    one = table(reply)
    for key in ("data", "recommendedPapers"):
        if isinstance(one.get(key), list):
            return rows(one[key])
    if "paperId" in one:
        return [one]
    return [] if one.get("total") == 0 else None


def _reason(reply: object) -> str | None:
    told = table(reply)
    return fields.text(told.get("error")) or fields.text(told.get("message"))


def _asked(identity: Identity) -> str:
    """Write an identity as the API wants it in a path, "" when it knows none of that kind."""
    if identity.kind == "s2":
        return identity.value if len(identity.value) == 40 else f"CorpusId:{identity.value}"
    kind = _ASKED.get(identity.kind)
    return f"{kind}:{identity.value.removeprefix('PMC')}" if kind else ""


def _identities(paper: dict[str, Any]) -> Iterator[Identity | None]:
    external = table(paper.get("externalIds"))
    yield fields.doi(external.get("DOI"))
    for name, kind in _EXTERNAL.items():
        value = external.get(name)
        yield parse_identity(f"{kind}:{value}") if isinstance(value, str | int) else None


def _urls(paper: dict[str, Any], ids: Mapping[str, Sequence[str]]) -> dict[str, str]:
    urls = {
        "page": fields.url(paper.get("url")),
        "abs": f"https://arxiv.org/abs/{ids['arxiv'][0]}" if ids.get("arxiv") else None,
        "pdf": fields.url(table(paper.get("openAccessPdf")).get("url")),
    }
    return {kind: url for kind, url in urls.items() if url}


def _extra(paper: dict[str, Any]) -> dict[str, Any]:
    notice = fields.text(table(paper.get("openAccessPdf")).get("disclaimer"), 1_000) or ""
    extra: dict[str, Any] = {
        "publicationTypes": list(fields.words(paper.get("publicationTypes"))),
        "abstract_elided": "elided" in notice and "abstract" in notice,
    }
    return {name: value for name, value in extra.items() if value}
