"""An index that is damaged, old, foreign, locked or cannot be written: the answer is right, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papertriage.errors import NewerVersionError
from papertriage.index import schema
from papertriage.index.index import Index
from papertriage.index.schema import FILE_NAME, IndexUnavailableError
from papertriage.match.shown import read_places
from papertriage.model import Listed, Observation
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.library import Library
from papertriage.pipeline.listing import Query, listing
from papertriage.rules.load import loads_rules
from papertriage.store.log import Log, encode_line

RULES = loads_rules("{version: 1, topics: [{name: t, any: [language model, {term: agents, weight: 2}]}]}", "r.yaml")
NOW = dt.datetime(2026, 3, 4, 6, tzinfo=dt.UTC)
QUERY = Query(as_of=NOW.date(), everything=True)


def record(number: int, title: str = "") -> Observation:
    return Observation(
        id=f"arxiv:2603.{number:05}",
        source="arxiv-rss",
        title=title or ("Language models", "Agents that plan", "Spectra of graphs")[number % 3] + f" {number}",
        seen=NOW,
        ids={"arxiv": (f"2603.{number:05}",)},
        abstract=f"An agent, number {number}, models language. " * (number % 4),
        announced=NOW.date() - dt.timedelta(days=number % 5),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Log(tmp_path, now=lambda: NOW).append(record(number) for number in range(60))
    assert listed(tmp_path) == scanned(tmp_path)
    return tmp_path


def listed(folder: Path, told: list[str] | None = None) -> Listed:
    return Library(folder, telling=told.append if told is not None else None).listing(RULES, QUERY)[0]


def scanned(folder: Path) -> Listed:
    return listing(read_cache(folder), RULES, QUERY)


def connect(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / FILE_NAME, isolation_level=None)


def as_if_ours(folder: Path) -> None:
    """Let the index pass for as it was left, so that only what is in it can tell."""
    schema.note_left(folder / FILE_NAME)


# -- damage ---------------------------------------------------------------------------------------------------


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _text(path: Path) -> None:
    path.write_bytes(b"<html>not a database</html>" * 1000)


def _zeros(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("harm", [_missing, _empty, _truncated, _text, _zeros])
def test_a_damaged_file_is_made_anew(folder: Path, harm: Callable[[Path], None], trusted: bool) -> None:
    harm(folder / FILE_NAME)
    if trusted:
        as_if_ours(folder)
    told: list[str] = []
    assert listed(folder, told) == scanned(folder)
    assert told == []
    with Index(folder) as index:
        assert index.size == 60


def test_bytes_that_something_else_changed_are_noticed(folder: Path) -> None:
    chance = random.Random(2026)
    path = folder / FILE_NAME
    for _ in range(20):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 200)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        assert listed(folder) == scanned(folder)


@pytest.mark.parametrize(
    "table", ["facts", "segments", "observations", "names", "docs", "postings", "blocks", "hits", "terms"]
)
def test_a_table_that_is_missing_is_noticed_when_it_is_asked(folder: Path, table: str) -> None:
    connect(folder).execute(f"DROP TABLE {table}").connection.close()
    as_if_ours(folder)
    assert listed(folder) == scanned(folder)


@pytest.mark.parametrize("version", ["0", "made by other rules of texts"])
def test_an_index_of_another_version_is_made_anew(folder: Path, version: str) -> None:
    db = connect(folder)
    db.execute("UPDATE facts SET value = ? WHERE name = 'version'", (version,))
    db.execute("UPDATE docs SET day = 1")
    db.close()
    as_if_ours(folder)
    assert listed(folder) == scanned(folder)


def test_an_index_made_by_other_text_rules_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / FILE_NAME).stat().st_ino
    monkeypatch.setattr(schema, "version", lambda: "other")
    assert listed(folder) == scanned(folder)
    with Index(folder) as index:
        assert index.db.execute("SELECT value FROM facts WHERE name = 'version'").fetchone() == ("other",)
    assert before


def test_of_papers_whose_texts_change_again_and_again_the_index_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papertriage.index.index._FEW", 20)
    for step in range(6):
        Log(tmp_path, now=lambda: NOW).append(
            Observation(id=f"a:{n}", source="a", title=f"Title {n} {step}", seen=NOW + dt.timedelta(hours=step))
            for n in range(10)
        )
        with Index(tmp_path) as index:
            assert index.size == 10
            assert index.counts().texts in (10, 20)


KILLED = """
import os, sys
from pathlib import Path
from papertriage.index import update
from papertriage.index.index import Index

update._CHUNK, update._MOST = 7, 14
taken = []

def progress(count):
    taken.append(count)
    if sum(taken) > 40:
        os._exit(9)

