"""The replay server itself: one command, every source, and recordings where there are some."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from replay.faults import NAMES, Fault
from replay.server import ROUTES, Replay, serving

from papertriage.sources.base import BUILT_IN

DAY = "2026-11-20"  # a Friday
SERVER = Path(__file__).parents[1] / "replay"
CONFIG = """
sources:
- hf-daily
- {name: hf-search, query: tokens}
- hf-trending
- {name: arxiv, categories: [cs.CL]}
- {name: arxiv-rss, categories: [cs.CL, cs.LG]}
- {name: arxiv-api, categories: [cs.CL]}
- {name: arxiv-oai, categories: [cs.CL]}
- biorxiv
- {name: medrxiv, categories: [genomics]}
- {name: pubmed, query: with}
- {name: crossref, journals: [1234-5678]}
- {name: openalex, journals: [1234-5678]}
- {name: semantic-scholar, query: with}
- {name: like-this, type: semantic-scholar, like: ["arxiv:2510.01265"]}
- {name: openreview, venues: [TMLR]}
- {name: dblp, query: with}
- {name: acl-anthology, volumes: [2026.acl]}
"""


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving(Replay()) as replay:
        yield replay


def fetch(run: Any, replay: Replay, home: Path, config: str, *arguments: str, **env: str) -> dict[str, Any]:
    (home / "config.yaml").write_text(config, "utf-8")
    done = run("fetch", "--json", *arguments, PAPERTRIAGE_BASE_URL=replay.url, **env)
    told = [line for line in done.stderr.splitlines() if "gives no past day" not in line]
    assert (done.returncode, told) == (0, [])
    return {source["name"]: source for source in json.loads(done.stdout)["sources"]}


def test_every_source_finds_its_service(replay: Replay, run: Any, home: Path) -> None:
    sources = fetch(run, replay, home, CONFIG, "--date", DAY)
    assert {name.replace("like-this", "semantic-scholar") for name in sources} == set(BUILT_IN) - {"feed"}
    assert {name: source["status"] for name, source in sources.items()} == dict.fromkeys(sources, "ok")
    # What is listed now may be nothing, on a weekend.
    empty = {name for name, source in sources.items() if not source["new"] + source["updated"] + source["unchanged"]}
    assert empty <= {"arxiv-rss"}
    asked = {path for arrival in replay.arrivals for path, _ in ROUTES if path.fullmatch(arrival.path)}
    assert {path.pattern for path, _ in ROUTES if path not in asked} == {"/recordings/(.+)"}


def test_one_work_that_many_services_list_is_one_paper(replay: Replay, run: Any, home: Path) -> None:
    names = ["hf-daily", "arxiv", "arxiv-api", "arxiv-oai", "pubmed", "crossref", "openalex", "semantic-scholar"]
    fetch(run, replay, home, CONFIG, *names, "--from", "2026-11-18", "--to", DAY)
    shown = json.loads(run("show", "2611.09507", "--format", "json", "--provenance").stdout)
    assert shown["sources"] == names
    assert set(shown["ids"]) == {"arxiv", "doi", "pmid", "openalex", "s2"}
    assert shown["ids"]["doi"] == ["10.5555/replay.2611.09507"]
    assert {one["source"] for one in shown["observations"]} == set(names)
    kept = {"title", "abstract", "authors", "categories", "venue", "submitter", "announced", "announce_type", "signals"}
    assert kept <= set(shown["provenance"])
    assert set(shown["signals"]) >= {"upvotes", "comments", "citations"}


def test_openalex_gives_cursors_for_a_key(replay: Replay, run: Any, home: Path) -> None:
    config = "sources: [{name: openalex, journals: [1234-5678]}]"
    assert fetch(run, replay, home, config, "--date", DAY, PAPERTRIAGE_OPENALEX_KEY="x")["openalex"]["new"] == 8
    assert replay.arrivals[0].args["cursor"] == "*"


def test_recordings_answer_what_they_answered_then(run: Any, home: Path, shared: Path) -> None:
    with serving(Replay(recordings=shared / "recordings")) as replay:
        config = (
            f"sources: [hf-daily, {{name: feed, url: '{replay.url}/recordings/arxiv_rss/rss_cs.AI_2026-04-27.xml'}}]"
        )
        sources = fetch(run, replay, home, config, "--date", "2025-10-03")
    assert (sources["hf-daily"]["new"], sources["feed"]["new"]) == (39, 3)


def test_the_server_starts_with_one_command_and_names_its_faults() -> None:
    told = subprocess.run([sys.executable, SERVER, "--help"], capture_output=True, text=True, check=True).stdout
    assert all(name in told for name in NAMES)
    command = [sys.executable, SERVER, "--port", "0", "--fault", "503@/rss"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
    assert line.startswith("export PAPERTRIAGE_BASE_URL=http://127.0.0.1:")


@pytest.mark.parametrize("text", ["503", "503@/rss", "503*2", "503@/rss*2"])
def test_a_fault_is_read_as_it_is_written(text: str) -> None:
    fault = Fault.parse(text)
    assert (fault.name, fault.path, fault.left) == ("503", "/rss" if "@" in text else "/", 2 if "*" in text else None)


def test_a_fault_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"There is no fault 'flood'. There are 429, "):
        Fault.parse("flood")
