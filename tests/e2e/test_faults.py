"""Services that fail in every way, and the whole program against them: told in plain words, and nothing else lost."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from replay.faults import WIRE
from replay.server import Replay, serving

DAY = "2026-11-20"  # a Friday
PAPERTRIAGE = [sys.executable, "-m", "papertriage"]
IMPATIENT = [sys.executable, str(Path(__file__).with_name("impatient.py"))]
SECONDS = 20.0
LOOPBACK = "127.0.0.1"

LASTING = {
    "429": (3, f"{LOOPBACK} gets too many requests from here (HTTP 429)."),
    "429-seconds": (3, f"{LOOPBACK} gets too many requests from here (HTTP 429)."),
    "429-date": (3, f"{LOOPBACK} gets too many requests from here (HTTP 429)."),
    "500": (3, f"{LOOPBACK} is out of order (HTTP 500)."),
    "503": (3, f"{LOOPBACK} is out of order (HTTP 503)."),
    "503-seconds": (3, f"{LOOPBACK} is out of order (HTTP 503)."),
    "403": (1, f"{LOOPBACK} refuses to answer (HTTP 403)."),
    "404": (1, f"{LOOPBACK} has nothing at this address (check it in config.yaml) (HTTP 404)."),
    "reset": (3, f"The connection to {LOOPBACK} broke before the reply was whole."),
    "cut": (3, f"The connection to {LOOPBACK} broke before the reply was whole."),
    "cut-gzip": (3, f"The reply of {LOOPBACK} was cut short."),
    "drip": (1, f"{LOOPBACK} timed out: its reply was not whole after 1 s."),
    "slow": (1, f"{LOOPBACK} timed out: its reply was not whole after 1 s."),
    "gzip-bomb": (1, f"{LOOPBACK} sent a reply larger than 15 MiB; reading stopped there."),
    "redirect-file": (1, "Only http and https addresses can be asked, not file:."),
    "redirect-ftp": (1, "Only http and https addresses can be asked, not ftp:."),
    "redirect-private": (1, "A reply leads to 169.254.169.254, which is in a private network; it was not followed."),
    "redirect-loop": (6, f"{LOOPBACK} redirects more than 5 times."),
    "captcha": (3, f"{LOOPBACK} sent a web page (a login, a captcha or an error) instead of the data asked for."),
    "empty": (3, f"{LOOPBACK} sent an empty reply."),
    "rate-exceeded": (3, f"{LOOPBACK} says that its rate of requests is exceeded."),
}
"""Faults that do not end: after how many requests the source is given up for this run, and what the user is told."""

PASSING = {
    "429": (1, 1),
    "429-seconds": (1, 1),
    "429-date": (1.5, 3.5),
    "503": (1, 1),
    "503-seconds": (1, 1),
    "500": (1, 1),
    "reset": (1, 1),
    "cut": (1, 1),
    "cut-gzip": (1, 1),
    "captcha": (1, 1),
    "empty": (1, 1),
    "rate-exceeded": (1, 1),
}
"""Faults of the first request only, after which another is sent; and the least and the longest pause before it."""


@dataclass
class Done:
    """What came of a fetch.

    Attributes:
        sources: the report, by source.
        slept: when, and for how long, the program would have slept.
        peak: the most memory that the program had, in kB; 0 where the system does not tell.
    """

    code: int
    sources: dict[str, dict[str, Any]]
    told: list[str]
    seconds: float
    replay: Replay
    slept: list[tuple[float, float]] = field(default_factory=list)
    peak: int = 0

    def said_of(self, name: str) -> list[str]:
        return [line.removeprefix(f"{name}: ") for line in self.told if line.startswith(f"{name}: ")]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home), "PYTHONUTF8": "1", **more}


def fetch(replay: Replay, home: Path, sources: str, *arguments: str, command: list[str] = IMPATIENT) -> Done:
    """Let the program fetch from the server: `{url}` in `sources` is its address."""
    home.mkdir(exist_ok=True)
    (home / "config.yaml").write_text("sources:\n" + sources.replace("{url}", replay.url), "utf-8")
    began = time.monotonic()
    done = subprocess.run(
        [*command, "fetch", "--json", *(arguments or ("--date", DAY))],
        env=environment(home, SLEPT=str(home / "slept"), PEAK=str(home / "peak")),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    seconds = time.monotonic() - began
    assert "Traceback" not in done.stderr
    report = {source["name"]: source for source in json.loads(done.stdout)["sources"]} if done.stdout else {}
    lines = (home / "slept").read_text("ascii").splitlines() if (home / "slept").exists() else []
    slept = [(float(at), float(length)) for at, length in (line.split() for line in lines)]
    peak = int((home / "peak").read_text("ascii")) if (home / "peak").exists() else 0
    return Done(done.returncode, report, done.stderr.splitlines(), seconds, replay, slept, peak)


@pytest.fixture(scope="module")
def world() -> Iterator[Replay]:
    with serving(Replay()) as replay:
        yield replay


@pytest.fixture(scope="module")
def lasting(world: Replay, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """One fetch from Daily Papers with each fault, and between them from services that are well."""
    config = "- {name: before, type: hf-daily, base_url: '{url}'}\n"
    config += "".join(f"- {{name: x-{name}, type: hf-daily, base_url: '{{url}}/~{name}'}}\n" for name in LASTING)
    config += "- {name: biorxiv, base_url: '{url}'}\n- {name: crossref, journals: [1234-5678], base_url: '{url}'}\n"
    return fetch(world, tmp_path_factory.mktemp("lasting"), config)


@pytest.fixture(scope="module")
def passing(world: Replay, tmp_path_factory: pytest.TempPathFactory) -> Done:
    config = "".join(f"- {{name: x-{name}, type: hf-daily, base_url: '{{url}}/~{name}*1'}}\n" for name in PASSING)
    return fetch(world, tmp_path_factory.mktemp("passing"), config)


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_is_told_in_plain_words(lasting: Done, name: str) -> None:
    requests, told = LASTING[name]
    assert lasting.said_of(f"x-{name}") == [f"{DAY}: {told} The next fetch asks again."]
    assert len(lasting.replay.asked(f"/~{name}/")) == requests
    report = lasting.sources[f"x-{name}"]
    assert (report["status"], report["new"], report["days"]) == ("failed", 0, {DAY: "failed"})


def test_the_papers_of_all_other_sources_are_kept(lasting: Done) -> None:
    kept = {name: (report["status"], report["new"]) for name, report in lasting.sources.items() if name[:2] != "x-"}
    assert kept == {"before": ("ok", 4), "biorxiv": ("ok", 70), "crossref": ("ok", 8)}
    assert lasting.code == 3
    assert len(lasting.told) == len(LASTING)
    assert lasting.seconds < SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes of Linux")
def test_no_fault_costs_much_memory(lasting: Done) -> None:
    assert 0 < lasting.peak < 300 * 1024


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_waited_for_and_asked_again(passing: Done, name: str) -> None:
    assert passing.said_of(f"x-{name}") == []
    report = passing.sources[f"x-{name}"]
    assert (report["status"], report["days"]) == ("ok", {DAY: "complete"})
    first, second = passing.replay.asked(f"/~{name}*1/")
    pause = sum(length for at, length in passing.slept if first.began <= at <= second.began)
    assert PASSING[name][0] <= pause <= PASSING[name][1] + 0.2


def test_after_faults_that_passed_nothing_is_missing(passing: Done) -> None:
    assert (passing.code, passing.told) == (0, [])
    assert passing.seconds < SECONDS


def test_every_fault_of_the_transport_is_tried() -> None:
    assert set(LASTING) | {"429-long"} == set(WIRE)


@pytest.mark.parametrize("fault", ["503", "captcha", "reset"])
def test_where_nothing_could_be_fetched_the_exit_code_says_so(world: Replay, tmp_path: Path, fault: str) -> None:
    done = fetch(world, tmp_path, f"- {{name: hf-daily, base_url: '{{url}}/~{fault}'}}\n")
    assert (done.code, len(done.told)) == (4, 1)


def test_a_host_that_asks_for_hours_is_left_alone_until_then(world: Replay, tmp_path: Path) -> None:
    config = "- {name: hf-daily, base_url: '{url}/~429-long*1'}\n- {name: biorxiv, base_url: '{url}'}\n"
    done = fetch(world, tmp_path, config)
    assert "It asks for a pause until" in done.said_of("hf-daily")[0]
    assert "asked not to be asked again before" in done.said_of("biorxiv")[0]  # the same host, here
    assert (done.code, len(world.asked("/~429-long*1/"))) == (4, 1)


def test_the_next_fetch_repairs_what_failed(world: Replay, tmp_path: Path) -> None:
    config = "- {name: hf-daily, base_url: '{url}/~captcha*3'}\n"
    assert fetch(world, tmp_path, config).code == 4
    second = fetch(world, tmp_path, config)
    assert (second.code, second.sources["hf-daily"]["days"]) == (0, {DAY: "complete"})


SERVICES = """\
- {name: biorxiv, base_url: '{url}FAULT'}
- {name: pubmed, query: growing, base_url: '{url}FAULT'}
- {name: arxiv-api, categories: [cs], base_url: '{url}FAULT'}
- {name: arxiv-oai, categories: [cs], base_url: '{url}FAULT'}
"""


@pytest.fixture(scope="module")
def whole(world: Replay, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Give how many papers each service has when it is well."""
    done = fetch(
        world, tmp_path_factory.mktemp("whole"), SERVICES.replace("FAULT", ""), "--from", "2026-11-09", "--to", DAY
    )
    assert (done.code, done.told) == (0, [])
    return counts(done)


