"""Two months of real Daily Papers replies, served over loopback and fetched by the real program."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ARCHIVE = "recordings/hf_daily_2026-03_04.tar.gz"
TRIALS = int(os.environ.get("PAPERTRIAGE_KILL_TRIALS", "8"))
SPAN = ("--from", "2026-03-01", "--to", "2026-04-30")


@pytest.fixture
def archive(shared: Path, daily: Any) -> dict[str, list[dict[str, Any]]]:
    with tarfile.open(shared / ARCHIVE) as tar:
        for member in tar.getmembers():
            if member.name.endswith(".json"):
                content = tar.extractfile(member)
                assert content is not None
                daily.days[Path(member.name).stem] = json.load(content)
    assert len(daily.days) == 44
    return daily.days


def logged(home: Path) -> Iterator[dict[str, Any]]:
    for segment in sorted((home / "papers").glob("*.jsonl")):
        for line in segment.read_bytes().split(b"\n"):
            if line:
                yield json.loads(line)


def facts(home: Path) -> list[str]:
    """Give every line of the log but for `seen`, in one order."""
    return sorted(
        json.dumps({name: value for name, value in line.items() if name != "seen"}, sort_keys=True)
        for line in logged(home)
    )


def size(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "papers").glob("*.jsonl"))


def test_every_paper_and_every_vote_of_the_archive_is_in_the_log(run: Any, home: Path, archive: Any) -> None:
    done = run("fetch", "hf-daily", *SPAN, "--json")
    assert done.returncode in (0, 3), done.stderr
    report = json.loads(done.stdout)
    entries = {(day, each["paper"]["id"]): each["paper"] for day, listed in archive.items() for each in listed}
    lines = {(line["announced"], line["ids"]["arxiv"][0]): line for line in logged(home)}
    assert lines.keys() == entries.keys()
    assert {
        key: line["signals"]["upvotes"] for key, line in lines.items() if line.get("signals", {}).get("upvotes")
    } == {key: paper["upvotes"] for key, paper in entries.items() if paper["upvotes"]}
    assert report["sources"][0]["new"] == len({native for _, native in entries})

    before = size(home)
    again = run("fetch", "hf-daily", *SPAN, "--json")
    assert json.loads(again.stdout)["sources"][0]["new"] == 0
    assert size(home) == before, "a second run appends nothing"


def test_a_fetch_killed_at_any_moment_and_run_again_ends_the_same(
    run: Any, home: Path, tmp_path: Path, archive: Any
) -> None:
    from_start = run("fetch", "hf-daily", *SPAN)
    assert from_start.returncode in (0, 3), from_start.stderr
    expected = facts(home)
    for path in (*(home / "papers").glob("*"), home / "runs.jsonl"):
        path.unlink()

    moments = random.Random(20261124)
    command = [sys.executable, "-m", "papertriage", "fetch", "hf-daily", *SPAN]
    for _ in range(TRIALS):
        process = subprocess.Popen(
            command, env={**run_environment(home)}, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=moments.uniform(0.2, 1.6))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    final = run("fetch", "hf-daily", *SPAN)
    assert final.returncode in (0, 3), final.stderr
    assert facts(home) == expected


def run_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home)}
