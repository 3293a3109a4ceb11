"""Edits written into the text of `rules.yaml`: every other byte stays as it is; and the difference as a patch.

The file is edited at the places that YAML's own parser tells, never dumped anew, so that comments, quotes, order and
line ends are kept. New entries come behind the last one of their list, in the style of that list.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from papertriage.errors import Place
from papertriage.findings import Edit
from papertriage.patterns import pattern


class _Splice(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str


class CannotPlaceError(Exception):
    """An edit has no place in this file as it is written."""


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Give the text of rules that load with edits made in it.

    Raises:
        CannotPlaceError: the file is written in a way that leaves no place for one of them.
    """
    bare = text.removeprefix("\ufeff")
    splices = _Editor(bare).splices(list(edits))
    for splice in sorted(splices, key=lambda splice: splice.start, reverse=True):
        bare = bare[: splice.start] + splice.text + bare[splice.end :]
    return text[: len(text) - len(text.removeprefix("\ufeff"))] + bare


def difference(name: str, before: str, after: str) -> str:
    """Give a unified diff that `patch` and `git apply` take; "" when there is none.

    Args:
        name: of the file, without its folder.
    """
    # A name with white space ends in a tab, as GNU diff writes it.
    end = "\t" if re.search(r"\s", name) else ""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}{end}", f"b/{name}{end}", lineterm="\n")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    r"""Cut at `\n` alone, as patch does; `splitlines` knows a dozen other ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


# -- spelling ---------------------------------------------------------------------------------------------------

_PLAIN = pattern(r"[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z0-9-]*[A-Za-z0-9])*")
_BENT = frozenset("y n yes no on off true false null none inf nan".split())


