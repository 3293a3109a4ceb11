"""PubMed through NCBI's E-utilities: a search for each day of entry, then the records in batches of XML.

esearch and efetch: https://www.ncbi.nlm.nih.gov/books/NBK25499/; the records:
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html. The day is the one on which PubMed took the
record in (`edat`), and that is its announcement; NCBI counts days in its own time, so a day is asked again.

The search leaves its result on the history server and gives the numbers of the records as well: the batches
are taken from the history, and what does not come that way is asked for by number. A day is whole when every
number came. PubMed gives the first 9,999 records of a search and no more (biopython/biopython#4353).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from papertriage.errors import UsageError
from papertriage.identity import own_identity, parse_identity, primary
from papertriage.model import Listing, Observation, Skipped
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.markup import plain
from papertriage.sources.walk import SLOW_SECONDS, Page, UnreadableReplyError, api_key, day_listings, host_of, short_of
from papertriage.sources.xmlsafe import UnreadableXmlError, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BASE_URL = "https://eutils.ncbi.nlm.nih.gov"
BATCH = 100
MOST = 9_999
RECHECK_DAYS = 3

_KINDS = {"pubmed": "pmid", "doi": "doi", "pmc": "pmc"}
"""What PubMed calls ids, and how we do."""


@dataclass(frozen=True, slots=True)
class Pubmed:
    """What PubMed took in, of one search.

    Attributes:
        term: the search in PubMed's own language, without dates.
    """

    name: str
    term: str
    base_url: str = BASE_URL
    recheck_days: int = RECHECK_DAYS
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The search."""
        return self.term

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield one listing a day; see `Source.fetch`.

        Raises:
            SourceError: E-utilities cannot be reached, or failed on two days in a row.
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
        date = f"{day:%Y/%m/%d}"
        dates: dict[str, str | int] = {"datetype": "edat", "mindate": date, "maxdate": date}
        reply = self._ask(session, "esearch", {"term": self.term, **dates, "usehistory": "y", "retmax": MOST})
        result = parse_search(reply)
        missing = dict.fromkeys(result.ids)
        for start in range(0, len(result.ids) if result.history else 0, BATCH):
            try:
                page = self._batch(session, {**result.history, "retstart": start, "retmax": BATCH}, day, now)
            except (HttpStatusError, UnreadableReplyError):
                break  # the history has gone; the numbers are left
            for pmid in _came(page):
                missing.pop(pmid, None)
            yield page
        left = list(missing)
        for start in range(0, len(left), BATCH):
            page = self._batch(session, {"id": ",".join(left[start : start + BATCH])}, day, now)
            for pmid in _came(page):
                missing.pop(pmid, None)
            yield page
        if missing or result.count > len(result.ids):
            raise short_of(host_of(self.base_url), len(result.ids) - len(missing), result.count)

    def lookup(self, session: Session, ids: Sequence[str], *, now: dt.datetime) -> Iterator[Page]:
        """Look papers up by their PMIDs; what PubMed does not know is left out of the answer.

        Raises:
            SourceError: E-utilities cannot be reached, or what comes is no set of records.
        """
        for start in range(0, len(ids), BATCH):
            yield self._batch(session, {"id": ",".join(ids[start : start + BATCH])}, None, now)

    def _batch(self, session: Session, params: Mapping[str, str | int], day: dt.date | None, now: dt.datetime) -> Page:
        return parse(self._ask(session, "efetch", params), seen=now, source=self.name, day=day)

    def _ask(self, session: Session, tool: str, params: Mapping[str, str | int]) -> bytes:
        own: dict[str, str | int] = {"db": "pubmed", "retmode": "xml", "tool": "papertriage"}
        if session.contact:
            own["email"] = session.contact
        if key := api_key(session, "PUBMED"):
            own["api_key"] = key
        address = f"{self.base_url}/entrez/eutils/{tool}.fcgi"
        return session.get(address, params={**own, **params}, expect="xml", reply_seconds=SLOW_SECONDS).body


@dataclass(frozen=True, slots=True)
class Search:
    """What esearch answers.

    Attributes:
        count: of all records that match.
        ids: the PMIDs of those that can be had.
        history: the parameters by which efetch finds them, empty without a history.
    """

    count: int
    ids: tuple[str, ...]
    history: Mapping[str, str]


