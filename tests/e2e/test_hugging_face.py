"""Weeks, searches and trends of Hugging Face from the command line, and votes that grow."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from werkzeug import Request, Response

RULES = "version: 1\ntopics:\n  - {name: t, any: [language models]}\n"
CONFIG = """\
sources:
  - {name: weekly, type: hf-daily, by: week, base_url: URL}
  - {name: models, type: hf-search, query: language models, base_url: URL}
  - {name: hot, type: hf-trending, base_url: URL}
"""


def test_all_types_are_fetched_and_votes_followed(run, home: Path, httpserver, new_entry) -> None:
    votes = {"now": 5}
    monday = dt.date(2026, 3, 16)
    asked: list[dict[str, str]] = []

    def daily(request: Request) -> Response:
        asked.append(dict(request.args))
        entries = [
            new_entry(
                f"2603.{n:05}", f"Language models {n}", votes=votes["now"], day=str(monday + dt.timedelta(days=n))
            )
            for n in range(5)
        ]
        if request.args.get("p", "0") != "0":
            entries = []
        return Response(json.dumps(entries), content_type="application/json")

    httpserver.expect_request("/api/daily_papers").respond_with_handler(daily)
    httpserver.expect_request("/api/papers/search").respond_with_json(
        [new_entry("2601.00001", "Language models of old")]
    )
    (home / "config.yaml").write_text(CONFIG.replace("URL", httpserver.url_for("")), "utf-8")
    (home / "rules.yaml").write_text(RULES, "utf-8")

    days = ("--from", "2026-03-16", "--to", "2026-03-20")
    done = run("fetch", "weekly", "--json", *days)
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)["sources"]
    assert (report["new"], report["requests"], set(report["days"].values())) == (5, 2, {"complete"})
    assert asked[0]["week"] == "2026-W12"

    votes["now"] = 30
    (report,) = json.loads(run("fetch", "weekly", "--json", *days).stdout)["sources"]
    assert (report["new"], report["updated"]) == (0, 5)
    done = run("fetch", "models", "hot", "--json")
    assert [one["new"] for one in json.loads(done.stdout)["sources"]] == [1, 0]
    assert asked[-1] == {"sort": "trending", "limit": "100"}

    listed = run("list", "--all", "--sort", "trending", "--format", "jsonl")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert len(rows) == 6
    assert all(
        row["signals"]["upvotes"] == 30 and row["growth"] == 30 for row in rows if row["id"] != "arxiv:2601.00001"
    )
    assert {row["day"] for row in rows if "weekly" in row["sources"]} == {f"2026-03-{n}" for n in range(16, 21)}
