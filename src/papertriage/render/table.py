"""The ranked list as a table for people.

On a terminal a sign before the title says what the user said of a paper (★ star, ◷ later, ✗ skip, ✓ read), in a column
that is there only where some paper of the list has one; in a pipe the word stands there.

The table fits the width of the terminal: with room for all columns each paper is one row; with less, topics, sources
and id stand in a faint line under the title; with still less, day and votes too; at last even rank and score stand
above the title. Titles and ids are wrapped, never cut; only a long list of topics is, with a mark and a count. Without
a width (a pipe, a file) each paper is one line with its title last, for grep.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import zip_longest

import msgspec

from papertriage.model import Listed, Ranked
from papertriage.render.lines import Line, Piece, cells, length, marked, pad, paint, wrap
from papertriage.render.missing import lacked_text
from papertriage.render.parts import address_of, listed_few, number, plural, title_of, title_spans, window_text
from papertriage.render.terminal import visible

_GAP = 2
_ROOMY_TITLE = 80  # least width of a title for every column to have its natural width
_WIDE_TITLE = 40  # … for every column to stand in the row, topics and sources narrowed
_COMPACT_TITLE = 24  # … for day and votes
_NARROW_TITLE = 12  # … for rank and score
_MOST_TOPICS = 3
_MARKS = {"star": "★", "later": "◷", "skip": "✗", "read": "✓"}
_ASCII_MARKS = {"star": "*", "later": ">", "skip": "x", "read": "v"}


def table(
    listed: Listed, *, width: int | None = None, color: bool = False, links: bool = False, ascii_only: bool = False
) -> str:
    """Give a ranked list as text; an empty list is an empty text (`left_out_line` says why).

    Args:
        width: of the terminal in cells; None for a pipe or a file.
        color: with escape codes of a terminal.
        links: titles are hyperlinks, where `color` allows escape codes.
        ascii_only: for an output that cannot show more.
    """
    return paint(_lines(listed, width, ascii_only=ascii_only), color=color, links=links)


def svg(listed: Listed, *, width: int = 100, title: str = "papertriage list") -> str:
    """Give the table as a picture of a terminal window."""
    import io  # only this function needs rich's console

    from rich.console import Console
    from rich.text import Text

    from papertriage.render.lines import STYLES

    console = Console(
        file=io.StringIO(),
        record=True,
        width=width,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for line in _lines(listed, width, ascii_only=False):
        text = Text(no_wrap=True, overflow="ignore", end="\n")
        for piece in line:
            text.append(piece.text, STYLES[piece.style])
        console.print(text, crop=False, soft_wrap=True, markup=False, emoji=False, highlight=False)
    return console.export_svg(title=visible(title), unique_id="papertriage")


def left_out_line(listed: Listed, *, newest: dt.date | None = None) -> str:
    """Say in one sentence what the list leaves out, or why it is empty; "" when there is nothing to say.

    Args:
        newest: the latest day of any cached paper, told when the window is empty.

    It is for standard error: the list itself stays data.
    """
    counted = ", ".join(f"{count} {reason}" for reason, count in listed.left_out.items() if count)
    left_out = sum(listed.left_out.values())
    hint = _hint(listed)
    if listed.rows:
        return f"{plural(left_out, 'paper')} not shown: {counted}{hint}." if left_out else ""
    if not listed.cached and newest and newest > listed.as_of:
        return f"No papers: all that is cached is later than {listed.as_of}, the newest of {newest}."
    if not listed.cached:
        return "No papers: the cache is empty. `papertriage fetch` fills it."
    window = window_text(listed.since, listed.as_of)
    further = "" if listed.since is None else "; --since DATE looks further back, --all everywhere"
    if left_out and left_out == listed.left_out.get("filtered out"):
        asked = "state, source, category or author asked for"
        return f"No papers to show: none of {plural(left_out, 'paper')} {window} has the {asked}{further}."
    if left_out:
        return f"No papers to show: of {plural(left_out, 'paper')} {window} {counted}{hint}."
    cached = f"{plural(listed.cached, 'paper')} cached" + (f", the newest of {newest}" if newest else "")
    return f"No papers {window} ({cached}){further}."


def _hint(listed: Listed) -> str:
    reasons = {reason for reason, count in listed.left_out.items() if count}
    if reasons == {"past the limit"}:
        return "; --limit shows more"
    # Without a window `--all` was given already; what is excluded stays out even so.
    if listed.since is None or not reasons - {"excluded", "filtered out"}:
        return ""
    return "; --all shows all but the excluded" if "excluded" in reasons else "; --all shows them"


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """One paper as the cells show it: all texts safe, "" where there is nothing."""

    rank: str
    score: str
    title: Line
    topics: str
    day: str
    votes: str
    sources: str
    id: str
    state: str
    mark: str
    reason: str
    lacked: str


def _row(row: Ranked, *, short_day: bool, ascii_only: bool) -> _Row:
    def safe(text: str) -> str:
        return visible(text, ascii_only=ascii_only)

    paper, score = row.paper, row.score
    title = title_of(paper)
    upvotes = paper.signals.get("upvotes")
    return _Row(
        rank=str(row.rank),
        score=f"{score.total:.2f}",
        title=marked(title, title_spans(row), link=address_of(paper) or "", ascii_only=ascii_only)
        or [Piece("(no title)", "faint")],
        topics=safe(listed_few([topic.name for topic in score.topics], _MOST_TOPICS)),
        day=paper.day.isoformat()[5 if short_day else 0 :],
        votes="" if upvotes is None else number(upvotes) + (f" {row.growth:+g}" if row.growth else ""),
        sources=safe(", ".join(paper.sources)),
        id=safe(paper.id),
        state=row.state or "",
        mark=(_ASCII_MARKS if ascii_only else _MARKS).get(row.state or "", ""),
        # Papers without any hit are many under `--all`, and nothing is to be told of them.
        reason=safe(lacked_text(row.lacked) or score.excluded or score.below or "") if score.hits else "",
        lacked=safe(lacked_text(row.lacked)),
    )


def _lines(listed: Listed, width: int | None, *, ascii_only: bool) -> list[Line]:
    if not listed.rows:
        return []
    this_year = all(row.paper.day.year == listed.as_of.year for row in listed.rows)
    short_day = width is not None and width < 100 and this_year
    rows = [_row(row, short_day=short_day, ascii_only=ascii_only) for row in listed.rows]
    if width is None:
        return _piped(rows)
    return _fitted(rows, max(1, width), separator=" - " if ascii_only else " · ")


def _widest(heading: str, texts: Sequence[str]) -> int:
    """Give the width of a column, 0 when all its cells are empty."""
    widest = max(cells(text) for text in texts)
    return max(len(heading), widest) if widest else 0


def _piped(rows: Sequence[_Row]) -> list[Line]:
    columns = [
        ("#", [row.rank for row in rows], True),
        ("Score", [row.score for row in rows], True),
        ("Day", [row.day for row in rows], False),
        ("Votes", [row.votes for row in rows], True),
        ("State", [row.state for row in rows], False),
        ("Topics", [row.topics for row in rows], False),
        ("Source", [row.sources for row in rows], False),
        ("Id", [row.id for row in rows], False),
        ("Lacked", [row.lacked for row in rows], False),
    ]
    kept = [(heading, texts, right, width) for heading, texts, right in columns if (width := _widest(heading, texts))]
    gap = Piece(" " * _GAP)
    lines = [
        [piece for heading, _, right, width in kept for piece in (*pad([Piece(heading)], width, right=right), gap)]
    ]
    lines[0].append(Piece("Title"))
    for at, row in enumerate(rows):
        line = [
            piece for _, texts, right, width in kept for piece in (*pad([Piece(texts[at])], width, right=right), gap)
        ]
        lines.append(line + row.title)
    return lines


class _Column(msgspec.Struct, frozen=True, kw_only=True):
    heading: str
    width: int
    right: bool = False
    style: str = ""


def _fitted(rows: Sequence[_Row], width: int, *, separator: str) -> list[Line]:
    rank = _Column(heading="#", width=_widest("#", [row.rank for row in rows]), right=True, style="faint")
    score = _Column(heading="Score", width=_widest("Score", [row.score for row in rows]), right=True, style="strong")
    day = _Column(heading="Day", width=_widest("Day", [row.day for row in rows]))
    votes = _Column(heading="Votes", width=_widest("Votes", [row.votes for row in rows]), right=True)
    mark = _Column(heading="", width=_widest("", [row.mark for row in rows]))
    topics = _Column(heading="Topics", width=_widest("Topics", [row.topics for row in rows]), style="topic")
    sources = _Column(heading="Source", width=_widest("Source", [row.sources for row in rows]))
    identity = _Column(heading="Id", width=_widest("Id", [row.id for row in rows]), style="faint")

    def room(columns: Sequence[_Column]) -> int:
        return width - sum(column.width + _GAP for column in columns if column.width)

    left = [rank, score, mark]
    every = [topics, day, votes, sources, identity]
    narrowed = [_narrowed(topics, 24), day, votes, _narrowed(sources, 12), identity]
    below: list[str] = []
    if (title := room([*left, *every])) >= _ROOMY_TITLE:
        right = every
    elif (title := room([*left, *narrowed])) >= _WIDE_TITLE:
        right = narrowed
    elif (title := room([*left, day, votes])) >= _COMPACT_TITLE:
        below = ["topics", "sources", "id"]
        right = [day, votes]
    elif (title := room(left)) >= _NARROW_TITLE:
        below = ["day", "votes", "topics", "sources", "id"]
        right = []
    else:
        title = width
        below = ["day", "votes", "topics", "sources", "id"]
        left = right = []
    return _grid(
        rows, left, _Column(heading="Title", width=title), right, width, under=lambda row: _below(row, below, separator)
    )


def _narrowed(column: _Column, width: int) -> _Column:
    return msgspec.structs.replace(column, width=min(column.width, width))


def _grid(
    rows: Sequence[_Row],
    left: Sequence[_Column],
    title: _Column,
    right: Sequence[_Column],
    width: int,
    *,
    under: Callable[[_Row], Line],
) -> list[Line]:
    columns = [column for column in (*left, title, *right) if column.width]
    indent = sum(column.width + _GAP for column in left if column.width)
    lines: list[Line] = []
    if left:
        headings = [[Piece(column.heading, "faint")] for column in columns]
        lines.append(_side_by_side(headings, columns))
    for row in rows:
        if not left:
            marked_row = [Piece("  "), Piece(row.mark)] if row.mark else []
            lines += wrap([Piece(row.rank, "faint"), Piece("  "), Piece(row.score, "strong"), *marked_row], width)
        wrapped = [wrap(_cell(row, column), column.width) for column in columns]
        lines += [_side_by_side(cells_of_line, columns) for cells_of_line in zip_longest(*wrapped, fillvalue=[])]
        for line in (under(row), [Piece(row.reason, "faint")]):
            if length(line):
                lines += [[Piece(" " * indent), *part] for part in wrap(line, width - indent)]
    return lines


def _cell(row: _Row, column: _Column) -> Line:
    texts = {
        "#": row.rank,
        "Score": row.score,
        "Topics": row.topics,
        "Day": row.day,
        "Votes": row.votes,
        "": row.mark,
        "Source": row.sources,
        "Id": row.id,
    }
    return row.title if column.heading == "Title" else [Piece(texts[column.heading], column.style)]


def _side_by_side(parts: Sequence[Line], columns: Sequence[_Column]) -> Line:
    line: Line = []
    for part, column in zip(parts, columns, strict=True):
        if line:
            line.append(Piece(" " * _GAP))
        line += pad(part, column.width, right=column.right)
    while line and not line[-1].text.strip(" "):
        line.pop()
    return line


def _below(row: _Row, names: Sequence[str], separator: str) -> Line:
    """Give the line under a title: `continual-pretraining · hf-daily · arxiv:2510.01265`."""
    votes = "" if not row.votes else "1 vote" if row.votes == "1" else f"{row.votes} votes"
    texts = {
        "day": row.day,
        "votes": votes,
        "topics": row.topics,
        "sources": row.sources,
        "id": row.id,
    }
    line: Line = []
    for name in names:
        if texts[name]:
            if line:
                line.append(Piece(separator, "faint"))
            line.append(Piece(texts[name], "topic" if name == "topics" else "faint"))
    return line
