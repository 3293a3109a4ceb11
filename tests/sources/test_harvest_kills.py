"""A harvest from the command line, killed again and again: nothing is missing, and a kill costs one page.

PAPERTRIAGE_HARVEST=200000 pytest tests/sources/test_harvest_kills.py -s    the full size, some minutes
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from papertriage.model import Status
from papertriage.store.ledger import Ledger
from papertriage.store.log import Log

RECORDS = int(os.environ.get("PAPERTRIAGE_HARVEST", "3000"))
PAGE = 1000 if RECORDS > 20_000 else 100
KILLS = 10
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2020, 3, 31)
DAYS = (LAST - FIRST).days + 1
MAX_MEMORY = 200 * 2**20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs SIGKILL, and /proc for a process's memory")


class Records(Sequence[Any]):
    """Generated records in the order of their datestamps; none is held."""

    def __init__(self, make: Any, chance: random.Random) -> None:
        self._make = make
        words = [f"{chance.choice('bcdfglmnprst')}{chance.choice('aeiou')}" * 2 for _ in range(200)]
        self._text = " ".join(chance.choice(words) for _ in range(4000))

    def __len__(self) -> int:
        return RECORDS

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(RECORDS))]
        stamp = FIRST + dt.timedelta(days=place * DAYS // RECORDS)
        start = place * 37 % 15_000
        return self._make(
            id=f"{2001 + place // 99_999}.{place % 99_999 + 1:05}",
            stamp=str(stamp),
            versions=[f"{stamp}T10:00:00"],
            more=f"<comments>{place}</comments><journal-ref>{self._text[start : start + 1000]}</journal-ref>",
        )


def peak(pid: int) -> int:
    """Give the most memory that a process has had, in bytes; 0 once it has ended.

    What `wait4` tells would count the memory of this process too, which the other was forked from.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def test_a_harvest_killed_ten_times_ends_whole(wire, archive, tmp_path: Path) -> None:
    chance = random.Random(11)
    server = archive({"id": "x", "stamp": "x", "versions": []}, page_size=PAGE)
    server.generated = Records(type(server.records[0]), chance)

    home = tmp_path / "home"
    home.mkdir()
    (home / "config.yaml").write_text(f"sources: [{{name: arxiv-oai, base_url: '{wire.url}'}}]\n", encoding="utf-8")
    command = [sys.executable, "-m", "papertriage", "fetch", "arxiv-oai", "--from", str(FIRST), "--to", str(LAST)]
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home)}
    all_pages = -(-RECORDS // PAGE)
    memory = 0
    began = time.monotonic()
    kills = 0
    for trial in range(KILLS + 1):
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if trial < KILLS:
            # The rest of the pages, parted among the kills that are left; then anywhere in the work on a page.
            asked = len(server.asked)
            until = asked + max(1, (all_pages - asked) // (KILLS - trial + 1))
            while len(server.asked) < until and process.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.12))
            memory = max(memory, peak(process.pid))
            process.send_signal(signal.SIGKILL)
        while process.poll() is None:
            memory = max(memory, peak(process.pid))
            time.sleep(0.01)
        _, said = process.communicate()
        kills += process.returncode == -signal.SIGKILL
        assert process.returncode in (-signal.SIGKILL, 0), said.decode()
    seconds = time.monotonic() - began
    pages = Counter(skip // PAGE for skip in server.skips())
    again = sum(pages.values()) - len(pages)
    sys.stdout.write(
        f"\n{RECORDS} records, {all_pages} pages, {kills} kills, {again} pages fetched again, "
        f"{memory / 2**20:.0f} MB at most, {seconds:.0f} s\n"
    )

    assert kills == KILLS
    assert sorted(pages) == list(range(all_pages))
    assert again <= kills
    ids = [paper.id for paper in Log(home).read()]
    assert len(ids) == len(set(ids)) == RECORDS
    runs = Ledger(home).read().values()
    assert {run.day for run in runs} == {FIRST + dt.timedelta(days=n) for n in range(DAYS)}
    assert {run.status for run in runs} <= {Status.COMPLETE, Status.EXPECTED_EMPTY}
    assert 0 < memory < MAX_MEMORY
