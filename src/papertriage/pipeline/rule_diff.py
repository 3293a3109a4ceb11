"""`rules diff`: which papers other rules list, and through which of their lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from papertriage import rank
from papertriage.findings import Cause, Change, RulesDiff, Stand
from papertriage.model import Paper, Score, ScoreLine
from papertriage.pipeline.two_rules import scores_of_both
from papertriage.rules.terms import Rules

K = TypeVar("K", str, int)
"""What names a paper: its id, or its place in the columns of an index."""


def rules_diff(
    papers: Iterable[Paper],
    old: Rules,
    new: Rules,
    *,
    since: dt.date | None,
    as_of: dt.date,
    limit: int | None = None,
) -> RulesDiff:
    """Compare what two files of rules list of a window, as `list` would without a limit and quotas.

    A paper moves when its score differs. That ranks shift below a paper which enters is no move.

    Args:
        papers: of the cache.
        since: the first day of the window; None for everything.
        as_of: its last day, to which ages count.
        limit: tell so many papers of each kind at most, and count the others.
    """
    window = [paper for paper in papers if since is None or since <= paper.day <= as_of]
    scored = {paper.id: (paper, was, now) for paper, was, now in scores_of_both(window, old, new, as_of=as_of)}
    return compared(
        _stands((paper, was) for paper, was, _ in scored.values()),
        _stands((paper, now) for paper, _, now in scored.values()),
        scored.__getitem__,
        window=Window(old=old.file, new=new.file, since=since, as_of=as_of, papers=len(window)),
        limit=limit,
    )


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: the fields of a `RulesDiff` of these names."""

    old: str
    new: str
    since: dt.date | None
    as_of: dt.date
    papers: int


def compared(
    before: Mapping[K, Stand],
    after: Mapping[K, Stand],
    scored: Callable[[K], tuple[Paper, Score, Score]],
    *,
    window: Window,
    limit: int | None = None,
) -> RulesDiff:
    """Compare two lists.

    Args:
        before, after: how each paper stands that is in the list.
        scored: gives a paper and its scores under the old rules and the new; asked for those that are told only.
        window: what the lists are of.
        limit: tell so many papers of each kind at most.
    """
    enter = sorted(after.keys() - before.keys(), key=lambda key: after[key].rank)
    leave = sorted(before.keys() - after.keys(), key=lambda key: before[key].rank)
    both = before.keys() & after.keys()
    move = [key for key in both if before[key].score != after[key].score]
    move.sort(key=lambda key: _size(before[key], after[key]))

    def told(keys: Sequence[K]) -> tuple[Change, ...]:
        return tuple(_change(*scored(key), before.get(key), after.get(key)) for key in keys[:limit])

    return RulesDiff(
        old=window.old,
        new=window.new,
        since=window.since,
        as_of=window.as_of,
        papers=window.papers,
        entering=len(enter),
        leaving=len(leave),
        moving=len(move),
        same=len(both) - len(move),
        enter=told(enter),
        leave=told(leave),
        move=told(move),
    )


def _change(paper: Paper, was: Score, now: Score, before: Stand | None, after: Stand | None) -> Change:
    reason = _reason(now, was) if after is None else _reason(was, now) if before is None else ""
    return Change(paper=paper, before=before, after=after, causes=_causes(was, now), reason=reason)


def _stands(scored: Iterable[tuple[Paper, Score]]) -> dict[str, Stand]:
    """Rank those papers that are listed; by id."""
    listed = [(paper, score) for paper, score in scored if not (score.excluded or score.below)]
    return {paper.id: Stand(number, score.total) for number, (paper, score) in enumerate(rank.order(listed), 1)}


def _size(before: Stand, after: Stand) -> tuple[int, float, int]:
    """Order moves by the change of rank, then of score, the largest first."""
    return (-abs(after.rank - before.rank), -abs(after.score - before.score), after.rank)


def _reason(out: Score, listed: Score) -> str:
    """Say what keeps a paper out under the one rules, knowing which topics take it under the other."""
    if out.excluded:
        return out.excluded
    took = {topic.name for topic in listed.topics}
    notes = [note for note in out.notes if any(note.startswith(f"Topic {name} (") for name in took)]
    return " ".join(notes) or out.below or ""


_Key = tuple[str, str, str, str, int]


def _causes(was: Score, now: Score) -> tuple[Cause, ...]:
    """Give the lines of two sums that differ, the weightiest first."""
    before, after = _by_key(was.lines), _by_key(now.lines)
    causes = []
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if (one.points if one else 0.0) == (other.points if other else 0.0):
            continue
        line = other or one
        assert line is not None
        causes.append(
            Cause(
                part=line.part,
                topic=line.topic,
                term=line.term,
                field=line.field,
                before=one.points if one else None,
                after=other.points if other else None,
                place=line.place,
            )
        )
    return tuple(sorted(causes, key=lambda cause: -abs(cause.points)))


def _by_key(lines: Iterable[ScoreLine]) -> dict[_Key, ScoreLine]:
    """Give lines by what they are about; of several about the same the first, the second and so on."""
    found: dict[_Key, ScoreLine] = {}
    for line in lines:
        number = 0
        while (key := (line.part, line.topic, line.term, line.field, number)) in found:
            number += 1
        found[key] = line
    return found
