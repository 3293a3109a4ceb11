"""A mistake in a file of the user's, for people: what is wrong, the line, and a caret under the place."""

from __future__ import annotations

from papertriage.errors import Fault
from papertriage.render.lines import cells
from papertriage.render.terminal import visible

_LEAST_ROOM = 20


def fault_lines(fault: Fault, *, width: int = 80, ascii_only: bool = False) -> list[str]:
    """Give a mistake as lines: the message whole and, where there is a line to show, this and a caret.

    Args:
        width: columns that the line of the file may take; a longer one is cut around the caret.
        ascii_only: show signs beyond ASCII in ASCII.
    """
    return [visible(str(fault)), *source_lines(fault, width=width, ascii_only=ascii_only)]


def source_lines(fault: Fault, *, width: int = 80, ascii_only: bool = False) -> list[str]:
    """Give the line of the file and the caret under the place; nothing where there is no line to show."""
    if not fault.source.strip() or not fault.place.column:
        return []
    gutter = f"{fault.place.line:>5} | "
    room = max(width - len(gutter) - 1, _LEAST_ROOM)
    text, before = _cut(fault.source, fault.place.column - 1, room, ascii_only=ascii_only)
    return [gutter + text, " " * (len(gutter) - 2) + "| " + " " * before + "^"]


def _cut(line: str, at: int, room: int, *, ascii_only: bool) -> tuple[str, int]:
    """Cut a line to its room: what is shown of it, and how many cells stand before the caret."""
    mark = "..." if ascii_only else "…"
    at = min(at, len(line))
    first, last = max(at - room, 0), min(at + room, len(line))  # all that could be shown, however long the line is
    # One by one: what is hidden is spelled out here also where it would do no harm, so that its place can be seen.
    signs = [visible(sign, ascii_only=ascii_only) for sign in line[first:last]]
    widths = [cells(sign) for sign in signs]
    here = at - first
    if first == 0 and last == len(line) and sum(widths) <= room:
        return "".join(signs), sum(widths[:here])
    room -= 2 * len(mark)
    start, before = here, 0
    while start and before + widths[start - 1] <= room * 2 // 3:
        start -= 1
        before += widths[start]
    stop, taken = here, before
    while stop < len(signs) and taken + widths[stop] <= room:
        taken += widths[stop]
        stop += 1
    while start and taken + widths[start - 1] <= room:  # near its end a line has more room before the caret
        start -= 1
        taken += widths[start]
        before += widths[start]
    left = mark if first + start else ""
    right = mark if first + stop < len(line) else ""
    return left + "".join(signs[start:stop]) + right, len(left) + before
