"""`doctor`: config, rules, files and sources, each tried, each with what to do."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from papertriage.config import Config
from papertriage.errors import PapertriageError
from papertriage.model import Status
from papertriage.pipeline.fetching import configured
from papertriage.pipeline.upkeep import verify_cache
from papertriage.rules.load import check_rules
from papertriage.sources.base import Source
from papertriage.sources.http import Session

LEAST_FREE = 100_000_000
"""Bytes; below this the disk is called nearly full."""


class Check(msgspec.Struct, frozen=True):
    """One thing that was tried.

    Attributes:
        name: what.
        ok: whether it is as it should be.
        said: what was found, and what to do where it is not well; one sentence or two.
    """

    name: str
    ok: bool
    said: str


def checks(config: Config, *, now: Callable[[], dt.datetime], session: Session) -> Iterator[Check]:
    """Try everything, one after another; each source gets one cheap request."""
    yield Check(
        "config", ok=True, said=str(config.file) if config.file.exists() else f"{config.file}: none, defaults hold."
    )
    yield _check("rules", lambda: _rules(config.rules, now().date()))
    yield _check("cache", lambda: _cache(config.data))
    yield _disk(config.data)
    for source in configured(config):
        yield _check(source.name, lambda source=source: _source(source, session, now()))  # type: ignore[misc]


def _check(name: str, look: Callable[[], Check | str]) -> Check:
    try:
        found = look()
    except PapertriageError as error:
        return Check(name, ok=False, said=str(error))
    return found if isinstance(found, Check) else Check(name, ok=True, said=found)


def _rules(path: Path, today: dt.date) -> Check | str:
    if not path.exists():
        return Check(
            "rules", ok=False, said=f"There are none at {path}. `papertriage init` writes a first file of them."
        )
    rules, warnings = check_rules(path, today)
    said = f"{path}: {len(rules.topics)} topics"
    return said + (f"; {len(warnings)} warnings: `papertriage rules check` names them." if warnings else ".")


def _cache(folder: Path) -> Check | str:
    verified = verify_cache(folder)
    if verified.damage:
        return Check(
            "cache", ok=False, said=f"{len(verified.damage)} damaged lines: `papertriage cache verify` names them."
        )
    return f"{folder}: {verified.lines} lines, all whole."


def _disk(folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Check("disk", ok=False, said=f"{existing} cannot be written to. Mend its permissions.")
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE:
        return Check("disk", ok=False, said=f"{free / 1e6:.0f} MB are free at {existing}. Make room.")
    return Check("disk", ok=True, said=f"{free / 1e9:.1f} GB are free at {existing}.")


def _source(source: Source, session: Session, now: dt.datetime) -> Check | str:
    """Ask for the first listing and leave it; nothing is saved."""
    listing = next(iter(source.fetch(session, [now.date()], now=now, validators={})), None)
    if listing is None:
        return "answers; there is nothing for today yet."
    if listing.status in (Status.FAILED, Status.STALE):
        return Check(source.name, ok=False, said=listing.error or f"The listing is {listing.status.value}.")
    count = len(listing.observations)
    return f"answers: {count} paper{'s' if count != 1 else ''} of {listing.day}."
