"""`import`: papers from files into the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from papertriage.model import Observation, Skipped
from papertriage.sources.files import read_file
from papertriage.store.log import Log

BATCH = 5000
"""Records saved at a time: a run that is interrupted keeps all batches that it reported."""


class ImportReport(msgspec.Struct, kw_only=True):
    """What came of importing one file.

    Attributes:
        new: papers that were not in the cache.
        updated: papers of the cache of which something new is known.
        unchanged: records that add nothing.
        skipped: records that could not be read, each with its reason.
    """

    file: str
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = []


def import_file(path: Path, log: Log, *, source: str | None, now: Callable[[], dt.datetime]) -> ImportReport:
    """Read one file of any kind that is known, and save its papers.

    Args:
        source: the name of the source for records that do not say theirs.

    Raises:
        UsageError: the file is of no kind that can be read.
        StorageError, LockedError: nothing more can be saved; what was saved stays.
    """
    report = ImportReport(file=str(path))

    def papers() -> Iterator[Observation]:
        for record in read_file(path, seen=now(), source=source):
            if isinstance(record, Skipped):
                report.skipped.append(record)
            else:
                yield record

    stream = papers()
    while batch := list(islice(stream, BATCH)):
        appended = log.append(batch)
        report.new += appended.new
        report.updated += appended.updated
        report.unchanged += appended.unchanged
    return report
