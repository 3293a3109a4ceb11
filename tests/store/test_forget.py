from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from papertriage.errors import StorageError
from papertriage.model import Observation
from papertriage.pipeline.upkeep import verify_cache
from papertriage.store.log import Appended, Log

Observe = Callable[..., Observation]


def test_a_forgotten_paper_leaves_the_log_and_does_not_come_back(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1), observe(2), observe(1, source="hf-daily"), observe(3)])
    assert log.forget(["arxiv:2511.00001"]) == 2
    assert list(log.read()) == [observe(2), observe(3)]
    for later in (log, Log(data)):
        assert later.append([observe(1, title="New"), observe(2), observe(4)]).forgotten == 1
    assert [one.id[-1] for one in log.read()] == ["2", "3", "4"]


def test_what_was_forgotten_is_a_line_that_a_person_can_delete(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1)])
    log.forget(["arxiv:2511.00001", "arxiv:2511.00001"])
    line = json.loads((data / "forgotten.jsonl").read_text())
    assert line == {"v": 1, "at": "2025-11-24T06:00:00Z", "ids": ["arxiv:2511.00001"]}
    (data / "forgotten.jsonl").write_text("")
    assert log.append([observe(1)]) == Appended(new=1)


def test_any_of_its_ids_forgets_a_paper(log: Log, observe: Observe) -> None:
    log.append([observe(1)])
    log.forget(["arxiv:2511.00001", "doi:10.1000/a"])
    journal = observe(id="doi:10.1000/a", source="crossref", ids={"doi": ("10.1000/a",)})
    assert log.append([journal]) == Appended(forgotten=1)


def test_another_paper_with_the_same_journal_doi_is_not_forgotten(log: Log, observe: Observe) -> None:
    shared = {"doi": ("10.1000/proceedings",)}
    log.append(
        [observe(1, ids={"arxiv": ("2511.00001",), **shared}), observe(2, ids={"arxiv": ("2511.00002",), **shared})]
    )
    assert log.forget(["arxiv:2511.00001", "doi:10.1000/proceedings"]) == 1
    assert [one.id for one in log.read()] == ["arxiv:2511.00002"]
    assert log.append([observe(2, title="New", ids={"arxiv": ("2511.00002",), **shared})]) == Appended(updated=1)


def test_files_without_the_paper_are_not_touched(data: Path, observe: Observe) -> None:
    log = Log(data, segment_size=1)
    log.append([observe(1)])
    log.append([observe(2)])
    first, second = sorted((data / "papers").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    before = second.stat().st_ino if b"00002" in second.read_bytes() else first.stat().st_ino
    log.forget(["arxiv:2511.00001"])
    assert before in {path.stat().st_ino for path in (data / "papers").iterdir()}
    assert [one.id for one in log.read()] == ["arxiv:2511.00002"]


def test_forgetting_what_is_not_there_drops_nothing_and_holds_for_later(log: Log, observe: Observe) -> None:
    assert log.forget([]) == 0
    assert log.forget(["arxiv:2511.00001"]) == 0
    assert log.append([observe(1)]) == Appended(forgotten=1)


def test_what_a_killed_rewrite_left_behind_is_replaced(log: Log, data: Path, observe: Observe, tmp_path: Path) -> None:
    log.append([observe(1), observe(2)])
    segment = next((data / "papers").glob("*.jsonl"))
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (data / "papers" / f".{segment.name}.new").symlink_to(victim)
    log.forget(["arxiv:2511.00001"])
    assert victim.read_text() == "untouched"
    assert [path.name for path in (data / "papers").iterdir()] == [segment.name]
    assert list(log.read()) == [observe(2)]


def test_a_rewrite_that_fails_leaves_the_file_as_it_was(
    log: Log, data: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append([observe(1), observe(2)])

    def fails(*_: object) -> Path:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fails)
        with pytest.raises(StorageError, match="Input/output error"):
            log.forget(["arxiv:2511.00001"])
    assert list(log.read()) == [observe(1), observe(2)]
    assert log.forget(["arxiv:2511.00001"]) == 1


def test_a_damaged_line_is_told_by_whoever_asks_what_was_forgotten(log: Log, data: Path, observe: Observe) -> None:
    log.append([observe(1)])
    log.forget(["arxiv:2511.00001"])
    with (data / "forgotten.jsonl").open("ab") as file:
        file.write(b'{"v":1,"at":"2025-11-24T06:00\n')
    for _ in range(2):
        assert log.append([observe(1), observe(2)]).forgotten == 1
    assert [(note.place.line, note.place.file) for note in log.damage] == [(2, str(data / "forgotten.jsonl"))]
    verified = verify_cache(data)
    assert (verified.lines, verified.damage) == (2, tuple(log.damage))


def test_papers_forgotten_together_are_forgotten_each_by_itself(log: Log, observe: Observe) -> None:
    journal = observe(1, id="doi:10.1000/a", ids={"doi": ("10.1000/a",)}, native="10.1000/a")
    log.append([journal, observe(2)])
    assert log.forget(["doi:10.1000/a"], ["arxiv:2511.00002"]) == 2
    preprint = observe(3, ids={"arxiv": ("2511.00003",), "doi": ("10.1000/a",)})
    assert log.append([preprint]).forgotten == 1
