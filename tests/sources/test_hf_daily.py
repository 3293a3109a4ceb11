"""Daily Papers: days, pages, drift of the schema, and what an empty or broken list means."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import SourceError, UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.hf_daily import UnreadableError, observation_from_entry, parse

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)  # a Friday
TODAY = NOW.date()
THURSDAY = TODAY - dt.timedelta(days=1)
SUNDAY = TODAY - dt.timedelta(days=5)


def entry(number: int = 1, **paper: Any) -> dict[str, Any]:
    """Write a record as the API gives it today."""
    return {
        "paper": {
            "id": f"2608.{number:05}",
            "authors": [{"name": "Ada Lovelace", "hidden": False}, {"name": "Bo Ek", "hidden": True}],
            "publishedAt": "2026-08-19T17:34:15.000Z",
            "submittedOnDailyAt": "2026-08-21T00:00:00.000Z",
            "title": f"Title\n  {number}",
            "submittedOnDailyBy": {"fullname": "Cy Dee", "name": "cydee", "followerCount": 3},
            "summary": "One\nabstract",
            "upvotes": 5,
            "projectPage": "https://project.example.org/",
            "githubRepo": "https://github.com/a/b",
            "githubStars": 8,
            "ai_keywords": ["x", "y"],
            "organization": {"name": "acme", "fullname": "Acme Labs"},
            **paper,
        },
        "publishedAt": "2026-08-19T13:34:15.000Z",
        "title": "Outer title",
        "numComments": 2,
    }


def body(*entries: object) -> bytes:
    return json.dumps(entries).encode()


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


@pytest.fixture
def source(wire):
    return build_source({"type": "hf-daily", "base_url": wire.url + "/"})


def test_a_record_gives_all_its_fields():
    (paper,), skipped = parse(body(entry()), TODAY, NOW)
    assert not skipped
    assert (paper.id, paper.ids, paper.title) == ("arxiv:2608.00001", {"arxiv": ("2608.00001",)}, "Title 1")
    assert (paper.abstract, paper.authors) == ("One abstract", ("Ada Lovelace", "Bo Ek"))
    assert (paper.published, paper.announced, paper.seen) == ("2026-08-19T17:34:15Z", TODAY, NOW)
    assert paper.signals == {"upvotes": 5, "comments": 2, "github_stars": 8}
    assert paper.urls == {
        "page": "https://huggingface.co/papers/2608.00001",
        "abs": "https://arxiv.org/abs/2608.00001",
        "pdf": "https://arxiv.org/pdf/2608.00001",
        "code": "https://github.com/a/b",
        "project": "https://project.example.org/",
    }
    assert (paper.organization, paper.submitter) == ("Acme Labs", "Cy Dee")
    assert paper.extra == {
        "publishedAt": "2026-08-19T13:34:15.000Z",
        "submittedOnDailyAt": "2026-08-21T00:00:00.000Z",
        "ai_keywords": ["x", "y"],
    }


def test_a_record_of_2024_lacks_most_and_is_read():
    old = {"paper": {"id": "2405.15738v2", "authors": [], "title": "T", "upvotes": 0}, "title": "T", "mediaUrl": "x"}
    paper = observation_from_entry(old, day=None, seen=NOW)
    assert not isinstance(paper, str)
    assert (paper.id, paper.announced, paper.abstract, paper.authors) == ("arxiv:2405.15738", None, None, ())


def test_a_paper_that_is_not_on_arxiv_keeps_the_id_of_the_service():
    paper = observation_from_entry(entry(id="hf-42"), day=TODAY, seen=NOW)
    assert not isinstance(paper, str)
    assert (paper.id, paper.ids) == ("hf-daily:hf-42", {"hf-daily": ("hf-42",)})
    assert "abs" not in paper.urls


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("{'paper': {}}", "is a text, not a record of a paper"),
        (None, "is empty, not a record of a paper"),
        (7, "is a number, not a record of a paper"),
        ({}, "is a record of something else, not a record of a paper"),
        ({"paper": []}, "is a record of something else, not a record of a paper"),
        ({"paper": {"title": "T"}}, "has no id"),
        ({"paper": {"id": 7, "title": "T"}}, "has no id"),
        ({"paper": {"id": "2608.00001"}}, "has no title (2608.00001)"),
        ({"paper": {"id": "2608.00001", "title": None}, "title": 5}, "has no title (2608.00001)"),
        ({"paper": {"id": "2608.00001", "title": " \n"}}, "has no title (2608.00001)"),
    ],
)
def test_a_broken_record_is_skipped_and_told_and_the_others_kept(broken, reason):
    papers, skipped = parse(body(entry(2), broken), TODAY, NOW)
    assert [paper.id for paper in papers] == ["arxiv:2608.00002"]
    assert [(one.where, one.reason) for one in skipped] == [("2026-08-21 entry 2", reason)]


def test_fields_of_a_wrong_kind_are_absent():
    names = ("summary", "publishedAt", "submittedOnDailyBy", "organization", "upvotes", "githubRepo", "ai_keywords")
    wrong: dict[str, Any] = {name: [7] for name in names}
    paper = observation_from_entry(entry(**wrong, authors={"name": "x"}, githubStars=True), day=TODAY, seen=NOW)
    assert not isinstance(paper, str)
    assert (paper.abstract, paper.published, paper.submitter, paper.organization) == (None, None, None, None)
    assert (paper.authors, paper.signals) == ((), {"comments": 2})
    assert "code" not in paper.urls


def test_fields_are_bounded_and_can_be_written_as_utf8():
    huge = entry(
        title="x" * 5_000, summary="é" * 10_000_000, authors=[{"name": f"A {n}"} for n in range(5_000)], upvotes=-1
    )
    paper = observation_from_entry(huge, day=TODAY, seen=NOW)
    assert not isinstance(paper, str)
    assert len(paper.title.encode()) <= 1_000
    assert paper.abstract
    assert len(paper.abstract.encode()) <= 50_000
    assert paper.abstract.endswith("…")
    assert len(paper.authors) == 1_000
    assert "upvotes" not in paper.signals
    surrogate = observation_from_entry(json.loads(r'{"paper": {"id": "1", "title": "a\ud800b"}}'), day=TODAY, seen=NOW)
    assert not isinstance(surrogate, str)
    assert surrogate.title == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://", "http://[", "https://a b"])
def test_only_http_addresses_are_kept(url):
    paper = observation_from_entry(entry(projectPage=url, githubRepo=url), day=TODAY, seen=NOW)
    assert not isinstance(paper, str)
    assert set(paper.urls) == {"page", "abs", "pdf"}


@pytest.mark.parametrize("when", ["9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday", "2026-13-45"])
def test_an_absurd_date_is_absent(when):
    paper = observation_from_entry(entry(publishedAt=when), day=TODAY, seen=NOW)
    assert not isinstance(paper, str)
    assert paper.published is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"[" * 100_000, id="depth"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"error": "x"}', id="an object"),
        pytest.param(b"[{", id="cut"),
        pytest.param(b"\xff\xfe[", id="no UTF-8"),
        pytest.param(b"null", id="null"),
    ],
)
def test_what_is_no_list_is_one_readable_error(raw):
    with pytest.raises(UnreadableError, match=r"is not whole JSON|is not a list of papers"):
        parse(raw, TODAY, NOW)


def test_odd_numbers_and_a_byte_order_mark_spoil_nothing():
    text = json.dumps([entry(), entry(2)])
    for odd in ("NaN", "-Infinity", "1e999", "9" * 5_000):
        raw = re.sub(r'"upvotes": 5', f'"upvotes": {odd}', text, count=1)
        papers, skipped = parse(b"\xef\xbb\xbf" + raw.encode(), TODAY, NOW)
        assert len(papers) == 2
        assert not skipped
        assert "upvotes" not in papers[0].signals


KEYS = st.sampled_from(["paper", "id", "title", "authors", "name", "organization", "upvotes", "summary", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps([value]).encode()))
def test_any_bytes_give_records_or_one_kind_of_error(raw):
    try:
        papers, _ = parse(raw, TODAY, NOW)
    except UnreadableError:
        return
    for paper in papers:
        paper.title.encode()


# --- days and pages --------------------------------------------------------------------------------


def test_a_past_day_is_complete_and_today_never_is(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(body(entry())))
    past, today = listings(source, session, THURSDAY, TODAY)
    assert (past.day, past.status, past.error, past.requests) == (THURSDAY, Status.COMPLETE, None, 1)
    assert (today.day, today.status, today.error) == (TODAY, Status.PARTIAL, None)
    assert wire.paths == [f"/api/daily_papers?date={day}&p=0&limit=100" for day in (THURSDAY, TODAY)]


def test_pages_are_read_to_the_end(wire, session, source):
    pages = [[entry(n) for n in range(start, end)] for start, end in ((0, 100), (100, 150), (140, 160))]
    wire.answer("/api/daily_papers", *(wire.reply(body(*page)) for page in pages))
    (listing,) = listings(source, session, THURSDAY)
    assert [paper.id for paper in listing.observations] == [f"arxiv:2608.{n:05}" for n in range(160)]
    assert (listing.status, listing.requests) == (Status.COMPLETE, 3)


def test_a_server_that_repeats_its_page_for_ever_is_left(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(body(*[entry(n) for n in range(100)])))
    (listing,) = listings(source, session, THURSDAY)
    assert (len(listing.observations), listing.status, listing.requests) == (100, Status.COMPLETE, 2)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (SUNDAY, Status.EXPECTED_EMPTY),
        (THURSDAY, Status.STALE),
        (TODAY, Status.PARTIAL),
        (TODAY - dt.timedelta(days=8), Status.EXPECTED_EMPTY),
    ],
)
def test_an_empty_list_means_what_its_day_says(wire, session, source, day, status):
    wire.answer("/api/daily_papers", wire.reply(b"[]"))
    (listing,) = listings(source, session, day)
    assert listing.status is status
    if status is Status.STALE:
        assert listing.error == (
            f"127.0.0.1:{wire.port} lists nothing for 2026-08-20, a Thursday, which is unusual. "
            "The next fetch asks again."
        )
    else:
        assert listing.error is None


def test_a_day_to_come_is_not_asked_for(wire, session, source):
    (listing,) = listings(source, session, TODAY + dt.timedelta(days=1))
    assert (listing.status, listing.requests, wire.heads) == (Status.FAILED, 0, [])
    assert listing.error == "2026-08-22 is in the future: its Daily Papers are listed on that day."


def test_a_day_that_the_service_refuses_fails_alone(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(b"{}", "400 Bad Request"), wire.reply(body(entry())))
    refused, read = listings(source, session, TODAY, THURSDAY)
    assert refused.status is Status.FAILED
    assert refused.error
    assert "(HTTP 400)" in refused.error
    assert read.status is Status.COMPLETE


def test_a_day_that_is_no_list_fails_alone(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(b"{}"), wire.reply(body(entry())))
    broken, read = listings(source, session, SUNDAY, THURSDAY)
    assert (broken.status, broken.error) == (
        Status.FAILED,
        "The reply for 2026-08-16 is not a list of papers. The next fetch asks again.",
    )
    assert read.status is Status.COMPLETE


def test_what_was_read_before_a_page_failed_is_kept(wire, session, source):
    first = wire.reply(body(*[entry(n) for n in range(100)]))
    wire.answer("/api/daily_papers", first, wire.reply(b"", "500 Oops"))
    (listing,) = listings(source, session, THURSDAY)
    assert (listing.status, len(listing.observations), listing.requests) == (Status.PARTIAL, 100, 4)
    assert listing.error == "127.0.0.1 is out of order (HTTP 500). The next fetch asks again."


def test_one_day_that_fails_does_not_stop_the_others(wire, session, source):
    oops = wire.reply(b"", "500 Oops")
    wire.answer("/api/daily_papers", oops, oops, oops, wire.reply(body(entry())))
    failed, read = listings(source, session, SUNDAY, THURSDAY)
    assert (failed.day, failed.status, failed.requests) == (SUNDAY, Status.FAILED, 3)
    assert failed.error == "127.0.0.1 is out of order (HTTP 500). The next fetch asks again."
    assert (read.day, read.status, read.requests) == (THURSDAY, Status.COMPLETE, 1)


def test_two_days_in_a_row_that_fail_end_the_source_and_keep_the_days_before(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(body(entry())), wire.reply(b"", "500 Oops"))
    days = [SUNDAY + dt.timedelta(days=n) for n in range(5)]
    left = source.fetch(session, days, now=NOW, validators={})
    read = [(listing.day, listing.status) for listing in (next(left), next(left))]
    with pytest.raises(SourceError, match="out of order"):
        next(left)
    assert read == [(days[0], Status.COMPLETE), (days[1], Status.FAILED)]
    assert len(wire.heads) == 7


def test_a_service_that_cannot_be_reached_is_asked_for_no_further_day(session):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    source = build_source({"type": "hf-daily", "base_url": f"http://127.0.0.1:{port}"})
    with pytest.raises(SourceError, match="refused the connection"):
        listings(source, session, SUNDAY, THURSDAY)
    assert session.requests == 1


def test_a_day_with_skipped_records_is_partial(wire, session, source):
    wire.answer("/api/daily_papers", wire.reply(body(entry(), "x")))
    (listing,) = listings(source, session, THURSDAY)
    assert (listing.status, len(listing.observations), len(listing.skipped)) == (Status.PARTIAL, 1, 1)
    wire.answer("/api/daily_papers", wire.reply(body("x", "y")))
    (listing,) = listings(source, session, THURSDAY)
    assert (listing.status, listing.error) == (
        Status.FAILED,
        "None of the 2 entries of 2026-08-20 could be read. The next fetch asks again.",
    )


# --- weeks, months, one submitter ------------------------------------------------------------------------------


def listed(number, day):
    return entry(number, submittedOnDailyAt=f"{day}T01:00:00.000Z")


def test_a_week_is_asked_for_once_and_parted_by_day(wire, session):
    source = build_source({"type": "hf-daily", "base_url": wire.url, "by": "week"})
    days = [dt.date(2026, 8, 17) + dt.timedelta(days=n) for n in range(5)]
    wire.answer(
        "/api/daily_papers",
        wire.reply(body(listed(1, "2026-08-17"), listed(2, "2026-08-18"), listed(3, "2026-08-18"))),
        wire.reply(body(listed(4, "2026-08-20"), listed(5, "2026-08-13"))),
        wire.reply(body()),
    )
    found = listings(source, session, *days[:4], dt.date(2026, 8, 22), now=NOW)
    assert [len(one.observations) for one in found] == [1, 2, 0, 1, 0]
    assert [one.status for one in found] == [
        Status.COMPLETE, Status.COMPLETE, Status.STALE, Status.COMPLETE, Status.FAILED,
    ]  # fmt: skip
    assert [paper.announced for one in found for paper in one.observations] == [days[0], days[1], days[1], days[3]]
    assert [one.requests for one in found] == [3, 0, 0, 0, 0]
    assert "week=2026-W34" in wire.paths[0]
    assert "p=2" in wire.paths[2]


def test_a_month_of_old_records_that_tell_no_day_is_kept(wire, session):
    source = build_source({"type": "hf-daily", "base_url": wire.url, "by": "month"})
    old = {"paper": {"id": "2402.00001", "title": "Old"}}
    wire.answer("/api/daily_papers", wire.reply(body(old)), wire.reply(body()))
    found = listings(source, session, dt.date(2024, 2, 5), dt.date(2024, 2, 6), now=NOW)
    assert [[paper.announced for paper in one.observations] for one in found] == [[None], []]
    assert [one.status for one in found] == [Status.COMPLETE, Status.EXPECTED_EMPTY]
    assert "month=2024-02" in wire.paths[0]


def test_the_days_of_a_53rd_week_are_asked_for_one_by_one(wire, session):
    source = build_source({"type": "hf-daily", "base_url": wire.url, "by": "week"})
    wire.answer("/api/daily_papers", wire.reply(body(listed(1, "2020-12-28"))))
    listings(source, session, dt.date(2020, 12, 27), dt.date(2020, 12, 28), dt.date(2020, 12, 29), now=NOW)
    assert [re.search("(week|date)=([^&]*)", path)[2] for path in wire.paths] == [
        "2020-W52", "2020-W52", "2020-12-28", "2020-12-29",
    ]  # fmt: skip


def test_a_week_that_fails_fails_for_all_its_days(wire, session):
    source = build_source({"type": "hf-daily", "base_url": wire.url, "by": "week"})
    wire.answer("/api/daily_papers", wire.reply(b"", "404 Not Found"))
    found = listings(source, session, dt.date(2026, 8, 11), dt.date(2026, 8, 12), now=NOW)
    assert [one.status for one in found] == [Status.FAILED, Status.FAILED]
    wire.answer("/api/daily_papers", wire.reply(b"", "400 Bad Request"))
    (one,) = listings(source, session, dt.date(2026, 8, 11), now=NOW)
    assert "takes 2026-W33 for no week that it has" in one.error


def test_one_submitter_may_submit_nothing_for_a_day(wire, session):
    source = build_source({"type": "hf-daily", "base_url": wire.url, "submitter": "cydee"})
    wire.answer("/api/daily_papers", wire.reply(body()))
    (one,) = listings(source, session, THURSDAY)
    assert one.status is Status.EXPECTED_EMPTY
    assert "submitter=cydee" in wire.paths[0]
    assert source.query == "submitter=cydee"
    assert build_source({"type": "hf-daily", "by": "month"}).query == ""


def test_a_period_that_does_not_exist_is_told():
    with pytest.raises(UsageError, match="cannot ask by 'year'"):
        build_source({"type": "hf-daily", "by": "year"})


# --- what is shown at the moment -------------------------------------------------------------------------------


def test_a_search_is_one_list_without_a_day(wire, session):
    source = build_source({"type": "hf-search", "base_url": wire.url, "query": "world models"})
    flat = {"id": "2608.00002", "title": "Two", "upvotes": 3, "numComments": 1}
    wire.answer("/api/papers/search", wire.reply(body(entry(1), flat, entry(1))))
    (one,) = listings(source, session)
    assert (one.day, one.status, one.error) == (TODAY, Status.COMPLETE, None)
    assert [(paper.id, paper.announced, paper.source) for paper in one.observations] == [
        ("arxiv:2608.00001", None, "hf-search"), ("arxiv:2608.00002", None, "hf-search"),
    ]  # fmt: skip
    assert one.observations[1].signals == {"upvotes": 3, "comments": 1}
    assert "q=world+models" in wire.paths[0]
    wire.answer("/api/papers/search", wire.reply(body()))
    (one,) = listings(source, session)
    assert one.status is Status.COMPLETE


def test_what_trends_is_never_nothing(wire, session):
    source = build_source({"type": "hf-trending", "base_url": wire.url})
    wire.answer("/api/daily_papers", wire.reply(body(entry(1), 3)), wire.reply(body()))
    partial, empty = [*listings(source, session), *listings(source, session)]
    assert (partial.status, len(partial.observations), len(partial.skipped)) == (Status.PARTIAL, 1, 1)
    assert empty.status is Status.STALE
    assert "sort=trending" in wire.paths[0]


def test_a_search_needs_words():
    with pytest.raises(UsageError, match="needs 'query'"):
        build_source({"type": "hf-search"})
