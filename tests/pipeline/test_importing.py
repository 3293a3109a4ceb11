"""Importing: batches, going on where a run was killed, ids, and the command line."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from papertriage.errors import UsageError
from papertriage.model import Skipped
from papertriage.pipeline import importing
from papertriage.pipeline.importing import import_file
from papertriage.sources import records
from papertriage.store.log import Log

NOW = dt.datetime(2026, 9, 1, 6, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "data", now=lambda: NOW)


def snapshot(path: Path, count: int, *, packed: bool = False) -> Path:
    """Write a file in the form of arXiv's metadata snapshot."""
    lines = [
        {"id": f"2510.{n:05}", "title": f"Title {n}", "authors_parsed": [["Lima", "Ana", ""]], "authors": "Ana Lima",
         "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}], "categories": "cs.CL cs.LG"}
        for n in range(count)
    ]  # fmt: skip
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def run(path: Any, log: Log, tmp_path: Path, **more: Any) -> importing.ImportReport:
    return import_file(path, log, source=None, now=lambda: NOW, state=tmp_path / "state", **more)


def kill_after(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    decode, seen = records.from_value, [0]

    def from_value(*args: Any, **more: Any) -> Any:
        seen[0] += 1
        if seen[0] > count:
            raise KeyboardInterrupt
        return decode(*args, **more)

    monkeypatch.setattr(records, "from_value", from_value)


@pytest.mark.parametrize("packed", [False, True])
def test_an_import_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    path = snapshot(tmp_path / "snapshot", 47, packed=packed)
    with monkeypatch.context() as patched:
        kill_after(patched, 25)
        with pytest.raises(KeyboardInterrupt):
            run(path, log, tmp_path)
    assert len(list(log.read())) == 20
    with monkeypatch.context() as patched:
        kill_after(patched, 27)  # it would be killed again if it read a record a second time
        report = run(path, Log(tmp_path / "data", now=lambda: NOW), tmp_path)
    assert (report.earlier, report.new, report.unchanged) == (20, 27, 0)
    assert len({one.id for one in log.read()}) == 47
    again = run(path, log, tmp_path)
    assert (again.earlier, again.new, again.unchanged) == (0, 0, 47), "a whole import is not gone on with"


def cut_off(path: Path, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    with monkeypatch.context() as patched:
        kill_after(patched, after)
        with pytest.raises(KeyboardInterrupt):
            run(path, log, tmp_path)


def test_what_has_left_the_log_since_is_read_again(tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    path = snapshot(tmp_path / "snapshot", 35)
    cut_off(path, log, tmp_path, monkeypatch, 25)
    for file in (tmp_path / "data/papers").iterdir():
        file.unlink()
    report = run(path, Log(tmp_path / "data", now=lambda: NOW), tmp_path)
    assert (report.earlier, report.new) == (0, 35)


def test_a_file_that_changed_is_read_from_its_beginning(tmp_path: Path, log: Log) -> None:
    run(snapshot(tmp_path / "snapshot", 30), log, tmp_path)
    report = run(snapshot(tmp_path / "snapshot", 31), log, tmp_path)
    assert (report.earlier, report.new, report.unchanged) == (0, 1, 30)


def test_marks_that_are_damaged_or_cannot_be_written_only_cost_time(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = snapshot(tmp_path / "snapshot", 30)
    cut_off(path, log, tmp_path, monkeypatch, 25)
    (marks,) = (tmp_path / "state/imports").iterdir()
    whole = marks.read_bytes()
    marks.write_bytes(whole[:-30])
    report = run(path, log, tmp_path)
    assert (report.earlier, report.unchanged, report.new) == (10, 10, 10)
    marks.write_bytes(b"\xff\n")
    assert run(path, log, tmp_path).unchanged == 30
    (tmp_path / "file").write_text("x")
    report = import_file(path, log, source="other", now=lambda: NOW, state=tmp_path / "file")
    assert report.updated == 30


def test_skipped_records_are_counted_and_the_first_told(tmp_path: Path, log: Log) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "One", "doi": "10.1000/one"}\n' + "broken\n" * 50, "utf-8")
    report = run(path, log, tmp_path)
    assert (report.new, report.skipped, len(report.reasons)) == (1, 50, importing.TOLD)
    assert report.reasons[0].where == "line 2"


def test_the_way_through_a_file_is_told(tmp_path: Path, log: Log) -> None:
    path = snapshot(tmp_path / "snapshot", 47, packed=True)
    told: list[int] = []
    run(path, log, tmp_path, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_ids_are_looked_up_together_and_once(tmp_path: Path, log: Log) -> None:
    asked: list[list[str]] = []

    def look_up(wanted: Any) -> Any:
        asked.append([str(one) for one in wanted])
        yield records.from_value({"id": "2510.01265", "title": "One"}, seen=NOW, source="arxiv-api")
        yield Skipped(where="doi:10.1000/one", reason="no service knows it")

    ids = io.BytesIO(b"2510.01265\narXiv:2510.01265v2\n10.1000/one\n")
    report = run(ids, log, tmp_path, look_up=look_up)
    assert asked == [["arxiv:2510.01265", "doi:10.1000/one"]]
    assert (report.file, report.new, report.skipped) == ("standard input", 1, 1)


def test_a_file_of_no_kind_saves_nothing(tmp_path: Path, log: Log) -> None:
    path = tmp_path / "notes"
    path.write_text("Dear all,\n", "utf-8")
    with pytest.raises(UsageError, match="not recognised"):
        run(path, log, tmp_path)
    assert not (tmp_path / "data").exists()
