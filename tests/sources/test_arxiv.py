"""arXiv every day: the feed of today, and days that it missed worked out from OAI-PMH."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest

from papertriage.errors import UsageError
from papertriage.model import Listing, Status
from papertriage.sources.base import build_source

NOON = dt.time(12)
MONDAY = dt.date(2026, 11, 16)
DAYS = [MONDAY + dt.timedelta(days=n) for n in range(9)]  # to Tuesday of the week after
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = DAYS[1:5]
NEXT_MONDAY = DAYS[7]


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def source(wire, **settings):
    return build_source({"type": "arxiv", "base_url": wire.url, "categories": ["cs.CL"], **settings})


def run(source, session, days, now, validators=None) -> list[Listing]:
    return list(source.fetch(session, days, now=now, validators=validators or {}))


def item(number: str, kind: str = "new", version: int = 1, categories: str = "cs.CL") -> str:
    words = "".join(f"<category>{name}</category>" for name in categories.split())
    return (
        f"<item><title>Paper {number}</title><link>https://arxiv.org/abs/{number}</link>"
        f"<guid>oai:arXiv.org:{number}v{version}</guid>{words}<arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<description>arXiv:{number}v{version} Announce Type: {kind}\nAbstract: Text.</description></item>"
    )


def feed(day: dt.date, *items: str) -> bytes:
    return (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel><title>cs.CL</title>'
        f"<pubDate>{day:%a, %d %b %Y} 00:00:00 -0500</pubDate>{''.join(items)}</channel></rss>"
    ).encode()


def show(wire, *answers) -> None:
    """Let the feed be these, one after another; a text is a status without one."""
    wire.answer(
        "/rss/cs.CL",
        *(
            wire.reply(answer, ETag=f'"{n}"') if isinstance(answer, bytes) else wire.reply(b"", answer)
            for n, answer in enumerate(answers)
        ),
    )


def record(number: str, announced: dt.date, *, stamp: dt.date | None = None, submitted: str | None = None, **more):
    """Make a record that was announced by the schedule: submitted in the morning before its evening."""
    evening = announced - dt.timedelta(days=3 if announced.weekday() == 0 else 1)
    versions = more.pop("versions", [submitted or f"{evening}T15:00:00"])
    return {"id": number, "stamp": str(stamp or announced), "versions": versions, **more}


def found(listings: Iterable[Listing]) -> set[tuple[str, str, str]]:
    """Give native id, announcement day and types of all papers."""
    return {
        (paper.native or "", str(paper.announced), " ".join(sorted(set(paper.announce_type.values()))))
        for listing in listings
        for paper in listing.observations
    }


def last(listings: Iterable[Listing]) -> dict[dt.date, Status]:
    return {listing.day: listing.status for listing in listings}


def test_today_comes_from_the_feed_alone(wire, session, archive) -> None:
    server = archive()
    show(wire, feed(TUESDAY, item("2611.00001"), item("2611.00002", "cross", categories="cs.LG cs.CL")))
    (listing,) = run(source(wire), session, [TUESDAY], at(TUESDAY))
    assert (listing.status, listing.note, listing.error) == (Status.COMPLETE, None, None)
    assert found([listing]) == {
        ("oai:arXiv.org:2611.00001v1", str(TUESDAY), "new"),
        ("oai:arXiv.org:2611.00002v1", str(TUESDAY), "cross"),
    }
    assert server.asked == []


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ({}, {"new", "cross", "replace", "replace-cross"}),
        ({"cross": False}, {"new", "replace"}),
        ({"replacements": False}, {"new", "cross"}),
        ({"cross": False, "replacements": False}, {"new"}),
    ],
)
def test_cross_lists_and_replacements_are_the_users_choice(wire, session, archive, chosen, kept) -> None:
    own, other = "cs.CL", "cs.LG cs.CL"
    show(
        wire,
        feed(
            TUESDAY,
            item("2611.00001"),
            item("2611.00002", "cross", categories=other),
            item("2601.00003", "replace", 2),
            item("2601.00004", "replace-cross", 2, categories=other),
        ),
    )
    twice = [f"{MONDAY - dt.timedelta(days=40)}T15:00:00", f"{MONDAY - dt.timedelta(days=3)}T15:00:00"]
    archive(
        record("2611.00011", MONDAY, categories=own),
        record("2611.00012", MONDAY, categories=other),
        record("2601.00013", MONDAY, versions=twice, categories=own),
        record("2601.00014", MONDAY, versions=twice, categories=other),
        page_size=10,
    )
    listings = run(source(wire, **chosen), session, [MONDAY, TUESDAY], at(TUESDAY))
    by_day = {listing.day: {word for _, _, word in found([listing])} for listing in listings}
    assert by_day == {MONDAY: kept, TUESDAY: kept}


def test_missed_days_are_worked_out_from_oai_pmh(wire, session, archive) -> None:
    show(wire, feed(FRIDAY, item("2611.00009")))
    server = archive(
        record("2611.00001", TUESDAY),
        record("2611.00002", TUESDAY, submitted=f"{MONDAY}T18:59:59"),  # a second before the deadline
        record("2611.00003", WEDNESDAY, submitted=f"{MONDAY}T19:00:00"),
        record("2611.00004", THURSDAY, categories="cs.LG cs.CL"),
        record("2611.00009", FRIDAY),
    )
    listings = run(source(wire), session, [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY], at(FRIDAY))
    assert found(listings) == {
        ("oai:arXiv.org:2611.00009v1", str(FRIDAY), "new"),
        ("oai:arXiv.org:2611.00001v1", str(TUESDAY), "new"),
        ("oai:arXiv.org:2611.00002v1", str(TUESDAY), "new"),
        ("oai:arXiv.org:2611.00003v1", str(WEDNESDAY), "new"),
        ("oai:arXiv.org:2611.00004v1", str(THURSDAY), "cross"),
    }
    assert set(last(listings).values()) == {Status.COMPLETE}
    assert {listing.note for listing in listings} == {None, "Worked out from OAI-PMH on 2026-11-20."}
    window = {"set": "cs:cs:CL", "from": str(TUESDAY - dt.timedelta(days=5)), "until": str(FRIDAY)}
    assert server.asked[0] == {"verb": "ListRecords", "metadataPrefix": "arXivRaw", **window}


def test_a_paper_that_was_replaced_since_is_listed_on_both_days(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    twice = [f"{MONDAY}T15:00:00", f"{WEDNESDAY}T15:00:00"]
    archive(record("2611.00001", TUESDAY, versions=twice, stamp=THURSDAY), record("2611.00002", WEDNESDAY))
    listings = run(source(wire), session, [TUESDAY, WEDNESDAY, THURSDAY], at(FRIDAY))
    assert found(listings) == {
        ("oai:arXiv.org:2611.00001v1", str(TUESDAY), "new"),
        ("oai:arXiv.org:2611.00001v2", str(THURSDAY), "replace"),
        ("oai:arXiv.org:2611.00002v1", str(WEDNESDAY), "new"),
    }


def test_replacements_from_the_sixth_version_on_are_left_out_as_arxiv_does(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    many = [f"2026-01-{n:02}T15:00:00" for n in range(5, 9)]
    archive(
        record("2601.00001", TUESDAY, versions=[*many, f"{MONDAY}T15:00:00"]),
        record("2601.00002", TUESDAY, versions=[*many, "2026-02-02T15:00:00", f"{MONDAY}T15:00:00"]),
    )
    listings = run(source(wire), session, [TUESDAY], at(FRIDAY))
    assert found(listings) == {("oai:arXiv.org:2601.00001v5", str(TUESDAY), "replace")}


def test_a_paper_that_moderation_held_is_listed_on_the_day_of_its_id(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    archive(
        record("2611.00010", TUESDAY),
        record("2611.00012", TUESDAY),
        record("2611.00020", THURSDAY),
        # submitted on Monday; its id is one of Thursday's
        record("2611.00021", THURSDAY, submitted=f"{MONDAY}T15:00:00"),
        record("2611.00022", THURSDAY),
        # one of Tuesday's that got a journal reference on Thursday
        record("2611.00011", THURSDAY, submitted=f"{MONDAY}T15:00:00", more="<journal-ref>J. 1</journal-ref>"),
    )
    listings = run(source(wire), session, [TUESDAY, THURSDAY], at(FRIDAY))
    days = {native[-7:-2]: day for native, day, _ in found(listings)}
    assert days == {
        "00010": str(TUESDAY), "00011": str(TUESDAY), "00012": str(TUESDAY),
        "00020": str(THURSDAY), "00021": str(THURSDAY), "00022": str(THURSDAY),
    }  # fmt: skip


def test_a_cross_list_that_comes_later_is_listed_when_it_came(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    archive(
        record("2611.00010", TUESDAY),
        record("2611.00012", TUESDAY),
        record("2611.00020", THURSDAY),
        record("2611.00011", THURSDAY, submitted=f"{MONDAY}T15:00:00", categories="cs.LG cs.CL"),
    )
    listings = run(source(wire), session, [TUESDAY, WEDNESDAY, THURSDAY], at(FRIDAY))
    assert ("oai:arXiv.org:2611.00011v1", str(THURSDAY), "cross") in found(listings)
    assert len(found(listings)) == 4


def test_weekends_are_not_asked_for(wire, session, archive) -> None:
    show(wire, feed(DAYS[6]))
    server = archive()
    listings = run(source(wire), session, DAYS[5:7], at(DAYS[6]))
    assert last(listings) == {DAYS[5]: Status.EXPECTED_EMPTY, DAYS[6]: Status.EXPECTED_EMPTY}
    assert server.asked == []


def test_before_the_feed_is_out_nothing_is_said_of_today(wire, session, archive) -> None:
    """At one minute past midnight the feed shows yesterday's announcement, which is no fault."""
    server = archive()
    show(wire, feed(MONDAY, item("2611.00001")), feed(TUESDAY, item("2611.00002")))
    night = run(source(wire), session, [MONDAY, TUESDAY], dt.datetime.combine(TUESDAY, dt.time(0, 1), dt.UTC))
    assert last(night) == {MONDAY: Status.COMPLETE}
    noon = run(source(wire), session, [TUESDAY], at(TUESDAY), night[-1].validators)
    assert last(noon) == {TUESDAY: Status.COMPLETE}
    assert server.asked == []


