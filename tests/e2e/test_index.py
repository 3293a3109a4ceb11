"""Real processes that index: killed at any moment, while others read, and with what they are told."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertriage.index.index import Index
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.library import Library
from papertriage.pipeline.listing import Query, listing
from papertriage.rules.load import check_rules
from papertriage.store.log import Log

PAPERTRIAGE = [sys.executable, "-m", "papertriage"]
TRIALS = int(os.environ.get("PAPERTRIAGE_KILL_TRIALS", "5"))
RULES = "{version: 1, topics: [{name: t, any: [language model, {term: agents, weight: 2}]}]}"


def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home), "PYTHONUTF8": "1"}


def lines(count: int, start: int = 0) -> str:
    """Make records to import."""
    words = "language model agents plan graph spectra learn deep kernel policy reward token".split()
    chance = random.Random(start)
    return "".join(
        json.dumps(
            {
                "id": f"2603.{number:05}",
                "title": f"{' '.join(chance.choices(words, k=6))} {number}",
                "abstract": " ".join(chance.choices(words, k=120)),
                "authors": ["Ada Lovelace"],
                "published": "2026-03-04",
            }
        )
        + "\n"
        for number in range(start, start + count)
    )


@pytest.fixture
def rules(home: Path) -> Path:
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    return home


def check(home: Path) -> int:
    """Hold what the index lists to what the log says; give the number of papers."""
    rules = check_rules(home / "rules.yaml")[0]
    query = Query(as_of=dt.date(2026, 11, 24), limit=None, everything=True)
    cached = read_cache(home)
    told: list[str] = []
    assert Library(home, telling=told.append).listing(rules, query)[0] == listing(cached, rules, query)
    assert told == []
    with Index(home) as index:
        papers = [index.paper(doc) for doc in index.docs().numbers]
    assert sorted(paper.id for paper in papers if paper) == sorted(paper.id for paper in cached.papers)
    assert len(papers) == len(cached.papers)
    return len(papers)


def killed(command: list[str], home: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [*PAPERTRIAGE, *command], env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def seconds_of(command: list[str], home: Path) -> float:
    began = time.monotonic()
    subprocess.run([*PAPERTRIAGE, *command], env=environment(home), capture_output=True, check=True)
    return time.monotonic() - began


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_while_importing_or_indexing_nothing_is_wrong_afterwards(rules: Path, run: Any, tmp_path: Path) -> None:
    chance = random.Random(2026)
    whole = tmp_path / "whole.jsonl"
    whole.write_text(lines(300), encoding="utf-8")
    assert run("import", str(whole)).returncode == 0
    known = check(rules)
    reindex = seconds_of(["cache", "reindex"], rules)
    for trial in range(TRIALS):
        more = tmp_path / f"{trial}.jsonl"
        more.write_text(lines(100, 1000 + 100 * trial), encoding="utf-8")
        commands = (["import", str(more)], ["cache", "reindex"], ["cache", "compact"])
        killed(commands[trial % 7 % 3], rules, chance.uniform(0.1, 1.3) * reindex)
        log = Log(rules)
        there = [one.id for one in log.read()]
        assert len(there) == len(set(there)) >= known, "no line is lost, none twice"
        known = len(there)
        assert check(rules) == known
    assert run("cache", "verify", "--all").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_while_fetching_the_next_run_goes_on(
    daily: Any, rules: Path, run: Any, new_entry: Callable[..., dict[str, Any]]
) -> None:
    chance = random.Random(7)
    days = [f"2026-11-{day:02}" for day in range(14, 21)]
    for nth, day in enumerate(days):
        daily.days[day] = [new_entry(f"2611.{nth:02}{n:03}", f"Language models {nth} {n}", day=day) for n in range(30)]
    command = ["fetch", "--from", days[0], "--to", days[-1], "--quiet"]
    known = 0
    for _ in range(TRIALS):
        killed(command, rules, chance.uniform(0.2, 1.2))
        known_now = len({one.id for one in Log(rules).read()})
        assert known_now >= known
        known = known_now
        assert check(rules) == known
    assert run(*command).returncode == 0
    assert check(rules) == 30 * len(days)


def test_lists_while_another_process_imports_are_each_right_for_some_moment(
    rules: Path, run: Any, tmp_path: Path
) -> None:
    files = []
    for nth in range(4):
        files.append(tmp_path / f"{nth}.jsonl")
        files[-1].write_text(lines(100, 100 * nth), encoding="utf-8")
    assert run("import", str(files[0])).returncode == 0
    writers = [
        subprocess.Popen(
            [*PAPERTRIAGE, "import", *map(str, files[1:])], env=environment(rules),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
    ]  # fmt: skip
    before: set[str] = set()
    seen = []
    while any(writer.poll() is None for writer in writers) or not seen:
        listed = run("list", "--all", "--limit", "100000", "--format", "ids")
        assert (listed.returncode, "Traceback" in listed.stderr) == (0, False), listed.stderr
        now = set(listed.stdout.split())
        assert before <= now
        assert len(now) % 100 == 0, "batches are there whole or not at all"
        before = now
        seen.append(len(now))
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert check(rules) == 400


def test_the_index_is_made_by_an_import_and_found_current(rules: Path, run: Any, tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(lines(50), encoding="utf-8")
    done = run("import", str(tmp_path / "some.jsonl"), "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    told = run("cache", "info").stdout
    assert "papers     50\nlines      50\nsegments   1 (" in told
    assert "MB, current\n" in told
    assert run("cache", "verify", "--all").stdout == "50 lines are whole, 0 damaged; the index agrees.\n"
    assert run("cache", "reindex").stdout == "50 papers are indexed.\n"
    assert run("cache", "compact").stdout.startswith("0 lines dropped; 1 → 1 files, ")
    assert (rules / "index.sqlite3").stat().st_mode & 0o077 == 0


def test_an_index_that_says_what_the_log_does_not_is_named_and_made_anew(rules: Path, run: Any, tmp_path: Path) -> None:
    import sqlite3

    from papertriage.index import schema

    (tmp_path / "some.jsonl").write_text(lines(50), encoding="utf-8")
    run("import", str(tmp_path / "some.jsonl"))
    db = sqlite3.connect(rules / "index.sqlite3", isolation_level=None)
    db.execute("UPDATE observations SET place = place + 1 WHERE number = 7")
    db.close()
    schema.note_left(rules / "index.sqlite3")
    done = run("cache", "verify")
    assert done.returncode == 5
    assert "The index: it does not know the line at byte" in done.stderr
    assert "will be made anew" in done.stderr
    assert run("cache", "verify").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_limit_on_file_sizes_leaves_the_answer_and_is_told(rules: Path, run: Any, tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(lines(300), encoding="utf-8")
    run("import", str(tmp_path / "some.jsonl"))
    wanted = run("list", "--all", "--format", "tsv").stdout
    for name in rules.glob("index.sqlite3*"):
        name.unlink()
    script = f"ulimit -f 200; {sys.executable} -m papertriage list --all --format tsv"
    done = subprocess.run(["bash", "-c", script], env=environment(rules), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, wanted)
    assert "the log is read instead" in done.stderr
    assert "Traceback" not in done.stderr
