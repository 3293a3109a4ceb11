"""The ACL Anthology: volumes of all ages, asked conditionally."""

from __future__ import annotations

import datetime as dt

import pytest

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.acl import anthology_id, parse
from papertriage.sources.base import build_source
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
PAPER = """<paper id="{}"><title>Learning <fixed-case>DTS</fixed-case> and <tex-math>x^2</tex-math></title>
<author><first>Ana</first><last>Lima</last></author><author><last>Ek</last></author>
<abstract>We <i>learn</i>.</abstract>
<pages>1–10</pages><url hash="x">2026.acl-long.{}</url><doi>10.18653/v1/2026.acl-long.{}</doi>
<award>Best paper</award></paper>"""
META = """<meta><booktitle>Proceedings of <fixed-case>ACL</fixed-case></booktitle><month>July</month><year>2026</year>
</meta><frontmatter><url>2026.acl-long.0</url></frontmatter>"""


def collection(*papers: str, name: str = "2026.acl", volume: str = "long", date: str = "2026-08-20") -> bytes:
    inner = f'<volume id="{volume}" ingest-date="{date}">{META}{"".join(papers)}</volume>'
    return f'<?xml version="1.0" encoding="UTF-8"?><collection id="{name}">{inner}</collection>'.encode()


def paper(number: int = 1) -> str:
    return PAPER.format(number, number, number)


def listing_of(source, session, validators=None):
    (listing,) = source.fetch(session, [], now=NOW, validators=validators or {})
    return listing


def test_a_paper_gives_all_its_fields():
    (found,) = parse(collection(paper()), seen=NOW).observations
    assert found.ids == {"doi": ("10.18653/v1/2026.acl-long.1",), "acl": ("2026.acl-long.1",)}
    assert (found.id, found.native) == ("doi:10.18653/v1/2026.acl-long.1", "2026.acl-long.1")
    assert (found.title, found.abstract) == ("Learning DTS and x^2", "We learn.")
    assert (found.authors, found.venue) == (("Ana Lima", "Ek"), "Proceedings of ACL")
    assert (found.published, found.announced) == ("2026-07", dt.date(2026, 8, 20))
    assert found.urls == {
        "page": "https://aclanthology.org/2026.acl-long.1/", "pdf": "https://aclanthology.org/2026.acl-long.1.pdf"
    }  # fmt: skip
    assert found.extra == {"award": ["Best paper"], "pages": "1–10"}


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        (("2022.naloma", "1", "5"), "2022.naloma-1.5"),
        (("L06", "1", "60"), "L06-1060"),
        (("P19", "1", "1"), "P19-1001"),
        (("W06", "1", "2"), "W06-0102"),
        (("D19", "5", "2"), "D19-0502"),
        (("D19", "1", "2"), "D19-1002"),
        (("C69", "1", "2"), "C69-0102"),
        (("L06", "one", "2"), ""),
        (("2022.naloma", "", "2"), ""),
    ],
)
def test_a_number_is_put_together(parts, number):
    assert anthology_id(*parts) == number


def test_an_old_volume_has_files_elsewhere_and_no_announcement():
    old = "<paper id='60'><title>T</title><url>http://www.example.org/4.pdf</url></paper>"
    (found,) = parse(collection(old, name="L06", volume="1", date="1900-01-01"), seen=NOW).observations
    assert (found.id, found.native, found.announced) == ("acl:L06-1060", None, None)
    assert found.urls["pdf"] == "http://www.example.org/4.pdf"


def test_a_paper_that_cannot_be_read_is_counted():
    page = parse(collection(paper(), "<paper id='2'><title/></paper>", "<paper><title>T</title></paper>"), seen=NOW)
    assert [(one.where, one.reason) for one in page.skipped] == [
        ("2026.acl-long.2", "has no title"), ("2026.acl long None", "has no number")
    ]  # fmt: skip


def test_a_collection_that_has_not_changed_is_not_read_again(wire, session):
    source = build_source({"type": "acl-anthology", "base_url": wire.url, "volumes": ["2026.acl", "2026.emnlp"]})
    root = "/acl-org/acl-anthology/master/data/xml/"
    wire.answer(
        root + "2026.acl.xml", wire.reply(collection(paper()), etag='"a1"'), wire.reply(b"", "304 Not Modified")
    )
    wire.answer(root + "2026.emnlp.xml", wire.reply(b"404: Not Found", "404 Not Found"))
    first = listing_of(source, session)
    assert (first.status, len(first.observations), first.validators) == (Status.PARTIAL, 1, {"2026.acl": '"a1"'})
    assert first.error.startswith("2026.emnlp: ")
    second = listing_of(source, session, first.validators)
    assert (second.observations, second.validators) == ((), {"2026.acl": '"a1"'})
    assert 'if-none-match: "a1"' in wire.heads[2].lower()


def test_when_nothing_has_changed_that_is_told(wire, session):
    source = build_source({"type": "acl-anthology", "base_url": wire.url, "volumes": ["2026.acl"]})
    wire.answer("/acl-org/acl-anthology/master/data/xml/2026.acl.xml", wire.reply(b"", "304 Not Modified"))
    assert listing_of(source, session, {"2026.acl": '"a1"'}).status is Status.NOT_MODIFIED


@pytest.mark.parametrize("raw", [b"", b"<collection>", b"<html/>", b"<!DOCTYPE collection><collection id='P19'/>"])
def test_what_is_no_collection_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="Anthology"):
        parse(raw, seen=NOW)


@pytest.mark.parametrize("volumes", [[], ["../../etc"], ["2025.acl-long"]])
def test_settings_that_name_no_collection_are_told(volumes):
    with pytest.raises(UsageError, match="needs 'volumes'"):
        build_source({"type": "acl-anthology", "volumes": volumes})
