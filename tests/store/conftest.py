from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertriage.model import Observation
from papertriage.store.log import Log

NOW = dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def log(data: Path) -> Log:
    return Log(data, now=lambda: NOW)


@pytest.fixture
def observe() -> Callable[..., Observation]:
    """Make an observation of the arXiv paper with a number; what is given replaces the defaults."""

    def make(number: int = 1, **given: Any) -> Observation:
        paper = f"2511.{number:05}"
        fields: dict[str, Any] = {
            "id": f"arxiv:{paper}",
            "source": "arxiv-rss",
            "title": f"Paper {number}",
            "seen": NOW,
            "ids": {"arxiv": (paper,)},
            "announced": dt.date(2025, 11, 24),
        }
        return Observation(**(fields | given))

    return make
