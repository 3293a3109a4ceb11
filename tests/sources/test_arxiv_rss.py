"""arXiv's announcements: the fields of an item, and what an empty, late or refused feed means."""

from __future__ import annotations

import datetime as dt
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import SourceError, UsageError
from papertriage.model import Status
from papertriage.sources.arxiv_days import is_quiet
from papertriage.sources.arxiv_rss import announce_types, parse, split_authors
from papertriage.sources.base import build_source
from papertriage.sources.http import HttpStatusError

NOW = dt.datetime(2026, 4, 27, 12, tzinfo=dt.UTC)  # a Monday


def item(number: int = 1, kind: str = "new", **parts: str) -> str:
    """Write an item as rss.arxiv.org does."""
    known = {
        "title": f"On ${number}$-spaces &amp;\n more",
        "link": f"https://arxiv.org/abs/2604.{number:05}",
        "description": f"arXiv:2604.{number:05}v1 Announce Type: {kind} \nAbstract: We show\n that.",
        "guid": f"oai:arXiv.org:2604.{number:05}v1",
        "category": "cs.AI",
        "pubDate": "Mon, 27 Apr 2026 00:00:00 -0400",
        "arxiv:announce_type": kind,
        "dc:rights": "http://creativecommons.org/licenses/by/4.0/",
        "dc:creator": "Ann Lee (MIT, Boston), Bo Ek",
    }
    known.update({name.replace("_", ":", 1) if ":" not in name else name: text for name, text in parts.items()})
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in known.items() if text != "-")
    return f"<item>{inner}</item>"


def rss(*items: str, date: str = "Mon, 27 Apr 2026 00:00:00 -0400", title: str = "cs.AI updates on arXiv.org") -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<channel><title>{title}</title><pubDate>{date}</pubDate>{''.join(items)}</channel></rss>"
    ).encode()


def refusal(text: str) -> bytes:
    return rss(title="Feed error for query: x").replace(
        b"<pubDate>", f"<description>{escape(text)}</description><pubDate>".encode()
    )


def build(wire, *categories: str):
    return build_source({"type": "arxiv-rss", "base_url": wire.url, "categories": list(categories) or ["cs.AI"]})


def listings(source, session, now=NOW, validators=None):
    return list(source.fetch(session, [now.date()], now=now, validators=validators or {}))


def test_an_item_gives_all_its_fields():
    body = rss(
        item(
            1,
            "cross",
            category="cs.CL</category><category>cs.AI</category><category>stat.ML",
            **{"arxiv:DOI": "10.1000/X 10.1000/y", "arxiv:journal_reference": "J. Foo 7"},
        )
    )
    (paper,) = parse(body, seen=NOW, requested=["cs.AI", "cs"]).observations
    assert (paper.id, paper.native, paper.version) == ("arxiv:2604.00001", "oai:arXiv.org:2604.00001v1", 1)
    assert paper.ids == {"arxiv": ("2604.00001",), "doi": ("10.1000/x", "10.1000/y")}
    assert (paper.title, paper.abstract) == ("On $1$-spaces & more", "We show that.")
    assert (paper.authors, paper.extra["affiliations"]) == (("Ann Lee", "Bo Ek"), {"Ann Lee": "MIT, Boston"})
    assert (paper.announced, paper.published) == (dt.date(2026, 4, 27), None)
    assert (paper.categories, paper.announce_type) == (("cs.CL", "cs.AI", "stat.ML"), {"cs.AI": "cross"})
    assert paper.venue == "J. Foo 7"
    assert paper.urls == {"abs": "https://arxiv.org/abs/2604.00001", "pdf": "https://arxiv.org/pdf/2604.00001"}


