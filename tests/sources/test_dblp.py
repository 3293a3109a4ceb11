"""dblp: JSON that was XML, where one thing is no list."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from papertriage.errors import SourceError, UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.dblp import observation, parse
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)


def info(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "authors": {"author": [{"@pid": "1/2-1", "text": "Yang Liu 0001"}, {"@pid": "3/4", "text": "Bo Ek"}]},
        "title": "Learning &amp; Growth.",
        "venue": "COLM",
        "year": "2026",
        "type": "Conference and Workshop Papers",
        "key": f"conf/colm/Liu{number}",
        "doi": f"10.1000/X.{number}",
        "ee": f"https://doi.org/10.1000/X.{number}",
        "url": f"https://dblp.org/rec/conf/colm/Liu{number}",
        **fields,
    }


def body(*infos: object, total: int | None = None, alone: bool = False) -> bytes:
    hits: dict[str, Any] = {"@total": str(len(infos) if total is None else total), "@sent": str(len(infos))}
    found = [{"@score": "1", "@id": "7", "info": one} for one in infos]
    if found:
        hits["hit"] = found[0] if alone else found
    return json.dumps({"result": {"query": "x", "status": {"@code": "200"}, "hits": hits}}).encode()


@pytest.fixture
def source(wire):
    return build_source({"type": "dblp", "base_url": wire.url, "query": "year:2026: learning"})


def listing_of(source, session):
    (listing,) = source.fetch(session, [], now=NOW, validators={})
    return listing


def test_a_record_gives_all_its_fields():
    paper = observation(info(), seen=NOW)
    assert (paper.id, paper.native) == ("doi:10.1000/x.1", "conf/colm/Liu1")
    assert paper.ids == {"doi": ("10.1000/x.1",), "dblp": ("conf/colm/Liu1",)}
    assert (paper.title, paper.venue, paper.published) == ("Learning & Growth", "COLM", "2026")
    assert paper.authors == ("Yang Liu", "Bo Ek")
    assert paper.urls == {"page": "https://dblp.org/rec/conf/colm/Liu1", "abs": "https://doi.org/10.1000/X.1"}


def test_one_author_one_link_and_one_venue_are_no_lists():
    paper = observation(info(authors={"author": {"text": "Ana Lima"}}), seen=NOW)
    assert paper.authors == ("Ana Lima",)
    links = ["https://arxiv.org/abs/2608.00001", "https://openreview.net/forum?id=abcDEF_001", "not an address"]
    paper = observation(info(ee=links, venue=["A", "B"], doi=None), seen=NOW)
    assert (paper.ids["arxiv"], paper.ids["openreview"], paper.venue) == (("2608.00001",), ("abcDEF_001",), "A, B")
    assert observation(info(authors=None, ee=None, venue=None, url=None), seen=NOW).urls == {}


def test_one_hit_is_no_list_and_no_hit_is_nothing():
    assert len(parse(body(info(), alone=True), seen=NOW).observations) == 1
    assert parse(body(), seen=NOW).observations == ()


def test_a_search_is_walked_to_its_end(source, wire, session):
    first, second = body(info(1), info(2), total=3), body(info(3), total=3, alone=True)
    wire.answer("/search/publ/api", wire.reply(first), wire.reply(second))
    listing = listing_of(source, session)
    assert (listing.day, listing.status, len(listing.observations)) == (NOW.date(), Status.COMPLETE, 3)
    asked = [parse_qs(path.partition("?")[2]) for path in wire.paths]
    assert [query["f"] for query in asked] == [["0"], ["2"]]
    assert asked[0]["q"] == ["year:2026: learning"]


def test_a_search_that_ends_early_is_partial(source, wire, session):
    wire.answer("/search/publ/api", wire.reply(body(info(1), total=3)), wire.reply(body(total=3)))
    listing = listing_of(source, session)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert "has 3 records and gave 1" in listing.error


def test_records_that_cannot_be_read_are_counted(source, wire, session):
    wire.answer("/search/publ/api", wire.reply(body(info(1), info(2, title=None), "text", info(4, key=None))))
    listing = listing_of(source, session)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert [one.reason for one in listing.skipped] == ["has no title", "is no record of a publication", "has no key"]


def test_a_failure_before_anything_was_read_is_an_error(source, session):
    with pytest.raises(SourceError, match="HTTP 404"):
        listing_of(source, session)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"result": {}}', b'{"result": {"hits": []}}'])
def test_what_is_no_result_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="dblp"):
        parse(raw, seen=NOW)


def test_a_source_without_query_is_told():
    with pytest.raises(UsageError, match="'query'"):
        build_source({"type": "dblp"})
