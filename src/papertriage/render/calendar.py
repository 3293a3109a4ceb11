"""Days of one source as a calendar of weeks: whether each listing is whole, at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from papertriage.model import Run, Standing, Status
from papertriage.render.lines import Line, Piece, paint
from papertriage.render.terminal import visible

_SIGNS: Mapping[Status, tuple[str, str, str]] = {
    Status.COMPLETE: ("■", "#", "complete"),
    Status.PARTIAL: ("◧", "+", "partial"),
    Status.EXPECTED_EMPTY: ("·", ".", "empty, as expected"),
    Status.NOT_MODIFIED: ("○", "o", "not modified"),
    Status.STALE: ("?", "?", "stale"),
    Status.FAILED: ("!", "!", "failed"),
    Status.MISSED: ("x", "x", "missed"),
}
"""For each status its sign, the same in ASCII, and its name."""

_WEEKDAYS = "Mo Tu We Th Fr Sa Su"


_QUIET = (Status.COMPLETE, Status.EXPECTED_EMPTY, Status.NOT_MODIFIED)


def status_text(
    standings: Sequence[Standing], *, last: dt.date, weeks: int, color: bool = False, ascii_only: bool = False
) -> str:
    """Give for each source its calendar, and below it what went wrong on which days, and how it was repaired.

    Args:
        last: the last day shown.
        weeks: how many weeks the calendars show.
    """
    lines: list[Line] = []
    for standing in standings:
        name = visible(f"{standing.source} {standing.query}".strip(), ascii_only=ascii_only)
        earlier = f"  and {standing.earlier} earlier days, all settled" if standing.earlier else ""
        lines += [[], [Piece(name, "strong"), Piece(earlier, "faint")]]
        lines += _calendar(standing.runs, last=last, weeks=weeks, ascii_only=ascii_only)
        told = ""
        for run in reversed(standing.runs):
            wrong = run.status not in _QUIET and (run.error or run.status is not Status.PARTIAL)
            if wrong or run.note:
                error = visible((run.error if wrong else run.note) or "", ascii_only=ascii_only)
                said = "the same" if error and error == told else error
                word = Piece(f"{run.status.value:8}", "bad") if wrong else Piece("repaired", "faint")
                lines.append([Piece(f"  {run.day}  "), word, Piece(f"  {said}")])
                told = error
    return paint(lines[1:], color=color)


def _calendar(runs: Sequence[Run], *, last: dt.date, weeks: int, ascii_only: bool) -> list[Line]:
    """Give a row a week, the latest last, and what the signs mean that occur."""
    days = {run.day: run.status for run in runs}
    monday = last - dt.timedelta(days=last.weekday(), weeks=weeks - 1)
    lines: list[Line] = [[Piece(f"{'':14}{_WEEKDAYS}", "faint")]]
    shown: set[Status] = set()
    for week in range(weeks):
        start = monday + dt.timedelta(weeks=week)
        line = [Piece(f"  {start.isoformat():12}", "faint")]
        for number in range(7):
            status = days.get(start + dt.timedelta(days=number))
            shown |= {status} if status else set()
            line.append(Piece(f"{_sign(status, ascii_only=ascii_only)}  ", _style(status)))
        lines.append(line)
    legend = "  ".join(
        f"{_sign(status, ascii_only=ascii_only)} {_SIGNS[status][2]}" for status in Status if status in shown
    )
    if legend:
        lines.append([Piece(f"  {legend}", "faint")])
    return lines


def _sign(status: Status | None, *, ascii_only: bool) -> str:
    return _SIGNS[status][1 if ascii_only else 0] if status else " "


def _style(status: Status | None) -> str:
    if status in (Status.FAILED, Status.STALE, Status.MISSED):
        return "bad"
    return "" if status is Status.COMPLETE else "faint"
