"""Which observations are of one work. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from papertriage.identity import KINDS, aliases
from papertriage.model import Observation

ONLY_ONE = ("arxiv:", "pmid:")
"""Kinds of which a paper has one: records with two different ones are two papers."""

_BY_TITLE = re.compile(r"[^:]+:t-[0-9a-f]+", re.ASCII)


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def ids(self) -> Mapping[str, Sequence[str]]: ...


def names_of(record: _Named) -> tuple[str, ...]:
    """Give all identities of a record, its `id` first."""
    ids = record.ids
    if not ids:
        return (record.id,)
    names = aliases(ids)
    return names if names[:1] == (record.id,) else tuple(dict.fromkeys((record.id, *names)))


def grouped(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Part observations by work, works in the order of their first observation, each in the given order."""
    names = [names_of(observation) for observation in observations]
    first: dict[str, int] = {}
    shared: dict[str, list[int]] = {}
    for place, own in enumerate(names):
        for name in own:
            before = first.setdefault(name, place)
            if before != place:
                shared.setdefault(name, [before]).append(place)
    by_title = [place for place, one in enumerate(observations) if not one.ids and _BY_TITLE.fullmatch(one.id)]
    if not shared and not by_title:
        return [[observation] for observation in observations]
    sets = _Sets(names)
    for name in sorted(shared, key=_strength):
        sets.join(shared[name], name)
    if by_title:
        _join_by_title(observations, by_title, sets)
    groups: dict[int, list[Observation]] = {}
    for place, observation in enumerate(observations):
        groups.setdefault(sets.root(place), []).append(observation)
    return list(groups.values())


_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def _strength(name: str) -> tuple[int, str]:
    return (_ORDER.get(name.partition(":")[0], len(KINDS)), name)


class _Sets:
    """Disjoint sets of places, of which each has at most one arXiv id and one PMID.

    Args:
        names: of each place, the strongest of a kind first.
    """

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self._parents = list(range(len(names)))
        self._least = [min(own) for own in names]
        self._only = [
            [next((name for name in own if name.startswith(kind)), None) for own in names] for kind in ONLY_ONE
        ]

    def root(self, place: int) -> int:
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def join(self, places: Iterable[int], name: str) -> None:
        """Join the sets of places that share a name, as far as they may be one.

        The order depends on the sets alone, not on the order of the places, so that the result does not either.
        """
        if name.startswith(ONLY_ONE[0]):
            # A record may name a second arXiv paper; it is not of that one.
            places = [place for place in places if self._only[0][self.root(place)] in (name, None)]
        roots = sorted({self.root(place) for place in places}, key=self._order)
        joined: list[int] = []
        for root in roots:
            for other in joined:
                if self._may_join(other, root):
                    self._join(other, root)
                    break
            else:
                joined.append(root)

    def _order(self, root: int) -> tuple[str, ...]:
        return (*(only[root] or "~" for only in self._only), self._least[root])

    def _may_join(self, one: int, other: int) -> bool:
        return all(only[one] is None or only[other] is None or only[one] == only[other] for only in self._only)

    def _join(self, one: int, other: int) -> None:
        self._parents[other] = one
        self._least[one] = min(self._least[one], self._least[other])
        for only in self._only:
            only[one] = only[one] or only[other]


def _join_by_title(observations: Sequence[Observation], by_title: Sequence[int], sets: _Sets) -> None:
    """Join listings of which only the title is known to the one paper of their source with that title."""
    from papertriage.text import title_key

    alone = set(by_title)
    wanted: dict[tuple[str, str], list[int]] = {}
    for place in by_title:
        one = observations[place]
        wanted.setdefault((one.source, title_key(one.title)), []).append(place)
    sources = {source for source, _ in wanted}
    candidates: dict[tuple[str, str], dict[int, None]] = {}
    for place, one in enumerate(observations):
        if one.source in sources and place not in alone and (key := (one.source, title_key(one.title))) in wanted:
            candidates.setdefault(key, {})[sets.root(place)] = None
    for key, places in wanted.items():
        papers = candidates.get(key, {})
        # Two papers with one title: which of them was listed cannot be known.
        sets.join([*places, *(papers if len(papers) == 1 else ())], "")
