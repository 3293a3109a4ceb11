"""The keys of the texts in the index, looked up one by one: to read all of them takes longer than most questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from functools import cached_property


class Keys(Mapping[str, int]):
    """The keys of the index, with their numbers.

    Args:
        db: the index.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[str, int | None] = {}

    def __getitem__(self, key: str) -> int:
        number = self.find(key)
        if number is None:
            raise KeyError(key)
        return number

    def find(self, key: str) -> int | None:
        """Give the number of a key; None if it is not there."""
        try:
            return self._found[key]
        except KeyError:
            pass
        try:
            row = self._db.execute("SELECT number FROM vocabulary WHERE key = ?", (key,)).fetchone()
        except UnicodeEncodeError:  # half a character, which no file can hold
            row = None
        found = self._found[key] = row[0] if row else None
        return found

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the index."""
        return isinstance(key, str) and self.find(key) is not None

    def __iter__(self) -> Iterator[str]:
        return self.from_number(0)

    def __len__(self) -> int:
        count: int = self._db.execute("SELECT coalesce(max(number), -1) + 1 FROM vocabulary").fetchone()[0]
        return count

    def from_number(self, first: int) -> Iterator[str]:
        """Give the keys from a number on, in their order."""
        return (
            key for (key,) in self._db.execute("SELECT key FROM vocabulary WHERE number >= ? ORDER BY number", (first,))
        )

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so, in the order of their characters."""
        behind = prefix + chr(0x10FFFF)
        rows = self._db.execute("SELECT key FROM vocabulary WHERE key >= ? AND key < ? ORDER BY key", (prefix, behind))
        return [key for (key,) in rows]

    def having(self, letters: str) -> list[str]:
        """Give the keys that have these letters anywhere."""
        return [key for (key,) in self._db.execute("SELECT key FROM vocabulary WHERE instr(key, ?) > 0", (letters,))]

    @cached_property
    def beyond_ascii(self) -> list[str]:
        """The keys that have other than ASCII letters."""
        return [key for (key,) in self._db.execute("SELECT key FROM vocabulary WHERE key GLOB '*[^ -~]*'")]
