"""The completeness ledger, `runs.jsonl`: how each source's announcement days stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from papertriage.model import Run
from papertriage.store.events import EventFile

FILE_NAME = "runs.jsonl"


class Ledger(EventFile[Run]):
    """The ledger in a data folder; only appended to.

    Args:
        folder: the data folder; made by the first write.
        lock_timeout: seconds to wait for another process that writes.
        waiting: told, in one sentence, when there is another process to wait for.
    """

    def __init__(
        self, folder: Path, *, lock_timeout: float = 30.0, waiting: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(folder / FILE_NAME, Run, lock_timeout=lock_timeout, waiting=waiting)

    def read(self) -> dict[tuple[str, str, dt.date], Run]:
        """Give the last line of each source, query and day, in the order of their first lines.

        Raises:
            StorageError, NewerVersionError: the file cannot be read.
        """
        return {(run.source, run.query, run.day): run for run in self.lines()}
