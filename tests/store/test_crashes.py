"""Rows F1, F3, F4, F6, F8, F9, F10 of the reliability matrix: kills, full disks, several processes."""

from __future__ import annotations

import errno
import importlib.util
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papertriage.errors import LockedError, StorageError
from papertriage.model import Observation, Run, Status
from papertriage.store.ledger import Ledger
from papertriage.store.lock import writing
from papertriage.store.log import Appended, Log

Observe = Callable[..., Observation]
WRITER = Path(__file__).with_name("writer.py")
TRIALS = int(os.environ.get("PAPERTRIAGE_KILL_TRIALS", "20"))

_spec = importlib.util.spec_from_file_location("store_writer", WRITER)
assert _spec
assert _spec.loader
writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writer)


def start(folder: Path, first: int, batch: int, batches: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, str(WRITER), str(folder), str(first), str(batch), str(batches)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def saved(process: subprocess.Popen[str], batch: int) -> set[str]:
    assert process.stdout
    starts = [int(line) for line in process.stdout.read().split()]
    process.stdout.close()
    return {writer.observation(number).id for first in starts for number in range(first, first + batch)}


# --- kills -------------------------------------------------------------------------------------------


def test_a_killed_writer_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    chance = random.Random(2025)
    for trial in range(TRIALS):
        data = tmp_path / str(trial)
        process = start(data, 0, 40, 200)
        assert process.stdout
        assert process.stdout.readline() == "0\n"  # it runs, and is in the middle of saving
        time.sleep(chance.uniform(0.005, 0.08))
        process.send_signal(signal.SIGKILL)
        promised = saved(process, 40) | {writer.observation(number).id for number in range(40)}
        process.wait()

        log = Log(data, now=lambda: writer.observation(0).seen)
        there = list(log.read())
        assert promised <= {one.id for one in there}
        assert there == [writer.observation(number) for number in range(len(there))], "in order, none twice, all whole"
        assert len(log.damage) <= 1

        log.append([writer.observation(9_000)])  # the next run heals
        assert len(list(log.read())) == len(there) + 1
        assert log.damage == []
        names = {path.name for path in data.rglob("*") if path.is_file() and ".bad-" not in path.name}
        assert names == {".lock", "2025-11.jsonl"}


def test_the_lock_of_a_killed_holder_is_free_at_once(data: Path, observe: Observe) -> None:
    code = (
        "import sys, time, pathlib; from papertriage.store.lock import writing\n"
        "with writing(pathlib.Path(sys.argv[1]), timeout=0): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    told: list[str] = []
    with pytest.raises(LockedError) as caught:
        Log(data, lock_timeout=0.2, waiting=told.append).append([observe(1)])
    assert told == [f"Another papertriage (process {holder.pid}) is writing to {data}; waiting up to 0.2 s."]
    assert str(caught.value) == (
        f"Another papertriage (process {holder.pid}) still holds {data / '.lock'} after 0.2 s. "
        "Nothing was written. Wait for it to end, or stop it, and try again."
    )
    assert list(Log(data).read()) == [], "reading needs no lock"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    started = time.monotonic()
    assert Log(data).append([observe(1)]) == Appended(new=1)
    assert time.monotonic() - started < 2
    assert {path.name for path in data.iterdir()} == {".lock", "papers"}


def test_a_child_started_by_the_holder_does_not_keep_the_lock(data: Path, observe: Observe) -> None:
    with writing(data, timeout=0):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert Log(data, lock_timeout=0).append([observe(1)]) == Appended(new=1)
    finally:
        child.communicate(b"\n")


def test_a_writer_waits_for_another_and_then_writes(data: Path, observe: Observe) -> None:
    with writing(data, timeout=0):
        process = start(data, 0, 1, 1)
    assert saved(process, 1) == {"arxiv:2501.00000"}
    assert process.wait() == 0


# --- several writers ---------------------------------------------------------------------------------


def test_two_writers_and_one_that_replaces_the_file_lose_nothing(data: Path, observe: Observe) -> None:
    processes = [start(data, first, 20, 60) for first in (0, 50_000)]
    log = Log(data)
    forgotten = [writer.observation(90_000 + number) for number in range(40)]
    dropped = 0
    for one in forgotten:
        log.append([one])
        dropped += log.forget([one.id])
        assert all(record.abstract and record.abstract.count(" ") == 250 for record in Log(data).read())
    expected = set().union(*(saved(process, 20) for process in processes))
    assert [process.wait() for process in processes] == [0, 0]
    there = [one.id for one in log.read()]
    assert dropped == len(forgotten)
    assert len(expected) == 2400
    assert set(there) == expected
    assert len(there) == len(expected)
    assert log.damage == []


# --- full disks --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "papertriage-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_saves_nothing_of_the_batch_and_leaves_no_torn_end(small_disk: Path) -> None:
    log = Log(small_disk / "data")
    log.append([writer.observation(number) for number in range(10)])
    before = {path: path.read_bytes() for path in small_disk.rglob("*") if path.is_file()}
    batch = [writer.observation(number) for number in range(10, 100)]
    with pytest.raises(
        StorageError, match=r"^No space on .*\.jsonl; nothing of this batch was saved, and nothing else"
    ):
        log.append(batch)
    assert {path: path.read_bytes() for path in small_disk.rglob("*") if path.is_file()} == before
    assert len(list(log.read())) == 10
    assert log.damage == []
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    assert log.append(batch) == Appended(new=90)
    assert len(list(log.read())) == 100


def test_a_full_disk_while_a_file_is_replaced_leaves_the_old_one(small_disk: Path) -> None:
    log = Log(small_disk / "data")
    papers = [writer.observation(number) for number in range(10_000, 10_025)]
    log.append(papers)
    with pytest.raises(StorageError, match="No space on"):
        log.forget([papers[3].id])
    assert list(log.read()) == papers
    assert not list(small_disk.rglob("*.new"))


def test_a_read_only_file_system_is_told_and_can_still_be_read(small_disk: Path) -> None:
    log = Log(small_disk / "data")
    log.append([writer.observation(1)])
    path = next((small_disk / "data" / "papers").iterdir())
    with path.open("ab") as file:
        file.write(b"torn")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only file system"):
        log.append([writer.observation(2)])
    assert len(list(log.read())) == 1
    assert len(log.damage) == 1


@pytest.fixture
def small_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_limit_on_the_size_of_files_saves_nothing_of_the_batch(data: Path) -> None:
    log = Log(data)
    log.append([writer.observation(number) for number in range(10)])
    with pytest.raises(StorageError, match=r"may not grow further .*nothing of this batch was saved"):
        log.append([writer.observation(number) for number in range(10, 100)])
    assert len(list(log.read())) == 10
    assert log.damage == []
    assert log.append([writer.observation(10)]) == Appended(new=1)


@pytest.mark.usefixtures("small_files")
def test_a_batch_over_several_segments_is_saved_whole_or_not_at_all(data: Path) -> None:
    log = Log(data, segment_size=20_000)
    log.append([writer.observation(number) for number in range(10)])
    names = {path.name for path in data.rglob("*")}
    huge = Observation(id="a:b", source="a", title="x" * 40_000, seen=writer.observation(0).seen)
    with pytest.raises(StorageError):
        log.append([*(writer.observation(number) for number in range(10, 60)), huge])
    assert {path.name for path in data.rglob("*")} == names
    assert len(list(log.read())) == 10


@pytest.mark.parametrize("call", ["fsync", "write", "ftruncate"])
def test_an_error_of_the_device_is_not_reported_as_saved(
    data: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    log = Log(data)
    log.append([observe(1)])

    def fails(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fails)
        if call == "ftruncate":
            patched.setattr(os, "fsync", fails)
        with pytest.raises(StorageError, match=r"2\d{3}-\d\d\.jsonl: Input/output error"):
            log.append([observe(2)])
    assert log.append([observe(2), observe(3)]).new in (1, 2)
    assert {one.id for one in log.read()} == {"arxiv:2511.00001", "arxiv:2511.00002", "arxiv:2511.00003"}


def test_a_short_write_is_continued(data: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, piece: whole(descriptor, bytes(piece[:100])))
    Log(data).append([observe(1), observe(2)])
    assert list(Log(data).read()) == [observe(1), observe(2)]


def test_an_interrupted_append_leaves_no_torn_end(
    data: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(data)
    log.append([observe(1)])
    whole = os.write

    def interrupted(descriptor: int, piece: memoryview) -> int:
        whole(descriptor, bytes(piece[:50]))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            log.append([observe(2)])
    assert list(log.read()) == [observe(1)]
    assert log.damage == []
    assert log.append([observe(2)]) == Appended(new=1)


def test_the_ledger_shares_the_lock_of_the_log(data: Path) -> None:
    run = Run(
        source="a",
        query="",
        day=writer.observation(0).seen.date(),
        status=Status.COMPLETE,
        at=writer.observation(0).seen,
    )
    with writing(data, timeout=0), pytest.raises(LockedError):
        Ledger(data, lock_timeout=0).append([run])
