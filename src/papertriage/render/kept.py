"""What a user wrote into a reading list, carried over when the list is written again.

Each paper's line ends with its id in a comment, so a paper is known whatever is done to the visible text. A tick stays
a tick, lines that the user put below a paper stay below it, a paper that left the list is kept at the end if it was
ticked or noted on, and whatever else the user wrote, headings included, is kept there too. Only lines of the exact
form that papertriage writes are taken for its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from papertriage.patterns import pattern

_TITLE = "# Reading list, "
_KEPT = "## Kept from earlier lists"
_ITEM = pattern(r"[-*+] \[(?P<tick>[ xX])\] .*<!-- (?P<id>\S+) -->\s*")
_REASON = pattern(r"  - Score -?\d+\.\d\d(?:: .*)?|  - Note: .* <!-- decision -->")
_WINDOW = pattern(r"\d+ papers? of \d+ .*\d{4}-\d{2}-\d{2}\.")


@dataclass
class _Item:
    """One paper's lines: the first, and the user's own below it."""

    line: str
    ticked: bool
    below: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


@dataclass
class _Parsed:
    items: dict[str, _Item]
    loose: list[str]


def is_reading_list(text: str) -> bool:
    """Say whether a text is a list that papertriage wrote, perhaps edited since; an empty one counts."""
    return not text.strip() or any(line.startswith(_TITLE) or _ITEM.fullmatch(line) for line in text.split("\n"))


def carried_over(old: str, new: str, renamed: Mapping[str, str] | None = None) -> str:
    """Give the new list with the ticks and the lines of the old one that its user made.

    Args:
        old: the list as it is on disk, edited or not.
        new: the list as it was just rendered.
        renamed: earlier ids of papers, as they stand in comments, to the ones that they have now.
    """
    before, after = _parse(old), _parse(new)
    for name, now in (renamed or {}).items():
        if name in before.items and now not in before.items:
            before.items[now] = before.items.pop(name)
    lines: list[str] = []
    own: list[str] = []
    for line in new.rstrip("\n").split("\n"):
        match = _ITEM.fullmatch(line)
        if own and not line.startswith("  "):
            lines += own
            own = []
        was = before.items.get(match["id"]) if match else None
        lines.append(line.replace("[ ]", "[x]", 1) if was and was.ticked else line)
        own = was.own if was else own
    lines += own
    gone = [item for name, item in before.items.items() if name not in after.items and (item.ticked or item.own)]
    kept = [line for item in gone for line in (item.line, *item.below)]
    if kept or before.loose:
        lines += ["", _KEPT, *([""] if kept else []), *kept, *([""] if before.loose else []), *before.loose]
    return "\n".join(lines).rstrip("\n") + "\n"


def _parse(text: str) -> _Parsed:
    parsed = _Parsed({}, [])
    item: _Item | None = None
    heading: list[str] = []  # one under which nothing was seen yet: ours if papers come, the user's if text does
    for line in text.replace("\r\n", "\n").split("\n"):
        if match := _ITEM.fullmatch(line):
            ticked = match["tick"] != " "
            item = parsed.items.setdefault(match["id"], _Item(line, ticked))
            if ticked and not item.ticked:  # a line that the user copied and ticked there
                item.line, item.ticked = line, True
            heading = []
        elif not line.strip():
            (item.below if item else heading or parsed.loose).append("")
        elif item is not None and line.startswith((" ", "\t")):
            item.below.append(line)
        elif line.startswith(_TITLE) or line == _KEPT or _WINDOW.fullmatch(line):
            item = None
        else:
            item = None
            parsed.loose += heading
            heading = [line] if line.startswith("## ") else []
            if not heading:
                parsed.loose.append(line)
    parsed.loose += heading
    for item in parsed.items.values():
        item.below = _trimmed(item.below)
        item.own = _trimmed([line for line in item.below if not _REASON.fullmatch(line)])
    parsed.loose = _trimmed(parsed.loose)
    return parsed


def _trimmed(lines: list[str]) -> list[str]:
    """Leave out blank lines at both ends, and of several blank ones in a row all but one."""
    trimmed: list[str] = []
    for line in lines:
        if line or (trimmed and trimmed[-1]):
            trimmed.append(line)
    return trimmed[:-1] if trimmed and not trimmed[-1] else trimmed
