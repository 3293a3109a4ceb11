"""Wild feeds: identities, dates, encodings, cuts, and inputs made to hurt the parser."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import SourceError, UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.feed import observation_from_entry, parse, split_names
from papertriage.sources.feed_worker import read
from papertriage.sources.feedtext import UnreadableTextError, feed_text

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)  # a Friday

RSS_ITEM = """<item><title>On &lt;i&gt;mice&lt;/i&gt;</title><link>https://journal.example.org/a/1</link>
<guid isPermaLink="false">g1</guid><description>What &lt;b&gt;we&lt;/b&gt; did</description>
<dc:identifier>doi:10.1000/ABC.1</dc:identifier><dc:creator>Ann Lee, Bo Ek</dc:creator>
<category>Biology</category><pubDate>Thu, 20 Aug 2026 22:00:00 -0400</pubDate>
<prism:publicationName>J. Mice</prism:publicationName></item>"""


def rss(*items: str, end: str = "</channel></rss>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>T</title>' + "".join(items) + end
    )


def atom(*entries: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{"".join(entries)}</feed>'


def simple(title: str = "x", guid: str = "g", more: str = "") -> str:
    return f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid>{more}</item>"


def papers_of(text: str | bytes, **settings):
    content = parse(text.encode() if isinstance(text, str) else text, seen=NOW, source="mice", **settings)
    assert not content.skipped
    return content.observations


def test_an_entry_gives_all_its_fields():
    (paper,) = papers_of(rss(RSS_ITEM))
    assert (paper.id, paper.ids, paper.native) == ("doi:10.1000/abc.1", {"doi": ("10.1000/abc.1",)}, "g1")
    assert (paper.title, paper.abstract) == ("On <i>mice</i>", "What <b>we</b> did")
    assert paper.authors == ("Ann Lee", "Bo Ek")
    assert (paper.published, paper.announced) == ("2026-08-21T02:00:00Z", dt.date(2026, 8, 21))
    assert (paper.categories, paper.venue) == (("Biology",), "J. Mice")
    assert paper.urls == {"page": "https://journal.example.org/a/1"}


def test_rdf_and_atom_are_read_too():
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="x"><title>T</title></channel>'
        '<item rdf:about="https://doi.org/10.1000/rdf"><title>R</title><link>https://doi.org/10.1000/rdf</link></item>'
        "</rdf:RDF>"
    )
    assert [paper.id for paper in papers_of(rdf)] == ["doi:10.1000/rdf"]
    entry = (
        "<entry><title>A</title><id>tag:x,2026:1</id><updated>2026-08-20T01:02:03Z</updated>"
        '<author><name>Ann Lee</name></author><author><name>Bo Ek</name></author><link href="https://x.example.org/"/>'
        "<content>long content</content><summary>short</summary></entry>"
    )
    (paper,) = papers_of(atom(entry))
    assert (paper.id, paper.authors, paper.abstract) == ("mice:tag:x,2026:1", ("Ann Lee", "Bo Ek"), "long content")
    assert (paper.published, paper.updated, paper.announced) == (None, "2026-08-20T01:02:03Z", dt.date(2026, 8, 20))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"id": "oai:arXiv.org:2604.00001v2"}, "arxiv:2604.00001"),
        ({"id": "g", "link": "https://arxiv.org/abs/2604.00001"}, "arxiv:2604.00001"),
        ({"id": "g", "prism_doi": "10.1000/X"}, "doi:10.1000/x"),
        ({"id": "pubmed:31978945"}, "pmid:31978945"),
        ({"id": "g", "link": "https://pubmed.ncbi.nlm.nih.gov/31978945/"}, "pmid:31978945"),
        ({"id": "g", "links": ["https://x.example.org/", "https://doi.org/10.1000/z"]}, "doi:10.1000/z"),
        ({"id": "tag:github.com,2008:x"}, "mice:tag:github.com,2008:x"),
        ({"link": "https://x.example.org/p?q=1"}, "mice:https://x.example.org/p?q=1"),
        ({"id": "../../etc/passwd"}, "mice:../../etc/passwd"),
    ],
)
def test_an_entry_is_known_by_its_strongest_identity(entry, expected):
    paper = observation_from_entry({"title": "T", **entry}, seen=NOW, source="mice")
    assert not isinstance(paper, str)
    assert paper.id == expected


def test_an_entry_without_date_is_one_record_however_often_it_is_read():
    first, later = (
        observation_from_entry({"title": "T", "id": "g"}, seen=NOW + dt.timedelta(days=days), source="mice")
        for days in (0, 9)
    )
    assert not isinstance(first, str)
    assert not isinstance(later, str)
    assert first.announced is None
    assert first.key == later.key


@pytest.mark.parametrize("when", ["9999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-12-01T00:00:00Z"])
def test_a_date_to_come_is_not_the_day_of_announcement(when):
    paper = observation_from_entry({"title": "T", "id": "g", "published": when}, seen=NOW, source="mice")
    assert not isinstance(paper, str)
    assert paper.announced is None


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["Ann Lee, Bo Ek"], ("Ann Lee", "Bo Ek")),
        (["Ann Lee, Bo Ek, and Cy Dee"], ("Ann Lee", "Bo Ek", "Cy Dee")),
        (["Lee, A., Ek, B. C."], ("A. Lee", "B. C. Ek")),
        (["Lee, A.-B.", "van Ek, BC"], ("A.-B. Lee", "BC van Ek")),
        (["Lee, Ann"], ("Ann Lee",)),
        (["Lee, Ann; van Ek, Bo"], ("Ann Lee", "Bo van Ek")),
        (["John Lee, Jr."], ("John Lee, Jr.",)),
        (["Plato, Aristotle, Bo Ek"], ("Plato, Aristotle, Bo Ek",)),
        (["Ann Lee", "Bo Ek", "", None, 7], ("Ann Lee", "Bo Ek")),
        (["ann@example.org (Ann Lee)"], ("ann@example.org (Ann Lee)",)),
    ],
)
def test_names_are_parted_where_that_is_safe(authors, names):
    assert split_names(authors) == names


def test_entries_without_title_or_id_are_skipped_and_told():
    items = [simple(), "<item><guid>h</guid></item>", "<item><title>only</title></item>"]
    content = parse(rss(*items).encode(), seen=NOW, source="mice")
    assert [paper.id for paper in content.observations] == ["mice:g"]
    assert [one.reason for one in content.skipped] == ["has no title (h)", "has neither a guid nor a link (only)"]


# --- encodings ---------------------------------------------------------------------------------------

UMLAUT = rss(simple("Über Mäuse — «é»"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUT.encode(), ""),
        (UMLAUT.encode("utf-8-sig"), ""),
        (b"\n\n  " + UMLAUT.encode(), ""),
        (UMLAUT.encode("cp1252"), ""),  # says utf-8, is not
        (UMLAUT.replace("utf-8", "windows-1252").encode("cp1252"), "text/xml; charset=utf-8"),
        (UMLAUT.partition("?>")[2].encode("cp1252"), 'application/xml; charset="windows-1252"'),
        (UMLAUT.encode("utf-16"), ""),
        (UMLAUT.encode("utf-16-be"), ""),
        (UMLAUT.replace("utf-8", "bogus").encode(), ""),
        *((UMLAUT.replace("utf-8", name).encode(), "") for name in ("unicode_escape", "idna", "rot13", "utf-7", "hex")),
    ],
)
def test_a_feed_is_decoded_as_it_is_and_not_as_it_claims(body, content_type):
    assert [paper.title for paper in papers_of(body, content_type=content_type)] == ["Über Mäuse — «é»"]


def test_a_bad_byte_in_utf8_spoils_one_sign_only():
    (paper,) = papers_of(UMLAUT.encode().replace(b"M\xc3", b"M\xff\xc3"))
    assert paper.title == "Über M\N{REPLACEMENT CHARACTER}äuse — «é»"


def test_control_characters_do_not_stop_the_parser():
    titles = [paper.title for paper in papers_of(rss(simple("a\x00\x0bb"), simple("c", "h")))]
    assert titles == ["a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b", "c"]


@pytest.mark.parametrize("encoding", ["koi8-r", "euc-jp", "big5"])
def test_an_undeclared_encoding_of_another_script_is_not_guessed(encoding):
    word = "Как вести" if encoding == "koi8-r" else "日本語" if encoding == "euc-jp" else "中文字"
    body = rss(simple(word * 20)).partition("?>")[2].encode(encoding)
    with pytest.raises(SourceError, match="names no encoding that fits, and which it is cannot be told"):
        papers_of(body)
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + body
    assert papers_of(declared)[0].title == word * 20 if encoding != "koi8-r" else True


def test_binary_data_is_no_feed():
    with pytest.raises(SourceError, match="cannot be read"):
        papers_of(b"<rss>" + bytes(range(256)) * 40)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_give_a_text_or_one_kind_of_error(body, content_type):
    for start in (b"", b"<rss ", b"\xff\xfe", b"<?xml encoding='utf-16'?>"):
        try:
            text, root, _ = feed_text(start + body, content_type)
        except UnreadableTextError:
            continue
        assert root
        text.encode()


# --- cuts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [30, 60, 90])
def test_the_last_entry_of_a_cut_feed_is_not_taken(kept):
    whole = rss(simple("one", "1"), simple("two", "2"), simple("three and more", "3", "<description>x</description>"))
    cut = whole[: whole.index("three") + 3] if kept == 30 else whole[: len(whole) - kept]
    content = parse(cut.encode(), seen=NOW, source="mice")
    assert content.cut
    assert [paper.title for paper in content.observations][:2] == ["one", "two"]
    assert len(content.observations) == 2


# --- what a feed means -------------------------------------------------------------------------------


def listings(wire, session, body: str | bytes, now=NOW, validators=None, **headers: str):
    url = wire.answer("/feed", wire.reply(body.encode() if isinstance(body, str) else body, **headers))
    source = build_source({"name": "mice", "type": "feed", "url": url})
    assert source.query == url
    return list(source.fetch(session, [now.date()], now=now, validators=validators or {}))


def test_a_whole_feed_is_complete(wire, session):
    (listing,) = listings(wire, session, rss(RSS_ITEM), ETag='"e"')
    assert (listing.day, listing.status, listing.error) == (NOW.date(), Status.COMPLETE, None)
    assert (len(listing.observations), listing.requests, listing.validators) == (1, 1, {"etag": '"e"'})


def test_a_feed_that_has_not_changed_is_not_parsed(wire, session):
    url = wire.answer("/feed", wire.reply(b"", "304 Not Modified"))
    source = build_source({"name": "mice", "type": "feed", "url": url})
    (listing,) = source.fetch(session, [NOW.date()], now=NOW, validators={"last_modified": "Mon"})
    assert (listing.status, listing.validators) == (Status.NOT_MODIFIED, {"last_modified": "Mon"})
    assert "If-Modified-Since: Mon" in wire.heads[0]


def test_a_feed_without_entries_is_unusual_but_on_a_weekend(wire, session):
    (listing,) = listings(wire, session, rss())
    assert (listing.status, listing.error) == (
        Status.STALE,
        "The feed mice has no entries, which is unusual. The next fetch asks again.",
    )
    (listing,) = listings(wire, session, rss(), now=NOW + dt.timedelta(days=1))
    assert (listing.status, listing.error) == (Status.EXPECTED_EMPTY, None)


def test_a_cut_feed_is_partial_and_brings_no_validators(wire, session):
    (listing,) = listings(wire, session, rss(simple("one", "1"), simple("two", "2"), end=""), ETag='"e"')
    assert (listing.status, len(listing.observations), listing.validators) == (Status.PARTIAL, 1, {})
    assert listing.error == "The feed mice was cut short; its last entry was left out. The next fetch asks again."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<html><body>captcha</body></html>", "sent a web page"),
        ("<opml><body/></opml>", "What the feed mice gives is not RSS, Atom or RDF."),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(simple()), "it has a DOCTYPE, which is refused"),
        ("Rate exceeded.", "rate of requests is exceeded"),
    ],
)
def test_what_is_no_feed_is_a_failure(wire, session, body, told):
    with pytest.raises(SourceError) as caught:
        listings(wire, session, body)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "settings", [{}, {"url": ""}, {"url": "/etc/passwd"}, {"url": "file:///etc/passwd"}, {"url": 7}]
)
def test_only_an_http_address_can_be_a_feed(settings):
    with pytest.raises(UsageError, match="mice"):
        build_source({"name": "mice", "type": "feed", **settings})


# --- attacks -----------------------------------------------------------------------------------------


def test_a_body_that_is_a_path_is_not_opened(tmp_path):
    canary = tmp_path / "canary.xml"
    canary.write_text(rss(simple("canary")))
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (canary, fifo, "/dev/zero", "file:///etc/passwd"):
        with pytest.raises(SourceError, match="does not begin like XML"):
            papers_of(str(path))
        assert read(str(path).encode())["entries"] == []


def test_a_document_type_reaches_out_to_nobody():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"
        text = f'<!DOCTYPE rss [<!ENTITY % x SYSTEM "{address}"> %x;]><rss><channel/></rss>'
        for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32"):
            with pytest.raises(SourceError, match="DOCTYPE"):
                papers_of(text.encode(encoding))
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_current_folder_cannot_replace_the_parser(tmp_path, monkeypatch):
    (tmp_path / "feedparser.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    assert papers_of(rss(simple()))


def hostile(case: dict[str, str], size: int = 40_000) -> str:
    """Build the feed that a case of `feeds_repeat` describes."""
    unit, where = case["unit"], case["where"]
    number = size // len(unit)
    text = "".join(unit.replace("{i-1}", str(i - 1)).replace("{i}", str(i)) for i in range(1, number + 1))
    return {
        "an element's start tag": rss(simple(more=f"<x {text}>y</x>")),
        "an item": rss(simple(more=text)),
        "a description": rss(simple(more=f"<description>{text}</description>")),
        "an escaped style attribute": rss(
            simple(more=f"<description>&lt;p style=&quot;{text}&quot;&gt;x&lt;/p&gt;</description>")
        ),
        "an Atom entry": atom(f"<entry><title>x</title><id>g</id>{text}</entry>"),
        "the start": text + rss(simple()),
        "the DTD": f"<!DOCTYPE rss [{text}]>" + rss(simple(more="<description>&a99;</description>")).partition("?>")[2],
        "an RSS author": rss(simple(more=f"<author>{text}@x</author>")),
        "pubDate": rss(simple(more=f"<pubDate>{text}</pubDate>")),
    }[where]


def test_feeds_made_to_hurt_end_within_their_time(shared):
    cases = json.loads((shared / "hostile" / "payloads.json").read_text())["feeds_repeat"]
    assert len(cases) == 15
    for case in cases:
        began = time.monotonic()
        try:
            papers = parse(hostile(case).encode(), seen=NOW, source="mice", seconds=2.0).observations
        except SourceError as error:
            assert "2 s" in str(error) or "DOCTYPE" in str(error), case  # noqa: PT017
        else:
            assert len(papers) <= 1, case
            assert all(len(paper.categories) <= 100 and len(paper.authors) <= 1_000 for paper in papers)
        assert time.monotonic() - began < 4, case