def test_an_unchanged_feed_says_nothing_new(wire, session, archive) -> None:
    show(wire, feed(TUESDAY, item("2611.00001")))
    (first,) = run(source(wire), session, [TUESDAY], at(TUESDAY))
    wire.answer("/rss/cs.CL", wire.reply(b"", "304 Not Modified"))
    (second,) = run(source(wire), session, [TUESDAY], at(TUESDAY, 18), first.validators)
    assert (second.day, second.status, second.error) == (TUESDAY, Status.NOT_MODIFIED, None)
    assert 'If-None-Match: "0"' in wire.heads[-1]
    assert second.validators == first.validators


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([item("2611.00001"), item("2611.00002")], id="the same announcement"),
        pytest.param([item("2611.00002")], id="no id that is new"),
    ],
)
def test_a_stale_feed_is_told_and_replaced(wire, session, archive, items) -> None:
    show(wire, feed(MONDAY, item("2611.00001"), item("2611.00002")), feed(TUESDAY, *items))
    archive(record("2611.00002", MONDAY), record("2611.00003", TUESDAY))
    (monday,) = run(source(wire), session, [MONDAY], at(MONDAY))
    listings = run(source(wire), session, [TUESDAY], at(TUESDAY), monday.validators)
    assert found(listings) == {("oai:arXiv.org:2611.00003v1", str(TUESDAY), "new")}
    (tuesday,) = listings
    assert tuesday.status is Status.COMPLETE
    assert tuesday.note == (
        f"{wire.url[7:]} is stale: it repeats the announcement of 2026-11-16. Worked out from OAI-PMH on 2026-11-17."
    )
    # The next feed is measured against the last good one, and read whole.
    assert tuesday.validators["feed_day"] == str(MONDAY)
    assert "etag" not in tuesday.validators