def test_atom_gives_the_same_as_rss(shared):
    folder = shared / "recordings" / "arxiv_rss"
    feed = parse((folder / "atom_cs.AI_2025-08-20.xml").read_bytes(), seen=NOW, requested=["cs.AI"])
    assert feed.day == dt.date(2025, 8, 20)
    assert not feed.skipped
    assert all(paper.abstract and not paper.abstract.startswith("arXiv:") for paper in feed.observations)
    assert {next(iter(paper.announce_type.items())) for paper in feed.observations} == {
        ("cs.AI", "cross"),
        ("cs.AI", "new"),
    }


@pytest.mark.parametrize(
    ("word", "requested", "expected"),
    [
        ("new", ["cs.AI"], {"cs.CL": "new"}),
        ("replace", ["cs.AI"], {"cs.CL": "replace"}),
        ("absonly", [], {"cs.CL": "replace"}),
        ("cross", ["cs.AI"], {"cs.AI": "cross"}),
        ("replace-cross", ["stat"], {"stat.ML": "replace-cross"}),
        ("cross", [], {"cs.AI": "cross", "stat.ML": "cross"}),
        ("what", ["cs.AI"], {}),
    ],
)
def test_an_announce_type_is_told_by_category(word, requested, expected):
    assert announce_types(word, ["cs.CL", "cs.AI", "stat.ML"], requested) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A B, C D", ["A B", "C D"]),
        ("A B (X, Y (Z), W), C D", ["A B", "C D"]),
        ("A B (X, C D", ["A B"]),
        ("A B), C D", ["A B)", "C D"]),
        ("", []),
        (" , ,", []),
        ("The Collaboration", ["The Collaboration"]),
        ("(ATLAS Collaboration), A B", ["ATLAS Collaboration", "A B"]),
    ],
)
def test_authors_are_parted_at_commas_outside_parentheses(text, names):
    assert [name for name, _ in split_authors(text)] == names


def test_an_item_without_id_or_title_is_skipped_and_told():
    feed = parse(rss(item(1), item(2, guid="x", link="y"), item(3, title="")), seen=NOW)
    assert [paper.id for paper in feed.observations] == ["arxiv:2604.00001"]
    assert [(one.where, one.reason) for one in feed.skipped] == [
        ("item 2", "has no arXiv id"),
        ("item 3", "has no title (arxiv:2604.00003)"),
    ]


def test_a_paper_listed_twice_is_one_with_both_types():
    twice = rss(item(1, "new"), item(1, "cross", category="cs.AI</category><category>cs.CL"))
    (paper,) = parse(twice, seen=NOW).observations
    assert paper.announce_type == {"cs.AI": "new", "cs.CL": "cross"}


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE rss>",
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!-- x --><!DOCTYPE rss [<!ENTITY a "b">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(prolog, encoding):
    text = prolog + rss(item(1)).decode().partition("?>\n")[2]
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    with pytest.raises(SourceError, match="it has a DOCTYPE, which is refused"):
        parse(mark + text.encode(encoding), seen=NOW)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<rss><channel>", rss(item(1))[:-30], b"<html/>", b"<feed/>", b"\xff\xfe<"),
        b"<?xml version='1.0' encoding='bogus'?><rss/>",
    ],
)
def test_what_is_no_whole_feed_is_one_readable_error(body):
    with pytest.raises(SourceError, match=r"arXiv's feed cannot be read|neither RSS nor Atom"):
        parse(body, seen=NOW)


@given(st.binary(max_size=100) | st.text().map(lambda text: rss(item(1, title=escape(text), dc_creator=escape(text)))))
def test_any_bytes_give_papers_or_one_kind_of_error(body):
    try:
        feed = parse(body, seen=NOW)
    except SourceError:
        return
    for paper in feed.observations:
        f"{paper.title}{paper.authors}".encode()


# --- what a feed means -------------------------------------------------------------------------------


