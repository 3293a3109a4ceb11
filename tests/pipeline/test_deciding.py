"""Deciding on papers: what is written, and what is not written again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from papertriage.errors import StorageError, UsageError
from papertriage.model import Decision, Observation, Paper
from papertriage.pipeline.cached import Cached, read_cache
from papertriage.pipeline.deciding import MAX_NOTE, Decided, annotate, mark
from papertriage.store.decisions import Decisions, read_decisions
from papertriage.store.log import Log

NOW = dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)


class Desk:
    """A cache of two papers, and a user who decides."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        Log(folder).append(
            Observation(
                id=f"arxiv:{native}", source="arxiv-rss", seen=NOW, title=native, ids={"arxiv": (native,), **more}
            )
            for native, more in (("2611.00001", {"doi": ("10.1000/a",)}), ("2611.00002", {}))
        )  # fmt: skip

    @property
    def cached(self) -> Cached:
        return read_cache(self.folder)

    @property
    def papers(self) -> tuple[Paper, ...]:
        return self.cached.papers

    @property
    def written(self) -> tuple[Decision, ...]:
        return read_decisions(self.folder)[0]

    def mark(self, state: object, *papers: Paper) -> Decided:
        return mark(papers or self.papers, state, self.cached, Decisions(self.folder), now=lambda: NOW)  # type: ignore[arg-type]

    def note(self, text: str, *papers: Paper) -> Decided:
        return annotate(papers or self.papers, text, self.cached, Decisions(self.folder), now=lambda: NOW)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_decision_is_written_with_all_ids_of_the_paper(desk: Desk) -> None:
    one = desk.papers[0]
    assert desk.mark("star", one, one).changed[0].before is None
    assert desk.written == (Decision(at=NOW, ids=("arxiv:2611.00001", "doi:10.1000/a"), state="star"),)


def test_a_line_begins_with_its_time_so_that_sorted_lines_are_in_order(desk: Desk) -> None:
    desk.mark("star")
    for line in (desk.folder / "decisions.jsonl").read_bytes().splitlines():
        assert line.startswith(b'{"v":1,"at":"2026-11-24T06:00:00Z","ids":[')


def test_what_holds_already_is_not_written_again(desk: Desk) -> None:
    desk.mark("star", desk.papers[0])
    again = desk.mark("star")
    assert [change.paper for change in again.changed] == [desk.papers[1]]
    assert again.same == (desk.papers[0],)
    before = (desk.folder / "decisions.jsonl").read_bytes()
    assert desk.mark("star").changed == ()
    assert (desk.folder / "decisions.jsonl").read_bytes() == before


def test_a_mark_that_is_taken_back_leaves_the_note(desk: Desk) -> None:
    one = desk.papers[0]
    desk.mark("later", one)
    desk.note(" why not ", one)
    assert desk.mark(None, one).changed[0].before == "later"
    assert desk.cached.state(one) == (None, "why not")
    assert desk.mark(None, one).same == (one,)


def test_an_empty_note_removes_the_note_and_leaves_the_mark(desk: Desk) -> None:
    one = desk.papers[0]
    desk.mark("read", one)
    assert desk.note("", one).same == (one,)
    desk.note("two\nlines", one)
    assert desk.note("two\nlines", one).same == (one,)
    desk.note("  ", one)
    assert desk.cached.state(one) == ("read", None)
    assert len(desk.written) == 3


def test_half_characters_of_a_command_line_are_no_fault(desk: Desk) -> None:
    desk.note("caf\udce9", desk.papers[0])
    assert desk.cached.state(desk.papers[0])[1] == "caf?"


def test_a_note_has_a_most(desk: Desk) -> None:
    with pytest.raises(UsageError, match="10001 characters"):
        desk.note("a" * (MAX_NOTE + 1))
    assert desk.written == ()


def test_what_cannot_be_written_is_written_for_no_paper(desk: Desk) -> None:
    cached = desk.cached
    (desk.folder / "decisions.jsonl").mkdir()
    with pytest.raises(StorageError):
        mark(cached.papers, "star", cached, Decisions(desk.folder), now=lambda: NOW)
