"""A YAML file of the user's as nodes that know their places.

Only what a hand-written settings file needs is taken: maps with text keys, lists and scalars, one
document of at most 1 MB, nested at most 50 deep. Anchors, aliases, merge keys and tags are refused
outright rather than bounded: nobody writes them by purpose here, a plain `*text` or `!text` is
nearly always a forgotten quote, and a 423-byte merge bomb keeps PyYAML busy for seconds.

Scalars are never bent: a node keeps the letters of the file (`no`, `2508.13420`, `12:30`), and the
type that a record asks for decides what they mean. Every mistake is collected with its place.

The file is read as parser events, which come one by one, so that depth is bounded before anything
recursive sees it. YAML 1.1: https://yaml.org/spec/1.1/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from papertriage.errors import Fault, Place
from papertriage.patterns import pattern

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_NODES = 100_000
MAX_FAULTS = 100

# YAML allows none of the first; it takes the last three for line breaks that no editor shows.
_FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
BREAK = pattern(r"\r\n|\r|\n")
UNSAFE = pattern("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class Node(msgspec.Struct):
    """A value of the file; `bad` when a fault about it has been told already."""

    line: int
    column: int
    bad: bool = False


class Scalar(Node):
    """A text as it is spelled; `plain` when it stands without quotes."""

    text: str = ""
    plain: bool = True

    @property
    def blank(self) -> bool:
        """Whether nothing is written here at all."""
        return self.plain and not self.text


class Seq(Node):
    """A list."""

    items: list[Node] = msgspec.field(default_factory=list)


class Map(Node):
    """A map, its keys in the order of the file; `damaged` when a fault about one of its keys has been told."""

    pairs: dict[str, tuple[Scalar, Node]] = msgspec.field(default_factory=dict)
    damaged: bool = False

    def get(self, key: str) -> Node | None:
        """Give the value of a key, or None."""
        pair = self.pairs.get(key)
        return pair[1] if pair else None


class Faults:
    """Collects every mistake of one file.

    Args:
        file: its path as it is shown to the user.
        text: what is in it, for the line beside each mistake.

    Attributes:
        count: mistakes noted.
        passed: values passed over because a mistake in them had been noted before.
    """

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.count = 0
        self.passed = 0
        self._found: list[Fault] = []
        self._text = text
        self._lines: list[str] | None = None

    def about(self, text: str) -> None:
        """Take the text that the mistakes are in."""
        self._text, self._lines = text, None

    def add(self, at: Node | Place | None, message: str, hint: str = "") -> None:
        """Note a mistake; `at` None speaks of the whole file."""
        self.count += 1
        if self.count <= MAX_FAULTS:
            place = self.place(at)
            self._found.append(Fault(place, message, hint, self._line(place)))

    def place(self, at: Node | Place | None) -> Place:
        """Give the place of a node in this file."""
        if isinstance(at, Place):
            return at
        return Place(self.file, at.line, at.column) if at else Place(self.file)

    def _line(self, place: Place) -> str:
        if place.file != self.file or not place.line:
            return ""
        if self._lines is None:  # most files have no mistake
            self._lines = BREAK.split(self._text)
        return self._lines[place.line - 1] if place.line <= len(self._lines) else ""

    def sorted(self) -> list[Fault]:
        """Give all mistakes in the order of the file; past the first hundred they are only counted."""
        found = sorted(self._found, key=lambda fault: fault.place)
        if self.count > MAX_FAULTS:
            found.append(Fault(Place(self.file), f"{self.count - MAX_FAULTS} more mistakes are not shown."))
        return found


def shown(text: str, limit: int = 60) -> str:
    """Quote a text of the user's for a message: short, on one line, nothing invisible."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "`" + UNSAFE.sub(lambda found: ascii(found.group())[1:-1], text) + "`"


