r"""Files of JSON lines: reading what is whole, appending whole lines, healing a torn end.

All files of the store go through here. A line ends with `\n` and with nothing else: U+2028, U+0085
or a vertical tab inside a text are data. Readers take no lock. Writers hold the lock of the data folder
(`lock.py`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from papertriage.errors import NewerVersionError, Place
from papertriage.model import SCHEMA_VERSION
from papertriage.store.disk import append, errors_of, open_regular

T = TypeVar("T")

MAX_LINE = 16 * 1024 * 1024
"""Bytes; a longer line is damage. Sources cut what they take to a small part of this."""

PREFIX = b'{"v":%d,' % SCHEMA_VERSION
"""How each line of ours starts."""

UNREADABLE = (ValueError, RecursionError, OverflowError)
"""What decoding a damaged line can raise; msgspec's and Unicode's errors are ValueErrors."""


class Damage(msgspec.Struct, frozen=True):
    """Something in a file that is no whole record.

    Attributes:
        place: file and line.
        reason: what it is and what became of it; a sentence without a full stop.
    """

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Line(NamedTuple):
    r"""One line of a file.

    Attributes:
        number: counted from 1.
        offset: of its first byte.
        size: in bytes, with its end.
        data: without its `\n`; None when it is longer than MAX_LINE.
        ended: False for a last line without `\n`.
    """

    number: int
    offset: int
    size: int
    data: bytes | None
    ended: bool


class NewerLineError(Exception):
    """A line says that it was written by a later version."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


# --- reading -----------------------------------------------------------------------------------------


def read_lines(path: Path, *, offset: int = 0, number: int = 1) -> Iterator[Line]:
    """Give the lines of a file, none if it does not exist.

    Args:
        path: the file.
        offset: where to start: the beginning of a line.
        number: of the first line.

    Raises:
        StorageError: the file cannot be read.
    """
    file = open_regular(path)
    if file is None:
        return
    with errors_of(path), file:
        file.seek(offset)
        while raw := file.readline(MAX_LINE + 1):
            size = len(raw)
            ended = raw.endswith(b"\n")
            data: bytes | None = raw[:-1] if ended else raw
            while not ended and size > MAX_LINE and (raw := file.readline(MAX_LINE)):
                data = None
                size += len(raw)
                ended = raw.endswith(b"\n")
            yield Line(number, offset, size, data, ended)
            offset += size
            number += 1


def read_records(
    path: Path,
    decode: Callable[[bytes], T],
    damage: list[Damage],
    *,
    busy: Callable[[], bool] | None = None,
    offset: int = 0,
    number: int = 1,
) -> Iterator[T]:
    """Give the records of a file; what is no whole record is noted and passed over.

    Args:
        path: the file.
        decode: turns a line into a record; raises one of UNREADABLE, or NewerLineError.
        damage: takes a note on each damaged line.
        busy: says whether some process is writing at this moment; a last line without its end is
            then no damage, but a record on its way.
        offset: where to start: the beginning of a line.
        number: of that line.

    Raises:
        StorageError: the file cannot be read.
        NewerVersionError: it holds a line of a later version.
    """
    for _, records in read_placed(path, decode, damage, busy=busy, offset=offset, number=number):
        yield from records


def read_placed(
    path: Path,
    decode: Callable[[bytes], T],
    damage: list[Damage],
    *,
    busy: Callable[[], bool] | None = None,
    offset: int = 0,
    number: int = 1,
) -> Iterator[tuple[Line, Sequence[T]]]:
    """Give each line of a file and the whole records in it, as `read_records` does: one, as a rule."""
    for line in read_lines(path, offset=offset, number=number):
        try:
            if line.data is None:
                raise ValueError("longer than 16 MiB")
            yield line, (decode(line.data),)
        except NewerLineError as error:
            raise newer(path, line.number, error) from None
        except UNREADABLE as error:
            if line.data is not None and not line.data.strip(b" \t\r"):
                yield line, ()
                continue
            if not line.ended and busy:
                if busy():
                    return
                if _has_grown(path, line):  # it was on its way, and has come
                    yield from read_placed(path, decode, damage, busy=busy, offset=line.offset, number=line.number)
                    return
            kept = whole_records(line, decode, path)
            yield line, kept
            damage.append(Damage(Place(str(path), line.number), _reason(line, error, len(kept))))


def _has_grown(path: Path, line: Line) -> bool:
    again = next(read_lines(path, offset=line.offset), None)
    return again is not None and again.data != line.data


