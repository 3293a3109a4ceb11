"""arXiv's three ways from the command line: the same paper from each of them is one paper."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

DAY = dt.date(2026, 3, 10)  # a Tuesday
OAI = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>'
    "<identifier>oai:arXiv.org:2603.00001</identifier><datestamp>2026-03-10</datestamp></header><metadata>{}</metadata>"
    "</record></ListRecords></OAI-PMH>"
)
RAW = (
    '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2603.00001</id><submitter>Ann Lee</submitter>'
    '<version version="v1"><date>Mon, 09 Mar 2026 10:00:00 GMT</date></version><title>Of example things</title>'
    "<authors>Ann Lee and Bo Ek</authors><categories>cs.CL</categories><abstract>Text.</abstract></arXivRaw>"
)
OWN = (
    '<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2603.00001</id><created>2026-03-09</created><authors><author>'
    "<keyname>Lee</keyname><forenames>Ann</forenames></author></authors><title>Of example things</title>"
    "<categories>cs.CL</categories><comments>9 pages</comments></arXiv>"
)
API = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><totalResults xmlns="http://a9.com/-/spec/opensearch/1.1/">1</totalResults>'
    "<entry><id>http://arxiv.org/abs/2603.00001v1</id><title>Of example things</title>"
    "<published>2026-03-09T10:00:00Z</published><author><name>Ann Lee</name></author></entry></feed>"
)


def oai(request: Request) -> Response:
    return Response(OAI.format(RAW if request.args["metadataPrefix"] == "arXivRaw" else OWN), content_type="text/xml")


@pytest.fixture
def home_of_arxiv(home: Path, httpserver: HTTPServer) -> Path:
    httpserver.expect_request("/oai").respond_with_handler(oai)
    httpserver.expect_request("/api/query").respond_with_data(API, content_type="application/atom+xml")
    (home / "config.yaml").write_text(
        f"base_url: {httpserver.url_for('')}\n"
        "sources:\n"
        "  - {name: arxiv, categories: [cs.CL], replacements: false}\n"
        "  - {name: arxiv-api, query: 'ti:things'}\n"
        "  - {name: arxiv-oai, sets: [cs], format: arXiv}\n",
        encoding="utf-8",
    )
    return home


def test_the_same_paper_from_three_ways_is_one_paper(run: Callable[..., Any], home_of_arxiv: Path) -> None:
    done = run("fetch", "--date", str(DAY), "--json")
    report = json.loads(done.stdout)
    assert {one["name"]: (one["status"], one["new"], one["updated"]) for one in report["sources"]} == {
        "arxiv": ("ok", 1, 0),
        "arxiv-api": ("ok", 0, 1),
        "arxiv-oai": ("ok", 0, 1),
    }
    assert done.returncode == 0
    shown = run("show", "2603.00001")
    assert "9 pages" in shown.stdout
    runs = [json.loads(line) for line in (home_of_arxiv / "runs.jsonl").read_text("utf-8").splitlines()]
    assert {one["source"]: (one["query"], one["status"]) for one in runs} == {
        "arxiv": ("cs.CL -replacements", "complete"),
        "arxiv-api": ("(ti:things)", "complete"),
        "arxiv-oai": ("cs", "complete"),
    }
    assert runs[0]["note"].startswith("Worked out from OAI-PMH on ")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{name: arxiv, categories: [cs.CL], cross: maybe}", "cross"),
        ("{name: arxiv-api}", "has neither categories nor a query"),
        ("{name: arxiv-oai, sets: ['cs:*']}", "set of OAI-PMH"),
        ("{name: arxiv-oai, format: marc}", "format"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(
    run: Callable[..., Any], home: Path, entry: str, told: str
) -> None:
    (home / "config.yaml").write_text(f"sources:\n  - {entry}\n", encoding="utf-8")
    done = run("fetch")
    assert done.returncode == 2
    assert "config.yaml:2:" in done.stderr
    assert told in done.stderr
