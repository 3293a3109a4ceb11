"""Semantic Scholar: searches by token and by offset, recommendations, withheld abstracts."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.semantic_scholar import observation, parse
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 8, 19)
BULK, RELEVANCE = "/graph/v1/paper/search/bulk", "/graph/v1/paper/search"
NOTICE = (
    "Notice: The following paper fields have been elided by the publisher: {'abstract'}. Paper or abstract available at"
)


def paper(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "paperId": f"{number:040x}",
        "externalIds": {"DOI": f"10.1000/X.{number}", "CorpusId": 1000 + number},
        "url": f"https://www.semanticscholar.org/paper/{number:040x}",
        "title": "A title",
        "abstract": "An abstract.",
        "venue": "",
        "journal": {"name": "Journal"},
        "year": 2026,
        "publicationDate": "2026-08-19",
        "citationCount": 4,
        "influentialCitationCount": 0,
        "openAccessPdf": {"url": "https://example.org/1.pdf", "status": "GREEN"},
        "publicationTypes": ["JournalArticle"],
        "fieldsOfStudy": ["Computer Science"],
        "authors": [{"authorId": "1", "name": "Ana Lima"}, {"authorId": None, "name": None}, {"name": "Bo Ek"}],
        **fields,
    }


def body(*papers: object, **more: object) -> bytes:
    return json.dumps({"total": 10**6, "data": papers, **more}).encode()


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


def asked(wire):
    return [{key: value[0] for key, value in parse_qs(path.partition("?")[2]).items()} for path in wire.paths]


@pytest.fixture
def source(wire):
    settings = {"query": "learning", "fields_of_study": ["Medicine"]}
    return build_source({"type": "semantic-scholar", "base_url": wire.url, **settings})


def test_a_record_gives_all_its_fields_and_every_id():
    external = {
        "DOI": "10.1038/X", "ArXiv": "2304.05376", "PubMed": "38799228", "PubMedCentral": "11116106", "MAG": "22",
        "DBLP": "journals/natmi/BranCS24", "ACL": "2020.acl-main.1", "CorpusId": 258059792,
    }  # fmt: skip
    found = observation(paper(externalIds=external), seen=NOW)
    assert found.ids == {
        "doi": ("10.1038/x",), "arxiv": ("2304.05376",), "pmid": ("38799228",), "pmc": ("PMC11116106",),
        "acl": ("2020.acl-main.1",), "s2": ("258059792", f"{1:040x}"), "dblp": ("journals/natmi/BranCS24",),
    }  # fmt: skip
    assert (found.id, found.native) == ("arxiv:2304.05376", f"{1:040x}")
    assert (found.title, found.abstract, found.venue) == ("A title", "An abstract.", "Journal")
    assert (found.authors, found.published, found.announced) == (("Ana Lima", "Bo Ek"), "2026-08-19", None)
    assert found.signals == {"citations": 4, "influential_citations": 0}
    assert found.urls["pdf"] == "https://example.org/1.pdf"
    assert found.categories == ("Computer Science",)


def test_an_abstract_that_the_publisher_withholds_is_absent_and_told():
    found = observation(paper(abstract=None, openAccessPdf={"url": "", "disclaimer": NOTICE}), seen=NOW)
    assert (found.abstract, found.extra["abstract_elided"], "pdf" in found.urls) == (None, True, False)
    assert "abstract_elided" not in observation(paper(abstract=None), seen=NOW).extra


def test_a_year_is_the_date_where_there_is_no_other():
    assert observation(paper(publicationDate=None), seen=NOW).published == "2026"


def test_a_bare_record_is_read():
    bare = {"paperId": "a" * 40, "title": "T", "externalIds": None, "authors": None, "openAccessPdf": None}
    found = observation(bare, seen=NOW)
    assert (found.id, found.native, found.authors, found.urls) == (f"s2:{'a' * 40}", None, (), {})


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        (body(paper(1), paper(2)), 2),
        (json.dumps(paper()).encode(), 1),
        (json.dumps([paper(1), None]).encode(), 1),
        (json.dumps({"recommendedPapers": [paper()]}).encode(), 1),
        (b'{"total": 0, "offset": 0}', 0),
        (body(paper(1, title=None), paper(2, paperId=None)), 0),
    ],
)
def test_every_form_of_reply_is_read(raw, count):
    page = parse(raw, seen=NOW)
    assert len(page.observations) == count
    assert page.entries == count + len(page.skipped)


def test_a_day_is_walked_by_token_and_total_is_no_promise(source, wire, make):
    wire.answer(BULK, wire.reply(body(paper(1), token="t+1")), wire.reply(body(paper(2), token=None)))
    (listing,) = listings(source, make(environ={"PAPERTRIAGE_SEMANTIC_SCHOLAR_KEY": "canary"}), DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 2)
    first, second = asked(wire)
    assert (first["query"], first["fieldsOfStudy"]) == ("learning", "Medicine")
    assert (first["publicationDateOrYear"], second["token"]) == ("2026-08-19:2026-08-19", "t+1")
    assert "x-api-key: canary" in wire.heads[0].lower()
    assert "canary" not in wire.paths[0]


def test_a_walk_that_repeats_itself_is_partial(source, wire, session):
    wire.answer(BULK, wire.reply(body(paper(1), token="t")))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations), listing.requests) == (Status.PARTIAL, 1, 2)
    assert "repeats itself before the end of 2026-08-19" in listing.error


def test_by_relevance_a_day_is_walked_by_offset_up_to_the_limit(wire, session):
    settings = {"query": "learning", "search": "relevance"}
    source = build_source({"type": "semantic-scholar", "base_url": wire.url, **settings})
    wire.answer(RELEVANCE, wire.reply(body(paper(1), next=100)), wire.reply(body(paper(2), next=1000)))
    (listing,) = listings(source, session, DAY)
    assert [query.get("offset") for query in asked(wire)] == [None, "100"]
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 2)
    assert "More than 1,000 papers of 2026-08-19 match" in listing.error


def test_recommendations_are_read_for_each_paper_and_an_unknown_one_is_told(wire, session):
    source = build_source(
        {"type": "semantic-scholar", "base_url": wire.url, "like": ["2510.01265v2", "10.1000/x", "PMC7"]}
    )
    root = "/recommendations/v1/papers/forpaper/"
    wire.answer(root + "ARXIV:2510.01265", wire.reply(json.dumps({"recommendedPapers": [paper(1), paper(2)]}).encode()))
    wire.answer(root + "PMCID:7", wire.reply(json.dumps({"recommendedPapers": [paper(2), paper(3)]}).encode()))
    missing = wire.reply(b'{"error":"Paper with id DOI:10.1000/x not found"}', "404 Not Found")
    wire.answer(root + "DOI:10.1000/x", missing)
    (listing,) = listings(source, session)
    assert (listing.day, listing.status, len(listing.observations)) == (NOW.date(), Status.PARTIAL, 3)
    assert listing.error.startswith("doi:10.1000/x: ")
    assert "It says: “Paper with id DOI:10.1000/x not found”" in listing.error
    assert (source.keeps_past, source.query) == (False, "like=arxiv:2510.01265 like=doi:10.1000/x like=pmc:PMC7")


@pytest.mark.parametrize(
    "settings",
    [{}, {"query": "x", "like": ["2510.01265"]}, {"like": ["openreview:abcdefg"]}, {"query": "x", "search": "best"}],
)
def test_settings_that_cannot_be_asked_are_told(settings):
    with pytest.raises(UsageError):
        build_source({"type": "semantic-scholar", **settings})


@pytest.mark.parametrize("raw", [b"", b'"text"', b'{"error": "Title match not found"}', b'{"message":"Forbidden"}'])
def test_what_has_no_papers_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="Semantic Scholar"):
        parse(raw, seen=NOW)
