"""`sources` and `status`: what is configured, and how complete what was fetched is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from papertriage.config import Config, held
from papertriage.model import Standing, Status
from papertriage.pipeline.fetching import SETTLED, configured
from papertriage.store.ledger import Ledger


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
    rows = [("SOURCE", "TYPE", "ASKS FOR", "LAST CHANGE")]
    for setting, source in zip(config.sources, configured(config), strict=True):
        own = [run for run in runs if (run.source, run.query) == (source.name, source.query)]
        answered = [run.at for run in own if run.status is not Status.FAILED]
        rows.append((source.name, setting.type, source.query or "everything", _local(max(answered, default=None))))
    return _aligned(rows)


def standings(folder: Path, *, today: dt.date, weeks: int) -> list[Standing]:
    """Give for each source how its days stand: those of the last weeks, and older ones that are not settled."""
    first = today - dt.timedelta(days=today.weekday(), weeks=weeks - 1)
    runs = sorted(Ledger(folder).read().values(), key=lambda run: run.day)
    found = []
    for name, query in dict.fromkeys((run.source, run.query) for run in runs):
        own = [run for run in runs if (run.source, run.query) == (name, query)]
        shown = [run for run in own if run.day >= first or run.status not in SETTLED]
        found.append(Standing(source=name, query=query, runs=tuple(shown), earlier=len(own) - len(shown)))
    return found


def status_json(folder: Path) -> str:
    """Give every line of the ledger that holds, as a JSON list."""
    runs = sorted(Ledger(folder).read().values(), key=lambda run: (run.source, run.query, run.day))
    return msgspec.json.format(msgspec.json.encode(runs)).decode()


def _local(moment: dt.datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "never"


def _aligned(rows: Iterable[tuple[str, ...]], indent: str = "") -> list[str]:
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
