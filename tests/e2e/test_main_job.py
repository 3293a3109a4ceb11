"""What a researcher does on a morning: fetch, list, why, export."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RULES = """\
version: 1
min_score: 1
topics:
  - name: agents
    weight: 2
    any: [language agent, {term: tool use, weight: 0.5}]
  - name: pretraining
    any: [continual pre-training]
signals: {upvotes: {weight: 0.5}}
"""

Entry = Callable[..., dict[str, Any]]


def utc_today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


@pytest.fixture
def today(daily: Any, home: Path, new_entry: Entry) -> str:
    day = utc_today()
    daily.days[day] = [
        new_entry("2611.00001", "Language Agents That Plan", votes=10, day=day),
        new_entry("2611.00002", "Continual Pretrainig of Small Models", votes=3, day=day),
        new_entry("2611.00003", "Cooking with Gas", votes=99, day=day),
    ]
    # A weekday without papers would be told as unusual.
    for ago in (1, 2):
        before = (dt.date.fromisoformat(day) - dt.timedelta(days=ago)).isoformat()
        daily.days[before] = [new_entry("2611.00003", "Cooking with Gas", votes=90, day=before)]
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    return day


def test_fetch_list_why_export(run: Any, home: Path, tmp_path: Path, today: str) -> None:
    fetched = run("fetch", "--json")
    report = json.loads(fetched.stdout)
    assert report["sources"][0]["name"] == "hf-daily"
    assert report["sources"][0]["new"] == 3

    listed = run("list", "--format", "jsonl")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["arxiv:2611.00001", "arxiv:2611.00002"]
    assert (
        rows[1]["hits"][0] | {"topic": "pretraining", "term": "continual pre-training", "field": "title"}
        == rows[1]["hits"][0]
    )
    assert rows[1]["hits"][0]["text"] == "Continual Pretrainig"

    why = run("why", "2611.00001", "--format", "json")
    reason = json.loads(why.stdout)
    assert round(sum(line["points"] for line in reason["lines"]), 2) == rows[0]["score"] == reason["score"]

    exported = run("export", "-o", "reading-list.md")
    assert exported.returncode == 0, exported.stderr
    text = (tmp_path / "reading-list.md").read_text(encoding="utf-8")
    assert "- [ ] **[Language Agents That Plan](" in text
    assert "continual pre-training" in text

    (tmp_path / "reading-list.md").write_text(text.replace("- [ ] **[Language", "- [x] **[Language"), encoding="utf-8")
    run("export", "-o", "reading-list.md")
    assert "- [x] **[Language Agents" in (tmp_path / "reading-list.md").read_text(encoding="utf-8")


def test_a_second_fetch_brings_only_what_changed(run: Any, home: Path, daily: Any, today: str) -> None:
    run("fetch")
    before = {path: path.read_bytes() for path in (home / "papers").iterdir() if path.suffix == ".jsonl"}
    again = json.loads(run("fetch", "--json").stdout)["sources"][0]
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 5)
    assert {path: path.read_bytes() for path in before} == before
    daily.days[today][0]["paper"]["upvotes"] = 25
    changed = json.loads(run("fetch", "--json").stdout)["sources"][0]
    assert (changed["new"], changed["updated"], changed["unchanged"]) == (0, 1, 4)
    assert json.loads(run("list", "--format", "jsonl").stdout.splitlines()[0])["signals"]["upvotes"] == 25


def test_a_missed_day_is_caught_up(run: Any, home: Path, daily: Any, today: str, new_entry: Entry) -> None:
    run("fetch")
    daily.asked.clear()
    # The ledger as it would be if the last run had been five days ago.
    ago = (dt.date.fromisoformat(today) - dt.timedelta(days=5)).isoformat()
    line = {"source": "hf-daily", "query": "", "day": ago, "status": "partial", "at": f"{ago}T09:00:00Z"}
    (home / "runs.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    run("fetch")
    assert list(dict.fromkeys(daily.asked)) == [
        (dt.date.fromisoformat(ago) + dt.timedelta(days=n)).isoformat() for n in range(6)
    ]


def test_what_one_source_brought_is_kept_when_another_fails(run: Any, home: Path, daily: Any, today: str) -> None:
    with (home / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("  - name: gone\n    type: feed\n    url: http://127.0.0.1:9/feed.xml\n")
    done = run("fetch", "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert {source["name"]: source["status"] for source in report["sources"]} == {"hf-daily": "ok", "gone": "failed"}
    assert report["exit_code"] == 3
    assert "gone: " in done.stderr
    assert "Traceback" not in done.stderr
    assert len(run("list", "--all", "--format", "ids").stdout.splitlines()) == 3


def test_nothing_could_be_fetched_has_its_own_exit_code(run: Any, daily: Any, today: str) -> None:
    days = [dt.date.fromisoformat(today) - dt.timedelta(days=n) for n in range(3)]
    daily.broken |= {day.isoformat() for day in days}
    done = run("fetch")
    assert done.returncode == 4
    assert "404" in done.stderr


def test_rules_with_mistakes_stop_list_and_not_fetch(run: Any, home: Path, today: str) -> None:
    (home / "rules.yaml").write_text("version: 1\ntopics:\n  - name: x\n    keyword: [a]\n", encoding="utf-8")
    assert run("fetch").returncode == 0
    listed = run("list")
    assert listed.returncode == 2
    assert "rules.yaml:4:5: " in listed.stderr
    assert listed.stdout == ""


def test_quickstart_does_everything_without_a_network(run: Any, home: Path, tmp_path: Path) -> None:
    done = run("quickstart", "--offline")
    assert done.returncode == 0, done.stderr
    assert (home / "rules.yaml").exists()
    assert (home / "config.yaml").exists()
    assert len(done.stdout.splitlines()) > 5
    assert "sample" in done.stderr
    assert "- [ ] **[" in (tmp_path / "reading-list.md").read_text(encoding="utf-8")


def test_a_fetch_without_any_source_is_no_silent_nothing(run: Any, home: Path) -> None:
    (home / "config.yaml").write_text("sources: []\n", encoding="utf-8")
    done = run("fetch")
    assert done.returncode == 2
    assert "names no source" in done.stderr


def test_a_source_that_has_no_past_days_is_named_when_one_is_asked_for(run: Any, home: Path) -> None:
    (home / "config.yaml").write_text("sources: [hf-daily, arxiv-rss]\n", encoding="utf-8")
    done = run("fetch", "--dry-run", "--date", "2026-03-02")
    assert done.stderr == "arxiv-rss gives no past day: what it lists now is asked for.\n"
    assert done.stdout.splitlines()[0].endswith("2026-03-02")
    assert run("fetch", "--dry-run", "--since", "2d").stderr == ""


def test_unknown_ids_are_named_and_the_others_done(run: Any, today: str) -> None:
    run("fetch")
    done = run("show", "2611.00001", "2611.99999", "not an id")
    assert done.returncode == 3
    assert "Language Agents That Plan" in done.stdout
    assert "2611.99999" in done.stderr
    assert "not an id" in done.stderr


def test_forgotten_papers_stay_away(run: Any, today: str) -> None:
    run("fetch")
    assert run("forget", "2611.00003").returncode == 2, "not without being asked or --yes"
    assert run("forget", "--yes", "2611.00003").returncode == 0
    run("fetch")
    assert "arxiv:2611.00003" not in run("list", "--all", "--format", "ids").stdout


def test_why_and_export_tell_of_a_past_day_what_list_tells(run: Any, home: Path) -> None:
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    for day, title in (("2026-10-01", "Language Agents That Plan"), ("2026-11-02", "Cooking with Gas")):
        line = {
            "v": 1,
            "id": "arxiv:2610.00001",
            "ids": {"arxiv": ["2610.00001"]},
            "source": "arxiv-rss",
            "title": title,
            "seen": f"{day}T06:00:00Z",
            "announced": day,
        }
        assert run("import", "-", stdin=json.dumps(line) + "\n").returncode == 0
    row = json.loads(run("list", "--as-of", "2026-10-01", "--format", "jsonl").stdout)
    why = json.loads(run("why", "2610.00001", "--as-of", "2026-10-01", "--format", "json").stdout)
    assert (why["score"], why["title"], why["verdict"]["below"]) == (row["score"], "Language Agents That Plan", None)
    run("list", "--as-of", "2026-10-01")
    by_rank = json.loads(run("why", "1", "--format", "json").stdout)
    assert by_rank == why  # a rank is of a list as of a day
    exported = run("export", "2610.00001", "--as-of", "2026-10-01", "--format", "jsonl").stdout
    assert json.loads(exported)["title"] == "Language Agents That Plan"
    assert "no paper arxiv:2610.00001" in run("why", "2610.00001", "--as-of", "2026-09-30").stderr.lower()


def test_a_paper_merged_by_title_can_be_split(run: Any, home: Path) -> None:
    records = [
        {"id": "2611.00001", "title": "On the Limits of Learning", "authors": ["Ada Example"], "published": "2026"},
        {"doi": "10.1000/xyz", "title": "On the Limits of Learning", "authors": ["A. Example"], "published": "2026"},
    ]
    for name, record in zip(("arxiv", "crossref"), records, strict=True):
        path = home / f"{name}.jsonl"
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
        assert run("import", "--source", name, str(path)).returncode == 0
    (home / "rules.yaml").write_text(RULES, encoding="utf-8")
    assert run("list", "--all", "--format", "ids").stdout == "arxiv:2611.00001\n"
    done = run("split", "10.1000/xyz")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "arxiv:2611.00001 is now arxiv:2611.00001 and doi:10.1000/xyz.\n"
    assert sorted(run("list", "--all", "--format", "ids").stdout.split()) == ["arxiv:2611.00001", "doi:10.1000/xyz"]
    assert run("split", "10.1000/xyz").returncode == 3


def test_doctor_tries_everything_and_says_what_to_do(run: Any, home: Path, today: str) -> None:
    well = run("doctor")
    assert well.returncode == 0, well.stdout
    assert "hf-daily      answers: 3 papers of" in well.stdout
    (home / "rules.yaml").unlink()
    with (home / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("  - {name: gone, type: feed, url: 'http://127.0.0.1:9/feed.xml'}\n")
    ill = run("doctor")
    assert ill.returncode == 3
    assert [line.split()[:2] for line in ill.stdout.splitlines() if line.startswith("NOT")] == [
        ["NOT", "rules"],
        ["NOT", "gone"],
    ]
    assert "`papertriage init`" in ill.stdout
    assert run("list", "--all").stdout == "", "nothing that doctor read is saved"


def test_status_shows_what_each_day_came_to(run: Any, today: str) -> None:
    assert "Nothing was fetched yet" in run("status").stderr
    run("fetch")
    shown = run("status", "--weeks", "2")
    assert "hf-daily" in shown.stdout
    assert "partial" in shown.stdout
    assert {line["day"] for line in json.loads(run("status", "--json").stdout)} >= {today}


def test_quickstart_says_in_one_line_that_no_service_was_reached(run: Any, home: Path, tmp_path: Path) -> None:
    (home / "config.yaml").write_text("sources: [{name: hf-daily, base_url: 'http://127.0.0.1:9'}]\n", encoding="utf-8")
    done = run("quickstart")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("No listing was fetched")]
    cause = "127.0.0.1 refused the connection on port 9: nothing answers there"
    assert said == [f"No listing was fetched ({cause}): here is a sample of 40 papers up to 2026-04-30."]
