"""Parts that several formats show: the cleaned fields of a paper, its address, its figures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from papertriage.model import Paper, Ranked, Span
from papertriage.render.terminal import web_link
from papertriage.text import clean

_ADDRESS_OF_ID = {
    "arxiv": "https://arxiv.org/abs/",
    "doi": "https://doi.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "openreview": "https://openreview.net/forum?id=",
    "acl": "https://aclanthology.org/",
}

_PDF_OF_ID = {"arxiv": "https://arxiv.org/pdf/", "openreview": "https://openreview.net/pdf?id="}


def title_of(paper: Paper) -> str:
    """Give the cleaned title, in which the spans of hits count."""
    return clean(paper.title)


def title_spans(row: Ranked) -> list[Span]:
    """Give the places in the title where a wanted term matched."""
    return [hit.span for hit in row.score.hits if hit.field == "title" and hit.role in ("any", "all")]


def address_of(paper: Paper, *, pdf: bool = False) -> str | None:
    """Give the web page of a paper, or its PDF: as a source gave it, else made from an id; None when there is none."""
    for kind in ("pdf",) if pdf else ("page", "abs", "pdf"):
        if (address := paper.urls.get(kind)) and (link := web_link(address)):
            return link
    for kind, start in (_PDF_OF_ID if pdf else _ADDRESS_OF_ID).items():
        for value in paper.ids.get(kind, ()):
            if link := web_link(start + value):
                return link
    return None


def authors_text(paper: Paper, most: int) -> str:
    """Name the authors; of more than `most` the first ones and how many more there are."""
    names = [clean(name) for name in paper.authors]
    known = max(paper.author_count or 0, len(names))
    if not names:
        return "" if not known else plural(known, "author")
    shown = names if len(names) <= most else names[: most - 1]
    more = known - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def listed_few(names: Sequence[str], most: int) -> str:
    """Join names with commas; a cut is marked and counted: `a, b, … 3 more`."""
    if len(names) <= most:
        return ", ".join(names)
    return ", ".join([*names[:most], f"… {len(names) - most} more"])


def number(value: float) -> str:
    """Write a number without needless digits: 45, 1234567, 0.5.

    >>> [number(value) for value in (45.0, 1234567.0, 0.5)]
    ['45', '1234567', '0.5']
    """
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:g}"


def figures(signals: Mapping[str, float]) -> dict[str, float]:
    """Give signals for JSON, whole numbers without a fraction: 45, not 45.0."""
    return {name: int(value) if float(value).is_integer() else value for name, value in signals.items()}


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun: `1 paper`, `2 papers`; `many` is the plural that takes no `s`."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def window_text(since: dt.date | None, as_of: dt.date) -> str:
    """Name the days of a window: `from 2026-11-22 to 2026-11-24`."""
    if since is None:
        return f"up to {as_of}"
    return f"of {as_of}" if since == as_of else f"from {since} to {as_of}"
