"""The seam for formats: a name stands for a function from a ranked list to text.

A new format is a module with such a function and one line in `FORMATS`. Modules are imported when their format is
asked for, so that one format does not pay for another.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

import msgspec

from papertriage.errors import UsageError
from papertriage.model import Listed


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the output can show; formats for programs look the same everywhere.

    Attributes:
        width: of the terminal in cells; None for a pipe or a file.
        color: escape codes are understood and wanted.
        links: so are hyperlinks.
        ascii_only: the output's encoding has no more than ASCII.
    """

    width: int | None = None
    color: bool = False
    links: bool = False
    ascii_only: bool = False


FORMATS = {
    "table": "table:table",
    "markdown": "markdown:markdown",
    "json": "records:json_envelope",
    "jsonl": "records:jsonl",
    "tsv": "records:tsv",
    "csv": "records:csv",
    "ids": "records:ids",
}
"""Name of each format, and the module and function in this package that make it."""

LIST_FORMATS = ("table", "json", "jsonl", "tsv", "ids")
"""The formats that `list` offers."""

_FOR_PEOPLE = ("table",)  # these take a Look


def render(listed: Listed, name: str, look: Look | None = None) -> str:
    """Give a ranked list in the named format.

    Raises:
        UsageError: there is no such format.
    """
    if name not in FORMATS:
        raise UsageError(f"There is no format “{name}”.", f"There are: {', '.join(FORMATS)}.")
    module, function = FORMATS[name].split(":")
    make = cast("Callable[..., str]", getattr(import_module(f"papertriage.render.{module}"), function))
    if name in _FOR_PEOPLE:
        return make(listed, **msgspec.structs.asdict(look or Look()))
    return make(listed)
