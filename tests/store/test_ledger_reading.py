"""The ledger is read again before a write only if somebody else has written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from papertriage.errors import NewerVersionError
from papertriage.model import Run, Status
from papertriage.store.ledger import Ledger

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def run(n: int) -> Run:
    return Run(source="a", query="", day=NOON.date() - dt.timedelta(days=n), status=Status.COMPLETE, at=NOON)


def test_what_another_process_leaves_torn_is_set_aside_between_two_writes(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append([run(0)])
    ledger.append([run(1)])
    with ledger.path.open("ab") as file:
        file.write(b'{"v":1,"source":"a')
    ledger.append([run(2)])
    assert len(ledger.damage) == 1
    assert len(Ledger(tmp_path).read()) == 3
    assert list(tmp_path.glob("*.bad-*"))


def test_a_newer_version_that_writes_between_two_writes_is_noticed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append([run(0)])
    with ledger.path.open("ab") as file:
        file.write(b'{"v":999}\n')
    with pytest.raises(NewerVersionError):
        ledger.append([run(1)])


def test_a_file_that_nobody_else_wrote_to_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path)
    ledger.append([run(0)])
    monkeypatch.setattr(ledger, "lines", lambda: pytest.fail("read again"))
    ledger.append([run(1)])
