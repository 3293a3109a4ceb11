"""A replayed screening: the figures of each way as a table, its recall curve on the terminal and as a picture (SVG)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from statistics import fmean, stdev
from typing import Any

from papertriage.findings import Evaluated, Measured, Quality, Way
from papertriage.render.lines import Piece
from papertriage.render.page import Page
from papertriage.render.parts import plural
from papertriage.render.records import ENVELOPE_VERSION, to_json

NAMES: dict[Way, str] = {"rules": "rules alone", "learned": "learned alone", "both": "both"}

_COLUMNS: tuple[tuple[str, Callable[[Quality], float], bool], ...] = (
    ("Recall at 10 %", lambda run: run.recall_10, True),
    ("at 20 %", lambda run: run.recall_20, True),
    ("WSS@95", lambda run: run.wss_95, True),
    ("ATD", lambda run: run.atd, False),
)

_ROWS = 10  # of the curve on the terminal
_WIDEST, _NARROWEST = 60, 20
_SIGNS: dict[Way, tuple[str, str, str]] = {
    "rules": ("·", ".", "faint"), "learned": ("o", "o", "topic"), "both": ("●", "#", "strong"),
}  # fmt: skip
_INK: dict[Way, str] = {"rules": "#8a8a8a", "learned": "#1f77b4", "both": "#d62728"}


def evaluated_text(
    evaluated: Evaluated,
    *,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the table of figures, mean and standard deviation over the seeds, and the curves."""
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    names = [NAMES[one.way] for one in evaluated.measured]
    first = max(map(len, names), default=0)
    rows = [[label for label, _, _ in _COLUMNS]]
    rows += [
        [_figure([value(run) for run in one.runs], percent=percent) for _, value, percent in _COLUMNS]
        for one in evaluated.measured
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_COLUMNS))]
    if width is None or first + sum(widths) + 2 * len(widths) <= width:
        for name, row in zip(["", *names], rows, strict=True):
            cells = "  ".join(f"{cell:>{size}}" for cell, size in zip(row, widths, strict=True))
            page.add([page.piece(f"{name:{first}}  {cells}", "" if name else "faint")])
    else:
        for name, row in zip(names, rows[1:], strict=True):
            page.add([page.piece(name, "strong")])
            for (label, _, _), cell in zip(_COLUMNS, row, strict=True):
                page.add([page.piece(f"{label}: {cell}")], indent=2)
    page.blank()
    for line in _plot(evaluated.measured, width=width, ascii_only=ascii_only):
        page.add(line)
    return page.text()


def evaluated_line(evaluated: Evaluated) -> str:
    """Say in a line what was replayed."""
    left = f"; {plural(evaluated.undecided, 'row')} without a label left out" if evaluated.undecided else ""
    rules = f", rules from {evaluated.rules}" if evaluated.rules else ""
    runs = f"{plural(evaluated.seeds, 'run')}, each from one included and one excluded paper at random"
    papers = f"{plural(evaluated.papers, 'paper')}, {evaluated.wanted} included by `{evaluated.column}`"
    return f"{papers}{left}{rules}. {runs}."


def _figure(values: Sequence[float], *, percent: bool) -> str:
    spread = stdev(values) if len(values) > 1 else 0.0
    if percent:
        return f"{100 * fmean(values):.1f} ± {100 * spread:.1f} %"
    return f"{fmean(values):.1f} ± {spread:.1f}"


def _plot(measured: Sequence[Measured], *, width: int | None, ascii_only: bool) -> list[list[Piece]]:
    """Draw recall over the share of papers screened; where curves meet, the later way is seen."""
    columns = _WIDEST if width is None else max(_NARROWEST, min(_WIDEST, width - 8))
    grid: list[list[Way | None]] = [[None] * columns for _ in range(_ROWS + 1)]
    for one in measured:
        for column in range(columns):
            recall = one.curve[round(column / (columns - 1) * (len(one.curve) - 1))]
            grid[round(recall * _ROWS)][column] = one.way
    bar, corner, dash = ("|", "+", "-") if ascii_only else ("│", "└", "─")
    lines: list[list[Piece]] = []
    for row in range(_ROWS, -1, -1):
        label = f"{row * 100 // _ROWS:3} %" if row % 2 == 0 else ""
        line = [Piece(f"{label:5} {bar}", "faint")]
        for way in grid[row]:
            sign, plain, style = _SIGNS[way] if way else (" ", " ", "")
            line.append(Piece(plain if ascii_only else sign, style))
        lines.append(line)
    lines.append([Piece(f"{'':6}{corner}{dash * columns}", "faint")])
    lines.append([Piece(f"{'':7}0 %{'screened':^{columns - 8}}100 %", "faint")])
    legend: list[Piece] = [Piece(" " * 7)]
    for one in measured:
        sign, plain, style = _SIGNS[one.way]
        legend += [Piece(plain if ascii_only else sign, style), Piece(f" {NAMES[one.way]}   ")]
    return [*lines, legend]


