"""Lengths of time as people write them in settings: `14d`, `2w`, `30s`, `10min`."""

from __future__ import annotations

import re

from papertriage.patterns import pattern

_DAYS = pattern(r"(\d{1,6}(?:\.\d{1,6})?) ?(d|days?|w|weeks?|)", re.ASCII)
_SECONDS = pattern(r"(\d{1,6}(?:\.\d{1,6})?) ?(s|sec|seconds?|m|min|minutes?|h|hours?|)", re.ASCII)


def read_days(text: str) -> float:
    """Read a length in days; a bare number counts days.

    Raises:
        ValueError: it is none, or not above 0; the arguments are no reason and a hint.
    """
    found = _DAYS.fullmatch(text)
    days = float(found[1]) * (7 if found[2].startswith("w") else 1) if found else 0
    if not 0 < days <= 36_500:
        raise ValueError("", "Months and years are written in days: `90d`, `365d`." if text[-1:] in {"m", "y"} else "")
    return days


def read_seconds(text: str) -> float:
    """Read a length in seconds; a bare number counts seconds.

    Raises:
        ValueError: it is none.
    """
    found = _SECONDS.fullmatch(text)
    if not found:
        raise ValueError("")
    return float(found[1]) * {"m": 60, "h": 3600}.get(found[2][:1], 1)
