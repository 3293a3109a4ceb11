"""Bibliographies: BibTeX, RIS, MEDLINE, CSL-JSON and tables, as people and programs write them."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.model import Observation, Skipped
from papertriage.sources import bibtex, csl, records, references, tables, tagged
from papertriage.sources.references import date_text, text_lines, turned

SEEN = dt.datetime(2026, 9, 1, 6, 30, tzinfo=dt.UTC)


def observed(found: Iterator[Observation | Skipped]) -> list[Any]:
    return list(found)


def bib(text: str) -> list[Any]:
    return observed(bibtex.read_bibtex(text, seen=SEEN, source="import"))


def by_lines(read: Callable[..., Iterator[Observation | Skipped]], text: str) -> list[Any]:
    return observed(read(text.splitlines(keepends=True), seen=SEEN, source="import"))


# --- BibTeX ---------------------------------------------------------------------------------------------------


def test_an_entry_of_bibtex_gives_its_fields_and_latex_stays_as_it_is():
    (paper,) = bib(
        r"""
        @string{neurips = "Advances in Neural Information Processing Systems"}
        @InProceedings{vaswani17,
          title = {{BERT} and {\'E}coles: $O(n^2)$},
          author = {Vaswani, Ashish and M{\"u}ller, Jr., J{\"u}rgen and {Barnes and Noble} and others},
          booktitle = neurips,
          year = 2017, month = dec, day = "6",
          doi = {10.1000/a\_b}, url = {\url{https://example.org/a\_b}},
          keywords = {attention, models},
        }"""
    )
    assert paper.title == r"{BERT} and {\'E}coles: $O(n^2)$"
    assert paper.authors == ("Ashish Vaswani", r"J{\"u}rgen M{\"u}ller Jr.", "{Barnes and Noble}")
    assert (paper.id, paper.published) == ("doi:10.1000/a_b", "2017-12-06")
    assert paper.venue == "Advances in Neural Information Processing Systems"
    assert paper.urls == {"page": "https://example.org/a_b"}
    assert paper.extra == {"key": "vaswani17", "type": "inproceedings", "keywords": "attention, models"}


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ("eprint = {2510.01265v2}, archivePrefix = {arXiv}, primaryClass = {cs.CL}", {"arxiv": ("2510.01265",)}),
        ("eprint = {math/0211159}, eprinttype = {arxiv}", {"arxiv": ("math/0211159",)}),
        ("eprint = {12230038}, eprinttype = {pubmed}", {"pmid": ("12230038",)}),
        ("doi = {https://doi.org/10.1000/ONE}, pmid = {12230038}", {"doi": ("10.1000/one",), "pmid": ("12230038",)}),
        ("eprint = {hal-00012}, eprinttype = {hal}", {}),
    ],
)
def test_identities_of_bibtex_are_found(fields, ids):
    (paper,) = bib("@misc{x, title = {One}, " + fields + "}")
    assert paper.ids == ids


def test_a_broken_entry_is_told_with_its_line_and_the_others_are_read():
    text = (
        "@article{a, title={A},\n year=2020}\n\n@article{b, title={B\n\n@article{c, title={C}}\n@book{d, year=2000}\n"
    )
    found = bib(text)
    assert [one.title for one in found if isinstance(one, Observation)] == ["A", "C"]
    told = [one for one in found if isinstance(one, Skipped)]
    assert [one.where for one in told] == ["line 4", "line 7"]
    assert "no whole entry" in told[0].reason
    assert told[1].reason == "it has no title"


def test_two_entries_with_one_key_are_two_papers():
    found = bib("@misc{x, title={One}}\n@misc{x, title={Two}}\n@misc{y, title={Three}, title={Four}}")
    assert [one.title for one in found] == ["One", "Two", "Three"]


def test_records_without_an_id_are_known_by_title_first_author_and_year():
    def named(title: str, author: str, year: str) -> str:
        (paper,) = bib(f"@misc{{k, title={{{title}}}, author={{{author}}}, year={{{year}}}}}")
        return paper.id

    one = named("Editorial", "Lima, Ana", "2001")
    assert one.startswith("import:r-")
    assert named("{E}ditorial.", "Ana Lima and Bo Ek", "2001") == one
    assert one not in {named("Editorial", "Ek, Bo", "2001"), named("Editorial", "Lima, Ana", "2002")}


# --- RIS and MEDLINE ------------------------------------------------------------------------------------------


def test_ris_is_read_with_the_tags_of_several_services():
    one, two = by_lines(
        tagged.read_ris,
        "TY  - JOUR\r\nT1  - A long\r\n title\r\nA1  - Lima, Ana\r\n"
        "A1  - King, Martin Luther, Jr.\r\nY1  - 2020/05/01/\r\n"
        "N2  - What we did.\r\nJF  - J. Tests\r\nDO  - https://doi.org/10.1000/x\r\nKW  - a\r\nKW  - b\r\n"
        "N1  - ASReview_relevant\r\nER  - \r\n\r\n"
        "TY  - CHAP\nTI  - Two\nAU  - Ek, B.\nPY  - 1999\nAN  - 12230038\nDB  - PubMed\nUR  - https://example.org/2\n",
    )
    assert (one.title, one.authors) == ("A long title", ("Ana Lima", "Martin Luther King Jr."))
    assert (one.published, one.abstract, one.venue, one.id) == (
        "2020-05-01",
        "What we did.",
        "J. Tests",
        "doi:10.1000/x",
    )
    assert one.extra == {"type": "JOUR", "keywords": ["a", "b"], "notes": "ASReview_relevant"}
    assert (two.id, two.published, two.urls["page"]) == ("pmid:12230038", "1999", "https://example.org/2")


def test_a_ris_record_without_an_end_or_a_title_spoils_no_other():
    found = by_lines(
        tagged.read_ris, "TY  - JOUR\nTI  - One\nTY  - JOUR\nAU  - Ek, Bo\nER  - \nTY  - JOUR\nTI  - Three\n"
    )
    assert [one.title if isinstance(one, Observation) else f"{one.where}: {one.reason}" for one in found] == [
        "One",
        "line 3: it has no title",
        "Three",
    ]


def test_medline_is_read():
    (paper,) = by_lines(
        tagged.read_medline,
        "\nPMID- 12230038\nDP  - 2002 Sep 12\nTI  - The toolkits--a brief\n      overview.\nAB  - What\n      is it.\n"
        "FAU - Mangalam, Harry\nAU  - Mangalam H\nCN  - Some Group\nLID - 10.1000/x [doi]\n"
        "AID - S01 [pii]\nPMC - PMC123\n"
        "JT  - Briefings in tests\nOT  - tools\n",
    )
    assert paper.ids == {"pmid": ("12230038",), "doi": ("10.1000/x",), "pmc": ("PMC123",)}
    assert (paper.title, paper.abstract) == ("The toolkits--a brief overview.", "What is it.")
    assert (paper.authors, paper.published) == (("Harry Mangalam", "Some Group"), "2002-09-12")
    assert (paper.venue, paper.extra) == ("Briefings in tests", {"keywords": ["tools"]})


# --- CSL-JSON -------------------------------------------------------------------------------------------------


def test_csl_json_is_read():
    paper = records.from_value(
        {
            "id": "lima2020",
            "type": "article-journal",
            "title": "One",
            "author": [
                {"family": "Lima", "given": "Ana"},
                {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
                {"literal": "The Group"},
            ],
            "issued": {"date-parts": [["2020", 5]]},
            "container-title": "J. Tests",
            "DOI": "10.1000/One",
            "volume": "3",
        },
        seen=SEEN,
        source="import",
    )
    assert (paper.id, paper.title, paper.published) == ("doi:10.1000/one", "One", "2020-05")
    assert paper.authors == ("Ana Lima", "Ludwig van Beethoven", "The Group")
    assert (paper.venue, paper.extra) == ("J. Tests", {"type": "article-journal", "volume": "3", "key": "lima2020"})


def test_a_plain_record_is_not_taken_for_csl():
    assert not csl.is_csl({"type": "preprint", "title": "One", "doi": "10.1000/one", "author": [{"name": "A"}]})


# --- tables ---------------------------------------------------------------------------------------------------


def test_a_table_keeps_labels_and_what_it_does_not_know():
    one, two, three = by_lines(
        tables.read_table,
        "record_id,Title,Abstract,Authors,Year,doi_or_pmid,label_included,team\n"
        '1,"One, with\na break","He said ""yes"".",D Robinson; M G Woerner,1999.0,10051933,1,x\n'
        "2,Two,,,2006,https://doi.org/10.1000/two,0,\n"
        '3,Three,,"Lima, Ana; Ek, Bo",in press,,,\n',
    )
    assert (one.id, one.title, one.published) == ("pmid:10051933", "One, with a break", "1999")
    assert (one.abstract, one.authors) == ('He said "yes".', ("D Robinson", "M G Woerner"))
    assert one.extra == {"record_id": "1", "label_included": 1, "team": "x"}
    assert (two.id, two.extra["label_included"]) == ("doi:10.1000/two", 0)
    assert (three.id[:9], three.authors) == ("import:r-", ("Ana Lima", "Bo Ek"))
    assert three.extra == {"record_id": "3", "date": "in press"}


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Abstract Note",
         'K,journalArticle,2020,"Lima, Ana; Ek, Bo",One,J. Tests,10.1000/one,What'),
        ("PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,DOI",
         "12230038,One,\"Lima A, Ek B.\",J. 2020,Lima A,J. Tests,2020,10.1000/one"),
        ("Authors;Title;Year;Source title;DOI", '"Lima A.; Ek B.";One;2020;J. Tests;10.1000/one'),
        ("rank\tid\ttitle\tauthors\tvenue\tyear", "1\tdoi:10.1000/one\tOne\tAna Lima\tJ. Tests\t2020"),
    ],
)  # fmt: skip
def test_tables_of_usual_programs_are_read(head, row):
    (paper,) = by_lines(tables.read_table, f"{head}\n{row}\n")
    assert (paper.title, paper.published, paper.venue) == ("One", "2020", "J. Tests")
    assert "10.1000/one" in paper.ids["doi"]
    assert paper.authors


def test_a_row_that_cannot_be_read_is_told_with_its_line():
    found = by_lines(
        tables.read_table,
        "title,doi,label\nOne,10.1000/one,1\nTwo, with a comma,10.1000/two,0\n\n,10.1000/three,0\nFour,,\n",
    )
    assert [one.title if isinstance(one, Observation) else f"{one.where}: {one.reason}" for one in found] == [
        "One",
        "line 3: it has 4 cells, the head of the table 3",
        "line 5: it has no title, only an id (doi 10.1000/three)",
        "Four",
    ]


def test_a_quote_that_is_never_closed_does_not_take_the_rest_of_a_large_file(monkeypatch):
    monkeypatch.setattr(tables, "MAX_CELL", 1_000)
    rows = "".join(f"Title {n},x\n" for n in range(500))
    found = by_lines(tables.read_table, f'title,note\n"open,x\n{rows}')
    told = [one for one in found if isinstance(one, Skipped)]
    assert [one.where for one in told] == ["line 2"]
    assert "perhaps a quote is not closed" in told[0].reason
    assert len(found) > 400


# --- what they share ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2020", "2020"),
        ("2020-5", "2020-05"),
        ("2020/05/01", "2020-05-01"),
        ("May 2020", "2020-05"),
        ("1 May 2020", "2020-05-01"),
        ("May 1, 2020", "2020-05-01"),
        ("2020-13-40", "2020"),
        ("2020 Spring", "2020"),
        ("n.d.", None),
        ("", None),
    ],
)
def test_dates_are_read_at_the_precision_that_they_have(written, read):
    assert date_text(written) == read


def test_lines_may_be_in_two_encodings():
    assert list(text_lines(io.BytesIO("\ufeffé\n".encode() + "ü\n".encode("cp1252")))) == ["é\n", "ü\n"]


@pytest.mark.parametrize(
    "read", [tagged.read_ris, tagged.read_medline, tables.read_table], ids=["ris", "medline", "table"]
)
@given(text=st.text(alphabet='TYPMIDERAU0 -,;"\n\tab\x00é'))
def test_any_text_gives_papers_or_reasons(read, text):
    for prefix in ("", "title,doi\n", "TY  - JOUR\n", "PMID- 1\n"):
        assert all(isinstance(one, Observation | Skipped) for one in by_lines(read, prefix + text))


@given(text=st.text(alphabet='@article{x,ti=}" \n#\\é', max_size=60))
def test_any_bibtex_gives_papers_or_reasons(text):
    assert all(isinstance(one, Observation | Skipped) for one in bib(text + "@misc{a, title={One}}" + text))


@pytest.mark.parametrize(
    "text",
    [
        "@misc{a, title={" + "{" * 20_000 + "A" + "}" * 20_000 + "}}",
        "@misc{a, title={" + "{" * 50_000 + "}",
        "@misc{a, title={A}, author={" + " and x" * 50_000 + "}}",
        "@misc{a, title={A}}" + "@" * 200_000,
    ],
)
def test_hostile_bibtex_is_read_in_no_time(text):
    start = time.monotonic()
    assert len(bib(text)) == 1
    assert time.monotonic() - start < 5


def test_names_are_turned():
    assert turned("Lima, Ana") == "Ana Lima"
    assert turned("Ana Lima") == "Ana Lima"
    assert references.turned("Lima,") == "Lima"
