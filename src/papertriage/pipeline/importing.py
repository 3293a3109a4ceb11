"""`import`: papers from files into the log.

A file of JSON lines may have millions: after each batch that is saved a line in the state folder says
how far it was read (`<state>/imports/<digest>.jsonl`), so that a run that was killed goes on from
there. What is marked is believed only where the log still has the last paper of each batch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from papertriage.identity import Identity
from papertriage.model import Observation, Skipped
from papertriage.sources.files import HEAD, Found, Position, read_file
from papertriage.store.log import Log

BATCH = 5000
"""Records saved at a time: a run that is interrupted keeps all batches that it reported."""

TOLD = 20
"""Records that could not be read of which the reason is kept; further ones are counted."""

LookUp = Callable[[Iterable[Identity]], Iterator[Observation | Skipped]]
"""Finds papers by their ids."""


class ImportReport(msgspec.Struct, kw_only=True):
    """What came of importing one file.

    Attributes:
        new: papers that were not in the cache.
        updated: papers of the cache of which something new is known.
        unchanged: records that add nothing.
        forgotten: records of papers that the user dropped for good.
        earlier: records that an earlier run of the same import saved; they were not read again.
        skipped: records that could not be read.
        reasons: of the first of those.
    """

    file: str
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    forgotten: int = 0
    earlier: int = 0
    skipped: int = 0
    reasons: list[Skipped] = []


class _Mark(msgspec.Struct, array_like=True):
    """How far a file was read when a batch was saved; counts are from the file's beginning."""

    offset: int
    line: int
    records: int
    skipped: int
    last: tuple[str, str, dt.date | None]


def import_file(
    file: Path | IO[bytes],
    log: Log,
    *,
    source: str | None,
    now: Callable[[], dt.datetime],
    state: Path | None = None,
    look_up: LookUp | None = None,
    progress: Callable[[int], None] = lambda taken: None,
) -> ImportReport:
    """Read one file of any kind that is known, and save its papers.

    Args:
        file: its path, or a stream.
        source: the name of the source for records that do not say theirs.
        state: the folder that remembers how far a file was read; None does not remember.
        look_up: finds the papers of which a file has ids alone.
        progress: told now and then how many bytes of the file were read.

    Raises:
        UsageError: the file is of no kind that can be read.
        StorageError, LockedError: nothing more can be saved; what was saved stays.
    """
    report = ImportReport(file=str(file) if isinstance(file, Path) else "standard input")
    marks = _marks_file(file, source, state)
    at = Position()
    if marks and (mark := _last_good(marks, log)):
        at = Position(offset=mark.offset, line=mark.line, taken=0)
        report.earlier, report.skipped = mark.records, mark.skipped

    records = report.earlier
    found = read_file(file, seen=now(), source=source, at=at)
    stream = _papers(_reporting(found, at, progress), report, look_up)
    while batch := list(islice(stream, BATCH)):
        appended = log.append(batch)
        report.new += appended.new
        report.updated += appended.updated
        report.unchanged += appended.unchanged
        report.forgotten += appended.forgotten
        records += len(batch)
        progress(at.taken)
        if marks and at.by_lines:
            _note(marks, _Mark(at.offset, at.line, records, report.skipped, batch[-1].key))
    if marks:
        with suppress(OSError):
            marks.unlink(missing_ok=True)  # a whole import is not to be gone on with
    return report


def _reporting(found: Iterator[Found], at: Position, progress: Callable[[int], None]) -> Iterator[Found]:
    for number, record in enumerate(found):
        if number % 200 == 0:
            progress(at.taken)
        yield record


def _papers(found: Iterable[Found], report: ImportReport, look_up: LookUp | None) -> Iterator[Observation]:
    """Give the papers, at the end those of which there were ids alone; what cannot be used is put in the report."""
    wanted: dict[Identity, None] = {}
    for record in found:
        if isinstance(record, Identity):
            wanted[record] = None
        elif isinstance(record, Observation):
            yield record
        else:
            _skip(report, record)
    if not wanted:
        return
    for record in (look_up or _unknown)(wanted):
        if isinstance(record, Observation):
            yield record
        else:
            _skip(report, record)


def _skip(report: ImportReport, record: Skipped) -> None:
    report.skipped += 1
    if len(report.reasons) < TOLD:
        report.reasons.append(record)


def _unknown(wanted: Iterable[Identity]) -> Iterator[Skipped]:
    for identity in wanted:
        yield Skipped(where=str(identity), reason="nothing is known of it but its id")


# --- how far a file was read ---------------------------------------------------------------------------------


def _marks_file(file: Path | IO[bytes], source: str | None, state: Path | None) -> Path | None:
    """Give the file of marks for a file with this beginning, size and time of change; None for a pipe."""
    if state is None or not isinstance(file, Path) or not file.is_file():
        return None
    try:
        status = file.stat()
        with file.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return None
    told = f"{status.st_size} {status.st_mtime_ns} {source or ''}\n".encode()
    return state / "imports" / f"{hashlib.sha256(told + head).hexdigest()[:24]}.jsonl"


def _last_good(marks: Path, log: Log) -> _Mark | None:
    """Give the last mark up to which the log has every batch."""
    last = None
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):  # a line may be torn
        for line in marks.read_bytes().splitlines():
            mark = msgspec.json.decode(line, type=_Mark)
            if not log.has(mark.last):
                break
            last = mark
    return last


def _note(marks: Path, mark: _Mark) -> None:
    # Without it the next run is slower, no more.
    with suppress(OSError):
        marks.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with marks.open("ab") as stream:
            stream.write(msgspec.json.encode(mark) + b"\n")
