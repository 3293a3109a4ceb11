"""The user's decisions and notes, `decisions.jsonl`: one event a line. No command drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from papertriage.model import Decision, State
from papertriage.store.events import EventFile
from papertriage.store.identities import ONLY_ONE, Apart, sides
from papertriage.store.jsonl import Damage

FILE_NAME = "decisions.jsonl"


class Decisions(EventFile[Decision]):
    """The decisions in a data folder; only appended to.

    Args:
        folder: the data folder; made by the first write.
        lock_timeout: seconds to wait for another process that writes.
        waiting: told, in one sentence, when there is another process to wait for.
    """

    def __init__(
        self, folder: Path, *, lock_timeout: float = 30.0, waiting: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(folder / FILE_NAME, Decision, lock_timeout=lock_timeout, waiting=waiting)


def read_decisions(folder: Path) -> tuple[tuple[Decision, ...], tuple[Damage, ...]]:
    """Read all decisions, oldest first, and what was damaged.

    Raises:
        StorageError, NewerVersionError: the file cannot be read.
    """
    file = Decisions(folder)
    decisions = tuple(file.lines())
    return decisions, tuple(file.damage)


def held_apart(decisions: Iterable[Decision]) -> tuple[Apart, ...]:
    """Give the identities of works that the user has split."""
    return tuple((frozenset(one.ids), frozenset(one.apart)) for one in decisions if one.apart)


class States:
    """What the decisions say of papers now.

    A decision is of a paper if they share an identity, unless each has an arXiv id of its own, or a PMID, and the two
    differ, or the user holds them apart: a preprint keeps its decision when it gets an arXiv id, and two arXiv papers
    with one DOI are two papers.

    Later lines win, whatever their clock said. A decision keeps the note, a note keeps the decision; an event
    with neither clears the decision and keeps the note; an empty note removes the note.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        decisions = tuple(decisions)
        self._apart = held_apart(decisions)
        self._events = [one for one in decisions if not one.apart]
        self._places: dict[str, list[int]] = {}
        for place, event in enumerate(self._events):
            for name in event.ids:
                self._places.setdefault(name, []).append(place)

    @property
    def names(self) -> Iterable[str]:
        """All identities of which something was said."""
        return self._places.keys()

    def of(self, names: Sequence[str]) -> tuple[State | None, str | None]:
        """Give the state and the note of a paper, by all its identities, strongest first."""
        places = {place for name in names if name in self._places for place in self._places[name]}
        state: State | None = None
        note: str | None = None
        told_state = told_note = False
        for place in sorted(places, reverse=True):
            event = self._events[place]
            if not self._may_be_one(event.ids, names):
                continue
            if not told_state and (event.state is not None or event.note is None):
                state, told_state = event.state, True
            if not told_note and event.note is not None:
                note, told_note = event.note or None, True
            if told_state and told_note:
                break
        return state, note

    def _may_be_one(self, one: Sequence[str], other: Sequence[str]) -> bool:
        for kind in ONLY_ONE:
            first = next((name for name in one if name.startswith(kind)), None)
            second = next((name for name in other if name.startswith(kind)), None)
            if first is not None and second is not None and first != second:
                return False
        if not self._apart:
            return True
        others = sides(other, self._apart)
        return not any(~side in others for side in sides(one, self._apart))
