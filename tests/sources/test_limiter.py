"""The pace of hosts: within a process, between processes, and when clocks jump."""

from __future__ import annotations

import json
import socket
import stat
import threading
import time
from itertools import pairwise

import pytest

from papertriage.errors import SourceError, StorageError
from papertriage.sources import limiter as module
from papertriage.sources.http import Session
from papertriage.sources.limiter import Limiter, group_of


@pytest.mark.parametrize(
    "host", ["arxiv.org", "export.arxiv.org", "RSS.arxiv.org", "oaipmh.arxiv.org.", "a.b.arxiv.org"]
)
def test_all_of_arxiv_is_one_host(host):
    assert group_of(host) == "arxiv.org"


@pytest.mark.parametrize("host", ["notarxiv.org", "arxiv.org.example.com", "huggingface.co"])
def test_other_hosts_are_their_own(host):
    assert group_of(host) == host


def test_arxiv_is_asked_once_in_three_seconds_over_its_hosts_and_over_processes(tmp_path, still):
    first, second = (Limiter(tmp_path, still.clock()) for _ in range(2))
    with first.turn("rss.arxiv.org"):
        still.now += 1.0  # the request takes a second
    with second.turn("export.arxiv.org"):
        pass
    with first.turn("arxiv.org"):
        pass
    assert still.slept == [3.0, 3.0]


def test_a_host_has_one_connection_over_all_processes(tmp_path, still):
    ours, theirs = (Limiter(tmp_path, still.clock()) for _ in range(2))
    with (
        ours.turn("rss.arxiv.org"),
        pytest.raises(SourceError, match=r"Another papertriage has been asking arxiv\.org"),
        theirs.turn("export.arxiv.org", spare=0.05),
    ):
        pass
    with theirs.turn("export.arxiv.org"):
        pass


def test_two_sessions_at_once_keep_the_pace_and_one_connection(wire, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ARXIV_SECONDS", 0.15)
    arrivals = []

    def answer(connection: socket.socket) -> None:
        arrivals.append(time.monotonic())
        time.sleep(0.03)
        connection.sendall(wire.reply(b"x"))

    wire.answer("/", answer)

    def lookup(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", wire.port))]

    def ask(host: str) -> None:
        session = Session(tmp_path, lookup=lookup)
        for _ in range(3):
            session.get(f"http://{host}.arxiv.org/")

    threads = [threading.Thread(target=ask, args=(host,)) for host in ("rss", "export")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arrivals) == 6
    assert min(later - earlier for earlier, later in pairwise(arrivals)) >= 0.15
    assert wire.most_open == 1


@pytest.mark.parametrize(
    "stored", [b"", b"{", b"[1]", b'{"last": "x"}', b'{"last": 1e999}', b'{"last": null}', b"\xff"]
)
def test_a_damaged_file_of_times_is_no_time(tmp_path, still, stored):
    (tmp_path / "example.org.json").write_bytes(stored)
    with Limiter(tmp_path, still.clock()).turn("example.org"):
        pass
    assert sum(still.slept) <= 0.1


@pytest.mark.parametrize("years", [-1, 5])
def test_a_clock_that_was_set_makes_no_long_wait(tmp_path, still, years):
    with Limiter(tmp_path, still.clock()).turn("arxiv.org"):
        pass
    Limiter(tmp_path, still.clock()).ban("example.org", 3600)
    still.now += years * 365 * 86400
    for host in ("arxiv.org", "example.org"):
        with Limiter(tmp_path, still.clock()).turn(host):
            pass
    assert sum(still.slept) <= 3.1


def test_a_wait_that_the_run_has_no_time_for_is_not_begun(tmp_path, still):
    limiter = Limiter(tmp_path, still.clock())
    with limiter.turn("arxiv.org"):
        pass
    with pytest.raises(SourceError, match="time for this run ended"), limiter.turn("arxiv.org", spare=1.0):
        pass
    assert not still.slept


def test_the_turn_is_over_after_a_failure(tmp_path, still):
    limiter = Limiter(tmp_path, still.clock())
    with pytest.raises(ZeroDivisionError), limiter.turn("example.org"):
        _ = 1 / 0
    with limiter.turn("example.org", spare=1.0):
        pass


def test_files_are_the_users_alone_and_named_safely(tmp_path, still):
    folder = tmp_path / "state" / "hosts"
    with Limiter(folder, still.clock()).turn("../Ex ample/[::1]"):
        pass
    files = sorted(path.name for path in folder.iterdir())
    assert files == [".._ex_ample____1_.json", ".._ex_ample____1_.lock"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads((folder / files[0]).read_text())["last"] == still.now


def test_a_folder_that_cannot_be_made_is_an_error_of_storage(tmp_path, still):
    (tmp_path / "file").touch()
    with (
        pytest.raises(StorageError, match="cannot be written"),
        Limiter(tmp_path / "file" / "x", still.clock()).turn("a"),
    ):
        pass
