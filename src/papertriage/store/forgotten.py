"""Papers that the user dropped for good: `forgotten.jsonl`, one line for each time, only appended to.

It is a decision of the user's, like those in `decisions.jsonl`, and stands in a file of its own so
that a line can be deleted by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from papertriage.store.events import EventFile
from papertriage.store.identities import ONLY_ONE

FILE_NAME = "forgotten.jsonl"


class _Event(msgspec.Struct, frozen=True):
    at: dt.datetime
    ids: tuple[str, ...]


class Forgotten:
    """The papers that were dropped for good.

    Args:
        folder: the data folder.

    Attributes:
        lines: how many there are in the file.
        damage: what is no whole line; the papers that it named are not known to be forgotten.

    Raises:
        StorageError, NewerVersionError: the file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._file = EventFile(folder / FILE_NAME, _Event)
        self._events: dict[str, list[frozenset[str]]] = {}
        events = self._file.lines()
        self.lines = len(events)
        self.damage = tuple(self._file.damage)
        for event in events:
            self._note(event.ids)

    def _note(self, ids: Iterable[str]) -> None:
        together = frozenset(ids)
        for name in together:
            self._events.setdefault(name, []).append(together)

    def add(self, ids: Iterable[str], at: dt.datetime) -> None:
        """Write one event; the caller holds the lock.

        Raises:
            StorageError: nothing was written.
        """
        event = _Event(at, tuple(ids))
        self._file.append_under_lock([event])
        self._note(event.ids)

    def has(self, names: Iterable[str]) -> bool:
        """Say whether a record with these identities belongs to a forgotten paper.

        Two papers may share the DOI of a journal; a record with an arXiv id or PMID that was not
        forgotten is not dropped for that.
        """
        if not self._events:
            return False
        own = list(names)
        return any(not _differ(own, event) for name in own for event in self._events.get(name, ()))


def _differ(names: Iterable[str], event: frozenset[str]) -> bool:
    for kind in ONLY_ONE:
        of_kind = [name for name in names if name.startswith(kind)]
        if of_kind and event.isdisjoint(of_kind) and any(name.startswith(kind) for name in event):
            return True
    return False
