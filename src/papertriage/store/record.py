"""An observation as a line of the log, and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from papertriage.model import Observation
from papertriage.store.jsonl import PREFIX, check_version

_KNOWN = frozenset(Observation.__struct_fields__) - {"unknown"}
_MAPS = ("ids", "announce_type", "urls", "signals", "extra", "unknown")
_VALUES = tuple(name for name in Observation.__struct_fields__ if name not in (*_MAPS, "seen"))
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Observation)
_DEEPEST = 100
_MOST_DIGITS = 300


def decode_line(data: bytes) -> Observation:
    """Read one line of the log, without its end. Fields that are not known go to `unknown`.

    Raises:
        NewerLineError: a later version wrote it.
        ValueError, RecursionError, OverflowError: it is no observation.
    """
    # A field that happens to be called `unknown` must not be taken for ours.
    if data.startswith(PREFIX) and b'"unknown":' not in data:
        try:
            observation = _DECODER.decode(b"{" + data[len(PREFIX) :])
        except msgspec.ValidationError:
            observation = _decode_slowly(data)
    else:
        observation = _decode_slowly(data)
    if observation.seen.tzinfo is not dt.UTC:
        seen = observation.seen
        seen = seen.astimezone(dt.UTC) if seen.tzinfo else seen.replace(tzinfo=dt.UTC)
        observation = msgspec.structs.replace(observation, seen=seen)
    return observation


def _decode_slowly(data: bytes) -> Observation:
    check_version(data)
    record = msgspec.json.decode(data)
    known = {name: value for name, value in record.items() if name in _KNOWN and value is not None}
    known["unknown"] = {name: value for name, value in record.items() if name not in _KNOWN and name != "v"}
    return msgspec.convert(known, Observation)


def encode_line(observation: Observation) -> bytes:
    """Make one line of the log, without its end.

    What JSON cannot hold is mended: half of a surrogate pair becomes U+FFFD, a number that is none
    (NaN, infinite) is left out, an object of another kind becomes its text.
    """
    try:
        data = _encode(observation)
    except (UnicodeError, TypeError, ValueError, RecursionError, OverflowError):
        data = b"null"
    if b"null" in data:  # what NaN would become
        data = _encode(_mended(observation))
    return data


def _encode(observation: Observation) -> bytes:
    unknown = {name: value for name, value in observation.unknown.items() if name not in _KNOWN and name != "v"}
    if observation.unknown:
        observation = msgspec.structs.replace(observation, unknown={})
    data = PREFIX + _ENCODER.encode(observation)[1:]
    return data[:-1] + b"," + _ENCODER.encode(unknown)[1:] if unknown else data


def _mended(observation: Observation) -> Observation:
    return Observation(**{name: _mend(value) for name, value in msgspec.structs.asdict(observation).items()})


def _mend(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {
            _mend(str(name)): _mend(one, depth + 1)
            for name, one in value.items()
            if depth < _DEEPEST and not (isinstance(one, float) and not math.isfinite(one))
        }
    if isinstance(value, (list, tuple)):
        return tuple(_mend(one, depth + 1) for one in value) if depth < _DEEPEST else ()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) < 10**_MOST_DIGITS else None
    return value if value is None or isinstance(value, (dt.date, dt.datetime)) else str(value)


def folded(observations: Iterable[Observation]) -> list[Observation]:
    """Make one observation of those of one record that were seen at one time: of a field said twice the last holds.

    A file may have a record twice, with other values; written one after the other they would change each other
    for ever.
    """
    sightings: dict[tuple[object, dt.datetime], Observation] = {}
    for observation in observations:
        seen = (observation.key, observation.seen)
        before = sightings.get(seen)
        sightings[seen] = observation if before is None else _overlaid(before, observation)
    return list(sightings.values())


def _overlaid(before: Observation, later: Observation) -> Observation:
    values: dict[str, Any] = {
        name: value for name in _VALUES if (value := getattr(later, name)) is not None and value != ()
    }
    maps = {name: {**getattr(before, name), **getattr(later, name)} for name in _MAPS}
    return msgspec.structs.replace(before, **values, **maps)


def adds_nothing(later: Observation, earlier: Observation) -> bool:
    """Say whether a later observation says nothing that an earlier one did not.

    When it was `seen` does not count, and a field, or an entry of a map, that is now absent is no change.
    """
    for name in _VALUES:
        value = getattr(later, name)
        if value is not None and value != () and value != getattr(earlier, name):
            return False
    for name in _MAPS:
        entries = getattr(later, name)
        if entries:
            before = getattr(earlier, name)
            if entries != before and any(before.get(key) != value for key, value in entries.items()):
                return False
    return True
