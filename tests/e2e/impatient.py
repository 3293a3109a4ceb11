"""Run papertriage as it is, but with time that passes by sleeping, and one second for a reply.

Each sleep is noted in the file that SLEPT names: when, and how long it would have been. The most memory that it had,
in kB, ends up in the file that PEAK names, where the system tells.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import NoReturn

from papertriage.cli import main
from papertriage.sources import http
from papertriage.sources.limiter import Clock

slept = 0.0


def sleep(seconds: float) -> None:
    global slept  # noqa: PLW0603 - the one thing that this program adds
    slept += seconds
    with Path(os.environ["SLEPT"]).open("a", encoding="ascii") as file:
        file.write(f"{monotonic()} {seconds}\n")


leave = os._exit


def tell_memory_and_leave(code: int) -> NoReturn:
    with suppress(OSError, IndexError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        Path(os.environ["PEAK"]).write_text(status.split("VmHWM:")[1].split()[0], encoding="ascii")
    leave(code)


os._exit = tell_memory_and_leave
clock = Clock(monotonic=lambda: monotonic() + slept, sleep=sleep, random=lambda: 0.5)
http.Session = partial(http.Session, clock=clock, limits=http.Limits(reply_seconds=1.0))  # type: ignore[misc, assignment]
main()
