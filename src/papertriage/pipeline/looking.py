"""What the user saw last, and when: so that a rank names a paper, and a list can say what has grown since.

`<state>/looked` has two times on a line: of the last list, and of the last one before this sitting.
Lists less than an hour apart are of one sitting, so that a second look does not hide what is new.

`<state>/last-list` has the ranks of the table that was shown last, on a terminal or into a pipe, each with a tab and
the id of its paper. Of a list as of another day than its own the first line has that day (`as-of`, a tab, the day), so
that the score of a rank is explained as it was shown. Lists for programs (`--format ids` and the like) do not renumber
what a person has on the screen, and neither does a list without papers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from papertriage.errors import StorageError, UsageError
from papertriage.model import Listed
from papertriage.patterns import pattern
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
        write_whole(
            state / "looked", f"{now.isoformat()} {before.isoformat() if before else ''}\n", private=True, synced=False
        )


def note_shown(state: Path, listed: Listed, *, as_of: dt.date | None = None) -> None:
    """Remember the ranks of a list that is about to be shown.

    Args:
        as_of: the day that was asked for in the place of today.

    Raises:
        StorageError: it cannot be written; from now on ranks name no papers, rather than those of an earlier list.
    """
    # An id with a line break in it, which only a damaged import can have, has no rank.
    text = "".join(f"{row.rank}\t{row.paper.id}\n" for row in listed.rows if row.paper.id.isprintable())
    if not text:
        return
    if as_of:
        text = f"{_AS_OF}\t{as_of}\n{text}"
    path = state / "last-list"
    with suppress(OSError, ValueError):
        if text == path.read_text("utf-8"):
            return
    try:
        write_whole(path, text, private=True, synced=False)
    except StorageError:
        with suppress(OSError):
            path.unlink()
        raise


def last_shown(state: Path) -> dict[int, str]:
    """Give the ids of the list that was shown last by their ranks; none if there was no list."""
    return {int(rank): name for rank, name in _last_list(state) if name and _NUMBER.fullmatch(rank)}


def last_as_of(state: Path) -> dt.date | None:
    """Give the day as of which the last list was asked for; None for the day on which it was."""
    with suppress(ValueError):
        return next((dt.date.fromisoformat(day) for word, day in _last_list(state) if word == _AS_OF), None)
    return None


def _last_list(state: Path) -> list[tuple[str, str]]:
    try:
        lines = (state / "last-list").read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return []
    return [(word, rest) for word, _, rest in (line.partition("\t") for line in lines)]


def all_ranks(wanted: Iterable[str]) -> bool:
    """Say whether papers are named by ranks of the last list alone."""
    return all(_RANKS.fullmatch(text) for text in wanted)


_AS_OF = "as-of"
_NUMBER = pattern("[0-9]{1,9}")
_RANKS = pattern("[0-9]{1,9}(?:-[0-9]{1,9})?(?:,[0-9]{1,9}(?:-[0-9]{1,9})?)*")


def ids_of(wanted: Iterable[str], shown: Mapping[int, str]) -> tuple[list[str], list[UsageError]]:
    """Put ids in the place of ranks: `3`, `7-9`, `1,4-6`; other texts are left as they are.

    Returns:
        the ids in the order asked for, and an error for each rank that the list does not have.
    """
    ids: list[str] = []
    unknown: list[UsageError] = []
    for text in wanted:
        if not _RANKS.fullmatch(text):
            ids.append(text)
            continue
        for part in text.split(","):
            first, _, last = part.partition("-")
            found, missing = _between(int(first), int(last or first), shown)
            ids += found
            unknown += [_no_rank(span, shown) for span in missing]
    return ids, unknown


def _between(first: int, last: int, shown: Mapping[int, str]) -> tuple[list[str], list[str]]:
    if first > last:
        return [], [f"{first}-{last}"]  # backwards
    end = max(shown, default=0)
    inside = range(first, min(last, end) + 1)
    missing = [str(rank) for rank in inside if rank not in shown]
    if last > end:
        past = max(first, end + 1)
        missing.append(str(last) if past == last else f"{past}-{last}")
    return [shown[rank] for rank in inside if rank in shown], missing


def _no_rank(span: str, shown: Mapping[int, str]) -> UsageError:
    first, _, last = span.partition("-")
    if last and int(first) > int(last):
        return UsageError(f"{span} runs backwards.", f"Write {last}-{first}.")
    if not shown:
        return UsageError(f"No list was shown in which a paper is number {span}.", "`papertriage list` shows one.")
    hint = f"If it is a PMID, write pmid:{span}." if span.isdecimal() and len(span) > 4 else ""
    return UsageError(f"The last list has no number {span}: it goes from {min(shown)} to {max(shown)}.", hint)


def _read(state: Path) -> tuple[dt.datetime | None, dt.datetime | None]:
    try:
        times = [dt.datetime.fromisoformat(word) for word in (state / "looked").read_text("utf-8").split()[:2]]
    except (OSError, ValueError):
        return None, None
    aware = [time for time in times if time.tzinfo]
    return aware[0] if aware else None, aware[1] if len(aware) > 1 else None
