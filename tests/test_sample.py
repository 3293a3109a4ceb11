"""The sample that `quickstart` shows where there is no network."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import tarfile
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from papertriage.identity import parse_identity
from papertriage.model import Observation
from papertriage.sources.files import read_file

SAMPLE = Path(str(files("papertriage") / "data" / "sample.jsonl"))
DAYS = {dt.date(2026, 4, 28), dt.date(2026, 4, 29), dt.date(2026, 4, 30)}


@pytest.fixture(scope="module")
def sample() -> list[Observation]:
    found = list(read_file(SAMPLE, seen=dt.datetime(2026, 5, 1, tzinfo=dt.UTC)))
    papers = [one for one in found if isinstance(one, Observation)]
    assert len(papers) == len(found)
    return papers


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+(?=[A-Z])", text.strip()) if part]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def test_it_has_about_forty_papers_of_three_days(sample: list[Observation]) -> None:
    assert 38 <= len({paper.id for paper in sample}) <= 44
    assert {paper.announced for paper in sample} == DAYS
    assert min(Counter(paper.announced for paper in sample).values()) >= 8
    by_source = Counter(paper.source for paper in sample)
    assert set(by_source) == {"hf-daily", "arxiv-rss"}
    assert by_source["hf-daily"] > by_source["arxiv-rss"] >= 8


def test_every_line_is_one_of_the_log(sample: list[Observation]) -> None:
    lines = SAMPLE.read_text("utf-8").splitlines()
    assert [json.loads(line)["v"] for line in lines] == [1] * len(sample)
    for paper in sample:
        assert str(parse_identity(paper.id)) == paper.id
        assert paper.ids["arxiv"] == (paper.id.removeprefix("arxiv:"),)
        assert paper.authors
        assert paper.urls["abs"].startswith("https://arxiv.org/abs/")
        assert not paper.extra
        assert not paper.unknown
        assert paper.announced
        assert paper.seen.date() >= paper.announced
    assert len({paper.key for paper in sample}) == len(sample)


def test_it_shows_what_a_user_meets(sample: list[Observation]) -> None:
    assert all("upvotes" in paper.signals for paper in sample if paper.source == "hf-daily")
    assert all(paper.categories and paper.announce_type for paper in sample if paper.source == "arxiv-rss")
    twice = [identity for identity, count in Counter(paper.id for paper in sample).items() if count == 2]
    assert len(twice) == 2, "papers that both sources list"
    assert any("cross" in paper.announce_type.values() for paper in sample)
    assert any("\\" in name for paper in sample for name in paper.authors), "an accent written in LaTeX"


def test_abstracts_are_one_or_two_sentences(sample: list[Observation]) -> None:
    for paper in sample:
        assert paper.abstract
        assert len(sentences(paper.abstract)) in (1, 2)
        assert paper.abstract.endswith(".")
        assert 60 <= len(paper.abstract) <= 260


def test_abstracts_are_our_own_words(sample: list[Observation], shared: Path) -> None:
    """No abstract holds a sentence of the paper's own, nor six of its words in a row."""
    wanted = {paper.id.removeprefix("arxiv:") for paper in sample}
    theirs: dict[str, str] = dict.fromkeys(wanted, "")
    with gzip.open(shared / "corpus/arxiv-20k.jsonl.gz", "rt", encoding="utf-8") as corpus:
        for line in corpus:
            if line[14:24] in wanted:
                theirs[line[14:24]] += json.loads(line)["abstract"] + " . "
    with tarfile.open(shared / "recordings/hf_daily_2026-03_04.tar.gz") as days:
        for member in days:
            if not re.search(r"2026-04-(28|29|30)", member.name) or not (stream := days.extractfile(member)):
                continue
            for entry in json.load(stream):
                if entry["paper"]["id"] in wanted:
                    theirs[entry["paper"]["id"]] += f"{entry['paper']['summary']} {entry['paper'].get('ai_summary')} . "
    assert all(theirs.values()), "an original of each is in the recordings"
    for paper in sample:
        ours, original = words(paper.abstract or ""), " ".join(words(theirs[paper.id.removeprefix("arxiv:")]))
        runs = [" ".join(ours[start : start + 6]) for start in range(len(ours) - 5)]
        assert not [run for run in runs if run in original], paper.id
