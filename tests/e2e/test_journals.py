"""Preprint servers and bibliographic services from the command line: one work, nine listings, one paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from papertriage.sources.base import BUILT_IN

DAY = "2026-11-20"
DOI = "10.64898/2026.11.01.123456"
JOURNAL_DOI = "10.1000/journal.1"
TITLE = "Growth of examples in small servers"
CONFIG = """
contact: me@example.org
sources:
- biorxiv
- {name: medrxiv, categories: [epidemiology]}
- {name: pubmed, query: growth}
- {name: crossref, journals: [1234-5678]}
- {name: openalex, query: growth}
- {name: semantic-scholar, query: growth}
- {name: openreview, venues: [TMLR]}
- {name: dblp, query: growth}
- {name: acl-anthology, volumes: [2026.acl]}
"""
NAMES = [
    "biorxiv", "medrxiv", "pubmed", "crossref", "openalex", "semantic-scholar", "openreview", "dblp", "acl-anthology"
]  # fmt: skip
KEYS = {f"PAPERTRIAGE_{name}_KEY": f"canary-{name}" for name in ("PUBMED", "SEMANTIC_SCHOLAR", "OPENALEX")}


@pytest.fixture
def services(httpserver: HTTPServer) -> HTTPServer:
    def answer(path: str, reply: object) -> None:
        if isinstance(reply, str):
            httpserver.expect_request(path).respond_with_data(reply, content_type="text/xml")
        else:
            httpserver.expect_request(path).respond_with_json(reply)

    preprint = {
        "doi": DOI,
        "version": "1",
        "date": DAY,
        "title": TITLE,
        "authors": "Lima, A.;",
        "published": JOURNAL_DOI,
    }
    nothing = {"messages": [{"status": "no posts found"}], "collection": []}
    for server in ("biorxiv", "medrxiv"):
        category = {"category": "neuroscience", "server": server}
        found = {"messages": [{"status": "ok", "count": 1, "total": "1"}], "collection": [{**preprint, **category}]}
        answer(f"/details/{server}/{DAY}/{DAY}/0/json", found)
        answer(f"/details/{server}/{DAY}/{DAY}/1/json", nothing)
    ids = "<Count>1</Count><QueryKey>1</QueryKey><WebEnv>x</WebEnv><IdList><Id>7</Id></IdList>"
    answer("/entrez/eutils/esearch.fcgi", f"<eSearchResult>{ids}</eSearchResult>")
    answer(
        "/entrez/eutils/efetch.fcgi",
        f"""<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.example.org/x.dtd">
        <PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><ArticleTitle>{TITLE}.</ArticleTitle>
        <ELocationID EIdType="doi">{JOURNAL_DOI}</ELocationID></Article></MedlineCitation></PubmedArticle>
        </PubmedArticleSet>""",
    )
    crossref = {"DOI": JOURNAL_DOI, "title": [TITLE], "issued": {"date-parts": [[2026, 11]]}, "type": "journal-article"}
    openalex = {"id": "https://openalex.org/W5000", "doi": f"https://doi.org/{JOURNAL_DOI}", "title": TITLE}

    def works(request):
        from werkzeug import Response

        page = {"status": "ok", "message": {"items": [crossref], "total-results": 1}}
        if "search" in request.args:
            page = {"meta": {"count": 1}, "results": [openalex]}
        return Response(json.dumps(page), content_type="application/json")

    httpserver.expect_request("/works").respond_with_handler(works)
    answer(
        "/graph/v1/paper/search/bulk",
        {"data": [{"paperId": "a" * 40, "title": TITLE, "externalIds": {"DOI": JOURNAL_DOI, "CorpusId": 9}}]},
    )
    note = {"id": "abcDEF_1", "content": {"title": {"value": "Another title"}, "authors": {"value": ["Bo Ek"]}}}
    answer("/notes", {"notes": [note], "count": 1})
    info = {"key": "journals/x/Lima26", "title": f"{TITLE}.", "doi": JOURNAL_DOI, "year": "2026"}
    answer("/search/publ/api", {"result": {"hits": {"@total": "1", "hit": {"info": info}}}})
    answer(
        "/acl-org/acl-anthology/master/data/xml/2026.acl.xml",
        f'<collection id="2026.acl"><volume id="long"><paper id="1"><title>{TITLE}</title><doi>{JOURNAL_DOI}</doi>'
        "</paper></volume></collection>",
    )
    return httpserver


def test_every_source_fetches_and_the_work_is_one_paper(services: HTTPServer, home: Path, run) -> None:
    assert set(NAMES) <= set(BUILT_IN)
    (home / "config.yaml").write_text(CONFIG, "utf-8")
    done = run("fetch", "--json", "--date", DAY, PAPERTRIAGE_BASE_URL=services.url_for(""), **KEYS)
    report = json.loads(done.stdout)
    assert [(one["name"], one["status"], one["new"] + one["updated"]) for one in report["sources"]] == [
        (name, "ok", 0 if name == "medrxiv" else 1) for name in NAMES
    ]
    assert done.returncode == 0, done.stderr
    shown = json.loads(run("show", "--format", "json", "pmid:7").stdout)
    text = json.dumps(shown)
    for known in (DOI, JOURNAL_DOI, "W5000", "a" * 40, "journals/x/Lima26", "2026.acl-long.1", '"7"'):
        assert known in text
    for name in NAMES:
        assert (name in text) is (name not in ("medrxiv", "openreview"))
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert "canary" not in done.stdout + done.stderr


def test_one_source_can_be_fetched_by_its_name(services: HTTPServer, home: Path, run) -> None:
    base = services.url_for("").rstrip("/")
    (home / "config.yaml").write_text(f"sources:\n- hf-daily\n- {{name: biorxiv, base_url: '{base}'}}\n", "utf-8")
    done = run("fetch", "biorxiv", "--json", "--date", DAY)
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["status"], source["new"], source["days"]) == ("ok", 1, {DAY: "complete"})
    again = json.loads(run("fetch", "biorxiv", "--json", "--date", DAY).stdout)["sources"][0]
    assert (again["new"], again["unchanged"]) == (0, 1)
