"""The log: what every source ever said, one observation a line, only appended to.

Files are `papers/YYYY-MM[.NNN].jsonl`, by the month in which a line was written; past 64 MiB a new one
starts. The one writer that replaces a file is `Log.forget`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from papertriage.errors import Place
from papertriage.model import Observation
from papertriage.store.disk import CHUNK, append, make_folder, replace
from papertriage.store.events import utc_now
from papertriage.store.forgotten import Forgotten
from papertriage.store.identities import names_of
from papertriage.store.jsonl import (
    MAX_LINE,
    UNREADABLE,
    Damage,
    Line,
    NewerLineError,
    heal,
    newer,
    read_lines,
    read_part,
    read_records,
    set_aside,
    whole_records,
)
from papertriage.store.known import Known, LastLines, decode_brief
from papertriage.store.lock import is_busy, writing
from papertriage.store.record import adds_nothing, decode_line, encode_line, folded
from papertriage.store.segments import SEGMENT, segments

__all__ = ["Appended", "Damage", "Log", "decode_line", "encode_line"]

SEGMENT_SIZE = 64 * 1024 * 1024


class Appended(msgspec.Struct, frozen=True):
    """What came of appending; each observation counts once.

    Attributes:
        new: papers that were not in the cache: none of the observation's ids was known.
        updated: lines written for papers that were known.
        unchanged: observations that add nothing, so that nothing was written.
        forgotten: observations of papers that the user dropped for good; not written.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    forgotten: int = 0


class Log:
    """The log in a data folder.

    Args:
        folder: the data folder; made by the first write.
        lock_timeout: seconds to wait for another process that writes.
        now: the clock: names segments and files of set-aside bytes.
        waiting: told, in one sentence, when there is another process to wait for.
        segment_size: bytes after which a new segment starts.

    Attributes:
        damage: what the last `read` found, and what `append` set aside.
    """

    def __init__(
        self,
        folder: Path,
        *,
        lock_timeout: float = 30.0,
        now: Callable[[], dt.datetime] = utc_now,
        waiting: Callable[[str], None] | None = None,
        segment_size: int = SEGMENT_SIZE,
    ) -> None:
        self.folder = folder
        self.papers = folder / "papers"
        self.damage: list[Damage] = []
        self._lock_timeout = lock_timeout
        self._now = now
        self._waiting = waiting
        self._segment_size = segment_size
        self._known = Known(self.papers)
        self._fresh = False

    def read(self) -> Iterator[Observation]:
        """Give all observations in the order in which they were written; takes no lock.

        Damaged lines are passed over and noted in `damage`; whole records in them are given.

        Raises:
            StorageError: a file cannot be read.
            NewerVersionError: a later version wrote it.
        """
        self.damage = []
        for path in segments(self.papers):
            yield from read_records(path, decode_line, self.damage, busy=lambda: is_busy(self.folder))

    def append(self, observations: Iterable[Observation]) -> Appended:
        """Write what is new, synced to disk when this returns: all of it, or nothing.

        An observation that adds nothing to the last one of the same source, native id and
        announcement day, or is older, is not written; compared is with what is on disk now, whoever
        wrote it. What was seen of one record at one time, in several observations, is one.
        A line cut short by a crash is set aside first, and noted in `damage`.

        Raises:
            StorageError: nothing was written; a full disk, a read-only folder, …
            NewerVersionError: a later version wrote to the log; nothing was written.
            LockedError: another process held the lock all the time.
        """
        wanted = list(observations)
        with self._writing():
            make_folder(self.papers)
            self._catch_up_and_heal()
            self._fresh = False
            try:
                lines, appended = self._lines(wanted)
                self._write(lines)
            except BaseException:
                self._known = Known(self.papers)  # it has counted papers that were not written
                raise
        return appended

    def known(self, source: str, native: str) -> frozenset[dt.date]:
        """Give the announcement days under which a source has listed a record.

        Args:
            source: as in `Observation.source`.
            native: `Observation.native`, or `id` where that is None.

        Raises:
            StorageError, NewerVersionError: the log cannot be read.
        """
        if not self._fresh:
            self._known.catch_up()
            self._fresh = True
        return self._known.days(source, native)

    def has(self, key: tuple[str, str, dt.date | None]) -> bool:
        """Say whether there is a line with this key (`Observation.key`).

        Raises:
            StorageError, NewerVersionError: the log cannot be read.
        """
        if not self._fresh:
            self._known.catch_up()
            self._fresh = True
        return self._known.has(*key)

    def forget(self, *papers: Iterable[str]) -> int:
        """Drop papers for good: their lines leave the log, and later fetches do not bring them back.

        The ids are kept in `forgotten.jsonl`; a person who thinks better of it deletes the line there.
        Damaged lines of a file that is rewritten are set aside beside it.

        Args:
            papers: of each paper all aliases.

        Returns:
            how many lines were dropped.

        Raises:
            StorageError, NewerVersionError, LockedError: as `append`.
        """
        named = [names for ids in papers if (names := tuple(dict.fromkeys(ids)))]
        if not named:
            return 0
        with self._writing():
            make_folder(self.papers)
            self._catch_up_and_heal()
            forgotten = Forgotten(self.folder)
            for names in named:
                forgotten.add(names, self._now())
            self._fresh = False
            return sum(self._rewrite(path, forgotten) for path in segments(self.papers))

    # --- the steps of a write, all under the lock ---

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self.folder, timeout=self._lock_timeout, waiting=self._waiting)

    def _catch_up_and_heal(self) -> None:
        self._known.catch_up()
        for path in segments(self.papers):
            if damage := heal(path, decode_line, self._now().date()):
                self.damage.append(damage)
        self._known.catch_up()

    def _lines(self, wanted: Sequence[Observation]) -> tuple[list[bytes], Appended]:
        """Make the lines that are to be written."""
        forgotten = Forgotten(self.folder)
        self.damage += [note for note in forgotten.damage if note not in self.damage]
        lines: list[bytes] = []
        written: dict[tuple[str, str, dt.date | None], Observation] = {}
        sightings = folded(wanted)
        new = updated = dropped = 0
        unchanged = len(wanted) - len(sightings)
        with LastLines(self._known) as last:
            for observation in sightings:
                names = names_of(observation)
                if forgotten.has(names):
                    dropped += 1
                    continue
                before = written.get(observation.key) or last.of(observation)
                if before and (_is_older(observation, before, self._now()) or adds_nothing(observation, before)):
                    unchanged += 1
                    continue
                line = encode_line(observation)
                # As a reader will see it: that shows, before it is saved, that it can be read.
                fresh = self._readable(line, observation)
                if fresh is None:
                    continue
                if before and adds_nothing(fresh, before):
                    unchanged += 1
                    continue
                lines.append(line)
                written[fresh.key] = fresh
                if self._known.add_names(names):
                    new += 1
                else:
                    updated += 1
        return lines, Appended(new, updated, unchanged, dropped)

    def _readable(self, line: bytes, observation: Observation) -> Observation | None:
        try:
            if len(line) > MAX_LINE:
                raise ValueError(f"{len(line)} bytes are too long for one line")
            return decode_line(line)
        except UNREADABLE as error:
            where = Place(f"{observation.source} {observation.id}")
            self.damage.append(Damage(where, f"this record cannot be saved ({error}); skipped"))
            return None

    def _write(self, lines: list[bytes]) -> None:
        writes: list[tuple[Path, list[bytes]]] = []
        path, size = self._segment()
        piece: list[bytes] = []
        piece_size = 0
        for number, line in enumerate(lines, 1):
            piece.append(line)
            piece_size += len(line) + 1
            full = size + piece_size >= self._segment_size
            if full or piece_size >= CHUNK or number == len(lines):
                if not writes or writes[-1][0] != path:
                    writes.append((path, []))
                writes[-1][1].append(b"\n".join([*piece, b""]))
                size += piece_size
                piece, piece_size = [], 0
            if full:
                path, size = _next_segment(path), 0
        append(writes)
        self._known.note_folder()

    def _segment(self) -> tuple[Path, int]:
        """Give the file that is written to now, and its size."""
        month = self._now().strftime("%Y-%m")
        of_month = [path for path in segments(self.papers) if path.name.startswith(month)]
        if not of_month:
            return self.papers / f"{month}.jsonl", 0
        size = of_month[-1].stat().st_size
        return (of_month[-1], size) if size < self._segment_size else (_next_segment(of_month[-1]), 0)

    def _rewrite(self, path: Path, forgotten: Forgotten) -> int:
        """Write a file anew without the lines of forgotten papers, if it has any."""
        kept: list[bytes] = []
        damaged: list[bytes] = []
        dropped = 0
        for line in read_lines(path):
            for record in _whole(line, path, damaged):
                if forgotten.has(names_of(decode_brief(record))):
                    dropped += 1
                else:
                    kept.append(record + b"\n")
        if dropped:
            if damaged:
                set_aside(path, b"\n".join(damaged), self._now().date())
            replace(path, kept)
        return dropped


def _whole(line: Line, path: Path, damaged: list[bytes]) -> list[bytes]:
    """Give the bytes of the whole records in a line; a line that has anything else is noted."""
    if line.data is not None:
        try:
            decode_line(line.data)
        except NewerLineError as error:
            raise newer(path, line.number, error) from None
        except UNREADABLE:
            if not line.data.strip(b" \t\r"):
                return []
        else:
            return [line.data]
    damaged.append(line.data if line.data is not None else read_part(path, line.offset, line.size))
    return whole_records(line, lambda data: (decode_line(data), data)[1], path)


def _next_segment(path: Path) -> Path:
    match = SEGMENT.fullmatch(path.name)
    assert match
    return path.with_name(f"{match[1]}.{int(match[2] or 0) + 1:03}.jsonl")


def _is_older(observation: Observation, before: Observation, now: dt.datetime) -> bool:
    """Say whether an observation is from before the one that the log has; one from the future is a clock's slip."""
    return observation.seen < before.seen <= now
