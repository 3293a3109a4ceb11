r"""BibTeX and BibLaTeX, read with bibtexparser.

LaTeX in fields stays as it is, braces that keep letters' case included: texts are resolved in one place
(`text.clean`), when they are matched or shown. Names follow BibTeX's own rules for the order of their
parts, `{…}` and `and` (`btxdoc`, section 4: https://ctan.org/pkg/bibtex). Fields of BibLaTeX:
https://ctan.org/pkg/biblatex, section 2.2.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from typing import Any

from papertriage.model import Observation, Skipped
from papertriage.patterns import pattern
from papertriage.sources.references import date_text, observe

ENTRY = pattern(
    r"^[ \t]*@(?:article|book|booklet|collection|conference|dataset|electronic|in\w+|manual|(?:master|phd)?sthesis|"
    r"mastersthesis|phdthesis|misc|mv\w+|online|patent|periodical|proceedings|report|software|string|techreport|"
    r"thesis|unpublished|www|comment|preamble)\s*[{(]",
    re.IGNORECASE | re.MULTILINE | re.ASCII,
)
"""How an entry begins."""

_TAKEN = {
    *("title", "author", "abstract", "date", "year", "month", "day", "doi", "pmid", "pmcid", "url"),
    *("eprint", "archiveprefix", "eprinttype", "primaryclass", "eprintclass", "journal", "journaltitle", "booktitle"),
}
_ESCAPED = pattern(r"\\([_%&#$~])")
_URL = pattern(r"\\(?:url|href)\s*\{([^}]*)\}.*", re.DOTALL)


def read_bibtex(text: str, *, seen: dt.datetime, source: str) -> Iterator[Observation | Skipped]:
    """Read the entries of a file; one that cannot be parsed is told with its line, and the others are read.

    Two entries with one key are two papers.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

    # What it logs is told by the blocks; without a handler Python would print it.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    library = parse_string(text)
    for block in library.blocks:
        where = f"line {(block.start_line or 0) + 1}"
        if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            block = block.ignore_error_block or block  # noqa: PLW2901 - the entry inside
        if isinstance(block, Entry):
            yield observe(_plain(block.entry_type, block.key, _fields(block)), where, seen=seen, source=source)
        elif block in library.failed_blocks:
            error = " ".join(str(getattr(block, "error", "")).split()).rstrip(".")[:200]
            yield Skipped(where=where, reason=f"it is no whole entry of BibTeX ({error})")


def _fields(entry: Any) -> dict[str, str]:
    """Give the fields by their names in lower case, without the braces around; of one given twice the first."""
    found: dict[str, str] = {}
    for field in entry.fields:
        text = str(field.value).strip()
        for _ in range(3):  # `{{Title}}` is usual, more is not
            if len(text) > 1 and ((text[0] == "{" and _closes(text)) or text[0] + text[-1] == '""'):
                text = text[1:-1].strip()
        if text:
            found.setdefault(field.key.lower(), text)
    return found


def _closes(text: str) -> bool:
    """Say whether the first brace is closed by the last sign of the text."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return place == len(text) - 1
    return False


def _plain(kind: str, key: str, fields: dict[str, str]) -> dict[str, Any]:
    verbatim = {name: _ESCAPED.sub(r"\1", text) for name, text in fields.items()}
    eprint, prefix = verbatim.get("eprint"), (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    classes = fields.get("primaryclass") or fields.get("eprintclass")
    of_arxiv = eprint and prefix in ("", "arxiv")
    url = verbatim.get("url")
    extra: dict[str, Any] = {"key": key, "type": kind.lower()}
    extra |= {name: text for name, text in fields.items() if name not in _TAKEN}
    if eprint and not of_arxiv:
        extra["eprint"] = eprint
    return {
        "title": fields.get("title"),
        "abstract": fields.get("abstract"),
        "authors": names(fields.get("author", "")),
        "published": _date(fields),
        "ids": {
            "doi": verbatim.get("doi"),
            "arxiv": eprint if of_arxiv else None,
            "pmid": verbatim.get("pmid") or (eprint if prefix in ("pubmed", "pmid") else None),
            "pmc": verbatim.get("pmcid"),
        },
        "url": _URL.sub(r"\1", url) if url else None,
        "venue": fields.get("journal") or fields.get("journaltitle") or fields.get("booktitle"),
        "categories": [classes] if classes and of_arxiv else None,
        "extra": extra,
    }


def _date(fields: dict[str, str]) -> str | None:
    if date := date_text(fields.get("date", "").partition("/")[0]):
        return date
    year, month, day = (fields.get(name, "").strip('{}" ') for name in ("year", "month", "day"))
    if month.isdigit():
        return date_text("-".join([year, month.zfill(2), *([day.zfill(2)] if day.isdigit() else [])]))
    return date_text(f"{year} {month} {day}".strip()) if month else date_text(year)


def names(text: str) -> list[str]:
    r"""Part an author field into names, `Given Family` each; `and others` at its end is none.

    >>> names(r"Knuth, Donald E. and {Barnes and Noble} and von Neumann, John and M{\"u}ller, Jr., J{\"u}rgen")
    ['Donald E. Knuth', '{Barnes and Noble}', 'John von Neumann', 'J{\\"u}rgen M{\\"u}ller Jr.']
    """
    found = []
    for name in _parts(" ".join(text.split()), " and "):
        if name.lower() == "others":
            continue
        family, *rest = _parts(name, ",")
        # BibTeX puts a suffix between the two: `King, Jr., Martin Luther`.
        given, suffix = (rest[-1], " ".join(rest[:-1])) if rest else ("", "")
        found.append(" ".join(part for part in (given, family, suffix) if part))
    return found


def _parts(text: str, separator: str) -> list[str]:
    """Split where the separator stands outside braces; empty parts are left out."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(text):
        sign = text[place]
        depth += (sign == "{") - (sign == "}")
        if depth <= 0 and text[place : place + len(separator)].lower() == separator:
            parts.append(text[start:place])
            place += len(separator)
            start = place
        else:
            place += 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]
