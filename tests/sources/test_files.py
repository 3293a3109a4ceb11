"""Telling what kind a file is, and reading it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
from pathlib import Path

import pytest

from papertriage.errors import UsageError
from papertriage.identity import Identity
from papertriage.model import Observation, Skipped
from papertriage.sources import files
from papertriage.sources.files import Found, Position, read_file
from papertriage.sources.plain import title_id

SEEN = dt.datetime(2026, 9, 1, 6, 30, tzinfo=dt.UTC)
ONE, TWO = {"id": "2510.01265", "title": "One"}, {"id": "2510.01266", "title": "Two"}
LINES = f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n"
COPIED = "Why Read?\n\nWe ask.\n\n  • 3 authors\n·\nOct 14, 2024 1\n"
HTML = (
    '<!doctype html>\n<html><div data-props="{&quot;date&quot;:&quot;2024-08-01&quot;,&quot;dailyPapers&quot;:'
    '[{&quot;paper&quot;:{&quot;id&quot;:&quot;2510.01265&quot;,&quot;title&quot;:&quot;One&quot;}}]}"></div>'
)


MAIL = "\\\\\narXiv:2510.01265\nDate: Wed, 1 Oct 2025 18:23:40 GMT\n\nTitle: One\n\\\\\n  A\n\\\\ ( x )\n"
FEED = (
    "<?xml version='1.0'?>\n<rss version='2.0'><channel><item><title>One</title>"
    "<link>https://doi.org/10.1000/one</link></item></channel></rss>"
)
PUBMED = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet><PubmedArticle><MedlineCitation>'
    '<PMID Version="1">12230038</PMID><Article><ArticleTitle>One</ArticleTitle></Article></MedlineCitation>'
    "</PubmedArticle></PubmedArticleSet>"
)


def read(path: Path, source: str | None = None) -> list[Found]:
    return list(read_file(path, seen=SEEN, source=source))


def ids(path: Path) -> list[str]:
    named = {Observation: lambda one: one.id, Skipped: lambda one: one.where, Identity: str}
    return [named[type(one)](one) for one in read(path)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LINES, ["arxiv:2510.01265", "arxiv:2510.01266"]),
        ("\n\n" + LINES.replace("\n", "\r\n"), ["arxiv:2510.01265", "arxiv:2510.01266"]),
        ("\ufeff" + LINES, ["arxiv:2510.01265", "arxiv:2510.01266"]),
        ('{"title": torn\n' + LINES, ["line 1", "arxiv:2510.01265", "arxiv:2510.01266"]),
        (json.dumps([ONE, 3, TWO], indent=2), ["arxiv:2510.01265", "item 2", "arxiv:2510.01266"]),
        (json.dumps(ONE, indent=2), ["arxiv:2510.01265"]),
        (json.dumps([{"paper": ONE}, {"paper": {}}]), ["arxiv:2510.01265", "item 2"]),
        ("\ufeff[]", []),
        (HTML, ["arxiv:2510.01265"]),
        ("\n" + HTML.replace("<!doctype html>", "<!-- saved from url=… -->"), ["arxiv:2510.01265"]),
        (COPIED, [title_id("hf-daily", "why read")]),
        ("% mine\n@article{one, title={One}, eprint={2510.01265}}\n", ["arxiv:2510.01265"]),
        ("Provider: X\nTY  - JOUR\nTI  - One\nDO  - 10.1000/one\nER  - \n", ["doi:10.1000/one"]),
        ("\nPMID- 12230038\nTI  - One\n", ["pmid:12230038"]),
        ("title,doi\nOne,10.1000/one\n", ["doi:10.1000/one"]),
        ("DOI\tTitle\r10.1000/one\tOne\r", ["doi:10.1000/one"]),
        (json.dumps([{"type": "article", "title": "One", "DOI": "10.1000/One"}]), ["doi:10.1000/one"]),
        (json.dumps({"type": "article", "title": "One", "DOI": "10.1000/One"}) + "\n", ["doi:10.1000/one"]),
        (MAIL, ["arxiv:2510.01265"]),
        (FEED, ["doi:10.1000/one"]),
        (FEED.replace("<rss", "<!-- a html page? <html> -->\n<rss"), ["doi:10.1000/one"]),
        (PUBMED, ["pmid:12230038"]),
        ("# to read\n2510.01265v2\n\nhttps://doi.org/10.1000/one\n", ["arxiv:2510.01265", "doi:10.1000/one"]),
    ],
)
def test_the_content_tells_the_kind(tmp_path: Path, content: str, expected: list[str]) -> None:
    for name, raw in (("plain", content.encode()), ("packed", gzip.compress(content.encode()))):
        path = tmp_path / name
        path.write_bytes(raw)
        assert ids(path) == expected


def test_utf_16_as_powershell_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "papers"
    path.write_bytes(LINES.encode("utf-16"))
    assert ids(path) == ["arxiv:2510.01265", "arxiv:2510.01266"]


def test_the_sources_name_can_be_given(tmp_path: Path) -> None:
    for content, default in ((LINES, "import"), (COPIED, "hf-daily"), (json.dumps([{"paper": ONE}]), "hf-daily")):
        path = tmp_path / "papers"
        path.write_text(content, "utf-8")
        assert {one.source for one in read(path) if isinstance(one, Observation)} == {default}
        assert {one.source for one in read(path, "mine") if isinstance(one, Observation)} == {"mine"}


def test_a_saved_reply_of_the_api_is_announced_on_its_day(tmp_path: Path) -> None:
    path = tmp_path / "reply.json"
    path.write_text(json.dumps([{"paper": {**ONE, "submittedOnDailyAt": "2025-10-03T00:00:00.000Z"}}]), "utf-8")
    (paper,) = read(path)
    assert isinstance(paper, Observation)
    assert paper.announced == dt.date(2025, 10, 3)


def test_a_copied_page_in_a_legacy_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(COPIED.replace("Why", "Où").encode("cp1252"))
    assert [one.title for one in read(path) if isinstance(one, Observation)] == ["Où Read?"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty. There is nothing to import."),
        (b" \n", "is empty."),
        (b"\xef\xbb\xbf", "is empty."),
        (b"Dear all,\nhere are my papers.", "was not recognised. It reads JSON lines"),
        (b"<?xml version='1.0'?><svg/>", "was not recognised."),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><rss/>", "was not recognised."),
        (b"title of one\n2510.01265", "was not recognised."),
        (b"\0\0\0 \xc2\xb7", "was not recognised."),
        (b"/etc/passwd", "was not recognised."),
        (b"<html>", "The saved page carries no list of papers. Save a Daily Papers page"),
        (b"[1, 2", "cannot be read as JSON: it is not JSON"),
        (b"[" * 100_000, "cannot be read as JSON: it is nested too deeply."),
        (b"\x1f\x8bgarbage that is no gzip", "cannot be read: "),
        (gzip.compress(LINES.encode() * 100)[:-10], "cannot be read: Compressed file ended"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "papers"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("name", "reason"), [("missing", "No such file or directory"), (".", "Is a directory")])
def test_a_path_without_a_file_is_an_error(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"cannot be read: {reason}"):
        read(tmp_path / name)


def test_dev_zero_is_refused_at_once() -> None:
    if Path("/dev/zero").exists():
        with pytest.raises(UsageError, match="not recognised"):
            read(Path("/dev/zero"))


def test_a_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_WHOLE", 1_000_000)
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(b'{"title": "T"}\n' + b" " * 20_000_000))
    with pytest.raises(UsageError, match="grows 200 times when it is decompressed"):
        read(path)


def test_a_file_that_must_be_read_whole_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_WHOLE", 1_000)
    path = tmp_path / "list.json"
    path.write_text(json.dumps([ONE] * 100), "utf-8")
    with pytest.raises(UsageError, match="is larger than"):
        read(path)
    path.write_text(LINES * 100, "utf-8")
    assert len(read(path)) == 200


@pytest.mark.parametrize(
    ("recording", "papers"),
    [
        ("hf_daily_page_copied.txt", 41),
        ("hf_html/slbqc_huggingface_papers_2024-08-01.html", 13),
        ("hf_daily/newsletter_2024-05-27.json", 13),
        ("hf_daily/newsletter_2026-08-21.json", 17),
        ("pubmed/biopython_medline_pubmed_result1.txt", 1),
        ("pubmed/biopython_pubmed2.xml", 2),
        ("arxiv_email/announce_2026-01-26.txt", 10),
        ("arxiv_email/browse_math_new-OA.txt", 3),
        ("arxiv_email/browse_q-fin_new.txt", 16),
    ],
)
def test_real_files_are_recognised(shared: Path, recording: str, papers: int) -> None:
    found = read(shared / "recordings" / recording)
    assert [type(one) for one in found] == [Observation] * papers


def test_the_corpus_is_read_through_gzip(shared: Path) -> None:
    stream = read_file(shared / "corpus/arxiv-20k.jsonl.gz", seen=SEEN)
    assert isinstance(next(stream), Observation)


@pytest.mark.parametrize(
    ("table", "papers", "without_title", "included"),
    [
        ("cohen2006_ADHD", 827, 24, 19),
        ("cohen2006_Antihistamines", 300, 10, 16),
        ("cohen2006_Estrogens", 354, 14, 77),
        ("cohen2006_Triptans", 647, 24, 24),
        ("kitchenham_2010", 1704, 0, 45),
        ("nagtegaal_2019", 2019, 0, 101),
    ],
)
def test_real_tables_with_labels_are_read_to_the_last_row(
    shared: Path, table: str, papers: int, without_title: int, included: int
) -> None:
    found = read(shared / f"labelled/{table}.csv.gz")
    read_ones = [one for one in found if isinstance(one, Observation)]
    assert len(read_ones) == papers
    assert [type(one) for one in found].count(Skipped) == without_title
    assert all("no title, only an id" in one.reason for one in found if isinstance(one, Skipped))
    assert sum(one.extra["label_included"] for one in read_ones) == included


def test_json_lines_can_be_gone_on_with_from_where_reading_stopped(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(LINES + "broken\n", "utf-8")
    first = Position()
    stream = read_file(path, seen=SEEN, at=first)
    next(stream)
    assert (first.by_lines, first.line, first.offset) == (True, 1, len(LINES) // 2)
    rest = list(read_file(path, seen=SEEN, at=Position(offset=first.offset, line=first.line)))
    assert [getattr(one, "id", None) or one.where for one in rest] == ["arxiv:2510.01266", "line 3"]
    packed = tmp_path / "papers.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert list(read_file(packed, seen=SEEN, at=Position(offset=first.offset, line=first.line))) == rest


def test_a_stream_is_read_as_it_comes() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as ours:
        ours.write(LINES.encode())
    with os.fdopen(reader, "rb") as theirs:
        assert [one.id for one in read_file(theirs, seen=SEEN)] == ["arxiv:2510.01265", "arxiv:2510.01266"]
        assert not theirs.closed
