"""Screening decisions as CSV: title, abstract and whether each paper was included.

Columns are known by the names that ASReview and the usual programs give them (`tables.py`). A file may be compressed
with gzip, and its columns may be parted by commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from papertriage.errors import Fault, InputFileError, Place, UsageError
from papertriage.model import Paper, day_of
from papertriage.sources.people import split_authors
from papertriage.sources.references import date_text
from papertriage.sources.tables import COLUMNS, LABELS, MAX_CELL, delimiter_of

MAX_SIZE = 256 * 1024 * 1024
"""Largest content in bytes: half a million abstracts."""

FAULTS_TOLD = 10

BEST_FIRST = ("label_included", "included", "included_label", "final_included", "label")
"""Of several columns of labels the first of these counts, else the first in the file."""

_YES = frozenset({"1", "1.0", "yes", "y", "true", "include", "included", "relevant"})
_NO = frozenset({"0", "0.0", "no", "n", "false", "exclude", "excluded", "irrelevant", "not relevant"})
_NONE = frozenset({"", "-1", "-1.0", "nan", "na", "none"})


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """Papers on which somebody decided.

    Attributes:
        papers: in the order of the file.
        wanted: whether each was included.
        column: where that was told.
        undecided: how many rows are left out since they have no label.
    """

    papers: tuple[Paper, ...]
    wanted: tuple[bool, ...]
    column: str
    undecided: int = 0


def read_labels(path: Path, *, column: str | None = None) -> Labelled:
    """Read a file of labels.

    Args:
        column: where it is told whether a paper was included; None looks for a usual name.

    Raises:
        UsageError: the file cannot be read, lacks a column or has no paper of one kind.
        InputFileError: rows have mistakes; they are told with their lines.
    """
    text = _text(path)
    head, _, rest = text.partition("\n")
    delimiter = delimiter_of(head.rstrip("\r"))
    if delimiter is None:
        raise UsageError(f"{path}: its first line names no column `title`.", "It should be a CSV file with a head.")
    names = next(csv.reader([head.rstrip("\r")], delimiter=delimiter))
    folded = ["_".join(name.strip().strip("\ufeff\"'").lower().split()) for name in names]
    fields = {
        field: at
        for field, known in COLUMNS.items()
        if (at := next((folded.index(name) for name in known if name in folded), None)) is not None
    }
    label_at = _label_column(path, names, folded, column)
    return _labelled(path, _rows(path, rest, delimiter), fields, label_at, names[label_at].strip())


def _label_column(path: Path, names: Sequence[str], folded: Sequence[str], column: str | None) -> int:
    if column is not None:
        wanted = "_".join(column.strip().lower().split())
        if wanted in folded:
            return folded.index(wanted)
        raise UsageError(f"{path} has no column “{column}”.", f"It has {', '.join(names[:20])}.")
    known = [name for name in BEST_FIRST if name in folded] or [name for name in folded if name in LABELS]
    if not known:
        raise UsageError(
            f"{path} has no column that says what was included, such as `included` or `label_included`.",
            f"Name it with --label; there are {', '.join(names[:20])}.",
        )
    return folded.index(known[0])


def _rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows, each with the line on which it begins."""
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = rows.line_num + 2
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputFileError(
                [
                    Fault(
                        Place(str(path), line), f"this is no row of a table: {error}.", "Perhaps a quote is not closed."
                    )
                ]
            ) from None
        if any(cell.strip() for cell in row):
            yield line, row


def _labelled(
    path: Path, rows: Iterator[tuple[int, list[str]]], fields: dict[str, int], label_at: int, column: str
) -> Labelled:
    papers: list[Paper] = []
    wanted: list[bool] = []
    faults: list[Fault] = []
    undecided = 0
    for line, row in rows:
        place = Place(str(path), line)
        label = row[label_at].strip().lower() if label_at < len(row) else None
        if label is None:
            faults.append(Fault(place, f"the row has {len(row)} cells and no `{column}`."))
        elif label in _NONE:
            undecided += 1
        elif label in _YES or label in _NO:
            papers.append(_paper(line, {name: row[at].strip() for name, at in fields.items() if at < len(row)}))
            wanted.append(label in _YES)
        else:
            faults.append(Fault(place, f"`{column}` is “{row[label_at].strip()[:40]}”; expected 1 or 0."))
    if faults:
        more = len(faults) - FAULTS_TOLD
        rest = [Fault(faults[FAULTS_TOLD].place, f"and {more} more rows from here on.")] if more > 0 else []
        raise InputFileError([*faults[:FAULTS_TOLD], *rest])
    if len(set(wanted)) < 2:
        kind = "included" if not any(wanted) else "excluded"
        raise UsageError(f"{path}: no paper is {kind} in `{column}`.", "A screening needs papers of both kinds.")
    return Labelled(papers=tuple(papers), wanted=tuple(wanted), column=column, undecided=undecided)


def _paper(line: int, cells: dict[str, str]) -> Paper:
    published = date_text(cells.get("published"))
    day = day_of(published) or dt.date(1970, 1, 1)
    return Paper(
        id=f"line:{line}",
        title=cells.get("title", ""),
        abstract=cells.get("abstract") or None,
        authors=tuple(split_authors(cells["authors"]) or ()) if cells.get("authors") else (),
        published=published,
        venue=cells.get("venue") or None,
        day=day,
        first_seen=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        aliases=(f"line:{line}",),
    )


def _text(path: Path) -> str:
    too_large = UsageError(f"{path} holds more than {MAX_SIZE // 2**20} MiB.", "Evaluate a part of it.")
    with path.open("rb") as file:
        body = file.read(MAX_SIZE + 1)
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                body = packed.read(MAX_SIZE + 1)
        except (OSError, EOFError, zlib.error):
            raise UsageError(f"{path} is compressed and damaged.", "Get it anew.") from None
    if len(body) > MAX_SIZE:
        raise too_large
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise InputFileError([Fault(Place(str(path), line), "this line is not UTF-8.", "Save it as UTF-8.")]) from None
