"""What a user wrote into a reading list, carried over when the list is written again.

Each paper's line ends with its id in a comment, so a paper is known whatever is done to the visible text. A tick stays
a tick, lines that the user put below a paper stay below it, a paper that left the list is kept at the end if it was
ticked or noted on, and whatever else the user wrote is kept there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_TITLE = "# Reading list, "
_KEPT = "## Kept from earlier lists"
_ITEM = re.compile(r"[-*+] \[(?P<tick>[ xX])\] .*<!-- (?P<id>\S+) -->\s*")
_OURS = re.compile(r"\s+- (?:Score -?\d|Note: )|\s+> ")
_WINDOW = re.compile(r"\d+ papers? of \d+ .*\d{4}-\d{2}-\d{2}\.")


@dataclass
class _Item:
    """One paper's lines: the first, and those below it."""

    line: str
    ticked: bool
    below: list[str] = field(default_factory=list)

    def own_lines(self) -> list[str]:
        """Give the lines below that papertriage did not write."""
        return [line for line in self.below if line.strip() and not _OURS.match(line)]


@dataclass
class _Parsed:
    items: dict[str, _Item]
    loose: list[str]


def is_reading_list(text: str) -> bool:
    """Say whether a text is a list that papertriage wrote, perhaps edited since; an empty one counts."""
    return not text.strip() or any(line.startswith(_TITLE) or _ITEM.fullmatch(line) for line in text.split("\n"))


def carried_over(old: str, new: str) -> str:
    """Give the new list with the ticks and the lines of the old one that its user made.

    Args:
        old: the list as it is on disk, edited or not.
        new: the list as it was just rendered.
    """
    before, after = _parse(old), _parse(new)
    lines: list[str] = []
    for line in new.rstrip("\n").split("\n"):
        match = _ITEM.fullmatch(line)
        if match and (was := before.items.get(match["id"])):
            lines.append(line.replace("[ ]", "[x]", 1) if was.ticked else line)
        else:
            lines.append(line)
    text = _with_own_lines(lines, before, after)
    gone = [
        item for name, item in before.items.items() if name not in after.items and (item.ticked or item.own_lines())
    ]
    kept = [line for item in gone for line in (item.line, *item.below)]
    loose = [line for line in before.loose if line not in after.loose]
    if kept or loose:
        text += ["", _KEPT, *([""] if kept else []), *kept, *([""] if loose else []), *loose]
    return "\n".join(text).rstrip("\n") + "\n"


def _with_own_lines(lines: Iterable[str], before: _Parsed, after: _Parsed) -> list[str]:
    """Put the user's lines behind the generated ones of their paper."""
    out: list[str] = []
    pending: list[str] = []
    for line in lines:
        match = _ITEM.fullmatch(line)
        if pending and (match or not line.startswith(" ")):
            out += pending
            pending = []
        out.append(line)
        if match and (was := before.items.get(match["id"])):
            generated = after.items[match["id"]].below
            pending = [own for own in was.own_lines() if own not in generated]
    return out + pending


def _parse(text: str) -> _Parsed:
    parsed = _Parsed({}, [])
    item: _Item | None = None
    for line in text.split("\n"):
        if match := _ITEM.fullmatch(line):
            item = _Item(line, match["tick"] != " ")
            parsed.items[match["id"]] = item
        elif item is not None and line.startswith((" ", "\t")):
            item.below.append(line)
        elif line.strip():
            item = None
            if not line.startswith((_TITLE, "## ")) and not _WINDOW.fullmatch(line):
                parsed.loose.append(line)
    return parsed
