"""Papers from JSON: the log's own lines, and plain records such as other tools write.

A line with `v`, `source` and `seen` is one of the log's own and is kept as it is, fields that this
version does not know included. Any other object is CSL-JSON (`csl.py`) or a plain record (`plain.py`). A
record that cannot be used becomes a `Skipped` with its line and the reason; the others are read.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from papertriage.identity import parse_identity
from papertriage.model import SCHEMA_VERSION, Observation, Skipped
from papertriage.sources import csl, fields
from papertriage.sources.plain import MAX_DEPTH, UnusableError, bounded, from_plain, kind_of

MAX_LINE = 64 * 1024 * 1024
"""Longest line that is read, in bytes."""
MAX_OBSERVATION = 4 * 1024 * 1024
"""Longest record that is kept, in bytes: the log takes longer lines for damage."""

_FIELDS = frozenset(Observation.__struct_fields__) - {"unknown"}


def read_lines(
    stream: BinaryIO, *, seen: dt.datetime, source: str = "import", number: int = 0
) -> Iterator[Observation | Skipped]:
    r"""Read JSON lines one at a time, so that a file of any length takes little memory.

    Args:
        stream: lines that end with `\n`; empty ones are passed over.
        seen: when the file is read (UTC, aware); plain records get it.
        source: name of the source for records that tell none.
        number: of the last line before the stream's first.
    """
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        where = f"line {number}"
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
            yield Skipped(where=where, reason="it is longer than 64 MiB")
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line := line.strip(b" \t\r\n\0"):
            try:
                yield from_value(decode(line), seen=seen, source=source)
            except UnusableError as error:
                yield Skipped(where=where, reason=str(error))


def decode(text: bytes) -> object:
    """Decode JSON, and what other tools write beyond it.

    NaN, infinite numbers and integers of more than 300 digits are `None`; a lone half of a surrogate
    pair becomes U+FFFD; control characters may stand bare in texts.

    Raises:
        UnusableError: it is not JSON, or not UTF-8.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise UnusableError("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        lenient = json.loads(
            text.decode("utf-8-sig"),
            strict=False,
            parse_constant=lambda _: None,
            parse_float=lambda digits: number if math.isfinite(number := float(digits)) else None,
            parse_int=lambda digits: int(digits) if len(digits) <= 300 else None,
        )
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text") from None
    except RecursionError:
        raise UnusableError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise UnusableError(f"it is not JSON ({error.msg.lower()} at character {error.pos + 1})") from None
    return _without_surrogates(lenient)


def from_value(value: object, *, seen: dt.datetime, source: str) -> Observation:
    """Make an observation of one decoded record: a line of the log, CSL-JSON or a plain record.

    Raises:
        UnusableError: it lacks a title, or a field that is known by name has a wrong type.
    """
    if not isinstance(value, dict):
        raise UnusableError(f"it is {kind_of(value)}, not an object")
    own = type(value.get("v")) is int and "source" in value and "seen" in value
    if own:
        observation = _own(value)
    elif csl.is_csl(value):
        observation = from_plain(csl.to_plain(value), seen=seen, source=source, by_reference=True)
    else:
        observation = from_plain(value, seen=seen, source=source)
    if len(msgspec.json.encode(observation)) > MAX_OBSERVATION:
        raise UnusableError("it is longer than 4 MiB, though its title, abstract and authors were cut")
    return observation


# --- the log's own lines -----------------------------------------------------------------------------


def _own(line: dict[str, Any]) -> Observation:
    if not 1 <= line["v"] <= SCHEMA_VERSION:
        raise UnusableError(f"it has format version {line['v']}, this papertriage knows {SCHEMA_VERSION}")
    known = {name: value for name, value in line.items() if name in _FIELDS and value is not None}
    known["unknown"] = {
        name: bounded(value, name) for name, value in line.items() if name not in _FIELDS and name != "v"
    }
    known["extra"] = bounded(known.get("extra", {}), "extra")
    try:
        observation = msgspec.convert(known, Observation)
    except msgspec.ValidationError as error:
        raise UnusableError(f"a field is wrong: {error}") from None
    if observation.seen.tzinfo is None:
        raise UnusableError("its `seen` lacks a time zone")
    if not parse_identity(observation.id):
        raise UnusableError(f"its id is {kind_of(observation.id)}, which is none")
    if not observation.title.strip():
        raise UnusableError("it has no title")
    title, abstract = observation.title, observation.abstract
    return msgspec.structs.replace(
        observation,
        seen=observation.seen.astimezone(dt.UTC),
        title=title if len(title) * 4 <= fields.TITLE_BYTES else fields.title(title),
        abstract=abstract if not abstract or len(abstract) * 4 <= fields.ABSTRACT_BYTES else fields.abstract(abstract),
        authors=fields.names(observation.authors),
    )


def _without_surrogates(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if depth > 4 * MAX_DEPTH:
        raise UnusableError("it is nested too deeply")
    if isinstance(value, list):
        return [_without_surrogates(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(one, depth + 1) for name, one in value.items()}
    return value
