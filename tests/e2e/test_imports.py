"""`import` and `list --sort trending` as a person runs them."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from pathlib import Path

import pytest

RULES = "version: 1\ntopics:\n  - {name: t, any: [language models]}\n"
BIB = "@misc{a, title={Language models}, eprint={2510.01265}}\n\n@misc{b, title={Open\n"
MEDLINE = "PMID- 12230038\nTI  - Language models of cells\nDP  - 2002 Sep\n"


def test_several_files_are_imported_and_every_fault_named(run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(BIB, "utf-8")
    (tmp_path / "cells.nbib.gz").write_bytes(gzip.compress(MEDLINE.encode()))
    (tmp_path / "notes.txt").write_text("Dear all", "utf-8")
    done = run("import", "refs.bib", "notes.txt", "cells.nbib.gz")
    assert done.returncode == 3
    told = done.stderr.splitlines()
    assert told[0] == "refs.bib: 1 new, 0 updated, 0 unchanged, 1 skipped"
    assert told[1].startswith("refs.bib: line 3: it is no whole entry of BibTeX")
    assert told[2].startswith("What kind of file notes.txt is was not recognised.")
    assert "cells.nbib.gz: 1 new, 0 updated, 0 unchanged" in told
    ids = run("list", "--all", "--format", "ids")
    assert ids.returncode == 2  # no rules yet
    (home / "rules.yaml").write_text(RULES, "utf-8")
    ids = run("list", "--all", "--format", "ids")
    assert set(ids.stdout.split()) == {"arxiv:2510.01265", "pmid:12230038"}


def test_standard_input_is_imported(run) -> None:
    done = run("import", "-", stdin="title,doi,label\nOne,10.1000/one,1\n")
    assert (done.returncode, done.stderr) == (0, "standard input: 1 new, 0 updated, 0 unchanged\n")
    shown = run("show", "10.1000/one", "--format", "json")
    assert json.loads(shown.stdout)["title"] == "One"


def test_a_file_imported_twice_adds_nothing_and_names_its_faults_again(run, tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text(
        '{"title": "One", "doi": "10.1000/one"}\nbroken\n{"title": "Two"}\n', "utf-8"
    )
    assert run("import", "papers.jsonl").returncode == 3
    again = run("import", "papers.jsonl")
    assert again.returncode == 3
    assert again.stderr.startswith("papers.jsonl: 0 new, 0 updated, 2 unchanged, 1 skipped\npapers.jsonl: line 2: ")


def test_a_forgotten_paper_is_counted_and_comes_back_once_it_is_remembered(run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text('{"title": "One", "doi": "10.1000/one"}\n{"title": "Two"}\n', "utf-8")
    run("import", "papers.jsonl")
    run("forget", "--yes", "10.1000/one")
    assert run("import", "papers.jsonl").stderr == "papers.jsonl: 0 new, 0 updated, 1 unchanged, 1 forgotten\n"
    (home / "forgotten.jsonl").unlink()
    assert run("import", "papers.jsonl").stderr == "papers.jsonl: 1 new, 0 updated, 1 unchanged\n"


@pytest.fixture
def voted(run, home: Path, tmp_path: Path) -> None:
    (home / "rules.yaml").write_text(RULES, "utf-8")
    lines = [
        ("2611.00001", "2026-11-20", "2026-11-20T12:00:00Z", 30),
        ("2611.00001", "2026-11-20", "2026-11-24T06:00:00Z", 33),
        ("2611.00002", "2026-11-24", "2026-11-24T06:00:00Z", 40),
        ("2611.00003", "2026-11-23", "2026-11-23T06:00:00Z", 10),
        ("2611.00003", "2026-11-23", "2026-11-24T06:00:00Z", 90),
    ]
    text = "".join(
        json.dumps(
            {"v": 1, "id": f"arxiv:{paper}", "source": "hf-daily", "title": f"Language models {paper}", "seen": seen,
             "ids": {"arxiv": [paper]}, "announced": day, "signals": {"upvotes": votes}}
        ) + "\n"
        for paper, day, seen, votes in lines
    )  # fmt: skip
    (tmp_path / "log.jsonl").write_text(text, "utf-8")
    assert run("import", "log.jsonl").returncode == 0


def test_a_list_by_trend_tells_what_grew(run, voted) -> None:
    arguments = ("list", "--sort", "trending", "--since", "7d", "--as-of", "2026-11-24")
    done = run(*arguments, "--format", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"][-1], row["growth"]) for row in rows] == [("3", 80), ("2", 40), ("1", 3)]
    assert rows[0]["trend"] > rows[1]["trend"]
    table = run(*arguments)
    assert "90 +80" in table.stdout
    assert "33 +3" in table.stdout
    assert run("list", "--since", "7d", "--as-of", "2026-11-24").stdout.count("+") == 0


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<opensearch:totalResults>1</opensearch:totalResults>
<entry><id>http://arxiv.org/abs/2510.01265v2</id><title>Of arXiv</title></entry>
</feed>"""
WORKS = {
    "status": "ok",
    "message-type": "work-list",
    "message": {
        "total-results": 1,
        "items": [{"DOI": "10.1000/one", "title": ["Of Crossref"], "type": "journal-article"}],
    },
}
PUBMED = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>12230038</PMID><Article>"
    "<ArticleTitle>Of PubMed</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


