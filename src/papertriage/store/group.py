"""Which observations are of one work. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from papertriage.identity import KINDS
from papertriage.model import Observation
from papertriage.patterns import pattern
from papertriage.store.identities import ONLY_ONE, Apart, is_free, names_of, service, sides
from papertriage.store.titles import TitleFacts, may_have_surname, pairs_to_compare, same_work, title_facts
from papertriage.text import title_key

_BY_TITLE = pattern(r"[^:]+:t-[0-9a-f]+", re.ASCII)


def grouped(
    observations: Sequence[Observation], *, apart: Sequence[Apart] = (), by_title: bool = True
) -> list[list[Observation]]:
    """Part observations by work, works in the order of their first observation, each in the given order.

    Args:
        apart: identities of works that are two, whatever their titles say.
        by_title: records may be one work by their titles.
    """
    names = [names_of(observation) for observation in observations]
    first: dict[str, int] = {}
    shared: dict[str, list[int]] = {}
    for place, own in enumerate(names):
        for name in own:
            before = first.setdefault(name, place)
            if before != place:
                shared.setdefault(name, [before]).append(place)
    copied = [place for place, one in enumerate(observations) if not one.ids and _BY_TITLE.fullmatch(one.id)]
    several = by_title and any(map(is_free, observations)) and len({service(one.source) for one in observations}) > 1
    if not shared and not copied and not several:
        return [[observation] for observation in observations]
    near = range(len(names)) if copied or several else set().union(*shared.values())
    sets = _Sets(len(names), {place: names[place] for place in near}, apart)
    for name in sorted(shared, key=_strength):
        sets.join(shared[name], name)
    if copied and by_title:
        _join_by_title(observations, copied, sets)
    if several:
        _join_across_services(observations, sets)
    groups: dict[int, list[Observation]] = {}
    for place, observation in enumerate(observations):
        groups.setdefault(sets.root(place), []).append(observation)
    return list(groups.values())


_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def copied_title(observation: Observation) -> str | None:
    """Give the title in its normal form if an observation is a copied listing, known by nothing else."""
    if observation.ids or not _BY_TITLE.fullmatch(observation.id):
        return None
    return title_key(observation.title)


def _facts_of(members: Sequence[Observation]) -> TitleFacts | None:
    return title_facts(min(members, key=lambda one: (not one.authors, one.source, one.seen, one.title)))


def _strength(name: str) -> tuple[int, str]:
    return (_ORDER.get(name.partition(":")[0], len(KINDS)), name)


class _Sets:
    """Disjoint sets of places, of which each has at most one arXiv id and one PMID.

    Args:
        size: how many places there are.
        names: of each place that may be joined with another, the strongest of a kind first.
        apart: identities of works that are two.
    """

    def __init__(self, size: int, names: Mapping[int, tuple[str, ...]], apart: Sequence[Apart] = ()) -> None:
        # Place to the sides on which it stands: in the n-th pair of works the first (n) or the second (~n).
        self._sides = {place: found for place, own in names.items() if apart and (found := sides(own, apart))}
        self._parents = list(range(size))
        self._least = {place: min(own) for place, own in names.items()}
        self._only = [
            {place: next((name for name in own if name.startswith(kind)), None) for place, own in names.items()}
            for kind in ONLY_ONE
        ]

    def root(self, place: int) -> int:
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def least(self, root: int) -> str:
        """Give the least name of a set, which does not depend on the order of the places."""
        return self._least[root]

    def is_free(self, root: int) -> bool:
        """Say whether a set has no arXiv id."""
        return self._only[0][root] is None

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

    def _order(self, root: int) -> tuple[object, ...]:
        sides = sorted(self._sides.get(root, ()))  # works that are held apart may agree in all the rest
        return (*(only[root] or "~" for only in self._only), self._least[root], sides)

    def _may_join(self, one: int, other: int) -> bool:
        if self._sides and any(~side in self._sides.get(other, ()) for side in self._sides.get(one, ())):
            return False
        return all(only[one] is None or only[other] is None or only[one] == only[other] for only in self._only)

    def _join(self, one: int, other: int) -> None:
        self._parents[other] = one
        self._least[one] = min(self._least[one], self._least[other])
        if other in self._sides:
            self._sides[one] = self._sides.get(one, frozenset()) | self._sides[other]
        for only in self._only:
            only[one] = only[one] or only[other]


def _join_by_title(observations: Sequence[Observation], by_title: Sequence[int], sets: _Sets) -> None:
    """Join listings of which only the title is known to the one paper of their source with that title."""
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


class _Work:
    """What is known so far of one work: its services, and what its title is compared by."""

    def __init__(self, members: Sequence[Observation], *, free: bool) -> None:
        self.services = {service(one.source) for one in members}
        self.free = free
        self.facts = _facts_of(members)


def _join_across_services(observations: Sequence[Observation], sets: _Sets) -> None:
    """Join records of different services that are one work by title, first author and year.

    Works with an arXiv id are told apart by it, so of each pair one is free of it. As a rule few are, and most others
    are ruled out at a glance by the surname.
    """
    members: dict[int, list[int]] = {}
    for place in range(len(observations)):
        members.setdefault(sets.root(place), []).append(place)

    def work_of(root: int, *, free: bool) -> _Work:
        return _Work([observations[place] for place in members[root]], free=free)

    works = {root: work_of(root, free=True) for root in members if sets.is_free(root)}
    surnames = {word for work in works.values() if work.facts for name in work.facts.surnames for word in name.split()}
    if not surnames:
        return
    for root, places in members.items():
        if root not in works and any(may_have_surname(observations[place].authors, surnames) for place in places):
            works[root] = work_of(root, free=False)
    roots = sorted(works, key=sets.least)
    facts = [works[root].facts for root in roots]
    for one, other in pairs_to_compare(facts, [works[root].free for root in roots]):
        fact, other_fact = facts[one], facts[other]
        if fact is None or other_fact is None or not same_work(fact, other_fact):
            continue
        root, other_root = sets.root(roots[one]), sets.root(roots[other])
        work, other_work = works[root], works[other_root]
        if root == other_root or work.services & other_work.services:
            continue
        sets.join([root, other_root], "")
        if (joined := sets.root(root)) == sets.root(other_root):
            works[joined].services |= (other_work if joined == root else work).services
