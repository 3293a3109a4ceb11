"""The ranked list for programs: JSON, JSON lines, tab- and comma-separated values, ids.

Texts are cleaned, so that the `start` and `end` of a hit index them. JSON escapes every character that a terminal
would obey or a reader would not see; the other formats replace it by what `visible` shows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from papertriage.model import Hit, Listed, Ranked
from papertriage.patterns import pattern
from papertriage.render.missing import lacked_text
from papertriage.render.parts import address_of, figures, number, title_of
from papertriage.render.terminal import hidden, visible
from papertriage.text import clean

ENVELOPE_VERSION = 1
"""Of the JSON that commands print; it grows when a field changes its meaning, not when one is added."""


def record(row: Ranked) -> dict[str, Any]:
    """Give one row as JSON values: the fields that are always there, then those that have a value."""
    paper, score = row.paper, row.score
    always: dict[str, Any] = {
        "rank": row.rank,
        "id": paper.id,
        "title": title_of(paper),
        "authors": [clean(name) for name in paper.authors],
        "abstract": None if paper.abstract is None else clean(paper.abstract),
        "published": paper.published,
        "announced": paper.announced and paper.announced.isoformat(),
        "day": paper.day.isoformat(),
        "categories": list(paper.categories),
        "url": address_of(paper),
        "sources": list(paper.sources),
        "signals": figures(paper.signals),
        "score": score.total,
        "topics": [{"name": topic.name, "score": topic.score} for topic in score.topics],
        "hits": [hit_record(hit) for hit in score.hits],
        "state": row.state,
    }
    sometimes = {
        "note": row.note,
        "trend": row.trend,
        "growth": row.growth,
        "lacked": row.lacked
        and {
            "topic": row.lacked.topic or None,
            "things": list(row.lacked.things),
            "would_score": row.lacked.would_score,
        },
        "excluded": score.excluded,
        "below": score.below,
        "ids": {kind: list(values) for kind, values in paper.ids.items()},
        "author_count": paper.author_count,
        "updated": paper.updated,
        "version": paper.version,
        "venue": paper.venue and clean(paper.venue),
        "organization": paper.organization and clean(paper.organization),
        "comment": paper.comment and clean(paper.comment),
        "urls": paper.urls,
    }
    return always | {name: value for name, value in sometimes.items() if value not in (None, "", {}, [])}


def hit_record(hit: Hit) -> dict[str, Any]:
    """Give one hit as JSON values; `start` and `end` count characters of the field's text."""
    return {
        "topic": hit.topic,
        "role": hit.role,
        "term": hit.term,
        "field": hit.field,
        "text": hit.text,
        "start": hit.span.start,
        "end": hit.span.end,
        "similarity": round(hit.similarity, 2),
        "kind": hit.kind,
        "rule": str(hit.place),
    }


def to_json(value: object, *, indent: int | None = None) -> str:
    r"""Write JSON that is safe to print: hidden characters as `\u001b`, half characters as U+FFFD, no NaN."""
    text = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, indent=indent)
    parts = [_escaped(line) for line in text.split("\n")]  # line feeds in strings are escaped already
    return "\n".join(parts)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _escaped(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    return "".join(_escape(sign) if hidden(sign) else sign for sign in line)


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def jsonl(listed: Listed) -> str:
    """Give one JSON object a line for each paper."""
    return "".join(to_json(record(row)) + "\n" for row in listed.rows)


def json_envelope(listed: Listed) -> str:
    """Give the whole list as one JSON object, with what it leaves out."""
    envelope = {
        "version": ENVELOPE_VERSION,
        "since": listed.since and listed.since.isoformat(),
        "as_of": listed.as_of.isoformat(),
        "cached": listed.cached,
        "in_window": listed.in_window,
        "left_out": dict(listed.left_out),
        "papers": [record(row) for row in listed.rows],
    }
    return to_json(envelope, indent=2) + "\n"


def ids(listed: Listed) -> str:
    """Give one id a line, as other commands read them."""
    return "".join(visible(row.paper.id) + "\n" for row in listed.rows)


_COLUMNS = (
    "rank",
    "score",
    "id",
    "title",
    "authors",
    "day",
    "votes",
    "topics",
    "sources",
    "categories",
    "url",
    "state",
    "note",
)


def _cells(row: Ranked) -> dict[str, str]:
    """Give one row as text by column; lists are joined by `; `."""
    paper, score = row.paper, row.score
    upvotes = paper.signals.get("upvotes")
    return {
        "rank": str(row.rank),
        "score": f"{score.total:.2f}",
        "id": paper.id,
        "title": title_of(paper),
        "authors": "; ".join(clean(name) for name in paper.authors),
        "day": paper.day.isoformat(),
        "votes": "" if upvotes is None else number(upvotes),
        "topics": "; ".join(topic.name for topic in score.topics),
        "sources": "; ".join(paper.sources),
        "categories": "; ".join(paper.categories),
        "url": address_of(paper) or "",
        "state": row.state or "",
        "note": row.note or "",
        "lacked": lacked_text(row.lacked),
    }


def tsv(listed: Listed) -> str:
    """Give a header line and one line a paper, cells parted by tabs; tabs and breaks inside are made visible.

    The column `lacked` is there in lists of what is not listed.
    """
    columns = [*_COLUMNS, "lacked"] if any(row.lacked for row in listed.rows) else _COLUMNS
    rows = [_cells(row) for row in listed.rows]
    lines = [columns, *([visible(row[name]) for name in columns] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


# Spreadsheets run a cell that begins so; the wide forms too, in some languages
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = pattern(r"[=+\-@\t\r\n\0＝＋－＠]")
_FIGURES = ("rank", "score", "votes")


def csv(listed: Listed) -> str:
    """Give the list as RFC 4180 has it (https://www.rfc-editor.org/rfc/rfc4180), for spreadsheets.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    import csv as csv_module  # its name is this function's
    import io

    out = io.StringIO(newline="")
    writer = csv_module.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in listed.rows:
        writer.writerow(
            text if name in _FIGURES else ("'" if _FORMULA.match(text) else "") + visible(text)
            for name, text in _cells(row).items()
            if name in _COLUMNS
        )
    return out.getvalue()