def counts(done: Done) -> dict[str, int]:
    return {name: sum(report[key] for key in ("new", "updated")) for name, report in done.sources.items()}


@pytest.mark.parametrize(
    "fault", ["page-size", "inflated-total", "history-gone", "short-page*5", "empty-page*2", "token-expired*1"]
)
def test_services_that_misbehave_lose_no_paper(
    world: Replay, tmp_path: Path, whole: dict[str, int], fault: str
) -> None:
    done = fetch(world, tmp_path, SERVICES.replace("FAULT", f"/~{fault}"), "--from", "2026-11-09", "--to", DAY)
    assert (done.code, done.told, counts(done)) == (0, [], whole)
    name, _, times = fault.partition("*")
    asked = [arrival for arrival in world.asked(f"/~{fault}/") if name in arrival.faults]
    assert asked
    assert not times or len(asked) == int(times)


def test_arxiv_is_asked_once_in_three_seconds_by_all_its_sources_and_processes(tmp_path: Path) -> None:
    config = (
        "- {name: arxiv-rss, categories: [cs.CL], base_url: 'http://rss.arxiv.org'}\n"
        "- {name: arxiv-api, categories: [cs.CL], base_url: 'http://export.arxiv.org'}\n"
        "- {name: arxiv-oai, categories: [cs.CL], base_url: 'http://oaipmh.arxiv.org'}\n"
    )
    (tmp_path / "config.yaml").write_text("sources:\n" + config, "utf-8")
    with serving(Replay()) as replay:
        both = [
            subprocess.Popen(
                [*PAPERTRIAGE, "fetch", *names, "--date", DAY],
                env=environment(tmp_path, http_proxy=replay.url),  # so that the hosts are arXiv's
                stderr=subprocess.PIPE,
                text=True,
            )
            for names in (["arxiv-rss", "arxiv-oai"], ["arxiv-api"])
        ]
        told = [process.communicate(timeout=60)[1] for process in both]
    assert "Traceback" not in "".join(told)
    assert {arrival.host for arrival in replay.arrivals} == {"rss.arxiv.org", "export.arxiv.org", "oaipmh.arxiv.org"}
    by_time = sorted(replay.arrivals, key=lambda arrival: arrival.began)
    assert len(by_time) == 3
    for before, after in itertools.pairwise(by_time):
        assert after.began - before.ended > 2.9
    assert [process.returncode for process in both] == [0, 0], told
