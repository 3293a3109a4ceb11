"""A request as a service sees it, and its answer."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replay.world import World


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        host: from the address, where the server is asked as a proxy; else from the header.
        headers: by name in lower case.
        now: by the server's clock.
        faults: names of those faults that change what a service says, switched on for this request.
    """

    host: str
    path: str
    args: Mapping[str, str]
    headers: Mapping[str, str]
    now: dt.datetime
    world: World
    faults: frozenset[str] = frozenset()
    recordings: Path | None = None

    def number(self, name: str, default: int) -> int:
        text = self.args.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else default

    def recorded(self, name: str) -> bytes | None:
        """Give a real reply from the folder of recordings, where there is one."""
        path = self.recordings / name if self.recordings else None
        return path.read_bytes() if path and path.is_file() else None


@dataclass(frozen=True)
class Answer:
    """An answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Route = tuple[re.Pattern[str], Callable[..., Answer]]
"""A path, and what answers it: called with the request and what the groups of the path hold."""


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """Answer with JSON; `x_limit="5"` becomes the header `x-limit: 5`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status, headers=named)


def as_xml(text: str, status: int = 200, content_type: str = "text/xml; charset=utf-8", **headers: str) -> Answer:
    """Answer with XML."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode(), status, content_type, named)


def day_of(text: str) -> dt.date | None:
    """Read a day as services write it: 2026-11-24, 2026/11/24 or 20261124."""
    found = re.fullmatch(r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)", text, re.ASCII)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def days_between(first: dt.date, last: dt.date, today: dt.date) -> list[dt.date]:
    """Give the days from one to another, none after today."""
    return [first + dt.timedelta(days=n) for n in range((min(last, today) - first).days + 1)]