def test_the_announcement_of_the_day_is_complete(wire, session):
    wire.answer("/rss/cs.AI+cs.CL", wire.reply(rss(item(1), item(2)), ETag='"e"'))
    (listing,) = listings(build(wire, "cs.CL", "cs.AI"), session)
    assert (listing.day, listing.status, listing.error) == (dt.date(2026, 4, 27), Status.COMPLETE, None)
    assert [paper.id for paper in listing.observations] == ["arxiv:2604.00001", "arxiv:2604.00002"]
    assert (listing.requests, listing.validators) == (1, {"etag": '"e"'})


def test_validators_are_used_and_kept(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(b"", "304 Not Modified"))
    early = NOW.replace(hour=3)
    (listing,) = listings(build(wire), session, now=early, validators={"etag": '"e"'})
    assert (listing.status, listing.validators) == (Status.NOT_MODIFIED, {"etag": '"e"'})
    assert 'If-None-Match: "e"' in wire.heads[0]


def test_an_unchanged_feed_late_in_the_day_is_told(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(b"", "304 Not Modified"))
    (late,) = listings(build(wire), session, validators={"etag": '"e"'})
    assert (late.day, late.status, late.requests) == (NOW.date(), Status.STALE, 1)
    saturday = dt.datetime(2026, 4, 25, 12, tzinfo=dt.UTC)
    (quiet,) = listings(build(wire), session, now=saturday, validators={"etag": '"e"'})
    assert (quiet.day, quiet.status, quiet.error) == (saturday.date(), Status.EXPECTED_EMPTY, None)


def test_days_that_the_feed_no_longer_shows_are_missed_but_for_quiet_ones(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(rss(item(1))))
    days = [NOW.date() - dt.timedelta(days=ago) for ago in (4, 3, 2, 1, 0)]
    found = list(build(wire).fetch(session, days, now=NOW, validators={}))
    assert [(listing.day.day, listing.status) for listing in found] == [
        (27, Status.COMPLETE),
        (23, Status.MISSED),
        (24, Status.MISSED),
        (25, Status.EXPECTED_EMPTY),
        (26, Status.EXPECTED_EMPTY),
    ]
    assert found[1].error == (
        "arXiv's announcement of 2026-04-23 was not fetched, and its feed shows only that of 2026-04-27."
    )


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("Sun, 26 Apr 2026 00:00:00 -0400", Status.EXPECTED_EMPTY),
        ("Thu, 01 Jan 2026 00:00:00 -0500", Status.EXPECTED_EMPTY),
        ("Mon, 27 Apr 2026 00:00:00 -0400", Status.STALE),
    ],
)
def test_an_empty_feed_means_what_its_day_says(wire, session, date, status):
    wire.answer("/rss/cs.AI", wire.reply(rss(date=date)))
    now = dt.datetime(2026, 4, 27, 5, tzinfo=dt.UTC)
    (listing,) = listings(build(wire), session, now=now)
    assert listing.status is status
    assert (listing.error is None) == (status is Status.EXPECTED_EMPTY)


def test_yesterdays_feed_late_in_the_day_is_told(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(rss(item(1))))
    tuesday = NOW + dt.timedelta(days=1)
    monday, late = listings(build(wire), session, now=tuesday)
    assert (monday.day, monday.status) == (NOW.date(), Status.COMPLETE)
    assert (late.day, late.status, late.observations) == (tuesday.date(), Status.STALE, ())
    assert late.error == (
        "arXiv's feed still shows the announcement of 2026-04-27; that of 2026-04-28 is late. "
        "The next fetch asks again."
    )
    early = tuesday.replace(hour=3)
    assert [listing.day for listing in listings(build(wire), session, now=early)] == [NOW.date()]


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 27 Apr 9999 00:00:00 -0400", "-0001-01-01", "Mon, 27 Apr 2036"]
)
def test_an_absurd_date_is_the_day_of_fetching(date):
    feed = parse(rss(item(1, pubDate=date), date=date), seen=NOW)
    assert (feed.day, feed.observations[0].announced) == (NOW.date(), NOW.date())


