"""A source from another package, as docs/sources.md shows it, run by the real program."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from pytest_httpserver import HTTPServer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"


def parts() -> dict[str, str]:
    return dict(
        re.findall(r"<!-- example (\w+) -->\n```\w+\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )


def test_the_example_of_the_manual_is_found_by_its_entry_point_and_fetches(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    reports = [
        {"number": "TR-7", "title": "Learning to Read", "authors": ["A. Example"], "url": "https://lab.example/7"},
        {"number": "TR-8", "url": "https://lab.example/8"},
    ]
    httpserver.expect_request("/reports", query_string={"day": today.isoformat()}).respond_with_json(reports)
    httpserver.expect_request("/reports").respond_with_json([])
    package = tmp_path / "package"
    installed = package / "example_lab-1.0.dist-info"
    installed.mkdir(parents=True)
    (package / "example_lab.py").write_text(parts()["module"], "utf-8")
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: example-lab\nVersion: 1.0\n", "utf-8")
    (installed / "entry_points.txt").write_text("[papertriage.sources]\nexample-lab = example_lab:build\n", "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    config = parts()["config"].replace("https://reports.example.org", httpserver.url_for("").rstrip("/"))
    (home / "config.yaml").write_text(config, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "papertriage", "fetch", "--json"],
        env={"PATH": os.environ["PATH"], "PAPERTRIAGE_HOME": str(home), "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout)["sources"][0]
    assert (report["name"], report["new"], report["skipped"]) == ("lab", 1, 1)
    assert "item 2: it lacks 'title'" in done.stderr
    line = json.loads(next((home / "papers").glob("*.jsonl")).read_text("utf-8"))
    assert (line["id"], line["source"], line["announced"]) == ("lab:TR-7", "lab", today.isoformat())
