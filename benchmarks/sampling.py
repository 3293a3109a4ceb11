"""Where the time goes: a look at the stack every few milliseconds, which slows nothing down that is looked at."""

from __future__ import annotations

import signal
import time
from collections import defaultdict
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Self

Stages = Mapping[tuple[str, str], str]
"""From a file (how its path ends) and a function (`*` for all) to what it does, in words."""


class Sampler:
    """Adds up by stage what the program is at; use as a context.

    Args:
        stages: the innermost function on the stack that is one of these tells the stage.

    Attributes:
        stages: the seconds of each; "" for none of them.
        functions: the seconds in which each function was the innermost one.
    """

    def __init__(self, stages: Stages, every: float = 0.002) -> None:
        self._stages = stages
        self._every = every
        self._files = sorted({file for file, _ in stages})
        self._known: dict[tuple[str, str], str] = {}
        self.stages: defaultdict[str, float] = defaultdict(float)
        self.functions: defaultdict[str, float] = defaultdict(float)
        self._last = 0.0

    def __enter__(self) -> Self:
        signal.signal(signal.SIGALRM, self._look)
        self._last = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, self._every, self._every)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        # Not one look, but the time since the last: in a long call of C's (a commit) there is none.
        now = time.perf_counter()
        passed, self._last = now - self._last, now
        if frame is not None:
            code = frame.f_code
            self.functions[f"{code.co_filename.rpartition('/')[2]}:{code.co_qualname}"] += passed
        while frame is not None:
            code = frame.f_code
            key = (code.co_filename, code.co_name)
            stage = self._known.get(key)
            if stage is None:
                stage = self._known[key] = self._stage(*key)
            if stage:
                self.stages[stage] += passed
                return
            frame = frame.f_back
        self.stages[""] += passed

    def _stage(self, path: str, function: str) -> str:
        for file in self._files:
            if path.endswith(file):
                return self._stages.get((file, function)) or self._stages.get((file, "*"), "")
        return ""
