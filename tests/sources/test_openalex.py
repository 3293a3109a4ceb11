"""OpenAlex: inverted abstracts, ids of all copies, cursors with a key and pages without."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.openalex import MOST_WORDS, abstract_of, observation, parse
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 8, 19)


def work(number: int = 1000, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1000/X.{number}",
        "ids": {"openalex": f"https://openalex.org/W{number}", "pmid": "https://pubmed.ncbi.nlm.nih.gov/42"},
        "title": "A <i>title</i>",
        "publication_date": "2026-08-19",
        "publication_year": 2026,
        "type": "article",
        "language": "en",
        "is_retracted": False,
        "cited_by_count": 4,
        "primary_location": {
            "landing_page_url": "https://example.org/1", "pdf_url": None, "source": {"display_name": "Journal"}
        },
        "best_oa_location": {"pdf_url": "https://example.org/1.pdf"},
        "locations": [{"landing_page_url": "https://arxiv.org/abs/2608.00001v2"}, {"landing_page_url": None}],
        "authorships": [
            {"author": {"display_name": "Ana Lima"}, "raw_author_name": "Lima, A."}, {"raw_author_name": "Bo Ek"}
        ],
        "topics": [{"display_name": "Topic Modeling"}, {"display_name": "Language"}],
        "abstract_inverted_index": {"We": [0], "learn": [1, 3], "to": [2]},
        **fields,
    }  # fmt: skip


def body(*works: object, count: int | None = None, cursor: str | None = None) -> bytes:
    meta = {"count": len(works) if count is None else count, "next_cursor": cursor}
    return json.dumps({"meta": meta, "results": works}).encode()


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


def asked(wire):
    return [{key: value[0] for key, value in parse_qs(path.partition("?")[2]).items()} for path in wire.paths]


@pytest.fixture
def source(wire):
    return build_source({"type": "openalex", "base_url": wire.url, "query": "learning", "filter": "language:en"})


def test_a_record_gives_all_its_fields_and_every_id():
    paper = observation(work(), seen=NOW)
    assert paper.ids == {
        "doi": ("10.1000/x.1000",), "pmid": ("42",), "arxiv": ("2608.00001",), "openalex": ("W1000",)
    }  # fmt: skip
    assert (paper.id, paper.native) == ("arxiv:2608.00001", "W1000")
    assert (paper.title, paper.abstract) == ("A title", "We learn to learn")
    assert (paper.authors, paper.venue) == (("Ana Lima", "Bo Ek"), "Journal")
    assert (paper.published, paper.announced) == ("2026-08-19", None)
    assert (paper.signals, paper.categories) == ({"citations": 4}, ("Topic Modeling", "Language"))
    assert paper.urls == {
        "page": "https://doi.org/10.1000/x.1000",
        "abs": "https://arxiv.org/abs/2608.00001",
        "pdf": "https://example.org/1.pdf",
    }
    assert paper.extra == {"type": "article", "language": "en"}


def test_a_pmc_id_without_its_letters_is_read():
    ids = {"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/3840279"}
    assert observation(work(ids=ids), seen=NOW).ids["pmc"] == ("PMC3840279",)


def test_a_bare_record_is_read():
    paper = observation({"id": "https://openalex.org/W5000", "title": "T", "publication_year": 1999}, seen=NOW)
    assert (paper.id, paper.native, paper.published, paper.urls) == ("openalex:W5000", None, "1999", {})


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("text", "is no record of a work"),
        ({"id": "https://openalex.org/T11948", "display_name": "A topic"}, "has no id of a work"),
        ({"id": None}, "has no id of a work"),
        ({"id": "https://openalex.org/W1000", "title": None}, "has no title"),
    ],
)
def test_what_is_no_work_is_counted(record, reason):
    (skip,) = parse(body(record), seen=NOW).skipped
    assert skip.reason == reason


@given(st.lists(st.text(alphabet="abcXYZ.,", min_size=1, max_size=6), max_size=60))
def test_an_inverted_abstract_is_put_together_again(words):
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    assert abstract_of(index) == (" ".join(words) or None)


@pytest.mark.parametrize("index", [None, [], {"a": None}, {"a": ["0", -1, 1.5, True, MOST_WORDS, 10**30]}])
def test_an_absurd_abstract_is_none(index):
    assert abstract_of(index) is None


def test_with_a_key_a_day_is_walked_by_cursor(source, wire, make):
    wire.answer("/works", wire.reply(body(work(1000), count=2, cursor="next+=")), wire.reply(body(work(2000), count=2)))
    session = make(contact="me@example.org", environ={"PAPERTRIAGE_OPENALEX_KEY": "canary"})
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 2)
    first, second = asked(wire)
    assert (first["cursor"], second["cursor"], first["api_key"]) == ("*", "next+=", "canary")
    assert (first["search"], first["mailto"]) == ("learning", "me@example.org")
    assert first["filter"] == "from_publication_date:2026-08-19,to_publication_date:2026-08-19,language:en"


def test_without_a_key_a_day_is_walked_by_page(source, wire, session):
    wire.answer("/works", *(wire.reply(body(work(n), count=3)) for n in (1000, 2000, 3000)))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 3)
    assert [query["page"] for query in asked(wire)] == ["1", "2", "3"]
    assert not any("cursor" in query for query in asked(wire))


def test_a_day_that_ends_early_is_partial(source, wire, session):
    wire.answer("/works", wire.reply(body(work(), count=3)), wire.reply(body(count=3)))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert "has 3 records and gave 1" in listing.error


def test_a_refusal_without_a_key_names_the_remedy(source, wire, session):
    wire.answer("/works", wire.reply(b'{"error": "x", "message": "Insufficient budget"}', "401 Unauthorized"))
    (listing,) = listings(source, session, DAY)
    assert listing.status is Status.FAILED
    assert "It says: “Insufficient budget”" in listing.error
    assert "PAPERTRIAGE_OPENALEX_KEY" in listing.error


def test_a_reason_that_repeats_the_key_is_not_told(source, wire, make):
    wire.answer("/works", wire.reply(b'{"message": "Key canary is invalid"}', "401 Unauthorized"))
    (listing,) = listings(source, make(environ={"PAPERTRIAGE_OPENALEX_KEY": "canary"}), DAY)
    assert "canary" not in str(listing)


def test_journals_become_a_filter():
    source = build_source({"type": "openalex", "journals": ["1476-4687", "0036-8075"]})
    assert source.query == "primary_location.source.issn:0036-8075|1476-4687"
    with pytest.raises(UsageError):
        build_source({"type": "openalex"})


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"error": "x"}'])
def test_what_is_no_list_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="OpenAlex"):
        parse(raw, seen=NOW)
