"""Small files of events beside the log: one record a line, only appended to, read whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from papertriage.store.disk import append
from papertriage.store.jsonl import PREFIX, Damage, check_version, heal, read_records
from papertriage.store.lock import is_busy, writing

T = TypeVar("T", bound=msgspec.Struct)


def utc_now() -> dt.datetime:
    """Give the time, aware."""
    return dt.datetime.now(dt.UTC)


class EventFile(Generic[T]):
    """A file of events in a data folder.

    Args:
        path: the file.
        kind: the type of its records.
        lock_timeout: seconds to wait for another process that writes.
        now: the clock: names files of set-aside bytes.
        waiting: told, in one sentence, when there is another process to wait for.

    Attributes:
        damage: what the last reading found, and what the last append set aside.
    """

    def __init__(
        self,
        path: Path,
        kind: type[T],
        *,
        lock_timeout: float = 30.0,
        now: Callable[[], dt.datetime] = utc_now,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.damage: list[Damage] = []
        self._decoder = msgspec.json.Decoder(kind)
        self._lock_timeout = lock_timeout
        self._now = now
        self._waiting = waiting
        self._left: tuple[int, ...] | None = ()  # how this process left the file

    def lines(self) -> list[T]:
        """Give all events in the order in which they were written; damaged lines are noted.

        Raises:
            StorageError, NewerVersionError: the file cannot be read.
        """
        self.damage = []
        return list(read_records(self.path, self._decode, self.damage, busy=lambda: is_busy(self.path.parent)))

    def append(self, events: Iterable[T]) -> None:
        """Write events, synced to disk when this returns: all of them, or none.

        Raises:
            StorageError, NewerVersionError, LockedError: nothing was written.
        """
        with writing(self.path.parent, timeout=self._lock_timeout, waiting=self._waiting):
            self.append_under_lock(events)

    def append_under_lock(self, events: Iterable[T]) -> None:
        """Write events; the caller holds the lock."""
        if self._stamp() != self._left:
            # Reading all of a small file is cheap, and tells whether a later version wrote to it.
            self.lines()
            if damage := heal(self.path, self._decode, self._now().date()):
                self.damage = [note for note in self.damage if note.place != damage.place] + [damage]
        data = b"".join(PREFIX + msgspec.json.encode(event)[1:] + b"\n" for event in events)
        if data:
            self._left = ()
            append([(self.path, [data])])
            self._left = self._stamp()

    def _stamp(self) -> tuple[int, ...] | None:
        """Tell the file from one that somebody has written to or replaced; None without a file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def _decode(self, data: bytes) -> T:
        check_version(data)
        return self._decoder.decode(data)
