"""Real replies of arXiv's query API and of OAI-PMH services, against files that hold facts only.

    UPDATE_EXPECTED=1 pytest tests/sources/test_arxiv_recordings.py    writes the expected files anew

A recording of these services without an expected file fails the run, and so does an expected file without its
recording. The number of papers is that of the recordings' index. OAI-PMH services other than arXiv are read as
the protocol has it: what their records say is for no source here.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import random
import re
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from papertriage.errors import SourceError
from papertriage.model import Observation, Skipped
from papertriage.sources import arxiv_api
from papertriage.sources.arxiv_records import observation
from papertriage.sources.oaipmh import parse_page

EXPECTED = Path(__file__).parent / "expected" / "arxiv"
RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
SEEN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PLACES = (
    "arxiv_api/*",
    "malformed/arxiv_api/*",
    "arxiv_oai/*",
    "oai_other/*",
    "malformed/oai_errors/*",
    "malformed/http_errors/oai_other/*",
)
FILES = sorted(path for place in PLACES for path in RECORDINGS.glob(place))


def name_of(path: Path) -> str:
    return str(path.relative_to(RECORDINGS))


def text_facts(text: str | None) -> list[Any] | None:
    """Give the length and digest of a text: enough to notice a change, nothing to read."""
    return None if text is None else [len(text), hashlib.sha256(text.encode()).hexdigest()[:12]]


def paper_facts(paper: Observation) -> dict[str, Any]:
    facts = {
        "id": paper.id,
        "native": paper.native,
        "doi": paper.ids.get("doi"),
        "published": paper.published,
        "updated": paper.updated,
        "version": paper.version,
        "categories": list(paper.categories),
        "authors": [len(paper.authors), *(text_facts(" | ".join(paper.authors)) or [])],
        "title": text_facts(paper.title),
        "abstract": text_facts(paper.abstract),
        "comment": text_facts(paper.comment),
        "venue": text_facts(paper.venue),
        "extra": {name: text_facts(str(value)) for name, value in sorted(paper.extra.items())},
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {}, "")}


def digest(papers: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(papers, sort_keys=True).encode()).hexdigest()[:12]


def from_api(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):  # with its address and status
        body = json.loads(body)["body"].encode()
    page = arxiv_api.parse(body, seen=SEEN)
    return {"total": page.total, "papers": [paper_facts(paper) for paper in page.observations]}


def from_oai(body: bytes) -> dict[str, Any]:
    page = parse_page(body, partial(observation, seen=SEEN, source="arxiv-oai"))
    entries = [entry for _, entry in page.entries]
    papers = [paper_facts(entry) for entry in entries if isinstance(entry, Observation)]
    skipped = sorted({entry.reason for entry in entries if isinstance(entry, Skipped)})
    facts: dict[str, Any] = {
        "records": len(page.entries),
        "identifiers": [len(page.identifiers), *(text_facts(" ".join(page.identifiers)) or [])],
        "datestamps": [min(stamps), max(stamps)] if (stamps := [stamp for stamp, _ in page.entries]) else [],
        "deleted": entries.count(None),
        "token": text_facts(page.token),
        "error": [page.error[0], text_facts(page.error[1])] if page.error else None,
        "skipped": skipped,
    }
    facts = {name: value for name, value in facts.items() if value not in (None, [], 0)}
    if len(papers) > 100:  # a line each would be more than a person reviews
        return {**facts, "count": len(papers), "digest": digest(papers), "papers": papers[:: len(papers) // 20]}
    return {**facts, "papers": papers}


def facts_of(path: Path, body: bytes) -> dict[str, Any]:
    try:
        return (from_api if path.parent.name == "arxiv_api" else from_oai)(body)
    except SourceError as error:
        return {"error": re.sub(r"“.*”", "“…”", str(error))}


def written(facts: dict[str, Any]) -> str:
    """Write facts so that a person can review them: a paper a line."""
    papers = [json.dumps(paper, ensure_ascii=False) for paper in facts.get("papers", [])]
    rest = {name: value for name, value in facts.items() if name != "papers"}
    head = "".join(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in rest.items())
    return "{\n" + head + ' "papers": [' + ",".join("\n  " + paper for paper in papers) + "\n ]\n}\n"


def expected_file(path: Path) -> Path:
    return EXPECTED / (re.sub(r"\W+", "_", name_of(path)) + ".json")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_recording_gives_what_is_expected(path: Path, update_expected: bool) -> None:
    facts = written(facts_of(path, path.read_bytes()))
    expected = expected_file(path)
    if update_expected:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(facts, encoding="utf-8")
    assert expected.is_file(), "this recording has no expected file: see the head of this module"
    assert json.loads(facts) == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expected_file_has_its_recording(shared: Path) -> None:
    assert {expected_file(path) for path in FILES} == set(EXPECTED.glob("*.json"))


def test_the_number_of_papers_is_that_of_the_index(shared: Path) -> None:
    with (RECORDINGS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        index = {row["file"]: int(row["papers"] or 0) for row in csv.DictReader(file, delimiter="\t")}
    for path in FILES:
        facts = facts_of(path, path.read_bytes())
        # A record of another service is a paper of the index, though no source here reads it.
        found = facts.get("records", 0) if "oai" in path.parent.name else len(facts.get("papers", ()))
        assert found == index[name_of(path)], name_of(path)


def test_every_record_of_arxiv_that_was_recorded_is_whole(shared: Path) -> None:
    read = partial(observation, seen=SEEN, source="arxiv-oai")
    for path in RECORDINGS.glob("arxiv_oai/*"):
        for stamp, paper in parse_page(path.read_bytes(), read).entries:
            assert isinstance(paper, Observation)
            assert all((paper.title, paper.authors, paper.published, stamp))
            assert paper.categories or paper.extra["subject"]


def test_damaged_recordings_give_records_or_a_readable_error(shared: Path) -> None:
    chance = random.Random(7)
    for path in FILES:
        whole = path.read_bytes()[:60_000]
        for _ in range(6):
            body = bytearray(whole)
            for _ in range(chance.randrange(1, 20)):
                body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
            if chance.random() < 0.3:
                del body[chance.randrange(len(body)) :]
            reader = arxiv_api.parse if path.parent.name == "arxiv_api" else None
            try:
                if reader:
                    papers: list[Any] = list(reader(bytes(body), seen=SEEN).observations)
                else:
                    page = parse_page(bytes(body), partial(observation, seen=SEEN, source="x"))
                    papers = [entry for _, entry in page.entries]
            except SourceError:
                continue
            for paper in papers:
                msgspec.json.encode(paper)
