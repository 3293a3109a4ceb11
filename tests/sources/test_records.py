"""Reading the log's own lines and plain records."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.model import Observation, Skipped
from papertriage.sources.people import split_authors
from papertriage.sources.plain import from_plain, iso_moment
from papertriage.sources.records import read_lines

SEEN = dt.datetime(2026, 9, 1, 6, 30, tzinfo=dt.UTC)


def read(*lines: str | bytes | dict[str, Any], source: str = "import") -> list[Observation | Skipped]:
    raw = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    body = b"\n".join(line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in raw)
    return list(read_lines(io.BytesIO(body), seen=SEEN, source=source))


def plain(**record: Any) -> Observation:
    return from_plain({"title": "On reading", **record}, seen=SEEN, source="import")


def test_a_plain_record_becomes_an_observation() -> None:
    paper = plain(
        id="https://arxiv.org/pdf/2510.01265v2",
        abstract=" Of  papers\nand people. ",
        authors=["Ana Lima", "Bo Ek"],
        published="2025-09-26",
        url="https://huggingface.co/papers/2510.01265",
        categories=["cs.LG", "cs.CL"],
        doi="https://doi.org/10.1000/ABC",
        comment=None,
        upvotes=12,
        mood="good",
    )
    assert paper == Observation(
        id="arxiv:2510.01265",
        source="import",
        title="On reading",
        seen=SEEN,
        ids={"arxiv": ("2510.01265",), "doi": ("10.1000/abc",)},
        abstract="Of papers and people.",
        authors=("Ana Lima", "Bo Ek"),
        published="2025-09-26",
        categories=("cs.LG", "cs.CL"),
        urls={"page": "https://huggingface.co/papers/2510.01265"},
        version=2,
        signals={"upvotes": 12},
        extra={"mood": "good"},
    )


def test_a_line_of_the_log_is_kept_as_it_is_with_what_is_not_known() -> None:
    line = {
        "v": 1,
        "id": "arxiv:2510.01265",
        "source": "hf-daily",
        "seen": "2026-08-21T07:00:00Z",
        "title": "A {\\LaTeX} title",
        "announced": "2026-08-21",
        "signals": {"upvotes": 3},
        "shelf": {"of": "the future"},
    }
    (paper,) = read(line)
    assert isinstance(paper, Observation)
    assert paper.seen == dt.datetime(2026, 8, 21, 7, tzinfo=dt.UTC)
    assert paper.announced == dt.date(2026, 8, 21)
    assert (paper.source, paper.title, paper.unknown) == ("hf-daily", "A {\\LaTeX} title", {"shelf": line["shelf"]})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 2}, "it has format version 2, this papertriage knows 1"),
        ({"seen": "2026-08-21T07:00:00"}, "its `seen` lacks a time zone"),
        ({"title": " "}, "it has no title"),
        ({"authors": "Ana Lima"}, "a field is wrong: Expected `array`, got `str` - at `$.authors`"),
        ({"id": "no id"}, "its id is “no id”, which is none"),
    ],
)
def test_a_line_of_the_log_that_cannot_be_used_is_skipped(change: dict[str, Any], reason: str) -> None:
    line = {"v": 1, "id": "arxiv:2510.01265", "source": "a", "seen": "2026-08-21T07:00:00Z", "title": "T", **change}
    assert read(line) == [Skipped(where="line 1", reason=reason)]


def test_a_wrong_record_is_skipped_with_its_line_and_the_others_are_kept() -> None:
    found = read(
        {"title": "One"},
        "",
        '{"title": "torn',
        {"title": 7},
        {"abstract": "x"},
        {"title": None},
        '["a list"]',
        {"title": "T", "authors": {"a": 1}},
        {"title": "T", "authors": [["a"]]},
        {"title": "T", "abstract": ["a"]},
        {"title": "T", "published": [2024]},
        {"title": "T", "id": 2510.0126},
        {"title": "T", "categories": 5},
        {"title": "T", "upvotes": "many"},
        {"title": "T", "urls": ["x"]},
        {"title": "Two"},
    )
    assert [paper.title for paper in found if isinstance(paper, Observation)] == ["One", "Two"]
    assert [f"{skip.where}: {skip.reason}" for skip in found if isinstance(skip, Skipped)] == [
        "line 3: it is not JSON (unterminated string starting at at character 11)",
        "line 4: its title is a number, not text",
        "line 5: it has no title",
        "line 6: it has no title",
        "line 7: it is a list, not an object",
        "line 8: its authors is an object, not a list of names",
        "line 9: one of its authors is a list, not a name",
        "line 10: its abstract is a list, not text",
        "line 11: its published is a list, not a date",
        "line 12: its id is a number, not text",
        "line 13: its categories is a number, not a list of names",
        "line 14: its upvotes is “many”, not a number",
        "line 15: its urls is a list, not an object",
    ]


@pytest.mark.parametrize(
    ("record", "identity"),
    [
        ({"id": "arXiv:hep-th/9901001v3"}, "arxiv:hep-th/9901001"),
        ({"id": "10.48550/arXiv.2510.01265"}, "arxiv:2510.01265"),
        ({"doi": "doi:10.1101/2020.01.01.123456"}, "doi:10.1101/2020.01.01.123456"),
        ({"pmid": 31978945}, "pmid:31978945"),
        ({"ids": {"arxiv": ["2510.01265"], "doi": "10.1000/x"}}, "arxiv:2510.01265"),
        ({"url": "https://arxiv.org/abs/2510.01265"}, "arxiv:2510.01265"),
        ({"id": 42}, "import:42"),
        ({"id": "key of mine"}, "import:key%20of%20mine"),
        ({"id": "zotero:AB12"}, "zotero:AB12"),
        ({"id": "AB12", "arxiv_id": "2510.01265"}, "arxiv:2510.01265"),
        ({"id": None}, "import:t-896851518aef7316"),
    ],
)
def test_an_identity_is_found_in_any_spelling(record: dict[str, Any], identity: str) -> None:
    assert plain(**record).id == identity


def test_a_title_alone_gives_the_same_identity_however_it_is_spelled() -> None:
    assert plain(title="Pre-training,  again!").id == plain(title="Pre-Training again").id


def test_the_source_is_the_records_own_when_it_can_be_one() -> None:
    assert plain(source="arxiv").source == "arxiv"
    odd = plain(source="My Library!")
    assert (odd.source, odd.extra) == ("import", {"source": "My Library!"})


def test_what_cannot_be_understood_is_kept_in_extra() -> None:
    paper = plain(published="24 May 2024", url="javascript:alert(1)", summary="Both.", abstract="One.", doi="none")
    assert (paper.published, paper.urls, paper.abstract) == (None, {}, "One.")
    assert paper.extra == {
        "published": "24 May 2024",
        "url": "javascript:alert(1)",
        "summary": "Both.",
        "doi": "none",
    }


def test_a_record_of_arxivs_metadata_snapshot_is_understood() -> None:
    paper = plain(
        id="0704.0001",
        submitter="Pavel Nadolsky",
        authors="C. Bal\\'azs, E. L. Berger, P. M. Nadolsky",
        comments="37 pages, 15 figures",
        **{"journal-ref": "Phys.Rev.D76:013009,2007"},
        categories="hep-ph hep-ex",
        versions=[
            {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
            {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
        ],
        update_date="2008-11-26",
        authors_parsed=[["Balázs", "C.", ""], ["Berger", "E. L.", ""], ["Nadolsky", "P. M.", "Jr."]],
    )
    assert paper.authors == ("C. Balázs", "E. L. Berger", "P. M. Nadolsky Jr.")
    assert (paper.published, paper.updated, paper.version) == ("2007-04-02T19:18:42Z", "2008-11-26", 2)
    assert (paper.comment, paper.venue) == ("37 pages, 15 figures", "Phys.Rev.D76:013009,2007")
    assert (paper.categories, paper.signals, paper.extra) == (("hep-ph", "hep-ex"), {}, {})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ana Lima", ["Ana Lima"]),
        ("Ana Lima and Bo Ek", ["Ana Lima", "Bo Ek"]),
        ("Ana Lima, Bo Ek, and Cy Day", ["Ana Lima", "Bo Ek", "Cy Day"]),
        ("Lima, Ana and Ek, Bo", ["Ana Lima", "Bo Ek"]),
        ("Lima, Ana; Ek, Bo", ["Ana Lima", "Bo Ek"]),
        ("Lima, A., Ek, B. C.", ["A. Lima", "B. C. Ek"]),
        ("Lima, Ana", ["Ana Lima"]),
        ("Ana Lima, Bo Ek", ["Ana Lima", "Bo Ek"]),
        ("Ana Lima (Lab A, Rome), Bo Ek", ["Ana Lima (Lab A, Rome)", "Bo Ek"]),
        ("Ana Lima, Jr., Bo Ek", ["Ana Lima Jr.", "Bo Ek"]),
        ("Alexander Anderson", ["Alexander Anderson"]),
        (" ; and , ", ["and"]),
        ("", []),
    ],
)
def test_a_text_of_authors_is_parted_into_names(text: str, names: list[str]) -> None:
    assert split_authors(text) == names


@given(st.text(alphabet="Aa,;.() \nand&", max_size=60))
def test_parting_authors_never_fails(text: str) -> None:
    assert all(name and name == " ".join(name.split()) for name in split_authors(text))


def test_authors_may_be_records_and_names_turned_round() -> None:
    names = [{"name": "Ana Lima"}, {"given": "Bo", "family": "Ek"}, "Day, Cy", None, " "]
    assert plain(authors=names).authors == ("Ana Lima", "Bo Ek", "Cy Day")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        (" 2024-05-24 ", "2024-05-24"),
        ("2024-05-24T17:34:15Z", "2024-05-24T17:34:15Z"),
        ("2024-05-24 19:34:15.123+02:00", "2024-05-24T17:34:15Z"),
        ("2024-05-24T17:34", "2024-05-24T17:34:00Z"),
        ("2024-02-30", None),
        ("0000", None),
        ("0001-01-01T00:00+05:00", None),
        ("24 May 2024", None),
        ("٢٠٢٤", None),
    ],
)
def test_a_moment_is_normal_or_refused(text: str, moment: str | None) -> None:
    assert iso_moment(text) == moment


@pytest.mark.parametrize(
    "line",
    [
        '{"title": "T", "venue": NaN, "score": Infinity, "x": -1e999, "y": ' + "9" * 5000 + "}",
        '\ufeff{"title": "T"}',
        '{"title": "T"}\r',
        '{"title": "T\\u2028"}',
        '{"title": "T\x85"}',
        '{"title": "\\u001c \\u000bT\\r\\n"}',
        '{"title": "\tT"}',
    ],
)
def test_what_other_tools_write_beyond_json_is_read(line: str) -> None:
    (paper,) = read(line)
    assert isinstance(paper, Observation)
    assert (paper.title, paper.venue, paper.extra) == ("T", None, paper.extra and {"score": None})


def test_a_lone_surrogate_is_replaced() -> None:
    (paper,) = read('{"title": "a\\ud800b", "x\\udfff": ["\\ud83d\\ude00 \\udc00"]}')
    assert isinstance(paper, Observation)
    assert (paper.title, paper.extra) == ("a\ufffdb", {"x\ufffd": ["😀 \ufffd"]})
    msgspec.json.encode(paper)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 100_000, "it is nested too deeply"),
        ('{"title": "T", "x": ' + "[" * 100_000, "it is nested too deeply"),
        ('{"title": "T", "x": ' + "[" * 100 + "]" * 100 + "}", "its x is nested deeper than 32 levels"),
        (b'{"title": "caf\xe9"}', "it is not UTF-8 text"),
        (b'{"title": "\xed\xa0\x80"}', "it is not UTF-8 text"),
    ],
)
def test_a_hostile_line_is_skipped(line: str | bytes, reason: str) -> None:
    assert read(line, {"title": "Next"})[0] == Skipped(where="line 1", reason=reason)


def test_fields_are_capped() -> None:
    paper = plain(
        title="t" * 5_000,
        abstract="ä" * 5_000_000,
        authors=[f"Name {number}" for number in range(2_000)],
        notes="n" * 1_000_000,
        table=[["x" * 1_000] * 1_000],
    )
    assert len(paper.title.encode()) <= 1_000
    assert len((paper.abstract or "").encode()) <= 50_000
    assert (len(paper.authors), paper.author_count) == (1_000, 2_000)
    assert list(paper.extra) == ["notes"]
    assert len(msgspec.json.encode(paper)) < 200_000


def test_a_record_that_stays_too_long_is_skipped() -> None:
    many = {f"field {number}": "x" * 40_000 for number in range(150)}
    own = {"v": 1, "id": "arxiv:2510.01265", "source": "a", "seen": "2026-08-21T07:00:00Z", "title": "T", **many}
    reason = "it is longer than 4 MiB, though its title, abstract and authors were cut"
    assert read(own, {"title": "T", **many}) == [Skipped(where=f"line {line}", reason=reason) for line in (1, 2)]


def test_a_line_of_endless_length_is_skipped_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papertriage.sources.records.MAX_LINE", 1_000)
    long = json.dumps({"title": "T", "x": "y" * 3_500})
    assert [getattr(found, "where", "") for found in read(long, {"title": "Next"})] == ["line 1", ""]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "title",
                        "id",
                        "authors",
                        "doi",
                        "published",
                        "urls",
                        "ids",
                        "v",
                        "source",
                        "seen",
                        "extra",
                        "x",
                        "versions",
                        "categories",
                    ]
                ),
                inner,
                max_size=8,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_gives_an_observation_that_can_be_written_or_a_reason(value: Any) -> None:
    for found in read(json.dumps(value)):
        if isinstance(found, Observation):
            assert msgspec.json.decode(msgspec.json.encode(found), type=Observation) == found
        else:
            assert found.reason


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_skipped(raw: bytes) -> None:
    assert len(read(raw)) <= raw.count(b"\n") + 1


def test_the_hostile_payloads_do_no_harm(shared: Path) -> None:
    for payload in json.loads((shared / "hostile/payloads.json").read_text("utf-8"))["json"]:
        assert len(read(payload, {"title": "Next"})) == 2


def test_the_corpus_is_imported_whole(shared: Path) -> None:
    with gzip.open(shared / "corpus/arxiv-20k.jsonl.gz") as stream:
        found = list(read_lines(stream, seen=SEEN))
    papers = [paper for paper in found if isinstance(paper, Observation)]
    assert (len(papers), len(found)) == (20_000, 20_000)
    assert len({paper.id for paper in papers}) == 20_000
    assert all(
        paper.id.startswith("arxiv:") and paper.authors and paper.abstract and paper.published for paper in papers
    )
    assert {paper.source for paper in papers} == {"arxiv"}
    assert set(papers[0].extra) == {"listed_on", "published_basis"}
