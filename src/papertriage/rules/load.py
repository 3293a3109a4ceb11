"""Reading `rules.yaml` and what it includes: all of it, or every mistake in it at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from papertriage.errors import Fault, RulesError
from papertriage.rules.include import Read, Reading
from papertriage.rules.layers import laid
from papertriage.rules.terms import Rules
from papertriage.yamlfile import Faults, read_file

_WHERE_TO_BEGIN = "`papertriage init` writes one to begin with."


def loads_rules(text: str, file: str = "rules.yaml", *, read: Read = read_file) -> Rules:
    """Read rules from a text.

    Args:
        file: its path, as messages show it; what it includes is looked for from there.
        read: gives the text of an included file.

    Raises:
        RulesError: the text has mistakes; all of them are told.
    """
    return check_text(text, file, read=read)[0]


def check_rules(path: Path, today: dt.date | None = None, *, read: Read = read_file) -> tuple[Rules, tuple[Fault, ...]]:
    """Read a rules file and say also what is allowed but likely a slip.

    Args:
        path: the file.
        today: the day for which a topic's `until` is held as past, None to leave that out.
        read: gives the text of the file and of those that it includes.

    Raises:
        RulesError: it is missing, unreadable or has mistakes; all of them are told.
    """
    faults = Faults(str(path))
    try:
        text = read(path, faults)
    except FileNotFoundError:
        faults.add(None, "there is no such file; the rules are read from it.", _WHERE_TO_BEGIN)
        text = None
    if text is None:
        raise RulesError(faults.sorted())
    return check_text(text, str(path), today, read=read)


def check_text(
    text: str, file: str, today: dt.date | None = None, *, read: Read = read_file
) -> tuple[Rules, tuple[Fault, ...]]:
    """Do what `check_rules` does for a text.

    Args:
        file: its path, as messages show it; what it includes is looked for from there.
        today: as in `check_rules`.
        read: gives the text of an included file.

    Raises:
        RulesError: the text has mistakes; all of them are told.
    """
    reading = Reading(read)
    reading.add(text, Path(file), Faults(file, text))
    rules = laid(reading.layers, today) if reading.whole else None
    if rules is None or reading.faults:
        raise RulesError(reading.faults)
    return rules, tuple(reading.warnings)
