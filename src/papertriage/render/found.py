"""What a search found, for people: each paper with the sentences for which it was found.

Into a pipe each paper is one line, as `list` has it. Where a terminal shows no colours, matches in sentences stand
between guillemets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from papertriage.model import Hit, Listed, Ranked, Span
from papertriage.render.excerpts import excerpts
from papertriage.render.lines import Line, Piece, marked, pad, paint, wrap
from papertriage.render.parts import address_of, plural, title_of, title_spans
from papertriage.render.table import table
from papertriage.render.terminal import visible

_MOST_EXCERPTS = 2
_LEAST_TITLE = 30
_GAP = "  "


def found(
    listed: Listed, *, width: int | None = None, color: bool = False, links: bool = False, ascii_only: bool = False
) -> str:
    """Give what was found as text; an empty list is an empty text (`found_line` says why).

    Args:
        width: of the terminal in cells; None for a pipe or a file.
        color: with escape codes of a terminal.
        links: titles are hyperlinks, where `color` allows escape codes.
        ascii_only: for an output that cannot show more.
    """
    if width is None:
        return table(listed, ascii_only=ascii_only, color=color, links=links)
    page = _Page(max(1, width), len(str(len(listed.rows))), color=color, ascii_only=ascii_only)
    return paint((line for row in listed.rows for line in page.lines(row)), color=color, links=links)


class _Page:
    """How the papers are laid out.

    Args:
        width: in cells.
        digits: of the longest rank.
    """

    def __init__(self, width: int, digits: int, *, color: bool, ascii_only: bool) -> None:
        self._width = width
        self._digits = digits
        self._color = color
        self._ascii_only = ascii_only
        self._indent = digits + len(_GAP)

    def lines(self, row: Ranked) -> list[Line]:
        """Give one paper: rank, day and title; the sentences; id, sources, state and score."""
        paper = row.paper
        link = address_of(paper) or ""
        title = marked(title_of(paper), title_spans(row), link=link, ascii_only=self._ascii_only)
        head = [*pad([Piece(str(row.rank), "faint")], self._digits, right=True), Piece(_GAP)]
        day = [Piece(paper.day.isoformat()), Piece(_GAP)]
        indent = self._indent + 10 + len(_GAP)
        if self._width - indent < _LEAST_TITLE:
            made = wrap([*head, *day], self._width)
            self._indent = indent = min(2, self._width - 1)
            made += self._fit(title or [Piece("(no title)", "faint")], indent)
        else:
            made = self._fit(title or [Piece("(no title)", "faint")], indent)
            made[0] = [*head, *day, *made[0][1:]]
        for sentence in self._sentences(row.score.hits, row):
            made += self._fit(sentence, indent)
        texts = [paper.id, ", ".join(paper.sources), row.state or "", f"{row.score.total:.2f}"]
        separator = " - " if self._ascii_only else " · "
        told = separator.join(visible(text, ascii_only=self._ascii_only) for text in texts if text)
        return made + self._fit([Piece(told, "faint")], indent)

    def _sentences(self, hits: Sequence[Hit], row: Ranked) -> list[Line]:
        """Give the places in the abstract that have most of what was looked for, and one of each other field."""
        fields: dict[str, list[Hit]] = {}
        for hit in hits:  # how it matched does not part the hits of one sentence here
            if hit.field != "title":
                fields.setdefault(hit.field, []).append(msgspec.structs.replace(hit, kind="exact", similarity=100.0))
        made: list[Line] = []
        for field, here in fields.items():
            stretches = excerpts(row.paper, here)
            most = _MOST_EXCERPTS if field == "abstract" else 1
            told = sorted(range(len(stretches)), key=lambda at: (-_different(stretches[at]), at))[:most]
            for at in sorted(told):
                _, text, spans = stretches[at]
                named = [] if field == "abstract" else [Piece(f"{field}: ", "faint")]
                made.append([*named, *marked(text, spans, ascii_only=self._ascii_only, brackets=not self._color)])
        return made

    def _fit(self, line: Line, indent: int) -> list[Line]:
        space = Piece(" " * indent)
        return [[space, *part] for part in wrap(line, max(1, self._width - indent))]


def _different(stretch: tuple[Hit, str, Sequence[Span]]) -> int:
    """Count the different words that are marked in a stretch."""
    _, text, spans = stretch
    return len({text[span.start : span.end].casefold() for span in spans})


def found_line(listed: Listed, *, newest: dt.date | None = None) -> str:
    """Say in one sentence how much was found, for standard error.

    Args:
        newest: the latest day of any cached paper.
    """
    if not listed.cached:
        return "No papers: the cache is empty. `papertriage fetch` fills it."
    cached = f"{plural(listed.cached, 'paper')} cached" + (f", the newest of {newest}" if newest else "")
    if not listed.rows:
        return f"No paper fits ({cached}). word~ takes misspellings, word* what begins so, OR any of two."
    more = listed.in_window - len(listed.rows)
    fit = "1 paper fits" if listed.in_window == 1 else f"{listed.in_window} papers fit"
    return f"{fit}" + (f"; {len(listed.rows)} shown, --limit shows more." if more else ".")