def evaluated_json(evaluated: Evaluated) -> str:
    """Give all figures as one JSON object."""
    record: dict[str, Any] = {
        "version": ENVELOPE_VERSION,
        "papers": evaluated.papers,
        "included": evaluated.wanted,
        "undecided": evaluated.undecided,
        "column": evaluated.column,
        "rules": evaluated.rules,
        "seeds": evaluated.seeds,
        "ways": [
            {
                "way": one.way,
                "mean": {name: round(fmean(getattr(run, name) for run in one.runs), 6) for name in _FIELDS},
                "sd": {name: round(_spread([getattr(run, name) for run in one.runs]), 6) for name in _FIELDS},
                "runs": [
                    {"seed": seed, **{name: round(getattr(run, name), 6) for name in _FIELDS}}
                    for seed, run in enumerate(one.runs)
                ],
                "curve": [round(value, 4) for value in one.curve],
            }
            for one in evaluated.measured
        ],
    }
    return to_json(record) + "\n"


_FIELDS = ("recall_10", "recall_20", "wss_95", "atd")


def _spread(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0


def evaluated_svg(evaluated: Evaluated, title: str) -> str:
    """Draw the recall curves as a picture in SVG.

    Args:
        title: what is written above it.
    """
    left, top, wide, high = 60, 40, 480, 320

    def x(share: float) -> str:
        return f"{left + share * wide:.1f}"

    def y(recall: float) -> str:
        return f"{top + (1 - recall) * high:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 30} {top + high + 80}">',
        '<g font-family="sans-serif" font-size="12" fill="#333333">',
        f"<title>{_xml(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="22" font-size="14">{_xml(title)}</text>',
    ]
    for fifth in range(6):
        share = fifth / 5
        parts.append(
            f'<path d="M{x(0)} {y(share)}H{x(1)}M{x(share)} {y(0)}V{y(1)}" stroke="#dddddd" fill="none"/>'
            f'<text x="{left - 8}" y="{float(y(share)) + 4:.1f}" text-anchor="end">{fifth * 20} %</text>'
            f'<text x="{x(share)}" y="{top + high + 18}" text-anchor="middle">{fifth * 20} %</text>'
        )
    parts.append(
        f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#bbbbbb" stroke-dasharray="4 4" fill="none"/>'
        f'<text x="{x(0.5)}" y="{top + high + 38}" text-anchor="middle">papers screened</text>'
        f'<text x="16" y="{y(0.5)}" text-anchor="middle" transform="rotate(-90 16 {y(0.5)})">recall</text>'
    )
    for number, one in enumerate(evaluated.measured):
        points = " ".join(f"{x(place / (len(one.curve) - 1))},{y(recall)}" for place, recall in enumerate(one.curve))
        at, ink = left + number * 160, _INK[one.way]
        below = top + high + 62
        parts.append(
            f'<polyline points="{points}" stroke="{ink}" stroke-width="2" fill="none"/>'
            f'<path d="M{at} {below - 4}h24" stroke="{ink}" stroke-width="2"/>'
            f'<text x="{at + 30}" y="{below}">{_xml(NAMES[one.way])}, WSS@95 '
            f"{100 * fmean(run.wss_95 for run in one.runs):.1f} %</text>"
        )
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _xml(text: str) -> str:
    """Escape text for XML, which allows no control characters."""
    return escape("".join(sign if sign.isprintable() else "?" for sign in text))
