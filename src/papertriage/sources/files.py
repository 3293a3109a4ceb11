"""Files with papers: what kind a file is, told from its content, and the parser that reads it.

| content | parser |
|---|---|
| one JSON object a line | `records.read_lines`, one line at a time |
| a JSON list of records, or one record | `records.from_value` |
| a saved reply of the Daily Papers API | `hf_daily.parse` |
| a Daily Papers page saved as HTML, or copied as text | `hf_page` |

Any of them may be compressed with gzip. The name of a file says nothing.
"""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from papertriage.errors import UsageError
from papertriage.model import Observation, Skipped, day_of
from papertriage.sources import fields, hf_page, records
from papertriage.sources.hf_daily import observation_from_entry
from papertriage.sources.plain import UnusableError

MAX_WHOLE = 64 * 1024 * 1024
"""Largest content, in bytes, of a file that must be read as a whole. JSON lines have no limit."""
MAX_RATIO = 200
"""A compressed file that grows more than this, and past `MAX_WHOLE`, is a bomb: text grows 3 to 20 times."""
HEAD = 256 * 1024

_KNOWN = "It reads JSON lines, a JSON list, and a Daily Papers page saved as HTML or copied as text."


def read_file(path: Path, *, seen: dt.datetime, source: str | None = None) -> Iterator[Observation | Skipped]:
    """Read the papers in a file of any kind that is known, one at a time.

    Args:
        path: a file, or a pipe.
        seen: when it is read (UTC, aware).
        source: name of the source for papers whose file tells none; None means `import`, and `hf-daily`
            for what comes from Daily Papers.

    Yields:
        Papers and, in their place, records that could not be read.

    Raises:
        UsageError: the file cannot be read, or nothing in it is known. It may come after some papers.
    """
    try:
        with cast("io.BufferedReader", path.open("rb", buffering=HEAD)) as raw:
            if raw.peek(HEAD)[:2] == b"\x1f\x8b":
                yield from _read(path, io.BufferedReader(_Unpacked(path, raw), HEAD), seen, source)
            else:
                yield from _read(path, raw, seen, source)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path} cannot be read: {reason.rstrip('.')}.") from error


def _read(
    path: Path, stream: io.BufferedReader, seen: dt.datetime, source: str | None
) -> Iterator[Observation | Skipped]:
    head = stream.peek(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # what PowerShell writes
        text = _whole(path, stream).decode("utf-16", "replace")
        stream = io.BufferedReader(io.BytesIO(text.encode()), HEAD)
        head = stream.peek(HEAD)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    name = source or "import"
    if not start:
        raise UsageError(f"{path} is empty.", "There is nothing to import.")
    if start.startswith(b"{") and start.partition(b"\n")[0].strip() != b"{":
        yield from records.read_lines(stream, seen=seen, source=name)
    elif start[:1] in (b"{", b"["):
        yield from _read_json(path, _whole(path, stream), seen, source)
    elif start.startswith(b"<") and (b"<html" in head.lower() or b"data-props" in head):
        yield from _told(
            path, hf_page.parse_html(_text(_whole(path, stream)), seen=seen, source=source or hf_page.SOURCE)
        )
    elif b"\0" not in head and hf_page.looks_copied(text := _text(_whole(path, stream))):
        yield from _told(path, hf_page.parse_copied(text, seen=seen, source=source or hf_page.SOURCE))
    else:
        raise UsageError(f"What kind of file {path} is was not recognised.", _KNOWN)


def _told(path: Path, papers: Iterator[Observation | Skipped]) -> Iterator[Observation | Skipped]:
    """Put the file's name before what a parser says of a whole page."""
    try:
        yield from papers
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error


def _read_json(path: Path, body: bytes, seen: dt.datetime, source: str | None) -> Iterator[Observation | Skipped]:
    try:
        value = records.decode(body)
    except UnusableError as error:
        raise UsageError(f"{path} cannot be read as JSON: {error}.") from error
    values = value if isinstance(value, list) else [value]
    for number, one in enumerate(values, start=1):
        where = f"item {number}"
        if isinstance(one, dict) and isinstance(one.get("paper"), dict):  # a saved reply of the Daily Papers API
            found = observation_from_entry(one, day=_listing_day(one, seen), seen=seen, source=source or hf_page.SOURCE)
            yield Skipped(where=where, reason=f"it {found}") if isinstance(found, str) else found
            continue
        try:
            yield records.from_value(one, seen=seen, source=source or "import")
        except UnusableError as error:
            yield Skipped(where=where, reason=str(error))


def _listing_day(entry: dict[str, Any], seen: dt.datetime) -> dt.date | None:
    """Tell the day of a saved list, which its entries have carried since 2025."""
    return day_of(fields.moment(entry["paper"].get("submittedOnDailyAt"), seen=seen))


def _whole(path: Path, stream: IO[bytes]) -> bytes:
    body = stream.read(MAX_WHOLE + 1)
    if len(body) > MAX_WHOLE:
        raise UsageError(f"{path} is larger than 64 MiB, too large for its kind.", "JSON lines may be of any size.")
    return body


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as long as it grows no more than text does."""

    def __init__(self, path: Path, packed: IO[bytes]) -> None:
        self._path = path
        self._packed = _Counted(packed)
        self._gzip = gzip.GzipFile(fileobj=cast("IO[bytes]", self._packed), mode="rb")
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._gzip.readinto(buffer)
        self._out += count
        if self._out > MAX_WHOLE and self._out > MAX_RATIO * self._packed.count:
            raise UsageError(f"{self._path} grows {MAX_RATIO} times when it is decompressed; reading stopped there.")
        return count


class _Counted:
    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.count += len(data)
        return data
