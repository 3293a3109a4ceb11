"""OpenReview: notes whose values stand in `value`, venues page by page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.openreview import observation, parse
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp() * 1000)


def note(number: int = 1, content: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    values = {
        "title": "A title",
        "abstract": "An abstract with $x^2$.",
        "authors": ["Ana Lima", "Bo Ek"],
        "keywords": ["learning"],
        "primary_area": "theory",
        "TLDR": "Short.",
        "pdf": "/pdf/0123.pdf",
        "venue": "TMLR",
        "venueid": "TMLR",
        **(content or {}),
    }
    return {
        "id": f"abcDEF_{number:03}",
        "forum": f"abcDEF_{number:03}",
        "number": number,
        "cdate": at("2026-08-01T10:00"),
        "odate": at("2026-08-03T10:00"),
        "mdate": at("2026-08-20T10:00"),
        "content": {name: {"value": value} for name, value in values.items() if value is not None},
        **fields,
    }


def body(*notes: object, count: int | None = None) -> bytes:
    return json.dumps({"notes": notes, "count": len(notes) if count is None else count}).encode()


def listing_of(source, session):
    (listing,) = source.fetch(session, [], now=NOW, validators={})
    return listing


@pytest.fixture
def source(wire):
    return build_source({"type": "openreview", "base_url": wire.url, "venues": ["TMLR"]})


def test_a_note_gives_all_its_fields():
    paper = observation(note(), seen=NOW)
    assert (paper.id, paper.ids) == ("openreview:abcDEF_001", {"openreview": ("abcDEF_001",)})
    assert (paper.title, paper.abstract) == ("A title", "An abstract with $x^2$.")
    assert (paper.authors, paper.venue, paper.categories) == (("Ana Lima", "Bo Ek"), "TMLR", ("theory",))
    assert (paper.published, paper.updated) == ("2026-08-03T10:00:00Z", "2026-08-20T10:00:00Z")
    assert paper.announced == dt.date(2026, 8, 3)
    assert paper.urls == {
        "page": "https://openreview.net/forum?id=abcDEF_001", "pdf": "https://openreview.net/pdf?id=abcDEF_001"
    }  # fmt: skip
    assert paper.extra == {"keywords": ["learning"], "TLDR": "Short.", "venueid": "TMLR", "number": 1}


def test_a_blind_submission_has_no_authors_and_newer_ones_have_records():
    assert observation(note(content={"authors": None}), seen=NOW).authors == ()
    records = [{"fullname": "Ana Lima", "username": "~Ana_Lima1"}, {"username": "~x"}]
    assert observation(note(content={"authors": records}), seen=NOW).authors == ("Ana Lima",)


def test_a_bare_value_is_read_too():
    bare = {"id": "abcDEF_001", "content": {"title": "T", "authors": ["A B"]}}
    paper = observation(bare, seen=NOW)
    assert (paper.title, paper.authors, paper.announced, paper.published) == ("T", ("A B",), None, None)


def test_a_day_ahead_is_no_announcement():
    paper = observation(note(odate=at("2026-12-01T00:00"), pdate=at("2026-11-01T00:00")), seen=NOW)
    assert (paper.announced, paper.published) == (None, "2026-11-01T00:00:00Z")


def test_absurd_times_are_none():
    paper = observation(note(cdate=10**30, odate="soon", mdate=-5, pdate=True), seen=NOW)
    assert (paper.published, paper.updated, paper.announced) == (None, None, None)


def test_a_deleted_note_is_left_out_and_an_unreadable_one_counted():
    page = parse(body(note(1, ddate=1), note(2, content={"title": None}), {"id": "x"}, 7), seen=NOW)
    assert [one.reason for one in page.skipped] == ["has no title", "has no id", "is no note"]
    assert page.entries == 4


def test_a_venue_is_read_page_by_page(source, wire, session):
    wire.answer("/notes", wire.reply(body(note(1), note(2), count=3)), wire.reply(body(note(3), count=3)))
    listing = listing_of(source, session)
    assert (listing.day, listing.status, len(listing.observations)) == (NOW.date(), Status.COMPLETE, 3)
    asked = [parse_qs(path.partition("?")[2]) for path in wire.paths]
    assert [query["offset"] for query in asked] == [["0"], ["2"]]
    assert asked[0]["invitation"] == ["TMLR/-/Submission"]


def test_a_venue_that_ends_early_or_refuses_is_told_and_the_others_kept(wire, session):
    source = build_source({"type": "openreview", "base_url": wire.url, "venues": ["TMLR", "A.cc/2026/Conference"]})
    refused = wire.reply(b'{"name":"ForbiddenError","message":"Not allowed"}', "403 Forbidden")
    wire.answer("/notes", refused, wire.reply(body(note(1), count=2)), wire.reply(body(count=2)))
    listing = listing_of(source, session)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert listing.error.startswith("A.cc/2026/Conference: ")
    assert "It says: “Not allowed”" in listing.error


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"message": "x"}'])
def test_what_is_no_list_of_notes_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="OpenReview"):
        parse(raw, seen=NOW)


def test_a_source_without_venues_is_told():
    with pytest.raises(UsageError, match="needs 'venues'"):
        build_source({"type": "openreview"})
