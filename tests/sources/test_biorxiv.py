"""bioRxiv and medRxiv: versions, odd values, and a walk that skips nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from papertriage.errors import SourceError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.biorxiv import observation, parse
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)  # a Friday
DAY = dt.date(2026, 8, 19)
SUNDAY = dt.date(2026, 8, 16)


def record(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "title": f"Title {number}",
        "authors": "Lima, A.; Ek, B. C.; The Example Consortium; ",
        "author_corresponding": "Ana Lima",
        "author_corresponding_institution": "Example University",
        "doi": f"10.64898/2026.08.01.{number:06}",
        "date": DAY.isoformat(),
        "version": "1",
        "type": "new results",
        "license": "cc_by",
        "category": "cell biology",
        "jatsxml": "https://www.biorxiv.org/content/early/2026/08/19/x.source.xml",
        "abstract": "We measured CO<sub>2</sub>.",
        "funder": "NA",
        "published": "NA",
        "server": "bioRxiv",
        **fields,
    }


def body(*records: object, total: object = None, **message: object) -> bytes:
    status = {"status": "ok", "count": len(records), "total": str(len(records) if total is None else total)}
    return json.dumps({"messages": [{**status, **message}], "collection": records}).encode()


NOTHING = body(status="no posts found", total=0)


class Server:
    """Gives records from any cursor on, in pages whose size may change."""

    def __init__(self, wire, records, day=DAY, name="biorxiv"):
        self.wire, self.records, self.root = wire, records, f"/details/{name}/{day}/{day}"
        wire.answer(f"{self.root}/{len(records)}/json", wire.reply(NOTHING))

    def page(self, cursor: int, size: int, total: int | None = None) -> None:
        records = self.records[cursor : cursor + size]
        reply = body(*records, total=len(self.records) if total is None else total)
        self.wire.answer(f"{self.root}/{cursor}/json", self.wire.reply(reply))


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


@pytest.fixture
def source(wire):
    return build_source({"type": "biorxiv", "base_url": wire.url + "/"})


def test_a_record_gives_all_its_fields():
    paper = observation(record(funder=[{"name": "Fund", "id": "x"}, {"award": 1}]), seen=NOW)
    assert (paper.id, paper.native) == ("doi:10.64898/2026.08.01.000001", "10.64898/2026.08.01.000001v1")
    assert (paper.title, paper.abstract) == ("Title 1", "We measured CO₂.")
    assert paper.authors == ("A. Lima", "B. C. Ek", "The Example Consortium")
    assert (paper.published, paper.updated, paper.announced, paper.version) == ("2026-08-19", None, DAY, 1)
    assert (paper.categories, paper.venue, paper.organization) == (("cell biology",), "bioRxiv", "Example University")
    assert paper.urls == {
        "page": "https://doi.org/10.64898/2026.08.01.000001",
        "abs": "https://www.biorxiv.org/content/10.64898/2026.08.01.000001v1",
        "pdf": "https://www.biorxiv.org/content/10.64898/2026.08.01.000001v1.full.pdf",
    }
    assert paper.extra["funder"] == ["Fund"]
    assert "published" not in paper.extra


def test_the_published_doi_is_an_identity_of_the_preprint():
    paper = observation(record(published="10.1038/S41586-026-1"), seen=NOW)
    assert paper.ids == {"doi": ("10.64898/2026.08.01.000001", "10.1038/s41586-026-1")}
    assert paper.id == "doi:10.64898/2026.08.01.000001"


def test_versions_of_one_doi_are_records_of_their_own():
    page = parse(body(record(1, version="1"), record(1, version="3")), seen=NOW)
    assert {paper.id for paper in page.observations} == {"doi:10.64898/2026.08.01.000001"}
    assert [(paper.version, paper.published, paper.updated) for paper in page.observations] == [
        (1, "2026-08-19", None),
        (3, None, "2026-08-19"),
    ]
    assert len({paper.key for paper in page.observations}) == 2


def test_na_is_nothing():
    names = ("authors", "abstract", "category", "license", "author_corresponding_institution", "date", "server")
    paper = observation(record(**dict.fromkeys(names, "NA")), seen=NOW)
    assert (paper.authors, paper.abstract, paper.categories, paper.organization) == ((), None, (), None)
    assert (paper.published, paper.announced, paper.venue, paper.urls.get("pdf")) == (None, None, None, None)


def test_a_single_author_is_turned_too():
    assert observation(record(authors="Lima, Ana"), seen=NOW).authors == ("Ana Lima",)


def test_a_day_is_walked_to_its_end(source, wire, session):
    Server(wire, [record(n) for n in range(3)]).page(0, 3)
    (listing,) = listings(source, session, DAY)
    assert (listing.status, listing.error, len(listing.observations)) == (Status.COMPLETE, None, 3)
    assert listing.requests == 2


def test_nothing_is_skipped_when_the_page_size_changes_in_mid_walk(source, wire, session):
    server = Server(wire, [record(n) for n in range(250)])
    for cursor, size in ((0, 100), (100, 30), (130, 100), (230, 100)):
        server.page(cursor, size)
    (listing,) = listings(source, session, DAY)
    assert listing.status is Status.COMPLETE
    assert [paper.title for paper in listing.observations] == [f"Title {n}" for n in range(250)]


def test_a_count_that_disagrees_with_the_page_never_leads_past_a_record(wire, session, source):
    records = [record(n) for n in range(4)]
    root = Server(wire, records).root
    wire.answer(f"{root}/0/json", wire.reply(body(*records[:2], total=4, count=4)))
    wire.answer(f"{root}/2/json", wire.reply(body(*records[2:], total=4, count="1")))
    wire.answer(f"{root}/3/json", wire.reply(body(*records[3:], total=4)))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 4)


def test_an_inflated_total_is_no_fault(source, wire, session):
    server = Server(wire, [record(n) for n in range(190)])
    server.page(0, 100, total=212)
    server.page(100, 100, total=212)
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 190)


def test_an_empty_page_in_mid_walk_is_asked_again(source, wire, session):
    server = Server(wire, [record(n) for n in range(200)])
    server.page(0, 100)
    server.page(100, 100)
    wire.answers[f"{server.root}/100/json"].insert(0, wire.reply(NOTHING))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 200)


def test_a_day_that_stays_short_is_partial(source, wire, session):
    server = Server(wire, [record(n) for n in range(100)])
    server.page(0, 100, total=522)
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 100)
    told = f"127.0.0.1:{wire.port} says that it has 522 records and gave 100. The next fetch asks again."
    assert listing.error == told


def test_what_was_read_before_a_failure_is_kept(source, wire, session):
    server = Server(wire, [record(n) for n in range(200)])
    server.page(0, 100)
    wire.answer(f"{server.root}/100/json", wire.reply(b"", "503 Busy"))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 100)
    assert "HTTP 503" in listing.error


def test_one_day_may_fail_alone_and_two_in_a_row_are_an_outage(source, wire, session):
    Server(wire, [record()]).page(0, 1)
    days = [SUNDAY, DAY, DAY - dt.timedelta(1), DAY - dt.timedelta(2)]
    coming = source.fetch(session, days, now=NOW, validators={})
    found = [next(coming) for _ in range(3)]
    with pytest.raises(SourceError, match="HTTP 404"):
        next(coming)
    assert [listing.status for listing in found] == [Status.FAILED, Status.COMPLETE, Status.FAILED]


@pytest.mark.parametrize(
    ("day", "now", "status"),
    [
        (DAY, NOW, Status.STALE),
        (SUNDAY, NOW, Status.EXPECTED_EMPTY),
        (DAY, NOW + dt.timedelta(days=30), Status.COMPLETE),
        (NOW.date(), NOW, Status.PARTIAL),
    ],
)
def test_an_empty_day_is_judged_by_the_calendar(source, wire, session, day, now, status):
    Server(wire, [], day=day)
    (listing,) = listings(source, session, day, now=now)
    assert listing.status is status


def test_the_future_is_not_asked_for(source, session):
    (listing,) = listings(source, session, NOW.date() + dt.timedelta(days=1))
    assert (listing.status, session.requests) == (Status.FAILED, 0)


def test_only_the_wanted_categories_are_kept_and_all_are_walked(wire, session):
    source = build_source({"type": "medrxiv", "base_url": wire.url, "categories": ["Cell_Biology"]})
    records = [record(1), record(2, category="neuroscience"), record(3)]
    Server(wire, records, name="medrxiv").page(0, 3)
    (listing,) = listings(source, session, DAY)
    assert source.query == "cell biology"
    assert [paper.title for paper in listing.observations] == ["Title 1", "Title 3"]
    assert listing.observations[0].source == "medrxiv"


def test_a_record_that_cannot_be_read_is_counted(source, wire, session):
    Server(wire, [record(1), record(2, title="NA"), {"doi": "none"}, "text"]).page(0, 4)
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert [one.reason for one in listing.skipped] == ["has no title", "has no DOI", "is no record of a preprint"]
    (old,) = listings(source, session, DAY, now=NOW + dt.timedelta(days=30))
    assert old.status is Status.COMPLETE  # it will not be mended any more


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'{"messages": []}', b'{"messages": [{"status": "error"}], "collection": []}', b"[" * 100_000],
)
def test_what_is_no_list_of_preprints_is_an_error(raw):
    with pytest.raises(UnreadableReplyError):
        parse(raw, seen=NOW)
