"""PubMed: records of all shapes, and a day that is whole when every number came."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest

from papertriage.errors import UsageError
from papertriage.model import Status
from papertriage.sources.base import build_source
from papertriage.sources.pubmed import parse, parse_search
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 8, 19)
HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
TITLE = "<ArticleTitle>A title.</ArticleTitle>"


def article(pmid: int = 1, inner: str = TITLE, journal: str = "", beside: str = "", data: str = "") -> str:
    journal = journal or "<JournalIssue><PubDate><Year>2026</Year><Month>Aug</Month></PubDate></JournalIssue>"
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article>
<Journal>{journal}<Title>Journal of Examples</Title></Journal>{inner}</Article>{beside}</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>{data}</ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="pubmed">999</ArticleId>
<ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle>"""


def records(*articles: str) -> bytes:
    return f"{HEAD}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()


def one(*args: str, **parts: str):
    (paper,) = parse(records(article(1, *args, **parts)), seen=NOW, day=DAY).observations
    return paper


def found(*pmids: int, count: int | None = None, history: bool = True) -> bytes:
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in pmids)
    kept = "<QueryKey>1</QueryKey><WebEnv>MCID_x</WebEnv>" if history else ""
    count = len(pmids) if count is None else count
    return f"<eSearchResult><Count>{count}</Count>{kept}<IdList>{ids}</IdList></eSearchResult>".encode()


SEARCH, FETCH = "/entrez/eutils/esearch.fcgi", "/entrez/eutils/efetch.fcgi"


@pytest.fixture
def source(wire):
    return build_source({"type": "pubmed", "base_url": wire.url + "/", "query": "heart AND brain"})


def listings(source, session, *days, now=NOW):
    return list(source.fetch(session, days, now=now, validators={}))


def asked(wire, tool):
    paths = [path for path in wire.paths if tool in path]
    return [{key: value[0] for key, value in parse_qs(path.partition("?")[2]).items()} for path in paths]


# -- records --------------------------------------------------------------------------------------------------


def test_a_record_gives_all_its_ids_and_none_of_those_it_cites():
    paper = one(data='<ArticleId IdType="doi">10.1000/X.1</ArticleId><ArticleId IdType="pmc">PMC42</ArticleId>')
    assert paper.ids == {"pmid": ("1",), "doi": ("10.1000/x.1",), "pmc": ("PMC42",)}
    assert (paper.id, paper.native, paper.announced) == ("doi:10.1000/x.1", "1", DAY)
    assert (paper.title, paper.venue) == ("A title", "Journal of Examples")
    assert paper.urls == {"page": "https://pubmed.ncbi.nlm.nih.gov/1/"}


def test_a_doi_beside_the_title_counts_unless_it_is_marked_as_wrong():
    wrong = '<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>'
    assert one(TITLE + wrong).ids == {"pmid": ("1",)}
    right = '<ELocationID EIdType="doi" ValidYN="Y">10.1000/right</ELocationID>'
    assert one(TITLE + right).ids["doi"] == ("10.1000/right",)


def test_a_structured_abstract_keeps_its_labels():
    abstract = """<Abstract><AbstractText Label="AIM">To see if p&lt;0.05 with CO<sub>2</sub>.</AbstractText>
    <AbstractText Label="UNLABELLED">Also.</AbstractText><AbstractText>Then.</AbstractText>
    <AbstractText Label="RESULTS:"/></Abstract>"""
    assert one(TITLE + abstract).abstract == "AIM: To see if p<0.05 with CO₂. Also. Then."


def test_formulas_and_raised_signs_in_a_title_are_read():
    math = (
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mmultiscripts><mml:mi>Xe</mml:mi>'
        "<mml:mprescripts/><mml:none/><mml:mn>129</mml:mn></mml:mmultiscripts></mml:math>"
    )
    paper = one(f"<ArticleTitle>MRI with {math} and <i>in vivo</i> Ca<sup>2+</sup>.</ArticleTitle>")
    assert paper.title == "MRI with ¹²⁹Xe and in vivo Ca²⁺"


