"""When the user last looked at a list: so that a list can say what has grown since.

`<state>/looked` has two times on a line: of the last list, and of the last one before this sitting.
Lists less than an hour apart are of one sitting, so that a second look does not hide what is new.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from papertriage.errors import StorageError
from papertriage.pipeline.writing import write_whole

SITTING = dt.timedelta(hours=1)


def last_look(state: Path, *, now: dt.datetime) -> dt.datetime | None:
    """Give the time of the last list before this sitting, None for none."""
    last, before = _read(state)
    return before if last and now - last < SITTING else last


def note_look(state: Path, *, now: dt.datetime) -> None:
    """Note that the user sees a list now; a state folder that cannot be written to is no fault of the list."""
    before = last_look(state, now=now)
    with suppress(StorageError):
        write_whole(state / "looked", f"{now.isoformat()} {before.isoformat() if before else ''}\n", private=True)


def _read(state: Path) -> tuple[dt.datetime | None, dt.datetime | None]:
    try:
        times = [dt.datetime.fromisoformat(word) for word in (state / "looked").read_text("utf-8").split()[:2]]
    except (OSError, ValueError):
        return None, None
    aware = [time for time in times if time.tzinfo]
    return aware[0] if aware else None, aware[1] if len(aware) > 1 else None
