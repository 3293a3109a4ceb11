"""A process that appends to a log, for tests that kill it or run two of it."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from papertriage.model import Observation
from papertriage.store.log import Log


def observation(number: int) -> Observation:
    """Make a record of about 1.5 kB whose text tells whether it is whole."""
    paper = f"{number // 90000 + 2501}.{number % 90000:05}"
    return Observation(
        id=f"arxiv:{paper}",
        source="arxiv-rss",
        title=f"Paper {number}",
        seen=dt.datetime(2025, 11, 24, tzinfo=dt.UTC),
        ids={"arxiv": (paper,)},
        abstract=f"{number} " * 250,
    )


def main(folder: str, first: int, batch: int, batches: int) -> None:
    """Append batches; print the first number of each when the log reports it as saved."""
    log = Log(Path(folder), now=lambda: dt.datetime(2025, 11, 24, tzinfo=dt.UTC))
    for start in range(first, first + batch * batches, batch):
        log.append([observation(number) for number in range(start, start + batch)])
        print(start, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