def nearest(word: str, words: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str:
    """Give "Did you mean `any`?" for the likeliest right word, or ""."""
    from rapidfuzz import fuzz, process

    candidate = (synonyms or {}).get(word.casefold())
    if candidate is None:
        best = process.extractOne(word, list(words), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=65)
        candidate = best[0] if best else None
    return f"Did you mean `{candidate}`?" if candidate is not None else ""


def parse(text: str, faults: Faults) -> Node | None:
    """Make nodes of a YAML text.

    Returns:
        The value of the document; None when it is empty or cannot be read to its end (then a fault
        was noted).
    """
    faults.about(text)
    bad = _FORBIDDEN.search(text)
    if bad:
        before = BREAK.split(text[: bad.start()])
        name = f"U+{ord(bad.group()):04X}"
        faults.add(
            Place(faults.file, len(before), len(before[-1]) + 1),
            f"the character {name} cannot stand in a YAML file.",
            "Delete it; if there are many, this is no text file.",
        )
        return None
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lines = text.splitlines()
    composer = _Composer(lines, faults)
    try:
        for event in yaml.parse(text, Loader=loader):
            if not composer.take(event):
                return None
    except yaml.MarkedYAMLError as error:
        _syntax(error, lines, faults)
        return None
    except yaml.YAMLError as error:
        faults.add(Place(faults.file, 1, 1), f"the file is no YAML: {error}.")
        return None
    root = composer.root
    return None if isinstance(root, Scalar) and root.blank else root  # a bare `---`


class _Composer:
    """Builds nodes from events with a stack of its own, so that no input can exhaust Python's."""

    def __init__(self, lines: list[str], faults: Faults) -> None:
        self.root: Node | None = None
        self._lines = lines
        self._faults = faults
        self._open: list[tuple[Node, list[Node | None]]] = []  # a container and, for a map, its waiting key
        self._nodes = 0
        self._documents = 0
        self._anchors: set[str] = set()

    def take(self, event: Any) -> bool:  # the events of two loaders share a shape, not a type
        """Take one event; False means that reading on makes no sense."""
        kind = type(event).__name__
        mark = event.start_mark
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._refuse(mark, "a second document begins here; expected one document only.", "Delete the `---`.")
                return False
            return True
        if kind in {"SequenceEndEvent", "MappingEndEvent"}:
            self._open.pop()
            return True
        if kind not in {"ScalarEvent", "AliasEvent", "SequenceStartEvent", "MappingStartEvent"}:
            return True
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(mark, f"the file holds more than {MAX_NODES:,} values.")
            return False
        line, column = mark.line + 1, mark.column + 1
        if kind == "AliasEvent":
            self._alias(event)
            self._attach(Scalar(line, column, bad=True))
            return True
        bad = self._marked(event)
        if kind == "ScalarEvent":
            node: Node = Scalar(line, column, bad=bad, text=event.value, plain=event.style in {None, ""})
            if event.end_mark.line > mark.line and event.style in {None, ""}:
                self._swallowed(mark.line, event.end_mark.line)
            self._attach(node)
            return True
        if len(self._open) >= MAX_DEPTH:
            self._refuse(mark, f"lists and maps are nested more than {MAX_DEPTH} deep here.")
            return False
        node = Seq(line, column, bad=bad) if kind == "SequenceStartEvent" else Map(line, column, bad=bad)
        self._attach(node)
        self._open.append((node, [None]))
        return True

    def _alias(self, event: Any) -> None:
        """Refuse an alias, unless its anchor was: that is one mistake."""
        if event.anchor not in self._anchors:
            what = f"{shown('*' + event.anchor)} is a YAML alias, which is not supported."
            self._refuse(event.start_mark, what, "If a text is meant, put quotes around it.")

    def _swallowed(self, first: int, last: int) -> None:
        """Refuse a list entry that YAML joins to the text above because it is indented too far."""
        for number in range(first + 1, min(last + 1, len(self._lines))):
            entry = self._lines[number].lstrip(" ")
            if entry.startswith("- "):
                place = Place(self._faults.file, number + 1, len(self._lines[number]) - len(entry) + 1)
                self._faults.add(
                    place, f"this entry is read as part of the text in line {first + 1}.", "Check the indentation."
                )

    def _refuse(self, mark: Any, message: str, hint: str = "") -> None:
        self._faults.add(Place(self._faults.file, mark.line + 1, mark.column + 1), message, hint)

    def _marked(self, event: Any) -> bool:
        """Refuse an anchor or a tag; whether there was one."""
        if event.anchor is not None:
            self._anchors.add(event.anchor)
            what = f"{shown('&' + event.anchor)} is a YAML anchor"
        elif event.tag is not None:
            what = f"{shown(event.tag.replace('tag:yaml.org,2002:', '!!', 1))} is a YAML tag"
        else:
            return False
        self._refuse(event.start_mark, f"{what}, which is not supported.", "If a text is meant, put quotes around it.")
        return True

    def _attach(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent, waiting = self._open[-1]
        if isinstance(parent, Seq):
            parent.items.append(node)
            return
        assert isinstance(parent, Map)
        key = waiting[0]
        if key is None:
            waiting[0] = node
            if isinstance(node, Scalar) and not node.bad:
                self._check_key(parent, node)
            elif not node.bad:
                node.bad = True
                self._faults.add(node, "a list or a map stands where a key is expected.", "Put quotes around it.")
            parent.damaged = parent.damaged or node.bad
            return
        waiting[0] = None
        if isinstance(key, Scalar) and not key.bad:
            parent.pairs[key.text] = (key, node)

    def _check_key(self, parent: Map, key: Scalar) -> None:
        if key.text == "<<" and key.plain:
            key.bad = True
            self._faults.add(key, "`<<` is a YAML merge key, which is not supported.", "Write the keys out.")
        elif key.text in parent.pairs:
            key.bad = True
            first = parent.pairs[key.text][0].line
            self._faults.add(key, f"the key {shown(key.text)} stands here a second time; the first is in line {first}.")


_SYNTAX = (
    (
        "mapping values are not allowed",
        "a `:` stands where no key can be.",
        "Put quotes around a text that holds `: `, or check the indentation.",
    ),
    (
        "unknown escape character",
        "this backslash is no escape that YAML knows between double quotes.",
        "Use single quotes: between them a backslash is itself.",
    ),
    ("unexpected end of stream", "the quote that opens in line {start} is never closed.", ""),
    ("expected ',' or ']'", "the list that opens with `[` in line {start} is not closed, or lacks a comma.", ""),
    ("expected ',' or '}'", "the map that opens with `{{` in line {start} is not closed, or lacks a comma.", ""),
    (
        "cannot start any token",
        "{char} cannot begin a text.",
        "Put quotes around it.",
    ),
    (
        "alphabetic or numeric character",
        "a text cannot begin with `*` or `&`.",
        "Put quotes around it.",
    ),
    ("node content", "a value is missing here, or a list or a map is not closed.", ""),
    ("could not find expected ':'", "a key without its `: `.", "Write `key: value`, with a space after the colon."),
    (
        "expected '-' indicator",
        "this line does not continue the list that begins in line {start}.",
        "Every entry begins with `- `, all in one column.",
    ),
    (
        "but found '-'",
        "this line does not continue what begins in line {start}.",
        "Check the indentation.",
    ),
    (
        "did not find expected key",
        "this line does not continue the map that begins in line {start}.",
        "Check the indentation, and for a quote that is not closed.",
    ),
    (
        "expected <block end>",
        "this line does not continue what begins in line {start}.",
        "Check the indentation.",
    ),
    ("nesting depth", f"lists and maps are nested more than {MAX_DEPTH} deep here.", ""),
)


def _syntax(error: Any, lines: list[str], faults: Faults) -> None:
    """Say a syntax error of either loader in our words."""
    mark = error.problem_mark or error.context_mark
    place = Place(faults.file, mark.line + 1, mark.column + 1) if mark else Place(faults.file, 1, 1)
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or "tab character" in (error.problem or ""):
        column = indent.find("\t") + 1 or place.column
        faults.add(Place(place.file, place.line, column), "a tab; YAML is indented with spaces only.")
        return
    char = shown(line[mark.column : mark.column + 1]) if mark else ""
    start = error.context_mark.line + 1 if error.context_mark else place.line
    for words, message, hint in _SYNTAX:
        if words in (error.problem or ""):
            faults.add(place, message.format(start=start, char=char), hint)
            return
    faults.add(place, f"the YAML cannot be read: {error.problem or error.context}.")
