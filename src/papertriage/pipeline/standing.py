"""`sources` and `status`: what is configured, and how complete what was fetched is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from papertriage.config import Config, held
from papertriage.model import Run, Status
from papertriage.pipeline.fetching import configured
from papertriage.store.ledger import Ledger

SHOWN_DAYS = 14
"""How many days back `status` shows one by one."""


def config_lines(config: Config) -> list[str]:
    """Tell each setting with its value and where that comes from."""
    rows = [("SETTING", "VALUE", "FROM")]
    rows += [(setting.name, setting.value or "-", str(setting.origin)) for setting in held(config)]
    rows.append(("config file", str(config.file), "" if config.file.exists() else "does not exist"))
    rows.append(("state", str(config.folders.state), ""))
    return _aligned(rows)


def source_lines(config: Config, folder: Path) -> list[str]:
    """Tell each configured source: name, type, what is asked, when it last answered."""
    runs = Ledger(folder).read().values()
    rows = [("SOURCE", "TYPE", "ASKS FOR", "LAST ANSWER")]
    for setting, source in zip(config.sources, configured(config), strict=True):
        own = [run for run in runs if (run.source, run.query) == (source.name, source.query)]
        answered = [run.at for run in own if run.status is not Status.FAILED]
        rows.append((source.name, setting.type, source.query or "everything", _local(max(answered, default=None))))
    return _aligned(rows)


def status_lines(folder: Path, *, today: dt.date) -> list[str]:
    """Tell for each source how its last days stand, newest first."""
    runs = list(Ledger(folder).read().values())
    if not runs:
        return ["Nothing was fetched yet. `papertriage fetch` does it."]
    lines: list[str] = []
    for name, query in dict.fromkeys((run.source, run.query) for run in runs):
        own = sorted((run for run in runs if (run.source, run.query) == (name, query)), key=lambda run: run.day)
        lines += ([""] if lines else []) + [f"{name} {query}".rstrip()]
        shown = [run for run in own if (today - run.day).days < SHOWN_DAYS or run.status not in _SETTLED]
        lines += _aligned([_row(run) for run in reversed(shown)], indent="  ")
        if older := len(own) - len(shown):
            lines.append(f"  and {older} settled days before {shown[0].day if shown else today}")
    return lines


def status_json(folder: Path) -> str:
    """Give every line of the ledger that holds, as a JSON list."""
    runs = sorted(Ledger(folder).read().values(), key=lambda run: (run.source, run.query, run.day))
    return msgspec.json.format(msgspec.json.encode(runs)).decode()


_SETTLED = (Status.COMPLETE, Status.EXPECTED_EMPTY)


def _row(run: Run) -> tuple[str, ...]:
    papers = run.new + run.updated + run.unchanged
    counts = f"{papers} paper{'s' if papers != 1 else ''}" if papers else ""
    return (run.day.isoformat(), run.status.value, counts, _local(run.at), run.error or "")


def _local(moment: dt.datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "never"


def _aligned(rows: Iterable[tuple[str, ...]], indent: str = "") -> list[str]:
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
