"""Bibliographies of tagged lines: RIS, and MEDLINE as PubMed exports it (`.nbib`).

    TY  - JOUR                      PMID- 12230038
    TI  - The Bio* toolkits         TI  - The Bio* toolkits--a brief overview.
    AU  - Mangalam, Harry           FAU - Mangalam, Harry
    ER  -

A line without a tag goes on with the one before. RIS: its specification as Zotero and others keep it,
https://en.wikipedia.org/wiki/RIS_(file_format); tags are used unlike from one service to the next, so
that each field has several. MEDLINE: https://www.nlm.nih.gov/bsd/mms/medlineelements.html.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from papertriage.model import Observation, Skipped
from papertriage.patterns import pattern
from papertriage.sources.references import date_text, observe, turned

MAX_FIELDS = 20_000
"""Lines that a record may have; with more its end was lost."""

_RIS = pattern(r"([A-Z][A-Z0-9]) {1,3}-(?: |$)(.*)", re.ASCII)
_MEDLINE = pattern(r"([A-Z]{2,4}) {0,2}- (.*)", re.ASCII)

Record = dict[str, list[str]]


def read_ris(lines: Iterable[str], *, seen: dt.datetime, source: str) -> Iterator[Observation | Skipped]:
    """Read RIS; a record ends with `ER`, with the next `TY` or with the file."""
    for number, record in _records(lines, _RIS, first="TY", last="ER"):
        yield observe(_from_ris(record), f"line {number}", seen=seen, source=source)


def read_medline(lines: Iterable[str], *, seen: dt.datetime, source: str) -> Iterator[Observation | Skipped]:
    """Read MEDLINE; each record begins with `PMID`."""
    for number, record in _records(lines, _MEDLINE, first="PMID", last=None):
        yield observe(_from_medline(record), f"line {number}", seen=seen, source=source)


def _records(
    lines: Iterable[str], tagged: re.Pattern[str], *, first: str, last: str | None
) -> Iterator[tuple[int, Record]]:
    """Give the records, each with the number of its first line."""
    record: Record = {}
    values: list[str] | None = None
    start = count = 0
    for number, raw in enumerate(lines, 1):
        line = raw.strip("\r\n\ufeff")
        found = tagged.match(line)
        if found and (found[1] == first or found[1] == last or count > MAX_FIELDS):
            if record:
                yield start, record
            record, values, count = {}, None, 0
            if found[1] == last:
                continue
            start = number
        if found:
            if not record:
                start = start if found[1] == first else number
            values = record.setdefault(found[1], [])
            values.append(found[2].strip())
            count += 1
        elif values is not None and line.strip():
            values[-1] += f" {line.strip()}"
            count += 1
    if record:
        yield start, record


def _first(record: Record, *tags: str) -> str | None:
    """Give the first text that is there under one of the tags."""
    return next((value for tag in tags for value in record.get(tag, ()) if value), None)


def _all(record: Record, *tags: str) -> list[str]:
    """Give all texts under the first of the tags that is there."""
    return next((values for tag in tags if (values := [value for value in record.get(tag, ()) if value])), [])


_RIS_TAKEN = {
    *("TY", "TI", "T1", "CT", "BT", "AB", "N2", "AU", "A1", "PY", "Y1", "DA", "DO"),
    *("UR", "LK", "L1", "L2", "JO", "JF", "T2", "JA", "J2", "J1"),
}
_RIS_NAMES = {"N1": "notes", "KW": "keywords", "ID": "key", "AN": "accession", "DB": "database", "SN": "issn"}


def _from_ris(record: Record) -> dict[str, Any]:
    extra: dict[str, Any] = {"type": _first(record, "TY")}
    for tag, values in record.items():
        kept = [value for value in values if value]
        if tag not in _RIS_TAKEN and kept:
            extra[_RIS_NAMES.get(tag, tag)] = kept if len(kept) > 1 or tag == "KW" else kept[0]
    year, day = date_text(_first(record, "PY", "Y1")), date_text(_first(record, "DA"))
    accession = _first(record, "AN") or ""
    of_pubmed = re.search("pubmed|medline", _first(record, "DB") or "", re.IGNORECASE) and accession.isdigit()
    return {
        "title": _first(record, "TI", "T1", "CT", "BT"),
        "abstract": _first(record, "AB", "N2"),
        "authors": [turned(name) for name in _all(record, "AU", "A1")],
        "published": day if day and (not year or day.startswith(year)) else year,
        "doi": _first(record, "DO"),
        "pmid": accession if of_pubmed else None,
        "url": next((link for link in _all(record, "UR", "LK", "L2") if link.startswith("http")), None),
        "pdf_url": next((link for link in _all(record, "L1") if link.startswith("http")), None),
        "venue": _first(record, "JO", "JF", "T2", "JA", "J2", "J1"),
        "extra": extra,
    }


_MEDLINE_NAMES = {"OT": "keywords", "MH": "mesh", "PT": "publication_types", "LA": "language"}


def _from_medline(record: Record) -> dict[str, Any]:
    dois = [value.removesuffix("[doi]").strip() for value in _all(record, "LID") + _all(record, "AID")
            if value.endswith("[doi]")]  # fmt: skip
    pmc = _first(record, "PMC")
    return {
        "ids": {"pmid": _first(record, "PMID"), "doi": dois[:1] or None, "pmc": pmc},
        "title": _first(record, "TI", "BTI", "TT"),
        "abstract": _first(record, "AB"),
        "authors": [turned(name) for name in _all(record, "FAU", "AU")] + _all(record, "CN"),
        "published": date_text(_first(record, "DP")),
        "venue": _first(record, "JT", "TA"),
        "extra": {name: values for tag, name in _MEDLINE_NAMES.items() if (values := _all(record, tag))},
    }