def test_a_title_that_is_not_there_is_taken_from_the_original_language():
    inner = "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Über Herzen.</VernacularTitle>"
    assert one(inner).title == "Über Herzen"
    page = parse(records(article(5, "<ArticleTitle/>"), article(6)), seen=NOW)
    assert [(skip.where, skip.reason) for skip in page.skipped] == [("PMID 5", "has no title")]
    assert len(page.observations) == 1


def test_authors_are_persons_and_groups_and_no_corrected_spellings():
    people = """<AuthorList><Author ValidYN="Y"><LastName>Lima</LastName><ForeName>Ana B</ForeName></Author>
    <Author ValidYN="N"><LastName>Limo</LastName></Author>
    <Author ValidYN="Y"><LastName>Ek</LastName><Initials>C</Initials><Suffix>Jr</Suffix></Author>
    <Author ValidYN="Y"><CollectiveName>The <i>Example</i> Network</CollectiveName></Author></AuthorList>"""
    assert one(TITLE + people).authors == ("Ana B Lima", "C Ek Jr", "The Example Network")


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("<Year>2026</Year><Month>Aug</Month><Day>3</Day>", "2026-08-03"),
        ("<Year>2026</Year><Month>08</Month>", "2026-08"),
        ("<Year>2026</Year>", "2026"),
        ("<Year>2026</Year><Season>Spring</Season>", "2026"),
        ("<Year>2026</Year><Month>Feb</Month><Day>30</Day>", "2026-02"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12"),
        ("<MedlineDate>2000 Spring</MedlineDate>", "2000"),
        ("<MedlineDate>2012-2013</MedlineDate>", "2012"),
        ("<Year>9999</Year>", None),
        ("<Year>soon</Year>", None),
        ("<MedlineDate>undated</MedlineDate>", None),
    ],
)
def test_a_date_is_as_precise_as_it_is_told(date, told):
    assert one(journal=f"<JournalIssue><PubDate>{date}</PubDate></JournalIssue>").published == told


def test_the_day_on_the_web_goes_before_the_issue():
    web = "<ArticleDate><Year>2026</Year><Month>07</Month><Day>30</Day></ArticleDate>"
    assert one(TITLE + web).published == "2026-07-30"


def test_a_chapter_of_a_book_is_a_paper():
    people = (
        '<AuthorList Type="authors"><Author><LastName>Lima</LastName><ForeName>Ana</ForeName></Author></AuthorList>'
    )
    book = f"""<PubmedBookArticle><BookDocument><PMID Version="1">77</PMID>
    <ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
    <Book><Publisher><PublisherName>University</PublisherName></Publisher><BookTitle>Gene <i>Reviews</i></BookTitle>
    <PubDate><Year>1993</Year></PubDate><AuthorList Type="editors"><Author><LastName>Ed</LastName></Author></AuthorList>
    </Book>{TITLE}{people}
    <Abstract><AbstractText Label="CLINICAL">Seen.</AbstractText></Abstract>
    <ContributionDate><Year>2001</Year><Month>01</Month><Day>18</Day></ContributionDate></BookDocument>
    <PubmedBookData/></PubmedBookArticle>"""
    whole = book.replace(TITLE, "").replace(people, "").replace("77", "78")
    chapter, all_of_it = parse(records(book, whole), seen=NOW).observations
    assert (chapter.id, chapter.title, chapter.venue) == ("pmid:77", "A title", "Gene Reviews")
    assert (chapter.authors, chapter.abstract, chapter.published) == (("Ana Lima",), "CLINICAL: Seen.", "2001-01-18")
    assert (all_of_it.title, all_of_it.venue, all_of_it.authors) == ("Gene Reviews", "University", ("Ed",))


def test_keywords_and_types_are_kept_beside():
    beside = """<KeywordList><Keyword>heart <i>rate</i></Keyword></KeywordList><MeshHeadingList><MeshHeading>
    <DescriptorName MajorTopicYN="Y">Hearts</DescriptorName></MeshHeading></MeshHeadingList>"""
    types = "<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"
    paper = one(TITLE + types, beside=beside)
    assert paper.extra == {
        "publication_types": ["Retracted Publication"], "keywords": ["heart rate"], "mesh_major": ["Hearts"]
    }  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        b"<eFetchResult><ERROR>Empty result</ERROR></eFetchResult>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><PubmedArticleSet/>",
        b"<PubmedArticleSet>",
        b"",
    ],
)
def test_what_is_no_set_of_records_is_an_error(raw):
    with pytest.raises(UnreadableReplyError, match="PubMed"):
        parse(raw, seen=NOW)


