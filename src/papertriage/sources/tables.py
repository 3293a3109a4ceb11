"""Tables of papers as CSV or TSV: ASReview's data sets, exports of Zotero, Scopus, PubMed, and our own.

The first line names the columns. They are known by the names that those programs give them, ASReview's
as in https://asreview.readthedocs.io/en/latest/lab/data.html; all others, labels included, go to `extra`.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from papertriage.identity import parse_identity
from papertriage.model import Observation, Skipped
from papertriage.sources.people import split_authors
from papertriage.sources.references import date_text, observe

MAX_CELL = 1024 * 1024
"""Characters that a cell may have; a quote that is never closed would take the rest of the file."""

COLUMNS = {
    "title": ("title", "primary_title", "article_title", "document_title", "paper_title"),
    "abstract": ("abstract", "abstract_note", "notes_abstract", "summary"),
    "authors": ("authors", "author", "author_names", "first_authors", "author_full_names"),
    "published": ("published", "publication_date", "published_date", "date", "year", "publication_year", "pub_year"),
    "doi": ("doi", "doi_or_pmid"),
    "pmid": ("pmid", "pubmed_id"),
    "pmcid": ("pmcid",),
    "arxiv": ("arxiv", "arxiv_id"),
    "url": ("url", "urls", "link"),
    "venue": ("venue", "journal", "source_title", "publication_title", "journal/book", "journal_title"),
    "categories": ("categories",),
}
"""For each field the names of its column, the first that is filled counts. White space is written as `_` here."""

LABELS = frozenset({
    "label", "label_included", "included_label", "label_final", "final_label", "included_final", "final_included",
    "included", "included_flag", "include", "asreview_label", "label_abstract_screening",
})  # fmt: skip
"""Columns in which 1 means included and 0 excluded; they are kept as numbers."""

_NAMES = {name: field for field, names in COLUMNS.items() for name in names}


def delimiter_of(line: str) -> str | None:
    """Say what parts the columns of a table whose first line this is; None if it names no title among them."""
    for sign in ("\t", ",", ";"):
        try:
            names = next(csv.reader([line], delimiter=sign), [])
        except csv.Error:
            continue
        if any(_NAMES.get(_folded(name)) == "title" for name in names) and (len(names) > 1 or sign == ";"):
            return sign
    return None


def read_table(lines: Iterable[str], *, seen: dt.datetime, source: str) -> Iterator[Observation | Skipped]:
    """Read a table; a row that cannot be read is told with the line on which it begins."""
    csv.field_size_limit(MAX_CELL)
    lines = iter(lines)
    head = next(lines, "")
    delimiter = delimiter_of(head) or ","
    names = [_folded(name) for name in next(csv.reader([head], delimiter=delimiter), [])]
    # The reader counts lines from its own first one, which is the file's second.
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        where = f"line {rows.line_num + 2}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            reason = "one of its cells is longer than 1 MiB" if "limit" in str(error) else f"it is no row: {error}"
            yield Skipped(where=where, reason=f"{reason}; perhaps a quote is not closed")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            yield Skipped(where=where, reason=f"it has {len(row)} cells, the head of the table {len(names)}")
            continue
        plain = _plain(dict(zip(names, row, strict=False)))
        named = _id_of(plain)
        if named and not plain.get("title"):
            yield Skipped(where=where, reason=f"it has no title, only an id ({named})")
        else:
            yield observe(plain, where, seen=seen, source=source)


def _plain(row: dict[str, str]) -> dict[str, Any]:
    cells = {name: text for name, cell in row.items() if (text := cell.strip()) and text.lower() not in ("nan", "na")}
    found: dict[str, str] = {}
    for field, names in COLUMNS.items():
        if name := next((name for name in names if name in cells), None):
            found[field] = cells.pop(name)
    ids = [found.pop(field, "") for field in ("doi", "pmid", "pmcid", "arxiv")]
    named = [text for text in (cells.get("id", ""), cells.get("paper_id", "")) if parse_identity(text)]
    date = found.pop("published", None)
    authors = found.pop("authors", None)
    extra: dict[str, Any] = {name: _label(name, text) for name, text in cells.items() if name and text not in named}
    if date and not date_text(date):
        extra["date"] = date
    return {
        **found,
        "authors": split_authors(authors) if authors else None,
        "published": date_text(date),
        # A column of PMIDs may be one of DOIs too, as in `doi_or_pmid`.
        "ids": {
            "doi": ids[0] if ids[0] and not ids[0].removesuffix(".0").isdigit() else None,
            "pmid": [number for text in (ids[0], ids[1]) if (number := text.removesuffix(".0")).isdigit()],
            "pmc": ids[2] or None,
            "arxiv": ids[3] or None,
        },
        "id": named[0] if named else None,
        "extra": extra,
    }


def _id_of(plain: dict[str, Any]) -> str | None:
    """Give the id that a row has, as it is written there."""
    ids = plain["ids"]
    return next((f"{kind} {text}" for kind, value in ids.items() for text in _texts(value)), None)


def _texts(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _label(name: str, text: str) -> str | int:
    if name in LABELS and re.fullmatch(r"-?\d{1,3}(\.0)?", text, re.ASCII):
        return int(float(text))
    return text


def _folded(name: str) -> str:
    return "_".join(name.strip().strip("\ufeff\"'").lower().split())
