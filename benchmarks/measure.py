"""What all measurements share: processes timed in turn, medians, the machine, rules in a folder."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import msgspec
from generate import MANIFEST, Manifest

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("papertriage"))

T = TypeVar("T")

BUSY = 0.1
"""So much of a machine others may use; beyond that clocks say little."""

CLOCK = "PAPERTRIAGE_BENCH_CLOCK"
"""The variable of the environment that says what is measured: `wall` or `cpu`."""


def clock() -> float:
    """Give the time: by the wall, or of the processor, with that of children."""
    if os.environ.get(CLOCK) != "cpu":
        return time.perf_counter()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class Command(msgspec.Struct, frozen=True):
    """A process to be timed.

    Attributes:
        env: beside the environment of this process.
        terminal: on a terminal of its own; else into a pipe.
    """

    argv: Sequence[str]
    env: Mapping[str, str] = {}
    terminal: bool = False


class Timing(msgspec.Struct, frozen=True):
    """What came of timing a command.

    Attributes:
        seconds: the median.
        spread: the least and the most.
        rss: the largest peak of resident memory, in MiB.
        runs: how many.
    """

    seconds: float
    spread: tuple[float, float]
    rss: float
    runs: int


def timed(commands: Sequence[Command], runs: int, *, warm: int = 1) -> list[Timing]:
    """Time commands, in turn, after some runs that do not count.

    Raises:
        SystemExit: one fails.
    """
    asked = {
        "runs": runs + warm,
        "clock": os.environ.get(CLOCK, "wall"),
        "commands": [
            {"argv": list(one.argv), "env": {**_environment(), **one.env}, "terminal": one.terminal} for one in commands
        ],
    }
    answer = subprocess.run(
        [sys.executable, "-S", str(HERE / "timed.py")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
    )
    found = []
    for command, all_runs in zip(commands, json.loads(answer.stdout), strict=True):
        if any(code for _, _, code, _ in all_runs):
            subprocess.run(list(command.argv), env={**_environment(), **command.env}, check=False)  # shows the error
            raise SystemExit(f"failed: {' '.join(command.argv)}")
        seconds = [one[0] for one in all_runs[warm:]]
        peak = max(one[1] for one in all_runs) / 1024
        found.append(Timing(median(seconds), (min(seconds), max(seconds)), peak, runs))
    return found


def _environment() -> dict[str, str]:
    """Give the environment, but for what would change what is measured: modules that are compiled at every start."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PAPERTRIAGE", "PYTHON")) or name in (CLOCK, "PYTHONPATH")
    }
    return {**kept, "TERM": "xterm-256color", "COLUMNS": "", "NO_COLOR": ""}


def asked(home: Path, *words: str, terminal: bool = False) -> Command:
    """Give the command line that asks papertriage something of a cache."""
    return Command((PROGRAM, *words), {"PAPERTRIAGE_HOME": str(home)}, terminal)


class Work(msgspec.Struct, frozen=True):
    """A call to be timed, and what is done before each, untimed."""

    call: Callable[[], object]
    before: Callable[[], object] = lambda: None


def in_turn(works: Mapping[str, Work], runs: int) -> dict[str, float]:
    """Give the median seconds of some calls, made in turn: so what slows the machine for a while slows all of them."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            work.before()
            found[name].append(once(work.call)[0])
    return {name: median(seconds) for name, seconds in found.items()}


def times(call: Callable[[], object], runs: int) -> float:
    """Give the median seconds of a call."""
    return in_turn({"": Work(call)}, runs)[""]


def once(work: Callable[[], T]) -> tuple[float, T]:
    """Give the seconds of one call, and what it gave."""
    started = clock()
    found = work()
    return clock() - started, found


def manifest_of(home: Path) -> Manifest:
    """Read what a generated cache is."""
    return msgspec.json.decode((home / MANIFEST).read_bytes(), type=Manifest)


def in_process(script: str, *arguments: str) -> Any:
    """Run a script of this folder in a process of its own; give the JSON that it prints last."""
    answer = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, env=_environment(), check=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def others_busy(seconds: float = 2.0) -> float | None:
    """Give how much of the machine is used by others while this process waits, 0 to 1; None where that is not told."""
    before = _ticks()
    time.sleep(seconds)
    after = _ticks()
    if before is None or after is None or after[1] == before[1]:
        return None
    return 1 - (after[0] - before[0]) / (after[1] - before[1])


def _ticks() -> tuple[int, int] | None:
    """Give the time that processors were idle, and all time."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    fields = [int(field) for field in stat.read_text().split("\n", 1)[0].split()[1:9]]
    return fields[3] + fields[4], sum(fields)


def machine() -> dict[str, str]:
    """Say on what is measured, without naming it."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (named := re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE)):
        cpu = named[1]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }
