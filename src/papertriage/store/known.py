"""What the log already holds: where the last line of each record is, and which papers there are.

Kept as hashes and places, not as records, and brought up to date by reading only what was added.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

import msgspec

from papertriage.model import Observation
from papertriage.store.disk import errors_of, open_regular
from papertriage.store.hashes import Hashes, Places
from papertriage.store.identities import names_of
from papertriage.store.jsonl import (
    MAX_LINE,
    UNREADABLE,
    Line,
    NewerLineError,
    check_version,
    newer,
    read_lines,
    whole_records,
)
from papertriage.store.record import decode_line
from papertriage.store.segments import segments

_OFFSET_BITS = 44
"""Of a place's 64 bits; the others are the number of the segment."""


class Brief(msgspec.Struct):
    """The few fields of a line that tell which record and which paper it is."""

    id: str
    source: str
    title: str
    ids: dict[str, tuple[str, ...]] = {}
    native: str | None = None
    announced: dt.date | None = None


class _Segment(msgspec.Struct):
    """How far a file has been read."""

    path: Path
    inode: tuple[int, int]
    offset: int = 0
    lines: int = 0


_BRIEF = msgspec.json.Decoder(Brief)


def decode_brief(data: bytes) -> Brief:
    """Read the few fields of a line; raises as `decode_line` does."""
    check_version(data)
    return _BRIEF.decode(data)


class Known:
    """The index in memory over the log's files.

    Args:
        papers: the folder of the log's files.
    """

    def __init__(self, papers: Path) -> None:
        self._papers = papers
        self._forget_all()

    def _forget_all(self) -> None:
        self._folder_time = -1
        self._segments: list[_Segment] = []
        self._places = Places()  # by hash of (source, native) and announcement day, its last line
        self._names = Hashes()

    def catch_up(self) -> None:
        """Read what was added since the last time; all, if files were replaced.

        Raises:
            StorageError: a file cannot be read.
            NewerVersionError: a later version wrote one of the lines.
        """
        with errors_of(self._papers):
            paths = segments(self._papers)
            if not self._still_holds(paths):
                self._forget_all()
            self.note_folder()
            for number, path in enumerate(paths):
                if number == len(self._segments):
                    self._segments.append(_Segment(path, _inode(path)))
                self._read(number, self._segments[number])

    def note_folder(self) -> None:
        """Take the names in the folder as known: the caller holds the lock and has changed them itself."""
        self._folder_time = self._papers.stat().st_mtime_ns if self._papers.is_dir() else -1

    def _still_holds(self, paths: list[Path]) -> bool:
        # A rename changes the folder's time; within its grain the inode tells.
        if not self._segments:
            return True
        known = [segment.path for segment in self._segments]
        return (
            self._papers.stat().st_mtime_ns == self._folder_time
            and paths[: len(known)] == known
            and all(
                _inode(segment.path) == segment.inode and segment.path.stat().st_size >= segment.offset
                for segment in self._segments
            )
        )

    def _read(self, number: int, segment: _Segment) -> None:
        for line in read_lines(segment.path, offset=segment.offset, number=segment.lines + 1):
            if not line.ended:
                break
            for record in self._briefs(line, segment.path):
                self._add(record, number, line.offset)
            segment.lines = line.number
            segment.offset = line.offset + line.size

    def _briefs(self, line: Line, path: Path) -> list[Brief]:
        try:
            return [decode_brief(line.data or b"")]
        except NewerLineError as error:
            raise newer(path, line.number, error) from None
        except UNREADABLE:
            return whole_records(line, decode_brief, path)

    def _add(self, record: Brief, segment: int, offset: int) -> None:
        day = record.announced.toordinal() if record.announced else 0
        self._places.put(hash((record.source, record.native or record.id)), day, segment << _OFFSET_BITS | offset)
        for name in names_of(record):
            self._names.add(hash(name))

    def days(self, source: str, native: str) -> frozenset[dt.date]:
        """Give the announcement days under which a source has listed a record."""
        return frozenset(dt.date.fromordinal(day) for day in self._places.days(hash((source, native))) if day)

    def has(self, source: str, native: str, announced: dt.date | None) -> bool:
        """Say whether a source has listed a record on that day, None for none."""
        day = announced.toordinal() if announced else 0
        return self._places.get(hash((source, native)), day) is not None

    def add_names(self, names: Sequence[str]) -> bool:
        """Count a paper by its identities; say whether it is new: none of them was known."""
        hashes = {hash(name) for name in names}
        new = not any(one in self._names for one in hashes)
        for one in hashes:
            self._names.add(one)
        return new

    def place(self, observation: Observation) -> tuple[Path, int] | None:
        """Give the file and the offset of the last line with the same key."""
        day = observation.announced.toordinal() if observation.announced else 0
        place = self._places.get(hash((observation.source, observation.native or observation.id)), day)
        if place is None:
            return None
        return self._segments[place >> _OFFSET_BITS].path, place & ((1 << _OFFSET_BITS) - 1)


class LastLines:
    """Reads the last line of a record back from the log; keeps files open as long as it is entered."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._files: dict[Path, IO[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def of(self, observation: Observation) -> Observation | None:
        """Give the last observation in the log with the same key, or None.

        Raises:
            StorageError: the file cannot be read.
        """
        place = self._known.place(observation)
        if place is None:
            return None
        path, offset = place
        file = self._files.get(path) or open_regular(path)
        if file is None:
            return None
        self._files[path] = file
        with errors_of(path):
            file.seek(offset)
            data = file.readline(MAX_LINE).removesuffix(b"\n")
        try:
            found = [decode_line(data)]
        except UNREADABLE:
            found = whole_records(Line(0, offset, len(data), data, ended=True), decode_line, path)
        return next((one for one in reversed(found) if one.key == observation.key), None)


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
