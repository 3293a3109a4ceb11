"""`star`, `later`, `skip`, `read`, `unmark` and `note`: what the user says of papers, written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import msgspec

from papertriage.errors import UsageError
from papertriage.model import Decision, Paper, State
from papertriage.pipeline.cached import Cached
from papertriage.store.decisions import Decisions

MAX_NOTE = 10_000
"""Characters of a note."""


class Change(msgspec.Struct, frozen=True):
    """One paper of which something new was said.

    Attributes:
        before: the state that it had.
    """

    paper: Paper
    before: State | None


class Decided(msgspec.Struct, frozen=True):
    """What was written down.

    Attributes:
        changed: in the order asked for.
        same: papers of which that was said already; nothing was written for them.
    """

    changed: tuple[Change, ...]
    same: tuple[Paper, ...]


def mark(
    papers: Iterable[Paper],
    state: State | None,
    cached: Cached,
    decisions: Decisions,
    *,
    now: Callable[[], dt.datetime],
) -> Decided:
    """Give papers a state, or with None take back the one they have; their notes stay.

    Raises:
        StorageError, LockedError: nothing was written.
    """
    changed: list[Change] = []
    same: list[Paper] = []
    for paper in _once(papers):
        before, _ = cached.state(paper)
        if before == state:
            same.append(paper)
        else:
            changed.append(Change(paper, before))
    _write(changed, Decision(at=now(), ids=(), state=state), decisions)
    return Decided(tuple(changed), tuple(same))


def annotate(
    papers: Iterable[Paper], note: str, cached: Cached, decisions: Decisions, *, now: Callable[[], dt.datetime]
) -> Decided:
    """Put a note on papers in the place of the one they have, or with "" remove it; their states stay.

    Raises:
        UsageError: the note is too long.
        StorageError, LockedError: nothing was written.
    """
    note = note.encode("utf-8", "replace").decode().strip()  # half characters come from a broken command line
    if len(note) > MAX_NOTE:
        raise UsageError(f"The note has {len(note)} characters; {MAX_NOTE} is the most.", "Shorten it.")
    changed: list[Change] = []
    same: list[Paper] = []
    for paper in _once(papers):
        state, before = cached.state(paper)
        if (before or "") == note:
            same.append(paper)
        else:
            changed.append(Change(paper, state))
    _write(changed, Decision(at=now(), ids=(), note=note), decisions)
    return Decided(tuple(changed), tuple(same))


def _once(papers: Iterable[Paper]) -> Iterable[Paper]:
    return {paper.id: paper for paper in papers}.values()


def _write(changed: Sequence[Change], said: Decision, decisions: Decisions) -> None:
    """Write all or none; a paper is named by all its identities, so that it is found again in another cache."""
    if changed:
        decisions.append(
            msgspec.structs.replace(said, ids=change.paper.aliases or (change.paper.id,)) for change in changed
        )
