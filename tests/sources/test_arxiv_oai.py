"""arXiv by OAI-PMH: what records say, and a harvest that is interrupted, refused or led astray."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

import pytest

from papertriage.errors import UsageError
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources.arxiv_oai import set_of
from papertriage.sources.arxiv_records import observation, raw_authors
from papertriage.sources.base import build_source
from papertriage.sources.oaipmh import parse_page
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)  # a Tuesday
TODAY = NOW.date()
READ = partial(observation, seen=NOW, source="arxiv-oai")


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def days(first: int, last: int) -> list[dt.date]:
    return [ago(n) for n in range(first, last - 1, -1)]


def record(number: int, stamp: dt.date, **more):
    at = dt.datetime.combine(stamp - dt.timedelta(days=1), dt.time(15))
    return {"id": f"2611.{number:05}", "stamp": str(stamp), "versions": [at.isoformat()], **more}


def source(wire, **settings):
    return build_source({"type": "arxiv-oai", "base_url": wire.url, **settings})


def run(source, session, asked, *, now=NOW, validators=None) -> list[Listing]:
    return list(source.fetch(session, asked, now=now, validators=validators or {}))


def ids(listings: Iterable[Listing]) -> list[str]:
    return [paper.id for listing in listings for paper in listing.observations]


def last_of(listings: Iterable[Listing]) -> dict[dt.date, str]:
    return {listing.day: listing.status.value for listing in listings}


def wrapped(inner: str) -> bytes:
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inner}</OAI-PMH>'.encode()


def one(metadata: str, identifier: str = "oai:arXiv.org:2611.00001") -> Observation | Skipped | None:
    head = f"<header><identifier>{identifier}</identifier><datestamp>2026-11-24</datestamp></header>"
    whole = wrapped(f"<GetRecord><record>{head}<metadata>{metadata}</metadata></record></GetRecord>")
    (entry,) = parse_page(whole, READ).entries
    return entry[1]


# --- records ---


def test_a_record_in_the_format_arxiv() -> None:
    paper = one(
        '<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2611.00001</id><created>2026-11-01</created>'
        "<updated>2026-11-20</updated><authors>"
        "<author><keyname>:</keyname></author>"
        "<author><keyname>Lee</keyname><forenames>Ann</forenames><suffix>Jr.</suffix>"
        "<affiliation>MIT</affiliation><affiliation>CERN</affiliation></author>"
        "<author><keyname>Planck Collaboration</keyname></author></authors>"
        "<title>Of\n  things</title><categories>cs.CL stat.ML</categories><comments>9 pages</comments>"
        "<report-no>R-1</report-no><journal-ref>J. 1 (2026)</journal-ref>"
        "<doi>10.1103/PhysRevD.93.016005, 10.1103/PhysRevD.98.079901;10.1103/PhysRevD.98.079903</doi>"
        "<license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license><abstract>  All.\n</abstract></arXiv>"
    )
    assert paper == Observation(
        id="arxiv:2611.00001",
        source="arxiv-oai",
        title="Of things",
        seen=NOW,
        ids={
            "arxiv": ("2611.00001",),
            "doi": ("10.1103/physrevd.93.016005", "10.1103/physrevd.98.079901", "10.1103/physrevd.98.079903"),
        },
        native="oai:arXiv.org:2611.00001",
        abstract="All.",
        authors=("Ann Lee Jr.", "Planck Collaboration"),
        published="2026-11-01",
        updated="2026-11-20",
        categories=("cs.CL", "stat.ML"),
        urls={"abs": "https://arxiv.org/abs/2611.00001", "pdf": "https://arxiv.org/pdf/2611.00001"},
        venue="J. 1 (2026)",
        comment="9 pages",
        extra={
            "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
            "report-no": "R-1",
            "affiliations": {"Ann Lee Jr.": "MIT; CERN"},
        },
    )


def test_a_record_in_the_format_arxivraw_tells_versions_to_the_second() -> None:
    paper = one(
        '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>math/0601001</id><submitter>Ann Lee</submitter>'
        '<version version="v1"><date>Sun, 1 Jan 2006 17:57:34 GMT</date><size>9kb</size></version>'
        '<version version="v2"><date>Mon, 19 Jun 2017 16:49:45 GMT</date><size>10kb</size></version>'
        "<title>Things</title><authors>Ann Lee (MIT), Bo Ek and C. Dee</authors><categories>math.AG</categories>"
        "</arXivRaw>",
        "oai:arXiv.org:math/0601001",
    )
    assert isinstance(paper, Observation)
    assert (paper.id, paper.version, paper.submitter) == ("arxiv:math/0601001", 2, "Ann Lee")
    assert (paper.published, paper.updated) == ("2006-01-01T17:57:34Z", "2017-06-19T16:49:45Z")
    assert paper.authors == ("Ann Lee", "Bo Ek", "C. Dee")
    assert paper.abstract is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Bo Ek, and C. Dee", ["Ann Lee", "Bo Ek", "C. Dee"]),
        ("Ann Lee (1 and 2), Bo Ek (2) ((1) MIT, (2) Rome and Paris)", ["Ann Lee", "Bo Ek"]),
        ("ATLAS Collaboration: G. Aad, B. Abbott", ["ATLAS Collaboration", "G. Aad", "B. Abbott"]),
        ("Fernando Andrade", ["Fernando Andrade"]),
        ("Ann Lee,, ", ["Ann Lee"]),
        ("Ann Lee (open", ["Ann Lee"]),
        ("", []),
    ],
)
def test_all_authors_in_one_text_are_parted(text: str, names: list[str]) -> None:
    assert [name for name, _ in raw_authors(text)] == names


def test_a_record_without_namespace_or_envelope_is_read() -> None:
    bare = (
        b"<record><header><identifier>oai:arXiv.org:1711.05739</identifier><datestamp>2017-11-17</datestamp></header>"
        b"<metadata><dc><title>Things</title><creator>Lee, Ann</creator><description> All. </description>"
        b"<description>Comment: 3 pages</description><date>2017-11-15</date><date>2018-01-02</date>"
        b"<identifier>http://arxiv.org/abs/1711.05739</identifier><identifier>J. 1, 2</identifier>"
        b"<identifier>doi:10.1000/x</identifier></dc></metadata></record>"
    )
    ((stamp, paper),) = parse_page(bare, READ).entries
    assert stamp == "2017-11-17"
    assert isinstance(paper, Observation)
    assert (paper.authors, paper.abstract, paper.comment) == (("Ann Lee",), "All.", "3 pages")
    assert (paper.published, paper.updated, paper.venue) == ("2017-11-15", "2018-01-02", "J. 1, 2")
    assert paper.ids == {"arxiv": ("1711.05739",), "doi": ("10.1000/x",)}


@pytest.mark.parametrize(
    ("metadata", "identifier", "reason"),
    [
        ("<arXiv><id>2611.00001</id></arXiv>", "oai:arXiv.org:2611.00001", "has no title"),
        ("<arXiv><title>Things</title></arXiv>", "oai:zenodo.org:1", "has no arXiv id"),
        ("", "oai:arXiv.org:2611.00001", "has no title"),
    ],
)
def test_a_record_that_cannot_be_read_is_told(metadata: str, identifier: str, reason: str) -> None:
    assert one(metadata, identifier) == Skipped(where=identifier, reason=reason)


def test_characters_that_xml_forbids_cost_no_page() -> None:
    paper = one("<arXiv><id>2611.00001</id><title>Bad \x0c and &#x1f; signs</title></arXiv>")
    assert isinstance(paper, Observation)
    assert paper.title == "Bad � and � signs"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"broken xml", "cannot be read"),
        (b"<html><body/></html>", "no reply of OAI-PMH"),
        (wrapped(""), "neither records nor an error"),
        (wrapped("<ListRecords><record>")[:-10], "cannot be read"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + wrapped("<ListRecords/>"), "DOCTYPE"),
        (b"<x><OAI-PMH/></x>", "no reply of OAI-PMH"),
    ],
)
def test_what_is_no_reply_is_an_error(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableReplyError, match=reason):
        parse_page(body, READ)


def test_a_page_is_let_go_of_record_by_record() -> None:
    """A list of 5,000 records keeps what its reader keeps, no tree of elements."""
    import tracemalloc

    inner = "".join(
        f"<record><header><identifier>oai:x:{n}</identifier></header><metadata><dc><title>{'t' * 200}</title></dc>"
        "</metadata></record>"
        for n in range(5_000)
    )
    body = wrapped(f"<ListRecords>{inner}</ListRecords>")
    tracemalloc.start()
    try:
        parse_page(body, lambda record: Skipped(where="", reason=""))
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


# --- days ---


def test_the_days_of_an_ordered_archive_are_complete_as_they_end(wire, session, archive) -> None:
    server = archive(
        record(1, ago(4)), record(2, ago(4)), record(3, ago(4)), record(4, ago(4)), record(5, ago(1)), record(6, TODAY)
    )
    listings = run(source(wire), session, days(5, 0))
    assert [(listing.day, listing.status.value, len(listing.observations)) for listing in listings] == [
        (ago(5), "stale", 0),  # Thursday: nothing, which is unusual
        (ago(4), "partial", 3),
        (ago(4), "complete", 1),
        (ago(3), "expected-empty", 0),
        (ago(2), "expected-empty", 0),
        (ago(1), "complete", 1),
        (TODAY, "partial", 1),  # it still fills
    ]
    assert sum(listing.requests for listing in listings) == 2
    assert server.asked[0] == {
        "verb": "ListRecords", "metadataPrefix": "arXiv", "from": str(ago(5)), "until": str(TODAY),
    }  # fmt: skip
    assert set(server.asked[1]) == {"verb", "resumptionToken"}
    assert all(listing.error is None for listing in listings[1:])


def test_an_empty_list_is_an_empty_day(wire, session, archive) -> None:
    archive()
    (sunday,) = run(source(wire), session, [ago(2)])
    (old,) = run(source(wire), session, [ago(40)])
    (monday,) = run(source(wire), session, [ago(1)])
    assert (sunday.status, old.status) == (Status.EXPECTED_EMPTY, Status.EXPECTED_EMPTY)
    assert (monday.status, monday.error) == (
        Status.STALE,
        f"{wire.url[7:]} has nothing for 2026-11-23, a Monday, which is unusual. The next fetch asks again.",
    )


def test_a_day_in_the_future_is_not_asked_for(wire, session, archive) -> None:
    server = archive()
    (listing,) = run(source(wire), session, [TODAY + dt.timedelta(days=1)])
    assert (listing.status, server.asked) == (Status.FAILED, [])


def test_an_archive_without_order_ends_all_days_with_the_last_page(wire, session, archive) -> None:
    archive(*(record(n, ago(n % 3 + 1)) for n in range(8)))
    listings = run(source(wire), session, days(3, 1))
    assert sorted(ids(listings)) == [f"arxiv:2611.{n:05}" for n in range(8)]
    pages = [listing for listing in listings if listing.validators["harvest"].find('"done":true') < 0]
    # No day is forgotten should the run end now.
    assert {listing.day for listing in pages[:4]} == set(days(3, 1))
    assert last_of(listings) == {ago(3): "complete", ago(2): "expected-empty", ago(1): "complete"} | {
        ago(2): "complete"
    }


def test_deleted_records_are_passed_over(wire, session, archive) -> None:
    archive(record(1, ago(1), deleted=True), record(2, ago(1)))
    (listing,) = run(source(wire), session, [ago(1)])
    assert (ids([listing]), listing.status, listing.skipped) == (["arxiv:2611.00002"], Status.COMPLETE, ())


def test_records_that_cannot_be_read_keep_a_recent_day_open(wire, session, archive) -> None:
    bad = record(1, ago(1))
    archive({**bad, "id": "nothing"}, record(2, ago(1)), {**bad, "id": "old", "stamp": str(ago(30))})
    listings = run(source(wire), session, [ago(30), ago(1)])
    assert [(listing.day, listing.status, len(listing.skipped)) for listing in listings] == [
        (ago(30), Status.COMPLETE, 1),
        (ago(1), Status.PARTIAL, 1),
    ]
    assert listings[1].error == (
        "1 records of 2026-11-23 could not be read; the others are saved. The next fetch asks again."
    )


def test_several_sets_are_read_one_after_another(wire, session, archive) -> None:
    server = archive(record(1, ago(1)), record(2, ago(1), categories="cs.LG"), record(3, ago(1), categories="math.AG"))
    listings = run(source(wire, categories=["cs.LG", "cs.CL"]), session, [ago(1)])
    assert [asked["set"] for asked in server.asked] == ["cs:cs:CL", "cs:cs:LG"]
    assert [(listing.status, ids([listing])) for listing in listings] == [
        (Status.PARTIAL, ["arxiv:2611.00001"]),
        (Status.COMPLETE, ["arxiv:2611.00002"]),
    ]


def test_a_service_that_is_down_fails_the_first_day_and_says_what_is_missing(wire, session, archive) -> None:
    archive(down=True)
    (listing,) = run(source(wire), session, days(3, 0))
    assert (listing.day, listing.status) == (ago(3), Status.FAILED)
    assert listing.error is not None
    assert listing.error.endswith("2026-11-21 to 2026-11-24 are not whole.")


@pytest.mark.parametrize("code", ["badArgument", "cannotDisseminateFormat"])
def test_a_refusal_is_told(wire, session, code) -> None:
    wire.answer("/oai", wire.reply(wrapped(f'<error code="{code}">Not so.</error>'), "422 Unprocessable Content"))
    (listing,) = run(source(wire), session, [ago(1)])
    assert listing.status is Status.FAILED
    assert listing.error == f"{wire.url[7:]} refuses the request ({code}): “Not so.” The next fetch asks again."


def test_an_empty_list_with_http_422_is_an_empty_list(wire, session) -> None:
    wire.answer("/oai", wire.reply(wrapped('<error code="noRecordsMatch"/>'), "422 Unprocessable Content"))
    (listing,) = run(source(wire), session, [ago(2)])
    assert listing.status is Status.EXPECTED_EMPTY


# --- pages ---


def test_a_cut_page_is_asked_for_again(wire, session, archive) -> None:
    server = archive(*(record(n, ago(1)) for n in range(5)), broken={1})
    listings = run(source(wire), session, [ago(1)])
    assert len(ids(listings)) == 5
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fault", "kept", "told"),
    [
        ({"same_token": "verb=ListRecords&metadataPrefix=arXiv&skip=3"}, 6, "gives the same resumption token twice"),
        ({"same_page": True}, 3, "gives the same page twice"),
        ({"no_records": True}, 0, "gives page after page without a record"),
    ],
)
def test_a_service_whose_pages_never_end_is_left_with_what_came(wire, session, archive, fault, kept, told) -> None:
    archive(*(record(n, ago(1)) for n in range(10)), **fault)
    listings = run(source(wire), session, [ago(1)])
    assert len(set(ids(listings))) == kept
    assert listings[-1].status is (Status.PARTIAL if kept else Status.FAILED)
    assert listings[-1].error is not None
    assert listings[-1].error.startswith(f"{wire.url[7:]} {told}; what came before is kept.")


def test_an_expired_token_costs_the_last_day_of_an_ordered_archive(wire, session, archive) -> None:
    server = archive(*(record(n, ago(4 - n // 4)) for n in range(12)), stale_tokens=1)
    listings = run(source(wire), session, days(4, 2))
    assert sorted(set(ids(listings))) == [f"arxiv:2611.{n:05}" for n in range(12)]
    assert last_of(listings) == {ago(4): "complete", ago(3): "complete", ago(2): "complete"}
    assert [asked.get("from") for asked in server.asked[:3]] == [str(ago(4)), None, str(ago(4))]


def test_tokens_that_always_expire_end_in_a_fault(wire, session, archive) -> None:
    archive(*(record(n, ago(1)) for n in range(10)), stale_tokens=100)
    listings = run(source(wire), session, [ago(1)])
    assert listings[-1].status is Status.PARTIAL
    assert listings[-1].error is not None
    assert "badResumptionToken" in listings[-1].error


# --- interruptions ---


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("stop", range(1, 12))
def test_a_harvest_goes_on_where_its_last_saved_listing_was(wire, session, archive, stop, ordered) -> None:
    """The run ends after any listing: no record is missing, and one page at most is asked for twice."""
    records = [record(n, ago(5 - n // 4)) for n in range(20)]
    if not ordered:
        records.reverse()
    server = archive(*records)
    stream = source(wire).fetch(session, days(6, 1), now=NOW, validators={})
    first = [listing for _, listing in zip(range(stop), stream, strict=False)]
    stream.close()
    pages_before = len(server.asked)
    second = run(source(wire), session, days(6, 1), validators=first[-1].validators)
    assert set(ids([*first, *second])) == {f"arxiv:2611.{n:05}" for n in range(20)}
    done = last_of([*first, *second])
    assert {done[ago(n)] for n in range(1, 6)} == {"complete"}
    if '"done":true' not in first[-1].validators["harvest"]:
        assert pages_before + len(server.asked[pages_before:]) <= 7 + 1


@pytest.mark.parametrize(("stop", "left"), [(1, 3), (2, 2), (3, 2), (4, 1), (5, 1)])
def test_the_days_that_are_left_go_on_as_a_daily_run_asks_for_them(wire, session, archive, stop, left) -> None:
    """The next day fewer days are open and one is new: the token still holds, and today's day is read anew."""
    server = archive(*(record(n, ago(3 - n // 4)) for n in range(16)))  # up to today
    stream = source(wire).fetch(session, days(3, 0), now=NOW, validators={})
    first = [next(stream) for _ in range(stop)]
    stream.close()
    open_days = [day for day in days(3, -1) if last_of(first).get(day) != "complete"]
    assert open_days[0] == ago(left)
    tomorrow = NOW + dt.timedelta(days=1)
    server.asked.clear()
    second = run(source(wire), session, open_days, now=tomorrow, validators=first[-1].validators)
    assert "resumptionToken" in server.asked[0]
    assert set(ids([*first, *second])) == {f"arxiv:2611.{n:05}" for n in range(16)}
    assert last_of([*first, *second]) == {
        ago(3): "complete",
        ago(2): "complete",
        ago(1): "complete",
        TODAY: "complete",
        tomorrow.date(): "partial",
    }


def test_a_long_harvest_waits_while_daily_runs_go_on(wire, session, archive) -> None:
    server = archive(*(record(n, ago(40 - n // 4)) for n in range(20)), record(90, ago(1)))
    stream = source(wire).fetch(session, days(40, 30), now=NOW, validators={})
    first = [next(stream) for _ in range(3)]
    stream.close()
    daily = run(source(wire), session, [ago(1)], validators=first[-1].validators)
    assert ids(daily) == ["arxiv:2611.00090"]
    server.asked.clear()
    second = run(source(wire), session, days(40, 30), validators=daily[-1].validators)
    assert "resumptionToken" in server.asked[0]
    assert set(ids([*first, *second])) == {f"arxiv:2611.{n:05}" for n in range(20)}
    assert "paused" not in second[-1].validators


def test_a_state_that_cannot_be_read_begins_anew(wire, session, archive) -> None:
    archive(record(1, ago(1)))
    for saved in ("", "{}", "null", '{"first":"x"}', "[1]"):
        assert ids(run(source(wire), session, [ago(1)], validators={"harvest": saved})) == ["arxiv:2611.00001"]


# --- settings ---


def test_the_query_names_sets_and_format() -> None:
    made = build_source({"type": "arxiv-oai", "sets": ["physics"], "categories": ["cs.LG"], "format": "arXivRaw"})
    assert made.query == "arXivRaw cs:cs:LG+physics"
    assert build_source({"type": "arxiv-oai"}).query == ""


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("hep-th", "physics:hep-th"),
        ("math-ph", "physics:math-ph"),
        ("q-bio", "q-bio:q-bio"),
        ("cond-mat.soft", "physics:cond-mat:soft"),
        ("physics.optics", "physics:physics:optics"),
    ],
)
def test_a_category_is_a_set(category: str, name: str) -> None:
    assert set_of(category) == name


@pytest.mark.parametrize("more", [{"sets": ["cs:*"]}, {"sets": [3]}, {"categories": ["x y"]}, {"format": "marc"}])
def test_settings_that_are_none_are_a_mistake(more) -> None:
    with pytest.raises(UsageError, match="arxiv-oai"):
        build_source({"type": "arxiv-oai", **more})


def test_the_recorded_page_of_a_thousand_with_its_token(shared) -> None:
    body = (shared / "recordings/arxiv_oai/listrecords_cs_1000_2016-03-01.xml").read_bytes()
    found = parse_page(body, READ)
    assert (len(found.entries), found.token) == (1000, "1114880|1001")
    assert all(isinstance(paper, Observation) for _, paper in found.entries)


def test_the_recorded_page_leads_through_its_chain_over_loopback(wire, session, shared) -> None:
    """The page of 2016 as the first, and the rest of its set in two pages more."""
    body = (shared / "recordings/arxiv_oai/listrecords_cs_1000_2016-03-01.xml").read_bytes()
    second = (
        body.replace(b"1114880|1001", b"1114880|2001")
        .replace(b"arXiv.org:0", b"arXiv.org:1")
        .replace(b"<id>0", b"<id>1")
    )
    third = wrapped(
        "<ListRecords><record><header><identifier>oai:arXiv.org:1603.00001</identifier><datestamp>2016-03-01</datestamp>"
        "</header><metadata><arXiv><title>The last</title></arXiv></metadata></record><resumptionToken/></ListRecords>"
    )
    wire.answer("/oai", *(wire.reply(one) for one in (body, second, third)))
    asked = [
        dt.date(2007, 5, 23) + dt.timedelta(days=n)
        for n in range((dt.date(2016, 3, 1) - dt.date(2007, 5, 23)).days + 1)
    ]
    listings = run(source(wire, sets=["cs"]), session, asked)
    assert len(set(ids(listings))) == 2001
    assert len(wire.heads) == 3
    assert [path.partition("resumptionToken=")[2] for path in wire.paths] == ["", "1114880%7C1001", "1114880%7C2001"]
    assert set(last_of(listings).values()) <= {"complete", "expected-empty"}
    assert len(last_of(listings)) == len(asked)
