"""A page of lines for one kind of screen: what is added is made safe to show and broken to the width."""

from __future__ import annotations

from collections.abc import Sequence

from papertriage.render.lines import Line, Piece, paint, wrap
from papertriage.render.terminal import visible


class Page:
    """Lines that are added one after the other.

    Args:
        width: of the terminal; None breaks no line.
        color, links, ascii_only: as for `table`.
    """

    def __init__(
        self, *, width: int | None = None, color: bool = False, links: bool = False, ascii_only: bool = False
    ) -> None:
        self.width = width
        self.color = color
        self.ascii_only = ascii_only
        self._links = links
        self._lines: list[Line] = []

    def safe(self, text: str) -> str:
        """Make a text safe to show on this screen."""
        return visible(text, ascii_only=self.ascii_only)

    def piece(self, text: str, style: str = "", link: str = "") -> Piece:
        """Give a text as a safe piece."""
        return Piece(self.safe(text), style, link)

    def add(self, line: Sequence[Piece], *, indent: int = 0, hang: int | None = None) -> None:
        """Add a line behind an indent; where it is broken, what follows stands behind `hang`, by default the same.

        Indents are given up where they would leave little room.
        """
        hang = indent if hang is None else hang
        if self.width is not None and max(indent, hang) * 2 > self.width:
            indent = hang = min(2, self.width // 20)
        # Broken once, to the narrower measure, so that no second break is needed.
        measure = None if self.width is None else max(1, self.width - max(indent, hang))
        parts = [list(line)] if measure is None else wrap(line, measure)
        for number, part in enumerate(parts):
            self._lines.append([Piece(" " * (hang if number else indent)), *part])

    def blank(self) -> None:
        """Add an empty line, unless the page begins here."""
        if self._lines:
            self._lines.append([])

    def text(self) -> str:
        """Give the page as text."""
        return paint(self._lines, color=self.color, links=self._links)