def test_a_search_that_fails_says_why():
    with pytest.raises(UnreadableReplyError, match="cannot search: it says “Search Backend failed”"):
        parse_search(b"<eSearchResult><ERROR>Search Backend failed</ERROR></eSearchResult>")


# -- days -----------------------------------------------------------------------------------------------------


def test_a_day_is_searched_by_entry_and_taken_in_batches_from_the_history(source, wire, make):
    wire.answer(SEARCH, wire.reply(found(*range(1, 251))))
    wire.answer(
        FETCH, *[wire.reply(records(*map(article, range(a, b)))) for a, b in ((1, 101), (101, 201), (201, 251))]
    )
    session = make(contact="me@example.org", environ={"PAPERTRIAGE_PUBMED_KEY": "canary"})
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations), listing.requests) == (Status.COMPLETE, 250, 4)
    (search,) = asked(wire, "esearch")
    assert (search["term"], search["datetype"], search["mindate"], search["maxdate"]) == (
        "heart AND brain", "edat", "2026/08/19", "2026/08/19"
    )  # fmt: skip
    assert (search["usehistory"], search["email"], search["api_key"]) == ("y", "me@example.org", "canary")
    batches = asked(wire, "efetch")
    assert [batch["retstart"] for batch in batches] == ["0", "100", "200"]
    assert {(batch["WebEnv"], batch["query_key"]) for batch in batches} == {("MCID_x", "1")}


def test_a_record_that_a_batch_leaves_out_is_asked_for_by_number(source, wire, session):
    wire.answer(SEARCH, wire.reply(found(1, 2, 3)))
    wire.answer(FETCH, wire.reply(records(article(1), article(3))), wire.reply(records(article(2))))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 3)
    assert asked(wire, "efetch")[1]["id"] == "2"


def test_a_history_that_has_gone_is_replaced_by_numbers(source, wire, session):
    wire.answer(SEARCH, wire.reply(found(1, 2)))
    gone = b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
    wire.answer(FETCH, wire.reply(gone), wire.reply(records(article(1), article(2))))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.COMPLETE, 2)


def test_a_day_with_a_record_missing_is_partial(source, wire, session):
    wire.answer(SEARCH, wire.reply(found(1, 2)))
    wire.answer(FETCH, wire.reply(records(article(1))))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, len(listing.observations)) == (Status.PARTIAL, 1)
    assert "has 2 records and gave 1" in listing.error


def test_more_than_pubmed_gives_is_told(source, wire, session):
    wire.answer(SEARCH, wire.reply(found(1, count=12_000)))
    wire.answer(FETCH, wire.reply(records(article(1))))
    (listing,) = listings(source, session, DAY)
    assert listing.status is Status.PARTIAL
    assert "has 12000 records and gave 1" in listing.error


def test_a_day_without_a_match_is_complete_with_one_request(source, wire, session):
    wire.answer(SEARCH, wire.reply(found()))
    (listing,) = listings(source, session, DAY)
    assert (listing.status, listing.error, listing.requests) == (Status.COMPLETE, None, 1)


def test_the_key_is_in_no_error(source, wire, make):
    wire.answer(SEARCH, wire.reply(b"api_key canary is invalid", "400 Bad Request"))
    (listing,) = listings(source, make(environ={"PAPERTRIAGE_PUBMED_KEY": "canary"}), DAY)
    assert listing.status is Status.FAILED
    assert "canary" not in str(listing)


def test_query_and_journals_become_one_search():
    settings = {"type": "pubmed", "query": "heart OR brain", "journals": ["Cell", '0028-"0836']}
    assert build_source(settings).query == '(heart OR brain) AND ("Cell"[ta] OR "0028-0836"[ta])'
    assert build_source({"type": "pubmed", "journals": ["Cell"]}).query == '"Cell"[ta]'
    with pytest.raises(UsageError, match="needs a 'query' or 'journals'"):
        build_source({"type": "pubmed"})
