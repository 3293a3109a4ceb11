"""The keys of the texts in the index, read as far as they are asked for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from papertriage.index.words import read_keys, read_vocabulary


class Keys:
    """The keys of the index, with their numbers.

    Args:
        db: the index.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[str, int | None] = {}

    def find(self, key: str) -> int | None:
        """Give the number of a key; None if it is not there."""
        if len(self._found) >= _FEW:
            return self._numbers.get(key)
        if key not in self._found:
            self._found[key] = self._look_for(key)
        return self._found[key]

    def _look_for(self, key: str) -> int | None:
        for first, keys in self._texts:
            place = keys.find(f" {key} ")
            if place >= 0:
                return first + keys.count(" ", 0, place)
        return None

    @cached_property
    def _texts(self) -> list[tuple[int, str]]:
        return [(first, f" {keys} ") for first, keys in read_keys(self._db)]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return read_vocabulary(self._db)

    def __iter__(self) -> Iterator[str]:
        return self.from_number(0)

    def __len__(self) -> int:
        if not self._texts:
            return 0
        first, keys = self._texts[-1]
        return first + keys.count(" ") - 1

    def from_number(self, first: int) -> Iterator[str]:
        """Give the keys from a number on, in their order."""
        for start, keys in self._texts:
            if start + keys.count(" ") - 1 > first:
                yield from keys[1:-1].split(" ")[max(0, first - start) :]

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so, in the order of their characters."""
        return sorted(self._matching(rf" ({re.escape(prefix)}[^ ]*)"))

    def having(self, letters: str) -> list[str]:
        """Give the keys that have these letters anywhere."""
        return list(self._matching(rf"[^ ]*{re.escape(letters)}[^ ]*"))

    @cached_property
    def beyond_ascii(self) -> list[str]:
        """The keys that have other than ASCII letters."""
        return list(self._matching(r"[!-~]*[^ -~][^ ]*"))

    def _matching(self, pattern: str) -> Iterator[str]:
        return chain.from_iterable(re.findall(pattern, keys) for _, keys in self._texts)


_FEW = 50
"""So many keys are looked for in the text of all; for more, all are put at hand, which takes longer than that."""
