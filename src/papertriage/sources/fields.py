"""Fields of records as services send them, brought into what an `Observation` may hold.

Whatever a service sends, a field comes out bounded, without lone surrogates, and absent when it says
nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from papertriage.identity import Identity, parse_identity

TITLE_BYTES = 1_000
ABSTRACT_BYTES = 50_000
NAME_BYTES = 300
MAX_AUTHORS = 1_000
MAX_ITEMS = 100


def text(value: object, limit: int = NAME_BYTES) -> str | None:
    """Give a text in one line with its white space folded, cut to `limit` bytes of UTF-8; None for no text.

    A lone surrogate becomes U+FFFD: it cannot be written as UTF-8.
    """
    if not isinstance(value, str):
        return None
    # What surely suffices is cut off first: the input may be megabytes long.
    folded = " ".join(value[: limit * 8].split())
    try:
        raw = folded.encode()
    except UnicodeEncodeError:
        raw = folded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    if len(raw) > limit:
        raw = raw[: limit - 3]
        return raw.decode("utf-8", "ignore").rstrip() + "…"
    return raw.decode() or None


def title(value: object) -> str | None:
    """Give a title of at most 1 kB."""
    return text(value, TITLE_BYTES)


def abstract(value: object) -> str | None:
    """Give an abstract of at most 50 kB."""
    return text(value, ABSTRACT_BYTES)


def names(values: Iterable[object]) -> tuple[str, ...]:
    """Give the names among the values, in their order, at most 1,000."""
    found = []
    for value in values:
        if name := text(value):
            found.append(name)
            if len(found) == MAX_AUTHORS:
                break
    return tuple(found)


def words(value: object) -> tuple[str, ...]:
    """Give the texts of a list (keywords, categories), at most 100; nothing for what is no list."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(word for item in value[:MAX_ITEMS] if (word := text(item)))


def number(value: object) -> float | None:
    """Give a finite number of at least 0, None for anything else. Whole numbers stay whole."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return value if value < 2**53 else None


def url(value: object) -> str | None:
    """Give an http(s) address of at most 2 kB, None for anything else."""
    found = text(value, 2_000)
    if not found or " " in found or not found.isprintable() or found.endswith("…"):
        return None
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def moment(value: object, *, seen: dt.datetime) -> str | None:
    """Give a moment as ISO 8601 in UTC (`2024-05-24T17:34:15Z`, or `2024-05-24`), None for a bad one.

    A date before 1900 or more than two years after `seen` is a mistake of the service.
    """
    found = text(value, 60)
    if not found:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", found, re.ASCII):
            day = dt.date.fromisoformat(found)
            return found if 1900 <= day.year <= seen.year + 2 else None
        at = dt.datetime.fromisoformat(found)
        at = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if 1900 <= at.year <= seen.year + 2 else None


def doi(value: object) -> Identity | None:
    """Give the identity of a DOI, bare or as an address; an arXiv DOI gives the arXiv id. None for no DOI."""
    found = text(value, 1_000)
    identity = (parse_identity(found) or parse_identity(f"doi:{found}")) if found else None
    return identity if identity and identity.kind in ("doi", "arxiv") else None


def gathered(*identities: Identity | None) -> dict[str, tuple[str, ...]]:
    """Gather identities by kind, each once, in the order given."""
    ids: dict[str, tuple[str, ...]] = {}
    for one in identities:
        if one and one.value not in ids.get(one.kind, ()):
            ids[one.kind] = (*ids.get(one.kind, ()), one.value)
    return ids


def partial_date(year: object, month: object = None, day: object = None, *, seen: dt.datetime) -> str | None:
    """Give a date as precisely as its parts allow (`2024`, `2024-05`, `2024-05-24`), None without a year.

    Parts may be numbers or texts; a month also its English name. A part that cannot be is left out with
    what follows it. Years are held to the same limits as in `moment`.
    """
    numbers = [_part(year), _month(month), _part(day)]
    if numbers[0] is None or not 1900 <= numbers[0] <= seen.year + 2:
        return None
    if numbers[1] is None or not 1 <= numbers[1] <= 12:
        return f"{numbers[0]:04}"
    try:
        return dt.date(numbers[0], numbers[1], numbers[2] or 0).isoformat()
    except ValueError:
        return f"{numbers[0]:04}-{numbers[1]:02}"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _part(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,4}\s*", value, re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _month(value: object) -> int | None:
    if isinstance(value, str) and (name := value.strip()[:3].lower()) in _MONTHS:
        return _MONTHS.index(name) + 1
    return _part(value)
