"""The papers of an index of which the user has said something."""

from __future__ import annotations

from papertriage.index.index import Index
from papertriage.model import State
from papertriage.store.decisions import States


def decided(index: Index, states: States) -> dict[int, State]:
    """Give the papers that have a state, by number."""
    numbers = {number for name in states.names for number in index.named(name)}
    papers = ((number, index.paper(number)) for number in numbers)
    return {number: state for number, paper in papers if paper and (state := states.of(paper.aliases)[0])}
