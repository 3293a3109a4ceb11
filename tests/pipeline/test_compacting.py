"""Compacting leaves every paper as it was, on every day, and keeps nothing that adds nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index.logs import EXAMPLES, FILES, FIRST, MEMORY, Change, by_id, histories, observations

from papertriage.index.index import Index
from papertriage.model import Decision, Observation, Paper
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.compacting import compact
from papertriage.store.decisions import Decisions
from papertriage.store.log import Log, encode_line

NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)


def compacted(folder: Path, size: int = 1 << 20):
    return compact(folder, lock_timeout=1, now=lambda: NOW, segment_size=size)


def papers_on_each_day(folder: Path) -> list[list[Paper]]:
    days = [None, *(FIRST + dt.timedelta(days=n) for n in range(-1, 14))]
    return [by_id(read_cache(folder, as_of=day).papers) for day in days]


@st.composite
def repetitions(draw: st.DrawFn) -> list[Observation]:
    """Draw records of which many come again: as they were, later, or with other votes."""
    found = draw(st.lists(observations(), min_size=1, max_size=4))
    for _ in range(draw(st.integers(1, 6))):
        one = draw(st.sampled_from(found))
        later = one.seen + dt.timedelta(days=draw(st.sampled_from((0, 0, 1, 2))))
        signals = draw(st.sampled_from((one.signals, one.signals, {}, {"upvotes": 7.0})))
        found.append(msgspec.structs.replace(one, seen=later, signals=signals))
    return found


@settings(max_examples=EXAMPLES)
@given(
    histories, st.lists(st.tuples(st.sampled_from(FILES), repetitions()), max_size=3), st.sampled_from((300, 1 << 20))
)
def test_all_papers_are_the_same_on_every_day(
    history: list[list[Change]], repeated: list[tuple[str, list[Observation]]], size: int
) -> None:
    with TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        papers = folder / "papers"
        papers.mkdir()
        for change in history[0]:
            change(papers)
        for file, records in repeated:
            with (papers / file).open("ab") as lines:
                lines.writelines(encode_line(one) + b"\n" for one in records)
        Decisions(folder).append(
            [Decision(at=NOW, ids=("doi:10.1000/1",), apart=("pmid:1",))] if len(history) % 2 else []
        )
        before = papers_on_each_day(folder)
        compacted(folder, size)
        assert papers_on_each_day(folder) == before
        again = compacted(folder, size)
        assert again.dropped == 0
        with Index(folder) as index:
            assert index.size == len(read_cache(folder).papers) or len(history) % 2


def record(number: int, **more: object) -> Observation:
    return Observation(
        id=f"arxiv:2603.0000{number}", source="hf-daily", title=f"Paper {number}",
        seen=NOW, ids={"arxiv": (f"2603.0000{number}",)}, **more,
    )  # fmt: skip


def write(folder: Path, name: str, *records: Observation, end: bytes = b"") -> None:
    (folder / "papers").mkdir(exist_ok=True)
    with (folder / "papers" / name).open("ab") as file:
        file.write(b"".join(encode_line(one) + b"\n" for one in records) + end)


def test_what_was_written_twice_goes_and_the_history_of_votes_stays(tmp_path: Path) -> None:
    later = NOW + dt.timedelta(days=1)
    write(tmp_path, "2026-03.jsonl", record(1, signals={"upvotes": 3.0}), record(1, signals={"upvotes": 3.0}))
    write(tmp_path, "2026-03.jsonl", msgspec.structs.replace(record(1, signals={"upvotes": 3.0}), seen=later))
    write(tmp_path, "2026-03.001.jsonl", record(2), msgspec.structs.replace(record(2), seen=later))
    done = compacted(tmp_path)
    assert (done.dropped, done.files_before, done.files_after) == (2, 2, 1)
    assert done.bytes_after < done.bytes_before
    assert [one.id for one in Log(tmp_path).read()] == ["arxiv:2603.00001"] * 2 + ["arxiv:2603.00002"]
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["2026-03.001.jsonl"]


def test_files_of_several_months_and_full_ones_stay(tmp_path: Path) -> None:
    for nth, name in enumerate(("2026-03.jsonl", "2026-03.001.jsonl", "2026-03.002.jsonl", "2026-04.jsonl"), 1):
        write(tmp_path, name, record(nth))
    size = (tmp_path / "papers" / "2026-03.jsonl").stat().st_size
    compacted(tmp_path, 2 * size)
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert names == ["2026-03.001.jsonl", "2026-03.002.jsonl", "2026-04.jsonl"]
    assert len(list(Log(tmp_path).read())) == 4


def test_damaged_lines_are_set_aside_and_what_is_whole_in_them_stays(tmp_path: Path) -> None:
    write(tmp_path, "2026-03.jsonl", record(1), record(1), end=b'{"v":1,"id":' + encode_line(record(2)) + b"\n")
    done = compacted(tmp_path)
    assert [str(note).partition(": ")[2] for note in done.damage] == [
        "a damaged line; its bytes were moved to 2026-03.jsonl.bad-2026-04-02"
    ]
    log = Log(tmp_path)
    assert [one.id for one in log.read()] == ["arxiv:2603.00001", "arxiv:2603.00002"]
    assert log.damage == []


def test_killed_between_the_two_steps_of_joining_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth, name in enumerate(("2026-03.jsonl", "2026-03.001.jsonl"), 1):
        write(tmp_path, name, record(nth))
    before = papers_on_each_day(tmp_path)

    unlink = Path.unlink

    def killed(path: Path, **how: bool) -> None:
        if path.suffix == ".jsonl":
            raise KeyboardInterrupt
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        compacted(tmp_path)
    monkeypatch.undo()
    assert len(list(Log(tmp_path).read())) == 3
    assert papers_on_each_day(tmp_path) == before
    assert compacted(tmp_path).files_after == 1
    assert papers_on_each_day(tmp_path) == before