Index(Path(sys.argv[1]), progress=progress)
"""


def test_what_was_done_before_a_kill_is_kept_and_the_rest_follows(folder: Path) -> None:
    schema.remove(folder / FILE_NAME)
    assert subprocess.run([sys.executable, "-c", KILLED, folder], check=False).returncode == 9
    taken: list[int] = []
    with Index(folder, progress=taken.append) as index:
        assert (index.size, sum(taken)) == (60, 60 - 28)
    assert listed(folder) == scanned(folder)


# -- who may write --------------------------------------------------------------------------------------------

HOLDER = (
    "import filelock, sys, time\n"
    "with filelock.FileLock(sys.argv[1]): print('held', flush=True); time.sleep(float(sys.argv[2]))"
)


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(folder / "index.lock"), str(seconds)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def test_another_process_that_indexes_is_waited_for_and_told(folder: Path) -> None:
    Log(folder, now=lambda: NOW).append([record(61)])
    holder = hold(folder, 0.5)
    told: list[str] = []
    assert listed(folder, told) == scanned(folder)
    assert told == ["Another papertriage is bringing the index up to date; waiting for it."]
    holder.communicate()


def test_one_that_does_not_end_is_not_waited_for_for_ever(folder: Path) -> None:
    Log(folder, now=lambda: NOW).append([record(61)])
    holder = hold(folder, 60)
    with pytest.raises(IndexUnavailableError, match="Another papertriage is still indexing; the log is read instead"):
        Index(folder, timeout=0.2)
    holder.kill()
    holder.communicate()
    assert listed(folder) == scanned(folder)


def test_a_database_that_is_locked_is_read_and_nothing_is_kept(folder: Path) -> None:
    db = connect(folder)
    db.execute("BEGIN IMMEDIATE")
    other = loads_rules("{version: 1, topics: [{name: t, any: [graph]}]}", "r.yaml")
    with Index(folder, timeout=0.1):
        pass
    wanted = listing(read_cache(folder), other, QUERY)
    with Index(folder, timeout=0.1) as index:
        from papertriage.pipeline.indexed import indexed_listing
        from papertriage.store.decisions import States

        assert indexed_listing(index, States(), other, QUERY) == wanted
    db.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=280k", "papertriage-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_on_a_full_disk_the_log_is_read_and_it_is_said(disk: Path) -> None:
    Log(disk, now=lambda: NOW).append(record(number) for number in range(400))
    told: list[str] = []
    assert listed(disk, told) == scanned(disk)
    assert len(told) == 1
    assert "full" in told[0]
    assert told[0].endswith("; the log is read instead. Nothing is lost by deleting it.")
    subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
    assert listed(disk, told) == scanned(disk)
    assert len(told) == 1


def test_in_a_read_only_folder_a_current_index_is_used_and_else_the_log(disk: Path) -> None:
    Log(disk, now=lambda: NOW).append(record(number) for number in range(30))
    assert listed(disk) == scanned(disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    told: list[str] = []
    assert listed(disk, told) == scanned(disk)
    assert told == []
    with Index(disk) as index:
        assert index.size == 30
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    Log(disk, now=lambda: NOW).append([record(31)])
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert listed(disk, told) == scanned(disk)
    assert len(told) == 1
    assert "the log is read instead" in told[0]


# -- the log, by hand -----------------------------------------------------------------------------------------


def test_a_line_appended_without_its_end_is_there_and_after_the_next_fetch_still_once(folder: Path) -> None:
    path = next((folder / "papers").iterdir())
    with path.open("ab") as file:
        file.write(encode_line(record(70)))
    assert listed(folder) == scanned(folder)
    Log(folder, now=lambda: NOW).append([record(71)])
    assert listed(folder) == scanned(folder)
    with Index(folder) as index:
        assert index.size == 62
        assert index.counts().lines == 62


def test_a_file_that_is_touched_or_copied_keeps_what_was_found(folder: Path) -> None:
    path = next((folder / "papers").iterdir())
    with Index(folder) as index:
        before = list(index.docs().numbers)
    os.utime(path, (1, 1))  # a clock that goes backwards, too
    with Index(folder) as index:
        assert list(index.docs().numbers) == before
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)
    with Index(folder) as index:
        assert list(index.docs().numbers) == before
    assert listed(folder) == scanned(folder)


def test_a_file_written_anew_with_other_lines_is_read_anew_and_known_texts_keep_their_hits(folder: Path) -> None:
    path = next((folder / "papers").iterdir())
    with Index(folder) as index:
        before = set(index.docs().numbers)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(lines[:50])))
    assert listed(folder) == scanned(folder)
    with Index(folder) as index:
        assert set(index.docs().numbers) < before


def test_what_is_forgotten_is_gone(folder: Path) -> None:
    assert record(3).id in {row.paper.id for row in listed(folder).rows}
    with Index(folder) as index:
        (number,) = index.named(record(3).id)
        assert read_places(index.db, number)
    Log(folder, now=lambda: NOW).forget([record(3).id])
    assert listed(folder) == scanned(folder)
    with Index(folder) as index:
        assert index.named(record(3).id) == []
        assert not read_places(index.db, number)


def test_a_line_of_a_later_version_is_an_error_on_both_ways(folder: Path) -> None:
    path = next((folder / "papers").iterdir())
    with path.open("ab") as file:
        file.write(b'{"v":99,"id":"a:b","source":"a","title":"t","seen":"2026-03-04T06:00:00Z"}\n')
    for ask in (scanned, listed):
        with pytest.raises(NewerVersionError, match="newer version"):
            ask(folder)
