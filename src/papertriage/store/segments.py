"""The files of the log: `papers/YYYY-MM[.NNN].jsonl`."""

from __future__ import annotations

import re
from pathlib import Path

from papertriage.patterns import pattern
from papertriage.store.disk import storage_error

SEGMENT = pattern(r"(\d{4}-\d\d)(?:\.(\d{3,}))?\.jsonl", re.ASCII)
"""Names of the log's files."""


def segments(papers: Path) -> list[Path]:
    """Give the log's files, oldest first.

    Raises:
        StorageError: the folder cannot be read.
    """
    try:
        found = [
            (match[1], int(match[2] or 0), path) for path in papers.iterdir() if (match := SEGMENT.fullmatch(path.name))
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(error, papers) from error
    return [path for _, _, path in sorted(found)]
