"""Preprints and journals: bioRxiv, PubMed, Crossref, OpenAlex, Semantic Scholar, OpenReview, dblp, ACL Anthology.

All but bioRxiv know the papers of arXiv, with their published DOI; the day of a paper is that of its announcement.
Parameters, pages and messages follow the documentation that the modules of the sources name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from hashlib import sha1
from typing import Any
from xml.sax.saxutils import escape

from replay.answer import Answer, Asked, Route, as_json, as_xml, day_of, days_between
from replay.world import DAY, Paper

BIORXIV_PAGE, BIORXIV_SMALL_PAGE = 30, 20
BIORXIV_PER_DAY = 70
S2_PAGE = 5
XML = "text/xml; charset=UTF-8"


def between(asked: Asked, first: dt.date | None, last: dt.date | None, words: str = "") -> list[Paper]:
    """Give the papers of some days of which a title has one of the words; all of them without words."""
    if not first or not last:
        return []
    wanted = re.findall(r"[a-z]+", words.lower())
    papers = [paper for day in days_between(first, last, asked.now.date()) for paper in asked.world.new(day)]
    return [paper for paper in papers if not wanted or any(word in paper.title.lower() for word in wanted)]


def lately(asked: Asked, words: str = "") -> list[Paper]:
    today = asked.now.date()
    return between(asked, today - 13 * DAY, today, words)


# --- api.biorxiv.org ---


def biorxiv(asked: Asked, server: str, first: str, last: str, cursor: str) -> Answer:
    """Answer `/details/SERVER/FROM/TO/CURSOR/json`."""
    begin, end = day_of(first), day_of(last)
    if not begin or not end:
        return as_json({"messages": [{"status": "Error: incorrect date format"}], "collection": []})
    if cursor == "0" and (recorded := asked.recorded(f"biorxiv/pu5ha_details_{first}.json")) and server == "biorxiv":
        return Answer(recorded)
    start = int(cursor)
    found = [
        _preprint(server, day, k)
        for day in days_between(begin, end, asked.now.date())
        if day.weekday() < 5
        for k in range(BIORXIV_PER_DAY)
    ]
    size = BIORXIV_SMALL_PAGE if start and "page-size" in asked.faults else BIORXIV_PAGE
    page = found[start : start + size]
    if not page:
        return as_json({"messages": [{"status": "no posts found"}], "collection": []})
    told = {
        "status": "ok",
        "category": "all",
        "interval": f"{first}:{last}",
        "cursor": start,
        "count": len(page),
        "total": str(len(found) + ("inflated-total" in asked.faults)),
    }
    return as_json({"messages": [told], "collection": page})


def _preprint(server: str, day: dt.date, k: int) -> dict[str, str]:
    """Every tenth is a second version of one of the day before."""
    version, born = (2, day - DAY) if k % 10 == 9 else (1, day)
    number = k - 9 if version == 2 else k
    return {
        "title": f"Cells of kind {number} in <i>examples</i> of {born}",
        "authors": "Lima, A.; Ek, B. C.; O'Neil, D.",
        "author_corresponding": "Ana Lima",
        "author_corresponding_institution": "Replay Institute",
        "doi": f"10.64898/{born:%Y.%m.%d}.{number + (100_000 if server == 'biorxiv' else 200_000)}",
        "date": str(day),
        "version": str(version),
        "type": "new results",
        "license": "cc_by",
        "category": ("neuroscience", "cell biology", "genomics")[k % 3],
        "abstract": f"We looked at {k} cells &amp; found nothing.",
        "published": "NA",
        "server": {"biorxiv": "bioRxiv"}.get(server, server),
    }


# --- eutils.ncbi.nlm.nih.gov ---


def esearch(asked: Asked) -> Answer:
    """Answer `esearch.fcgi`: the result is kept in the name of its history."""
    args = asked.args
    first, last = day_of(args.get("mindate", "")), day_of(args.get("maxdate", ""))
    found = between(asked, first, last, re.sub(r"\[\w+\]", "", args.get("term", "")))
    ids = "".join(f"<Id>{paper.serial}</Id>" for paper in found[: asked.number("retmax", 20)])
    kept = f"MCID_{first}_{last}_{args.get('term', '').replace(' ', '+')}"
    history = f"<QueryKey>1</QueryKey><WebEnv>{escape(kept)}</WebEnv>" if args.get("usehistory") == "y" else ""
    count = f"<Count>{len(found)}</Count><RetMax>{len(found)}</RetMax><RetStart>0</RetStart>"
    return as_xml(f"<eSearchResult>{count}{history}<IdList>{ids}</IdList></eSearchResult>", content_type=XML)


def efetch(asked: Asked) -> Answer:
    """Answer `efetch.fcgi`, by history or by number."""
    args = asked.args
    if "WebEnv" in args:
        kept = re.fullmatch(r"MCID_([\d-]+)_([\d-]+)_(.*)", args["WebEnv"])
        if not kept or "history-gone" in asked.faults:
            told = "<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
            return as_xml(told, 400, XML)
        found = between(asked, day_of(kept[1]), day_of(kept[2]), re.sub(r"\[\w+\]", "", kept[3]))
    else:
        found = [paper for text in args.get("id", "").split(",") if (paper := _by_serial(asked, text))]
    start = asked.number("retstart", 0)
    page = found[start : start + asked.number("retmax", 20)] if "WebEnv" in args else found
    doctype = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
    return as_xml(f"{doctype}<PubmedArticleSet>{''.join(map(_article, page))}</PubmedArticleSet>", content_type=XML)


def _by_serial(asked: Asked, text: str) -> Paper | None:
    if not text.isdigit() or not 700_000 * 8 <= int(text) <= asked.now.date().toordinal() * 8 + 7:
        return None
    papers = asked.world.new(dt.date.fromordinal(int(text) // 8))
    return next((paper for paper in papers if paper.serial == int(text)), None)


def _article(paper: Paper) -> str:
    people = "".join(
        f"<Author><LastName>{escape(family)}</LastName><ForeName>{given}</ForeName></Author>"
        for given, family in paper.authors
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{paper.serial}</PMID><Article><Journal><JournalIssue>'
        f"<PubDate><Year>{paper.announced.year}</Year></PubDate></JournalIssue><Title>Replay Journal</Title></Journal>"
        f"<ArticleTitle>{escape(paper.title)}.</ArticleTitle>"
        f'<ELocationID EIdType="doi">{paper.doi}</ELocationID>'
        f'<Abstract><AbstractText Label="AIM">{escape(paper.abstract)}</AbstractText></Abstract>'
        f"<AuthorList>{people}</AuthorList></Article></MedlineCitation></PubmedArticle>"
    )


# --- api.crossref.org and api.openalex.org, which share a path ---


def works(asked: Asked) -> Answer:
    """Answer `/works`: by its parameters it is Crossref or OpenAlex that is asked."""
    is_openalex = asked.host == "api.openalex.org" or "per_page" in asked.args
    filters: dict[str, list[str]] = {}
    for part in asked.args.get("filter", "").split(","):
        name, _, value = part.partition(":")
        filters.setdefault(name, []).append(value)
    return openalex(asked, filters) if is_openalex else crossref(asked, filters)


def crossref(asked: Asked, filters: dict[str, list[str]]) -> Answer:
    rows = asked.number("rows", 20)
    if rows > 1000 or "" in filters or not filters:
        told = {"type": "integer-not-valid", "value": "rows", "message": "Integer specified as x but must be less"}
        return as_json({"status": "failed", "message-type": "validation-failure", "message": [told]}, 400)
    if "doi" in filters:
        found = [paper for paper in lately(asked) if paper.doi in filters["doi"]]
    else:
        first, last = (filters.get(f"{word}-created-date", [""])[0] for word in ("from", "until"))
        found = between(asked, day_of(first), day_of(last), asked.args.get("query", ""))
    cursor = asked.args.get("cursor", "*")
    start = 0 if cursor == "*" else int(cursor.removeprefix("DnF1-"))
    message = {
        "total-results": len(found),
        "items": [_work(paper) for paper in found[start : start + rows]],
        "items-per-page": rows,
        "next-cursor": f"DnF1-{start + rows}",
    }
    limits = {"x_rate_limit_limit": "50", "x_rate_limit_interval": "1s"}
    return as_json({"status": "ok", "message-type": "work-list", "message": message}, **limits)


def _work(paper: Paper) -> dict[str, Any]:
    return {
        "DOI": paper.doi,
        "title": [paper.title],
        "abstract": f"<jats:title>Abstract</jats:title><jats:p>{escape(paper.abstract)}</jats:p>",
        "author": [{"given": given, "family": family, "sequence": "first"} for given, family in paper.authors],
        "container-title": ["Replay Journal"],
        "issued": {"date-parts": [[paper.announced.year, paper.announced.month]]},
        "type": "journal-article",
        "publisher": "Replay Press",
        "is-referenced-by-count": paper.k,
        "URL": f"https://doi.org/{paper.doi}",
        "relation": {
            "has-preprint": [{"id-type": "doi", "id": f"10.48550/arXiv.{paper.number}", "asserted-by": "subject"}]
        },
    }


def openalex(asked: Asked, filters: dict[str, list[str]]) -> Answer:
    if "cursor" in asked.args and not asked.args.get("api_key"):
        return as_json({"error": "API key required", "message": "Cursor paging needs an API key."}, 401)
    first, last = (filters.get(f"{word}_publication_date", [""])[0] for word in ("from", "to"))
    found = between(asked, day_of(first), day_of(last), asked.args.get("search", ""))
    size = min(asked.number("per_page", 25), 200)
    cursor = asked.args.get("cursor", "")
    start = int(cursor) if cursor.isdigit() else (asked.number("page", 1) - 1) * size
    meta: dict[str, Any] = {"count": len(found), "per_page": size, "page": None if cursor else start // size + 1}
    if cursor:
        meta["next_cursor"] = str(start + size) if start < len(found) else None
    return as_json({"meta": meta, "results": [_openalex_work(paper) for paper in found[start : start + size]]})


def _openalex_work(paper: Paper) -> dict[str, Any]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(paper.abstract.split()):
        index.setdefault(word, []).append(place)
    return {
        "id": f"https://openalex.org/W{paper.serial}",
        "doi": f"https://doi.org/{paper.doi}",
        "title": paper.title,
        "ids": {"openalex": f"https://openalex.org/W{paper.serial}", "doi": f"https://doi.org/{paper.doi}"},
        "publication_date": str(paper.announced),
        "publication_year": paper.announced.year,
        "type": "article",
        "authorships": [{"author_position": "first", "author": {"display_name": name}} for name in paper.names],
        "primary_location": {"source": {"display_name": "Replay Journal"}},
        "locations": [{"landing_page_url": f"http://arxiv.org/abs/{paper.number}"}],
        "abstract_inverted_index": index,
        "cited_by_count": paper.k,
        "is_retracted": False,
        "language": "en",
    }


# --- api.semanticscholar.org ---


def semantic_scholar(asked: Asked, bulk: str | None) -> Answer:
    """Answer the two searches: `/graph/v1/paper/search` and `/bulk` under it."""
    first, _, last = asked.args.get("publicationDateOrYear", "").partition(":")
    words = asked.args.get("query", "")
    found = between(asked, day_of(first), day_of(last), words) if first else lately(asked, words)
    start = asked.number("token" if bulk else "offset", 0)
    size = S2_PAGE if bulk else asked.number("limit", 100)
    reply: dict[str, Any] = {"total": len(found), "data": [_s2(paper) for paper in found[start : start + size]]}
    more = start + size < len(found)
    if bulk:
        reply["token"] = str(start + size) if more else None
    elif more:
        reply["next"] = start + size
    return as_json(reply)


def recommendations(asked: Asked, _: str) -> Answer:
    return as_json({"recommendedPapers": [_s2(paper) for paper in lately(asked)[: asked.number("limit", 100)]]})


def _s2(paper: Paper) -> dict[str, Any]:
    name = sha1(paper.number.encode()).hexdigest()
    return {
        "paperId": name,
        "externalIds": {"ArXiv": paper.number, "DOI": paper.doi, "CorpusId": paper.serial},
        "url": f"https://www.semanticscholar.org/paper/{name}",
        "title": paper.title,
        "abstract": None if paper.k == 3 else paper.abstract,
        "venue": "Replay Journal",
        "year": paper.announced.year,
        "publicationDate": str(paper.announced),
        "citationCount": paper.k,
        "influentialCitationCount": 0,
        "openAccessPdf": {"url": "", "status": None, "license": None},
        "fieldsOfStudy": ["Computer Science"],
        "authors": [{"authorId": str(n), "name": person} for n, person in enumerate(paper.names)],
    }


# --- api2.openreview.net, dblp.org, raw.githubusercontent.com/acl-org ---


def openreview(asked: Asked) -> Answer:
    """Answer `/notes?invitation=VENUE/-/Submission`."""
    invitation = asked.args.get("invitation", "")
    if "/-/" not in invitation:
        return as_json({"name": "InvalidFieldError", "message": "The invitation is invalid", "status": 400}, 400)
    papers = lately(asked)
    start, size = asked.number("offset", 0), min(asked.number("limit", 1000), 1000)
    notes = [_note(paper, invitation.partition("/-/")[0]) for paper in papers[start : start + size]]
    return as_json({"notes": notes, "count": len(papers)})


def _note(paper: Paper, venue: str) -> dict[str, Any]:
    born = int(dt.datetime.combine(paper.announced, dt.time(6), dt.UTC).timestamp() * 1000)
    content = {"title": paper.title, "authors": paper.names, "abstract": paper.abstract, "venueid": venue}
    name = f"rp{paper.serial}"
    return {
        "id": name,
        "forum": name,
        "number": paper.k,
        "cdate": born,
        "mdate": born,
        "odate": born,
        "content": {key: {"value": value} for key, value in content.items()},
    }


def dblp(asked: Asked) -> Answer:
    """Answer `/search/publ/api?format=json`: what is one is an object, what are several is a list."""
    papers = lately(asked, re.sub(r"\w+:\S*", "", asked.args.get("q", "")))
    start, size = asked.number("f", 0), min(asked.number("h", 30), 1000)
    found = [{"@score": "1", "@id": str(paper.serial), "info": _publication(paper)} for paper in papers]
    page = found[start : start + size]
    hits: dict[str, Any] = {
        "@total": str(len(found)),
        "@computed": str(size),
        "@sent": str(len(page)),
        "@first": str(start),
    }
    if page:
        hits["hit"] = page
    return as_json({"result": {"query": "", "status": {"@code": "200", "text": "OK"}, "hits": hits}})


def _publication(paper: Paper) -> dict[str, Any]:
    people = [{"@pid": f"{n}/1", "text": name} for n, name in enumerate(paper.names)]
    key = f"journals/corr/abs-{paper.number.replace('.', '-')}"
    return {
        "key": key,
        "authors": {"author": people[0] if len(people) == 1 else people},
        "title": f"{escape(paper.title)}.",
        "venue": "CoRR",
        "year": str(paper.announced.year),
        "type": "Informal and Other Publications",
        "doi": f"10.48550/ARXIV.{paper.number}",
        "ee": f"https://doi.org/10.48550/arXiv.{paper.number}",
        "url": f"https://dblp.org/rec/{key}",
    }


def anthology(asked: Asked, collection: str) -> Answer:
    """Answer with one collection of the ACL Anthology; it knows an entity tag."""
    papers = [paper for paper in lately(asked) if paper.own == "cs.CL"]
    if not papers or not re.fullmatch(r"\d{4}\.\w+|[A-Z]\d\d", collection):
        return Answer(b"404: Not Found", 404, "text/plain; charset=utf-8")
    tag = f'"{papers[-1].number}"'
    if asked.headers.get("if-none-match") == tag:
        return Answer(b"", 304, headers={"ETag": tag})
    body = (
        f'<collection id="{collection}"><volume id="1" ingest-date="{papers[-1].announced}"><meta>'
        f"<booktitle>Replayed Proceedings</booktitle><year>{papers[-1].announced.year}</year></meta>"
        f"{''.join(_anthologized(papers))}</volume></collection>"
    )
    return as_xml(body, content_type="text/plain; charset=utf-8", etag=tag)


def _anthologized(papers: Iterable[Paper]) -> Iterable[str]:
    for number, paper in enumerate(papers, 1):
        people = "".join(
            f"<author><first>{given}</first><last>{escape(family)}</last></author>" for given, family in paper.authors
        )
        yield (
            f'<paper id="{number}"><title>{escape(paper.title)}</title>{people}<abstract>{escape(paper.abstract)}'
            f"</abstract><doi>{paper.doi}</doi></paper>"
        )


def recording(asked: Asked, name: str) -> Answer:
    """Answer `/recordings/NAME` with a real reply as it was recorded, for a source of the type `feed`."""
    body = None if ".." in name else asked.recorded(name)
    kind = "application/json" if name.endswith(".json") else "application/xml"
    return Answer(b"", 404) if body is None else Answer(body, content_type=kind)


ROUTES: list[Route] = [
    (re.compile(r"/details/(biorxiv|medrxiv)/([^/]+)/([^/]+)/(\d+)(?:/json)?"), biorxiv),
    (re.compile("/entrez/eutils/esearch.fcgi"), esearch),
    (re.compile("/entrez/eutils/efetch.fcgi"), efetch),
    (re.compile("/works"), works),
    (re.compile("/graph/v1/paper/search(/bulk)?"), semantic_scholar),
    (re.compile("/recommendations/v1/papers/forpaper/(.+)"), recommendations),
    (re.compile("/notes"), openreview),
    (re.compile("/search/publ/api"), dblp),
    (re.compile(r"/acl-org/acl-anthology/master/data/xml/([\w.]+)\.xml"), anthology),
    (re.compile("/recordings/(.+)"), recording),
]
