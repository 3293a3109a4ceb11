"""The user's decisions and notes, `decisions.jsonl`: one event a line. No command drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from papertriage.model import Decision, State
from papertriage.store.events import EventFile
from papertriage.store.group import Apart
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


def states(decisions: Iterable[Decision]) -> dict[str, tuple[State | None, str | None]]:
    """Give, for each identity ever named, the state and the note that hold now.

    Later lines win, whatever their clock said. A decision keeps the note, a note keeps the decision; an event
    with neither clears the decision and keeps the note; an empty note removes the note. All identities
    of one event have the same pair (one object); a paper is looked up by its strongest alias first.
    """
    now: dict[str, tuple[State | None, str | None]] = {}
    for decision in decisions:
        if decision.apart:
            continue
        state, note = next((now[name] for name in decision.ids if name in now), (None, None))
        if decision.note is not None:
            note = decision.note or None
        if decision.state is not None or decision.note is None:
            state = decision.state
        pair = (state, note)
        now.update(dict.fromkeys(decision.ids, pair))
    return now
