"""One line for a person who waits for what takes more than a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papertriage.cli.context import Context


@contextmanager
def waiting_for(own: Context, what: str) -> Iterator[None]:
    """Say on a terminal what is being done, and take the line away when it is done, has failed or is interrupted."""
    shown = own.stderr.isatty() and not own.options.quiet
    if shown:
        own.stderr.write(f"{what} …")
        own.stderr.flush()
    try:
        yield
    finally:
        if shown:
            own.stderr.write("\r\x1b[K")
            own.stderr.flush()
