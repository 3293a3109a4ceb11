"""Sets and maps of hashes that take few bytes an entry.

A `dict` and a `set` of Python's numbers take 260 bytes a record of the log, 730 MB for all of arXiv. These
tables (open addressing, linear probing) take 100, growing included, for some microseconds more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

_START = 1024
_FULL = 0.6
"""Share of the slots in use past which a table is doubled: probing stays short."""


class Hashes:
    """A set of hashes, as `hash()` gives them."""

    def __init__(self) -> None:
        self._keys = array("q", bytes(8 * _START))
        self._count = 0

    def __contains__(self, key: int) -> bool:
        return self._keys[self._slot(key or 1)] != 0

    def add(self, key: int) -> None:
        """Put a hash in; nothing happens if it is there."""
        key = key or 1  # 0 is a free slot
        slot = self._slot(key)
        if self._keys[slot]:
            return
        self._keys[slot] = key
        self._count += 1
        if self._count > _FULL * len(self._keys):
            old = self._keys
            self._keys = array("q", bytes(2 * 8 * len(old)))
            for one in old:
                if one:
                    self._keys[self._slot(one)] = one

    def _slot(self, key: int) -> int:
        """Give the slot of a key: its own, or the free one for it."""
        keys, size = self._keys, len(self._keys)
        slot = key % size
        while (found := keys[slot]) and found != key:
            slot = slot + 1 if slot + 1 < size else 0
        return slot


class Places:
    """Places in the log by hash and day: the last place for each of the two.

    A place is a whole number of 64 bits, a day the number of it (`date.toordinal`), 0 for none.
    """

    def __init__(self) -> None:
        self._make(_START)
        self._count = 0

    def _make(self, size: int) -> None:
        self._keys = array("q", bytes(8 * size))
        self._places = array("Q", bytes(8 * size))
        self._days = array("i", bytes(4 * size))

    def days(self, key: int) -> Iterator[int]:
        """Give the days under which a hash has places."""
        keys, size = self._keys, len(self._keys)
        key = key or 1
        slot = key % size
        while found := keys[slot]:
            if found == key:
                yield self._days[slot]
            slot = slot + 1 if slot + 1 < size else 0

    def get(self, key: int, day: int) -> int | None:
        """Give the last place of a hash for a day."""
        slot = self._slot(key or 1, day)
        return self._places[slot] if self._keys[slot] else None

    def put(self, key: int, day: int, place: int) -> None:
        """Put in a place instead of the one of the same hash and day."""
        key = key or 1
        slot = self._slot(key, day)
        if not self._keys[slot]:
            self._count += 1
        self._keys[slot], self._days[slot], self._places[slot] = key, day, place
        if self._count > _FULL * len(self._keys):
            old = (self._keys, self._days, self._places)
            self._make(2 * len(self._keys))
            for one, its_day, its_place in zip(*old, strict=True):
                if one:
                    slot = self._slot(one, its_day)
                    self._keys[slot], self._days[slot], self._places[slot] = one, its_day, its_place

    def _slot(self, key: int, day: int) -> int:
        keys, days, size = self._keys, self._days, len(self._keys)
        slot = key % size
        while (found := keys[slot]) and not (found == key and days[slot] == day):
            slot = slot + 1 if slot + 1 < size else 0
        return slot
