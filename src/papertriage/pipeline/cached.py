"""The cache as papers: the log read and merged, with the user's decisions beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from papertriage.errors import UsageError
from papertriage.identity import parse_identity
from papertriage.model import Observation, Paper, State
from papertriage.store.decisions import held_apart, read_decisions, states
from papertriage.store.log import Damage, Log
from papertriage.store.merge import merge


class Cached(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the cache.

    Attributes:
        papers: in the order in which they first came.
        states: the user's decision and note by identity.
        damage: lines of the log that could not be read.
    """

    papers: tuple[Paper, ...]
    states: Mapping[str, tuple[State | None, str | None]]
    damage: tuple[Damage, ...]

    @property
    def newest(self) -> dt.date | None:
        """The newest day of a paper."""
        return max((paper.day for paper in self.papers), default=None)

    def state(self, paper: Paper) -> tuple[State | None, str | None]:
        """Give the user's last decision on a paper and the last note."""
        for alias in paper.aliases:
            if alias in self.states:
                return self.states[alias]
        return None, None


def read_cache(folder: Path, *, as_of: dt.date | None = None) -> Cached:
    """Read the whole cache.

    Args:
        folder: the data folder.
        as_of: with it, later observations are as if not there.

    Raises:
        StorageError: the files cannot be read.
    """
    log = Log(folder)
    decisions, decision_damage = read_decisions(folder)
    papers = tuple(merge(log.read(), as_of=as_of, apart=held_apart(decisions)))
    return Cached(papers=papers, states=states(decisions), damage=(*log.damage, *decision_damage))


def observations_of(folder: Path, papers: Iterable[Paper]) -> dict[str, list[Observation]]:
    """Give what the sources said of each paper, by the paper's id, in the order in which it was said."""
    owner = {alias: paper.id for paper in papers for alias in paper.aliases}
    said: dict[str, list[Observation]] = {name: [] for name in owner.values()}
    for observation in Log(folder).read():
        names = (observation.id, *(f"{kind}:{value}" for kind, values in observation.ids.items() for value in values))
        if found := next((owner[name] for name in names if name in owner), None):
            said[found].append(observation)
    return said


def find_papers(papers: Iterable[Paper], wanted: Iterable[str]) -> tuple[list[Paper], list[UsageError]]:
    """Find papers by ids in any spelling that a person has at hand.

    Returns:
        the papers in the order asked for, and an error for each id that names none.
    """
    by_alias = {alias: paper for paper in papers for alias in paper.aliases}
    found: list[Paper] = []
    unknown: list[UsageError] = []
    for text in wanted:
        identity = parse_identity(text)
        paper = by_alias.get(str(identity)) if identity else None
        paper = paper or by_alias.get(text.strip())
        if paper:
            found.append(paper)
        elif identity is None:
            unknown.append(
                UsageError(f"“{text}” is not an id.", "Write one as 2510.01265, 10.1101/2024.01.01.573887 or its URL.")
            )
        else:
            unknown.append(
                UsageError(f"No paper {identity} is in the cache.", "`papertriage list --all` shows what is.")
            )
    return found, unknown