def test_a_day_with_replacements_only_is_not_stale(wire, session, archive) -> None:
    show(wire, feed(MONDAY, item("2611.00001")), feed(TUESDAY, item("2601.00001", "replace", 2)))
    (monday,) = run(source(wire), session, [MONDAY], at(MONDAY))
    (tuesday,) = run(source(wire), session, [TUESDAY], at(TUESDAY), monday.validators)
    assert (tuesday.status, tuesday.note) == (Status.COMPLETE, None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("404 Not Found", "has nothing at this address"),
        (feed(TUESDAY), "is empty, which is unusual"),
        (feed(MONDAY, item("2611.00001")), "still shows the announcement of 2026-11-16"),
        (b"<html></html>", "sent a web page"),
    ],
)
def test_a_feed_that_is_of_no_use_is_replaced_by_oai_pmh(wire, session, archive, answer, why) -> None:
    show(wire, answer)
    archive(record("2611.00001", MONDAY), record("2611.00002", TUESDAY))
    listings = run(source(wire), session, [TUESDAY], at(TUESDAY))
    assert last(listings)[TUESDAY] is Status.COMPLETE
    assert ("oai:arXiv.org:2611.00002v1", str(TUESDAY), "new") in found(listings)
    (note,) = {listing.note for listing in listings if listing.note}
    assert why in note


def test_an_outage_fails_every_day_and_is_told(wire, session, archive) -> None:
    show(wire, "404 Not Found")
    archive(down=True)
    listings = run(source(wire), session, [MONDAY, TUESDAY], at(TUESDAY))
    assert last(listings) == {MONDAY: Status.FAILED, TUESDAY: Status.FAILED}
    assert all("HTTP 404" in (listing.error or "") for listing in listings)


def test_an_outage_before_the_feed_is_out_is_told_too(wire, session, archive) -> None:
    show(wire, "404 Not Found")
    (listing,) = run(source(wire), session, [TUESDAY], at(TUESDAY, 2))
    assert (listing.day, listing.status) == (TUESDAY, Status.FAILED)


