"""Crossref: records as publishers deposit them, and cursors that stay the same."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.crossref import observation, parse, refusal
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 8, 19)


def item(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "DOI": f"10.1000/X.{number}",
        "title": ["Growth of <i>E. coli</i> in CO<sub>2</sub>"],
        "author": [{"given": "Ana", "family": "Lima", "suffix": "Jr"}, {"name": "The Group"}, {"family": "조"}],
        "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aim</jats:title><jats:p>To grow.</jats:p>"
        "</jats:sec>",
        "container-title": ["Journal &amp; Letters"],
        "issued": {"date-parts": [[2026, 8]]},
        "created": {"date-time": "2026-08-19T10:00:00Z"},
        "type": "journal-article",
        "publisher": "Publisher",
        "ISSN": ["1234-5678"],
        "is-referenced-by-count": 3,
        **fields,
    }


def body(*items: object, total: int | None = None, cursor: str | None = "AoJ+x/=") -> bytes:
    message = {"total-results": len(items) if total is None else total, "next-cursor": cursor, "items": items}
    return json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode()


SELECTABLE = frozenset(
    "abstract URL resource member posted score created degree update-policy short-title license ISSN container-title "
    "issued update-to issue prefix approved indexed article-number clinical-trial-number accepted author group-title "
    "DOI is-referenced-by-count updated-by event chair standards-body original-title funder translator published "
    "archive published-print alternative-id subject subtitle published-online publisher-location content-domain "
    "reference title link type publisher volume references-count ISBN issn-type assertion deposited page "
    "content-created short-container-title relation editor".split()
)
"""What Crossref says it can select when it is asked for something else; then the whole request fails."""


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


def asked(wire):
    return [{key: value[0] for key, value in parse_qs(path.partition("?")[2]).items()} for path in wire.paths]


@pytest.fixture
def source(wire):
    return build_source({"type": "crossref", "base_url": wire.url + "/", "journals": ["1234-5678"], "query": "growth"})


def test_a_record_gives_all_its_fields():
    paper = observation(item(), seen=NOW, announced=DAY)
    assert (paper.id, paper.ids, paper.native) == ("doi:10.1000/x.1", {"doi": ("10.1000/x.1",)}, None)
    assert (paper.title, paper.abstract) == ("Growth of E. coli in CO₂", "Aim: To grow.")
    assert paper.authors == ("Ana Lima Jr", "The Group", "조")
    assert (paper.published, paper.announced, paper.venue) == ("2026-08", DAY, "Journal & Letters")
    assert (paper.signals, paper.urls) == ({"citations": 3}, {"page": "https://doi.org/10.1000/x.1"})
    assert paper.extra["type"] == "journal-article"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([[2026, 8, 19]], "2026-08-19"),
        ([[2026, 8]], "2026-08"),
        ([[2026]], "2026"),
        ([[None]], None),
        ([], None),
        ([[]], None),
        ([2026], None),
        ([["2026", "8", "40"]], "2026-08"),
        ([[2026, 8, 19, 12]], "2026-08-19"),
        (None, None),
    ],
)
def test_a_date_is_as_precise_as_it_is_told(parts, told):
    assert observation(item(issued={"date-parts": parts}), seen=NOW).published == told


def test_a_subtitle_belongs_to_the_title_once():
    titles = [
        observation(item(title=title, subtitle=["a study"]), seen=NOW).title
        for title in (["Growth"], ["Growth: A Study"], ["Growth:"])
    ]
    assert titles == ["Growth: a study", "Growth: A Study", "Growth: a study"]


def test_a_preprint_and_its_article_share_their_dois():
    relation = {
        "is-preprint-of": [{"id-type": "doi", "id": "https://doi.org/10.1038/S1", "asserted-by": "subject"}],
        "has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2608.00001"}, {"id-type": "uri", "id": "http://x"}],
        "is-supplement-to": [{"id-type": "doi", "id": "10.1000/other"}],
    }
    paper = observation(item(relation=relation), seen=NOW)
    assert paper.ids == {"doi": ("10.1000/x.1", "10.1038/s1"), "arxiv": ("2608.00001",)}
    assert (paper.id, paper.native) == ("arxiv:2608.00001", "10.1000/x.1")


def test_an_abstract_that_is_only_its_heading_is_none():
    assert observation(item(abstract="<jats:p>Abstract</jats:p>"), seen=NOW).abstract is None


def test_a_record_without_title_or_doi_is_counted():
    page = parse(body(item(1, title=[]), item(2, DOI=None), "text", item(3)), seen=NOW)
    assert [skip.reason for skip in page.skipped] == ["has no title", "has no DOI", "is no record of a work"]
    assert len(page.observations) == 1


def test_a_day_is_walked_by_cursor_though_it_stays_the_same(source, wire, make):
    pages = [body(*[item(n) for n in range(a, a + 2)], total=5) for a in (0, 2)] + [body(item(4), total=5)]
    wire.answer("/works", *map(wire.reply, pages))
    (listing,) = listings(source, make(contact="me@example.org"), DAY)
    assert (listing.status, len(listing.observations), listing.requests) == (Status.COMPLETE, 5, 3)
    first, second, _ = asked(wire)
    assert (first["cursor"], second["cursor"], first["mailto"]) == ("*", "AoJ+x/=", "me@example.org")
    assert first["filter"] == (
        "from-created-date:2026-08-19,until-created-date:2026-08-19,type:journal-article,type:posted-content,"
        "type:proceedings-article,issn:1234-5678"
    )
    assert first["query"] == "growth"
    assert SELECTABLE.issuperset(first["select"].split(","))
    assert {paper.announced for paper in listing.observations} == {DAY}


def test_a_walk_that_repeats_itself_or_ends_early_is_partial(source, wire, session):
    wire.answer("/works", wire.reply(body(item(1), total=3)))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations), listing.requests) == (Status.PARTIAL, 1, 2)
    assert "has 3 records and gave 1" in listing.error
    wire.answer("/works", wire.reply(body(item(1), total=3)), wire.reply(body(total=3)))
    assert listings(source, session, DAY)[0].status is Status.PARTIAL


def test_a_day_without_works_is_complete(source, wire, session):
    wire.answer("/works", wire.reply(body()))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, listing.error) == (Status.COMPLETE, None)


def test_a_refusal_is_told_in_the_words_of_crossref(source, wire, session):
    said = {"status": "failed", "message": [{"type": "x", "value": "y", "message": "There is no such type"}]}
    wire.answer("/works", wire.reply(json.dumps(said).encode(), "400 Bad Request"))
    (listing,) = listings(source, session, DAY)
    assert listing.status is Status.FAILED
    assert "does not understand the request (HTTP 400). It says: “There is no such type”" in listing.error


def test_by_day_of_index_nothing_is_announced(wire, session):
    settings = {"type": "crossref", "base_url": wire.url, "query": "x", "date": "indexed", "types": []}
    source = build_source(settings)
    wire.answer("/works", wire.reply(body(item(1))))
    (listing,) = listings(source, session, DAY)
    assert listing.observations[0].announced is None
    assert asked(wire)[0]["filter"] == "from-index-date:2026-08-19,until-index-date:2026-08-19"
    assert source.query == "x type= date=indexed"


@pytest.mark.parametrize("raw", [b"", b"[]", b"Resource not found.", b'{"status": "failed"}', b'{"status": "ok"}'])
def test_what_is_no_list_of_works_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="Crossref"):
        parse(raw, seen=NOW)
    assert refusal(raw) is None


@pytest.mark.parametrize("settings", [{}, {"query": "x", "date": "yesterday"}])
def test_settings_that_ask_for_nothing_are_told(settings):
    with pytest.raises(UsageError):
        build_source({"type": "crossref", **settings})
