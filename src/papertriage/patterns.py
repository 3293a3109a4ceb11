"""Regular expressions that are compiled at their first use: there are many, and no run of the program needs all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give a regular expression that is compiled when it is first used.

    Raises:
        re.error: it is none; at the first use.
    """
    return cast("re.Pattern[AnyStr]", _Later(lambda: re.compile(text, flags)))


class _Later:
    """Stands for a pattern: what was asked of it once is its own from then on, so that later uses cost nothing."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._make(), name)
        setattr(self, name, found)
        return found