def test_oai_pmh_that_breaks_off_leaves_days_partial(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    archive(*(record(f"2611.{n:05}", TUESDAY) for n in range(9)), stale_tokens=9)
    (listing,) = [one for one in run(source(wire), session, [TUESDAY], at(FRIDAY)) if one.day == TUESDAY]
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 3)
    assert "badResumptionToken" in (listing.error or "")


def test_many_papers_of_past_days_are_handed_on_in_parts(wire, session, archive, monkeypatch) -> None:
    monkeypatch.setattr("papertriage.sources.arxiv.AT_ONCE", 4)
    show(wire, feed(FRIDAY))
    archive(*(record(f"2611.{n:05}", DAYS[1 + n // 5]) for n in range(15)))
    listings = run(source(wire), session, [TUESDAY, WEDNESDAY, THURSDAY], at(FRIDAY))
    assert len(found(listings)) == 15
    assert max(len(listing.observations) for listing in listings) <= 6
    assert last(listings)[TUESDAY] is Status.COMPLETE


def test_a_past_working_day_without_papers_is_unusual_for_a_week(wire, session, archive) -> None:
    show(wire, feed(FRIDAY))
    archive()
    listings = run(source(wire), session, [TUESDAY], at(FRIDAY))
    assert last(listings)[TUESDAY] is Status.STALE
    later = run(source(wire), session, [TUESDAY], at(TUESDAY + dt.timedelta(days=10)))
    assert last(later)[TUESDAY] is Status.EXPECTED_EMPTY


def test_a_day_that_may_be_a_holiday_is_looked_for_and_may_be_empty(wire, session, archive) -> None:
    thanksgiving = dt.date(2026, 11, 26)
    show(wire, feed(thanksgiving + dt.timedelta(days=1)))
    archive(record("2611.00001", thanksgiving))
    days = [thanksgiving, thanksgiving + dt.timedelta(days=1)]
    listings = run(source(wire), session, days, at(days[1]))
    assert last(listings) == {days[0]: Status.COMPLETE, days[1]: Status.EXPECTED_EMPTY}


def test_a_year_whose_holidays_are_not_known_is_told(wire, session, archive) -> None:
    day = dt.date(2031, 3, 4)  # a Tuesday
    show(wire, feed(day + dt.timedelta(days=1), item("3103.00002")))
    archive(record("3103.00001", day))
    listings = run(source(wire), session, [day], at(day + dt.timedelta(days=1)))
    (note,) = {listing.note for listing in listings if listing.note}
    assert note.endswith("papertriage knows arXiv's holidays of 2023 to 2027 only, not those of 2031.")


def test_days_of_long_ago_are_worked_out_without_the_feed(wire, session, archive) -> None:
    archive(record("2611.00001", TUESDAY))
    listings = run(source(wire), session, [TUESDAY], at(DAYS[8]))
    assert last(listings) == {TUESDAY: Status.COMPLETE}
    assert all("/rss/" not in path for path in wire.paths)


def test_records_that_cannot_be_read_keep_a_past_day_partial(wire, session, archive) -> None:
    archive(record("2611.00001", TUESDAY), record("nothing", TUESDAY))
    (listing,) = run(source(wire), session, [TUESDAY], at(FRIDAY))
    assert (listing.status, len(listing.observations), len(listing.skipped)) == (Status.PARTIAL, 1, 1)


def test_several_categories_are_several_sets_and_one_list(wire, session, archive) -> None:
    server = archive(
        record("2611.00001", TUESDAY, categories="cs.CL cs.LG"),
        record("2611.00002", TUESDAY, categories="cs.LG"),
        record("2611.00003", TUESDAY, categories="math.ST cs.LG"),
    )
    listings = run(source(wire, categories=["cs.LG", "cs.CL"]), session, [TUESDAY], at(FRIDAY))
    assert sum(len(listing.observations) for listing in listings) == 3
    assert {word for _, _, word in found(listings)} == {"new", "cross"}
    assert [asked["set"] for asked in server.asked] == ["cs:cs:CL", "cs:cs:LG"]


def test_the_query_says_what_is_left_out() -> None:
    made = build_source({"type": "arxiv", "categories": ["cs.LG", "cs.CL"], "cross": False, "replacements": False})
    assert made.query == "cs.CL+cs.LG -cross -replacements"


@pytest.mark.parametrize("more", [{"cross": "no"}, {"replacements": 1}, {"categories": []}])
def test_settings_that_are_none_are_a_mistake(more) -> None:
    with pytest.raises(UsageError, match="arxiv"):
        build_source({"type": "arxiv", "categories": ["cs.CL"], **more})
