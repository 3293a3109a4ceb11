"""The manual of the file formats and the records in `examples/`, read by the program."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import msgspec
import pytest

from papertriage.model import Decision, Observation, Run, State, Status
from papertriage.sources.files import read_file
from papertriage.store.log import decode_line, encode_line

ROOT = Path(__file__).resolve().parents[1]
MANUAL = ROOT / "docs/formats.md"
SEEN = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


def block(name: str) -> str:
    found = re.search(rf"<!-- {name}: [^>]*-->\n```json\n(.*?)\n```", MANUAL.read_text("utf-8"), re.DOTALL)
    assert found, f"docs/formats.md has no block {name}"
    return found[1]


def test_the_manuals_observation_is_a_line_of_the_log() -> None:
    observation = decode_line(block("observation").encode())
    assert not observation.unknown
    assert json.loads(encode_line(observation)) == json.loads(block("observation"))


@pytest.mark.parametrize(("name", "kind"), [("run", Run), ("decision", Decision)])
def test_the_manuals_events_are_what_the_program_writes(name: str, kind: type[msgspec.Struct]) -> None:
    line = json.loads(block(name))
    assert line.pop("v") == 1
    assert set(line) <= set(kind.__struct_fields__)
    assert json.loads(msgspec.json.encode(msgspec.convert(line, kind))) == line


def test_the_manual_names_every_field_and_status() -> None:
    named = set(re.findall(r"`([a-z_-]+)`", MANUAL.read_text("utf-8")))
    fields = {*Observation.__struct_fields__, *Run.__struct_fields__, *Decision.__struct_fields__} - {"unknown"}
    shown = {key for name in ("run", "decision") for key in json.loads(block(name))}
    assert fields - named - shown == set()
    assert {status.value for status in Status} - named == set()
    assert set(State.__args__) - named == set()


def test_the_example_records_are_imported() -> None:
    papers = list(read_file(ROOT / "examples/papers.jsonl", seen=SEEN))
    assert [paper.id for paper in papers if isinstance(paper, Observation)] == [
        "arxiv:2505.22018",
        "arxiv:2510.08702",
        "arxiv:2510.20377",
        "doi:10.64898/2026.07.13.738145",
        "pmid:11748933",
    ]
    for paper in papers:
        assert isinstance(paper, Observation)
        assert paper.abstract
        assert paper.published
        assert len(paper.authors) >= 3
        assert not any("," in name or ";" in name for name in paper.authors)
    assert [paper.source for paper in papers if isinstance(paper, Observation)] == ["import"] * 3 + [
        "biorxiv",
        "pubmed",
    ]
    assert [paper.extra for paper in papers if isinstance(paper, Observation) and paper.extra] == [
        {"shelf": "to discuss"}
    ]
