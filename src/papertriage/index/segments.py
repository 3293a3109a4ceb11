"""Which parts of the log are in the index.

A file that only grew is read from where the index ends; its first part is checked by a checksum, so that one that was
edited, restored or replaced is told from one that was appended to.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path
from typing import IO

import msgspec

from papertriage.store.disk import CHUNK, errors_of, open_regular
from papertriage.store.jsonl import Line, read_part
from papertriage.store.segments import segments as log_files


class Segment(msgspec.Struct):
    """One file of the log, as far as it is in the index.

    Attributes:
        number: by which observations name it.
        size, lines: what was read: whole lines.
        crc: CRC-32 of the first `size` bytes.
        file_size, modified, inode: of the file when it was read.
        tail: records of a last line that had no end are in the index, beyond `size`.
    """

    number: int
    name: str
    size: int = 0
    lines: int = 0
    crc: int = 0
    file_size: int = 0
    modified: int = 0
    inode: int = 0
    tail: bool = False


class Changes(msgspec.Struct, frozen=True):
    """What became of the log since the index was brought up to date.

    Attributes:
        grown: files to read on, or from the start if they are new, in the order of the log.
        gone: files that were replaced or removed: what is known from them is out of date.
    """

    grown: tuple[Segment, ...]
    gone: tuple[Segment, ...]


def known_segments(db: sqlite3.Connection) -> dict[str, Segment]:
    """Give the files that are in the index, by name."""
    rows = db.execute(
        "SELECT number, name, size, lines, crc, file_size, modified, inode, tail FROM segments"
    ).fetchall()
    return {row[1]: Segment(*row) for row in rows}


def is_fresh(db: sqlite3.Connection, papers: Path) -> bool:
    """Say at little cost whether the log is as it was when it was read last."""
    known = known_segments(db)
    with errors_of(papers):
        paths = log_files(papers)
        return len(paths) == len(known) and all(
            path.name in known and state_of(path) == _state_of(known[path.name]) for path in paths
        )


def find_changes(db: sqlite3.Connection, papers: Path) -> Changes:
    """Say what has to be read, and what is out of date."""
    known = known_segments(db)
    number = max((segment.number for segment in known.values()), default=-1) + 1
    grown: list[Segment] = []
    gone: list[Segment] = []
    with errors_of(papers):
        for path in log_files(papers):
            segment = known.pop(path.name, None)
            if segment and state_of(path) == _state_of(segment):
                continue
            if segment and checksum(path, segment.size) == segment.crc:
                segment.inode = state_of(path)[2]
                grown.append(segment)
                continue
            if segment:
                gone.append(segment)
            grown.append(Segment(number, path.name, inode=state_of(path)[2]))
            number += 1
    return Changes(tuple(grown), (*gone, *known.values()))


def note_line(segment: Segment, line: Line, path: Path) -> None:
    """Take in that a line was read: what is checked later is what was read, whatever the file holds by then."""
    data = read_part(path, line.offset, line.size) if line.data is None else line.data + b"\n"
    segment.crc = zlib.crc32(data, segment.crc)
    segment.size, segment.lines = line.offset + line.size, line.number


def note_state(segment: Segment, state: tuple[int, int, int]) -> None:
    """Take in the state that a file had before it was read."""
    segment.file_size, segment.modified, segment.inode = state


def save(db: sqlite3.Connection, segment: Segment) -> None:
    """Write how far a file is in the index."""
    db.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", msgspec.structs.astuple(segment))


def checksum(path: Path, size: int) -> int | None:
    """Give the CRC-32 of the first bytes of a file, None if it is shorter."""
    file = open_regular(path)
    if file is None:
        return None
    crc = 0
    with errors_of(path), file:
        while size > 0:
            data = file.read(min(size, CHUNK))
            if not data:
                return None
            crc = zlib.crc32(data, crc)
            size -= len(data)
    return crc


_POSITIVE = (1 << 63) - 1  # what an INTEGER of SQLite holds


def state_of(path: Path) -> tuple[int, int, int]:
    """Give size, time of the last change and inode of a file.

    Raises:
        LookupError: it is gone since the folder was read.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    except FileNotFoundError as error:
        raise LookupError(path) from error
    return status.st_size, status.st_mtime_ns, status.st_ino & _POSITIVE


def inode_of(file: IO[bytes]) -> int:
    """Give the inode of an open file."""
    return os.fstat(file.fileno()).st_ino & _POSITIVE


def _state_of(segment: Segment) -> tuple[int, int, int]:
    return segment.file_size, segment.modified, segment.inode
