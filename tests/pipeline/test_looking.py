"""When the user last looked, and at what."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from papertriage.errors import StorageError
from papertriage.model import Listed, Paper, Ranked, Score
from papertriage.pipeline.looking import all_ranks, ids_of, last_as_of, last_look, last_shown, note_look, note_shown

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def later(**time: float) -> dt.datetime:
    return NOON + dt.timedelta(**time)


def test_looks_of_one_sitting_count_from_the_sitting_before(tmp_path: Path) -> None:
    assert last_look(tmp_path, now=NOON) is None
    note_look(tmp_path, now=NOON)
    assert last_look(tmp_path, now=later(minutes=5)) is None
    assert last_look(tmp_path, now=later(days=1)) == NOON
    note_look(tmp_path, now=later(days=1))
    note_look(tmp_path, now=later(days=1, minutes=50))
    note_look(tmp_path, now=later(days=1, minutes=100))
    assert last_look(tmp_path, now=later(days=1, minutes=101)) == NOON
    assert last_look(tmp_path, now=later(days=2)) == later(days=1, minutes=100)


@pytest.mark.parametrize("content", ["", "yesterday", "2026-11-24T12:00:00", "\x00"])
def test_a_damaged_file_is_no_look(tmp_path: Path, content: str) -> None:
    (tmp_path / "looked").write_text(content, "utf-8")
    assert last_look(tmp_path, now=NOON) is None
    note_look(tmp_path, now=NOON)
    assert last_look(tmp_path, now=later(days=1)) == NOON


def test_a_folder_that_cannot_be_written_to_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    note_look(tmp_path / "file", now=NOON)
    assert last_look(tmp_path / "file", now=NOON) is None


def listed(*ids: str) -> Listed:
    score = Score(total=1, lines=(), topics=(), hits=(), relevance=1)
    papers = [Paper(id=name, title="A title", day=NOON.date(), first_seen=NOON) for name in ids]
    rows = tuple(Ranked(rank=rank, paper=paper, score=score) for rank, paper in enumerate(papers, 1))
    return Listed(rows=rows, since=None, as_of=NOON.date(), cached=9, in_window=9)


def test_the_ranks_of_the_last_list_are_remembered(tmp_path: Path) -> None:
    assert last_shown(tmp_path) == {}
    note_shown(tmp_path / "state", listed("arxiv:1", "own:a b"))
    assert last_shown(tmp_path / "state") == {1: "arxiv:1", 2: "own:a b"}
    assert (tmp_path / "state/last-list").stat().st_mode & 0o777 == 0o600
    note_shown(tmp_path / "state", listed("arxiv:3"))
    assert last_shown(tmp_path / "state") == {1: "arxiv:3"}


def test_an_empty_list_leaves_the_ranks_of_the_one_before(tmp_path: Path) -> None:
    note_shown(tmp_path, listed("arxiv:1"))
    note_shown(tmp_path, listed())
    assert last_shown(tmp_path) == {1: "arxiv:1"}


def test_an_id_with_a_line_break_takes_no_other_rank(tmp_path: Path) -> None:
    note_shown(tmp_path, listed("arxiv:1", "own:a\n1\tarxiv:9", "arxiv:3"))
    assert last_shown(tmp_path) == {1: "arxiv:1", 3: "arxiv:3"}


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"one\tarxiv:1\n", b"1\n\t\n2\t", b"-1\ta"])
def test_a_damaged_last_list_has_no_ranks(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last-list").write_bytes(content)
    assert last_shown(tmp_path) == {}


def test_ranks_that_cannot_be_remembered_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StorageError):
        note_shown(tmp_path / "file", listed("arxiv:1"))


def test_where_ranks_cannot_be_remembered_those_of_an_earlier_list_name_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("No space.")

    note_shown(tmp_path, listed("arxiv:1"))
    monkeypatch.setattr("papertriage.pipeline.looking.write_whole", full)
    with pytest.raises(StorageError):
        note_shown(tmp_path, listed("arxiv:2"))
    assert last_shown(tmp_path) == {}


SHOWN = {1: "a", 2: "b", 3: "c", 5: "e"}


@pytest.mark.parametrize(
    ("wanted", "ids", "said"),
    [
        ("2", ["b"], []),
        ("2-3", ["b", "c"], []),
        ("3,1-2", ["c", "a", "b"], []),
        ("2510.01265", ["2510.01265"], []),
        ("P19-1001", ["P19-1001"], []),
        ("9", [], ["no number 9: it goes from 1 to 5."]),
        ("0", [], ["no number 0: "]),
        ("3-5", ["c", "e"], ["no number 4: "]),
        ("5-999999999", ["e"], ["no number 6-999999999: "]),
        ("4-6", ["e"], ["no number 4: ", "no number 6: "]),
        ("3-1", [], ["3-1 runs backwards. Write 1-3."]),
        ("31978945", [], ["If it is a PMID, write pmid:31978945."]),
    ],
)
def test_ranks_become_ids_and_one_that_is_not_there_is_named(wanted: str, ids: list[str], said: list[str]) -> None:
    found, unknown = ids_of([wanted], SHOWN)
    assert found == ids
    assert len(unknown) == len(said)
    assert all(part in str(error) for part, error in zip(said, unknown, strict=True))


def test_without_a_list_a_rank_says_how_to_get_one() -> None:
    found, unknown = ids_of(["1", "2510.01265"], {})
    assert found == ["2510.01265"]
    assert [str(error) for error in unknown] == [
        "No list was shown in which a paper is number 1. `papertriage list` shows one."
    ]


def test_the_day_of_a_list_as_of_another_day_is_remembered(tmp_path: Path) -> None:
    assert last_as_of(tmp_path) is None
    note_shown(tmp_path, listed("arxiv:1"), as_of=dt.date(2026, 7, 1))
    assert (last_as_of(tmp_path), last_shown(tmp_path)) == (dt.date(2026, 7, 1), {1: "arxiv:1"})
    note_shown(tmp_path, listed(), as_of=dt.date(2026, 8, 1))
    assert last_as_of(tmp_path) == dt.date(2026, 7, 1)
    note_shown(tmp_path, listed("arxiv:1"))
    assert (last_as_of(tmp_path), last_shown(tmp_path)) == (None, {1: "arxiv:1"})
    (tmp_path / "last-list").write_text("as-of\tyesterday\n1\tarxiv:1\n", "utf-8")
    assert (last_as_of(tmp_path), last_shown(tmp_path)) == (None, {1: "arxiv:1"})


def test_ranks_are_told_from_ids() -> None:
    assert all_ranks(["3", "7-9", "1,4-6"])
    assert not all_ranks(["3", "2510.01265"])
    assert not all_ranks(["-"])