def test_ids_from_standard_input_are_looked_up(run, httpserver) -> None:
    httpserver.expect_request("/api/query").respond_with_data(ATOM, content_type="application/atom+xml")
    httpserver.expect_request("/works").respond_with_json(WORKS)
    httpserver.expect_request("/entrez/eutils/efetch.fcgi").respond_with_data(PUBMED, content_type="text/xml")
    ids = "arXiv:2510.01265\nhttps://doi.org/10.1000/one\nPMID: 12230038\n10.1000/two\nacl:2020.acl-main.1\n"
    done = run("import", "-", stdin=ids, PAPERTRIAGE_BASE_URL=httpserver.url_for(""))
    assert done.returncode == 3
    told = done.stderr.splitlines()
    assert told[0] == "standard input: 3 new, 0 updated, 0 unchanged, 2 skipped"
    assert told[1] == "standard input: doi:10.1000/two: crossref does not know it; skipped."
    assert told[2].startswith("standard input: acl:2020.acl-main.1: there is no service that finds papers")
    asked = [request.args for request, _ in httpserver.log]
    assert asked[0]["id_list"] == "2510.01265"
    assert asked[1]["filter"] == "doi:10.1000/one,doi:10.1000/two"
    assert asked[2]["id"] == "12230038"
    assert run("show", "2510.01265", "--format", "json").returncode == 0


def test_a_service_that_fails_keeps_what_the_others_found(run, httpserver) -> None:
    httpserver.expect_request("/api/query").respond_with_data("gone", status=404)
    httpserver.expect_request("/works").respond_with_json(WORKS)
    done = run("import", "-", stdin="2510.01265\n10.1000/one\n", PAPERTRIAGE_BASE_URL=httpserver.url_for(""))
    assert done.returncode == 3
    told = done.stderr.splitlines()
    assert told[0] == "standard input: 1 new, 0 updated, 0 unchanged, 1 skipped"
    assert told[1].startswith("standard input: arxiv:2510.01265: it could not be looked up: ")


def on_terminal(home: Path, *arguments: str, columns: int = 100, exits: int = 0) -> str:
    """Run papertriage as a person does, and give what the screen was sent."""
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-m", "papertriage", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home), "TERM": "xterm-256color"},
        encoding="utf-8",
        dimensions=(24, columns),
        timeout=60,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == exits, child.before
    return str(child.before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_an_import_shows_how_far_it_is_on_a_terminal(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.jsonl"
    path.write_text("".join(f'{{"id": "2510.{n:05}", "title": "Title {n}"}}\n' for n in range(5_000)), "utf-8")
    screen = on_terminal(home, "import", str(path))
    assert re.search(r"snapshot\.jsonl .*kB", screen)
    assert "5000 new" in screen
    assert "kB" not in on_terminal(home, "--quiet", "import", str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_list_on_a_terminal_is_a_look(run, voted, home: Path) -> None:
    run("list", "--all")
    assert not (home / "looked").exists()
    on_terminal(home, "list", "--all", "--as-of", "2026-11-24")
    assert not (home / "looked").exists()
    on_terminal(home, "list", "--all")
    assert (home / "looked").read_text("utf-8").startswith("20")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_mistake_is_told_in_whole_words_on_a_narrow_terminal(home: Path) -> None:
    told = on_terminal(home, "search", "(a", columns=60, exits=2).splitlines()
    assert told[0] == "QUERY:1:1: This parenthesis is never closed. Write one"
    assert told[1] == "behind the group."
