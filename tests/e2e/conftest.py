"""The whole program as a process, and services of our own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give a process its own home, and nothing of this machine's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "PAPERTRIAGE_HOME": str(home), "PYTHONUTF8": "1", "COLUMNS": "100", **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Give a function that runs papertriage and returns when it has ended."""

    def run_papertriage(*arguments: str, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "papertriage", *arguments],
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment(home, **env),
            cwd=tmp_path,
            timeout=120,
            check=False,
        )

    return run_papertriage


class DailyPapers:
    """A Daily Papers service: lists by day, page by page, as the real one gives them.

    Attributes:
        days: day to its entries.
        asked: the days that were asked for, in order.
        broken: days for which it answers 404.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.days: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.url = server.url_for("")
        server.expect_request("/api/daily_papers").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        day = request.args["date"]
        page = int(request.args.get("p", 0))
        limit = min(int(request.args.get("limit", 50)), 100)
        self.asked.append(day)
        if day in self.broken:
            return Response("not here", status=404)
        entries = self.days.get(day, [])[page * limit : (page + 1) * limit]
        return Response(json.dumps(entries), content_type="application/json; charset=utf-8")


def entry(native: str, title: str, *, votes: int = 1, day: str = "2026-11-24", summary: str = "") -> dict[str, Any]:
    """Make one entry of a list, in the service's format."""
    return {
        "paper": {
            "id": native,
            "authors": [{"_id": "0", "name": "Ada Example", "hidden": False}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            "title": title,
            "summary": summary or f"We study {title.lower()}.",
            "upvotes": votes,
        },
        "publishedAt": f"{day}T00:00:00.000Z",
        "title": title,
        "numComments": 0,
    }


@pytest.fixture
def daily(httpserver: HTTPServer, home: Path) -> DailyPapers:
    """Give a Daily Papers service, and a config in which it is the one source."""
    service = DailyPapers(httpserver)
    (home / "config.yaml").write_text(
        f"sources:\n  - name: hf-daily\n    base_url: {service.url}\n", encoding="utf-8", newline="\n"
    )
    return service


@pytest.fixture
def new_entry() -> Callable[..., dict[str, Any]]:
    return entry
