"""Whether the index is finished, and made for what the user holds apart; `segments` says it of the log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from papertriage.store.identities import Apart


def is_finished(db: sqlite3.Connection) -> bool:
    """Say whether no papers are left of which all observations are gone."""
    return db.execute("SELECT 1 FROM facts WHERE name = 'orphans'").fetchone() is None


def is_apart(db: sqlite3.Connection, apart: Sequence[Apart]) -> bool:
    """Say whether the index was made with these works held apart."""
    return not apart_changed(db, apart)


def apart_changed(db: sqlite3.Connection, apart: Sequence[Apart]) -> set[str]:
    """Give the identities of works of which the user holds apart others than before."""
    row = db.execute("SELECT value FROM facts WHERE name = 'apart'").fetchone()
    before = msgspec.json.decode(row[0], type=list[tuple[frozenset[str], frozenset[str]]]) if row else []
    if before == list(apart):
        return set()
    changed = [pair for pair in (*before, *apart) if pair not in before or pair not in apart]
    return {name for pair in changed for side in pair for name in side}