def build(settings: Mapping[str, object]) -> Pubmed:
    """Make the source from its settings: `name`, `base_url`, and `query` or `journals` or both.

    Raises:
        UsageError: there is neither query nor journal.
    """
    journals = [name.replace('"', "") for name in setting_texts(settings, "journals")]
    parts = [query] if (query := setting_text(settings, "query", "")) else []
    if journals:
        parts.append(" OR ".join(f'"{name}"[ta]' for name in journals))
    if not parts:
        raise UsageError(f"The source {settings['name']!r} needs a 'query' or 'journals'.")
    return Pubmed(
        name=str(settings["name"]),
        term=" AND ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0],
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse_search(body: bytes) -> Search:
    """Read a reply of esearch; pure.

    Raises:
        UnreadableReplyError: it is none, or tells an error.
    """
    root = _root(body, "eSearchResult")
    count = root.findtext("Count") or ""
    if root.find("ERROR") is not None or not (count.isascii() and count.isdigit()):
        raise UnreadableReplyError(f"PubMed cannot search{_told(root)}.", "Check the query in config.yaml.")
    history = {"WebEnv": root.findtext("WebEnv") or "", "query_key": root.findtext("QueryKey") or ""}
    ids = [(item.text or "").strip() for item in root.iterfind("IdList/Id")]
    return Search(
        count=int(count),
        ids=tuple(dict.fromkeys(pmid for pmid in ids if pmid.isascii() and pmid.isdigit())),
        history=history if all(history.values()) else {},
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "pubmed", day: dt.date | None = None) -> Page:
    """Read records as efetch and PubMed's own export give them; pure.

    Args:
        seen: when they were fetched.
        source: the name that observations carry.
        day: on which PubMed took them in, None where that was not asked for.

    Raises:
        UnreadableReplyError: it is no set of records.
    """
    root = _root(body, "PubmedArticleSet", "PubmedBookArticleSet")
    observations, skipped = [], []
    for place, element in enumerate(root, 1):
        if element.tag not in ("PubmedArticle", "PubmedBookArticle"):
            continue  # what was deleted
        found = observation(element, seen=seen, source=source, day=day)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(Skipped(where=f"PMID {_pmid(element) or f'(record {place})'}", reason=found))
    return Page(tuple(observations), tuple(skipped), entries=len(observations) + len(skipped))


def observation(element: Element, *, seen: dt.datetime, source: str, day: dt.date | None) -> Observation | str:
    """Read a `PubmedArticle` or `PubmedBookArticle`; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    book = element.find("BookDocument")
    article = book if book is not None else element.find("MedlineCitation/Article")
    pmid = _pmid(element)
    if article is None or not pmid:
        return "has no PMID" if article is not None else "is no record of an article"
    title = fields.title(_title(article, book is not None))
    if not title:
        return "has no title"
    ids = _ids(element, article, pmid)
    strongest = primary(ids) or str(own_identity(source, pmid))
    return Observation(
        id=strongest,
        ids=ids,
        native=None if strongest == f"pmid:{pmid}" else pmid,
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(_abstract(article)),
        authors=fields.names(_authors(article)),
        published=_published(article, seen),
        announced=day,
        urls={"page": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"},
        venue=fields.text(_venue(article, book is not None)),
        extra=_extra(element, article),
    )


def _root(body: bytes, *names: str) -> Element:
    try:
        root = parse_xml(body, named_doctype=True)
    except UnreadableXmlError as error:
        raise UnreadableReplyError(f"PubMed's reply cannot be read: {error}.", NEXT_FETCH) from None
    if root.tag not in names:
        raise UnreadableReplyError(f"PubMed's reply is not what was asked for{_told(root)}.", NEXT_FETCH)
    return root


def _told(root: Element) -> str:
    error = root.find("ERROR")
    said = fields.text("".join(error.itertext()), 200) if error is not None else None
    return f": it says “{said}”" if said else ""


def _came(page: Page) -> list[str]:
    read = [pmid for paper in page.observations for pmid in paper.ids.get("pmid", ())]
    return [*read, *(one.where.removeprefix("PMID ") for one in page.skipped)]


def _pmid(element: Element) -> str:
    # The path matters: records cite others, whose PMIDs stand deeper.
    for path in ("MedlineCitation/PMID", "BookDocument/PMID"):
        text = (element.findtext(path) or "").strip()
        if text.isascii() and text.isdigit():
            return text.lstrip("0")
    return ""


def _title(article: Element, is_book: bool) -> str | None:  # noqa: FBT001
    paths = ("ArticleTitle", "Book/BookTitle") if is_book else ("ArticleTitle", "VernacularTitle")
    for path in paths:
        found = article.find(path)
        text = plain(found) if found is not None else ""
        # PubMed ends every title with a full stop and says so where a journal gives none.
        if text and text.strip("[].").lower() != "not available":
            return text[:-1] if text.endswith(".") and not text.endswith("..") else text
    return None


def _ids(element: Element, article: Element, pmid: str) -> dict[str, tuple[str, ...]]:
    named = [("pubmed", pmid)]
    for path in ("PubmedData/ArticleIdList/ArticleId", "BookDocument/ArticleIdList/ArticleId"):
        named += [(item.get("IdType", ""), item.text or "") for item in element.iterfind(path)]
    for item in article.iterfind("ELocationID"):
        if item.get("ValidYN") != "N":
            named.append((item.get("EIdType", ""), item.text or ""))
    known = ((_KINDS[kind], text.strip()) for kind, text in named if kind in _KINDS)
    return fields.gathered(*(parse_identity(f"{kind}:{text}") for kind, text in known))


def _abstract(article: Element) -> str:
    parts = []
    for part in article.iterfind("Abstract/AbstractText"):
        label = (part.get("Label") or "").strip().rstrip(":")
        text = plain(part)
        if text:
            parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return " ".join(parts)


def _authors(article: Element) -> Iterator[str]:
    """Give the names of the authors; of a book without any those of its editors."""
    lists = [*article.iterfind("AuthorList"), *article.iterfind("Book/AuthorList")]
    written = [one for one in lists if one.get("Type") != "editors"]
    for person in (person for one in (written or lists)[:1] for person in one.iterfind("Author")):
        if person.get("ValidYN") == "N":
            continue  # a spelling that was corrected; the right one follows
        collective = person.find("CollectiveName")
        if collective is not None:
            yield plain(collective)
        else:
            given = person.findtext("ForeName") or person.findtext("Initials") or ""
            yield f"{given} {person.findtext('LastName') or ''} {person.findtext('Suffix') or ''}"


def _published(article: Element, seen: dt.datetime) -> str | None:
    """Give the day of publication on the web, else that of the issue, as precisely as it is told."""
    for path in ("ArticleDate", "ContributionDate", "Journal/JournalIssue/PubDate", "Book/PubDate"):
        for found in article.iterfind(path):
            if date := _date(found, seen):
                return date
    return None


def _date(element: Element, seen: dt.datetime) -> str | None:
    year = element.findtext("Year")
    if year is not None:
        return fields.partial_date(year, element.findtext("Month"), element.findtext("Day"), seen=seen)
    # `1998 Dec-1999 Jan`, `2000 Spring`, `2012 Jul 4-10`: the beginning counts.
    found = re.match(r"\s*(\d{4})(?:\s+([A-Za-z]+))?", element.findtext("MedlineDate") or "", re.ASCII)
    return fields.partial_date(found[1], found[2], seen=seen) if found else None


def _venue(article: Element, is_book: bool) -> str | None:  # noqa: FBT001
    if not is_book:
        return article.findtext("Journal/Title") or article.findtext("Journal/ISOAbbreviation")
    paths = ("Book/BookTitle", "Book/CollectionTitle") if article.find("ArticleTitle") is not None else ()
    for path in (*paths, "Book/CollectionTitle", "Book/Publisher/PublisherName"):
        found = article.find(path)
        if found is not None and (text := plain(found)):
            return text
    return None


def _extra(element: Element, article: Element) -> dict[str, Any]:
    def texts(root: Element, path: str) -> list[str]:
        return [text for item in root.iterfind(path) if (text := fields.text(plain(item)))][: fields.MAX_ITEMS]

    mesh = [
        heading
        for heading in element.iterfind("MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName")
        if heading.get("MajorTopicYN") == "Y"
    ]
    extra = {
        "publication_types": [
            *texts(article, "PublicationTypeList/PublicationType"),
            *texts(article, "PublicationType"),
        ],
        "keywords": [*texts(element, "MedlineCitation/KeywordList/Keyword"), *texts(article, "KeywordList/Keyword")],
        "mesh_major": [text for item in mesh[: fields.MAX_ITEMS] if (text := fields.text(plain(item)))],
        "languages": texts(article, "Language"),
    }
    return {name: value for name, value in extra.items() if value}
