"""Records of bibliographies (BibTeX, RIS, CSV, CSL-JSON, MEDLINE) as observations.

Their parsers bring each record into the form of a plain record (`plain.py`) and hand it to `observe`.
What such a file calls a record (a citation key, the number of a row) says nothing outside of it, and
titles such as `Editorial` are many; so a record without an identity that holds across services is
known by its title, the surname of its first author and its year: `import:r-0123456789abcdef`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from papertriage.model import Observation, Skipped
from papertriage.patterns import pattern
from papertriage.sources.plain import UnusableError, from_plain, iso_moment
from papertriage.sources.records import MAX_OBSERVATION

MAX_LINE = 4 * 1024 * 1024
"""Longest line of text that is read, in bytes; of a longer one the rest is dropped."""

_MONTHS = {name: f"{number:02}" for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_NUMBERS = pattern(r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?(?:\.0)?(?!\d)", re.ASCII)
_COMPACT = pattern(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?!\d)", re.ASCII)
_YEAR_FIRST = pattern(r"(?P<y>\d{4})\s+(?P<month>[a-z]{3})[a-z]*\.?(?:\s+(?P<d>\d{1,2})(?!\d))?", re.ASCII)
_DAY_FIRST = pattern(r"(?:(?P<d>\d{1,2})\s+)?(?P<month>[a-z]{3})[a-z]*\.?,?\s+(?P<y>\d{4})(?!\d)", re.ASCII)
_MONTH_FIRST = pattern(r"(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})(?!\d)", re.ASCII)


def observe(record: dict[str, Any], where: str, *, seen: dt.datetime, source: str) -> Observation | Skipped:
    """Make an observation of a record in the form of a plain record, or say why there is none.

    Args:
        record: fields that are None count as absent.
        where: which record it is, for `Skipped.where`.
    """
    try:
        found = from_plain(record, seen=seen, source=source, by_reference=True)
    except UnusableError as error:
        return Skipped(where=where, reason=str(error))
    if len(msgspec.json.encode(found)) > MAX_OBSERVATION:
        return Skipped(where=where, reason="it is longer than 4 MiB, though its title, abstract and authors were cut")
    return found


def date_text(text: str | None) -> str | None:
    """Give a date as `2024`, `2024-05` or `2024-05-24`, at the precision that it has; None for what is none.

    >>> date_text("2020/5/1/"), date_text("1999.0"), date_text("2002 Sep 12"), date_text("2019 Jan-Feb")
    ('2020-05-01', '1999', '2002-09-12', '2019-01')
    >>> date_text("12 September 2002"), date_text("Sep. 2002"), date_text("20200512"), date_text("in press")
    ('2002-09-12', '2002-09', '2020-05-12', None)
    """
    text = (text or "").strip().lower()[:60]
    if exact := iso_moment(text):
        return exact
    for order in (_COMPACT, _MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST, _NUMBERS):
        if not (found := order.match(text)):
            continue
        part = found.groupdict()
        month = _MONTHS.get(part["month"]) if part.get("month") else (part.get("m") or "").zfill(2)
        if not month or month == "00":
            return iso_moment(part["y"])
        day = part.get("d")
        exact = iso_moment(f"{part['y']}-{month}-{day.zfill(2)}") if day else None
        return exact or iso_moment(f"{part['y']}-{month}") or iso_moment(part["y"])
    return iso_moment(text[:4])


def turned(name: str) -> str:
    """Give `Family, Given` or `Family, Given, Suffix` as `Given Family Suffix`.

    >>> turned("Mangalam, Harry"), turned("King, Martin Luther, Jr."), turned("The ATLAS Collaboration")
    ('Harry Mangalam', 'Martin Luther King Jr.', 'The ATLAS Collaboration')
    """
    family, *rest = [part.strip() for part in name.split(",", 2)]
    return " ".join(part for part in (rest[0] if rest else "", family, *rest[1:]) if part)


def text_lines(stream: BinaryIO) -> Iterator[str]:
    r"""Read lines of text, each in UTF-8 or, where it is not, in Windows-1252; they keep their `\n`."""
    first = True
    while line := stream.readline(MAX_LINE):
        rest = line
        while len(rest) == MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE)
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        try:
            yield line.decode()
        except UnicodeDecodeError:
            yield line.decode("cp1252", "replace")
