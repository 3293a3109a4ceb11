"""`cache`: what the files hold, and whether they are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from papertriage.index import schema
from papertriage.index.index import Index, standing
from papertriage.index.schema import IndexUnavailableError
from papertriage.model import STATES
from papertriage.pipeline.library import Library
from papertriage.store.decisions import held_apart, read_decisions
from papertriage.store.forgotten import Forgotten
from papertriage.store.ledger import Ledger
from papertriage.store.log import Damage, Log
from papertriage.store.segments import segments

Telling = Callable[[str], None] | None
Progress = Callable[[int], None] | None


class Verified(msgspec.Struct, frozen=True):
    """What reading every line found, and what is wrong with the index, if there is one."""

    lines: int
    damage: tuple[Damage, ...]
    index: tuple[str, ...] = ()


_MOST = 20
"""So many faults of the index are told: more say nothing more."""


def verify_cache(
    folder: Path, *, everything: bool = False, telling: Telling = None, progress: Progress = None
) -> Verified:
    """Read every line of the log, the ledger, the decisions and what was forgotten, and hold the index to the log.

    Args:
        folder: the data folder.
        everything: compare the words of all papers with the index, not of a sample.
        telling: told in one sentence when there is something to wait for, or no index.
        progress: told how many lines of the log were taken into the index since it was called last.

    Raises:
        StorageError: a file cannot be read at all.
    """
    from itertools import islice

    from papertriage.pipeline.verifying import index_faults

    log = Log(folder)
    lines = sum(1 for _ in log.read())
    ledger = Ledger(folder)
    lines += len(ledger.lines())
    decisions, damage = read_decisions(folder)
    forgotten = Forgotten(folder)
    lines += len(decisions) + forgotten.lines
    faults: tuple[str, ...] = ()
    if folder.is_dir():
        try:
            with Index(folder, apart=held_apart(decisions), waiting=telling, progress=progress) as index:
                faults = tuple(islice(index_faults(index, everything=everything), _MOST))
        except IndexUnavailableError as error:
            if telling:
                telling(str(error))
        if faults:
            schema.note_damage(folder / schema.FILE_NAME)  # whoever needs it next makes it anew
    return Verified(lines, (*log.damage, *ledger.damage, *damage, *forgotten.damage), faults)


def info_lines(folder: Path, library: Library) -> list[str]:
    """Tell where the cache is, how large, and what is in it: from the index, where there can be one.

    Args:
        folder: the data folder.
        library: what is in it.
    """
    was = standing(folder)
    counts, cached, decided = library.counts()
    files = segments(folder / "papers")
    size = sum(path.stat().st_size for path in files)
    lines = [
        f"folder     {folder}",
        f"papers     {counts.papers}",
        f"lines      {counts.lines}",
        f"segments   {len(files)} ({size / 1e6:.1f} MB)",
    ]
    if counts.first and counts.last:
        lines.append(f"days       {counts.first} to {counts.last}")
    lines += [
        f"{'source' if number == 0 else '':10} {name}: {count}"
        for number, (name, count) in enumerate(counts.sources.most_common())
    ]
    said = [cached.state(paper) for paper in decided]
    by_state = Counter(state for state, _ in said if state)
    if by_state:
        each = ", ".join(f"{by_state[state]} {state}" for state in STATES if by_state[state])
        lines.append(f"decisions  {by_state.total()} ({each})")
    if notes := sum(note is not None for _, note in said):
        lines.append(f"notes      {notes}")
    if counts.texts is not None:
        beside = f", {counts.texts - counts.papers} texts in it are out of use" if counts.texts > counts.papers else ""
        lines.append(f"index      {_size_of_index(folder) / 1e6:.1f} MB, {was}{beside}")
    if cached.damage:
        lines.append(f"damaged    {len(cached.damage)} lines; `papertriage cache verify` names them")
    return lines


def _size_of_index(folder: Path) -> int:
    path = folder / schema.FILE_NAME
    return path.stat().st_size if path.exists() else 0
