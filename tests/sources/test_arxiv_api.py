"""arXiv's query API: what is asked, and pages that are short, empty, repeated or refused."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest

from papertriage.errors import SourceError, UsageError
from papertriage.model import Status
from papertriage.sources import arxiv_api
from papertriage.sources.arxiv_api import lookup, parse
from papertriage.sources.base import build_source
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)  # a Tuesday
DAY = dt.date(2026, 11, 12)  # a Thursday: announced on the 13th and the 16th


def entry(number: int, more: str = "") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/2611.{number:05}v2</id><title>Paper\n  {number}</title>"
        "<updated>2026-11-14T10:00:00Z</updated><published>2026-11-12T09:00:00Z</published>"
        '<summary> An abstract. </summary><category term="stat.ML"/><category term="cs.CL"/>'
        '<arxiv:primary_category term="cs.CL"/><author><name>Ann Lee</name><arxiv:affiliation>MIT</arxiv:affiliation>'
        f"<arxiv:affiliation>CERN</arxiv:affiliation></author><author><name>Bo Ek</name></author>{more}</entry>"
    )


def feed(*entries: str, total: int | None = None) -> bytes:
    count = "" if total is None else f"<o:totalResults>{total}</o:totalResults>"
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        f'xmlns:o="http://a9.com/-/spec/opensearch/1.1/"><title>arXiv Query</title>{count}{"".join(entries)}</feed>'
    ).encode()


def error_entry(text: str) -> str:
    return (
        f"<entry><id>https://arxiv.org/api/errors#{text.replace(' ', '_')}</id><title>Error</title>"
        f"<summary>{text}</summary></entry>"
    )


def papers(first: int, last: int) -> list[str]:
    return [entry(number) for number in range(first, last)]


def source(wire, **settings):
    return build_source({"type": "arxiv-api", "base_url": wire.url, "categories": ["cs.CL"], **settings})


def ask(wire, session, *replies: bytes, day: dt.date = DAY, **settings):
    wire.answer("/api/query", *(wire.reply(reply) for reply in replies))
    (listing,) = source(wire, **settings).fetch(session, [day], now=NOW, validators={})
    return listing


def starts(wire) -> list[int]:
    return [int(parse_qs(urlsplit(path).query)["start"][0]) for path in wire.paths]


def test_an_entry_becomes_an_observation() -> None:
    more = (
        "<arxiv:comment>9 pages</arxiv:comment><arxiv:journal_ref>J. 1</arxiv:journal_ref>"
        "<arxiv:doi>10.1000/X</arxiv:doi>"
    )
    page = parse(feed(entry(1, more), total=1), seen=NOW)
    (paper,) = page.observations
    assert (paper.id, paper.native, paper.version) == ("arxiv:2611.00001", "http://arxiv.org/abs/2611.00001v2", 2)
    assert (paper.title, paper.abstract) == ("Paper 1", "An abstract.")
    assert (paper.published, paper.updated) == ("2026-11-12T09:00:00Z", "2026-11-14T10:00:00Z")
    assert paper.announced is None
    assert paper.categories == ("cs.CL", "stat.ML")
    assert paper.authors == ("Ann Lee", "Bo Ek")
    assert paper.extra == {"affiliations": {"Ann Lee": "MIT; CERN"}}
    assert (paper.comment, paper.venue, paper.ids["doi"]) == ("9 pages", "J. 1", ("10.1000/x",))
    assert (page.total, page.entries) == (1, 1)


def test_entries_without_id_or_title_are_told() -> None:
    page = parse(feed("<entry><title>x</title></entry>", entry(1).replace("Paper\n  1", ""), total=2), seen=NOW)
    assert [one.reason for one in page.skipped] == ["has no arXiv id", "has no title"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<feed", "cannot be read"),
        (b"<rss/>", "no list of search results"),
        (feed(), "does not say how many"),
        (feed(total=3)[:-9], "cannot be read"),
        (b'<!DOCTYPE feed><feed xmlns="http://www.w3.org/2005/Atom"/>', "DOCTYPE"),
    ],
)
def test_what_is_no_list_of_results_is_an_error(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableReplyError, match=reason):
        parse(body, seen=NOW)


def test_a_day_is_asked_for_by_its_submissions(wire, session) -> None:
    listing = ask(wire, session, feed(*papers(0, 2), total=2), categories=["cs.LG", "cs.CL"], query="ti:a OR ti:b")
    assert (listing.status, len(listing.observations), listing.requests) == (Status.COMPLETE, 2, 1)
    (asked,) = (parse_qs(urlsplit(path).query) for path in wire.paths)
    assert asked == {
        "search_query": [
            "(cat:cs.CL OR cat:cs.LG) AND (ti:a OR ti:b) AND submittedDate:[202611120000 TO 202611122359]"
        ],
        "start": ["0"],
        "max_results": ["200"],
        "sortBy": ["submittedDate"],
        "sortOrder": ["ascending"],
    }


def test_new_versions_are_asked_for_by_their_day(wire, session) -> None:
    ask(wire, session, feed(*papers(0, 1), total=1), by="updated")
    asked = parse_qs(urlsplit(wire.paths[0]).query)
    assert asked["search_query"] == ["cat:cs.CL AND lastUpdatedDate:[202611120000 TO 202611122359]"]
    assert asked["sortBy"] == ["lastUpdatedDate"]


def test_pages_are_counted_by_what_came(wire, session) -> None:
    replies = [feed(*papers(0, 3), total=8), feed(*papers(3, 4), total=8), feed(*papers(4, 8), total=8)]
    listing = ask(wire, session, *replies)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 8)
    assert starts(wire) == [0, 3, 4]


def test_a_page_that_is_empty_or_repeated_is_asked_for_again(wire, session) -> None:
    replies = [feed(*papers(0, 3), total=6), feed(total=6), feed(*papers(0, 3), total=6), feed(*papers(3, 6), total=6)]
    listing = ask(wire, session, *replies)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 6)
    assert starts(wire) == [0, 3, 3, 3]


def test_a_page_that_cannot_be_had_leaves_the_day_partial(wire, session) -> None:
    replies = [feed(*papers(0, 200), total=500), *[feed(total=500)] * 3, feed(*papers(400, 500), total=500)]
    listing = ask(wire, session, *replies, *[feed(total=500)])
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 300)
    assert listing.error == f"{wire.url[7:]} says that it has 500 records and gave 300. The next fetch asks again."


def test_a_total_that_is_wrong_is_told(wire, session) -> None:
    listing = ask(wire, session, feed(*papers(0, 2), total=3), feed(total=3))
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 2)
    assert "has 3 records and gave 2" in (listing.error or "")
    assert len(wire.heads) < 10


def test_a_total_that_shrinks_on_the_way_is_believed(wire, session) -> None:
    listing = ask(wire, session, feed(*papers(0, 2), total=9), feed(*papers(2, 4), total=4))
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 4)


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_an_error_entry_is_a_refusal_whatever_the_status(wire, session, status) -> None:
    body = feed(error_entry("malformed query"), total=1)
    wire.answer("/api/query", wire.reply(body, status))
    with pytest.raises(SourceError) as caught:
        list(source(wire).fetch(session, [DAY], now=NOW, validators={}))
    assert str(caught.value) == (f"{wire.url[7:]} refuses the query: “malformed query”. Correct it in config.yaml.")


def test_a_paper_called_error_is_a_paper() -> None:
    page = parse(feed(entry(1).replace("Paper\n  1", "Error"), total=1), seen=NOW)
    assert page.observations[0].title == "Error"


def test_a_day_is_partial_until_all_of_it_was_announced(wire, session) -> None:
    whole = feed(*papers(0, 1), total=1)
    wire.answer("/api/query", wire.reply(whole))
    days = [dt.date(2026, 11, n) for n in (19, 20, 21, 22, 23, 24)]
    listings = list(source(wire).fetch(session, days, now=NOW, validators={}))
    # Thursday 19 after 14:00 in New York is listed on Monday 23; Friday 20 on Tuesday 24, and the index comes later.
    assert [(listing.day.day, listing.status.value) for listing in listings] == [
        (19, "complete"), (20, "partial"), (21, "partial"), (22, "partial"), (23, "partial"), (24, "partial"),
    ]  # fmt: skip
    assert all(listing.error is None for listing in listings)


def test_a_day_without_submissions_is_unusual_where_nothing_is_searched_for(wire, session) -> None:
    empty = feed(total=0)
    day = dt.date(2026, 11, 18)
    assert ask(wire, session, empty, day=day).status is Status.STALE
    assert ask(wire, session, empty, day=day, query="ti:rare").status is Status.COMPLETE


def test_ids_are_looked_up_a_hundred_at_a_time(wire, session) -> None:
    wire.answer(
        "/api/query", wire.reply(feed(*papers(0, 100), total=100)), wire.reply(feed(*papers(100, 130), total=30))
    )
    ids = [f"2611.{number:05}" for number in range(130)]
    pages = list(lookup(session, ids, now=NOW, base_url=wire.url))
    assert sum(len(page.observations) for page in pages) == 130
    asked = [parse_qs(urlsplit(path).query) for path in wire.paths]
    assert [len(query["id_list"][0].split(",")) for query in asked] == [100, 30]


def test_the_query_is_arxivs_own_text() -> None:
    made = [
        build_source({"type": "arxiv-api", **settings})
        for settings in (
            {"categories": ["cs.LG", "cs.CL"]},
            {"query": "ti:a  AND abs:b"},
            {"query": "ti:a", "categories": ["cs.CL"], "by": "updated"},
        )
    ]
    assert [one.query for one in made] == [
        "(cat:cs.CL OR cat:cs.LG)", "(ti:a AND abs:b)", "cat:cs.CL AND (ti:a) by updated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more", [{}, {"query": 3}, {"categories": ["x y"]}, {"query": "a\x1b"}, {"query": "a", "by": "x"}]
)
def test_settings_that_ask_for_nothing_are_a_mistake(more) -> None:
    with pytest.raises(UsageError, match="arxiv-api"):
        build_source({"type": "arxiv-api", **more})


def test_no_page_is_asked_for_without_end(wire, session, monkeypatch) -> None:
    monkeypatch.setattr(arxiv_api, "MAX_PAGES", 5)
    listing = ask(wire, session, *(feed(entry(number), total=10**6) for number in range(20)))
    assert (listing.status, len(wire.heads)) == (Status.PARTIAL, 5)