def spelled(text: str) -> str:
    """Spell a text so that any YAML reader takes it for that text, in a block and between brackets.

    >>> [spelled(text) for text in ("placebo", "no", "it's", "C#", "3d")]
    ['placebo', "'no'", "'it''s'", "'C#'", "'3d'"]
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _BENT and not text.endswith("-"):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    import json

    return json.dumps(text)


def _entry(edit: Edit) -> str:
    word = spelled(edit.term)
    return word if edit.weight == 1 else f"{{term: {word}, weight: {edit.weight:g}}}"


# -- places -----------------------------------------------------------------------------------------------------


class _Editor:
    """Finds where edits go; positions are characters of the text.

    The nodes of PyYAML are loosely typed: `Any` stands for `yaml.Node`.
    """

    def __init__(self, text: str) -> None:
        import yaml

        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(self._root, yaml.MappingNode):
            raise CannotPlaceError

    def splices(self, edits: Sequence[Edit]) -> list[_Splice]:
        splices: list[_Splice] = []
        added: dict[tuple[str, str], list[str]] = {}
        for edit in edits:
            if edit.at is None:
                added.setdefault((edit.topic, edit.role), []).append(_entry(edit))
            else:
                splices.append(self._weighed(edit, edit.at))
        fresh: list[tuple[str, str, list[str]]] = []
        absent: dict[int, list[tuple[Any, str, list[str]]]] = {}
        for (name, role), entries in sorted(added.items()):
            if role == "exclude":
                splices.append(self._excluded(entries))
                continue
            topic = self._topic(name)
            if topic is None:
                fresh.append((name, role, entries))
            elif (terms := _value(topic, role)) is not None:
                splices.append(self._listed(terms, entries))
            else:
                absent.setdefault(id(topic), []).append((topic, role, entries))
        for lists in absent.values():
            splices.append(self._keyed(lists[0][0], [(role, entries) for _, role, entries in lists]))
        if fresh:
            splices.append(self._new_topics(fresh))
        return splices

    # What is looked for.

    def _topic(self, name: str) -> Any:
        topics = _value(self._root, "topics")
        for topic in getattr(topics, "value", ()):
            if (found := _value(topic, "name")) is not None and found.value == name:
                return topic
        return None

    def _weighed(self, edit: Edit, at: Place) -> _Splice:
        terms = _value(self._topic(edit.topic), edit.role)
        entries = getattr(terms, "value", ())
        entry = next((one for one in entries if _begins(one) == (at.line, at.column)), None)
        if entry is None:
            raise CannotPlaceError
        weight = f"{edit.weight:g}"
        if entry.id == "scalar":
            return _Splice(
                entry.start_mark.index, self._end(entry), f"{{term: {self._as_written(entry)}, weight: {weight}}}"
            )
        if (found := _value(entry, "weight")) is not None:
            return _Splice(found.start_mark.index, self._end(found), weight)
        return self._keyed(entry, [("weight", weight)])

    def _as_written(self, scalar: Any) -> str:
        written = self._text[scalar.start_mark.index : self._end(scalar)]
        on_one_line = scalar.style in ("'", '"') and "\n" not in written
        return written if on_one_line else spelled(scalar.value)

    def _excluded(self, entries: list[str]) -> _Splice:
        exclude = _value(self._root, "exclude")
        if exclude is None or exclude.id != "mapping":
            topics = next((key for key, _ in self._root.value if key.value == "topics"), None)
            if exclude is not None or topics is None or self._root.flow_style:
                raise CannotPlaceError
            lines = ["exclude:", "  any:", *(f"    - {entry}" for entry in entries), ""]
            return _Splice(topics.start_mark.index, topics.start_mark.index, self._newline.join(lines))
        terms = _value(exclude, "any")
        return self._keyed(exclude, [("any", entries)]) if terms is None else self._listed(terms, entries)

    # What is written.

    def _listed(self, terms: Any, entries: list[str]) -> _Splice:
        """Put entries behind the last one of a list."""
        if terms.id != "sequence":
            raise CannotPlaceError
        if terms.flow_style:
            joined = ", ".join(entries)
            if not terms.value:
                return _Splice(terms.start_mark.index + 1, terms.start_mark.index + 1, joined)
            end = self._end(terms.value[-1])
            return _Splice(end, end, f", {joined}")
        dash = self._dash(terms.value[-1])
        return self._after(terms.value[-1], [f"{dash}- {entry}" for entry in entries])

    def _keyed(self, mapping: Any, pairs: Sequence[tuple[str, str | list[str]]]) -> _Splice:
        """Put keys behind the last one of a map."""
        told = [f"{key}: " + (value if isinstance(value, str) else f"[{', '.join(value)}]") for key, value in pairs]
        if mapping.id != "mapping" or not mapping.value:
            raise CannotPlaceError
        if mapping.flow_style:
            end = self._end(mapping.value[-1][1])
            return _Splice(end, end, ", " + ", ".join(told))
        margin = " " * mapping.value[0][0].start_mark.column
        return self._after(mapping.value[-1][1], [margin + line for line in told])

    def _new_topics(self, fresh: Sequence[tuple[str, str, list[str]]]) -> _Splice:
        topics = _value(self._root, "topics")
        if topics is None and not self._root.flow_style:
            return self._after(self._root.value[-1][1], ["topics:", *_topic_lines("  ", fresh)[1:]])
        if topics is None or topics.id != "sequence" or not topics.value or topics.flow_style:
            raise CannotPlaceError
        return self._after(topics.value[-1], _topic_lines(self._dash(topics.value[-1]), fresh))

    def _dash(self, entry: Any) -> str:
        """Give what stands before the dash of an entry of a block list."""
        start = self._text.rfind("\n", 0, entry.start_mark.index) + 1
        before = self._text[start : entry.start_mark.index]
        if not re.fullmatch(r" *- +", before):  # a list in a list, or a dash on a line of its own
            raise CannotPlaceError
        return before[: before.index("-")]

    def _after(self, node: Any, lines: Sequence[str]) -> _Splice:
        """Put lines below the line on which a node ends."""
        end = self._end(node)
        stop = self._text.find("\n", end)
        block = self._newline.join(lines)
        if stop < 0:
            return _Splice(len(self._text), len(self._text), self._newline + block)
        return _Splice(stop + 1, stop + 1, block + self._newline)

    def _end(self, node: Any) -> int:
        """Give where a node's own letters end: a block's mark stands behind the comments that follow."""
        while node.id != "scalar" and not node.flow_style and node.value:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        start: int = node.start_mark.index
        end: int = node.end_mark.index
        return start + len(self._text[start:end].rstrip())


def _topic_lines(dash: str, fresh: Sequence[tuple[str, str, list[str]]]) -> list[str]:
    lines: list[str] = []
    named = ""
    for name, role, entries in fresh:
        if name != named:
            lines += ["", f"{dash}- name: {spelled(name)}"]
        named = name
        lines += [f"{dash}  {role}:", *(f"{dash}    - {entry}" for entry in entries)]
    return lines


def _begins(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _value(mapping: Any, key: str) -> Any:
    """Give the value of a key of a map, or None."""
    if getattr(mapping, "id", "") != "mapping":
        return None
    return next((value for name, value in mapping.value if name.value == key), None)
