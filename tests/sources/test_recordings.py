"""Real recordings of hf-daily, arxiv-rss and feeds, against expected files that hold facts only.

    UPDATE_EXPECTED=1 pytest tests/sources/test_recordings.py    writes the expected files anew

A recording of these services without an expected file fails the run, and so does an expected file without
its recording.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import re
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from papertriage.errors import SourceError
from papertriage.model import Observation, Skipped
from papertriage.sources import arxiv_rss, feed, files, hf_daily

EXPECTED = Path(__file__).parent / "expected"
RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
SEEN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PLACES = ("hf_daily/*", "malformed/hf_daily/*", "arxiv_rss/*", "malformed/encodings/*", "malformed/feedparser/*")
SAVED = ("arxiv_email/*", "pubmed/*medline*")  # what `import` reads
FILES = sorted(path for place in (*PLACES, *SAVED, "hf_daily_*.tar.gz") for path in RECORDINGS.glob(place))


def text_facts(text: str | None) -> list[Any] | None:
    """Give the length and digest of a text: enough to notice a change, nothing to read."""
    return None if text is None else [len(text), hashlib.sha256(text.encode()).hexdigest()[:12]]


def paper_facts(paper: Observation) -> dict[str, Any]:
    facts = {
        "id": paper.id,
        "ids": {kind: list(values) for kind, values in paper.ids.items() if f"{kind}:{values[0]}" != paper.id},
        "announced": str(paper.announced) if paper.announced else None,
        "types": paper.announce_type,
        "published": paper.published,
        "updated": paper.updated,
        "version": paper.version,
        "categories": list(paper.categories),
        "signals": paper.signals,
        "authors": [len(paper.authors), *(text_facts(" | ".join(paper.authors)) or [])],
        "title": text_facts(paper.title),
        "abstract": text_facts(paper.abstract),
        "urls": sorted(paper.urls),
        "organization": text_facts(paper.organization),
        "submitter": text_facts(paper.submitter),
        "extra": {name: text_facts(str(value)) for name, value in sorted(paper.extra.items())},
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {}, "")}


def facts_of(papers: Sequence[Observation], skipped: Sequence[Skipped]) -> dict[str, Any]:
    # What stands in parentheses is the record's own text.
    reasons = [f"{one.where} {re.sub(r' [(].*[)]', '', one.reason)}" for one in skipped]
    return {"papers": [paper_facts(paper) for paper in papers], **({"skipped": reasons} if reasons else {})}


def day_of(name: str) -> dt.date:
    found = re.search(r"\d{4}-\d\d-\d\d", name)
    assert found
    return dt.date.fromisoformat(found[0])


def feed_facts(body: bytes) -> dict[str, Any]:
    try:
        content = feed.parse(body, seen=SEEN, source="wild")
    except SourceError as error:
        return {"error": str(error)}
    return {**facts_of(content.observations, content.skipped), **({"cut": True} if content.cut else {})}


def members(path: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(path) as tar:
        found = [(member.name, tar.extractfile(member)) for member in tar.getmembers() if member.isfile()]
        return [(name, file.read()) for name, file in found if file]


def recorded_facts(path: Path) -> dict[str, Any]:
    folder = path.parent.name
    if path.name.startswith("hf_daily_"):  # two months: a line a day
        days = {}
        for name, body in members(path):
            papers, skipped = hf_daily.parse(body, day_of(name), SEEN)
            digest = hashlib.sha256(json.dumps(facts_of(papers, skipped), sort_keys=True).encode()).hexdigest()
            days[name] = {"papers": len(papers), "skipped": len(skipped), "digest": digest[:12]}
        return {"days": days}
    if folder == "hf_daily":
        return facts_of(*hf_daily.parse(path.read_bytes(), day_of(path.name), SEEN))
    if any(path.match(place) for place in SAVED):
        read = list(files.read_file(path, seen=SEEN))
        papers, skipped = ([one for one in read if isinstance(one, kind)] for kind in (Observation, Skipped))
        return facts_of(papers, skipped)
    if folder == "arxiv_rss":
        found = arxiv_rss.parse(path.read_bytes(), seen=SEEN, requested=("cs.AI",))
        return {"day": str(found.day), **facts_of(found.observations, found.skipped)}
    if path.name.endswith(".tar.gz"):
        return {"files": {name: feed_facts(body) for name, body in members(path) if name.endswith(".xml")}}
    return feed_facts(path.read_bytes())


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
    facts = written(recorded_facts(path))
    expected = expected_file(path)
    if update_expected:
        expected.write_text(facts, encoding="utf-8")
    assert expected.is_file(), "this recording has no expected file: see the head of this module"
    assert json.loads(facts) == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expected_file_has_its_recording(shared: Path) -> None:
    assert {expected_file(path) for path in FILES} == set(EXPECTED.glob("*.json"))


def test_the_broken_day_is_told_record_by_record(shared: Path) -> None:
    """Its producer wrote each record as the text of a Python literal."""
    body = (shared / "recordings/malformed/hf_daily/newsletter_2024-12-11.json").read_bytes()
    papers, skipped = hf_daily.parse(body, dt.date(2024, 12, 11), SEEN)
    assert papers == ()
    assert len(skipped) == len(json.loads(body))
    assert {one.reason for one in skipped} == {"is a text, not a record of a paper"}


def test_two_months_of_real_days_lose_no_record(shared: Path) -> None:
    for name, body in members(shared / "recordings/hf_daily_2026-03_04.tar.gz"):
        papers, skipped = hf_daily.parse(body, day_of(name), SEEN)
        assert not skipped
        assert [paper.ids["arxiv"][0] for paper in papers] == [entry["paper"]["id"] for entry in json.loads(body)]
        assert all(paper.abstract and paper.authors and paper.published for paper in papers)


def test_damaged_recordings_give_records_or_a_readable_error(shared: Path) -> None:
    chance = random.Random(7)
    recordings = {path: path.read_bytes() for path in FILES if path.parent.name in ("hf_daily", "arxiv_rss")}
    for path, whole in recordings.items():
        for _ in range(15):
            body = damaged(whole, chance)
            try:
                if path.suffix == ".json":
                    papers = hf_daily.parse(body, day_of(path.name), SEEN)[0]
                else:
                    papers = arxiv_rss.parse(body, seen=SEEN).observations
            except SourceError:
                continue
            for paper in papers:
                msgspec.json.encode(paper)


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Flip some bytes of a text, cut it, or move a stretch of it."""
    changed = bytearray(body)
    kind = chance.randrange(3)
    if kind == 0:
        for _ in range(chance.randrange(1, 20)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del changed[chance.randrange(len(changed)) :]
    else:
        start = chance.randrange(len(changed))
        stretch = changed[start : start + chance.randrange(1, 500)]
        del changed[start : start + len(stretch)]
        place = chance.randrange(len(changed) + 1)
        changed[place:place] = stretch
    return bytes(changed)
