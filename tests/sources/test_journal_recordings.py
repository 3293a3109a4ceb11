"""Real replies of preprint servers and bibliographic services, against files that hold facts only.

    UPDATE_EXPECTED=1 pytest tests/sources/test_journal_recordings.py    writes the expected files anew

A recording of these services without an expected file fails the run, and so does an expected file without
its recording. The number of papers is that of the recordings' index.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from papertriage.errors import SourceError
from papertriage.model import Observation, Skipped
from papertriage.sources import acl, biorxiv, crossref, openalex, pubmed, semantic_scholar

EXPECTED = Path(__file__).parent / "expected" / "journals"
RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
SEEN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)

Found = tuple[Sequence[Observation], Sequence[Skipped]]


def text_facts(text: str | None) -> list[Any] | None:
    """Give the length and digest of a text: enough to notice a change, nothing to read."""
    return None if text is None else [len(text), hashlib.sha256(text.encode()).hexdigest()[:12]]


def paper_facts(paper: Observation) -> dict[str, Any]:
    facts = {
        "id": paper.id,
        "native": paper.native,
        "ids": {kind: list(values) for kind, values in paper.ids.items()},
        "announced": str(paper.announced) if paper.announced else None,
        "published": paper.published,
        "updated": paper.updated,
        "version": paper.version,
        "categories": len(paper.categories),
        "signals": paper.signals,
        "authors": [len(paper.authors), *(text_facts(" | ".join(paper.authors)) or [])],
        "title": text_facts(paper.title),
        "abstract": text_facts(paper.abstract),
        "urls": sorted(paper.urls),
        "venue": text_facts(paper.venue),
        "organization": text_facts(paper.organization),
        "extra": {name: text_facts(str(value)) for name, value in sorted(paper.extra.items())},
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {}, "", 0)}


def page_facts(page: Any) -> dict[str, Any]:
    # What stands in parentheses is the record's own text.
    reasons = [f"{one.where}: {re.sub(r' [(].*[)]', '', one.reason)}" for one in page.skipped]
    facts = {"total": page.total, "skipped": reasons, "papers": [paper_facts(paper) for paper in page.observations]}
    return {name: value for name, value in facts.items() if value not in (None, [])}


def preprints(body: bytes) -> dict[str, Any]:
    if b'"messages"' in body:
        return page_facts(biorxiv.parse(body, seen=SEEN))
    records = [biorxiv.observation(json.loads(line), seen=SEEN) for line in body.splitlines()]
    return {"papers": [paper_facts(record) for record in records if isinstance(record, Observation)]}


def from_eutils(body: bytes) -> dict[str, Any]:
    if b"<eSearchResult>" in body:
        found = pubmed.parse_search(body)
        return {"count": found.count, "ids": len(found.ids), "history": sorted(found.history)}
    return page_facts(pubmed.parse(body, seen=SEEN))


def from_crossref(body: bytes) -> dict[str, Any]:
    return page_facts(crossref.parse(body, seen=SEEN))


def from_openalex(body: bytes) -> dict[str, Any]:
    return page_facts(openalex.parse(body, seen=SEEN))


def from_semantic_scholar(body: bytes) -> dict[str, Any]:
    return page_facts(semantic_scholar.parse(body, seen=SEEN))


def from_acl(body: bytes) -> dict[str, Any]:
    return page_facts(acl.parse(body, seen=SEEN))


READERS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "biorxiv/*": preprints,
    "pubmed/*.xml": from_eutils,
    "malformed/http_errors/pubmed/*.xml": from_eutils,
    "crossref/*": from_crossref,
    "malformed/http_errors/crossref/*": from_crossref,
    "openalex/*": from_openalex,
    "semantic_scholar/*": from_semantic_scholar,
    "malformed/http_errors/semantic_scholar/*": from_semantic_scholar,
    "acl/*": from_acl,
}
FILES = {path: read for place, read in READERS.items() for path in sorted(RECORDINGS.glob(place))}


def facts_of(path: Path) -> dict[str, Any]:
    try:
        return FILES[path](path.read_bytes())
    except SourceError as error:
        return {"error": str(error)}


def written(facts: dict[str, Any]) -> str:
    """Write facts so that a person can review them: a paper a line."""
    papers = [json.dumps(paper, ensure_ascii=False) for paper in facts.get("papers", [])]
    if not papers:
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    rest = {name: value for name, value in facts.items() if name != "papers"}
    head = "".join(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in rest.items())
    return "{\n" + head + ' "papers": [\n  ' + ",\n  ".join(papers) + "\n ]\n}\n"


def expected_file(path: Path) -> Path:
    return EXPECTED / (re.sub(r"\W+", "_", str(path.relative_to(RECORDINGS))) + ".json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(RECORDINGS)))
def test_a_recording_gives_what_is_expected(path: Path, update_expected: bool) -> None:
    facts = written(facts_of(path))
    expected = expected_file(path)
    if update_expected:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(facts, encoding="utf-8")
    assert expected.is_file(), "this recording has no expected file: see the head of this module"
    assert json.loads(facts) == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expected_file_has_its_recording(shared: Path) -> None:
    assert {expected_file(path) for path in FILES} == set(EXPECTED.glob("*.json"))


def test_the_papers_of_the_index_come_out(shared: Path) -> None:
    with (shared / "recordings/INDEX.tsv").open(encoding="utf-8") as index:
        counts = {row["file"]: int(row["papers"] or 0) for row in csv.DictReader(index, delimiter="\t")}
    for path in FILES:
        facts = facts_of(path)
        if path.name == "papersearch_openalex_topics.json":
            assert (facts.get("papers"), len(facts["skipped"])) == (None, 3)
            continue  # topics, which are no papers
        # The index counts the numbers of one search as papers, and those of the others not.
        found = (len(facts.get("papers", [])), facts.get("ids"))
        assert counts[str(path.relative_to(RECORDINGS))] in found, path


def test_damaged_recordings_give_records_or_a_readable_error(shared: Path) -> None:
    chance = random.Random(11)
    for path, read in FILES.items():
        whole = path.read_bytes()
        for _ in range(8):
            body = damaged(whole, chance)
            try:
                msgspec.json.encode(read(body))
            except SourceError:
                continue
            except ValueError:
                assert path.suffix == ".jsonl"  # a dump that is no reply: its lines are read by this test


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Flip some bits of a text, or cut it."""
    changed = bytearray(body)
    if chance.randrange(2):
        for _ in range(chance.randrange(1, 20)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    else:
        del changed[chance.randrange(len(changed)) :]
    return bytes(changed)
