from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from papertriage.errors import NewerVersionError, StorageError
from papertriage.model import Decision, Run, Status
from papertriage.store.decisions import Decisions, read_decisions
from papertriage.store.ledger import Ledger

AT = dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC)


def run(day: int, status: Status = Status.COMPLETE, **given: object) -> Run:
    fields: dict[str, object] = {
        "source": "hf-daily",
        "query": "",
        "day": dt.date(2025, 11, day),
        "status": status,
        "at": AT,
    }
    return Run(**(fields | given))  # type: ignore[arg-type]


def test_the_last_line_of_a_source_query_and_day_holds(data: Path) -> None:
    ledger = Ledger(data)
    assert ledger.read() == {}
    ledger.append([run(1, Status.FAILED, error="Timed out."), run(2)])
    ledger.append([run(1, new=3, validators={"etag": "x"}), run(1, query="other")])
    assert ledger.read() == {
        ("hf-daily", "", dt.date(2025, 11, 1)): run(1, new=3, validators={"etag": "x"}),
        ("hf-daily", "", dt.date(2025, 11, 2)): run(2),
        ("hf-daily", "other", dt.date(2025, 11, 1)): run(1, query="other"),
    }
    assert len(ledger.lines()) == 4
    assert (data / "runs.jsonl").read_bytes().startswith(b'{"v":1,"source":"hf-daily","query":"","day":"2025-11-01",')
    assert (data / "runs.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_torn_line_of_the_ledger_is_reported_and_set_aside(data: Path) -> None:
    ledger = Ledger(data)
    ledger.append([run(1), run(2)])
    path = data / "runs.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    assert list(ledger.read()) == [("hf-daily", "", dt.date(2025, 11, 1))]
    assert [note.place.line for note in ledger.damage] == [2]
    ledger.append([run(3)])
    assert "were moved to runs.jsonl.bad-" in str(ledger.damage[0])
    assert [one.day.day for one in ledger.lines()] == [1, 3]
    assert ledger.damage == []


def test_a_newer_ledger_is_refused_and_left_alone(data: Path) -> None:
    data.mkdir()
    path = data / "runs.jsonl"
    path.write_bytes(b'{"v":7}\n')
    for attempt in (Ledger(data).read, lambda: Ledger(data).append([run(1)])):
        with pytest.raises(NewerVersionError, match=r"runs.jsonl:1"):
            attempt()
    assert path.read_bytes() == b'{"v":7}\n'


def test_a_pipe_in_the_place_of_the_decisions_is_refused_quickly(data: Path) -> None:
    data.mkdir()
    os.mkfifo(data / "decisions.jsonl")
    with pytest.raises(StorageError, match="not a regular file"):
        read_decisions(data)
    with pytest.raises(StorageError, match="not a regular file"):
        Decisions(data).append([Decision(at=AT, ids=("a:1",), state="star")])


def test_decisions_are_read_back_and_damage_is_told(data: Path) -> None:
    assert read_decisions(data) == ((), ())
    written = (
        Decision(at=AT, ids=("arxiv:1", "doi:2"), state="star"),
        Decision(at=AT, ids=("arxiv:1",), note="a\u2028b"),
    )
    Decisions(data).append(written)
    with (data / "decisions.jsonl").open("ab") as file:
        file.write(b'{"v":1,"at":"2025-11-24T06:00:00Z","ids":["arxiv:3"],"state":"loved"}\n')
    decisions, damage = read_decisions(data)
    assert decisions == written
    assert [note.place.line for note in damage] == [3]
