"""Where the time goes: a look at the stack every few milliseconds, which slows nothing down that is looked at."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Self

Stages = Mapping[tuple[str, str], str]
"""From a file (how its path ends) and a function (`*` for all) to what it does, in words."""


class Sampler:
    """Counts by stage what the program is at; use as a context.

    Args:
        stages: the innermost function on the stack that is one of these tells the stage.

    Attributes:
        stages: how often each was seen; "" for none of them.
        functions: how often each function was the innermost one.
    """

    def __init__(self, stages: Stages, every: float = 0.002) -> None:
        self._stages = stages
        self._every = every
        self._files = sorted({file for file, _ in stages})
        self._known: dict[tuple[str, str], str] = {}
        self.stages: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()

    def __enter__(self) -> Self:
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, self._every, self._every)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        if frame is not None:
            code = frame.f_code
            self.functions[f"{code.co_filename.rpartition('/')[2]}:{code.co_qualname}"] += 1
        while frame is not None:
            code = frame.f_code
            key = (code.co_filename, code.co_name)
            stage = self._known.get(key)
            if stage is None:
                stage = self._known[key] = self._stage(*key)
            if stage:
                self.stages[stage] += 1
                return
            frame = frame.f_back
        self.stages[""] += 1

    def _stage(self, path: str, function: str) -> str:
        for file in self._files:
            if path.endswith(file):
                return self._stages.get((file, function)) or self._stages.get((file, "*"), "")
        return ""
