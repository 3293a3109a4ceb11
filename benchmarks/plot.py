"""A plot of growth as a plain SVG, on logarithmic axes, readable on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 780, 430
LEFT, RIGHT, TOP, BOTTOM = 62, 240, 16, 44
LINE = 16
"""Between two labels."""

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .grid { stroke: #bbb; stroke-width: .6 }
  .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #0969da } .c1 { stroke: #1a7f37 } .c2 { stroke: #bf5700 } .c3 { stroke: #cf222e }
  .c4 { stroke: #8250df } .c5 { stroke: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .grid { stroke: #555 }
    .c0 { stroke: #58a6ff } .c1 { stroke: #3fb950 } .c2 { stroke: #e3983c } .c3 { stroke: #ff7b72 }
    .c4 { stroke: #bc8cff } .c5 { stroke: #9aa4af }
  }
"""


def growth(lines: Mapping[str, Sequence[tuple[float, float]]], x_name: str) -> str:
    """Draw seconds by size.

    Args:
        lines: by name points of size and seconds.
        x_name: what the sizes count.
    """
    xs = sorted({x for points in lines.values() for x, _ in points})
    ys = [y for points in lines.values() for _, y in points]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    high = max(high, low + 1)
    first, last = math.log10(xs[0]), math.log10(xs[-1]) if len(xs) > 1 else math.log10(xs[0]) + 1

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (math.log10(x) - first) / (last - first) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - (math.log10(y) - low) / (high - low) * (HEIGHT - TOP - BOTTOM),
        )

    right = WIDTH - RIGHT
    parts = []
    for power in range(low, high + 1):
        _, y = at(xs[0], 10.0**power)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_seconds(10.0**power)}</text>')
    for x in xs:
        place, _ = at(x, 10.0**low)
        parts.append(f'<path class="grid" d="M{place:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,.0f}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_name)}</text>')
    labels = []
    for number, (name, points) in enumerate(lines.items()):
        places = [at(x, y) for x, y in sorted(points)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path class="line c{number % 6}" d="M{path}"/>')
        parts += [f'<circle class="line c{number % 6}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
        labels.append((places[-1][1], number, name, max(points)[1]))
    least = -math.inf
    for wanted, number, name, seconds in sorted(labels):
        y = least = max(wanted, least + LINE)
        parts.append(f'<path class="line c{number % 6}" d="M{right + 4} {wanted:.1f}L{right + 16} {y:.1f}"/>')
        parts.append(f'<text x="{right + 20}" y="{y + 4:.1f}">{escape(name)}, {_seconds(seconds)}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>Seconds by {escape(x_name)}</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:,.3g} ms" if seconds < 1 else f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.2g} s"
