"""`cache`: what the files hold, and whether they are whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from papertriage.model import STATES
from papertriage.pipeline.cached import read_cache
from papertriage.store.decisions import read_decisions
from papertriage.store.forgotten import Forgotten
from papertriage.store.ledger import Ledger
from papertriage.store.log import Damage, Log


class Verified(msgspec.Struct, frozen=True):
    """What reading every line found."""

    lines: int
    damage: tuple[Damage, ...]


def verify_cache(folder: Path) -> Verified:
    """Read every line of the log, the ledger, the decisions and what was forgotten.

    Raises:
        StorageError: a file cannot be read at all.
    """
    log = Log(folder)
    lines = sum(1 for _ in log.read())
    ledger = Ledger(folder)
    lines += len(ledger.lines())
    decisions, damage = read_decisions(folder)
    forgotten = Forgotten(folder)
    lines += len(decisions) + forgotten.lines
    return Verified(lines, (*log.damage, *ledger.damage, *damage, *forgotten.damage))


def info_lines(folder: Path) -> list[str]:
    """Tell where the cache is, how large, and what is in it."""
    cached = read_cache(folder)
    segments = sorted((folder / "papers").glob("*.jsonl"))
    size = sum(path.stat().st_size for path in segments)
    lines = [
        f"folder     {folder}",
        f"papers     {len(cached.papers)}",
        f"segments   {len(segments)} ({size / 1e6:.1f} MB)",
    ]
    if cached.papers:
        days = [paper.day for paper in cached.papers]
        lines.append(f"days       {min(days)} to {max(days)}")
    by_source = Counter(source for paper in cached.papers for source in paper.sources)
    lines += [
        f"{'source' if number == 0 else '':10} {name}: {count}"
        for number, (name, count) in enumerate(by_source.most_common())
    ]
    said = [cached.state(paper) for paper in cached.papers]
    by_state = Counter(state for state, _ in said if state)
    if by_state:
        each = ", ".join(f"{by_state[state]} {state}" for state in STATES if by_state[state])
        lines.append(f"decisions  {by_state.total()} ({each})")
    if notes := sum(note is not None for _, note in said):
        lines.append(f"notes      {notes}")
    if cached.damage:
        lines.append(f"damaged    {len(cached.damage)} lines; `papertriage cache verify` names them")
    return lines
