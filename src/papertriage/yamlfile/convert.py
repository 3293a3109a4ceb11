"""From nodes into typed records, every mistake collected with its place."""

from __future__ import annotations

import datetime as dt
import math
import re
import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from papertriage.errors import Place
from papertriage.patterns import pattern
from papertriage.yamlfile.nodes import UNSAFE, Faults, Map, Node, Scalar, Seq, nearest, shown

T = TypeVar("T")

_CONTROL = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NUMBER = pattern(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_DAY = pattern(r"\d{4}-\d\d-\d\d", re.ASCII)
_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})


class Text(msgspec.Struct, frozen=True):
    """A text together with its place, for records that must point back into the file."""

    value: str
    place: Place


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A record that knows where its map begins; the reader fills these fields, the file cannot.

    Attributes:
        place: where the map begins.
        damaged: whether a mistake was found inside the map (what is missing may be the mistake).
        written: the keys that the file gives a value; all others hold their defaults.
    """

    place: Place = Place("")
    damaged: bool = False
    written: frozenset[str] = frozenset()


class Parsed(msgspec.Struct, frozen=True):
    """Reads a scalar that is more than text: `Annotated[float, Parsed("days, as in `14d`", days)]`.

    Attributes:
        expected: what it should be, in words, after "expected".
        read: makes the value of the spelling, or raises ValueError with nothing, with a reason, or
            with a reason and a hint.
    """

    expected: str
    read: Callable[[str], object]


class _Bad:
    """What a value becomes about which a fault was noted."""


BAD = _Bad()


def convert(node: Node, as_type: type[T], faults: Faults, what: str = "the file") -> T | None:
    """Make a typed value of a node, noting every mistake.

    Types: records (msgspec Structs; their defaults hold), str, `Text`, int, float, bool, date, Path,
    Literal, list, tuple[X, ...], dict, unions decided by the kind of node, X | None, Any,
    `Annotated[X, Parsed(...)]`, and any type with a class method `from_node(node, faults, what)`
    that gives a value, or None after noting a fault. Of several records in a union the one whose first field is written
    is taken. After a fault in one value reading goes on with its default, to find the others; the
    caller must use nothing when there are faults.

    Args:
        node: what to read.
        as_type: the type to make.
        faults: takes the mistakes.
        what: the name of the value in messages.
    """
    value = _value(node, as_type, faults, what)
    return None if value is BAD else value


def _value(node: Node, tp: Any, faults: Faults, what: str) -> Any:
    if node.bad:
        faults.passed += 1
        return BAD
    options = _options(tp)
    if hasattr(options[0], "from_node"):
        value = options[0].from_node(node, faults, what)
        return BAD if value is None else value
    if isinstance(node, Scalar) and node.blank and type(None) in options:
        return None
    fitting = [option for option in options if _fits(node, option)]
    if not fitting:
        faults.add(node, f"{what} is {_found(node)}; expected {_expected(tp)}.", _shape_hint(node, options))
        return BAD
    if isinstance(node, Scalar):
        return node.text if fitting[0] is Any else _scalar(node, fitting[0], faults, what)
    if isinstance(node, Seq):
        return _list(node, fitting[0], faults, what)
    assert isinstance(node, Map)
    records = [option for option in fitting if _is_record(option)]
    if not records:
        return _dict(node, fitting[0], faults, what)
    record = _choose(node, records)
    return _record(node, record, faults, what) if record else _unclear(node, records, faults, what)


def _fits(node: Node, tp: Any) -> bool:
    """Whether a kind of node can become this type at all."""
    if tp is Any:
        return not (isinstance(node, Scalar) and node.blank)
    if isinstance(node, Scalar):
        return _is_scalar(tp) and not node.blank
    if isinstance(node, Seq):
        return typing.get_origin(tp) in {list, tuple}
    return _is_record(tp) or typing.get_origin(tp) is dict


def _list(node: Seq, tp: Any, faults: Faults, what: str) -> Any:
    item = Any if tp is Any else typing.get_args(tp)[0]
    found = [_value(child, item, faults, f"an entry of {what}") for child in node.items]
    good = [value for value in found if value is not BAD]
    return tuple(good) if typing.get_origin(tp) is tuple else good


def _dict(node: Map, tp: Any, faults: Faults, what: str) -> dict[Any, Any]:
    key_type, item = (str, Any) if tp is Any else typing.get_args(tp)
    found = {}
    for key, child in node.pairs.values():
        name = _scalar(key, key_type, faults, f"a key of {what}")
        value = _value(child, item, faults, shown(key.text))
        if name is not BAD and value is not BAD:
            found[name] = value
    return found


def _choose(node: Map, records: list[Any]) -> Any:
    """Of several records take the one whose first field is written; None when none is."""
    if len(records) == 1:
        return records[0]
    for record in records:
        if _fields(record)[0].name in node.pairs:
            return record
    return None


def _unclear(node: Map, records: list[Any], faults: Faults, what: str) -> _Bad:
    """Refuse a map that is none of several records."""
    firsts = [_fields(option)[0].name for option in records]
    known = {field.name for option in records for field in _fields(option)}
    wrong = next((key for key, _ in node.pairs.values() if key.text not in known), None)
    hint = nearest(wrong.text, firsts, getattr(records[0], "SYNONYMS", None)) if wrong else ""
    found = f", only {shown(wrong.text)}" if wrong else ""
    hint = hint or "If a text is meant, put quotes around it."
    faults.add(wrong or node, f"{what} is a map without {_one_of(firsts)}{found}.", hint)
    return BAD


def _record(node: Map, record: Any, faults: Faults, what: str) -> Any:
    before = (faults.count, faults.passed)
    fields = {field.name: field for field in _fields(record)}
    called = getattr(record, "CALLED", what)
    meant = _unknown_keys(node, record, called, faults)
    values: dict[str, Any] = {}
    broken = False
    for name, field in fields.items():
        child = node.get(name)
        blank = isinstance(child, Scalar) and child.blank
        if child is None or (blank and not field.required):
            if field.required:
                broken = True
                if f"`{name}`" not in meant and not node.damaged:
                    faults.add(node, f"{called} lacks `{name}`.")
            continue
        value = _value(child, field.type, faults, f"`{name}`")
        if value is not BAD:
            values[name] = value
        elif field.required:
            broken = True
    if broken:
        return BAD
    if issubclass(record, Placed):
        damaged = node.damaged or (faults.count, faults.passed) != before
        values.update(place=faults.place(node), damaged=damaged, written=frozenset(values))
    return record(**values)


def _unknown_keys(node: Map, record: Any, called: str, faults: Faults) -> str:
    """Refuse keys that a record does not have; gives all hints, to tell which keys were meant."""
    names = [field.name for field in _fields(record)]
    hints = ""
    for key, _ in node.pairs.values():
        if key.text not in names:
            hint = nearest(key.text, names, getattr(record, "SYNONYMS", None))
            hints += hint
            expected = f"expected one of {', '.join(names)}"
            faults.add(key, f"unknown key {shown(key.text)} in {called}; {expected}.", hint)
    return hints


def _scalar(node: Scalar, tp: Any, faults: Faults, what: str) -> Any:
    """Read the spelling of a scalar as a type."""
    text = node.text
    reason, hint = f"expected {_expected(tp)}", ""
    if tp in {str, Text, Path}:
        if not _CONTROL.search(text):
            return text if tp is str else Path(text) if tp is Path else Text(text, faults.place(node))
        reason = "it holds a control character"
    else:
        try:
            return _parsed(tp).read(text) if _parsed(tp) else _plain(text, tp)
        except ValueError as error:
            told, hint = (*error.args, "", "")[:2]
            reason = told or reason
    faults.add(node, f"{what} is {shown(text) if text else 'empty'}; {reason}.", hint)
    return BAD


def _plain(text: str, tp: Any) -> object:
    """Read a number, a truth value, a day or one of several words.

    Raises:
        ValueError: it is none; the arguments are a reason, or "", and a hint.
    """
    if tp in {int, float}:
        number = read_number(text)
        if number is not None and (tp is float or number.is_integer()):
            return tp(number)
        with_point = text.replace(",", ".")
        meant = number is None and read_number(with_point) is not None
        raise ValueError("", f"Did you mean `{with_point}`?" if meant else "")
    if tp is bool and text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    if tp is dt.date and _DAY.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError("", "There is no such day.") from None
    if typing.get_origin(tp) is typing.Literal:
        if text in typing.get_args(tp):
            return text
        raise ValueError("", nearest(text, typing.get_args(tp)))
    raise ValueError("")


def read_number(text: str) -> float | None:
    """Read a finite decimal number; None for anything else, NaN and infinity included."""
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


@cache
def _fields(record: Any) -> tuple[Any, ...]:
    """The fields that a file may write, in order."""
    own = set(Placed.__struct_fields__) if issubclass(record, Placed) else set()
    return tuple(field for field in msgspec.structs.fields(record) if field.name not in own)


@cache
def _options(tp: Any) -> tuple[Any, ...]:
    if typing.get_origin(tp) in {typing.Union, types.UnionType}:
        return tuple(option for arg in typing.get_args(tp) for option in _options(arg))
    if typing.get_origin(tp) is typing.Annotated and _parsed(tp) is None:
        return _options(typing.get_args(tp)[0])
    return (tp,)


def _parsed(tp: Any) -> Any:
    if typing.get_origin(tp) is not typing.Annotated:
        return None
    return next((extra for extra in typing.get_args(tp)[1:] if isinstance(extra, Parsed)), None)


def _is_record(tp: Any) -> bool:
    return isinstance(tp, type) and issubclass(tp, msgspec.Struct) and tp is not Text


def _is_scalar(tp: Any) -> bool:
    origin = typing.get_origin(tp)
    return tp in {str, Text, Path, int, float, bool, dt.date} or origin in {typing.Annotated, typing.Literal}


def _found(node: Node) -> str:
    if isinstance(node, Scalar):
        return "empty" if node.blank else f"the text {shown(node.text)}"
    return "a list" if isinstance(node, Seq) else "a map"


_WORDS = {
    str: "a text",
    Text: "a text",
    Path: "a path",
    int: "a whole number",
    float: "a finite number",
    bool: "`true` or `false`",
    dt.date: "a day, as in `2027-01-31`",
    Any: "a value",
}


def _expected(tp: Any) -> str:
    """Say in words what a type takes."""
    words = []
    for option in _options(tp):
        origin = typing.get_origin(option)
        if option in _WORDS:
            words.append(_WORDS[option])
        elif origin is typing.Annotated:
            words.append(_parsed(option).expected)
        elif origin is typing.Literal:
            words.append(_one_of(typing.get_args(option)))
        elif origin in {list, tuple}:
            words.append("a list")
        elif origin is dict:
            words.append("a map")
        elif _is_record(option):
            needed = [field.name for field in _fields(option) if field.required]
            keys = needed or [field.name for field in _fields(option)]
            named = _one_of(keys, last="and" if needed else "or")
            words.append(f"a map with {named}" if len(keys) < 5 else "a map")
    return " or ".join(dict.fromkeys(words))


def _one_of(words: Iterable[str], last: str = "or") -> str:
    quoted = [f"`{word}`" for word in words]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)


def _shape_hint(node: Node, options: tuple[Any, ...]) -> str:
    """Name the slip that most often gives a node of the wrong kind."""
    if isinstance(node, Map) and any(_is_scalar(option) for option in options):
        return "A text that holds `: ` needs quotes."
    if not isinstance(node, Scalar):
        return ""
    if node.blank:
        return "A `#` after a space begins a comment; put quotes around a text that holds one."
    if any(typing.get_origin(option) in {list, tuple} for option in options):
        return f"Write `[{node.text}]`." if len(node.text) <= 40 and not UNSAFE.search(node.text) else ""
    if re.match(r"\w+:\S", node.text):
        return "A key needs a space after its colon."
    return ""
