"""CSL-JSON, as Zotero, Mendeley, pandoc and DOI resolvers write it, in the form of plain records.

Its schema: https://github.com/citation-style-language/schema/blob/master/schemas/input/csl-data.json
"""

from __future__ import annotations

from typing import Any

_OWN = ("issued", "container-title", "DOI", "citation-key", "event-date", "collection-title")
"""Names that only CSL uses so."""

_TAKEN = frozenset({"title", "abstract", "author", "issued", "DOI", "PMID", "URL", "container-title", "id"})


def is_csl(record: dict[str, Any]) -> bool:
    """Say whether a record is one of CSL-JSON."""
    return isinstance(record.get("type"), str) and any(name in record for name in _OWN)


def to_plain(record: dict[str, Any]) -> dict[str, Any]:
    """Give the record in the form of a plain record; what has no place there goes to `extra`."""
    authors = record.get("author")
    extra = {name: value for name, value in record.items() if name not in _TAKEN}
    if "id" in record:
        extra["key"] = record["id"]
    return {
        "title": _text(record.get("title")),
        "abstract": _text(record.get("abstract")),
        "authors": [_name(who) for who in authors] if isinstance(authors, list) else None,
        "published": _date(record.get("issued")),
        "doi": _text(record.get("DOI")),
        "pmid": _text(record.get("PMID")),
        "url": _text(record.get("URL")),
        "venue": _text(record.get("container-title")),
        "extra": extra,
    }


def _text(value: object) -> Any:
    """Give the text; of a list, as Crossref writes it, the first."""
    if isinstance(value, list):
        return value[0] if value else None
    return str(value) if isinstance(value, int) else value


def _name(who: object) -> Any:
    if not isinstance(who, dict):
        return who
    parts = [who.get(key) for key in ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")]
    return who.get("literal") or " ".join(part for part in parts if isinstance(part, str) and part)


def _date(issued: object) -> Any:
    """Give the date of `{"date-parts": [[2020, 5, 1]]}`, parts as numbers or texts; of a range its first."""
    if not isinstance(issued, dict):
        return issued if isinstance(issued, str) else None
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        numbers = [str(part) for part in first[:3]]
        return "-".join([numbers[0].zfill(4), *(number.zfill(2) for number in numbers[1:])])
    return issued.get("raw") or issued.get("literal")
