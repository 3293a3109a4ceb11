"""Lines of styled text: measured in terminal cells, wrapped without loss, and painted.

A line is a list of `Piece`s. Layout happens on pieces once; the same lines are then painted as plain text, with the
escape codes of a terminal, or (through rich) as a picture, so that all three say the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from papertriage.model import Span
from papertriage.patterns import pattern
from papertriage.render.terminal import visible


class Piece(NamedTuple):
    """A stretch of safe text in one style.

    Attributes:
        text: went through `visible`.
        style: a key of `STYLES`.
        link: an address from `web_link`, or "".
    """

    text: str
    style: str = ""
    link: str = ""


Line = list[Piece]

STYLES = {
    "": "",
    "strong": "bold",
    "match": "bold magenta",
    "faint": "dim",
    "topic": "green",
    "bad": "red",
}
"""What each style is in rich's words; colours of the terminal's own palette, readable on light and dark."""


def cells(text: str) -> int:
    """Give the width of a text in terminal cells.

    Wide characters take 2 (https://www.unicode.org/reports/tr11/), combining marks none, and emoji joined to one
    are as wide as the first. rich measures the same; importing it would slow down every list.
    """
    if text.isascii():
        return len(text)
    width = last = 0
    before = ""
    for sign in text:
        if sign == "\ufe0f":  # the emoji form of the sign before is wide
            width += last == 1
            last = 2
        elif not (_JOINED.match(sign) and last == 2) and before != "\u200d" and _takes_a_cell(sign):
            last = 2 if unicodedata.east_asian_width(sign) in "WF" else 1
            width += last
        before = sign
    return width


_JOINED = pattern("[\U0001f3fb-\U0001f3ff]")  # skin tones


def _takes_a_cell(sign: str) -> bool:
    # Vowels and finals of Hangul that stand alone are drawn into the syllable before.
    return unicodedata.category(sign) not in ("Mn", "Me", "Mc", "Cf") and not "\u1160" <= sign <= "\u11ff"


def length(line: Iterable[Piece]) -> int:
    """Give the width of a line in cells."""
    return sum(cells(piece.text) for piece in line)


def marked(
    text: str,
    spans: Iterable[Span],
    *,
    style: str = "",
    link: str = "",
    ascii_only: bool = False,
    brackets: bool = False,
) -> Line:
    """Cut a cleaned text at the matched spans, and make each part safe.

    Args:
        spans: places in `text`; they may overlap and come in any order.
        style, link: of the text outside the spans, and of all of it.
        brackets: put matches between guillemets, for where styles are not seen.
    """
    line: Line = []
    at = 0
    for start, end in _joined(spans, len(text)):
        line.append(Piece(visible(text[at:start], ascii_only=ascii_only), style, link))
        match = visible(text[start:end], ascii_only=ascii_only)
        if brackets:
            match = f"<<{match}>>" if ascii_only else f"«{match}»"
        line.append(Piece(match, "match", link))
        at = end
    line.append(Piece(visible(text[at:], ascii_only=ascii_only), style, link))
    return [piece for piece in line if piece.text]


def _joined(spans: Iterable[Span], size: int) -> list[tuple[int, int]]:
    """Give the spans in order, inside the text, overlapping and touching ones made one."""
    joined: list[tuple[int, int]] = []
    for span in sorted((max(0, span.start), min(span.end, size)) for span in spans):
        if span[0] >= span[1]:
            continue
        if joined and span[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span[1]))
        else:
            joined.append(span)
    return joined


# A word with the spaces before it; wide characters can each begin a line.
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0003ffff"
)
_CHUNK = rf" *(?:[{_WIDE}][\u0300-\u036f\u200c\u200d\u3099\u309a\ufe0e\ufe0f]*|[^ {_WIDE}]+)| +"
_ASCII_CHUNK = pattern(" *[^ ]+| +")


def wrap(line: Sequence[Piece], width: int) -> list[Line]:
    """Break a line at spaces into lines of at most `width` cells; only a word that is longer is cut inside.

    Nothing is lost but the spaces at the breaks. A character that is wider than the width stands alone.
    """
    text = "".join(piece.text for piece in line)
    if cells(text) <= width:
        return [list(line)]
    breaks: list[tuple[int, int]] = []  # of each line its first character and the one after its last
    start = end = used = 0
    for chunk in _ASCII_CHUNK.finditer(text) if text.isascii() else re.finditer(_CHUNK, text):
        size = cells(chunk[0])
        if used + size <= width:
            used, end = used + size, chunk.end()
            continue
        if end > start:
            breaks.append((start, end))
        start, end, used = chunk.end() - len(chunk[0].lstrip(" ")), chunk.end(), 0
        for at in range(start, end):
            size = cells(text[at])
            # A mark stays with its letter, and what a joiner joins stays joined.
            if used and size and used + size > width and text[at - 1] != "\u200d":
                breaks.append((start, at))
                start, used = at, 0
            used += size
    if end > start or not breaks:
        breaks.append((start, end))
    return [_cut(line, start, end) for start, end in breaks]


def _cut(line: Sequence[Piece], start: int, end: int) -> Line:
    part: Line = []
    at = 0
    for piece in line:
        text = piece.text[max(0, start - at) : max(0, end - at)]
        if text:
            part.append(piece._replace(text=text))
        at += len(piece.text)
    return part


def pad(line: Sequence[Piece], width: int, *, right: bool = False) -> Line:
    """Fill a line up with spaces to a width, on its left when it is to stand `right`."""
    missing = width - length(line)
    if missing <= 0:
        return list(line)
    space = Piece(" " * missing)
    return [space, *line] if right else [*line, space]


def paint(lines: Iterable[Sequence[Piece]], *, color: bool = False, links: bool = False) -> str:
    """Give lines as text, each with its line feed.

    Args:
        color: with the escape codes of a terminal; without it there are none at all.
        links: with hyperlinks (OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda), where
            `color` allows escape codes.
    """
    if not color:
        return "".join("".join(piece.text for piece in line).rstrip(" ") + "\n" for line in lines)
    from rich.color import ColorSystem  # 15 ms that a pipe does not pay
    from rich.style import Style

    styles = {name: Style.parse(words) for name, words in STYLES.items()}
    numbers: dict[str, int] = {}  # the parts of a wrapped link share an id; rich would draw it at random
    painted: list[str] = []
    for line in lines:
        for piece in _trimmed(line):
            text = styles[piece.style].render(piece.text, color_system=ColorSystem.STANDARD)
            if links and piece.link:
                number = numbers.setdefault(piece.link, len(numbers) + 1)
                text = f"\x1b]8;id={number};{piece.link}\x1b\\{text}\x1b]8;;\x1b\\"
            painted.append(text)
        painted.append("\n")
    return "".join(painted)


def _trimmed(line: Sequence[Piece]) -> Line:
    kept = list(line)
    while kept and not kept[-1].text.rstrip(" "):
        kept.pop()
    return kept