def whole_records(line: Line, decode: Callable[[bytes], T], path: Path) -> list[T]:
    """Give the records that stand whole in a damaged line: run together, or after a torn one."""
    found: list[T] = []
    if line.data is None:
        return found
    from json import JSONDecoder  # damage is rare

    # Latin-1 gives each byte a letter: offsets stay, and JSON's own signs are ASCII.
    text = line.data.decode("latin-1")
    scanner = JSONDecoder()
    position = 0
    for _ in range(_MOST_IN_ONE_LINE):
        # A quote inside a JSON text is escaped, so this stands only where an object starts.
        position = text.find('{"v":', position)
        if position < 0:
            break
        try:
            _, end = scanner.raw_decode(text, position)
            found.append(decode(line.data[position:end]))
            position = end
        except NewerLineError as error:
            raise newer(path, line.number, error) from None
        except UNREADABLE:
            position += 1
    return found


def check_version(data: bytes) -> None:
    """Refuse a line of a later version.

    Raises:
        NewerLineError: it is one.
        ValueError: it is no JSON object, or its version is no number.
    """
    if not data.startswith(PREFIX):
        version = _VERSION.decode(data).v
        if version > SCHEMA_VERSION:
            raise NewerLineError(version)


def newer(path: Path, number: int, error: NewerLineError) -> NewerVersionError:
    """Make the error for a line of a later version."""
    return NewerVersionError(
        f"{Place(str(path), number)}: this file was made by a newer version of papertriage "
        f"(format {error.version}; this one reads up to {SCHEMA_VERSION}). Nothing was changed.",
        "Update papertriage.",
    )


class _Version(msgspec.Struct):
    v: int = 1


_VERSION = msgspec.json.Decoder(_Version)
_MOST_IN_ONE_LINE = 1000


def _reason(line: Line, error: BaseException, kept: int) -> str:
    if not line.ended:
        reason = "incomplete last record, cut short while it was written; the next write sets it aside"
    elif line.data is not None and b"\0" in line.data:
        reason = "a block of NUL bytes, as a power cut leaves it"
    elif line.data is not None and not _is_utf8(line.data):
        reason = "not UTF-8 text"
    else:
        reason = f"not a record ({error})"
    if kept:
        return f"{reason}; {kept} whole record{'s' if kept > 1 else ''} in it kept"
    return reason if not line.ended else f"{reason}; skipped"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- writing -----------------------------------------------------------------------------------------


def heal(path: Path, decode: Callable[[bytes], object], today: dt.date) -> Damage | None:
    r"""Give a file an end: a whole last line gets its `\n`, a torn one is set aside.

    The caller holds the lock. The bytes of a torn line go to `<file>.bad-YYYY-MM-DD` before they
    leave the file; whole records in it stay.

    Returns:
        a note on what was set aside, or None.

    Raises:
        StorageError, NewerVersionError: nothing was changed.
    """
    if is_ended(path):
        return None
    number = 0
    last = None
    for line in read_lines(path):
        number, last = line.number, line
    if last is None or last.ended:
        return None
    kept: list[bytes] = []
    if last.data is not None:
        try:
            decode(last.data)
        except NewerLineError as error:
            raise newer(path, number, error) from None
        except UNREADABLE:
            kept = whole_records(last, lambda data: (decode(data), data)[1], path)
        else:
            append([(path, [b"\n"])])
            return None
    aside = set_aside(path, read_part(path, last.offset), today)
    with errors_of(path), path.open("r+b") as file:
        file.truncate(last.offset)
        os.fsync(file.fileno())
    if kept:
        append([(path, [b"\n".join([*kept, b""])])])
    return Damage(Place(str(path), number), f"incomplete last record; its bytes were moved to {aside.name}")


def is_ended(path: Path) -> bool:
    r"""Say whether a file is empty, missing, or ends with `\n`."""
    file = open_regular(path)
    if file is None:
        return True
    with errors_of(path), file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        return file.read(1) in (b"", b"\n")


def set_aside(path: Path, data: bytes, today: dt.date) -> Path:
    """Keep bytes that leave a file, in `<file>.bad-YYYY-MM-DD` beside it."""
    aside = path.with_name(f"{path.name}.bad-{today.isoformat()}")
    append([(aside, [data if data.endswith(b"\n") else data + b"\n"])])
    return aside


def read_part(path: Path, offset: int, size: int = -1) -> bytes:
    """Give some bytes of a file as they are, by default all from an offset on."""
    file = open_regular(path)
    if file is None:
        return b""
    with errors_of(path), file:
        file.seek(offset)
        return file.read(size)
