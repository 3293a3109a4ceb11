"""How indexing looks: a line that counts on a terminal once it takes a while, silence otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

    from papertriage.cli.context import Context

PATIENCE = 0.5
"""Seconds after which something is shown."""


def bring_up_to_date(own: Context) -> None:
    """Take what a command wrote into the index; a failure is told and no failure of the command."""
    own.library.bring_up_to_date()


@contextmanager
def counting(own: Context) -> Iterator[Callable[[int], None]]:
    """Give what is told how many lines were indexed since it was told last; it shows them where a person looks on."""
    if own.options.quiet or not own.stderr.isatty():
        yield lambda taken: None
        return
    began = time.monotonic()
    total = 0
    status: Status | None = None

    def count(taken: int) -> None:
        nonlocal total, status
        total += taken
        if status is None and time.monotonic() - began > PATIENCE:
            from rich.console import Console  # most of the time there is nothing to show

            status = Console(stderr=True).status("Indexing …")
            status.start()
        if status is not None:
            status.update(f"Indexing … {total:,} lines")

    try:
        yield count
    finally:
        if status is not None:
            status.stop()
