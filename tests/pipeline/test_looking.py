"""When the user last looked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from papertriage.pipeline.looking import last_look, note_look

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
