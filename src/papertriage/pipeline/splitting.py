"""`split`: hold apart the works that a paper was merged of by title."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import combinations

from papertriage.errors import UsageError
from papertriage.model import Decision, Observation, Paper
from papertriage.store.decisions import Decisions
from papertriage.store.group import grouped
from papertriage.store.identities import names_of


def split(
    paper: Paper, observations: Sequence[Observation], decisions: Decisions, *, now: Callable[[], dt.datetime]
) -> list[str]:
    """Note that the records of a paper which share no identity are works of their own.

    Returns:
        the ids of the works, as they will be called from now on.

    Raises:
        UsageError: the records share their identities: there is nothing to split.
        StorageError, LockedError: it could not be noted.
    """
    works = [
        tuple(dict.fromkeys(name for one in group for name in names_of(one)))
        for group in grouped(observations, by_title=False)
    ]
    if len(works) < 2:
        raise UsageError(f"The records of {paper.id} share its ids; there is nothing to split.")
    decisions.append(Decision(at=now(), ids=one, apart=other) for one, other in combinations(works, 2))
    return [names[0] for names in works]
