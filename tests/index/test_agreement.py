"""Whatever becomes of the log, the index holds exactly the papers that merging all of it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index.logs import DAYS, EXAMPLES, FIRST, MEMORY, Change, aparts, by_id, days, histories, small_blocks

from papertriage.index.index import Index
from papertriage.model import Paper
from papertriage.store.identities import Apart
from papertriage.store.log import Log
from papertriage.store.merge import merge


@pytest.fixture(scope="module", autouse=True)
def _several_blocks() -> Iterator[None]:
    with small_blocks():
        yield


def papers_of(index: Index) -> list[Paper]:
    found = [index.paper(doc) for doc in index.docs().numbers]
    assert None not in found
    return [paper for paper in found if paper]


def check(index: Index, folder: Path, apart: list[Apart]) -> None:
    log = Log(folder)
    merged = merge(log.read(), apart=apart)
    papers = papers_of(index)
    assert by_id(papers) == by_id(merged)
    assert index.size == len(merged)
    docs = index.docs()
    assert docs == index.docs(dt.date.min, dt.date.max)
    for number, day, signals in zip(
        docs.numbers, docs.days, (docs.signals.get(n, {}) for n in range(index.size)), strict=True
    ):
        paper = index.paper(number)
        assert paper
        assert (paper.day.toordinal(), paper.signals) == (day, signals)
        assert index.ids([number]) == {number: paper.id}
        assert all(number in index.named(name) for name in paper.aliases)
    assert sorted(map(str, index.damage)) == sorted(map(str, log.damage))
    assert index.newest == max((paper.day for paper in merged), default=None)


@settings(max_examples=EXAMPLES)
@given(histories, aparts, st.lists(st.booleans(), min_size=8, max_size=8))
def test_after_each_change_the_index_holds_the_papers_of_the_log(
    history: list[list[Change]], apart: list[Apart], held: list[bool]
) -> None:
    with TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        papers = folder / "papers"
        papers.mkdir()
        for step, happened in enumerate(history):
            for change in happened:
                change(papers)
            now_apart = apart if held[step] else []
            with Index(folder, apart=now_apart) as index:
                check(index, folder, now_apart)


@settings(max_examples=EXAMPLES)
@given(histories, aparts, days)
def test_of_an_earlier_day_it_holds_what_was_known_then(
    history: list[list[Change]], apart: list[Apart], cut: dt.date
) -> None:
    with TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        papers = folder / "papers"
        papers.mkdir()
        for happened in history:
            for change in happened:
                change(papers)
        with Index(folder, apart=apart) as index:
            merged = merge(Log(folder).read(), as_of=cut, apart=apart)
            assert index.size_on(cut) == len(merged)
            for start in range(DAYS):
                first = FIRST.replace(day=1 + start)
                wanted = [paper for paper in merged if first <= paper.day <= cut]
                assert by_id(index.window(first, cut, cut=cut)) == by_id(wanted)


def test_an_id_with_a_nul_in_it_is_looked_up_whole(tmp_path: Path) -> None:
    """As a log that was written by something else can have: what comes later is the same work."""
    papers = tmp_path / "papers"
    papers.mkdir()
    line = rb'{"v": 1, "id": "feed:a\u0000b", "source": "feed", "title": "T", "seen": "2026-03-0%dT06:00:00Z"}' + b"\n"
    (papers / "2026-03.jsonl").write_bytes(line % 1)
    with Index(tmp_path) as index:
        check(index, tmp_path, [])
    (papers / "2026-03.jsonl").write_bytes(line % 1 + line % 2)
    with Index(tmp_path) as index:
        check(index, tmp_path, [])
        assert index.size == 1
