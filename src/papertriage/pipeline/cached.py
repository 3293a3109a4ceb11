"""The cache as papers: the log read and merged, with the user's decisions beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from papertriage.errors import UsageError
from papertriage.identity import parse_identity
from papertriage.model import Observation, Paper, State
from papertriage.store.decisions import States, held_apart, read_decisions
from papertriage.store.jsonl import Damage


class Cached(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the cache.

    Attributes:
        papers: all of them, or those that were asked for, in the order in which they first came.
        states: the user's decisions and notes.
        damage: lines of the log that could not be read.
        said: with records: what the sources said of each paper, by its id, in the order of the log.
        size: how many papers there are in all.
        newest: the newest day of any.
    """

    papers: tuple[Paper, ...]
    states: States
    damage: tuple[Damage, ...]
    said: Mapping[str, Sequence[Observation]] = {}
    size: int
    newest: dt.date | None

    def state(self, paper: Paper) -> tuple[State | None, str | None]:
        """Give the user's last decision on a paper and the last note."""
        return self.states.of(paper.aliases)


def read_cache(folder: Path, *, as_of: dt.date | None = None, records: bool = False) -> Cached:
    """Read the whole cache.

    Args:
        folder: the data folder.
        as_of: with it, later observations are as if not there.
        records: give the observations too, each with the paper that it was merged into.

    Raises:
        StorageError: the files cannot be read.
    """
    from papertriage.store.log import Log  # not where the index is asked
    from papertriage.store.merge import merge, merged

    log = Log(folder)
    decisions, decision_damage = read_decisions(folder)
    apart = held_apart(decisions)
    said: dict[str, Sequence[Observation]] = {}
    if records:
        works = merged(log.read(), as_of=as_of, apart=apart)
        papers = tuple(paper for paper, _ in works)
        said = {paper.id: group for paper, group in works}
    else:
        papers = tuple(merge(log.read(), as_of=as_of, apart=apart))
    return Cached(
        papers=papers,
        states=States(decisions),
        damage=(*log.damage, *decision_damage),
        said=said,
        size=len(papers),
        newest=max((paper.day for paper in papers), default=None),
    )


def find_papers(papers: Iterable[Paper], wanted: Iterable[str]) -> tuple[list[Paper], list[UsageError]]:
    """Find papers by ids in any spelling that a person has at hand.

    An id names the paper that is called by it before one that only has it among its others.

    Returns:
        the papers in the order asked for, and an error for each id that names none.
    """
    papers = list(papers)
    by_alias: dict[str, Paper] = {}
    for paper in papers:
        for alias in paper.aliases:
            by_alias.setdefault(alias, paper)
    by_alias.update((paper.id, paper) for paper in papers)
    found: list[Paper] = []
    unknown: list[UsageError] = []
    for text in wanted:
        identity = parse_identity(text)
        match = by_alias.get(str(identity)) if identity else None
        match = match or by_alias.get(text.strip())
        if match:
            found.append(match)
        elif identity is None:
            unknown.append(
                UsageError(f"“{text}” is not an id.", "Write one as 2510.01265, 10.1101/2024.01.01.573887 or its URL.")
            )
        else:
            unknown.append(
                UsageError(f"No paper {identity} is in the cache.", "`papertriage list --all` shows what is.")
            )
    return found, unknown
