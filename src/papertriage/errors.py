"""Everything that can go wrong, as one tree.

    PapertriageError            exit 1   (a bug, unless a subclass says otherwise)
    ├── UsageError              exit 2   a wrong option, argument or id
    │   └── InputFileError          exit 2   every mistake in a file of the user's, each with its place
    │       ├── ConfigError
    │       ├── RulesError
    │       └── QueryError      a search query
    ├── SourceError             exit 4   a listing service that could not be read
    ├── StorageError            exit 5   the files of the cache: full, read-only, damaged
    │   └── NewerVersionError   exit 5   written by a later papertriage
    ├── LockedError             exit 6   another run holds the lock
    └── MailError               exit 7   a digest that was not delivered

An error is a full sentence: what happened, where, and (as `hint`) what to do next.
`str()` is the whole message; the command line only adds the name of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple


class ExitCode(IntEnum):
    """What the process says on leaving; any other number is a failure of the machine."""

    DONE = 0
    BUG = 1
    USAGE = 2
    PARTIAL = 3
    NOTHING_FETCHED = 4
    STORAGE = 5
    LOCKED = 6
    NOT_DELIVERED = 7
    HANGUP = 129
    INTERRUPTED = 130
    CLOSED_PIPE = 141
    TERMINATED = 143


class Place(NamedTuple):
    """A place in a file: `rules.yaml:12:5`. Lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class Fault(NamedTuple):
    """One mistake in a file of the user's.

    Attributes:
        place: where it stands.
        message: what was found and what was expected, one sentence.
        hint: what to write instead, or "".
        source: the line of the file at that place, whole and as it is, or "" where there is none to show.
    """

    place: Place
    message: str
    hint: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" {self.hint}" if self.hint else "")


class PapertriageError(Exception):
    """Any failure that papertriage can explain.

    Args:
        message: what happened and where, a full sentence.
        hint: what to do next, a full sentence, or "".
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class UsageError(PapertriageError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class InputFileError(UsageError):
    """A file of the user's has mistakes; all of them are told at once.

    Args:
        faults: at least one, in the order of the file.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ConfigError(InputFileError):
    """`config.yaml` cannot be used."""


class RulesError(InputFileError):
    """`rules.yaml` cannot be used."""


class QueryError(InputFileError):
    """A search query has a mistake; its place is a column of the query."""


class SourceError(PapertriageError):
    """A listing service could not be reached, or what it answered could not be read.

    Args:
        message: what happened; names the host, never a secret.
        hint: what will be done, or what the user can do.
        url: the address that was asked, its query redacted of secrets, or "".
    """

    exit_code = ExitCode.NOTHING_FETCHED

    def __init__(self, message: str, hint: str = "", *, url: str = "") -> None:
        super().__init__(message, hint)
        self.url = url


class StorageError(PapertriageError):
    """A file of the cache cannot be read or written."""

    exit_code = ExitCode.STORAGE


class NewerVersionError(StorageError):
    """A file of the cache was written by a later papertriage; nothing was changed."""


class LockedError(PapertriageError):
    """Another papertriage is writing to the same cache."""

    exit_code = ExitCode.LOCKED


class MailError(PapertriageError):
    """A digest was not delivered."""

    exit_code = ExitCode.NOT_DELIVERED
