"""How indexing looks: a line that counts on a terminal once it takes a while, silence otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papertriage.cli.context import Context

PATIENCE = 0.5
"""Seconds after which something is shown."""


def bring_up_to_date(own: Context) -> None:
    """Take what a command wrote into the index; a failure is told and no failure of the command."""
    from papertriage.pipeline.library import Library

    with counting(own) as progress:
        Library(own.data, telling=own.warn, progress=progress).bring_up_to_date()


@contextmanager
def counting(own: Context) -> Iterator[Callable[[int], None]]:
    """Give what is told how many lines were indexed since it was told last; it shows them where a person looks on."""
    if own.options.quiet or not own.stderr.isatty():
        yield lambda taken: None
        return
    from rich.console import Console

    status = Console(stderr=True).status("Indexing …")
    began = time.monotonic()
    total = 0

    def count(taken: int) -> None:
        nonlocal total
        total += taken
        if time.monotonic() - began > PATIENCE:
            status.start()
        status.update(f"Indexing … {total:,} lines")

    try:
        yield count
    finally:
        status.stop()
