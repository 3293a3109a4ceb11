"""Places that are kept of papers that were shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertriage.index.index import Index
from papertriage.match import shown
from papertriage.match.collect import Spot
from papertriage.match.shown import read_places, write_places

SPOT = Spot("title", 2, 9, "Agents’", 96.5, "fuzzy")


def test_places_come_back_as_they_were(tmp_path: Path) -> None:
    with Index(tmp_path) as index:
        write_places(index.db, {7: {1: (SPOT, SPOT), 2: ()}})
        assert read_places(index.db, 7) == {1: (SPOT, SPOT), 2: ()}
        assert read_places(index.db, 8) == {}


def test_there_is_an_end_to_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST", 10)
    with Index(tmp_path) as index:
        for first in range(0, 60, 6):
            write_places(index.db, {doc: {1: (SPOT,)} for doc in range(first, first + 15)})
            assert read_places(index.db, first) == {1: (SPOT,)}
            assert index.db.execute("SELECT count(*) FROM places").fetchone()[0] <= 20