def test_a_bad_category_is_named_and_the_good_ones_are_read(wire, session, still):
    subject = "Bad subject class 'XX'. Valid subject classes for the archive 'cs' are: cs.AI, cs.CL."
    archive = "Bad archive 'foo'. Valid archive names are: astro-ph, cs."
    wire.answer("/rss/cs.AI+cs.XX+foo", wire.reply(refusal(subject), "400 BAD REQUEST"))
    wire.answer("/rss/cs.AI+foo", wire.reply(refusal(archive), "400 BAD REQUEST"))
    wire.answer("/rss/cs.AI", wire.reply(rss(item(1)), ETag='"e"'))
    (listing,) = listings(build(wire, "cs.XX", "cs.AI", "foo"), session, validators={"etag": '"old"'})
    assert (listing.status, len(listing.observations), listing.requests) == (Status.PARTIAL, 1, 3)
    assert listing.error == (
        "cs.XX, foo are no categories of arXiv's; the others were read. Correct it in config.yaml."
    )
    assert listing.validators == {}
    assert "If-None-Match" not in wire.heads[2]


def test_no_good_category_at_all_is_told(wire, session):
    text = "Bad subject class 'xx'. Valid subject classes for the archive 'cs' are: cs.AI."
    wire.answer("/rss/cs.XX", wire.reply(refusal(text), "400 BAD REQUEST"))
    with pytest.raises(SourceError, match=r"arXiv knows none of the categories cs\.XX\. Correct them"):
        listings(build(wire, "cs.XX"), session)


def test_a_400_that_names_no_category_of_ours_is_an_error(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(refusal("Bad archive 'zz'."), "400 BAD REQUEST"))
    with pytest.raises(HttpStatusError, match="HTTP 400"):
        listings(build(wire), session)


def test_an_error_feed_with_status_200_is_an_error(wire, session):
    wire.answer("/rss/cs.AI", wire.reply(refusal("oops")))
    with pytest.raises(SourceError, match="sent an error instead of a feed"):
        listings(build(wire), session)


@pytest.mark.parametrize("categories", [None, [], [""], ["cs.CL "], ["cs CL"], ["../x"], [7], {"a": 1}, ["cs.CL+x"]])
def test_categories_that_are_none_are_a_mistake_in_the_settings(categories):
    with pytest.raises(UsageError, match="arxiv-rss"):
        build_source({"type": "arxiv-rss", "categories": categories})


def test_the_query_does_not_depend_on_order():
    one, two = (build_source({"type": "arxiv-rss", "categories": text}) for text in ("cs.LG+cs.CL", "cs.CL, cs.LG"))
    assert one.query == two.query == "cs.CL+cs.LG"


@pytest.mark.parametrize(
    ("day", "quiet"),
    [
        ("2026-04-25", True),
        ("2026-04-26", True),
        ("2026-04-27", False),
        ("2026-05-25", True),  # Memorial day
        ("2026-05-26", True),  # what would have been announced in its evening
        ("2026-05-27", False),
        ("2026-11-26", True),  # Thanksgiving
        ("2027-01-01", True),
    ],
)
def test_weekends_and_holidays_are_quiet(day, quiet):
    assert is_quiet(dt.date.fromisoformat(day)) is quiet


def test_an_empty_feed_in_a_year_that_is_not_covered_says_so(wire, session):
    day = dt.datetime(2031, 3, 4, 12, tzinfo=dt.UTC)  # a Tuesday
    body = b"<rss><channel><title>x</title><pubDate>Tue, 04 Mar 2031 00:00:00 -0500</pubDate></channel></rss>"
    wire.answer("/rss/cs.AI", wire.reply(body))
    (listing,) = listings(build(wire), session, now=day)
    assert listing.status is Status.STALE
    assert "papertriage knows arXiv's holidays of 2023 to 2027 only, not those of 2031." in (listing.error or "")
