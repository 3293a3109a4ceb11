"""JSON read from a service: no number, constant or nesting in it can do harm."""

from __future__ import annotations

import json
import math
from typing import Any


class UnreadableJsonError(ValueError):
    """The text is not whole JSON."""


def parse_json(body: bytes) -> Any:
    """Read JSON in UTF-8; NaN, infinities and numbers of absurd length become None.

    Raises:
        UnreadableJsonError: the text is no whole JSON, or nested too deeply.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_constant=lambda _: None, parse_int=_whole, parse_float=_fraction
        )
    except (ValueError, RecursionError):
        raise UnreadableJsonError("not whole JSON") from None


def _whole(digits: str) -> int | None:
    """Read a whole number; one of thousands of digits would be refused by `int` and fail the reply."""
    return int(digits) if len(digits) <= 30 else None


def _fraction(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def table(value: object) -> dict[str, Any]:
    """Give an object of JSON, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Any]:
    """Give a list of JSON, an empty one for anything else."""
    return value if isinstance(value, list) else []
