"""Keep each host's pace, over all processes that share a state folder.

For each group of hosts there is a lock and a small file with the time of the last request and, where
a host asked for it, the time before which it is not to be asked again. The lock is held from the
wait to the end of the request, so that a host never has two connections from us.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import random
from time import monotonic, sleep, time

from papertriage.errors import SourceError, StorageError

ARXIV_SECONDS = 3.0
"""https://info.arxiv.org/help/api/tou.html: one request every three seconds, one connection at a time."""

OTHER_SECONDS = 0.1
"""Between two requests to any other host."""

LONGEST_BAN = 24 * 3600.0
"""A host that asks for a longer pause is asked again after this one: we never give up for good."""

SLOWER = {
    "eutils.ncbi.nlm.nih.gov": 0.34,
    "api.semanticscholar.org": 1.0,
    "api.crossref.org": 1.0,
    "api2.openreview.net": 1.0,
    "dblp.org": 1.0,
}
"""Hosts that ask for more, in seconds.

E-utilities take three requests a second without a key (https://www.ncbi.nlm.nih.gov/books/NBK25497/), Semantic
Scholar one with one (https://www.semanticscholar.org/product/api); Crossref lowered its limits for lists in
December 2025 without publishing one figure for all; OpenReview and dblp ban clients that hurry.
"""

_LOCK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that tests can move them.

    Attributes:
        now: seconds since 1970.
        monotonic: seconds that only grow.
        sleep: waits for so many seconds.
        random: a number from 0 up to 1, for jitter.
    """

    now: Callable[[], float] = time
    monotonic: Callable[[], float] = monotonic
    sleep: Callable[[float], None] = sleep
    random: Callable[[], float] = random


def group_of(host: str) -> str:
    """Give the name under which a host's pace is kept: all of arXiv's services are one."""
    host = host.lower().rstrip(".")
    return "arxiv.org" if host == "arxiv.org" or host.endswith(".arxiv.org") else host


@dataclass(slots=True)
class Limiter:
    """The pace of all hosts.

    Args:
        folder: where locks and times are kept; made when missing.
    """

    folder: Path
    clock: Clock = field(default_factory=Clock)
    _last: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def turn(self, host: str, *, spare: float | None = None) -> Iterator[None]:
        """Wait until the host may be asked and keep others from asking it meanwhile.

        Args:
            spare: seconds that the run has left; a longer wait is not begun.

        Raises:
            SourceError: the host asked not to be asked yet, or there is no time left.
            StorageError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        group = group_of(host)
        interval = ARXIV_SECONDS if group == "arxiv.org" else SLOWER.get(group, OTHER_SECONDS)
        patience = _LOCK_SECONDS if spare is None else max(0.0, min(spare, _LOCK_SECONDS))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self._path(group, ".lock"), timeout=patience, mode=0o600)
            lock.acquire()
        except Timeout:
            raise SourceError(
                f"Another papertriage has been asking {group} for {patience:.0f} s.", "The next fetch asks again."
            ) from None
        except OSError as error:
            raise self._storage_error(error) from error
        try:
            wait = self._wait(group, interval)
            if spare is not None and wait > spare:
                raise SourceError(
                    f"The time for this run ended before {host} could be asked.", "The next fetch asks again."
                )
            if wait > 0:
                self.clock.sleep(wait)
            self._stamp(group, last=self.clock.now())
            try:
                yield
            finally:
                # Counted from its end: how long a request takes to arrive is not in our hands.
                self._stamp(group, last=self.clock.now())
                self._last[group] = self.clock.monotonic()
        finally:
            lock.release()

    def ban(self, host: str, seconds: float) -> dt.datetime:
        """Remember that a host is not to be asked for so long; give the moment when it may be."""
        until = self.clock.now() + min(seconds, LONGEST_BAN)
        self._stamp(group_of(host), not_before=until)
        return dt.datetime.fromtimestamp(until, dt.UTC)

    def _wait(self, group: str, interval: float) -> float:
        """Give the seconds to wait.

        Stored times are another process's and the machine's clock may have been set since: a time that
        lies further ahead than it can is not believed.
        """
        now = self.clock.now()
        stored = self._read(group)
        ban = stored.get("not_before", 0.0) - now
        if 0 < ban <= LONGEST_BAN:
            until = dt.datetime.fromtimestamp(now + ban, dt.UTC)
            raise SourceError(
                f"{group} asked not to be asked again before {until:%Y-%m-%d %H:%M} UTC.",
                "A fetch after that asks it again.",
            )
        wait = min(interval, stored.get("last", 0.0) + interval - now)
        if group in self._last:
            wait = max(wait, self._last[group] + interval - self.clock.monotonic())
        return wait

    def _path(self, group: str, suffix: str) -> Path:
        return self.folder / (re.sub(r"[^a-z0-9.-]", "_", group)[:200] + suffix)

    def _read(self, group: str) -> dict[str, float]:
        try:
            stored = json.loads(self._path(group, ".json").read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(stored, dict):
            return {}
        return {name: float(value) for name, value in stored.items() if type(value) in (int, float)}

    def _stamp(self, group: str, **times: float) -> None:
        path = self._path(group, ".json")
        try:
            descriptor, beside = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".tmp")
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump({**self._read(group), **times}, file)
            Path(beside).replace(path)
        except OSError as error:
            raise self._storage_error(error) from error

    def _storage_error(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self.folder} cannot be written: {error.strerror or error}.",
            "Make it writable: the pace of requests is kept there.",
        )
